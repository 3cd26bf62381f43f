"""Puts the parts together: the only module that names concrete ones."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import structlog
from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from doorward.breach.asked import asked_corpus
from doorward.breach.corpus import Corpus
from doorward.call import Services
from doorward.clock import Clock, SystemClock
from doorward.directory.password_hash import PasswordHashing
from doorward.directory.queries import user_pools
from doorward.extra_routes import metrics_routes, range_routes
from doorward.messages.delivery import POLL_SECONDS, Postbox, deliver_due, smtp_server
from doorward.metrics.counts import Counts
from doorward.network import user_agent
from doorward.operations.table import OPERATIONS, PASSWORD_OPERATIONS
from doorward.periodic import Periodic
from doorward.protection.abandoned import EVERY_SECONDS as ABANDONED_SECONDS
from doorward.protection.abandoned import fail_abandoned
from doorward.protection.configured_guard import guard_of
from doorward.protection.known_passwords import KnownPasswords
from doorward.protection.view_keeping import keep_views
from doorward.retention import EVERY_SECONDS as RETENTION_SECONDS
from doorward.retention import delete_expired
from doorward.settings import Settings
from doorward.store.vault import Vault
from doorward.sweep.figures import SweepFigures
from doorward.tokens.issuer import Issuer
from doorward.triggers.endpoints import Endpoints
from doorward.triggers.functions import Functions
from doorward.triggers.signing import Signer
from doorward.wire.dispatch import HttpRequest, answer, named_operation, waits_for_functions
from doorward.wire.limits import BodyLimits

_log = structlog.get_logger(__name__)


def build_services(
    settings: Settings,
    vault: Vault,
    base_url: str,
    clock: Clock | None = None,
    corpus: Corpus | None = None,
) -> Services:
    """Put together what the operations work with; `base_url` is how clients reach the server.

    Without a corpus of breached passwords the one that the settings name is asked.
    """
    clock = clock or SystemClock()
    corpus = corpus or asked_corpus(settings, clock)
    counts = Counts()
    counts.add(SweepFigures(vault.store))
    return Services(
        settings=settings,
        clock=clock,
        store=vault.store,
        keyring=vault.keyring,
        password_hash=PasswordHashing(
            settings.argon2_memory, settings.argon2_iterations, settings.argon2_parallelism
        ),
        known_passwords=KnownPasswords(corpus, settings.corpus_unreadable, counts),
        guard=guard_of(settings, counts),
        counts=counts,
        issuer=Issuer(
            vault.keyring,
            base_url=settings.public_url or base_url if settings.issuer == "doorward" else None,
            region=settings.region,
        ),
        functions=Functions(
            Endpoints(settings.lambda_endpoint, settings.lambda_functions),
            seconds=settings.lambda_timeout,
            at_once=settings.threads,
            signer=_signer(settings, clock),
        ),
    )


def _signer(settings: Settings, clock: Clock) -> Signer | None:
    key, secret = settings.lambda_access_key_id, settings.lambda_secret_access_key
    return Signer(key, secret.get_secret_value(), clock) if key and secret else None


def build_app(services: Services) -> Starlette:
    """Return the ASGI application: the API, the pools' keys, and a word on health."""

    # Argon2 takes a core and 19 MiB for each call in flight. In a lane of their own, those who make passwords be
    # looked at (and anybody can) leave threads, memory and processor to everybody else.
    passwords = CapacityLimiter(2 * (os.cpu_count() or 1))
    # Functions of triggers are waited for, and hash nothing: neither do they take that lane, nor all threads.
    functions = CapacityLimiter(max(1, services.settings.threads // 2))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = services.settings.threads
        await run_in_threadpool(user_agent.prepare)
        postbox = _postbox(services)
        beside = [
            Periodic("retention", RETENTION_SECONDS, lambda _: delete_expired(services)),
            Periodic(
                "abandoned sign-ins", ABANDONED_SECONDS, lambda stopping: _fail_abandoned(services, stopping)
            ),
            Periodic("delivery", POLL_SECONDS, lambda stopping: deliver_due(postbox, stopping)),
            Periodic("pool views", services.settings.pool_view_minutes * 60, lambda _: _keep_views(services)),
        ]
        for work in beside:
            work.start()
        yield
        for work in beside:
            await run_in_threadpool(work.stop)
        await run_in_threadpool(_keep_views_at_the_end, services)

    async def api(request: Request) -> Response:
        incoming = HttpRequest(
            method=request.method,
            path=request.scope.get("raw_path") or request.url.path.encode(),
            query=request.scope["query_string"],
            headers=request.scope["headers"],
            body=await request.body(),
            peer=request.client.host if request.client else None,
        )
        operation = named_operation(incoming.headers)
        lane = passwords if operation in PASSWORD_OPERATIONS else None
        if waits_for_functions(operation, incoming.body):
            lane = functions
        outgoing = await to_thread.run_sync(answer, services, OPERATIONS, incoming, limiter=lane)
        return Response(outgoing.body, outgoing.status, outgoing.headers)

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ready"})

    async def jwks(request: Request) -> Response:
        return await run_in_threadpool(_jwks, services, request.path_params["pool_id"])

    async def openid_configuration(request: Request) -> Response:
        return await run_in_threadpool(_openid_configuration, services, request.path_params["pool_id"])

    return Starlette(
        routes=[
            Route("/", api, methods=["POST"]),
            Route("/healthz", health),
            Route("/{pool_id}/.well-known/jwks.json", jwks),
            Route("/{pool_id}/.well-known/openid-configuration", openid_configuration),
            *range_routes(services),
            *metrics_routes(services),
        ],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origins=services.settings.cors_origins,
                allow_methods=["GET", "POST"],
                allow_headers=["*"],
                expose_headers=["x-amzn-errortype", "x-amzn-errormessage", "x-amzn-requestid"],
                max_age=3600,
            ),
            Middleware(
                BodyLimits,
                max_bytes=services.settings.body_limit,
                seconds=services.settings.receive_timeout,
            ),
        ],
        lifespan=lifespan,
    )


def _fail_abandoned(services: Services, stopping: Callable[[], bool]) -> None:
    fail_abandoned(services.store, services.guard, services.clock, stopping)


def _keep_views(services: Services) -> None:
    keep_views(services.store, services.guard.views, services.clock.now())


def _keep_views_at_the_end(services: Services) -> None:
    try:
        _keep_views(services)
    except Exception:
        # A full disk costs a longer replay at the next start, and must not keep the server from ending in order.
        _log.exception("keeping the pools' counts failed")


def _postbox(services: Services) -> Postbox:
    return Postbox(
        store=services.store,
        keyring=services.keyring,
        clock=services.clock,
        server=smtp_server(services.settings),
    )


def _jwks(services: Services, pool_id: str) -> Response:
    with services.store.reading() as tx:
        if user_pools.find(tx, pool_id) is None:
            return JSONResponse({"message": "There is no such user pool."}, 404)
        return JSONResponse(services.issuer.jwks(tx, pool_id), headers={"cache-control": "max-age=300"})


def _openid_configuration(services: Services, pool_id: str) -> Response:
    """OpenID Connect Discovery 1.0, as far as there is something to discover."""
    with services.store.reading() as tx:
        if user_pools.find(tx, pool_id) is None:
            return JSONResponse({"message": "There is no such user pool."}, 404)
    issuer = services.issuer.issuer_of(pool_id)
    return JSONResponse(
        {
            "issuer": issuer,
            "jwks_uri": f"{issuer}/.well-known/jwks.json",
            "id_token_signing_alg_values_supported": ["RS256"],
            "subject_types_supported": ["public"],
            "response_types_supported": ["code", "token"],
            "scopes_supported": ["openid", "email", "phone", "profile"],
        }
    )
