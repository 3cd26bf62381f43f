"""Campaigns played against the engine on a file of sign-ins: when they are found, and who pays meanwhile.

    python -m benchmarks.campaigns FILE.csv [--live] [--slow] [--seed 1]

What `doorward evaluate` plays, without the rest of it; `--slow` plays lists that are tried ever more slowly instead.
"""

import argparse
from pathlib import Path

from doorward.evaluation.ahead import Ahead
from doorward.evaluation.campaign_scripts import CAMPAIGNS, SLOW
from doorward.evaluation.campaigns import Campaigns
from doorward.evaluation.models.doorward import Doorward
from doorward.evaluation.protocol import Plan, walk
from doorward.evaluation.rows import read_rows
from doorward.evaluation.stretches import Stretch, survey


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--live", action="store_true", help="with device id, language and time zone")
    parser.add_argument("--slow", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    played, stretches = play(asked.file, live=asked.live, slow=asked.slow, seed=asked.seed)
    table = played.table(*map(sorted, stretches))
    threshold = next(iter(table.values()))["threshold"]
    asked_there = sum(score >= threshold for score in stretches[1]) / len(stretches[1])
    print(
        f"threshold {threshold:.3f}, asked in the whole report stretch {asked_there:.3%} of {len(stretches[1])}"
    )
    for name, told in table.items():
        latest = max((number or 10**9 for number in told["found_at_attempt"]), default=0)
        print(
            f"{name:22} challenged {told['median_challenged_at_attempt']}, found {told['median_found_at_attempt']}: "
            f"{told['found_within_50']}/{told['played']} ({'never' if latest == 10**9 else latest}); once found "
            f"{told['challenged_once_found'] or 0:.1%}; asked meanwhile "
            f"{told['legitimate_challenged_meanwhile'] or 0:.2%} of {told['legitimate_meanwhile']}, at home "
            f"{told['legitimate_at_home_challenged_meanwhile'] or 0:.2%} of {told['legitimate_at_home_meanwhile']}, "
            f"without it {told['legitimate_challenged_otherwise'] or 0:.2%}"
        )


def play(file: Path, *, live: bool, slow: bool, seed: int) -> tuple[Campaigns, list[list[float]]]:
    """Play them, and score the legitimate sign-ins of the threshold and the report stretch."""
    plan = Plan(survey=survey(read_rows(file)), seed=seed, attacks=0)
    engine = Doorward(live=live, fit=True)
    campaigns = Campaigns(engine, plan, SLOW if slow else CAMPAIGNS)
    scores: list[list[float]] = [[], []]
    stretch, seen = Stretch.WARM_UP, list[Ahead]()
    for step in walk(read_rows(file), plan, seen):
        for begun in Stretch:
            if stretch < begun <= step.stretch:
                engine.begin(begun)
        stretch = step.stretch
        campaigns.see(step, seen[0])
        if not step.sign_in:
            engine.note(step.row)
            continue
        if step.legitimate and stretch >= Stretch.THRESHOLDS:
            scores[stretch - Stretch.THRESHOLDS].append(engine.score(step.row))
        engine.learn(step.row)
    return campaigns, scores


if __name__ == "__main__":
    main()
