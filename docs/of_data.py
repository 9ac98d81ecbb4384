"""Tables written from the vocabulary, the policies and the YAML."""

from __future__ import annotations

from collections import Counter
from typing import Any

from writing import GRADES, ROOT, allowed, link, read_yaml, shown, table

DIRECTION = {1: "higher is better", -1: "lower is better", 0: "neither"}


def outcomes() -> str:
    """Every outcome, by pillar."""
    from sim.vocabulary.outcomes import OUTCOMES

    def computed(o: Any) -> str:
        if not o.top:
            return "from records of single demands or residents" if o.kind == "quantile" else "an index of several"
        scale = "" if o.scale == 1.0 else f"{o.scale:,.0f} × "
        top = " + ".join(f"`{name}`" for name in o.top)
        return f"{scale}{top} / {' + '.join(f'`{name}`' for name in o.bottom) or 'days'}"

    rows = [
        (f"`{o.name}`", o.label, o.definition, computed(o), o.kind, o.unit, DIRECTION[o.direction], o.pillar,
         f"{o.smallest_change:g}", "yes" if o.headline else "")
        for o in OUTCOMES
    ]  # fmt: skip
    head = ("name", "label", "definition", "computed as", "kind", "unit", "direction", "pillar",
            "smallest change that matters", "headline")  # fmt: skip
    return (
        "# Outcomes\n\nAn outcome of a window is a sum over its days divided by another, of the measures "
        "named under *computed as*. Measures are counted each day for each cell of group, quarter, age band and "
        "vulnerability ([`sim/vocabulary/measures.py`](../../sim/vocabulary/measures.py)); stocks at the end of "
        "the day, flows over it. Where the denominator is zero the outcome is missing, never zero. The "
        "smallest changes are assumed; an experiment can set its own.\n\n" + table(head, rows)
    )


def levers() -> str:
    """Every lever a policy can set."""
    from sim.policies import BUILT_IN, get
    from sim.vocabulary.levers import LEVERS

    users = {x.name: [name for name in BUILT_IN if x.name in get(name).touches] for x in LEVERS}
    users["hours"] = ["every policy, as its price"]
    rows = [
        (f"`{x.name}`", x.description, x.axis.replace("_", " and "), x.unit, x.combine, "yes" if x.hours else "no",
         ", ".join(f"`{name}`" if name in BUILT_IN else name for name in users[x.name]))
        for x in LEVERS
    ]  # fmt: skip
    head = ("lever", "what it does", "set for each", "unit", "two policies combine by", "needs workers' hours",
            "set by")  # fmt: skip
    return (
        "# Levers\n\nThe only numbers through which a policy touches the community; 0 is no effect. Levers that need "
        "hours are delivered at the share of programme hours that is there.\n\n" + table(head, rows)
    )


def parameters() -> str:
    """Every parameter of the shipped model, as written in ``scenarios/parameters.yaml``."""
    given = read_yaml(ROOT / "scenarios" / "parameters.yaml")["parameters"]
    rows = [
        (f"`{name}`", p.get("description", ""), shown(p["value"]), p.get("unit", "on or off"), allowed(p), p["kind"],
         p["mechanism"], p["grade"], p["source"])
        for name, p in given.items()
    ]  # fmt: skip
    graded = Counter(p["grade"] for p in given.values())
    counts = ", ".join(f"{graded[grade]} {grade}" for grade in GRADES if graded[grade])
    head = ("parameter", "what it is", "value", "unit", "range", "kind", "mechanism", "grade", "source")
    return f"# Parameters\n\n{len(given)} of them: {counts}.\n\n" + table(head, rows)


def policies() -> str:
    """The fourteen policies: what each does, where it comes from, how it can do harm, and what it touches."""
    from sim.policies import BUILT_IN, get
    from sim.vocabulary.levers import BY_NAME as LEVERS

    given = read_yaml(ROOT / "scenarios" / "parameters.yaml")["parameters"]
    parts = [
        "# Policies\n\nSettings are those of the programme at dose 1.\n\nBlocks of a policy that cover a part of the "
        "community each (by quarter, by group, or with a part of the dose) add up to one that covers all: in hours, in "
        "money, in posts and in their levers."
    ]
    for name in BUILT_IN:
        policy = get(name)
        touches = ", ".join(f"`{lever}`" for lever in policy.touches)
        rows = []
        for setting in policy.reads:
            p = given[f"policy.{name}.{setting}"]
            value = (shown(p["value"]), p["unit"], allowed(p), p["grade"])
            rows.append((f"`policy.{name}.{setting}`", p["description"], *value))
        groups = any(LEVERS[lever].axis == "quarter_group" for lever in policy.touches)
        covers = "quarters and groups" if groups else "quarters"
        parts.append(
            f"## {policy.title} (`{name}`)\n\n{policy.summary}\n\n**How it can do harm.** {policy.harm}\n\n"
            f"**Coverage.** By {covers}.{' ' * bool(policy.begins_anew)}{policy.begins_anew}\n\n"
            f"Paper: section {policy.section}. Claims: {', '.join(policy.claims) or 'none'}. Levers: {touches}. "
            f"File: {link(f'sim/policies/{name}.py')}.\n\n"
            + table(("setting", "what it is", "value", "unit", "range", "grade"), rows)
        )
    return "\n\n".join(parts)


def scenarios() -> str:
    """The shipped scenarios: what each asks and what it builds on."""
    rows = []
    for file in sorted((ROOT / "scenarios").glob("*.yaml")):
        data = read_yaml(file)
        if data.get("kind") != "scenario":
            continue
        above = data.get("extends") or []
        above = [above] if isinstance(above, str) else above
        adds = ", ".join(f"`{block}`" for block in data.get("policies") or {})
        rows.append((link(f"scenarios/{file.name}"), data["title"], data["question"], ", ".join(above), adds))
    return "# Shipped scenarios\n\n" + table(("file", "title", "question", "extends", "policy blocks it adds"), rows)


def communities() -> str:
    """The shipped communities: groups, agencies and where each number comes from."""
    parts = ["# Shipped communities"]
    for file in sorted((ROOT / "scenarios" / "communities").glob("*.yaml")):
        data = read_yaml(file)
        people = sum(group["size"]["value"] for group in data["groups"].values())
        parts.append(
            f"## {data['title']}\n\n{data['description']}\n\n{people:,} residents in {len(data['blocks'])} blocks. "
            f"File: {link(f'scenarios/communities/{file.name}')}."
        )
        for kind in ("groups", "agencies"):
            rows = [
                (name, field, number["value"] if not isinstance(number["value"], dict) else
                 ", ".join(f"{key} {value:g}" for key, value in number["value"].items()),
                 allowed(number) if number.get("range") else "", number["grade"], number["source"])
                for name, entry in data[kind].items() for field, number in entry.items() if isinstance(number, dict)
            ]  # fmt: skip
            parts.append(table((kind, "number", "value", "range", "grade", "source"), rows))
    return "\n\n".join(parts)
