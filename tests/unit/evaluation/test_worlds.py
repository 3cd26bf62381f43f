"""The engine beside the yardstick in worlds that differ much: what it gains must not hang on one set of choices."""

from pathlib import Path
from typing import Any, Final

import pytest

from doorward.evaluation.protocol import Plan
from doorward.evaluation.rows import read_rows
from doorward.evaluation.run import run
from doorward.evaluation.stretches import survey
from doorward.evaluation.synthesis.choices import Choices
from doorward.evaluation.synthesis.data_set import synthesize

SIZE: Final[dict[str, Any]] = {"users": 800, "days": 150, "unknown_share": 0.0}
WORLDS: Final = {
    "settled": Choices(
        seed=1,
        **SIZE,
        travellers=0.03,
        vpn_users=0.0,
        phone_mobile=0.3,
        phone_venue=0.05,
        devices=(0.75, 0.2, 0.04, 0.01),
        lease_days=((0.1, 20.0), (0.3, 90.0), (0.6, 400.0)),
    ),
    "roaming": Choices(
        seed=2,
        **SIZE,
        travellers=0.4,
        trips_per_year=4.0,
        vpn_users=0.08,
        phone_venue=0.3,
        moves_per_year=0.2,
        lease_days=((0.3, 1.0), (0.4, 10.0), (0.3, 60.0)),
    ),
    "many devices": Choices(
        seed=3,
        **SIZE,
        devices=(0.2, 0.35, 0.3, 0.15),
        main_device=0.5,
        replaced_per_year=0.8,
        in_app_share=0.4,
        in_app_users=0.7,
    ),
}


@pytest.mark.parametrize("world", WORLDS)
def test_the_engine_asks_far_fewer_people_than_the_yardstick(world: str, tmp_path: Path) -> None:
    file = tmp_path / "world.csv"
    synthesize(file, WORLDS[world], lambda *_said: None)
    plan = Plan(survey=survey(read_rows(file)), seed=1, attackers=("naive", "vpn", "targeted"))
    ours, yardstick = (
        run(file, plan, name, lambda _rows: None)["attackers"] for name in ("doorward", "freeman")
    )
    for attacker, auc, at_90, at_98 in (
        ("naive", 0.02, 0.5, 0.75),
        ("vpn", 0.08, 0.6, 0.75),
        ("targeted", 0.08, 0.9, 0.95),
    ):
        here, there = ours[attacker], yardstick[attacker]
        assert here["attacks"] == there["attacks"] > 300
        assert here["auc"] > there["auc"] + auc
        assert here["asked_at_tpr"]["0.9"] < at_90 * there["asked_at_tpr"]["0.9"]
        assert here["asked_at_tpr"]["0.98"] < at_98 * there["asked_at_tpr"]["0.98"]
