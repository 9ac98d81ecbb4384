"""The seventeen mechanisms of the model and what switching one off means.

Switching a mechanism off sets a few parameters to the value at which it does nothing; no code asks
whether a mechanism is on. That makes an ablation an ordinary scenario, shown by ``cgsim explain``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One mechanism: its number in the model description, its name, and the parameters that switch it off."""

    id: str
    name: str
    summary: str
    off: Mapping[str, float] = field(default_factory=dict)


MECHANISMS: Final[tuple[Mechanism, ...]] = (
    Mechanism(
        "M0", "contacts", "Who knows whom: households, neighbours, a nearly isolated quarter of residents.",
        {"network.mean_degree": 0.0, "network.household_ties": 0.0},
    ),
    Mechanism(
        "M1", "participation choice", "On an occasion a resident weighs meeting, council and online against staying away.",
        {"participation.occasions": 0.0, "election.on": 0.0},
    ),
    Mechanism(
        "M2", "knowledge", "Sessions teach how governance works; what is not used is forgotten.",
        {"knowledge.gain": 0.0, "knowledge.decay": 0.0},
    ),
    Mechanism(
        "M3", "word of mouth", "Information and opinions of the service pass along contacts.",
        {"diffusion.pass_on": 0.0, "diffusion.susceptibility": 0.0, "participation.b_neighbours": 0.0, "trust.hearsay": 0.0},
    ),
    Mechanism(
        "M4", "trust", "Experience against expectation; worse news weighs more.",
        {"trust.gain": 0.0, "trust.expectation_rate": 0.0, "trust.promise": 0.0},
    ),
    Mechanism(
        "M5", "needs and service", "Needs arise, some are voiced, wait, are worked on, and end.",
        {"needs.rate": 0.0, "needs.enquiries": 0.0},
    ),
    Mechanism(
        "M6", "burnout and turnover", "Load and missing support burn workers out; some leave.",
        {"workforce.burnout_load": 0.0, "workforce.burnout_recovery": 0.0, "workforce.burnout_start": 0.0, "workforce.quit": 0.0},
    ),
    Mechanism(
        "M7", "skill and familiarity", "Training and knowing the quarter make work quicker, better and kinder.",
        {"skill.training_gain": 0.0, "skill.decay": 0.0, "skill.on_resolution": 0.0, "skill.on_speed": 0.0,
         "skill.on_treatment": 0.0, "skill.familiarity_on_resolution": 0.0, "skill.familiarity_gain": 0.0, "skill.drift": 0.0},
    ),
    Mechanism(
        "M8", "conflict onset", "Grievance, low trust and weak belonging turn contact into conflict.",
        {"conflict.onset": 0.0},
    ),
    Mechanism(
        "M9", "mediation and escalation", "A known conflict is mediated, or escalates, whichever comes first.",
        {"conflict.reporting": 0.0, "conflict.escalation": 0.0},
    ),
    Mechanism(
        "M10", "ties and belonging", "Doing things together builds ties and belonging, and friction too.",
        {"belonging.gain": 0.0, "belonging.decay": 0.0, "belonging.ties_gain": 0.0, "belonging.ties_decay": 0.0,
         "belonging.friction_contact": 0.0, "belonging.from_ties": 0.0},
    ),
    Mechanism(
        "M11", "digital divide", "Not everyone is online.",
        {"population.online_0_17": 1.0, "population.online_18_29": 1.0, "population.online_30_49": 1.0,
         "population.online_50_59": 1.0, "population.online_60_69": 1.0, "population.online_70_plus": 1.0},
    ),
    Mechanism(
        "M12", "self-governance", "Taking part and solving things together builds efficacy; councils settle common matters.",
        {"council.success_ceiling": 0.0, "efficacy.gain": 0.0, "efficacy.loss": 0.0, "efficacy.decay": 0.0,
         "needs.self_help": 0.0},
    ),
    Mechanism(
        "M13", "cross-sector referral", "Some needs take competence from outside, reached through partners.",
        {"needs.outside_share": 0.0},
    ),
    Mechanism(
        "M14", "opinion monitoring", "Silent needs and latent conflicts are found early, with false alarms.",
        {"monitoring.effect": 0.0},
    ),
    Mechanism(
        "M15", "technology", "A platform routes sooner, sorts better and speeds work.",
        {"technology.on_speed": 0.0, "technology.on_routing": 0.0, "technology.on_triage": 0.0, "technology.on_voice": 0.0,
         "technology.offline_delay": 0.0},
    ),
    Mechanism(
        "M16", "hours", "Hours are finite: what a programme takes, casework loses.",
        {"hours.scarcity": 0.0},
    ),
)

BY_ID: Final[Mapping[str, Mechanism]] = {mechanism.id: mechanism for mechanism in MECHANISMS}
