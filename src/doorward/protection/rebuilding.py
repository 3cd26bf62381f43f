"""Making anew from the event history what the engine remembers: the users' profiles and the pool's counts."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection

from doorward.clock import Instant
from doorward.history import queries as events
from doorward.history.auth_event import AuthEvent
from doorward.protection import queries
from doorward.protection.coverage import Coverage
from doorward.protection.pool_views import count
from doorward.risk.circumstance import Circumstance
from doorward.risk.encoding import encode
from doorward.risk.model import Model
from doorward.risk.population import Population
from doorward.risk.population_encoding import encode as encode_population
from doorward.risk.profile import Profile, distrust, learn, trust
from doorward.store.engine import Store

USERS_AT_ONCE = 50
"""Profiles made in one transaction, so that sign-ins do not wait for it."""

_circumstance = msgspec.json.Decoder(Circumstance)


@dataclass(frozen=True)
class Rebuilt:
    """How much was made anew."""

    profiles: int
    events: int


def rebuild(store: Store, pool_id: str, model: Model, now: Instant) -> Rebuilt:
    """Make the profiles and counts of a pool anew from all its events. A running server may go on working.

    A profile changes in one piece, and so do the counts; what is interrupted is begun again. A server that holds
    the counts in memory takes the new ones over within its `DOORWARD_POOL_VIEW_MINUTES`. Users without events
    keep their profile: their events are older than the retention.
    """
    profiles = 0
    last = ""
    while True:
        with store.writing() as tx:
            users = events.users_after(tx, pool_id, last, USERS_AT_ONCE)
            for sub in users:
                made = profile_of(events.all_of_user(tx, pool_id, sub), model)
                queries.keep_profile(tx, pool_id, sub, encode(made))
        profiles += len(users)
        if len(users) < USERS_AT_ONCE:
            break
        last = users[-1]
    with store.reading() as tx:
        population, covered, counted = _counts(tx, pool_id, model)
    with store.writing() as tx:
        queries.replace_view(tx, pool_id, encode_population(population), msgspec.json.encode(covered), now)
    return Rebuilt(profiles, counted)


def profile_of(history: Iterable[AuthEvent], model: Model) -> Profile:
    """Return the profile that a user's events make, whatever order they are given in.

    Of several contrary judgements on one event only the last is known.
    """
    lessons: list[tuple[Instant, int, AuthEvent]] = []
    for event in history:
        judged = event.feedback
        if event.is_sign_in and event.response == "Pass" and not event.is_reported:
            lessons.append((event.created_at, 0, event))
        if judged is not None:
            lessons.append((judged.at, 1, event))
    lessons.sort(key=lambda lesson: (lesson[0], lesson[1], lesson[2].event_id))
    profile = Profile()
    for at, kind, event in lessons:
        circumstance = _circumstance.decode(event.circumstance)
        if kind == 0:
            profile = learn(profile, circumstance, model)
        elif event.is_reported:
            profile = distrust(profile, circumstance, at, model, learned=False)
        else:
            profile = trust(profile, circumstance, at, model)
    return profile


def _counts(tx: Connection, pool_id: str, model: Model) -> tuple[Population, Coverage, int]:
    population, counted = Population(model), 0
    for event in events.every_of_pool(tx, pool_id):
        count(population, event)
        counted += 1
    return population, Coverage(events.last_number(tx, pool_id)), counted
