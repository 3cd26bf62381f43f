"""A small pool of people who sign in, as rows: enough structure that a model has something to find."""

from dataclasses import dataclass

from doorward.clock import Chance, seeded
from doorward.evaluation.columns import UNKNOWN_USER
from doorward.evaluation.rows import Row

START = 1_600_000_000.0
DAY = 86_400.0
COUNTRIES = ("NO", "US", "DE", "BR", "IN")
CLIENTS = (
    ("Chrome", "Windows 10", "desktop"),
    ("Chrome Mobile", "Android 10", "mobile"),
    ("Mobile Safari", "iOS 13.4", "mobile"),
    ("Firefox", "Mac OS X 10.15", "desktop"),
)


@dataclass
class Person:
    user_id: int
    country: str
    asn: int
    home: str
    client: tuple[str, str, str]
    device_id: str


def person(number: int, chance: Chance) -> Person:
    country = int(chance.random() ** 2 * len(COUNTRIES))
    asn = 1000 * (country + 1) + int(chance.random() ** 2 * 20)
    home = f"{20 + country}.{asn % 256}.{int(chance.random() * 256)}.{int(chance.random() * 256)}"
    return Person(
        user_id=10_000 + number * 7,
        country=COUNTRIES[country],
        asn=asn,
        home=home,
        client=CLIENTS[int(chance.random() * len(CLIENTS))],
        device_id=f"device-{number}",
    )


def rows(
    users: int = 150, days: float = 40, sign_ins: int = 3000, *, seed: int = 1, live: bool = False
) -> list[Row]:
    """Sign-ins spread evenly over the days, a tenth of them failing and a tenth at unknown names."""
    chance = seeded("small file", seed)
    people = [person(number, chance) for number in range(users)]
    found = []
    for index in range(sign_ins):
        at = round(START + days * DAY * index / sign_ins, 3)
        who = people[int(chance.random() ** 1.5 * users)]
        kind = chance.random()
        version = 60 + int(index / sign_ins * 8 + chance.random() * 2)
        browser, os, device = who.client
        away = chance.random() < 0.15
        found.append(
            Row(
                index=index,
                at=at,
                user_id=UNKNOWN_USER if kind < 0.1 else who.user_id,
                round_trip_ms=None,
                address=f"90.{who.asn % 256}.{int(chance.random() * 256)}.9" if away else who.home,
                country=who.country,
                region="-",
                city="-",
                asn=who.asn + 100 if away else who.asn,
                user_agent=f"Mozilla/5.0 ({os}) {browser}/{version}.0",
                browser=f"{browser} {version}.0",
                os=os,
                device_type=device,
                successful=kind >= 0.2,
                attack_ip=kind > 0.98,
                takeover=False,
                device_id=who.device_id if live else "",
                language=who.country.lower() if live else "",
                time_zone="+01:00" if live else "",
            )
        )
    return found
