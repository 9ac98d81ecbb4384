"""A diary as a text to read."""

import textwrap
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from sim.model.trace.layout import WIDTH, chance, explained, level, plain, result, wrapped
from sim.model.trace.recorder import NEWS, QUIET, Call, Draw, Moment, equation
from sim.model.trace.stage import Row
from sim.model.trace.tracer import DayOfLife, Diary, PhaseOfLife
from sim.model.trace.words import (
    ADDED_UP,
    LABELS,
    LEVELS,
    PHASES,
    WAYS,
    WORKING,
    clock,
    quantity,
    question,
    short,
    value,
)
from sim.model.world import World

_WORTH_SAYING: Final = 7
"""Days without anything to tell that are worth a line."""
_HOW_TO_READ: Final = (
    "Each day on which something happened has an entry, phase by phase, in the order in which the model lives a day. "
    "Under what happened stand the draws of chance (it happens when the number drawn is below the chance), the rules "
    "of the model with the numbers they were given (explained where they first occur, and at the end), and after an "
    "arrow what changed. Between two entries a line in brackets says how many days went by, what was going on, and "
    "what fading, waiting and talk came to. All of it was lived twice, once by the compiled model and once by the "
    "agents alone in plain Python, and came out equal to the last bit."
)


def as_text(diary: Diary, world: World, every_day: bool) -> str:
    """The life in words."""
    return "\n".join(_Writer(diary, world, every_day).lines()) + "\n"


class _Writer:
    """Writes one diary."""

    def __init__(self, diary: Diary, world: World, every_day: bool) -> None:
        self.diary, self.world, self.every_day = diary, world, every_day
        self.target, self.scenario = diary.target, world.scenario
        self.used: dict[str, Call] = {}

    def lines(self) -> Iterator[str]:
        """The whole text."""
        title = f"{self._who()} in “{self.scenario.title}”, seed {self.world.seed}"
        yield from (title, "=" * len(title), "")
        yield from self._first()
        yield from ("", *textwrap.wrap(_HOW_TO_READ, WIDTH), "")
        passed: list[DayOfLife] = []
        for day in self.diary.days:
            if day.level >= NEWS or (self.every_day and day.phases):
                yield from self._between(passed)
                yield from self._day(day)
                passed = []
            else:
                passed.append(day)
        yield from self._between(passed)
        yield from self._summary()
        yield from self._rules()

    # --- the beginning ---------------------------------------------------------------------------------------

    def _who(self) -> str:
        kind = self.target.kind
        if kind in ("demand", "conflict"):
            number = f" {self.target.number}" if self.target.number else ""
            return f"{kind.capitalize()}{number} (id {self.target.own[1]:016x})"
        return f"{'Social worker' if kind == 'worker' else 'Resident'} {self.target.own[1]}"

    def _first(self) -> Iterator[str]:
        row, community, kind = self.diary.first, self.world.community, self.target.kind
        if kind == "resident":
            yield from wrapped(self._person(row), 0, "")
            levels = ", ".join(f"{name} {quantity(row[name])}" for name in LEVELS)
            yield from wrapped(f"At first: {levels}.", 0, "")
            yield "When somebody moves away a newcomer takes the place and the contacts; this is the life of the place."
        elif kind == "worker":
            role, agency = self._value("role", row["role"]), community.agencies[row["agency"]]
            yield f"{role.capitalize()} at {agency.label}, pool {row['pool']}."
            yield f"At first: skill {quantity(row['skill'])}, burnout {quantity(row['burnout'])}."
            yield "When somebody leaves, the post stands empty until a newcomer takes it; this is the life of the post."
        elif kind == "demand":
            yield f"About resident {row['resident']}, whose own life --trace resident:{row['resident']} shows."
        else:
            other = f"resident {row['other']}" if row["other"] >= 0 else "an institution"
            yield f"Between resident {row['initiator']} and {other}."

    def _person(self, row: Row) -> str:
        community = self.world.community
        group, block = community.groups[row["group"]], community.blocks[row["quarter"]]
        age = self._value("age", row["age"], "resident")
        return (
            f"Group: {group.label}; {age} years old, "
            f"{'vulnerable' if row['vulnerable'] else 'not vulnerable'}, "
            f"{'online' if row['online'] else 'not online'}; lives in {block.label} and knows "
            f"{quantity(row['degree'])} people."
        )

    # --- days ------------------------------------------------------------------------------------------------

    def _when(self, day: DayOfLife) -> str:
        number = day.tick - self.scenario.burn_in
        place = f"day {number + 1}" if number >= 0 else f"day {day.tick + 1} of the burn-in"
        return f"{day.date:%Y-%m-%d, %A} · {place}"

    def _day(self, day: DayOfLife) -> Iterator[str]:
        yield self._when(day)
        for phase in day.phases:
            told = [m for m in phase.moments if m.level >= QUIET or self.every_day]
            if not told and phase.level < QUIET and not self.every_day:
                continue
            yield f"  {PHASES[phase.name]}"
            for moment in told:
                yield from self._moment(moment)
            yield from self._changes(phase)
        yield ""

    def _moment(self, moment: Moment) -> Iterator[str]:
        at = f"{clock(moment.at)}  " if moment.at is not None else ""
        detail = self._detail(moment)
        yield from wrapped(f"{at}{moment.title or 'Nothing out of the ordinary'}{detail}.", 4, "– ")
        levels, told = dict(moment.before or {}), []
        for place, note in enumerate(moment.notes):
            if isinstance(note, Draw):
                yield self._draw(note)
                continue
            name, said = level(note, levels), (note.rule, note.inputs)
            if said in told:
                continue
            told.append(said)
            if place >= moment.ordinary or self.every_day:
                yield from self._call(note, name)

    def _detail(self, moment: Moment) -> str:
        """The particulars; a record's own trace need not name the record each time."""
        name, mark, rest = moment.detail.partition("; ")
        own = self.target.kind == "demand" and name.startswith(short(self.target.own[1]))
        if own and moment.title != "A need arises":
            return f": {rest}" if mark else ""
        return f": {moment.detail}" if moment.detail else ""

    def _draw(self, draw: Draw) -> str:
        asked = question(draw.stream, draw.index)
        if draw.chance is None:
            return f"        {asked:<44} drew {quantity(draw.u)}"
        answer = "yes" if draw.happened else "no"
        return f"        {asked:<44} {answer:<4} (chance {chance(draw.chance)}, drew {quantity(draw.u)})"

    def _call(self, call: Call, gained: str) -> Iterator[str]:
        given = ", ".join(f"{name} {plain(name, number)}" for name, number in call.inputs.items())
        yield from wrapped(f"{gained}{call.rule}({given}) = {result(call)}", 8, "", 10)
        if call.rule not in self.used:
            self.used[call.rule] = call
            yield from wrapped(explained(call.rule), 10, "| ")

    def _changes(self, phase: PhaseOfLife) -> Iterator[str]:
        for subject, columns in phase.changes.items():
            kind = subject[0]
            ordinary = self._ordinary(phase, columns)
            told = []
            for name, (before, after) in columns.items():
                if name in ADDED_UP and after:
                    told.append(f"{ADDED_UP[name]} {quantity(before)} → {quantity(after)}")
                elif name not in WORKING and name not in ordinary and self._worth(kind, name, before, after):
                    values = f"{self._value(name, before, kind)} → {self._value(name, after, kind)}"
                    told.append(f"{LABELS.get(name, name.replace('_', ' '))} {values}")
            if told:
                whose = "" if subject == self.target.own else f"{kind} {_brief(subject)}: "
                yield from wrapped(f"{whose}{'; '.join(told)}", 4, "→ ")

    def _worth(self, kind: str, name: str, before: Any, after: Any) -> bool:
        return self.every_day or self._value(name, before, kind) != self._value(name, after, kind)

    def _ordinary(self, phase: PhaseOfLife, columns: dict[str, Any]) -> set[str]:
        """Columns that faded as on every day."""
        if phase.name != "learning" or self.every_day:
            return set()
        news = {name for moment in phase.moments for name in moment.detail.split(", ")}
        return set(columns) - news

    def _value(self, name: str, given: Any, kind: str = "") -> str:
        return value(self.world, kind or self.target.kind, name, given)

    # --- in between, and at the end --------------------------------------------------------------------------

    def _between(self, days: list[DayOfLife]) -> Iterator[str]:
        """A line on days without news: how many, what was quietly going on, what it came to."""
        if not days:
            return
        going_on = Counter(m.title for d in days for p in d.phases for m in p.moments if m.level == QUIET)
        parts = [f"{title[0].lower()}{title[1:]} ({times}×)" for title, times in going_on.items()]
        before = self._evening_before(days[0])
        moved = [
            f"{name} {quantity(before[name])} → {quantity(days[-1].states[name])}"
            for name in (*LEVELS, "skill", "burnout")
            if name in before and abs(days[-1].states[name] - before[name]) >= 0.005
        ]
        if not parts and not moved and len(days) < _WORTH_SAYING:
            return
        span = f"{days[0].date}" if len(days) == 1 else f"{days[0].date} to {days[-1].date}, {len(days)} days"
        said = "; ".join(part for part in ("; ".join(parts), ", ".join(moved)) if part) or "nothing new"
        yield from wrapped(f"[{span}: {said}]", 2, "", 3)
        yield ""

    def _evening_before(self, day: DayOfLife) -> dict[str, Any]:
        place = self.diary.days.index(day)
        return self.diary.days[place - 1].states if place else self.diary.first

    def _summary(self) -> Iterator[str]:
        days = self.diary.days
        if not days:
            return
        yield f"In all, {days[0].date} to {days[-1].date}"
        yield "-" * 34
        said = Counter(_counted(m) for d in days for p in d.phases for m in p.moments if m.level >= QUIET)
        for title, times in said.items():
            yield f"  {times:>5} × {title}"
        if self.target.kind == "resident":
            first, last = self.diary.first, days[-1].states
            levels = ", ".join(f"{n} {quantity(first[n])} → {quantity(last[n])}" for n in LEVELS)
            yield from wrapped(f"From first to last: {levels}", 2, "")
        elif self.target.kind in ("demand", "conflict") and not self.target.over:
            yield f"  When the run ended its state was: {self._value('state', days[-1].states['state'])}."
        yield ""

    def _rules(self) -> Iterator[str]:
        if not self.used:
            return
        yield "Rules met on the way, and their parameters (rates per day)"
        yield "-----------------------------------------------------------"
        for name in sorted(self.used):
            formula, meaning = equation(name)
            module = name.partition(".")[0]
            yield f"  {name}  (sim/rules/{module}.py)"
            yield from wrapped(explained(name), 6, "")
            parameters = self.used[name].parameters
            if parameters:
                numbers = ", ".join(f"{field} {quantity(number)}" for field, number in parameters.items())
                yield from wrapped(f"with {numbers}", 6, "", 8)


def _counted(moment: Moment) -> str:
    """What a moment is counted as: ways of taking part apart."""
    way = moment.detail.partition(";")[0]
    return f"{moment.title}: {way}" if way in WAYS else moment.title


def _brief(subject: tuple[str, int]) -> str:
    return short(subject[1]) if subject[0] in ("demand", "conflict") else str(subject[1])
