"""What a policy is: settings, the levers it sets, the hours and money it takes, and how it can do harm.

A policy sets levers and nothing else. It knows no resident, draws nothing and remembers nothing: the same strength,
settings and context always give the same numbers. Its *strength* is ``dose x ramp x fidelity``; 1 is the programme
that its settings describe (a strong but ordinary one), 0 is no programme and must change nothing at all.

Which value goes where:

* Levers by quarter and group (``Lever.axis == "quarter_group"``) hold in the cells that the policy block covers.
* Levers of the whole community, or of an agency, have one value. A policy gives the value that they have where it
  covers everybody; the model takes the mean over the residents, or over those whom the agency serves, so that a policy
  that covers half of them works half as deeply. Posts are divided in the same way: the part of an agency's posts that
  a block adds is the part of its service that goes to those covered.
* Hours and money are those of whom the block covers (``residents_covered``, ``blocks_covered``, ``workers_covered``,
  ``service_covered``): blocks that cover a part each cost together what one costs that covers everybody.
* ``weekly_hours`` are the standing hours of the programme. What grows with attendance, acts of participation or
  followed-up demands is charged by the model itself (``hours.*_minutes``).
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

__all__ = ["WEEKS_A_YEAR", "Context", "Policy", "Setting", "Settings", "share"]

WEEKS_A_YEAR = 365.0 / 7.0

Settings = Mapping[str, float]
"""Values of a policy's settings, by the name of the setting."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a policy may know about the day and about whom it covers.

    Attributes
    ----------
    residents_covered, residents
        People in the covered cells, and in the community.
    blocks_covered
        Blocks (quarters, campuses, sites) with a covered cell; an average where coverage is partial.
    workers, workers_covered
        Own social workers in post, and how many of them work for those covered: the sum over agencies of workers times
        the share of the agency's service that goes to covered residents.
    service_covered
        Share of the service of own agencies that goes to covered residents, an even mean over agencies, as posts are
        shared: 1 where all are covered.
    days_since_start
        Days since the block's first day; 0 on that day.
    date
        The calendar day.
    election_day
        Whether the community elects representatives today.
    """

    residents_covered: float
    residents: float
    blocks_covered: float
    workers: float
    workers_covered: float
    service_covered: float
    days_since_start: int
    date: dt.date
    election_day: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting that a user's own policy declares in its class.

    The policies that come with the package keep theirs in ``scenarios/parameters.yaml``, in the same terms. ``grade``
    is one of measured, literature, expert, assumed; ``range`` is (lowest, highest).
    """

    value: float
    unit: str
    range: tuple[float, float]
    source: str
    grade: str
    description: str
    kind: str = "plain"
    mechanism: str = "policy"


class Policy(ABC):
    """A lever of governance that a planner can pull.

    Class attributes
    ----------------
    name
        As scenarios write it; also the name of its file.
    title
        A few words for tables and figures.
    section
        Sections of the paper that propose it, separated by commas.
    claims
        Claims of the paper that run through it (``C25``).
    summary
        One paragraph: what it is and what it does.
    harm
        How it can make things worse.
    begins_anew
        One sentence on what begins again with each block of it, from the block's own first day; empty where nothing
        does, so that two blocks, one after the other, are as one.
    touches
        Names of the levers it sets. Without a lever of quarters and groups among them it reaches no particular group
        of residents, and a scenario cannot cover it by groups.
    reads
        Names of its settings, kept as ``policy.<name>.<setting>`` in the parameter file.
    settings
        Settings declared here instead: for policies from outside the package.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    section: ClassVar[str]
    claims: ClassVar[tuple[str, ...]] = ()
    summary: ClassVar[str]
    harm: ClassVar[str]
    begins_anew: ClassVar[str] = ""
    touches: ClassVar[tuple[str, ...]]
    reads: ClassVar[tuple[str, ...]] = ()
    settings: ClassVar[Mapping[str, Setting]] = {}

    @classmethod
    def setting_names(cls) -> tuple[str, ...]:
        """Names of all settings, those of the parameter file first."""
        return (*cls.reads, *(name for name in cls.settings if name not in cls.reads))

    @abstractmethod
    def levers(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """Value of each lever at this strength, in the lever's unit; exactly neutral at strength 0."""

    @abstractmethod
    def weekly_hours(self, strength: float, s: Settings, context: Context) -> Mapping[str, float]:
        """Standing worker-hours a week, by use (``HOUR_USES``); none at strength 0."""

    @abstractmethod
    def yearly_money(self, strength: float, s: Settings, context: Context) -> float:
        """Yuan a year beyond wages; 0 at strength 0."""


def share(full: float, strength: float) -> float:
    """Share reached at a strength, when strength 1 reaches ``full``: ``1 - (1 - full)^strength``.

    Two programmes of strength 1 reach as far as one of strength 2, as they do where levers combine like independent
    chances; the share stays below 1 at every dose. Exactly 0 at strength 0.

    Parameters
    ----------
    full
        Share at strength 1, in [0, 1].
    strength
        At least 0.

    Returns
    -------
    float
        In [0, 1].
    """
    if strength <= 0.0 or full <= 0.0:
        return 0.0
    if strength == 1.0 or full >= 1.0:
        return min(full, 1.0)
    return 1.0 - (1.0 - full) ** strength
