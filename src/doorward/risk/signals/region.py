"""Where in a known country an attempt on a new network comes from."""

from doorward.risk.reasons import Reason, because, shown
from doorward.risk.scene import Scene
from doorward.risk.traits import COUNTRY, PLACE_CHAIN, REGION


def region(scene: Scene) -> Reason | None:
    """How much better the pool explains this region than the user's own history does.

    People come upon new networks mostly where they live; an impostor in the same country lives anywhere. On a network
    that is known the region adds nothing, and in a new country `network` has said what there is to say.
    """
    key = scene.keys[REGION]
    if not (key and scene.on_new_network and scene.profile.totals[REGION]):
        return None
    weight = scene.evidence(scene.odds_against_user(PLACE_CHAIN, below=COUNTRY), scene.model.region)
    name = shown(scene.circumstance.region or "")
    if key in scene.profile.counts[REGION]:
        return because(
            "region", name, weight, f"a new network; {scene.earlier(REGION)} came from the region {name}"
        )
    return because("region", name, weight, f"first sign-in from the region {name}")
