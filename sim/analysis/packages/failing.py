"""When a package fails: the worlds in which it does, and a rule about them where an honest one can be had.

A package *fails* in a world in which what is wanted is not met, or in which it does harm. Rules come from the same
scenario discovery as the conditions of claims: a tree of at most two thresholds sees one half of the worlds, and the
other half judges it. Below ``FEWEST`` worlds no rule is looked for; the table says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.claims.conditions import FEWEST, confirm, find_rule
from sim.analysis.claims.features import BASELINE, world_features
from sim.analysis.claims.rules import Rule
from sim.analysis.decisions import Aims, Decision
from sim.errors import UsageError
from sim.lab.worlds import World
from sim.stats import holm
from sim.vocabulary.outcomes import HEADLINE

if TYPE_CHECKING:
    import pandas as pd

STATUSES: Final = ("rule", "not_valid", "none", "one_sided", "few")
"""A rule that holds in worlds it has not seen; one that does not; nothing tells the worlds apart; the package fails,
or does not, in nearly all worlds; too few worlds to look for one."""


@dataclass(frozen=True)
class Tested:
    """Packages that were run in some worlds, and what is known of these.

    Attributes
    ----------
    decision
        The packages as options there.
    features
        One row a world (``world_features``), without the outcomes that failing is about.
    """

    decision: Decision
    features: pd.DataFrame

    def failed(self, package: str) -> pd.Series:
        """Whether a package fails, by world."""
        own = self.decision.by_world
        own = own[own["scenario"] == package].set_index("world")
        return own["harms"] | ~own["satisfied"]


def tried(
    decision: Decision, windows: pd.DataFrame, baseline: str, worlds: Sequence[World], aims: Aims
) -> Tested:
    """Put a decision together with the features of its worlds.

    What moves an outcome of the baseline by luck moves the effect on it the other way, so the outcomes that failing is
    about are no features.
    """
    features = world_features(windows, baseline, worlds)
    own = {f"{BASELINE}{name}" for name in (*HEADLINE, *aims.targets)}
    return Tested(decision, features[[name for name in features.columns if name not in own]])


def check_rules(worlds: int) -> None:
    """Refuse a search that would find out after hours that it cannot look for rules.

    Raises
    ------
    UsageError
        If there are enough worlds for a rule, and scikit-learn is not installed.
    """
    if worlds < FEWEST:
        return
    try:
        import sklearn  # type: ignore[import-untyped]  # noqa: F401
    except ImportError:
        raise UsageError(
            f"rules about when a package fails are looked for in {FEWEST} worlds or more, and take scikit-learn: "
            "pip install 'community-governance-sim[discovery]', or ask for fewer worlds"
        ) from None


def failing_table(packages: Sequence[str], held_out: Tested, stress: Tested | None = None) -> pd.DataFrame:
    """When each package fails.

    Parameters
    ----------
    packages
        The packages, by name.
    held_out
        In the worlds held out.
    stress
        In many worlds over the whole ranges of all parameters, where rules are looked for if the worlds held out are
        too few; a rule from there is confirmed in the worlds held out.

    Returns
    -------
    DataFrame
        One row a package: ``worlds`` held out, in how many of them it has ``failed``, what is wanted is ``missed`` and
        it ``harmed``; ``failed_worlds``; ``why``, reasons (see ``Decision.by_world``) with the number of worlds of
        each; ``looked_in`` (``held_out`` or ``stress``), ``looked_worlds`` and ``looked_failed``; ``status`` (one of
        ``STATUSES``); ``fails`` (whether the rule names worlds in which it fails, or those in which it does not),
        ``rule`` and ``p_corrected`` (Holm, over all packages); and for ``seen``, ``kept_back`` and ``confirmed`` how
        many ``_worlds`` there are, how many are on that side (``_turned``), ``_named`` and ``_both``.
    """
    import pandas as pd

    place, where = held_out, "held_out"
    if len(held_out.features) < FEWEST and stress is not None:
        place, where = stress, "stress"
    looked = {name: _rule(name, place, held_out if where == "stress" else None) for name in packages}
    rules = {name: rule for name, rule in looked.items() if rule is not None}
    corrected = holm([rule.held_out.p_value for rule in rules.values()])
    rules = {name: replace(rules[name], p_corrected=p) for name, p in zip(rules, corrected, strict=True)}
    rows = []
    for name in packages:
        own = held_out.decision.by_world
        own = own[own["scenario"] == name]
        failed, there = held_out.failed(name), place.failed(name)
        counts = Counter(kind for text in own["why"] for kind in text.split())
        rows.append(
            {
                "package": name,
                "worlds": len(own),
                "failed": int(failed.sum()),
                "missed": int((~own["satisfied"]).sum()),
                "harmed": int(own["harms"].sum()),
                "failed_worlds": " ".join(failed.index[failed]),
                "why": " ".join(f"{kind}={count}" for kind, count in counts.most_common()),
                "looked_in": where,
                "looked_worlds": len(there),
                "looked_failed": int(there.sum()),
                **_told(rules.get(name), len(there)),
            }
        )
    return pd.DataFrame(rows)


def _rule(package: str, place: Tested, elsewhere: Tested | None) -> Rule | None:
    """The rule of one package, confirmed elsewhere if there is an elsewhere; None where none can be looked for."""
    rule = find_rule(package, "", place.features, _sides(place, package), 1.0, key="packages")
    if rule is None or elsewhere is None:
        return rule
    return confirm(rule, elsewhere.features, _sides(elsewhere, package), 1.0)


def _sides(place: Tested, package: str) -> pd.Series:
    """-1 in worlds in which a package fails and 1 in the others, as scenario discovery takes an effect."""
    return 1.0 - 2.0 * place.failed(package).astype(float)


def _told(rule: Rule | None, worlds: int) -> dict[str, Any]:
    """What the table says of a rule, or of there being none."""
    if rule is None:
        return {"status": "few" if worlds < FEWEST else "one_sided", "fails": True, "rule": ""}
    status = "rule" if rule.valid else "not_valid" if rule.parts else "none"
    row = {
        "status": status,
        "fails": rule.turns == "reverses",
        "rule": " and ".join(part.words for part in rule.parts),
        "p_corrected": rule.p_corrected,
    }
    for name, reach in (("seen", rule.seen), ("kept_back", rule.held_out), ("confirmed", rule.confirmed)):
        if reach is not None:
            row |= {
                f"{name}_{field}": getattr(reach, field) for field in ("worlds", "turned", "named", "both")
            }
    return row
