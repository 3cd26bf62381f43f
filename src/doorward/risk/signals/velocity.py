"""What happens around an attempt: lists being tried, one name being guessed, a user being worn down."""

from math import log
from typing import NamedTuple

from doorward.risk.model import Model
from doorward.risk.reasons import Reason, because, shown
from doorward.risk.scene import Scene
from doorward.risk.traits import ASN, COUNTRY, DEVICE_ID, PREFIX
from doorward.risk.velocity import EMPTY, HOURS_SECONDS, LATELY_SECONDS, VelocityView, Window


def stuffing(scene: Scene) -> Reason | None:
    """A list of names tried from one address, /24, device, AS or client, or all over the pool: few ever sign in.

    See `campaign`, `beyond_usual` and `burst`. Names that do sign in weigh against it, so a shared office stays
    quiet. The scopes overlap, so the strongest counts and not their sum. Of who is known there less is left: `_left`.
    """
    view, c = scene.velocity, scene.circumstance
    model = scene.model
    if not _anything_fails(view, model):
        return None
    best, window, where = 0.0, view.address, ""
    priors, most = model.campaign_prior, model.campaign_at_most
    at_address, in_prefix, wide = _left(scene)
    for candidate, prior, at_most, value in (
        (view.address, priors.address, most.address * at_address, c.address),
        (view.prefix, priors.prefix, most.prefix * in_prefix, c.prefix),
        (view.device, priors.device, most.device * at_address, "one device"),
        (view.asn, priors.asn, most.asn * wide, f"AS{c.asn}" if scene.keys[ASN] else ""),
        (view.client, priors.client, most.client * wide, "one kind of client"),
    ):
        if candidate.failing > 1.0:
            weight = min(campaign(candidate, model, view.usual) + prior, at_most)
            if weight > best and (candidate is view.asn or candidate is view.client):
                weight = min(weight, beyond_usual(candidate, view.usual, model) * wide)
            if weight > best:
                best, window, where = weight, candidate, value or ""
    shown_by = burst(view, model)
    if shown_by.weight * wide > best:
        return because(
            "stuffing",
            "the whole pool",
            shown_by.weight * wide,
            f"about {shown_by.failing:.0f} names{' of users' if shown_by.of_users else ''} failed in the whole pool "
            f"within minutes, where {shown_by.expected:.0f} are usual",
        )
    if not best:
        return None
    return because(
        "stuffing",
        shown(where),
        best,
        f"about {window.names:.0f} names tried from {shown(where)} within hours, "
        f"{window.failing:.0f} of them in vain",
    )


def _anything_fails(view: VelocityView, model: Model) -> bool:
    """Whether a list may show at all; on most attempts none does, and the rest is spared."""
    return (
        view.lately.failing > model.burst_least
        or view.address.failing > 1.0
        or view.prefix.failing > 1.0
        or view.asn.failing > 1.0
        or view.client.failing > 1.0
        or view.device.failing > 1.0
    )


def _left(scene: Scene) -> tuple[float, float, float]:
    """What is left of the most that an address or device, a /24 or /48, and a wider scope may weigh.

    A list's attempts are unlike the users whose names it tries. Who comes as he always does is therefore hardly one
    of them: with a client he is known by, from his network or, for all but the address, through his AS. For the wide
    scopes a known network or device alone is enough: there the list is elsewhere.
    """
    left = scene.model.campaign_with_known
    at_home = scene.known_network
    if not scene.known_client:
        return 1.0, 1.0, left if at_home or scene.known_device else 1.0
    through = at_home or scene.keys[ASN] in scene.profile.counts[ASN]
    wide = left if through or scene.known_device else 1.0
    return left if at_home else 1.0, left if through else 1.0, wide


def campaign(window: Window, model: Model, pool: Window = EMPTY) -> float:
    """The log-likelihood ratio of a campaign against ordinary people, from a window's names.

    Names fail independently, in a campaign with `failing_in_campaign`, among people as they usually do in the
    rest of the pool: where half of all names do not exist, one more says little. `failing_among_people`
    and `unknown_among_people` stand in for the rest of the pool as long as little is known of it.
    """
    names = max(pool.names - window.names, 0.0)
    tried = model.failing_in_campaign
    usual = _usually_failing(names, max(pool.failing - window.failing, 0.0), model)
    unknown = min(max(pool.unknown - window.unknown, 0.0), names)
    enough = model.names_enough
    strangers = (unknown + model.unknown_among_people * enough) / (names + enough)
    signed_in = max(window.names - window.failing, 0.0)
    return (
        window.failing * log(tried / usual)
        + signed_in * log((1.0 - tried) / (1.0 - usual))
        + window.unknown * max(log(model.unknown_in_campaign / strangers), 0.0)
    )


def _usually_failing(names: float, failing: float, model: Model) -> float:
    enough = model.names_enough
    share = (min(failing, names) + model.failing_among_people * enough) / (names + enough)
    return min(share, model.failing_at_most)


def beyond_usual(window: Window, usual: Window, model: Model) -> float:
    """How many times as likely an attempt of an AS or kind of client is a list's as at other times, as a logarithm.

    ln(b / m) with b names failing and m expected to, beside so many who do sign in there (`burst`). What is certain
    of a list (`campaign`) is not certain of each attempt that shares its AS with it.
    """
    share = _usually_failing(usual.names, usual.failing, model)
    beside = max(window.names - window.failing, 0.0) * share / (1.0 - share)
    return log(max(window.failing / (model.burst_least + beside), 1.0))


class Burst(NamedTuple):
    """A weight, and the names failing within minutes that it rests on: all of them, or those `of_users` alone."""

    weight: float
    failing: float
    expected: float
    of_users: bool


def burst(view: VelocityView, model: Model) -> Burst:
    """Far more names failing in the whole pool within minutes than usual.

    Where b names fail and m are expected, an attempt is b / m times as likely to be the attacker's as at other
    times: ln(b / m), as far as b is no chance: at most b · ln(b / m) − (b − m), the log-likelihood ratio of the two
    rates (Poisson), less `burst_prior`. That may show within minutes or, of a slower list, within hours; the weight
    is of the minutes, so it ends soon after the list does.

    Of names that do not exist an open pool sees many at any time, which hide a list of ones that do. An attempt that
    is scored is on a user's name, so what fails on users' names alone is looked at too, and the stronger counts.
    """
    every = _burst(view.lately, view.hours, view.usual, view.usual_seconds, model)
    if view.usual.unknown <= 0.0:
        return Burst(*every, of_users=False)
    users = _burst(
        _of_users(view.lately), _of_users(view.hours), _of_users(view.usual), view.usual_seconds, model
    )
    return Burst(*users, of_users=True) if users > every else Burst(*every, of_users=False)


def _burst(
    lately: Window, hours: Window, usual: Window, usual_seconds: float, model: Model
) -> tuple[float, float, float]:
    failing = lately.failing
    if failing <= model.burst_least:
        return 0.0, failing, 0.0
    share = _usually_failing(usual.names, usual.failing, model)
    steady = usual.failing / usual_seconds if usual_seconds > 0.0 else 0.0
    expected = _expected(lately, share, steady * LATELY_SECONDS, model)
    if failing <= expected:
        return 0.0, failing, expected
    ratio = log(failing / expected)
    surprise = max(
        failing * ratio - (failing - expected),
        _surprise(hours, _expected(hours, share, steady * HOURS_SECONDS, model)),
    )
    return min(ratio, max(surprise + model.burst_prior, 0.0), model.burst_at_most), failing, expected


def _of_users(window: Window) -> Window:
    unknown = window.unknown
    return Window(names=max(window.names - unknown, 0.0), failing=max(window.failing - unknown, 0.0))


def _expected(window: Window, share: float, steady: float, model: Model) -> float:
    """How many names fail in a window: as many as at other times or, when many people sign in, as usual beside them."""
    beside = max(window.names - window.failing, 0.0) * share / (1.0 - share)
    return model.burst_least + max(steady, beside)


def _surprise(window: Window, expected: float) -> float:
    failing = window.failing
    return failing * log(failing / expected) - (failing - expected) if failing > expected else 0.0


def brute_force(scene: Scene) -> Reason | None:
    """Failed attempts on this name beyond what people mistype, more so from several networks."""
    window, model = scene.velocity.user, scene.model
    excess = window.failures - model.guesses_free
    if excess <= 0.0:
        return None
    networks = max(window.failing - 1.0, 0.0)
    weight = min(excess * model.guess + networks * model.guessing_networks, model.guesses_at_most)
    return because(
        "brute_force",
        f"{window.failures:.0f} failures",
        weight,
        f"about {window.failures:.0f} failed attempts on this name within hours, "
        f"from {max(window.failing, 1.0):.0f} network(s) that never succeeded",
    )


def mfa_fatigue(scene: Scene) -> Reason | None:
    """Prompts for a second factor in quick succession: somebody with the password hopes for a tired yes."""
    window, model = scene.velocity.user, scene.model
    excess = window.prompts - model.prompts_free
    if excess <= 0.0:
        return None
    return because(
        "mfa_fatigue",
        f"{window.prompts:.0f} prompts",
        min(excess * model.prompt, model.prompts_at_most),
        f"about {window.prompts:.0f} prompts for a second factor within minutes",
    )


def strangers(scene: Scene) -> Reason | None:
    """Users who were never in this country before sign in from one address or /24, one after the other.

    Stolen sessions and passwords that one program uses, or a phishing proxy that passes sign-ins on: what they have
    in common is the address. It counts only for who comes from afar as well; a hotel's guests do too, so it is
    bounded.
    """
    country = scene.keys[COUNTRY]
    known = scene.profile.counts[COUNTRY]
    view, c, model = scene.velocity, scene.circumstance, scene.model
    if not (country and known) or country in known or view.prefix.afar <= 1.0 >= view.address.afar:
        return None
    usual, enough = view.usual, model.names_enough
    signed_in = max(usual.names - usual.failing, 0.0)
    share = (min(usual.afar, signed_in) + model.afar_among_people * enough) / (signed_in + enough)
    many, few = log(model.afar_of_strangers / share), log((1.0 - model.afar_of_strangers) / (1.0 - share))
    window, where = view.address, c.address
    if view.prefix.afar > window.afar + 1.0:
        window, where = view.prefix, c.prefix
    others = max(window.names - window.failing - window.afar, 0.0)
    weight = min(window.afar * many + others * few + model.strangers_prior, model.strangers_at_most)
    if weight <= 0.0:
        return None
    return because(
        "strangers",
        shown(where or ""),
        weight,
        f"about {window.afar:.0f} other users signed in from {shown(where or '')} within hours "
        f"who had never been in {shown(c.country or '')}",
    )


def pool_under_attack(scene: Scene) -> Reason | None:
    """Most of the whole pool's attempts fail: a campaign too spread out to show by address.

    Mistyped and unknown names make up most of an open pool's attempts on a quiet day (59.9 % fail in the data
    set of Wiefling et al.), so it begins at `pool_failing_usually` and not at half. It has to
    last and to go on: of the last hours, and of the last minutes. It weighs less than `burst`: it is everybody's.
    """
    window, lately, model = scene.velocity.pool, scene.velocity.lately, scene.model
    if window.attempts < model.pool_attempts:
        return None
    share = min(window.failures / window.attempts, lately.failures / (lately.attempts + 1.0), 1.0)
    excess = (share - model.pool_failing_usually) / (1.0 - model.pool_failing_usually)
    if excess <= 0.0:
        return None
    return because(
        "pool_under_attack",
        f"{share:.0%} failing",
        excess * model.pool_at_most * _left(scene)[2],
        f"{share:.0%} of the pool's attempts of the last hours failed",
    )


def reputation(scene: Scene) -> Reason | None:
    """Sign-ins that users reported as not their own came from this network or device."""
    population, keys, at = scene.population, scene.keys, scene.circumstance.at
    if not population.reports:
        return None
    best, reporters, what = 0.0, 0, ""
    for trait, name in _REPORTED:
        if keys[trait]:
            weight, count = population.reputation(trait, keys[trait], at)
            if weight > best:
                best, reporters, what = weight, count, name
    if not best:
        return None
    return because("reputation", what, best, f"{reporters} account(s) reported sign-ins from this {what}")


_REPORTED = ((PREFIX, "network"), (DEVICE_ID, "device"), (ASN, "autonomous system"))
