"""How far sweeps have come, as Prometheus asks for it: read from the database, since the command line sweeps."""

from collections.abc import Iterator

import structlog
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from doorward.store.engine import Store
from doorward.sweep import queries

_log = structlog.get_logger(__name__)


class SweepFigures(Collector):
    """Verifications and finds of the sweeps of each pool, and what waits for sign-ins."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as they stand in the database; none where it cannot be read."""
        verified = _gauge("verified", "Stored passwords that sweeps of leaks have verified")
        found = _gauge("found", "Accounts whose stored password sweeps have found in leaks")
        waiting = _gauge("waiting", "Leaked passwords that wait, as keyed digests, for sign-ins")
        try:
            with self._store.reading() as tx:
                for pool_id, of_pool in queries.figures(tx).items():
                    verified.add_metric([pool_id], of_pool.verified)
                    found.add_metric([pool_id], of_pool.found)
                    waiting.add_metric([pool_id], of_pool.waiting)
        except SQLAlchemyError:
            _log.exception("sweep figures unreadable")
            return
        yield from (verified, found, waiting)


def _gauge(name: str, meaning: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"doorward_sweep_{name}", meaning, labels=("user_pool_id",))
