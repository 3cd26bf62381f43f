"""The whole evening: a server, a pool, two weeks, the story, and what to try next."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from rich.console import Console

from doorward.clock import monotonic
from doorward.demo import table, try_next
from doorward.demo.front import Front, Operator, signed_client, unsigned_client
from doorward.demo.history import live_through, what_happened
from doorward.demo.people import people
from doorward.demo.setting_up import BREACHED_PASSWORD, POOL_NAME, DemoPool, add_user, enforce, make_pool
from doorward.demo.step import Step
from doorward.demo.story import Cast, Stage, play
from doorward.demo.traffic import DAYS, everyday_sign_ins
from doorward.directory.access_keys import create_access_key
from doorward.directory.queries import user_pools
from doorward.server import Server
from doorward.settings import Settings
from doorward.store import server_lock
from doorward.store.vault import open_vault

_STOP_SECONDS = 30.0
_POOLS_LOOKED_AT = 1000


class StageTaken(Exception):
    """The data directory holds what the demonstration has not made. The sentence names it."""


def perform(settings: Settings, *, once: bool, about: int) -> int:
    """Show everything; return 0 where each step went as described, else 1.

    `about` is how many sign-ins the two weeks have. Without `once` the server goes on until Ctrl-C. Raises
    OSError where the port cannot be had, StageTaken where the directory is somebody else's.
    """
    to = table.console()
    # Ended from outside is ended by Ctrl-C: the server finishes its requests, the data are put away. Ctrl-C is
    # set too, since a shell that starts commands in the background lets them ignore it.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    began = monotonic()
    steps: list[Step] = []
    with suppress(KeyboardInterrupt), _running(settings) as (server, thread):
        to.print(f"[bold]Doorward[/bold] listens on {server.endpoint}, its data are in")
        to.print(f"  {settings.data}", markup=False, soft_wrap=True)
        cast = _cast()
        pool = _two_weeks(to, server, cast, about)
        services = server.services
        with services.store.writing() as tx:
            key, secret = create_access_key(
                tx,
                services.keyring,
                name="demo",
                role="administrator",
                pool_id=None,
                now=services.clock.now(),
            )
        stage = Stage(
            services=services,
            pool=pool,
            front=Front(unsigned_client(server.endpoint, settings.region), pool, services.clock),
            operator=Operator(signed_client(server.endpoint, settings.region, key.id, secret), pool),
            cast=cast,
        )
        to.print("\n[bold]Then, over the wire with boto3[/bold]")
        steps = list(play(stage))
        to.print(table.table_of(steps))
        table.verdict(to, steps)
        to.print(f"It took {monotonic() - began:.0f} seconds.")
        if not once:
            try_next.show(
                to,
                endpoint=server.endpoint,
                region=settings.region,
                data=settings.data,
                key=key,
                secret=secret,
                pool=pool,
                person=cast.others[0],
                heroine=cast.heroine,
            )
            thread.join()
    return 0 if steps and not any(step.differences for step in steps) else 1


def _cast() -> Cast:
    heroine, breached, *others = people()
    return Cast(heroine=heroine, breached=breached, others=tuple(others))


def _two_weeks(to: Console, server: Server, cast: Cast, about: int) -> DemoPool:
    services = server.services
    until = services.clock.now()
    since = until - DAYS * 86_400
    pool = make_pool(services, since)
    everyday = (cast.heroine, *cast.others)
    for person in everyday:
        add_user(services, pool, person, person.password, since)
    add_user(services, pool, cast.breached, BREACHED_PASSWORD, since)
    enforce(services, pool, since)
    planned = everyday_sign_ins(everyday, until, about)
    countries = {person.country.code for person in everyday}
    to.print(
        f"The pool {pool.id} has {len(everyday) + 1} users in {len(countries)} countries and the mode ENFORCED."
    )
    to.print(f"\n[bold]Two weeks of everyday sign-ins[/bold] ({len(planned)}, by the clock of those days)")
    with table.progress(to, planned, until) as done:
        live_through(services, pool, planned, done)
    table.what_happened(to, what_happened(services, pool, since))
    return pool


@contextmanager
def _running(settings: Settings) -> Iterator[tuple[Server, threading.Thread]]:
    with server_lock.held(settings.data):
        vault = open_vault(settings)
        with vault.store.reading() as tx:
            if any(pool.name != POOL_NAME for pool in user_pools.page(tx, _POOLS_LOOKED_AT, None)):
                raise StageTaken(f"{settings.data} has pools of its own; the demo wants another --data")
        server = Server(settings, vault)
        thread = threading.Thread(target=server.run, name="server", daemon=True)
        thread.start()
        while not server.started:
            thread.join(0.01)
            if not thread.is_alive():
                raise OSError("the server did not start")
        try:
            yield server, thread
        finally:
            server.stop()
            thread.join(_STOP_SECONDS)
