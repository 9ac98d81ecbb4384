"""The pages that are shown: one of a small real comparison, and some made up to be hard to lay out."""

from __future__ import annotations

from pathlib import Path

from sim.report.frontier_page import FILENAME, write_frontier_page
from sim.report.publish import publish
from tests.report import fake_results as fake
from tests.report.fake_factorial import factorial
from tests.report.fake_frontier import fake_frontier
from tests.report.fake_tables import write_extras

REAL = (
    "compare", "baseline", "workforce", "demand_without_capacity", "full_package",
    "--set", "community=harbour_court", "--worlds", "3", "--seeds", "2", "--days", "60", "--jobs", "1",
)  # fmt: skip
NAMES = ("real", "many", "null", "large", "bare", "factorial")
PAGES = (*NAMES, "frontier")
"""The briefs, and the page of a frontier."""

_LONG = "A policy whose title its author could not bring himself to shorten, for all that was said against it"
_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def _many() -> fake.FakeResults:
    """Seventeen scenarios: long titles, Chinese titles, a word that does not break, and runs that are missing."""
    true = dict(fake.TRUE)
    for name, title in (
        ("online_channel", f"{_LONG}, nor in the second edition"),
        ("workforce", _WORD),
        ("close_ties", "社区社会工作者与居民建立紧密联系并定期入户走访了解需求的综合服务方案"),
        ("smart_platform", "智慧平台 (smart platform)"),
    ):
        true[name] = (title, *true[name][1:])
    true["seventeenth"] = ("The seventeenth", (0.0, 0.0, 0.0), 0.0)
    results = fake.fake_results(true=true, worlds=4, days=60)
    results.experiment["title"] = f"{_LONG}: 十七种方案的比较"
    results.experiment["question"] = f"{_LONG}; and what does it cost? 费用是多少？"
    results.runs.loc[[3, 9, 10], "status"] = "failed"
    results.runs.loc[[20], "status"] = "missing"
    results.effects["p_corrected"] = 0.04
    results.effects["baseline"] = 0.2
    results.manifest["stopping"] = {
        "words": "After two looks, at 8 and 16 runs of each scenario, the precision asked for was reached.",
        "intervals": "Each interval is one of 97.5%, so that it holds with 95% over all looks.",
    }
    return results


def _null() -> fake.FakeResults:
    """Nothing that shows, from the seeds of one world."""
    true = {"one": ("One", (0.1, 0.0, 0.1), 1.0), "two": ("Two", (0.0, -0.1, 0.0), 0.0)}
    results = fake.fake_results(true=true, worlds=3, days=20, noise=0.1, holds="seed noise")
    results.runs["world"] = "point"
    return results


def _large() -> fake.FakeResults:
    """Numbers with many digits, savings, and effects far beyond all others."""
    true = {
        "vast": ("Vast", (95.0, -100.0, 3000.0), 1_234_567.8),
        "saves": ("Saves money", (2.0, 1.5, -1.0), -9_876.5),
        "plain": ("Plain", (1.5, 0.0, 0.2), 3.0),
    }
    return fake.fake_results(true=true, worlds=4, days=20)


def _bare() -> fake.FakeResults:
    """One scenario that harms, without days, gaps, costs, question, title or command."""
    results = fake.fake_results(true={"one": ("One", (-4.0, 0.0, 3.0), 1.0)}, worlds=3, days=4)
    results.daily, results.costs = results.daily.iloc[:0], results.costs.iloc[:0]
    results.effects = results.effects[results.effects["by"] == "scope"]
    results.experiment.update(title="", question="")
    results.manifest.pop("command")
    return results


def page_file(name: str) -> str:
    """The name of a page's file."""
    return FILENAME if name == "frontier" else "brief.html"


def write(name: str, folder: Path) -> None:
    """Write a made-up brief, and beside it the effects that it was made from; or the page of a made-up frontier."""
    if name == "frontier":
        write_frontier_page(fake_frontier(folder))
        return
    made = {"many": _many, "null": _null, "large": _large, "bare": _bare}
    results = factorial(folder) if name == "factorial" else made[name]()
    results.folder = folder
    results.effects.to_parquet(folder / "effects.parquet")
    if name in ("many", "large", "factorial"):
        write_extras(results, folder)
    publish(results, folder)
