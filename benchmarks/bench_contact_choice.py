"""The choice and the contact phase (participation, word of mouth) against the same by hand in C.

Run ``python benchmarks/bench_contact_choice.py``. ``contact_choice.c`` is compiled with ``-O3 -march=native`` where
there is a C compiler. Both work on the same arrays with the same keyed draws, in turns from the same state, and every
column must come out the same. Numba's times include handing the arrays over from Python, as in a run.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from common import HERE, Check, Table, Times, main, ratios
from worlds import WARM_UP, everything_on

C_TYPES = {"f8": "double", "u8": "uint64_t", "i1": "int8_t", "i2": "int16_t", "i4": "int32_t"}


def compiler() -> str | None:
    """The C compiler: what ``CC`` names, else the first there is."""
    found = (shutil.which(name) for name in (os.environ.get("CC"), "cc", "gcc", "clang") if name)
    return next((path for path in found if path), None)


def fields_h() -> str:
    """Structs and numbers for the C code, from the model's own lists."""
    from sim.model.columns import RESIDENT
    from sim.rules import diffusion, participation, trust
    from sim.vocabulary.measures import FLOWS

    columns = " ".join(f"{C_TYPES[column.dtype]} *{column.name};" for column in RESIDENT)
    lines = ["#include <stdint.h>", f"typedef struct {{ {columns} }} residents_t;"]
    for name, rules in (("participation_t", participation), ("trust_t", trust), ("diffusion_t", diffusion)):
        fields = " ".join(f"double {field};" for field in rules.Parameters._fields)
        lines.append(f"typedef struct {{ {fields} }} {name};")
    lines.append("enum { " + ", ".join(f"FLOW_{name}" for name in FLOWS) + " };")
    return "\n".join(lines) + "\n"


def library(cc: str, folder: Path) -> ctypes.CDLL:
    """Compile and load the C code."""
    (folder / "fields.h").write_text(fields_h(), encoding="utf-8")
    made = folder / "contact_choice.so"
    subprocess.run(
        [cc, "-O3", "-march=native", "-ffp-contract=off", "-std=c11", "-fPIC", "-shared", f"-I{folder}",
         str(HERE / "contact_choice.c"), "-o", str(made), "-lm"], check=True,
    )  # fmt: skip
    return ctypes.CDLL(str(made))


class Plain:
    """The two phases in C, on a world's own arrays."""

    def __init__(self, c: ctypes.CDLL, world: Any) -> None:
        import numpy as np

        self.c, self.world = c, world
        self.residents = (ctypes.c_void_p * len(world.residents))(*(column.ctypes.data for column in world.residents))
        r = world.rules
        self.tuples = [np.array(list(p), dtype=np.float64) for p in (r.participation, r.trust, r.diffusion)]
        self.choice_streams = self.streams(
            "participation.occasion", "participation.supply", "participation.choice", "participation.proposal"
        )
        self.contact_streams = self.streams("diffusion.meet", "diffusion.pass")

    def streams(self, *names: str) -> Any:
        """Keys of some streams, side by side."""
        from sim.vocabulary.streams import INDEX

        return self.world.streams[[INDEX[name] for name in names]].copy()

    def arguments(self, *given: Any) -> list[Any]:
        """Arguments as C takes them: arrays by their address, whole numbers with 64 bits."""
        import numpy as np

        def as_c(value: Any) -> Any:
            if isinstance(value, np.ndarray):
                return ctypes.c_void_p(value.ctypes.data)
            if isinstance(value, ctypes.Array):
                return value
            return ctypes.c_int64(value) if isinstance(value, int) else ctypes.c_double(value)

        return [as_c(value) for value in given]

    def choice(self) -> Any:
        """The choice phase, ready to be called."""
        from sim.rules import skill

        w, r = self.world, self.world.rules
        given = self.arguments(
            w.n, w.tick, w.levers.promise.shape[1], w.flows.shape[1], self.choice_streams, w.levers.meeting_supply,
            w.levers.council_supply, w.levers.online_supply, w.levers.promise, float(w.levers.adoption[0]),
            w.groups.participation_shift, self.residents, *w.contacts, self.tuples[0], self.tuples[1],
            float(r.needs.later_voice), float(skill.treatment(r.skill, w.mean_skill, 0.0)), w.flows, w.room.mask,
            w.room.rows,
        )
        return lambda: self.c.take_part(*given)

    def contact(self) -> Any:
        """The contact phase, ready to be called."""
        w, r = self.world, self.world.rules
        given = self.arguments(
            w.n, w.tick, self.contact_streams, self.residents, *w.contacts, self.tuples[2],
            float(r.knowledge.informed_gain), w.room.mask, w.room.rows,
        )
        return lambda: self.c.word_of_mouth(*given)


def state(world: Any) -> list[Any]:
    """Copies of what the two phases may write."""
    return [*(column.copy() for column in world.residents), world.flows.copy()]


def put_back(world: Any, saved: list[Any]) -> None:
    """Write a saved state back."""
    for column, values in zip([*world.residents, world.flows], saved, strict=True):
        column[:] = values


def measure(quick: bool) -> Table:
    from sim.model import day
    from sim.model.build import build_world
    from sim.model.phases import NAMES, PHASES

    table = Table(
        "Choice and contact phases against plain C",
        "Participation and word of mouth of Xicheng, every mechanism and policy on; CPU time of a day, in turns from "
        "the same state.",
        ["phase", "C, ms a day", "Numba, ms a day", "Numba over C, least", "median of ratios"],
    )
    cc = compiler()
    if cc is None:
        table.skipped = "no C compiler (cc, gcc or clang) was found"
        return table
    world = build_world(everything_on(), 1)
    for _ in range(WARM_UP):
        day.step(world)
    same = True
    times = {name: (Times(), Times()) for name in ("participation", "word_of_mouth")}
    with tempfile.TemporaryDirectory() as folder:
        plain = Plain(library(cc, Path(folder)), world)
        for _ in range(6 if quick else 25):
            day.begin(world)
            for name, phase in zip(NAMES, PHASES, strict=True):
                if name not in times:
                    phase.run(world)
                    continue
                by_c = plain.choice() if name == "participation" else plain.contact()
                calls = [(times[name][0], by_c, ()), (times[name][1], phase.run, (world,))]
                before, after = state(world), []
                for clock, function, given in calls if world.tick % 2 else reversed(calls):
                    put_back(world, before)
                    clock.run(function, *given)
                    after.append(state(world))
                same = same and all(x.tobytes() == y.tobytes() for x, y in zip(*after, strict=True))
            world.tick += 1
    c_total = [a + b for a, b in zip(*(times[name][0].cpu for name in times), strict=True)]
    numba_total = [a + b for a, b in zip(*(times[name][1].cpu for name in times), strict=True)]
    for name, c, numba in (
        *((name, pair[0].cpu, pair[1].cpu) for name, pair in times.items()), ("both", c_total, numba_total)
    ):  # fmt: skip
        least, middle = ratios(numba, c)
        table.rows.append(
            [name, f"{min(c) * 1e3:.3f}", f"{min(numba) * 1e3:.3f}", f"{least:.2f}", f"{middle:.2f}"]
        )
    middle = ratios(numba_total, c_total)[1]
    table.checks = [
        Check("both phases, Numba over C", "at most 2", f"{middle:.2f}", middle <= 2.0),
        Check("every column comes out as in C", "identical", "identical" if same else "different", same),
    ]
    return table


if __name__ == "__main__":
    main(measure, __doc__)
