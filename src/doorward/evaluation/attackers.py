"""Attackers whose act is one sign-in with the right password: it replaces a sign-in of the victim's.

Each takes the victim's sign-in, the last one before it and the rows ahead, and returns the sign-in as the
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

Attacker = Callable[[Row, Row | None, Ahead, Chance], Row | None]


def naive(victim: Row, _before: Row | None, ahead: Ahead, chance: Chance) -> Row | None:
    """Another user's whole circumstance, from any country."""
    donor = ahead.anywhere(victim, chance)
    return None if donor is None else _as_victim(donor, victim)


def vpn(victim: Row, _before: Row | None, ahead: Ahead, chance: Chance) -> Row | None:
    """An address in the victim's country: the whole circumstance of another user there."""
    donor = ahead.in_country(victim, chance)
    return None if donor is None else _as_victim(donor, victim)


def targeted(victim: Row, before: Row | None, ahead: Ahead, chance: Chance) -> Row | None:
    """T1: an address in the victim's country, and the user agent that the victim used last."""
    donor = ahead.in_country(victim, chance)
    return None if donor is None else _with_client(_as_victim(donor, victim), before or victim)


def targeted_asn(victim: Row, before: Row | None, ahead: Ahead, chance: Chance) -> Row | None:
    """T2: as T1, with an address in the autonomous system of the victim's sign-in."""
    donor = ahead.in_asn(victim, chance)
    return None if donor is None else _with_client(_as_victim(donor, victim), before or victim)


def residential_proxy(victim: Row, before: Row | None, ahead: Ahead, chance: Chance) -> Row | None:
    """T2 behind a rotating exit: an address never used before, in the donor's own neighbourhood.

    The hour is plausible because it is the victim's.
    """
    made = targeted_asn(victim, before, ahead, chance)
    return None if made is None else replace(made, address=neighbour(made.address, chance))


def phishing_proxy(victim: Row, _before: Row | None, ahead: Ahead, chance: Chance) -> Row | None:
    """The victim is really there: his own client, language and time zone, at the proxy's address.

    What the application keeps in the browser for its own origin, the device id, the proxy's page cannot read,
    so there is a new one.
    """
    donor = ahead.anywhere(victim, chance)
    if donor is None:
        return None
    made = _with_client(_as_victim(donor, victim), victim)
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


def _with_client(row: Row, client: Row) -> Row:
    return replace(
        row,
        user_agent=client.user_agent,
        browser=client.browser,
        os=client.os,
        device_type=client.device_type,
    )


def neighbour(address: str, chance: Chance) -> str:
    """Another address of the same /24 or /64."""
    base = ip_address(address)
    free = 8 if isinstance(base, IPv4Address) else 64
    return str(type(base)((int(base) >> free << free) | int(chance.random() * 2**free)))
