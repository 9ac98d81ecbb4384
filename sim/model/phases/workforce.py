"""Phase 12, workforce (M6, M7): skill and its decay, familiarity, burnout, leaving, vacancy, hiring."""

from sim.model import draws
from sim.model.compiled import kernel
from sim.model.counters import flow, institution
from sim.model.world import World
from sim.rules import functions, knowledge, skill
from sim.rules import population as population_rules
from sim.rules import workforce as rules
from sim.vocabulary.streams import INDEX

_QUIT, _HIRE, _SKILL_DRAW = INDEX["workforce.quit"], INDEX["workforce.hire"], INDEX["workforce.skill"]
_QUITS, _HIRES = institution("quits"), institution("hires")
_BURNOUT, _FAMILIARITY = institution("burnout"), institution("familiarity")
_ARRIVED, _OFFERED = institution("work_arrived"), institution("hours_cases_offered")
_VISITS = flow("home_visits")
WORKER_KIND = 2
"""What stands for workers in their keys."""


def run(world: World) -> None:
    """Let workers learn, tire, leave and be replaced."""
    r = world.rules
    feel_load(world.load, world.institution, r.workforce)
    count_visits(world.flows, world.cell_levels, world.visits)
    age_workers(
        world.tick, world.streams, world.workers, world.levers, world.pool_blocks, world.visits,
        world.load, r.workforce, r.skill, world.institution,
    )


@kernel
def feel_load(load, institution_row, p):
    """Running means of work arriving and hours offered; their ratio is the load that workers feel."""
    load[0] += p.load_memory * (institution_row[_ARRIVED] - load[0])
    load[1] += p.load_memory * (institution_row[_OFFERED] - load[1])


@kernel
def count_visits(flows, cell_levels, visits):
    """Visits paid in each block today."""
    visits[:] = 0.0
    for cell in range(flows.shape[0]):
        visits[cell_levels[cell, 0]] += flows[cell, _VISITS]


@kernel
def age_workers(tick, streams, workers, levers, pool_blocks, visits, load, p, skill_p, institution_row):
    """Visit every post."""
    felt = load[0] / load[1] if load[1] > 0.0 else 0.0
    for w in range(len(workers.key)):
        if workers.open[w] == 0:
            continue
        a = workers.agency[w]
        if workers.in_post[w] == 0:
            if draws.uniform(draws.stream_day(streams[_HIRE], tick, 0), workers.key[w]) < 1.0 / max(p.hire_days, 1.0):
                hire(w, streams, workers, p, skill_p)
                institution_row[_HIRES] += 1.0
            continue
        support = functions.union(p.support_base, levers.support[a])
        workers.skill[w] = skill.trained(skill_p, workers.skill[w], levers.training[a] / 7.0)
        workers.load[w] = felt
        workers.burnout[w] = rules.burnout_after(p, workers.burnout[w], felt, support)
        keep_in_touch(w, workers, pool_blocks, visits, levers.continuity[a], skill_p)
        chance = rules.quits(p, workers.burnout[w], workers.skill[w], support)
        if draws.uniform(draws.stream_day(streams[_QUIT], tick, 0), workers.key[w]) < chance:
            workers.in_post[w] = 0
            if workers.outside[w] == 0:
                institution_row[_QUITS] += 1.0
    count_states(workers, pool_blocks, institution_row)


@kernel
def hire(w, streams, workers, p, skill_p):
    """A new worker takes post ``w``, under a key made from the last holder's: a newcomer's skill, nobody known yet."""
    workers.generation[w] += 1
    key = draws.mix64(workers.key[w])
    workers.key[w] = key
    workers.in_post[w] = 1
    workers.licence[w] = draws.uniform(draws.stream_day(streams[_SKILL_DRAW], 0, 1), key) < p.licensed
    workers.skill[w] = new_skill(key, streams, skill_p, workers.licence[w] == 1)
    workers.burnout[w] = p.burnout_start
    workers.load[w] = 0.0
    workers.closed[w] = 0
    workers.familiarity[w, :] = skill_p.familiarity_start


@kernel
def new_skill(key, streams, skill_p, licensed):
    """Skill of a new worker: normal around its mean, more for a licence, held within [0, 1]."""
    z = population_rules.normal_quantile(draws.uniform(draws.stream_day(streams[_SKILL_DRAW], 0, 0), key))
    return functions.clamp01(skill_p.start + (skill_p.licence if licensed else 0.0) + skill_p.start_sd * z)


@kernel
def keep_in_touch(w, workers, pool_blocks, visits, continuity, p):
    """Familiarity fades, the slower the more workers keep to their quarters; visits build it."""
    pool = workers.pool[w]
    for q in range(workers.familiarity.shape[1]):
        known = knowledge.lost(workers.familiarity[w, q], p.familiarity_decay * (1.0 - continuity))
        if visits[q] > 0.0 and workers.outside[w] == 0 and pool_blocks[pool, q] > 0.0:
            share = visits[q] * pool_blocks[pool, q]
            known = knowledge.gained(known, min(p.familiarity_gain * share, 1.0))
        workers.familiarity[w, q] = known


@kernel
def count_states(workers, pool_blocks, institution_row):
    """Sum burnout and familiarity over own workers in post; familiarity with the blocks they serve."""
    burnout, familiarity = 0.0, 0.0
    for w in range(len(workers.key)):
        if workers.in_post[w] == 0 or workers.outside[w] == 1:
            continue
        burnout += workers.burnout[w]
        known, blocks = 0.0, 0.0
        for q in range(workers.familiarity.shape[1]):
            if pool_blocks[workers.pool[w], q] > 0.0:
                known += workers.familiarity[w, q]
                blocks += 1.0
        if blocks > 0.0:
            familiarity += known / blocks
    institution_row[_BURNOUT] = burnout
    institution_row[_FAMILIARITY] = familiarity
