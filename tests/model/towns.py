"""Small towns for tests of the population: the attributes of a community that the builder reads, and no more."""

from dataclasses import dataclass, field, replace

NUMBERS: dict[str, float] = {
    "population.online_0_17": 0.9, "population.online_18_29": 0.97, "population.online_30_49": 0.95,
    "population.online_50_59": 0.8, "population.online_60_69": 0.5, "population.online_70_plus": 0.3,
    "population.time_value_0_17": 0.6, "population.time_value_18_29": 0.9, "population.time_value_30_49": 1.2,
    "population.time_value_50_59": 1.0, "population.time_value_60_69": 0.6, "population.time_value_70_plus": 0.5,
    "population.time_value_sd": 0.4, "population.taste_sd": 0.9, "population.vulnerable_old_ratio": 2.0,
    "population.knowledge_settled": 0.25, "population.informed_settled": 0.2, "population.efficacy_settled": 0.3,
    "population.belonging_settled": 0.5, "population.ties_settled": 0.4, "population.states_spread": 0.6,
    "population.expectation_settled": 0.4,
    "knowledge.start": 0.1, "knowledge.informed_start": 0.05, "efficacy.start": 0.2, "belonging.start": 0.2,
    "belonging.ties_start": 0.15, "belonging.friction_start": 0.1, "trust.start": 0.55, "trust.start_sd": 0.12,
    "trust.expectation_start": 0.3,
    "network.mean_degree": 8.0, "network.isolated_share": 0.25, "network.block_share": 0.85,
    "network.building_share": 0.5, "network.building_people": 20.0, "network.other_kind_share": 0.1,
    "network.household_cap": 8.0, "network.household_ties": 1.0,
}


@dataclass(frozen=True)
class Block:
    name: str
    kind: str
    weights: dict[str, float]


@dataclass(frozen=True)
class Group:
    name: str
    size: int
    household_size: float
    vulnerable: float
    trust_shift: float
    ages: tuple[float, ...]


@dataclass(frozen=True)
class Town:
    blocks: tuple[Block, ...]
    groups: tuple[Group, ...]
    notes: tuple[str, ...] = field(default=())

    def resized(self, name: str, more: int) -> "Town":
        """The same town with more people in one group."""
        groups = tuple(replace(g, size=g.size + more) if g.name == name else g for g in self.groups)
        return replace(self, groups=groups)


def town(scale: float = 1.0) -> Town:
    """A town like the paper's, 58,731 people at scale 1: seventeen quarters, two campuses and a building site."""
    quarters = {f"Q{i}": 1.0 + i % 5 for i in range(17)}
    total = sum(quarters.values())
    blocks = [
        Block(name, "quarter", {"registered": w / total, "floating": 0.6 * w / total}) for name, w in quarters.items()
    ]
    blocks.insert(3, Block("C1", "campus", {"students": 0.6, "staff": 0.6}))
    blocks.append(Block("C2", "campus", {"students": 0.4, "staff": 0.4}))
    blocks.append(Block("S1", "site", {"floating": 0.4}))
    sizes = {"registered": 13_388, "floating": 10_343, "students": 32_000, "staff": 3_000}
    size = {name: round(scale * people) for name, people in sizes.items()}
    return Town(
        tuple(blocks),
        (
            Group("registered", size["registered"], 2.8, 0.12, 0.03, (0.18, 0.14, 0.33, 0.15, 0.12, 0.08)),
            Group("floating", size["floating"], 2.0, 0.1, -0.05, (0.12, 0.3, 0.4, 0.13, 0.04, 0.01)),
            Group("students", size["students"], 6.0, 0.02, 0.0, (0.0, 1.0, 0.0, 0.0, 0.0, 0.0)),
            Group("staff", size["staff"], 2.2, 0.03, 0.02, (0.1, 0.2, 0.5, 0.15, 0.05, 0.0)),
        ),
    )
