"""Where an attempt comes from: address → /24 or /48 → AS → country, and the kind of network."""

from math import log

from doorward.risk.circumstance import NetworkKind
from doorward.risk.model import Kinds
from doorward.risk.reasons import Reason, because, shown
from doorward.risk.scene import Scene
from doorward.risk.traits import ADDRESS, ASN, COUNTRY, NETWORK_CHAIN, NETWORK_KIND, PREFIX

_NARROW = (ASN, PREFIX, ADDRESS)


def network(scene: Scene) -> Reason | None:
    """How much better the pool explains this network than the user's own history does."""
    keys = scene.keys
    if not (keys[COUNTRY] or keys[ASN] or keys[PREFIX] or keys[ADDRESS]):
        weight = scene.absence(ADDRESS)
        return because("network", "unknown", weight, "the address is not known")
    if not scene.profile.successes:
        return None
    been_there = keys[COUNTRY] in scene.profile.counts[COUNTRY]
    mixing = scene.model.network_in_country if been_there else scene.model.network
    weight = scene.evidence(scene.odds_against_user(NETWORK_CHAIN), mixing)
    return because("network", _name(scene), scene.established(weight, _NARROW), _sentence(scene))


def _name(scene: Scene) -> str:
    c = scene.circumstance
    if c.address:
        return shown(c.address)
    if c.prefix:
        return shown(c.prefix)
    return f"AS{c.asn}" if scene.keys[ASN] else shown(c.country or "")


def _sentence(scene: Scene) -> str:
    """The widest level that is new, or else the narrowest that is known."""
    c, keys, counts = scene.circumstance, scene.keys, scene.profile.counts
    if c.country and keys[COUNTRY] not in counts[COUNTRY]:
        return f"first sign-in from {shown(c.country)}, after {scene.profile.successes} from elsewhere"
    if keys[ASN] and keys[ASN] not in counts[ASN]:
        return f"first sign-in from AS{c.asn}{_in_country(scene)}"
    if c.address and keys[ADDRESS] in counts[ADDRESS]:
        return f"{scene.earlier(ADDRESS)} came from this address"
    return _known_network(scene) or f"first sign-in from this address{_in_country(scene)}"


def _in_country(scene: Scene) -> str:
    country = scene.circumstance.country
    return f"; {scene.earlier(COUNTRY, 'earlier ones')} were in {shown(country)}" if country else ""


def _known_network(scene: Scene) -> str:
    c = scene.circumstance
    if c.prefix and scene.known_network:
        return f"{scene.earlier(PREFIX)} came from {shown(c.prefix)}"
    if scene.keys[ASN]:
        return f"{scene.earlier(ASN)} came through AS{c.asn}, none from this address"
    if c.address or c.prefix:
        return ""
    return f"{scene.earlier(COUNTRY)} were in {shown(c.country or '')}"


def network_kind(scene: Scene) -> Reason | None:
    """Data centres, VPNs and Tor are commoner among impostors, unless this user often comes that way."""
    kind = scene.circumstance.network_kind
    model = scene.model
    if kind is None:
        return None
    alpha = model.alphas[NETWORK_KIND]
    profile, scale = scene.profile, scene.scale
    seen = profile.counts[NETWORK_KIND].get(scene.keys[NETWORK_KIND], 0) * scale
    total = profile.totals[NETWORK_KIND] * scale
    of_user = (seen + alpha * _share(model.kind_of_user, kind)) / (total + alpha)
    weight = min(max(log(_share(model.kind_of_impostor, kind) / of_user), -1.0), model.kind_at_most)
    return because("network_kind", kind, weight, f"{_KINDS[kind]}; {scene.earlier(NETWORK_KIND)} used one")


def _share(kinds: Kinds, kind: NetworkKind) -> float:
    share: float = getattr(kinds, kind)
    return share


_KINDS = {
    "residential": "a residential network",
    "mobile": "a mobile network",
    "hosting": "a data centre's network",
    "vpn": "a VPN's network",
    "tor": "a Tor exit",
}
