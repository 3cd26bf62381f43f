"""The model: every number the engine uses, in one frozen value with the shipped defaults.

All weights are natural logarithms of likelihood ratios. A *share* is a probability. Fitting or calibrating
a pool means making another `Model`; nothing else in the engine holds a number that matters.
"""

from typing import Final

import msgspec

from doorward.risk.levels import SHIPPED_THRESHOLDS, Thresholds

DAY: Final = 86_400.0


class Mixing(msgspec.Struct, frozen=True):
    """How far a chain of evidence may be believed.

    `copies` is the share of impostors who show the user's own value, `strays` the share of the user's own
    sign-ins that follow no habit. They bound the weight to ln(copies) … −ln(strays).
    """

    copies: float
    strays: float


class Kinds(msgspec.Struct, frozen=True):
    """A share for each kind of network."""

    residential: float
    mobile: float
    hosting: float
    vpn: float
    tor: float


class Scopes(msgspec.Struct, frozen=True):
    """A log-prior or weight for each scope in which a campaign may show."""

    address: float
    device: float
    prefix: float
    asn: float
    client: float


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """Weights, concentrations, half-life and prior. `docs/risk.md` tells where each comes from."""

    version: str = "doorward-4"
    thresholds: Thresholds = SHIPPED_THRESHOLDS
    without: frozenset[str] = frozenset()
    """Signal groups switched off (for ablation): network, client, rhythm, velocity, travel, account."""

    # The prior: ln of the odds of an impostor before anything is looked at, less the work of the thresholds.
    prior: float = -2.4
    cold_prior: float = -3.5
    """The prior of a user without history; the two are blended by 1/(1 + earlier sign-ins)."""

    half_life: float = 90 * DAY
    """Seconds after which a remembered sign-in counts half (TOPS'22: six months of history suffice)."""

    # Back-off. One number for each trait, in the order of `traits.NAMES`.
    alphas: tuple[float, ...] = (
        0.1, 1.0, 0.8, 0.8, 1.5, 1.0, 0.4, 0.15, 0.3, 0.05, 1.0, 0.1, 0.3, 0.1, 0.1, 0.1,
    )  # fmt: skip
    """Concentration: how many sign-ins the pool's share is worth against the user's own counts (`fitting`)."""
    discounts: tuple[float, ...] = (
        0, 0, 0, 0.5, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    )  # fmt: skip
    """What each kept value gives up for values not seen yet: who has been on many networks comes from others."""
    unseen: tuple[float, ...] = (
        0.03, 0.1, 0.05, 0.01, 0.05, 0.2, 0.3, 0.2, 0.2, 0.02, 0.1, 0.2, 0.3, 0.05, 0.1, 0.1,
    )  # fmt: skip
    """What the pool is taken to give a value within its parent before it has counted anything."""
    pool_concentration: float = 1.0
    """How many counted sign-ins `unseen` is worth."""

    from_home: float = 0.3
    """The share of impostors who take an address in a country of the user's."""
    version_half_life: float = 14 * DAY
    """Seconds after which a known version counts half while the user does not sign in: updates come."""
    steps_back: float = 0.1
    """How much less likely a user is to show a version older than one that he had: they move forward."""
    network: Mixing = Mixing(copies=0.0005, strays=1e-4)
    network_in_country: Mixing = Mixing(copies=0.0005, strays=0.03)
    """Used instead of `network` in a country where the user was before: people move about at home."""
    region: Mixing = Mixing(copies=0.05, strays=0.05)
    """The region, on a network that is new to the user in a country where he was before."""
    client: Mixing = Mixing(copies=0.015, strays=0.02)
    new_device: Mixing = Mixing(copies=0.3, strays=0.02)
    """Used instead of `client` for a device id not seen before: who has the strings without the device
    may well have copied them."""
    device: Mixing = Mixing(copies=0.018, strays=0.02)
    """Used instead of `client` where the device id itself was seen before: harder to copy than a string."""
    established: float = 0.05
    """Decayed sightings at which a known network or client speaks for the user with half its weight."""
    nothing_familiar: float = 2.0
    """Added where country and device are both new: neither travel nor a new device explains that alone."""
    nothing_familiar_after: float = 5.0
    """Earlier sign-ins at which that weighs half."""
    language: Mixing = Mixing(copies=0.3, strays=0.05)
    timezone: Mixing = Mixing(copies=0.3, strays=0.08)
    hour: Mixing = Mixing(copies=0.75, strays=0.2)
    absent_at_most: float = 0.8
    """The most that a missing network or client may weigh, where the user's attempts usually have it."""

    unidentified_at_most: float = 2.0
    """The same of a missing device id beside strings that are there, in a pool where all show one: an impostor
    may leave it out."""

    kind_of_impostor: Kinds = Kinds(residential=0.35, mobile=0.12, hosting=0.27, vpn=0.16, tor=0.1)
    kind_of_user: Kinds = Kinds(residential=0.6, mobile=0.33, hosting=0.02, vpn=0.045, tor=0.005)
    kind_at_most: float = 3.0

    # Campaigns: the log-likelihood ratio of "one program tries a list" against "people sign in".
    failing_in_campaign: float = 0.9
    failing_among_people: float = 0.12
    failing_at_most: float = 0.5
    """The most that names are taken to fail among people, whatever the rest of the pool looks like."""
    unknown_in_campaign: float = 0.5
    """Of the names tried in a campaign, those that do not exist."""
    unknown_among_people: float = 0.25
    names_enough: float = 20.0
    """Names in the rest of the pool at which its own shares count half."""
    campaign_prior: Scopes = Scopes(address=-3.5, device=-3.5, prefix=-4.5, asn=-7.0, client=-7.0)
    campaign_at_most: Scopes = Scopes(address=10.0, device=10.0, prefix=9.5, asn=4.0, client=4.0)
    """The wider the scope, the more others are in it."""
    campaign_with_known: float = 0.35
    """What is left of a list's weight for who comes as he always does (`signals.velocity`)."""
    burst_least: float = 0.5
    """Names expected to fail within minutes in the quietest pool."""
    burst_prior: float = -6.0
    burst_at_most: float = 4.0
    guesses_free: float = 3.0
    """Failed attempts on one name that people make, within the velocity's half-life."""
    guess: float = 0.8
    guesses_at_most: float = 7.0
    guessing_networks: float = 0.6
    """Added for each further network from which the name was tried in vain."""
    prompts_free: float = 2.0
    """Prompts for a second factor that people cause within ten minutes."""
    prompt: float = 2.0
    prompts_at_most: float = 7.0
    afar_of_strangers: float = 0.7
    """Of users whose sessions one program has stolen, those from other countries than its address."""
    afar_among_people: float = 0.01
    strangers_prior: float = -9.0
    strangers_at_most: float = 4.0
    pool_at_most: float = 1.0
    pool_failing_usually: float = 0.75
    """The share of a pool's attempts that may fail without an attack."""
    pool_attempts: float = 50.0
    """Attempts within the half-life below which the pool's failure share says nothing."""

    # Travel.
    travel_least_km: float = 100.0
    travel_easy_kmh: float = 250.0
    travel_fastest_kmh: float = 950.0
    travel_at_fastest: float = 1.5
    travel_at_most: float = 4.0
    travel_with_known: float = 0.35
    """What is left of the weight where the device or the network is known."""

    # Absence, account, device.
    absence_free_days: float = 30.0
    absence_at_most: float = 0.5
    young_account: float = -0.5
    recent_password: float = 0.8
    old_password: float = 0.3
    compromised: float = 2.0
    takeover: float = 1.0
    takeovers_at_most: float = 2.0
    remembered_device: float = -3.0
    invalid_signature: float = 1.0
    reputation: float = 0.8
    reputation_at_most: float = 2.5

    # Feedback.
    distrusted_device: float = 6.0
    distrusted_network: float = 3.0
    trusted_lessons: float = 3.0
    """How many ordinary sign-ins a Valid feedback teaches."""

    cold_low: float = 1.0
    few: float = 5.0
    """With fewer earlier sign-ins than `cold_low`, rarity reaches at most Low; than `few`, at most Medium."""


SHIPPED: Final = Model()
