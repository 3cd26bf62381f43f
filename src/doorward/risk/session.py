"""Whether a session has moved: it is refreshed by another client, on another network, than it was begun by.

A token stays with the client that it was issued to; its owner carries that client from network to network all day. So
neither a new network nor a new version means anything here, and what is not known of either side means nothing.
"""

from doorward.risk.circumstance import Circumstance
from doorward.risk.profile import Profile
from doorward.risk.traits import ASN, BROWSER, DEVICE_ID, OS, PREFIX, keys_of


def is_elsewhere(began: Circumstance, present: Circumstance) -> bool:
    """Tell whether a session is refreshed by another client, on another network, than it began with."""
    return _other_client(began, present) and _other_network(began, present)


def is_familiar(profile: Profile, present: Circumstance) -> bool:
    """Tell whether the user is known by this client or this network all the same: then the session has not moved."""
    return _knows_client(profile, present) or _knows_network(profile, present)


def _other_client(began: Circumstance, present: Circumstance) -> bool:
    if began.device_id and present.device_id:
        return began.device_id != present.device_id
    if _differ(began.os, present.os) or _differ(began.device_type, present.device_type):
        return True
    # Of a phone, an app and its web view name themselves differently.
    desktops = began.device_type == present.device_type == "desktop"
    return desktops and _differ(began.browser, present.browser)


def _other_network(began: Circumstance, present: Circumstance) -> bool:
    if began.asn is not None and began.asn == present.asn:
        return False
    return _differ(began.prefix, present.prefix)


def _knows_client(profile: Profile, present: Circumstance) -> bool:
    keys, counts = keys_of(present), profile.counts
    if keys[DEVICE_ID] and profile.totals[DEVICE_ID]:
        return keys[DEVICE_ID] in counts[DEVICE_ID]
    narrowest = BROWSER if keys[BROWSER] else OS
    return keys[narrowest] in counts[narrowest]


def _knows_network(profile: Profile, present: Circumstance) -> bool:
    keys, counts = keys_of(present), profile.counts
    return keys[PREFIX] in counts[PREFIX] or (bool(keys[ASN]) and keys[ASN] in counts[ASN])


def _differ(one: str | None, other: str | None) -> bool:
    return bool(one) and bool(other) and one != other
