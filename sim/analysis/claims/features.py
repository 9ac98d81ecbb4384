"""What a rule about worlds may speak of: outcomes of the baseline, which a planner can measure, and parameters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from sim.analysis.effects import RESIDENTS

if TYPE_CHECKING:
    import pandas as pd

BASELINE: Final = "baseline."
"""Prefix of the outcomes of the baseline; parameters have their own names."""

MEASURABLE: Final = (
    "load",
    "utilisation",
    "case_hours_share",
    "delivered_share",
    "on_time",
    "wait_mean_days",
    "coverage",
    "resolved_share",
    "voiced_share",
    "lapsed_share",
    "backlog_per_1000",
    "participation_30d",
    "trust",
    "satisfaction",
    "experienced_share",
    "conflicts_per_1000",
    "grievance",
    "knowledge",
    "belonging",
    "efficacy",
    "skill",
    "burnout",
)
"""Outcomes of the baseline that tell one world from another."""


def world_features(windows: pd.DataFrame, baseline: str, worlds: Iterable[Any]) -> pd.DataFrame:
    """What is known of each world before anything is tried in it.

    Parameters
    ----------
    windows
        Windowed outcomes of a design.
    baseline
        Name of the baseline arm.
    worlds
        The parameter worlds.

    Returns
    -------
    DataFrame
        One row a world: ``baseline.<outcome>`` for residents over the horizon, mean over seeds, then every numerical
        parameter that differs between worlds.
    """
    import pandas as pd

    own = windows[
        (windows["scenario"] == baseline)
        & (windows["window"] == "horizon")
        & (windows["by"] == RESIDENTS[0])
        & (windows["level"] == RESIDENTS[1])
    ]
    names = [name for name in MEASURABLE if name in own.columns]
    measured = own.groupby("world")[names].mean().add_prefix(BASELINE)
    values = pd.DataFrame({world.id: dict(world.values) for world in worlds}).T
    values = (
        values.apply(pd.to_numeric, errors="coerce").dropna(axis=1, how="all")
        if len(values.columns)
        else values
    )
    table = measured.join(values, how="left")
    return table.loc[:, table.nunique() > 1]


def parameter_label(spec: Any) -> str:
    """A parameter as a planner reads it: what it is, in what unit, and its name."""
    text = str(spec.description).rstrip(".")
    unit = "" if not spec.unit or spec.unit.startswith(("share", "ratio", "logit")) else f", {spec.unit}"
    return f"“{text[:1].lower()}{text[1:]}” ({spec.name}{unit})"


def spoken(name: str) -> str:
    """A feature as a planner reads it."""
    from sim.vocabulary.outcomes import BY_NAME

    if name.startswith(BASELINE):
        return f"{BY_NAME[name.removeprefix(BASELINE)].label.lower()} today"
    return name
