"""The fifty people of the demonstration: who they are, where they live and what they sign in with."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from doorward.demo.chance import base36, one_of, share, whole
from doorward.demo.origin import Device, computer, phone


@dataclass(frozen=True)
class Country:
    """A country: its people, and beginnings (two numbers) of addresses that are given out there.

    `offset` is the time zone's distance from UTC in hours, the same all year round.
    """

    code: str
    language: str
    offset: int
    names: tuple[str, ...]
    homes: tuple[str, ...]
    mobile: str
    office: str

    @property
    def timezone(self) -> str:
        """The time zone as the web library writes it: without a plus."""
        return f"{'-' if self.offset < 0 else ''}{abs(self.offset):02d}:00"


@dataclass(frozen=True)
class Person:
    """One user and what is usual for him.

    `home` is a /24 without its last number, `mobile` a few of them. `office` is one address, shared with
    colleagues, or None. `pace` is how often he signs in, 1 being the average.
    """

    username: str
    password: str = field(repr=False)
    country: Country
    computer: Device
    phone: Device
    home: str
    mobile: tuple[str, ...]
    office: str | None
    pace: float


COUNTRIES: Final = (
    Country(
        "GB", "en-GB", 0,
        ("olivia", "george", "amelia", "harry", "isla", "arthur", "ava", "noah", "freya", "oscar", "ivy", "alfie"),
        ("86.20", "86.130", "90.192"), "92.40", "212.58.244.10",
    ),
    Country(
        "US", "en-US", -5,
        ("emma", "liam", "sophia", "mason", "mia", "ethan", "harper", "logan", "ella", "jackson"),
        ("73.158", "68.45", "98.200"), "172.56", "12.130.60.20",
    ),
    Country(
        "DE", "de-DE", 1,
        ("hanna", "ben", "lena", "paul", "marie", "jonas", "lea", "felix"),
        ("84.150", "91.20"), "80.187", "62.153.10.30",
    ),
    Country(
        "FR", "fr-FR", 1,
        ("louise", "gabriel", "alice", "raphael", "jade", "hugo"),
        ("90.30", "82.64"), "92.184", "194.2.40.12",
    ),
    Country(
        "AU", "en-AU", 10,
        ("charlotte", "jack", "matilda", "william"),
        ("1.129", "49.180"), "1.144", "203.2.75.8",
    ),
    Country(
        "BR", "pt-BR", -3,
        ("helena", "miguel", "alicia"),
        ("177.32", "189.4"), "179.240", "200.147.3.20",
    ),
    Country(
        "IN", "en-IN", 5,
        ("aarav", "ananya", "vihaan", "diya"),
        ("117.200", "106.192"), "49.36", "164.100.1.9",
    ),
    Country(
        "JP", "ja-JP", 9,
        ("haruto", "yui", "sota"),
        ("126.72", "106.128"), "126.160", "202.32.5.4",
    ),
)  # fmt: skip


def people() -> list[Person]:
    """Return all fifty, always the same."""
    return list(_people())


def _people() -> Iterator[Person]:
    for country in COUNTRIES:
        for name in country.names:
            yield Person(
                username=name,
                password=f"{base36(7, 'password', name)}-{base36(7, 'more', name)}-{name}1",
                country=country,
                computer=computer(name),
                phone=phone(name),
                home=f"{one_of(country.homes, 'home', name)}.{whole(1, 250, 'street', name)}",
                mobile=tuple(f"{country.mobile}.{whole(1, 250, 'cell', name, cell)}" for cell in range(3)),
                office=country.office if share("office", name) < 0.5 else None,
                pace=0.6 + 0.8 * share("pace", name),
            )
