"""What the server answers beside the API where the settings want it: ranges of breached passwords, and counts."""

import os

import structlog
from anyio import CapacityLimiter, to_thread
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from doorward.breach.corpus import CorpusUnreadable
from doorward.breach.range_source import range_source
from doorward.call import Services
from doorward.wire.caller import caller_address
from doorward.wire.dispatch import HttpResponse
from doorward.wire.metrics_endpoint import answer_metrics
from doorward.wire.range_endpoint import answer_range, too_often
from doorward.wire.rate import RateBound

_log = structlog.get_logger(__name__)


def range_routes(services: Services) -> list[Route]:
    """Return the route of the range endpoint, where the settings want one."""
    path = services.settings.range_source
    if path is None:
        return []
    source = range_source(path)
    try:
        source.check()
    except CorpusUnreadable as cause:
        # The endpoint says that it cannot answer; a list that is gone must not keep users from signing in.
        _log.error("range source unreadable", problem=str(cause))
    bound = RateBound(services.settings.range_rate)
    # Whoever asks for ranges makes files be read; he must not take threads from those who sign in.
    readers = CapacityLimiter(2 * (os.cpu_count() or 1))

    def outgoing(request: Request) -> HttpResponse:
        wait = bound.wait(_caller(services, request), services.clock.now())
        if wait:
            return too_often(wait)
        query = request.scope["query_string"]
        return answer_range(source, request.path_params["prefix"], query, request.headers)

    async def hash_range(request: Request) -> Response:
        answered = await to_thread.run_sync(outgoing, request, limiter=readers)
        return Response(answered.body, answered.status, answered.headers)

    return [Route(f"{services.settings.range_path}/{{prefix:path}}", hash_range)]


def metrics_routes(services: Services) -> list[Route]:
    """Return the route of what is counted, where the settings want one."""
    if not services.settings.metrics:
        return []

    async def metrics(request: Request) -> Response:
        answered = await run_in_threadpool(
            answer_metrics, services.counts, services.settings.metrics_token, request.headers
        )
        return Response(answered.body, answered.status, answered.headers)

    return [Route("/metrics", metrics)]


def _caller(services: Services, request: Request) -> str | None:
    peer = request.client.host if request.client else None
    trusted, header = services.settings.trusted_proxies, services.settings.forwarding_header
    return caller_address(peer, request.scope["headers"], trusted, header=header).address
