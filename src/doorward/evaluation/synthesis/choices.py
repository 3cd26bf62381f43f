"""Everything the synthesiser had to choose where nothing is published: the joint distributions.

These numbers decide how hard it is to tell people from impostors. They are guesses, bounded where the published
counts bound them (see each), and they are written beside every file that is made with them.
"""

from typing import Final

import msgspec

from doorward.evaluation import published


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """One world. A *share* is a probability; days and hours are as they say; the meaning is in `MEANING`."""

    users: int
    days: int = published.DAYS
    seed: int = 1
    live: bool = False
    starts: int = published.STARTS
    unknown_share: float = published.UNKNOWN_SHARE

    # The life of a user.
    burst_share: float = 0.46
    burst_hours: float = 20.0
    habit_share: float = 0.55
    weekend_weight: float = 0.8
    largest_count: int = 400
    tail_exponent: float = 2.2

    # Networks.
    households: tuple[float, ...] = (0.78, 0.16, 0.04, 0.02)
    lease_days: tuple[tuple[float, float], ...] = ((0.08, 2.0), (0.25, 20.0), (0.4, 90.0), (0.27, 400.0))
    lease_stays_in_prefix: float = 0.25
    phone_mobile: float = 0.72
    phone_venue: float = 0.1
    desktop_venue: float = 0.34
    addresses_per_user: float = 1.14
    shared_by_mobile: float = 0.7
    shared_by_vpn: float = 0.05
    regional_exit: float = 0.6
    sticky_exit: float = 0.2
    vpn_users: float = 0.02
    vpn_share: float = 0.6
    vpn_flagged: float = 0.2
    travellers: float = 0.15
    trips_per_year: float = 1.5
    trip_days: float = 6.0
    trip_wifi: float = 0.6
    trip_venue: float = 0.5
    elsewhere: float = 0.35
    moves_per_year: float = 0.06

    # Geography, and what a location database knows of it.
    national_homes: float = 0.7
    central_carriers: float = 0.35
    lease_stays_in_region: float = 0.9
    moves_in_region: float = 0.7
    venue_in_city: float = 0.75
    elsewhere_in_region: float = 0.7
    not_located: float = 0.25
    not_located_private: float = 0.7
    without_city: float = 0.1
    wrong_region: float = 0.1
    wrong_city: float = 0.25

    # Clients.
    devices: tuple[float, ...] = (0.5, 0.34, 0.12, 0.04)
    main_device: float = 0.72
    phone_first: float = 0.78
    replaced_per_year: float = 0.3
    lags: tuple[tuple[float, float], ...] = ((0.72, 6.0), (0.18, 60.0), (0.1, 5000.0))
    in_app_share: float = 0.12
    in_app_users: float = 0.3
    device_id_lost_days: float = 200.0
    without_device_id: float = 0.08
    foreign_language: float = 0.1

    # Failures.
    mistyped_password: float = 0.2
    mistyped_name_rows: float = 1.4
    rows_a_stranger: float = 10.0

    # Attacks.
    stuffing: float = 0.55
    spraying: float = 0.15
    enumeration: float = 0.3
    hits: tuple[float, float] = (0.001, 0.02)
    attackers_country: tuple[tuple[str, float], ...] = (
        ("US", 0.34), ("RU", 0.16), ("BR", 0.08), ("CN", 0.08), ("DE", 0.05), ("NO", 0.04), ("VN", 0.04),
    )  # fmt: skip
    campaign_pools: tuple[tuple[int, float], ...] = ((1, 0.5), (100, 0.4), (10_000, 0.1))
    campaign_hosted: float = 0.6
    campaign_bots: float = 0.3
    campaign_rotates: float = 0.5
    personal_attacks: float = 0.0004
    takeovers_per_user: float = published.TAKEN_OVER_USERS / published.USERS
    fewest_takeovers: int = 5


MEANING: Final = {
    "unknown_share": "published; of all rows, attempts at names that do not exist. 0 leaves them out",
    "burst_share": "guess, fitted to the published 52 % of new user agent strings: a further sign-in follows "
    "an earlier one within hours rather than falling anywhere in the user's year",
    "burst_hours": "guess: mean hours between the two",
    "habit_share": "guess: sign-ins near one of the user's own hours; the rest follow the pool's day",
    "weekend_weight": "guess: a Saturday or Sunday beside a working day",
    "largest_count": "guess: no user has more sign-ins",
    "tail_exponent": "guess: beyond the published p99 the number of sign-ins falls like a Pareto tail",
    "households": "guess: households of 1, 2, 3, 4 users behind one home address",
    "lease_days": "fitted to the published number of addresses: (share of homes, mean days an address is kept)",
    "lease_stays_in_prefix": "guess: the next address of a home is in the same /24",
    "phone_mobile": "fitted to the published shared addresses: phone sign-ins through the mobile carrier",
    "phone_venue": "guess: phone sign-ins from the user's workplace, school or café",
    "desktop_venue": "guess: desktop sign-ins from there, on working days between 7 and 18 h; else halved",
    "addresses_per_user": "published: addresses a row, times the rows a user; of them the published shares "
    "serve 10, 100 and 1,000 users or more",
    "shared_by_mobile": "guess: of these shared addresses, exits of mobile carriers; the rest but the VPN exits "
    "are offices, schools, cafés",
    "shared_by_vpn": "guess: of these shared addresses, exits of VPNs",
    "regional_exit": "guess: a carrier's exit in the user's region rather than anywhere in the carrier",
    "sticky_exit": "guess: the same exit as last time, among regional ones",
    "vpn_users": "guess: users who have a VPN",
    "vpn_share": "guess: their sign-ins through it",
    "vpn_flagged": "guess: VPN exits that are known for attacks, so that legitimate rows carry the label too",
    "travellers": "guess: users who travel abroad",
    "trips_per_year": "guess: journeys of such a user",
    "trip_days": "guess: mean days of a journey",
    "trip_wifi": "guess: abroad, on a network of the place rather than roaming through the carrier at home",
    "trip_venue": "guess: such a network is one that many share",
    "elsewhere": "guess: of sign-ins from a place that many share, those not at the user's usual one",
    "moves_per_year": "guess: a user moves, alone, or changes the provider",
    "national_homes": "guess: homes on the country's largest carriers, which serve all of it; each other carrier "
    "serves one to three regions",
    "central_carriers": "guess: mobile carriers all of whose exits stand in one or two of the largest cities; the "
    "exits of the others stand where most of those are whom they serve",
    "lease_stays_in_region": "guess: where the next address of a home is in another /24, that is in the region "
    "rather than anywhere in the carrier",
    "moves_in_region": "guess: who moves stays in the region; the others go anywhere in the country",
    "venue_in_city": "guess: the user's usual workplace, school or café is in the own city; else in the region",
    "elsewhere_in_region": "guess: those not at the usual one are in the region; else anywhere in the country",
    "not_located": "guess: /24s of which region and city are not known; each /24 has one answer for everybody",
    "not_located_private": "guess, after the few rows that are shown in public: the same of the /24s in 10/8",
    "without_city": "guess: of the others, those of which the region alone is known",
    "wrong_region": "guess: of the others, those taken to be anywhere in the country, by population",
    "wrong_city": "guess: of those in the right region, those taken to be anywhere in it, by population",
    "devices": "guess: users with 1, 2, 3, 4 devices",
    "main_device": "guess: sign-ins on the main device",
    "phone_first": "fitted to the published device types: the main device is a phone",
    "replaced_per_year": "guess: a device is replaced by a newer one of the kind",
    "lags": "guess: (share of devices, mean days from a version's release to its installation)",
    "in_app_share": "guess: a phone's sign-ins from inside an app, whose user agent string differs",
    "in_app_users": "guess: people with a phone who sign in from inside an app at all",
    "device_id_lost_days": "guess: mean days until cookies are cleared (live columns)",
    "without_device_id": "guess: devices that never show a device id (live columns)",
    "foreign_language": "guess: users whose language is not the first of their country (live columns)",
    "mistyped_password": "guess: a wrong password before a sign-in, again with the same share",
    "mistyped_name_rows": "guess: rows with a mistyped name, per user, in the user's own circumstance",
    "rows_a_stranger": "guess: rows of a person who has no account",
    "stuffing": "guess: share of attack rows that try leaked pairs",
    "spraying": "guess: share of attack rows that try few passwords over many names, slowly",
    "enumeration": "guess: share of attack rows that look for names",
    "hits": "from the protocol: bounds of a stuffing campaign's share of right passwords",
    "attackers_country": "guess: where attack addresses stand; the rest is spread over all countries",
    "campaign_pools": "addresses of a campaign from the protocol, with guessed shares; never more than half its rows",
    "campaign_hosted": "guess: a campaign's addresses in hosting networks; the others are homes",
    "campaign_bots": "guess: campaigns that show the user agent of a program; the others show browsers'",
    "campaign_rotates": "guess: tries for which a campaign with several user agents takes another",
    "personal_attacks": "guess: users who meet one, for each kind of attack on a person",
    "takeovers_per_user": "published: users taken over",
    "fewest_takeovers": "guess: so many where the published share gives fewer",
}
"""Where each number comes from."""

FIXED: Final = (
    "Sign-ins per user are counted as successful ones; with the published share of successes this gives about "
    "10.2 rows for each user, where the data set has 7.3 for each id (ids that never sign in are counted there).",
    "New user agent strings are counted among sign-ins that have an earlier one.",
    "Hours are UTC for everybody: the data set's countries are drawn at random per value, so no shift is visible.",
    "All addresses are IPv4 and made up; carriers numbered 500000 and above stand in 10/8, as in the data set.",
    "Market shares of browsers and systems, days and numbers of versions, phone models (420 names that fall like "
    "a power of their rank) and the programs among the bots stand in the source: programs, releases, clients, "
    "strangers. A second device is mostly of the other kind.",
    "A stuffing or enumeration campaign lasts half an hour to thirty hours, spraying five to thirty days; "
    "spraying is right ten times more seldom than stuffing.",
    "A targeted attacker shows the victim's user agent from a home network of the victim's country, a residential "
    "proxy from the victim's own network; both follow an hour or some days after a sign-in of the victim.",
    "A country has 4 regions or more, up to 29 by its share of people, a region 1 to 22 cities; their populations "
    "fall like the inverse of their rank, which is their name behind the country's code. A user's region is "
    "that of the home; the hours and the devices of people do not depend on it, and a country has one time zone.",
    "A network of a data centre stands in one or two cities, drawn by population, and so do VPN exits. A mobile "
    "exit or venue that serves people of several regions stands in the city of most of them. A journey abroad "
    "stays in one region; journeys within the country are told by the venues alone.",
    "Attackers do not choose a region: their addresses stand where the networks that they use have them.",
    "Every address of a campaign is labelled an attack address; hits of a campaign are not labelled takeovers, "
    "because nobody confirmed them; the labels file says which rows belong to which attack.",
    "MFA fatigue is written as attempts that did not succeed, since the data set has no second factor.",
    "Session theft is written only with the live columns, as a success elsewhere with the user's device id.",
)
"""Choices that are no numbers."""
