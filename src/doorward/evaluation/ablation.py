"""What each group of signals is worth: the same sign-ins scored with one group switched off at a time."""

from typing import Final

from msgspec.structs import replace

from doorward.evaluation.metrics import (
    auc,
    share_reaching,
    threshold_catching,
    threshold_challenging,
)
from doorward.evaluation.models.doorward import Doorward
from doorward.evaluation.protocol import Step, share
from doorward.evaluation.rows import Row
from doorward.evaluation.stretches import Stretch
from doorward.risk.model import Model
from doorward.risk.population import Population

GROUPS: Final = ("network", "client", "rhythm", "velocity", "travel", "account")
ATTACKS: Final = 4_000
LEGITIMATE: Final = 40_000
ATTACKERS: Final = ("naive", "vpn", "targeted")


RARITY: Final = "rarity"
"""Not a group: the pool's own counts are taken away, so that nothing is common or rare among users."""


class Ablation:
    """Scores a sample of the report stretch with every group off in turn, and with the pool unknown."""

    def __init__(self, engine: Doorward, legitimate: int, attacks: int, seed: int) -> None:
        self._engine = engine
        self._seed = seed
        self._of_legitimate = min(LEGITIMATE / max(legitimate, 1), 1.0)
        self._of_attacks = min(ATTACKS / max(attacks, 1), 1.0)
        self._variants: dict[str, Model] = {}
        self._nobody = Population(engine.model)
        names = ("none", *GROUPS, RARITY)
        self._legitimate: dict[str, list[float]] = {name: [] for name in names}
        self._attacks: dict[str, dict[str, list[float]]] = {
            attacker: {name: [] for name in names} for attacker in ATTACKERS
        }

    def see(self, step: Step) -> None:
        """Score a step, before it is learned, if it belongs to the sample."""
        if step.stretch is not Stretch.REPORT or not step.earlier:
            return
        if step.legitimate and share(self._seed, "ablation", step.row.index) < self._of_legitimate:
            self._score(step.row, self._legitimate)
        if step.attacks and share(self._seed, "ablated attack", step.row.index) < self._of_attacks:
            for attacker, row in step.attacks:
                if attacker in self._attacks:
                    self._score(row, self._attacks[attacker])

    def _score(self, row: Row, into: dict[str, list[float]]) -> None:
        if not self._variants:  # made here, because the engine's model is fitted on the way
            model = self._engine.model
            self._variants = {group: replace(model, without=model.without | {group}) for group in GROUPS}
        into["none"].append(self._engine.assess(row).score)
        for group, variant in self._variants.items():
            into[group].append(self._engine.assess(row, model=variant).score)
        into[RARITY].append(self._engine.assess(row, population=self._nobody).score)

    def table(self) -> dict[str, dict[str, dict[str, float]]]:
        """Return AUC, recall at 1 % and challenged share at TPR .99 by what is off and by attacker."""
        table: dict[str, dict[str, dict[str, float]]] = {}
        for name in self._legitimate:
            negatives = sorted(self._legitimate[name])
            for attacker, scores in self._attacks.items():
                positives = sorted(scores[name])
                if negatives and positives:
                    table.setdefault(name, {})[attacker] = {
                        "auc": auc(negatives, positives),
                        "recall_at_0.01": share_reaching(positives, threshold_challenging(negatives, 0.01)),
                        "asked_at_tpr_0.99": share_reaching(negatives, threshold_catching(positives, 0.99)),
                    }
        return table
