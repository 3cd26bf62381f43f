"""Keeping the pools' counts: now and then while the server runs, and when it ends."""

from doorward.clock import Instant
from doorward.protection import queries
from doorward.protection.pool_views import PoolView, PoolViews
from doorward.store.engine import Store


def keep_views(store: Store, views: PoolViews, now: Instant) -> None:
    """Keep the counts of every pool whose copy is behind, each in a transaction of its own.

    Where the copy was made anew meanwhile (`doorward risk rebuild`), the view in memory is let go instead, and
    built from that copy at its next use.
    """
    for pool_id, view in views.all():
        if _made_anew(store, pool_id, view):
            views.forget(pool_id)
        elif view.changed:
            population, covered = view.copy()
            with store.writing() as tx:
                kept = queries.keep_view(tx, pool_id, view.generation, population, covered, now)
            if not kept:
                views.forget(pool_id)


def _made_anew(store: Store, pool_id: str, view: PoolView) -> bool:
    with store.reading() as tx:
        return queries.view_generation(tx, pool_id) != view.generation
