"""What is published of the data set: the figures that synthetic rows are made to meet and audited against.

Counts of the release (das-group/rba-dataset, CC BY 4.0) and of independent recounts of it.
"""

from typing import Final

ROWS: Final = 31_269_264
USERS: Final = 4_304_857
DAYS: Final = 391
"""2020-02-03 to 2021-02-28, both included."""
STARTS: Final = 1_580_688_000
"""2020-02-03T00:00:00Z, seconds since the epoch."""

UNKNOWN_SHARE: Final = 0.449
"""Of all rows: attempts at a user name that does not exist."""
SUCCESS_SHARE: Final = 0.401
ATTACK_SHARE: Final = 0.099
"""Of all rows: attempts from addresses known for attacks."""
ATTACK_ADDRESSES: Final = 82_975
TAKEOVERS: Final = 141
TAKEN_OVER_USERS: Final = 138

SIGN_INS_AT_MOST: Final = (
    (1, 0.397),
    (2, 0.540),
    (3, 0.638),
    (4, 0.713),
    (5, 0.769),
    (6, 0.815),
    (7, 0.853),
    (8, 0.886),
    (9, 0.915),
    (10, 0.9245),
    (11, 0.934),
    (12, 0.9425),
    (13, 0.951),
    (28, 0.9902),
)
"""Share of users with at most so many sign-ins. Published: 1, the median 2, 9 (p90 and 8.5 % with ten or more),
13 (p95), 28 (p99); the steps between are drawn through them."""

ADDRESSES: Final = 3_510_000
ADDRESSES_BY_USERS: Final = ((10, 49_009), (100, 9_221), (1000, 1_071))
"""Addresses that serve at least so many users, and fewer than the next class."""
PRIVATE_ADDRESS_SHARE: Final = 0.233
"""Of addresses: in 10/8, an artefact of how the data set was made."""

COUNTRIES: Final = 229
COUNTRY_SHARES: Final = {"NO": 0.423, "US": 0.278, "RU": 0.054, "BR": 0.038, "DE": 0.029}
DEVICE_SHARES: Final = {"mobile": 0.628, "desktop": 0.254, "bot": 0.065, "unknown": 0.028, "tablet": 0.026}
BROWSERS: Final = 4_549
"""Distinct browser names with versions."""
NEW_USER_AGENT_SHARE: Final = 0.52
"""Of legitimate sign-ins: the user agent string is new for the user."""
ROUND_TRIP_SHARE: Final = 0.041
"""Of rows: a round-trip time was measured."""
MIDNIGHT_PER_MINUTE: Final = 16.0
PEAK_PER_MINUTE: Final = 80.0
PEAK_HOUR: Final = 16
