"""Names of the random streams. A draw is a pure function of (seed, stream name, agent key, day, index).

Streams are known by name, never by position: adding one moves nobody else's luck.
"""

from typing import Final

STREAMS: Final[tuple[str, ...]] = (
    # building the community
    "population.age", "population.vulnerable", "population.online", "population.time_value", "population.taste",
    "population.trust", "population.states", "population.household", "contacts.isolated", "contacts.partner",
    # phases 2 to 7
    "movement.leave", "movement.campus", "outreach.publicity", "outreach.session", "outreach.activity",
    "outreach.visit", "outreach.invitation", "participation.occasion", "participation.supply",
    "participation.choice", "participation.proposal", "needs.arise", "needs.category", "needs.kind",
    "needs.self_help", "needs.voice", "needs.time", "needs.false_alarm", "enquiry.answer",
    # phase 8
    "service.detect", "service.route", "service.bounce", "service.triage", "service.partner", "service.council",
    "service.work", "service.resolve", "service.reopen", "service.lapse", "service.tie", "service.worker", "service.acknowledge",
    # phases 9 to 12
    "conflict.onset", "conflict.counterpart", "conflict.report", "conflict.detect",
    "conflict.escalate", "conflict.fade", "diffusion.meet", "diffusion.pass",
    "workforce.quit", "workforce.hire", "workforce.skill", "workforce.cut", "election.vote", "election.stand", "election.tie",
)

INDEX: Final = {name: position for position, name in enumerate(STREAMS)}
"""Where each stream's key stands in the array of keys: a detail of storage, not of identity."""
