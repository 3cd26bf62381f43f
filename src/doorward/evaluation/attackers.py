"""Attackers whose act is one sign-in with the right password: it replaces a sign-in of the victim's.

Each takes the victim's sign-in, the client of the last one before it and the rows ahead, and returns the sign-in as the
attacker would have made it: the same user and instant, another circumstance. None: no donor was found.
Attackers that show only in what they do over time are in `campaigns`.
"""

from collections.abc import Callable
from ipaddress import IPv4Address, ip_address
from typing import Final

from msgspec.structs import replace

from doorward.clock import Chance
from doorward.evaluation.ahead import Ahead
from doorward.evaluation.rows import Row

Client = tuple[str, str, str, str]
"""User agent, browser, operating system, device type."""

Attacker = Callable[[Row, Client | None, Ahead, Chance], Row | None]


def client_of(row: Row) -> Client:
    return row.user_agent, row.browser, row.os, row.device_type


def naive(victim: Row, _before: Client | None, ahead: Ahead, chance: Chance) -> Row | None:
    """Another user's whole circumstance, from any country."""
    donor = ahead.anywhere(victim, chance)
    return None if donor is None else _as_victim(donor, victim)


def vpn(victim: Row, _before: Client | None, ahead: Ahead, chance: Chance) -> Row | None:
    """An address in the victim's country: the whole circumstance of another user there."""
    donor = ahead.in_country(victim, chance)
    return None if donor is None else _as_victim(donor, victim)


def targeted(victim: Row, before: Client | None, ahead: Ahead, chance: Chance) -> Row | None:
    """T1: an address in the victim's country, and the user agent that the victim used last."""
    donor = ahead.in_country(victim, chance)
    return None if donor is None else _with_client(_as_victim(donor, victim), before or client_of(victim))


def targeted_asn(victim: Row, before: Client | None, ahead: Ahead, chance: Chance) -> Row | None:
    """T2: as T1, with an address in the autonomous system of the victim's sign-in."""
    donor = ahead.in_asn(victim, chance)
    return None if donor is None else _with_client(_as_victim(donor, victim), before or client_of(victim))


def residential_proxy(victim: Row, before: Client | None, ahead: Ahead, chance: Chance) -> Row | None:
    """T2 behind a rotating exit: an address never used before, in the donor's own neighbourhood.

    The hour is plausible because it is the victim's.
    """
    made = targeted_asn(victim, before, ahead, chance)
    return None if made is None else replace(made, address=neighbour(made.address, chance))


def phishing_proxy(victim: Row, _before: Client | None, ahead: Ahead, chance: Chance) -> Row | None:
    """The victim is really there: his own client, language and time zone, at the proxy's address.

    What the application keeps in the browser for its own origin, the device id, the proxy's page cannot read,
    so there is a new one.
    """
    donor = ahead.anywhere(victim, chance)
    if donor is None:
        return None
    made = _with_client(_as_victim(donor, victim), client_of(victim))
    return replace(
        made,
        language=victim.language,
        time_zone=victim.time_zone,
        device_id=f"{int(chance.random() * 2**52):013x}" if victim.device_id else "",
    )


REPLACEMENTS: Final[dict[str, Attacker]] = {
    "naive": naive,
    "vpn": vpn,
    "targeted": targeted,
    "targeted_asn": targeted_asn,
    "residential_proxy": residential_proxy,
    "phishing_proxy": phishing_proxy,
}


def _as_victim(donor: Row, victim: Row) -> Row:
    return replace(donor, index=victim.index, at=victim.at, user_id=victim.user_id)


def _with_client(row: Row, client: Client) -> Row:
    user_agent, browser, os, device_type = client
    return replace(row, user_agent=user_agent, browser=browser, os=os, device_type=device_type)


def neighbour(address: str, chance: Chance) -> str:
    """Another address of the same /24 or /64."""
    base = ip_address(address)
    free = 8 if isinstance(base, IPv4Address) else 64
    return str(type(base)((int(base) >> free << free) | int(chance.random() * 2**free)))
