"""Answers to requests that are turned away before anything reads what they ask for."""

import msgspec

from doorward import clock
from doorward.wire import errors

CONTENT_TYPE = b"application/x-amz-json-1.1"


def headers_and_body(error: errors.CognitoError) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return an error in AWS JSON 1.1, in an answer after which the connection ends."""
    body = msgspec.json.encode({"__type": error.name, "message": error.message})
    headers = [
        (b"content-type", CONTENT_TYPE),
        (b"content-length", str(len(body)).encode()),
        (b"x-amzn-errortype", error.name.encode() + b":"),
        (b"x-amzn-requestid", clock.new_uuid().encode()),
        (b"connection", b"close"),
    ]
    return headers, body
