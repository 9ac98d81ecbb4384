"""Closed lists that communities, demands and people are described with.

Groups and quarters are *not* here: a community declares its own (see ``scenarios/communities``).
"""

from typing import Final

CATEGORIES: Final = (
    "health",
    "safety",
    "employment",
    "hardship_and_welfare",
    "housing_and_environment",
    "culture_and_education",
)
"""What a demand is about. The first four are the services the paper names in section 3.3."""

COMMON_CATEGORIES: Final = ("safety", "housing_and_environment", "culture_and_education")
"""Categories in which a demand can be a common one, that a residents' council may take up (M12)."""

WELFARE_CATEGORIES: Final = ("health", "safety", "employment", "hardship_and_welfare")
"""Categories that welfare and protection services relieve at the source (paper, section 3.3)."""

AGE_BANDS: Final = ("0_17", "18_29", "30_49", "50_59", "60_69", "70_plus")
"""Age bands in years. Residents of the first band take no part in governance and file no demand themselves."""

CHANNELS: Final = ("meeting", "council", "online")
"""Ways to take part in governance, in the order of the choice set. Council is the deep one."""

AGENCY_KINDS: Final = ("residents_committee", "social_organisation", "government_department", "enterprise")

BLOCK_KINDS: Final = ("quarter", "campus", "site")
"""Kinds of blocks in which people live; the code's ``quarter`` axis runs over all of them."""

HOUR_USES: Final = (
    "casework",
    "mediation",
    "enquiries",
    "feedback",
    "activities",
    "education",
    "participation",
    "council",
    "outreach",
    "monitoring",
    "training",
    "coordination",
    "platform",
    "welfare",
    "administration",
    "unused",
)
"""What workers' hours are spent on (M16). ``unused`` is time kept free for cases when no case waited."""

CASE_KINDS: Final = ("need", "mediation", "false_alarm")
"""What can wait in a worker's queue."""

ACADEMIC_DEPARTURE: Final = (6, 25)
"""Month and day on which a share of each group with ``academic_leave`` moves away."""

ACADEMIC_ARRIVAL: Final = (9, 1)
"""Month and day on which newcomers take the places they left."""
