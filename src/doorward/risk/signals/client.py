"""What an attempt is made with: the client's chain down to the device id, its language and time zone."""

from math import log

from doorward.risk.model import Mixing
from doorward.risk.reasons import NEGLIGIBLE, Reason, because, shown
from doorward.risk.scene import Scene
from doorward.risk.traits import (
    BROWSER,
    BROWSER_VERSION,
    CLIENT_CHAIN,
    COUNTRY,
    DEVICE_ID,
    DEVICE_TYPE,
    FINGERPRINT,
    LANGUAGE,
    OS,
    TIMEZONE,
    USER_AGENT,
)


def client(scene: Scene) -> Reason | None:
    """How much better the pool explains this client than the user's own history does."""
    keys = scene.keys
    if not (keys[DEVICE_ID] or keys[USER_AGENT] or keys[BROWSER] or keys[OS] or keys[DEVICE_TYPE]):
        weight = scene.absence(USER_AGENT)
        return because("client", "unknown", weight, "the client did not name itself")
    if not scene.profile.successes:
        return None
    model, profile = scene.model, scene.profile
    if keys[DEVICE_ID] in profile.counts[DEVICE_ID]:
        weight = scene.evidence(scene.odds_against_user(CLIENT_CHAIN), model.device)
        weight = scene.established(weight, _DEVICE)
    else:
        odds = scene.odds_against_user(CLIENT_CHAIN[:-1])
        if profile.totals[DEVICE_ID]:
            weight = scene.established(scene.evidence(odds, model.new_device), _STRINGS)
            if keys[DEVICE_ID]:
                weight = _on_a_new_device(scene, weight, profile.totals[DEVICE_ID] * scene.scale)
            else:
                weight += _unidentified(scene)
        else:
            weight = scene.established(scene.evidence(odds, model.client), _STRINGS)
            if keys[DEVICE_ID] and (others := scene.population.share_identified):
                # Who never showed one in a pool where all do is on a new device. Where few do yet, the
                # application has begun to ask for them.
                new = scene.established(scene.evidence(odds, model.new_device), _STRINGS)
                new = _on_a_new_device(scene, new, scene.sign_ins)
                weight += others * (new - weight)
    return because("client", _name(scene), weight, _sentence(scene))


def _unidentified(scene: Scene) -> float:
    """The weight of a device id that is left out, by a user who has shown some.

    Half of the impostors are taken to leave it out. How often the user does is his own share, with two
    imagined sign-ins of the pool's; where the pool is unknown, half of them do.
    """
    model, profile, others = scene.model, scene.profile, scene.population.share_identified
    without = max(scene.sign_ins - profile.totals[DEVICE_ID] * scene.scale, 0.0)
    weight = log(0.5 * (scene.sign_ins + 2.0) / (without + 2.0 * (1.0 - max(others, 0.5))))
    return min(max(weight, 0.0), max(model.unidentified_at_most * others, model.absent_at_most))


def _on_a_new_device(scene: Scene, weight: float, sign_ins: float) -> float:
    """The weight of the strings, where after so many sign-ins the device itself is another.

    A string may be copied, but the copy does not bring the device along.
    """
    alpha = scene.model.alphas[DEVICE_ID]
    return min(weight + log((sign_ins + alpha) / alpha), -log(scene.model.client.strays))


def nothing_familiar(scene: Scene) -> Reason | None:
    """A new country and a new device at once."""
    keys, profile = scene.keys, scene.profile
    if not profile.successes or not keys[COUNTRY] or scene.circumstance.remembered_device:
        return None
    device = DEVICE_ID if keys[DEVICE_ID] and profile.totals[DEVICE_ID] else USER_AGENT
    if not keys[device] or keys[COUNTRY] in profile.counts[COUNTRY] or keys[device] in profile.counts[device]:
        return None
    weight = scene.model.nothing_familiar
    weight *= scene.sign_ins / (scene.sign_ins + scene.model.nothing_familiar_after)
    return because("nothing_familiar", "country and device", weight, "country and device are both new")


_DEVICE = (DEVICE_ID,)
_STRINGS = (BROWSER_VERSION, USER_AGENT, FINGERPRINT)


def _name(scene: Scene) -> str:
    c = scene.circumstance
    if c.browser and c.os:
        return f"{shown(c.browser)} {shown(c.browser_version or '')}, {shown(c.os)}"
    return shown(c.browser or c.os or c.user_agent or c.device_id or c.device_type or "")


def _sentence(scene: Scene) -> str:
    """Whether the device itself is known; else the widest level that is new; else the narrowest known."""
    if scene.keys[DEVICE_ID] in scene.profile.counts[DEVICE_ID]:
        return f"{scene.earlier(DEVICE_ID)} came from this device"
    of_client = _first_of_its_kind(scene) or _known_kind(scene)
    return f"a device not seen before; {of_client}" if scene.keys[DEVICE_ID] else of_client


def _first_of_its_kind(scene: Scene) -> str:
    c, keys, counts = scene.circumstance, scene.keys, scene.profile.counts
    if c.device_type and keys[DEVICE_TYPE] not in counts[DEVICE_TYPE]:
        return f"first sign-in from the device type {shown(c.device_type)}"
    if c.os and keys[OS] not in counts[OS]:
        return f"first sign-in from {shown(c.os)}"
    if c.browser and keys[BROWSER] not in counts[BROWSER]:
        return f"first sign-in with {shown(c.browser)}" + (f" on {shown(c.os)}" if c.os else "")
    return ""


def _known_kind(scene: Scene) -> str:
    c, keys = scene.circumstance, scene.keys
    if keys[USER_AGENT] in scene.profile.counts[USER_AGENT]:
        return f"{scene.earlier(USER_AGENT)} had exactly this user agent"
    if c.browser:
        return f"{scene.earlier(BROWSER)} used {shown(c.browser)}, none this user agent"
    return "first sign-in with this user agent" if keys[USER_AGENT] else "a client that does not name itself"


def language(scene: Scene) -> Reason | None:
    """The language the client asks for."""
    return _plain(scene, "language", scene.circumstance.language, LANGUAGE, scene.model.language)


def time_zone(scene: Scene) -> Reason | None:
    """The time zone the client reports, compared as an opaque string."""
    return _plain(scene, "time_zone", scene.circumstance.timezone, TIMEZONE, scene.model.timezone)


def _plain(scene: Scene, signal: str, value: str | None, trait: int, mixing: Mixing) -> Reason | None:
    if not value or not scene.profile.totals[trait]:
        return None
    weight = scene.evidence(scene.odds_against_user((trait,)), mixing)
    if -NEGLIGIBLE < weight < NEGLIGIBLE:
        return None  # the common case, and a sentence costs more than the weight
    return because(signal, shown(value), weight, f"{scene.earlier(trait)} had {shown(value)}")


def remembered_device(scene: Scene) -> Reason | None:
    """A device that proved the secret it was remembered with."""
    if not scene.circumstance.remembered_device:
        return None
    weight = scene.model.remembered_device
    return because("remembered_device", "proven", weight, "a remembered device that proved its secret")


def context_signature(scene: Scene) -> Reason | None:
    """Client context whose signature is wrong: an accident or a forgery. A right one proves nothing."""
    if scene.circumstance.context_signature != "invalid":
        return None
    weight = scene.model.invalid_signature
    return because("context_signature", "invalid", weight, "the client context's signature is wrong")
