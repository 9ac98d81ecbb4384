"""M0: households and contacts.

Contacts follow a stochastic block model with households as cliques: about a quarter of residents know nobody
outside their household (never chats with neighbours: 23.5 per cent in Shanghai, 27.5 per cent in SUNS), the
others know mostly people of their own quarter or campus, and many of those live in the same building.
"""

from typing import NamedTuple


class Parameters(NamedTuple):
    """Parameters of the contact network."""

    mean_degree: float  # contacts of the average resident, household included
    isolated_share: float  # share without any contact outside the household
    block_share: float  # share of other contacts within one's quarter, campus or site
    building_share: float  # share of those who live nearby, in the same building
    building_people: float  # how many neighbours on either side count as the same building
    other_kind_share: float  # share of contacts elsewhere in blocks of another kind (quarter, campus, site)
    household_cap: float  # people in the largest household
    household_ties: float  # 1 where housemates are contacts; 0 switches that off


def household_size(u: float, mean: float, cap: float) -> int:
    """Size of a household: one and a binomial number of others, ``1 + Binomial(cap - 1, (mean - 1) / (cap -
    1))``.

    Found by inverting the distribution at ``u``. With a cap of 8 a mean of 2.6 spreads as families do, and a
    mean of 6 stays as close to 6 as dormitory rooms do.
    """
    others = int(cap) - 1
    if others <= 0 or mean <= 1.0:
        return 1
    p = min((mean - 1.0) / others, 1.0)
    if p >= 1.0:
        return others + 1
    chance = 1.0
    for _ in range(others):
        chance *= 1.0 - p
    total = chance
    k = 0
    while u >= total and k < others:
        chance *= (others - k) * p / ((k + 1.0) * (1.0 - p))
        total += chance
        k += 1
    return k + 1


def sought(u: float, mean_degree: float, household_degree: float, isolated_share: float) -> int:
    """Number of contacts outside the household that a resident seeks; as many again come from others seeking.

    ``household_degree`` is the mean number of housemates in the resident's group; what the household leaves
    of the mean degree is shared by those who are not isolated.
    """
    wanted = max(mean_degree - household_degree, 0.0) / max(1.0 - isolated_share, 1e-9)
    return int(0.5 * wanted + u)
