"""From an HTTP request to an operation, and from its answer, or its error, back to HTTP (AWS JSON 1.1)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection

from doorward.call import Call, Services
from doorward.clock import monotonic, new_uuid
from doorward.directory.access_key import AccessKey
from doorward.directory.access_keys import reveal
from doorward.directory.queries import access_keys
from doorward.wire import contract, decoding, errors, sigv4
from doorward.wire.caller import caller_address

TARGET_PREFIX = "AWSCognitoIdentityProviderService."
CONTENT_TYPE = "application/x-amz-json-1.1"

_HEADER_CHARACTERS = 1024
_NOT_FOR_HEADERS = re.compile(r"[^ -~]")
"""A message may repeat what the caller sent; control characters and line ends must not reach a header."""

Operation = Callable[[Call, Any], msgspec.Struct]
Headers = Sequence[tuple[bytes, bytes]]

_log = structlog.get_logger("doorward.wire")


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    """What the server took off the socket: path and query still encoded, `headers` as ASGI gives them."""

    method: str
    path: bytes
    query: bytes
    headers: Headers
    body: bytes
    peer: str | None


@dataclass(frozen=True)
class HttpResponse:
    """What goes back."""

    status: int
    headers: dict[str, str]
    body: bytes


class _Flow(msgspec.Struct, rename="pascal"):
    auth_flow: str | None = None
    challenge_name: str | None = None


_flow = msgspec.json.Decoder(_Flow)


def answer(services: Services, operations: Mapping[str, Operation], request: HttpRequest) -> HttpResponse:
    """Work one request off. Never raises: whatever goes wrong becomes the API's own error."""
    request_id = new_uuid()
    began = monotonic()
    target = _header(request.headers, b"x-amz-target") or ""
    try:
        name = _operation_name(target)
        response = success(request_id, _perform(services, operations, name, request, request_id))
        outcome = "ok"
    except errors.CognitoError as error:
        response = failure(request_id, error)
        outcome = error.name
    except Exception:
        _log.exception("operation failed", request_id=request_id, target=target[:128])
        response = failure(request_id, errors.InternalErrorException("The server failed to answer."))
        outcome = "failed"
    _log.info(
        "request",
        request_id=request_id,
        target=target.removeprefix(TARGET_PREFIX)[:64],
        outcome=outcome,
        milliseconds=round((monotonic() - began) * 1000, 1),
    )
    return response


def named_operation(headers: Headers) -> str:
    """Return the operation that a request names, existing or not."""
    return (_header(headers, b"x-amz-target") or "").removeprefix(TARGET_PREFIX)


def waits_for_functions(operation: str, body: bytes) -> bool:
    """Say whether an operation is asked for the flow, or the challenge, that the functions of triggers judge.

    A member that is not the operation's own says nothing: anybody can add it.
    """
    try:
        named = _flow.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return False
    if operation in {"InitiateAuth", "AdminInitiateAuth"}:
        return named.auth_flow == "CUSTOM_AUTH"
    if operation in {"RespondToAuthChallenge", "AdminRespondToAuthChallenge"}:
        return named.challenge_name == "CUSTOM_CHALLENGE"
    return False


def success(request_id: str, body: bytes) -> HttpResponse:
    """Return a successful answer."""
    return HttpResponse(200, {"content-type": CONTENT_TYPE, "x-amzn-requestid": request_id}, body)


def failure(request_id: str, error: errors.CognitoError) -> HttpResponse:
    """Return an error in the form that the SDKs read: the name in the body and in a header."""
    return HttpResponse(
        error.status,
        {
            "content-type": CONTENT_TYPE,
            "x-amzn-requestid": request_id,
            "x-amzn-errortype": f"{error.name}:",
            "x-amzn-errormessage": _NOT_FOR_HEADERS.sub("?", error.message[:_HEADER_CHARACTERS]).strip(),
        },
        msgspec.json.encode({"__type": error.name, "message": error.message}),
    )


def _perform(
    services: Services,
    operations: Mapping[str, Operation],
    name: str,
    request: HttpRequest,
    request_id: str,
) -> bytes:
    shape = contract.OPERATIONS[name]
    now = services.clock.now()
    access_key = _signer(services, request, now) if shape.signed else None
    if access_key is not None and not access_key.may_call(name):
        raise errors.AccessDeniedException(f"The access key is read-only and may not call {name}.")
    operation = operations.get(name)
    if operation is None:
        raise errors.UnknownOperationException(f"Doorward does not have the operation {name} yet.")
    decoded = decoding.decode(shape.request, request.body)
    if access_key is not None and not access_key.may_touch(_pool_id(decoded)):
        raise errors.AccessDeniedException(f"The access key is confined to the pool {access_key.pool_id}.")
    caller = caller_address(
        request.peer,
        request.headers,
        services.settings.trusted_proxies,
        header=services.settings.forwarding_header,
    )
    call = Call(
        services=services,
        operation=name,
        now=now,
        request_id=request_id,
        address=caller.address,
        address_source=caller.source,
        user_agent=_header(request.headers, b"user-agent"),
        access_key=access_key,
    )
    return decoding.encode(operation(call, decoded))


def _operation_name(target: str) -> str:
    name = target.removeprefix(TARGET_PREFIX)
    if not target.startswith(TARGET_PREFIX) or name not in contract.OPERATIONS:
        raise errors.UnknownOperationException(f"There is no operation {target[:128]!r}.")
    return name


def _signer(services: Services, request: HttpRequest, now: float) -> AccessKey:
    keys: dict[str, AccessKey] = {}

    def secret_of(access_key_id: str) -> str | None:
        with services.store.reading() as tx:
            key = _find(tx, access_key_id)
        if key is None:
            return None
        keys[access_key_id] = key
        return reveal(services.keyring, key)

    access_key_id = sigv4.verify(
        request.method,
        request.path,
        request.query,
        request.headers,
        request.body,
        now=now,
        secret_of=secret_of,
        region=services.settings.region if services.settings.require_region else None,
        skew=services.settings.signature_skew,
    )
    return keys[access_key_id]


def _find(tx: Connection, access_key_id: str) -> AccessKey | None:
    return access_keys.find(tx, access_key_id)


def _pool_id(decoded: msgspec.Struct) -> str | None:
    """The pool that a signed request concerns: named by id, or by the ARN of what is tagged."""
    pool_id = getattr(decoded, "user_pool_id", None)
    arn = getattr(decoded, "resource_arn", None)
    if pool_id is None and arn is not None:
        return str(arn).rpartition("/")[2]
    return pool_id


def _header(headers: Headers, name: bytes) -> str | None:
    for key, value in headers:
        if key.lower() == name:
            return value.decode("latin-1")
    return None
