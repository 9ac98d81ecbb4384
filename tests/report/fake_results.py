"""Made-up results of an experiment: known effects, so that what is written about them can be checked.

Nothing here comes from the model. The true effects are in ``TRUE``; noise and parameter worlds are drawn by a
generator with a fixed key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.verdicts import verdicts

OUTCOMES = {
    "participation_30d": (0.18, 0.01, 1),
    "trust": (0.55, 0.005, 1),
    "conflicts_per_1000": (9.0, 0.5, -1),
}
"""Baseline level, smallest change that matters, direction."""

# Difference from the baseline in units of the smallest change that matters (signed in the outcome's unit).
TRUE: dict[str, tuple[str, tuple[float, float, float], float]] = {
    "online_channel": ("Online channel", (2.4, -0.3, 0.2), 3.1),
    "feedback_mechanism": ("Feedback mechanism", (0.3, 1.6, -0.4), 2.2),
    "worker_training": ("Training of workers", (0.1, 1.9, -0.7), 4.0),
    "workforce": ("More staff and funds", (0.2, 3.8, -2.6), 31.0),
    "cross_sector_cooperation": ("Cross-sector cooperation", (0.0, 0.6, -0.3), 5.5),
    "opinion_monitoring": ("Monitoring of public opinion", (0.1, -1.9, 1.7), 3.6),
    "participatory_decisions": ("Participatory decisions", (1.9, 0.2, 0.0), 2.9),
    "residents_councils": ("Residents' councils", (3.2, 0.9, -1.6), 6.4),
    "representative_elections": ("Election of representatives", (0.6, 0.1, 0.0), 1.3),
    "cultural_activities": ("Cultural activities", (0.7, 0.2, -2.1), 7.7),
    "community_education": ("Community education and publicity", (1.6, -0.8, 0.5), 5.1),
    "smart_platform": ("Smart platform", (0.5, 1.4, -0.2), 9.0),
    "welfare_services": ("Welfare and protection services", (0.0, 0.4, -1.2), 14.0),
    "close_ties": ("Close ties of workers and residents", (0.2, 2.2, -1.9), 4.4),
    "full_package": ("Full package", (7.8, 6.1, -5.2), 88.0),
    "demand_without_capacity": ("Demand without capacity", (4.1, -5.4, 3.8), 14.0),
}
QUARTERS = {
    f"quarter_{i:02d}": label
    for i, label in enumerate(
        "航空新城 藏珑府 金湾一号 云溪谷 海岸花园 西湖苑 银湖湾 滨海半岛 "
        "恒大名都 碧海苑 映月新村 华发水岸 金色家园 时代倾城 中海富华里 双湖苑 红旗新村".split(),
        start=1,
    )
}
DAYS = 120


@dataclass
class FakeResults:
    """The attributes that the report reads."""

    experiment: dict[str, Any]
    runs: pd.DataFrame
    daily: pd.DataFrame
    windows: pd.DataFrame
    effects: pd.DataFrame
    costs: pd.DataFrame
    parameters: pd.DataFrame
    manifest: dict[str, Any]
    folder: Path = field(default_factory=Path)


def verdict(low: float, high: float, mean: float, smallest: float, direction: int) -> str:
    """By the rules of ``sim.analysis.verdicts``, without a correction."""
    return str(verdicts(*(np.array([number], dtype=float) for number in (mean, low, high, smallest, direction)))[0])


def fake_results(
    folder: Path = Path("."),
    true: dict[str, tuple[str, tuple[float, float, float], float]] | None = None,
    worlds: int = 8,
    noise: float = 0.45,
    days: int = DAYS,
    holds: str = "seed noise and parameter uncertainty",
) -> FakeResults:
    """Make results up; ``true`` replaces the true effects, ``noise`` is between worlds, in smallest changes."""
    true = TRUE if true is None else true
    rng = np.random.default_rng(20240101)
    names = ["baseline", *true]
    levels = [
        ("all", "total"),
        ("scope", "residents"),
        ("scope", "campus"),
        *(("quarter", name) for name in QUARTERS),
        *(("group", name) for name in ("registered", "floating", "students")),
    ]
    base = {(by, level): rng.normal(0.0, 0.06) if by in ("quarter", "group") else 0.0 for by, level in levels}
    base[("scope", "campus")] = -0.2
    world_shift = rng.normal(0.0, 0.08, worlds)
    daily, effects = [], []
    dates = pd.date_range("2025-01-01", periods=days)
    day = np.arange(days)
    for name in names:
        title_true = true.get(name, ("Baseline", (0.0, 0.0, 0.0), 0.0))[1]
        for world in range(worlds):
            for by, level in levels:
                frame = {
                    "scenario": name,
                    "world": world,
                    "seed": world,
                    "day": day,
                    "date": dates,
                    "by": by,
                    "level": level,
                }
                reach = 0.3 if level == "campus" else 1.0 + 4 * base[by, level]
                for (outcome, (start, smallest, _)), size in zip(OUTCOMES.items(), title_true, strict=True):
                    wobble = np.cumsum(rng.normal(0.0, 0.05 * smallest, days)) + rng.normal(
                        0.0, 0.2 * smallest, days
                    )
                    level_now = start * (1.0 + world_shift[world] + base[by, level])
                    frame[outcome] = (
                        level_now + smallest * size * reach * np.minimum(1.0, day / (0.6 * days)) + wobble
                    )
                daily.append(pd.DataFrame(frame))
        if name == "baseline":
            continue
        gaps = [("gap", "group"), ("gap", "quarter"), ("gap", "age"), ("gap", "vulnerable")]
        for window in ("year_1", "horizon"):
            for by, level in [*levels, *gaps]:
                for (outcome, (_, smallest, direction)), size in zip(
                    OUTCOMES.items(), title_true, strict=True
                ):
                    reach = (
                        {"campus": 0.3}.get(level, 1.0)
                        if by != "gap"
                        else 0.3 * (1 if level == "group" else -0.6)
                    )
                    draws = smallest * (
                        size * reach * (1.0 + 0.15 * rng.normal(size=worlds))
                        + noise * rng.normal(size=worlds)
                    )
                    mean, half = float(draws.mean()), float(2.2 * draws.std(ddof=1) / np.sqrt(worlds))
                    effects.append(
                        {
                            "scenario": name,
                            "outcome": outcome,
                            "window": window,
                            "by": by,
                            "level": level,
                            "n": worlds,
                            "mean": mean,
                            "low": mean - half,
                            "high": mean + half,
                            "share_sign": float(np.mean(np.sign(draws) == np.sign(mean))),
                            "p_exceeds": float(np.mean(np.abs(draws) > smallest)),
                            "smallest_change": smallest,
                            "verdict": verdict(
                                mean - half, mean + half, mean, smallest, -1 if by == "gap" else direction
                            ),
                            "interval_holds": holds,
                        }
                    )
    everything = pd.concat(daily, ignore_index=True)
    windows = (
        everything.groupby(["scenario", "world", "seed", "by", "level"], sort=False)[list(OUTCOMES)]
        .mean()
        .reset_index()
        .assign(window="horizon")
    )
    gap = (
        windows[windows["by"].isin(["group", "quarter"])]
        .groupby(["scenario", "world", "seed", "by", "window"])[list(OUTCOMES)]
        .agg(lambda x: x.max() - x.min())
        .reset_index()
    )
    gap = gap.rename(columns={"by": "level"}).assign(by="gap")
    costs = []
    for name in names:
        money = true[name][2] if name in true else 0.0
        costs.append(
            {
                "scenario": name,
                "item": "wages",
                "hours": 900.0 * (1 + money),
                "money": 1.2e6 + 16e3 * money,
                "incremental_per_resident": 0.7 * money,
            }
        )
        costs.append(
            {
                "scenario": name,
                "item": "programmes",
                "hours": 0.0,
                "money": 1e5 + 7e3 * money,
                "incremental_per_resident": 0.3 * money,
            }
        )
    grades = ["measured", "literature", "expert", "assumed"]
    parameters = pd.DataFrame(
        [
            {
                "name": f"module_{i % 9}.field_{i}",
                "value": 0.1 * (i + 1),
                "unit": "per week",
                "low": 0.05 * (i + 1),
                "high": 0.1 * (i + 1) * (1.2 + (i % 7) / 2),
                "grade": grades[min(3, i % 5)],
                "source": f"Source {i}, table {i % 4}",
                "mechanism": f"M{i % 17}",
                "description": "How strongly one thing moves another when the other is near.",
            }
            for i in range(60)
        ]
    )
    return FakeResults(
        experiment={
            "name": "paths",
            "title": "The paths of the paper, compared",
            "baseline": "baseline",
            "question": "Which paths raise participation and trust and lower conflict in Xicheng, and at what cost?",
            "scenarios": [
                {"name": "baseline", "title": "Baseline"},
                *({"name": n, "title": t[0]} for n, t in true.items()),
            ],
        },
        runs=pd.DataFrame(
            [
                {"scenario": n, "world": w, "seed": w, "status": "ok", "seconds": 2.0}
                for n in names
                for w in range(worlds)
            ]
        ),
        daily=everything,
        windows=pd.concat([windows, gap], ignore_index=True),
        effects=pd.DataFrame(effects),
        costs=pd.DataFrame(costs),
        parameters=parameters,
        manifest={
            "command": "cgsim compare experiments/paths.yaml",
            "code_version": "3f9a0c5d2b7e4411",
            "created": "2026-11-23T09:00:00+00:00",
            "versions": {"cgsim": "1.0.0", "numpy": "2.4.6", "numba": "0.68.0"},
            "platform": "Linux x86_64",
            "seed": 0,
            "labels": QUARTERS,
            "scenario_hashes": {n: f"{i:016x}" for i, n in enumerate(names)},
        },
        folder=folder,
    )


@dataclass
class FakeRun:
    """The attributes of a run that its figures read."""

    scenario: Any
    daily: pd.DataFrame
    windows: pd.DataFrame


def fake_run(days: int = 150, burn_in: int = 90) -> FakeRun:
    """One made-up run, with groups and quarters whose labels are Chinese."""
    rng = np.random.default_rng(7)
    start = {
        "trust": 0.55,
        "participation_30d": 0.18,
        "conflicts_per_1000": 9.0,
        "on_time": 0.5,
        "wait_mean_days": 6.0,
        "backlog_per_1000": 4.0,
        "load": 1.05,
    }
    groups = {
        "registered": "户籍居民",
        "floating": "流动人口",
        "construction": "建筑工人",
        "students": "学生",
        "staff": "教职工",
    }
    levels = [
        ("all", "total"),
        ("scope", "residents"),
        ("scope", "campus"),
        *(("group", g) for g in groups),
        *(("quarter", q) for q in QUARTERS),
    ]
    day = np.arange(-burn_in, days)
    frames = []
    for by, level in levels:
        frame = pd.DataFrame(
            {"day": day, "date": pd.date_range("2025-01-01", periods=len(day)), "by": by, "level": level}
        )
        shift = rng.normal(0.0, 0.12)
        for name, value in start.items():
            noise = rng.normal(
                0.0, 0.3 if name in ("conflicts_per_1000", "on_time", "wait_mean_days") else 0.01, len(day)
            )
            frame[name] = value * (1.0 + shift + noise + 0.1 * np.clip(day, 0, None) / days)
        if by != "all":
            frame["load"] = np.nan
        frames.append(frame)
    daily = pd.concat(frames, ignore_index=True)
    windows = (
        daily[daily["day"] >= 0]
        .groupby(["by", "level"])[list(start)]
        .mean()
        .reset_index()
        .assign(window="horizon")
    )

    def parts(labels: dict[str, str]) -> tuple[SimpleNamespace, ...]:
        return tuple(SimpleNamespace(name=name, label=text) for name, text in labels.items())

    scenario = SimpleNamespace(
        name="baseline",
        title="Xicheng as it is",
        community=SimpleNamespace(groups=parts(groups), blocks=parts(QUARTERS)),
    )
    return FakeRun(scenario, daily, windows)
