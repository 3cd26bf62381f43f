"""`GET /metrics`: what the server has counted, for Prometheus to fetch."""

import hmac
from collections.abc import Mapping

from pydantic import SecretStr

from doorward.metrics.counts import CONTENT_TYPE, Counts
from doorward.wire.dispatch import HttpResponse


def answer_metrics(counts: Counts, token: SecretStr | None, headers: Mapping[str, str]) -> HttpResponse:
    """Answer with the counts; 401 without the bearer token, where there is one.

    A request with an Origin comes from somebody's page in a browser, which is no business of it: 403.
    """
    if "origin" in headers:
        return _text(403, "Not for browsers")
    if token is not None and not _is_bearer(headers.get("authorization", ""), token):
        refused = _text(401, "The bearer token is missing or wrong")
        return HttpResponse(401, refused.headers | {"www-authenticate": "Bearer"}, refused.body)
    return HttpResponse(200, {"content-type": CONTENT_TYPE, "cache-control": "no-store"}, counts.text())


def _is_bearer(authorization: str, token: SecretStr) -> bool:
    scheme, _, given = authorization.partition(" ")
    # A header is bytes, which arrive as Latin-1.
    same = hmac.compare_digest(given.strip().encode("latin-1"), token.get_secret_value().encode())
    return same and scheme.lower() == "bearer"


def _text(status: int, sentence: str) -> HttpResponse:
    headers = {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store"}
    return HttpResponse(status, headers, f"{sentence}\n".encode())
