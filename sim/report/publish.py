"""Everything that people read about a comparison, written at once: the brief, its figures, its tables."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.errors import ExistsError
from sim.lab.batch import StepHook
from sim.lab.study import rewriting
from sim.report.brief import write_brief
from sim.report.figures import compare_figures
from sim.report.selection import Results, select
from sim.report.tables import write_tables

__all__ = ["Published", "publish"]


@dataclass(frozen=True, slots=True)
class Published:
    """The files that were written."""

    page: Path
    figures: tuple[Path, ...]
    tables: tuple[Path, ...]


def publish(
    results: Results,
    folder: Path | None = None,
    window: str | None = None,
    step: StepHook | None = None,
) -> Published:
    """Write ``brief.html``, ``figures/`` and ``tables/`` of a comparison.

    Parameters
    ----------
    results
        The results of a comparison.
    folder
        Where they go; by default the results' own folder.
    window
        The window of the effects; by default what the experiment names, or the whole horizon.
    step
        Told before each figure, and before the brief, how far it is.

    Raises
    ------
    NotFoundError
        If there are no effects in that window; nothing is written.
    ExistsError
        If the folder holds other results, whose figures and tables would be lost.
    """
    folder = Path(results.folder if folder is None else folder)
    if (folder / "manifest.json").exists() and folder.resolve() != results.folder.resolve():
        raise ExistsError(f"{folder}: holds results of its own; choose another --out")
    select(results, window)  # what cannot be met is said before anything is written
    if not (folder / "manifest.json").exists():
        return _write(results, folder, window, step)
    with rewriting(folder, "comparison", _drawn) as place:
        written = _write(results, place, window, step)
    return Published(
        folder / written.page.name,
        *(tuple(folder / path.relative_to(place) for path in paths) for paths in (written.figures, written.tables)),
    )


def _write(results: Results, folder: Path, window: str | None, step: StepHook | None) -> Published:
    """Write tables, figures and the brief."""
    tables = write_tables(results, folder / "tables", window)
    figures = compare_figures(results, folder / "figures", window, step)
    if step is not None:
        step("Writing the brief", 0, 1)
    return Published(write_brief(results, folder, window), tuple(figures), tuple(tables))


def _drawn(name: str) -> bool:
    """Whether a file is a figure, of which not every window has all."""
    return name.startswith("figures/")
