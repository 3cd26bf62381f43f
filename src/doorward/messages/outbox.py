"""The outbox: what leaves by mail or SMS is written here in the transaction that caused it.

A message is lost only with its cause, and is sealed, since it holds a code or a temporary password. Delivery
(`doorward.messages.delivery`) takes it from here; what cannot be delivered stays readable by
`doorward messages`.
"""

from typing import Literal

import msgspec
from sqlalchemy import Connection

from doorward.clock import Instant, new_uuid
from doorward.messages import queries
from doorward.messages.queries import OutboxRow
from doorward.store.sealing import Keyring

MessageKind = Literal[
    "sign-up",
    "resend",
    "forgot-password",
    "verify-attribute",
    "invitation",
    "welcome",
    "authentication",
    "password-leaked",
]
Medium = Literal["EMAIL", "SMS"]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it leaves. `code` is the code or temporary password that stands in it.

    `sender` and `reply_to` are the pool's own, or None for the server's; `html` is None for an SMS.
    """

    pool_id: str
    sub: str
    created_at: Instant
    kind: MessageKind
    medium: Medium
    destination: str
    username: str
    code: str
    subject: str
    text: str
    html: str | None = None
    sender: str | None = None
    reply_to: str | None = None

    def __repr__(self) -> str:
        """Name the message without what stands in it."""
        return f"Message(kind={self.kind!r}, medium={self.medium!r}, sub={self.sub!r})"

    def __rich_repr__(self) -> list[tuple[str, str]]:
        return [("kind", self.kind), ("medium", self.medium), ("sub", self.sub)]


class HeldMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message in the outbox, with what became of it. `message` is None once it was delivered."""

    row: OutboxRow
    message: Message | None


_message = msgspec.msgpack.Decoder(Message)


def put(tx: Connection, keyring: Keyring, message: Message, *, discard: bool = False) -> str:
    """Put a message into the outbox, due at once; return its id.

    `discard`: the message is to nobody. A row without content takes its place, so that the time of the
    operation does not tell; it is never delivered nor shown.
    """
    message_id = new_uuid()
    sealed = keyring.seal(msgspec.msgpack.encode(message), _context(message.pool_id, message_id))
    row = OutboxRow(
        pool_id=message.pool_id,
        message_id=message_id,
        created_at=message.created_at,
        sub=message.sub,
        kind=message.kind,
        medium=message.medium,
        sealed_message=bytes(len(sealed)) if discard else sealed,
        state="discarded" if discard else "waiting",
        attempts=0,
        next_attempt_at=message.created_at,
        problem=None,
    )
    queries.add(tx, row)
    return message_id


def open_message(keyring: Keyring, row: OutboxRow) -> Message | None:
    """Unseal a message; None where it was delivered and its content is gone. Raises SealError."""
    if not row.sealed_message:
        return None
    return _message.decode(keyring.open(row.sealed_message, _context(row.pool_id, row.message_id)))


def held(tx: Connection, keyring: Keyring, pool_id: str | None, limit: int = 100) -> list[HeldMessage]:
    """Return the latest messages of a pool, or of all pools (None), the oldest first."""
    return [
        HeldMessage(row=row, message=open_message(keyring, row)) for row in queries.latest(tx, pool_id, limit)
    ]


def _context(pool_id: str, message_id: str) -> bytes:
    return f"outbox:{pool_id}:{message_id}".encode()
