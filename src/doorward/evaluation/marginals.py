"""What a file's rows come to, beside what is published of the data set."""

from collections import Counter
from collections.abc import Iterable
from math import inf
from statistics import quantiles
from typing import Final, NamedTuple

from doorward.evaluation import published
from doorward.evaluation.columns import UNKNOWN_USER
from doorward.evaluation.rows import Row

DAY: Final = 86_400.0


class Marginal(NamedTuple):
    """One figure: as published (None where nothing is), as reached, and how far off is still good."""

    name: str
    published: float | None
    reached: float
    tolerance: float = 0.0

    @property
    def delta(self) -> float | None:
        """Reached less published."""
        return None if self.published is None else self.reached - self.published

    @property
    def held(self) -> bool:
        """Tell whether the figure is within its tolerance; a figure that is not published always is."""
        return self.delta is None or abs(self.delta) <= self.tolerance


class Marginals:
    """Counts rows as they pass. It remembers users, addresses and user agent strings: about 1 kB a user."""

    def __init__(self) -> None:
        self.rows = 0
        self._shares: Counter[str] = Counter()
        self._countries: Counter[str] = Counter()
        self._devices: Counter[str] = Counter()
        self._hours = [0] * 24
        self._sign_ins: Counter[int] = Counter()
        self._served: dict[str, set[int]] = {}
        self._browsers: set[str] = set()
        self._asns: set[int | None] = set()
        self._attackers: set[str] = set()
        self._own: dict[int, set[int]] = {}
        self._takeovers = 0
        self._days: tuple[float, float] | None = None

    def watch(self, rows: Iterable[Row]) -> Iterable[Row]:
        """Yield the rows again, counting each."""
        for row in rows:
            self.add(row)
            yield row

    def add(self, row: Row) -> None:
        """Count one row."""
        self.rows += 1
        shares = self._shares
        self._countries[row.country] += 1
        self._devices[row.device_type] += 1
        self._hours[int(row.at % DAY // 3600)] += 1
        self._days = (self._days[0] if self._days else row.at, row.at)
        served = self._served.get(row.address)
        if served is None:
            served = self._served[row.address] = set()
        served.add(row.user_id)
        self._browsers.add(row.browser)
        self._asns.add(row.asn)
        shares["trip"] += row.round_trip_ms is not None
        shares["unknown"] += row.user_id == UNKNOWN_USER
        shares["success"] += row.successful
        self._takeovers += row.takeover
        if row.attack_ip:
            shares["attack"] += 1
            self._attackers.add(row.address)
        elif row.successful:
            self._legitimate(row)

    def _legitimate(self, row: Row) -> None:
        shares, user = self._shares, row.user_id
        self._sign_ins[user] += 1
        own = self._own.get(user)
        traits = {
            hash(("a", row.address)),
            hash(("u", row.user_agent)),
            hash(("n", row.asn)),
            hash(("c", row.country)),
        }
        if own is None:
            self._own[user] = traits
            return
        shares["later"] += 1
        shares["new user agent"] += hash(("u", row.user_agent)) not in own
        shares["new address"] += hash(("a", row.address)) not in own
        shares["new asn"] += hash(("n", row.asn)) not in own
        shares["new country"] += hash(("c", row.country)) not in own
        own |= traits

    def table(self) -> list[Marginal]:
        """Return the figures. Raises ValueError where there are no rows or no user with two sign-ins."""
        rows, shares = self.rows, self._shares
        later = shares["later"]
        if not rows or not later:
            raise ValueError("too few rows to say anything")
        counts = sorted(self._sign_ins.values())
        cuts = quantiles(counts, n=100, method="inclusive")
        served = sorted(len(users) for users in self._served.values())
        addresses, users = len(served), len(counts)
        days = max((self._days[1] - self._days[0]) / DAY, 1.0) if self._days else 1.0
        per_minute = [count / rows * published.ROWS / published.DAYS / 60.0 for count in self._hours]
        private = sum(address.startswith("10.") for address in self._served)
        found = [
            Marginal("unknown names, of rows", published.UNKNOWN_SHARE, shares["unknown"] / rows, 0.01),
            Marginal("successful, of rows", published.SUCCESS_SHARE, shares["success"] / rows, 0.01),
            Marginal("attack addresses, of rows", published.ATTACK_SHARE, shares["attack"] / rows, 0.01),
            Marginal(
                "round-trip time known, of rows", published.ROUND_TRIP_SHARE, shares["trip"] / rows, 0.005
            ),
            Marginal("users with one sign-in", 0.397, counts.count(1) / users, 0.02),
            Marginal("users with ten or more", 0.085, sum(count >= 10 for count in counts) / users, 0.01),
            *(
                Marginal(f"sign-ins a user, p{place}", float(value), cuts[place - 1], allowed)
                for place, value, allowed in ((50, 2, 0), (90, 9, 1), (95, 13, 1), (99, 28, 3))
            ),
            *(
                Marginal(f"country {code}, of rows", share, self._countries[code] / rows, 0.02)
                for code, share in published.COUNTRY_SHARES.items()
            ),
            Marginal("countries", float(published.COUNTRIES), float(len(self._countries)), 15.0),
            *(
                Marginal(f"device {kind}, of rows", share, self._devices[kind] / rows, 0.03)
                for kind, share in published.DEVICE_SHARES.items()
            ),
            Marginal("addresses a row", published.ADDRESSES / published.ROWS, addresses / rows, 0.03),
            Marginal("addresses in 10/8", published.PRIVATE_ADDRESS_SHARE, private / addresses, 0.05),
            Marginal(
                "attack addresses, of addresses",
                published.ATTACK_ADDRESSES / published.ADDRESSES,
                len(self._attackers) / addresses,
                0.01,
            ),
            *self._sharing(served),
            Marginal(
                "new user agent, of later sign-ins",
                published.NEW_USER_AGENT_SHARE,
                shares["new user agent"] / later,
                0.03,
            ),
            Marginal(
                "new user agent, with the first sign-ins",
                None,
                (shares["new user agent"] + users) / (later + users),
            ),
            Marginal("new address, of later sign-ins", None, shares["new address"] / later),
            Marginal("new ASN, of later sign-ins", None, shares["new asn"] / later),
            Marginal("new country, of later sign-ins", None, shares["new country"] / later),
            Marginal("attempts a minute at 0 h", published.MIDNIGHT_PER_MINUTE, per_minute[0], 6.0),
            Marginal(
                "attempts a minute at 16 h", published.PEAK_PER_MINUTE, per_minute[published.PEAK_HOUR], 6.0
            ),
            Marginal(
                "takeovers for 100,000 users",
                1e5 * published.TAKEOVERS / published.USERS,
                1e5 * self._takeovers / users,
                5.0,
            ),
            Marginal(
                "browsers with versions (grows with the file)",
                float(published.BROWSERS),
                float(len(self._browsers)),
                inf,
            ),
            Marginal("ASNs", None, float(len(self._asns))),
            Marginal("addresses", None, float(addresses)),
            Marginal("users", None, float(users)),
            Marginal("rows", None, float(rows)),
            Marginal("days", None, days),
        ]
        return found

    @staticmethod
    def _sharing(served: list[int]) -> Iterable[Marginal]:
        for low, count in published.ADDRESSES_BY_USERS:
            share = count / published.ADDRESSES
            high = low * 10 if low < published.ADDRESSES_BY_USERS[-1][0] else 1 << 62
            reached = sum(low <= users < high for users in served) / len(served)
            yield Marginal(f"addresses of {low}+ users, of addresses", share, reached, share / 2)
