"""What somebody has said about this very circumstance: Valid lowers the risk at once, Invalid raises it."""

from doorward.risk.profile import Mark
from doorward.risk.reasons import Reason, because
from doorward.risk.scene import Scene
from doorward.risk.traits import DEVICE_ID, client_key, network_key

MARGIN = 1.0
"""How far beyond the threshold a judged circumstance is moved."""


def judgement(scene: Scene, score: float) -> Reason | None:
    """The last word on a circumstance that was judged before, given the score of everything else.

    The same network *and* client: distrust lifts the score to High, trust lowers it below Low, both by the
    strength 2^(−age / half-life), so that no judgement stands forever. The same device alone, or the same
    network alone, adds `distrusted_device` or `distrusted_network`.
    """
    profile = scene.profile
    if not (profile.trusted or profile.distrusted):
        return None
    network, client = network_key(scene.keys), client_key(scene.keys)
    device = scene.keys[DEVICE_ID]
    thresholds = scene.model.thresholds
    weight, what = 0.0, ""
    for mark in profile.distrusted:
        strength = _strength(scene, mark)
        if mark.network == network and mark.client == client:
            if network or client:
                lift = max(thresholds.high + MARGIN - score, scene.model.distrusted_device)
                weight, what = max(weight, strength * lift), "circumstance"
        elif mark.by_device and mark.client == device:
            weight, what = max(weight, strength * scene.model.distrusted_device), what or "device"
        elif mark.network == network and network:
            weight, what = max(weight, strength * scene.model.distrusted_network), what or "network"
    if weight > 0.0:
        return because("feedback", "Invalid", weight, f"this {what} was reported as not the user's own")
    for mark in profile.trusted:
        if mark.network == network and mark.client == client:
            weight = min(weight, _strength(scene, mark) * min(thresholds.low - MARGIN - score, 0.0))
    if weight < 0.0:
        return because("feedback", "Valid", weight, "this circumstance was confirmed as the user's own")
    return None


def _strength(scene: Scene, mark: Mark) -> float:
    age = max(scene.circumstance.at - mark.at, 0.0) / scene.model.half_life
    strength: float = 2.0 ** -min(age, 60.0)
    return strength
