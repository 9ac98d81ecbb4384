"""The sentence above each figure follows the verdicts, and is silent where they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sim.report.selection import Selection, select
from sim.report.spread import skew_said, spread_said
from sim.report.takeaways import effects_said, gaps_said, over_time_said, quarters_said
from tests.report.fake_tables import write_extras


def made(fake, folder: Path, sizes: dict[str, tuple[float, float, float]], days: int = 90, **more) -> Selection:
    true = {name: (name.capitalize(), size, 2.0) for name, size in sizes.items()}
    results = fake.fake_results(true=true, noise=0.1, worlds=more.pop("worlds", 6), days=days, **more)
    results.folder = folder
    write_extras(results, folder)
    return select(results)


def test_what_is_better_or_worse_is_named_and_what_is_open_is_said_to_be(fake, tmp_path: Path) -> None:
    found = made(fake, tmp_path, {"alpha": (4.0, 0.0, 4.0), "beta": (3.0, 0.0, 0.0)})
    assert effects_said(found) == (
        "Participation: better under “Beta” and “Alpha”; new conflicts: worse under “Alpha”; nothing shows for sure "
        "on trust."
    )


def test_nothing_is_called_nothing(fake, tmp_path: Path) -> None:
    found = made(fake, tmp_path, {"alpha": (0.1, 0.0, 0.1)})
    assert effects_said(found) == "Nothing shows for sure on participation, trust or new conflicts."
    assert over_time_said(found) == "No difference here is sure enough to say when it comes."
    assert quarters_said(found, found.outcomes[0]) == (
        "Participation in 17 quarters: under “Alpha” there is no clear effect in any."
    )
    assert gaps_said(found, ("group",)).startswith("None of ")


def test_of_many_names_two_stand_for_all(fake, tmp_path: Path) -> None:
    found = made(fake, tmp_path, {f"s{i}": (4.0, 0.0, 0.0) for i in range(5)}, days=5)
    assert "better under all 5" in effects_said(found)
    found = made(fake, tmp_path, {f"s{i}": (4.0 * (i > 0), 0.0, 0.0) for i in range(5)}, days=5)
    assert "and two more" in effects_said(found)


def test_the_day_by_which_half_has_come_is_that_of_the_days(fake, tmp_path: Path) -> None:
    found = made(fake, tmp_path, {"alpha": (8.0, 0.0, 0.0)})
    daily = found.results.daily
    own = (daily["scenario"] == "alpha").to_numpy()
    base = daily[daily["scenario"] == "baseline"]["participation_30d"].to_numpy()
    # A straight way up to day 60 and level from there: half of it on day 30.
    daily.loc[own, "participation_30d"] = base + 0.08 * daily.loc[own, "day"].clip(upper=60) / 60
    assert "“Alpha” on participation by day 30." in over_time_said(found)


def test_quarters_are_counted_by_their_verdicts(fake, tmp_path: Path) -> None:
    found = made(fake, tmp_path, {"alpha": (4.0, 0.0, 0.0)})
    # Of the made-up quarters the third goes the other way.
    assert quarters_said(found, found.outcomes[0]) == (
        "Participation in 17 quarters: under “Alpha” it is better in 16 and worse in 1."
    )
    better = {
        key: replace(effect, verdict="better") if effect.verdict == "worse" else effect
        for key, effect in found._effects.items()
    }
    found = replace(found, _effects=better)
    assert quarters_said(found, found.outcomes[0]) == (
        "Participation in 17 quarters: under “Alpha” it is better in all 17."
    )


def test_gaps_are_counted(fake, tmp_path: Path) -> None:
    found = made(fake, tmp_path, {"alpha": (4.0, 0.0, 0.0)}, days=5)
    effects = [found.effect("alpha", outcome.name, ("gap", "group")) for outcome in found.outcomes]
    verdicts = [effect.verdict for effect in effects if effect]
    narrower, wider = verdicts.count("better"), verdicts.count("worse")
    said = gaps_said(found, ("group",))
    assert verdicts and (f"{narrower} clearly narrow" in said) == (narrower > 0)
    assert (f"{wider} clearly widen" in said) == (wider > 0)


@pytest.mark.parametrize(("worlds", "share"), [(4, "33%"), (8, "64%")])
def test_few_worlds_are_said_to_be_few(fake, tmp_path: Path, worlds: int, share: str) -> None:
    """Student's t from tables: t(3) = 3.182, t(7) = 2.365, t(15) = 2.131."""
    said = spread_said(made(fake, tmp_path, {"a": (1, 0, 0)}, 5, worlds=worlds))
    assert f"about {share} as wide (--worlds 16)" in said


def test_enough_worlds_are_not_and_skew_is_told_of_all(fake, tmp_path: Path) -> None:
    found = made(fake, tmp_path, {"a": (1, 0, 0)}, 5, worlds=16)
    assert "are few" not in spread_said(found)
    assert "less often than they say" in skew_said(found)
