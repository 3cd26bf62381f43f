"""What happens around an attempt: lists being tried, one name being guessed, a user being worn down."""

from math import log

from doorward.risk.model import Model
from doorward.risk.reasons import Reason, because, shown
from doorward.risk.scene import Scene
from doorward.risk.traits import ASN, COUNTRY, DEVICE_ID, PREFIX
from doorward.risk.velocity import EMPTY, LATELY_SECONDS, VelocityView, Window


def stuffing(scene: Scene) -> Reason | None:
    """A list of names tried from one address, /24, device, AS or client, or all over the pool: few ever sign in.

    See `campaign` and `burst`. Names that do sign in weigh against it, so a shared office stays quiet. The scopes
    overlap, so the strongest counts and not their sum. The wide ones weigh little on a known device or network.
    """
    view, c = scene.velocity, scene.circumstance
    model = scene.model
    best, window, where = 0.0, view.address, ""
    priors, most = model.campaign_prior, model.campaign_at_most
    wide = _of_wide(scene)
    for candidate, prior, at_most, value in (
        (view.address, priors.address, most.address, c.address),
        (view.prefix, priors.prefix, most.prefix, c.prefix),
        (view.device, priors.device, most.device, "one device"),
        (view.asn, priors.asn, most.asn * wide, f"AS{c.asn}" if scene.keys[ASN] else ""),
        (view.client, priors.client, most.client * wide, "one kind of client"),
    ):
        if candidate.failing > 1.0:
            weight = min(campaign(candidate, model, view.usual) + prior, at_most)
            if weight > best:
                best, window, where = weight, candidate, value or ""
    weight, expected = burst(view, model)
    if weight * wide > best:
        return because(
            "stuffing",
            "the whole pool",
            weight * wide,
            f"about {view.lately.failing:.0f} names failed in the whole pool within minutes, "
            f"where {expected:.0f} are usual",
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


def _of_wide(scene: Scene) -> float:
    """What is left of a wide scope's weight: little where the user is known to be, for there he is not the list's."""
    return scene.model.campaign_with_known if scene.known_device or scene.known_network else 1.0


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


def burst(view: VelocityView, model: Model) -> tuple[float, float]:
    """The weight of far more names failing in the whole pool within minutes than usual, and the usual number.

    Where b names fail and m are expected, an attempt is b / m times as likely to be the attacker's as at other
    times: ln(b / m), as far as b is no chance: at most b · ln(b / m) − (b − m), the log-likelihood ratio of the two
    rates (Poisson), less `burst_prior`. Expected are as many as on other hours, or, when many people sign in, as
    many as usually fail beside so many who do.
    """
    lately, usual = view.lately, view.usual
    failing = lately.failing
    if failing <= model.burst_least:
        return 0.0, 0.0
    share = _usually_failing(usual.names, usual.failing, model)
    steady = usual.failing * LATELY_SECONDS / view.usual_seconds if view.usual_seconds > 0.0 else 0.0
    beside = max(lately.names - failing, 0.0) * share / (1.0 - share)
    expected = model.burst_least + max(steady, beside)
    if failing <= expected:
        return 0.0, expected
    ratio = log(failing / expected)
    surprise = failing * ratio - (failing - expected) + model.burst_prior
    return min(ratio, max(surprise, 0.0), model.burst_at_most), expected


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
        excess * model.pool_at_most * _of_wide(scene),
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
