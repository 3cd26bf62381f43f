"""Attacks on one person: whoever is behind them knows the password, and more or less of the person's ways."""

from typing import Final

from doorward.clock import Chance
from doorward.evaluation.synthesis.attempts import ATTACK, TAKEOVER, Attempts
from doorward.evaluation.synthesis.clients import Catalogue
from doorward.evaluation.synthesis.drawing import bits, one_of, waiting
from doorward.evaluation.synthesis.life import Circumstances
from doorward.evaluation.synthesis.people import Person
from doorward.evaluation.synthesis.rhythm import DAY, HOUR
from doorward.evaluation.synthesis.world import World

KINDS: Final = ("targeted", "residential_proxy", "phishing_proxy", "session_theft", "mfa_fatigue")
_FATIGUE: Final = range(5, 13)


def attack(  # noqa: PLR0917 - what an attacker knows
    kind: str,
    name: str,
    person: Person,
    shown: list[tuple[int, Circumstances]],
    world: World,
    catalogue: Catalogue,
    attempts: Attempts,
    taken_over: bool,
    chance: Chance,
) -> None:
    """Put down one attack of a kind after one of the person's sign-ins; `taken_over` is the label it gets."""
    at, known = one_of(shown, chance)
    label, country = f"{name},{kind}", person.home.country
    labels = TAKEOVER if taken_over else ATTACK
    machine = f"{bits(52, chance):013x},{person.language},{known.seen.rsplit(',', 1)[1]}"
    if kind == "phishing_proxy":
        # The person is there, with the own browser; the address is the proxy's, the id is not passed on.
        network = one_of(world.by_share.draw(chance).hosting, chance)
        place = network.address(network.prefix(chance), chance)
        at += int(waiting(DAY, chance))
        attempts.put(at, person.user_id, place, known.client, True, labels, machine, chance, label)
        return
    network = country.homes.draw(chance)
    if kind == "residential_proxy":
        network = person.home.network
    place = network.address(network.prefix(chance), chance)
    at += int(HOUR + waiting(5.0 * DAY, chance))
    if kind == "session_theft":
        if attempts.live:
            attempts.put(at, person.user_id, place, known.client, True, labels, known.seen, chance, label)
        return
    if kind == "mfa_fatigue":
        other = catalogue.device("desktop", chance)
        client = catalogue.client(other.program, other, at / DAY)
        for _ in range(one_of(_FATIGUE, chance)):
            attempts.put(at, person.user_id, place, client, False, ATTACK, machine, chance, label)
            at += int(10_000 + 60_000 * chance.random())
        if taken_over:
            attempts.put(at, person.user_id, place, client, True, labels, machine, chance, label)
        return
    attempts.put(at, person.user_id, place, known.client, True, labels, machine, chance, label)
