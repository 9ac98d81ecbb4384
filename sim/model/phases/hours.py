"""Phase 3, hours (M16): what programmes want meets what workers have; what cannot be given is not given.

``wanted`` is the policies' standing hours a week plus a running mean of what attendance, acts, enquiries and feedback
have taken. Administration and programmes come off paid hours, up to a cap; casework gets the rest. Every lever that
needs hours is delivered at the share of the hours that are there.
"""

import numpy as np

from sim.model import draws
from sim.model.compiled import kernel
from sim.model.counters import institution, use
from sim.model.levers import deliver, fill_chances, fill_limits
from sim.model.world import World
from sim.rules import hours as rules
from sim.vocabulary.streams import INDEX

_WORKERS, _POSTS, _VACANT = institution("workers"), institution("posts"), institution("vacant")
_SKILL, _DELIVERED = institution("skill"), institution("delivered")
_AVAILABLE = institution("hours_available")
_CUT = INDEX["workforce.cut"]
_ADMINISTRATION = use("administration")


def run(world: World) -> None:
    """Share the day's hours out. Both drivers share this phase."""
    p = world.rules.hours
    open_posts(world)
    staff(world.workers, world.agencies, world.institution)
    filled = world.institution[_WORKERS]
    world.mean_skill = world.institution[_SKILL] / filled if filled > 0.0 else 0.0
    plan = world.board.planned
    wanted_by_use = plan.hours + world.attendance_hours
    wanted, paid = total(wanted_by_use), filled * p.week
    given = rules.delivered(p, wanted, paid)
    world.case_share = rules.case_share(p, wanted, given, paid)
    deliver(plan, world.levers, given)
    fill_chances(world.levers, world.chances)
    fill_limits(world.cell_levels, world.chances, world.limits)
    world.institution[_DELIVERED] = given
    if world.workday:
        world.institution[_AVAILABLE] = paid / p.workdays
        world.hours[:] += wanted_by_use * (given / p.workdays)
        world.hours[_ADMINISTRATION] += p.administration * paid / p.workdays


def open_posts(world: World) -> None:
    """Open or close posts as policies and cuts say; a worker whose post closes leaves."""
    extra = np.floor(world.board.planned.extra_staff + 1e-9).astype(np.int32)
    changed = cut_posts(world)
    if changed or (extra != world.agencies.extra).any():
        world.agencies.extra[:] = extra
        _open(world.workers, world.agencies)
        share_visits(world)


def share_visits(world: World) -> None:
    """Write one worker's share of each block's visits (``pool_blocks``), among posts that are open."""
    opened = np.bincount(world.workers.pool[world.workers.open == 1], minlength=len(world.pool_agency))
    np.divide(world.pool_share, np.maximum(opened, 1)[:, None], out=world.pool_blocks)


def cut_posts(world: World) -> bool:
    """End the posts of a cut that begins today, and bring back, vacant, those of one that ends; whether any did.

    Who goes is drawn: pools of colleagues lose one each, in the order of the draw, before any loses a second.
    """
    workers, day, changed = world.workers, world.tick - world.scenario.burn_in, False
    cuts = [shock for shock in world.scenario.shocks if shock.kind == "cut" and day in (shock.start_day, shock.end_day)]
    for shock in sorted(cuts, key=lambda shock: shock.start_day == day):  # those that end first
        for name in shock.values["agencies"]:
            a = world.community.agency_names.index(name)
            rows = np.flatnonzero(workers.agency == a)[: world.agencies.posts[a]].tolist()
            if day == shock.end_day:
                workers.cut[rows] = 0
                changed = True
                continue
            stream = draws.stream_day_py(int(world.streams[_CUT]), world.tick, 0)
            lots = {row: draws.uniform_py(stream, int(workers.key[row])) for row in rows}
            rows.sort(key=lots.__getitem__)
            before: dict[int, int] = {}
            order = {}
            for row in rows:
                pool = int(workers.pool[row])
                order[row] = before[pool] = before.get(pool, -1) + 1
            rows.sort(key=lambda row: (order[row], lots[row]))
            gone = rows[: int(len(rows) * shock.values["posts"] + 0.5)]
            workers.cut[gone] = 1
            changed = changed or bool(gone)
    return changed


@kernel
def _open(workers, agencies):
    seen = np.zeros(len(agencies.posts), np.int32)
    for w in range(len(workers.key)):
        a = workers.agency[w]
        allowed = agencies.posts[a] + agencies.extra[a]
        workers.open[w] = 1 if seen[a] < allowed and workers.cut[w] == 0 else 0
        if workers.open[w] == 0:
            workers.in_post[w] = 0
        seen[a] += 1


@kernel
def staff(workers, agencies, institution_row):
    """Count posts and sum up skill of own workers in post."""
    agencies.filled[:] = 0
    filled, posts, skill = 0.0, 0.0, 0.0
    for w in range(len(workers.key)):
        if workers.open[w] == 0:
            continue
        if workers.in_post[w] == 1:
            agencies.filled[workers.agency[w]] += 1
        if workers.outside[w] == 1:
            continue
        posts += 1.0
        if workers.in_post[w] == 1:
            filled += 1.0
            skill += workers.skill[w]
    institution_row[_WORKERS] = filled
    institution_row[_POSTS] = posts
    institution_row[_VACANT] = posts - filled
    institution_row[_SKILL] = skill


@kernel
def total(values):
    """Sum in the order of the values (``np.sum`` adds in another)."""
    result = 0.0
    for value in values:
        result += value
    return result
