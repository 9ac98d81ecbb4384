"""The calendar of a scenario: one tick is one day, day 0 is the first day after the burn-in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

__all__ = ["Calendar"]


@dataclass(frozen=True, slots=True)
class Calendar:
    """First day of the burn-in, and lengths of burn-in and horizon in days."""

    start: dt.date
    burn_in: int
    horizon: int

    @property
    def first_day(self) -> dt.date:
        """Day 0: the first day after the burn-in."""
        return self.start + dt.timedelta(days=self.burn_in)

    @property
    def last_day(self) -> dt.date:
        """The last day of the horizon."""
        return self.first_day + dt.timedelta(days=self.horizon - 1)

    def day(self, date: dt.date) -> int:
        """Return the number of a date; negative in the burn-in."""
        return (date - self.first_day).days

    def date(self, day: int) -> dt.date:
        """Return the date of a day number."""
        return self.first_day + dt.timedelta(days=day)

    def at(self, given: dt.date | int) -> dt.date:
        """Return the date that a file means: a date is itself, a whole number is a day of the run."""
        return given if isinstance(given, dt.date) else self.date(given)

    def complaint(self, date: dt.date) -> str | None:
        """Say why nothing can change on a date, or return None.

        Changes belong to the horizon: a date in the burn-in, before or after everything is reported, never moved.
        """
        if date < self.start:
            return "before the scenario begins"
        if date < self.first_day:
            return "within the burn-in, in which nothing changes"
        if date > self.last_day:
            return "after the horizon"
        return None

    def span(self, given: dt.date | int) -> str:
        """The days on which something can change, for messages, as dates or as days: as they were given."""
        first, last = (self.first_day, self.last_day) if isinstance(given, dt.date) else (0, self.horizon - 1)
        return f"{first} to {last}"
