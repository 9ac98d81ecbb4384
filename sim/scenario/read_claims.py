"""Reading a file of claims: strictly, with every mistake at its place, and with every arm loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from sim.scenario.arm_spec import ArmSpec, no_change
from sim.scenario.arms import Workshop, held, parameters_set
from sim.scenario.check import check
from sim.scenario.claims import Claim, Claims, Contrast, Rules
from sim.scenario.compose import Desk, check_stem
from sim.scenario.experiment import WorldsChoice, scenario_file, scenarios_of
from sim.scenario.finder import available, find_file, shipped
from sim.scenario.frozen import FrozenMapping
from sim.scenario.nodes import ListNode, MapNode, Node, find, plain
from sim.scenario.overrides import parse_sets
from sim.scenario.problems import Mark, Problems, did_you_mean, listing
from sim.scenario.read_expected import read_expected
from sim.scenario.schema.claims import ClaimsDocument
from sim.scenario.texts import name_complaint, normal, quoted
from sim.vocabulary.mechanisms import BY_ID as MECHANISMS

__all__ = ["load_claims"]


def load_claims(
    name_or_path: str | PathLike[str] = "claims",
    sets: Sequence[str] = (),
    quick: bool = False,
    setting: str | None = None,
) -> Claims:
    """Load a file of claims and every arm of their experiments.

    Parameters
    ----------
    name_or_path
        A path, or a name in ``./experiments`` or among the shipped ones.
    sets
        ``key=value`` texts laid over every arm, as with ``--set``; what they give a parameter holds in every world.
    quick
        Take the file's cheap setting: another baseline and fewer worlds.
    setting
        One of the file's map, which then holds in all arms.

    Raises
    ------
    NotFoundError
        If there is no such file.
    ScenarioError
        If anything is wrong in it or in a scenario it rests on; one line for each problem.
    """
    return claims_reader(name_or_path, sets, quick, setting).claims()


def claims_reader(
    name_or_path: str | PathLike[str],
    sets: Sequence[str] = (),
    quick: bool = False,
    setting: str | None = None,
) -> ClaimsReader:
    """A file of claims that is well formed, to be read; as :func:`load_claims`."""
    path = find_file(name_or_path, "experiments")
    problems = Problems()
    desk = Desk(problems)
    everywhere = parse_sets(sets, problems)
    tree = desk.raw(path)
    if tree is None:
        problems.raise_if_any()
        raise AssertionError("nothing was read, yet nothing was wrong")
    check_stem(path, tree, problems)
    tree = check(tree, ClaimsDocument, problems, whole=2)
    problems.raise_if_any()  # arms of claims that are not well formed would only add to the noise
    return ClaimsReader(path, tree, desk, everywhere, quick, setting)


class ClaimsReader:
    """From a well-formed document to claims."""

    def __init__(
        self,
        path: Path,
        tree: MapNode,
        desk: Desk,
        everywhere: Sequence[MapNode],
        quick: bool,
        setting: str | None,
    ) -> None:
        self.path, self.tree, self.desk, self.problems, self.quick = path, tree, desk, desk.problems, quick
        self.data: dict[str, Any] = plain(tree)
        fast: dict[str, Any] = self.data.get("quick") or {}
        if quick and not fast:
            self.problems.add(tree.mark, "quick", "is missing: this file has no quick setting")
            self.problems.raise_if_any()
        self.fast = fast if quick else {}
        self.levels: dict[str, str] = self.fast.get("levels") or {}
        hold = self._part("hold")
        self.hold: dict[str, Any] = plain(hold) if hold is not None else {}
        if isinstance(hold, MapNode):
            everywhere = [held(hold), *everywhere]
        self.workshop = Workshop(
            desk,
            self._files(),
            everywhere,
            frozenset({*self.hold, *parameters_set(everywhere)}),
            self.data.get("ramp", 60),
            None if setting is None else self._setting(setting),
        )

    def _setting(self, name: str) -> ArmSpec:
        """One of the file's map."""
        key_mark, _, node, depth = find(self.tree, ("map", name, "both"))
        if depth < 3 or not isinstance(node, MapNode):
            known = list(self.data.get("map") or {})
            self.problems.unknown(key_mark, "map", "setting", name, known)
            self.problems.raise_if_any()
        assert isinstance(node, MapNode)
        return ArmSpec(node, f"map.{name}.both")

    def claims(self) -> Claims:
        """Read everything, or raise all that is wrong."""
        base = self.workshop.make(None)
        self.problems.raise_if_any()
        assert base is not None
        found = {}
        listed = self.tree.get("claims")
        assert isinstance(listed, MapNode)
        for name, entry in listed.entries.items():
            assert isinstance(entry.node, MapNode)
            complaint = name_complaint(name)
            if complaint is not None:
                wrong, allowed = complaint
                self.problems.add(entry.key_mark, f"claims.{name}", wrong, got=quoted(name), allowed=allowed)
                continue
            found[name] = self._claim(name, entry.node, entry.key_mark)
        self.problems.raise_if_any()
        arms = {arm.name: arm for arm in self.workshop.arms.values()}
        needed = [name for claim in found.values() for name in claim.arms]
        data, worlds = self.data, self.fast.get("worlds") or self.data.get("worlds") or {}
        chosen = worlds.get("parameters", "all")
        kept = (self.fast if self.quick else data).get("kept")
        return Claims(
            name=data.get("name") or normal(self.path.stem),
            title=data.get("title") or data.get("name") or normal(self.path.stem),
            question=data.get("question") or "",
            description=data.get("description") or "",
            path=self.path,
            arms=FrozenMapping({name: arms[name] for name in dict.fromkeys([base.name, *needed])}),
            claims=FrozenMapping(found),
            worlds=WorldsChoice(
                worlds.get("draw", "point"),
                worlds.get("count"),
                None if chosen == "all" else tuple(chosen),
                worlds.get("repeated") or 0,
            ),
            table=self._table(),
            kept=None if not kept else FrozenMapping(kept),
            seeds=self.fast.get("seeds") or data.get("seeds"),
            first_seed=data.get("first_seed", 1),
            horizon=data.get("horizon", 365),
            rules=Rules(**(data.get("rules") or {})),
            quick=self.quick,
            has_quick=bool(data.get("quick")),
            settings=FrozenMapping(
                {name: (point["axis"], point["at"]) for name, point in (data.get("map") or {}).items()}
            ),
        )

    def _part(self, key: str) -> Node | None:
        """A part of the document, the quick setting's own where there is one."""
        fast = self.tree.get("quick")
        own = fast.get(key) if self.quick and isinstance(fast, MapNode) else None
        return own if own is not None else self.tree.get(key)

    def _files(self) -> dict[str | None, Path]:
        """The files that arms start from, by the name that claims use."""
        wanted: dict[str | None, tuple[str, Mark, str]] = {}
        where = ("quick", "baseline") if self.quick else ("baseline",)
        _, mark, node, _ = find(self.tree, where)
        wanted[None] = (str(plain(node)), mark, ".".join(where))
        stand_ins: Mapping[str, str] = self.fast.get("scenarios") or {}
        listed = self.tree.get("claims")
        for claim, entry in listed.entries.items() if isinstance(listed, MapNode) else ():
            for part in ("treatment", "control", "both", "ablation"):
                _, mark, node, depth = find(entry.node, (part, "scenario"))
                if depth == 2:
                    name = str(plain(node))
                    wanted[name] = (stand_ins.get(name, name), mark, f"claims.{claim}.{part}.scenario")
        files: dict[str | None, Path] = {}
        for key, (name, mark, path) in wanted.items():
            file = scenario_file(name, self.path)
            if file is None:
                known = sorted(set(available(scenarios_of(self.path))))
                self.problems.add(
                    mark,
                    path,
                    "no such scenario",
                    got=repr(name),
                    allowed=listing(known),
                    hint=did_you_mean(name, known),
                )
            else:
                files[key] = file
        self.problems.raise_if_any()
        return files

    def _table(self) -> Path | None:
        """The table of matched worlds, where the file names one: beside the scenarios, or among the shipped ones."""
        name = self.fast.get("table") if self.quick else self.data.get("table")
        if not name:
            return None
        beside, own = scenarios_of(self.path) / name, shipped() / name
        return own if own.is_file() and not beside.is_file() else beside

    def _claim(self, name: str, node: MapNode, mark: Mark) -> Claim:
        data: dict[str, Any] = plain(node)
        path = f"claims.{name}"
        for index, word in enumerate(data.get("mechanisms") or ()):
            self._check_mechanism(word, find(node, ("mechanisms", index))[1], f"{path}.mechanisms[{index}]")
        untestable = data.get("untestable")
        nature = "untestable" if untestable else data.get("nature")
        self._check_complete(data, nature, mark, path)
        effect = ablated = beyond = None
        if not untestable and "treatment" in data:
            treatment, treated, untreated, ablation = self.specs(name)
            effect = self.contrast(treated, untreated)
            if ablation is not None:
                ablated = self.contrast(ablation.over(treated), ablation.over(untreated))
            if data.get("joint"):
                beyond = self._beyond(treatment, untreated)
        return Claim(
            id=name,
            section=data["section"],
            text=data["claim"],
            nature=nature or "",
            mechanisms=tuple(data.get("mechanisms") or ()),
            effect=effect,
            ablated=ablated,
            beyond_sum=beyond,
            judged=read_expected(node, "outcomes", path, self.levels, self.problems),
            shown=read_expected(node, "shown", path, self.levels, self.problems),
            cuts=data.get("cuts") or "",
            reason=untestable or data.get("no_ablation") or "",
            note=data.get("note") or "",
            because=data.get("because") or "",
        )

    def specs(self, claim: str) -> tuple[ArmSpec, ArmSpec, ArmSpec, ArmSpec | None]:
        """A claim's treatment as it is written; then treatment, control and ablation with what both arms have."""
        _, _, node, _ = find(self.tree, ("claims", claim))
        assert isinstance(node, MapNode)
        parts = ("both", "treatment", "control", "ablation")
        both, treatment, control, ablation = (self._spec(node, part, f"claims.{claim}") for part in parts)
        assert treatment is not None
        return treatment, treatment.over(both), (control or no_change(node.mark)).over(both), ablation

    def _check_complete(self, data: Mapping[str, Any], nature: str | None, mark: Mark, path: str) -> None:
        """A claim is either untestable for a reason, or has all that its experiment takes."""
        if nature == "untestable":
            return
        for key, what in (
            ("nature", "emergent or wired, or else why it is untestable"),
            ("treatment", "the claim's cause, or else why it is untestable"),
            ("outcomes", "what should change"),
        ):
            if data.get(key) is None:
                self.problems.add(mark, f"{path}.{key}", f"is missing ({what})")
        if not data.get("ablation") and not data.get("no_ablation"):
            self.problems.add(
                mark,
                f"{path}.ablation",
                "is missing (what switches its mechanism off, or else no_ablation: why nothing does)",
            )
        if data.get("ablation") and not data.get("cuts"):
            self.problems.add(mark, f"{path}.cuts", "is missing (what the ablation cuts, in words)")

    def _spec(self, node: MapNode, part: str, path: str) -> ArmSpec | None:
        tree = node.get(part)
        if not isinstance(tree, MapNode):
            return None
        off = tree.get("mechanisms_off")
        for index, item in enumerate(off.items if isinstance(off, ListNode) else ()):
            self._check_mechanism(str(plain(item)), item.mark, f"{path}.{part}.mechanisms_off[{index}]")
        return ArmSpec(tree, f"{path}.{part}")

    def _check_mechanism(self, word: str, mark: Mark, path: str) -> None:
        if word not in MECHANISMS:
            self.problems.unknown(mark, path, "mechanism", word, list(MECHANISMS), allowed="M0 to M16")

    def contrast(self, treated: ArmSpec, untreated: ArmSpec) -> Contrast | None:
        """Treatment less control, their arms made; None where one of them is wrong."""
        return self._contrast([(treated, 1), (untreated, -1)])

    def _contrast(self, weights: Sequence[tuple[ArmSpec, int]]) -> Contrast | None:
        """Make the arms of a contrast; None where one of them is wrong."""
        total: dict[str, int] = {}
        for spec, weight in weights:
            arm = self.workshop.make(spec if spec.data else None)
            if arm is None:
                return None
            total[arm.name] = total.get(arm.name, 0) + weight
        return Contrast(FrozenMapping({name: weight for name, weight in total.items() if weight}))

    def _beyond(self, treatment: ArmSpec, untreated: ArmSpec) -> Contrast | None:
        """The joint effect of the treatment's policies less the sum of each alone."""
        alone = [(spec, -1) for spec in treatment.policies_alone()]
        return self._contrast([(treatment, 1), *alone, (untreated, len(alone) - 1)])
