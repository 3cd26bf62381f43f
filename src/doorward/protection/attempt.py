"""One attempt, from the outside in: who tries what from where, and what the engine is shown of it."""

from dataclasses import dataclass
from typing import Literal, cast, get_args

from doorward.clock import Instant
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.history.auth_event import EventType
from doorward.network.address import parse_or_none, prefix
from doorward.network.locator import Locator
from doorward.network.place import Place
from doorward.network.user_agent import LONGEST_READ, UserAgent
from doorward.network.user_agent import parse as parse_user_agent
from doorward.protection.client_context import ClientContext
from doorward.risk.circumstance import Circumstance, NetworkKind


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """An attempt. `user` is None where `username` leads to nobody; `custom_auth` says that it is a custom sign-in.

    `refresh_of` is for the refresh of a session: the event of the sign-in that began it, empty where there is none.
    `by` is who acts in the user's stead, if anybody.
    """

    pool: UserPool
    client_id: str | None
    event_type: EventType
    operation: str
    request_id: str
    now: Instant
    username: str
    user: User | None
    context: ClientContext
    custom_auth: bool = False
    refresh_of: str | None = None
    by: str | None = None

    @property
    def mode(self) -> str:
        """The mode that acts: OFF, AUDIT or ENFORCED."""
        return self.pool.custom_auth_mode if self.custom_auth else self.pool.advanced_security_mode

    @property
    def is_sign_in(self) -> bool:
        """Whether the user signs in; a refresh bears the same type."""
        return self.event_type == "SignIn" and self.refresh_of is None


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What the attempt's address and user agent come to."""

    place: Place
    agent: UserAgent
    circumstance: Circumstance


def surroundings(context: ClientContext, now: Instant, locator: Locator) -> Surroundings:
    """Enrich an attempt: where the address is, which browser and device the user agent names."""
    address = parse_or_none(context.address)
    place = locator.locate(context.address, now)
    agent = parse_user_agent(context.user_agent)
    device = context.device
    circumstance = Circumstance(
        at=now,
        address=str(address) if address else None,
        prefix=prefix(address) if address else None,
        asn=place.asn,
        country=place.country,
        region=place.region,
        city=place.city,
        latitude=place.latitude,
        longitude=place.longitude,
        accuracy_km=place.accuracy_km,
        network_kind=_network_kind(place),
        user_agent=context.user_agent[:LONGEST_READ] if context.user_agent else None,
        browser=agent.browser,
        browser_version=agent.browser_version,
        os=agent.os,
        os_version=agent.os_version,
        # That nothing is known of a device is no kind of device: a silent client must not look like a new one.
        device_type=None if agent.device_type == "unknown" else agent.device_type,
        device_id=device.device_id,
        fingerprint=device.fingerprint,
        language=device.language,
        timezone=device.timezone,
        context_signature=_context_signature(device.signature),
    )
    return Surroundings(place=place, agent=agent, circumstance=circumstance)


def _network_kind(place: Place) -> NetworkKind | None:
    """The engine knows the kinds that say something about risk; a proxy is to it what a VPN is."""
    kind = "vpn" if place.kind == "proxy" else place.kind
    return cast("NetworkKind", kind) if kind in get_args(NetworkKind) else None


def _context_signature(signature: str) -> Literal["valid", "invalid", "absent"]:
    if signature in {"valid", "absent"}:
        return cast("Literal['valid', 'absent']", signature)
    return "invalid"
