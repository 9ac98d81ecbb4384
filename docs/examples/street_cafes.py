"""Street cafés: a policy of one's own in one file, kept outside the package.

Once a week a table is set up in each quarter. Neighbours meet over tea; a social worker sits with them, and what people
tell in passing would otherwise have stayed unsaid.

    cgsim run docs/examples/street_cafes.yaml --policy-module docs/examples/street_cafes.py
"""

from collections.abc import Mapping

from sim.policies import Context, Policy, Setting, Settings, share

MINE = {"source": "invented for this example", "grade": "assumed"}


class StreetCafes(Policy):
    """A table in the street once a week."""

    name = "street_cafes"
    title = "Street cafés"
    section = "not in the paper"
    summary = (
        "A weekly table in each quarter, with a social worker at it. Neighbours come together, which builds ties, and "
        "needs that nobody had voiced come up."
    )
    harm = (
        "What comes up is work, and the worker at the table is not at a case: where hours are short, those who had "
        "spoken up before wait longer."
    )
    touches = ("activity", "monitoring")
    settings = {
        "visitors": Setting(0.03, "per week", (0.0, 0.1), description="Chance of stopping by in a week.", **MINE),
        "found": Setting(0.05, "per week", (0.0, 0.2), description="Hazard that a silent need comes up.", **MINE),
        "hours": Setting(4.0, "hours a week, each block", (1.0, 10.0), description="Hours at the table.", **MINE),
        "money": Setting(1500.0, "yuan a year, each block", (0.0, 9000.0), description="Tea and tables.", **MINE),
    }

    def levers(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """Values of the levers; exactly 0 at strength 0."""
        return {"activity": share(s["visitors"], strength), "monitoring": s["found"] * strength}

    def weekly_hours(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """Worker-hours a week, by what they are spent on."""
        return {"outreach": s["hours"] * context.blocks_covered * strength}

    def yearly_money(self, strength: float, s: Settings, context: Context) -> float:
        """Yuan a year, beside wages."""
        return s["money"] * context.blocks_covered * strength
