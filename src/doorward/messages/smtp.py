"""Handing an e-mail to an SMTP server (RFC 5321), so that it is always known whether it was taken.

The body goes out only after the server has accepted sender and recipient and the caller has said `begin`;
up to that point a failure means that nothing was sent.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, parseaddr
from typing import Final, Literal

from doorward.messages.outbox import Message

_TIMEOUT_SECONDS: Final = 20.0
_LINE_THAT_BEGINS_WITH_A_DOT: Final = re.compile(rb"(?m)^\.")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class TryAgain(Exception):
    """The server was not reached, or said no for now. The message was not taken."""


class Unreachable(TryAgain):
    """There was no conversation with the server: no other message would fare better now."""


class Refused(Exception):
    """The message cannot be sent as it is: trying again is of no use."""


class Uncertain(Exception):
    """The connection broke when the body was out and the server's word was not in: it may have been taken."""


class Taken(Exception):
    """Another worker is delivering the message already."""


@dataclass(frozen=True, kw_only=True)
class SmtpServer:
    """Where mail goes. `sender` is for messages of pools that name none; `tls` is Python's default where None."""

    host: str
    port: int
    security: Literal["none", "starttls", "tls"]
    sender: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None


def as_mail(message: Message, message_id: str, default_sender: str) -> EmailMessage:
    """Return a message as MIME: plain text, and HTML beside it.

    Raises Refused where an address is none, or would break out of its header.
    """
    sender = _address(message.sender or default_sender)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = _address(message.destination)
    if message.reply_to:
        mail["Reply-To"] = _address(message.reply_to)
    mail["Subject"] = _CONTROLS.sub(" ", message.subject)
    mail["Date"] = formatdate(message.created_at)
    # The same for every attempt, so that a mailbox can tell a repetition from a second message.
    mail["Message-ID"] = f"<{message_id}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    try:
        mail.set_content(message.text)
        if message.html is not None:
            mail.add_alternative(message.html, subtype="html")
    except ValueError:
        raise Refused("The message holds text that cannot be encoded.") from None
    return mail


def send(server: SmtpServer, mail: EmailMessage, begin: Callable[[], bool]) -> None:
    """Hand a mail over. `begin` is asked last, before the body goes out; where it says no, nothing is sent.

    Raises Unreachable, TryAgain, Refused, Uncertain or Taken.
    """
    try:
        with _connect(server) as connection:
            _converse(connection, mail, begin)
    except (OSError, smtplib.SMTPException) as problem:
        # Those that concern the message itself have been turned into our own in _converse.
        raise Unreachable(_said(problem)) from problem


def _connect(server: SmtpServer) -> smtplib.SMTP:
    context = server.tls or ssl.create_default_context()
    name = socket.gethostname()
    if server.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, name, timeout=_TIMEOUT_SECONDS, context=context
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, name, timeout=_TIMEOUT_SECONDS)
    try:
        if server.security == "starttls":
            connection.starttls(context=context)
        if server.username is not None:
            connection.login(server.username, server.password or "")
        else:
            connection.ehlo_or_helo_if_needed()
    except BaseException:
        connection.close()
        raise
    return connection


def _converse(connection: smtplib.SMTP, mail: EmailMessage, begin: Callable[[], bool]) -> None:
    sender, recipient = (parseaddr(mail[header])[1] for header in ("From", "To"))
    options = []
    if not (sender + recipient).isascii():
        if not connection.has_extn("smtputf8"):
            raise Refused("The mail server does not take addresses beyond ASCII (SMTPUTF8).")
        options = ["SMTPUTF8", "BODY=8BITMIME"]
    body = _as_bytes(mail, utf8=bool(options))
    _accept(connection.mail(sender, options))
    _accept(connection.rcpt(recipient))
    code, answer = connection.docmd("DATA")
    if code != 354:
        _accept((code, answer))
    if not begin():
        connection.close()
        raise Taken
    try:
        connection.send(_LINE_THAT_BEGINS_WITH_A_DOT.sub(b"..", body) + b".\r\n")
        reply = connection.getreply()
    except (OSError, smtplib.SMTPException) as problem:
        raise Uncertain(_said(problem)) from problem
    _accept(reply)


def _as_bytes(mail: EmailMessage, *, utf8: bool) -> bytes:
    """Return the lines as they go over the wire; the last one ends too."""
    try:
        body = mail.as_bytes(policy=SMTP.clone(utf8=utf8))
    except ValueError:
        raise Refused("The message holds text that cannot be encoded.") from None
    return body if body.endswith(b"\r\n") else body + b"\r\n"


def _accept(reply: tuple[int, bytes]) -> None:
    """Go on where the server says yes. What it says is its own text: kept short, and never trusted."""
    code, answer = reply
    if 200 <= code < 300:
        return
    said = f"{code} {answer.decode('utf-8', 'replace')}"[:200]
    raise TryAgain(said) if 400 <= code < 500 else Refused(said)


def _address(text: str) -> str:
    """Return an address, possibly with a display name, that is safe in a header and in the envelope."""
    if _CONTROLS.search(text):
        raise Refused("An address holds control characters.")
    name, address = parseaddr(text)
    local, at, domain = address.rpartition("@")
    if not (local and at and domain) or re.search(r"[\s<>,;]", address) or "," in text:
        raise Refused("An address is not a single e-mail address.")
    return f'"{name}" <{address}>' if name and '"' not in name and "\\" not in name else address


def _said(problem: BaseException) -> str:
    if isinstance(problem, smtplib.SMTPResponseException):
        error = problem.smtp_error
        text = error.decode("utf-8", "replace") if isinstance(error, bytes) else str(error)
        return f"{problem.smtp_code} {text}"[:200]
    return (str(problem) or type(problem).__name__)[:200]
