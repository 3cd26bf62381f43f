"""Messages on their way out: a real SMTP server takes them, fails first, or is not there."""

import email
import email.policy
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from sqlalchemy import update
from tests.conftest import ClockedServer
from tests.scenarios.certificates import self_signed
from tests.scenarios.pools import make_pool
from tests.server import running

from doorward.clock import SetClock
from doorward.directory.queries import user_pools
from doorward.directory.user_pool import UserPool
from doorward.messages import outbox, queries
from doorward.messages.delivery import LEASE_SECONDS, Postbox, deliver_due
from doorward.messages.outbox import HeldMessage, Medium, Message, MessageKind
from doorward.messages.smtp import SmtpServer
from doorward.retention import delete_expired
from doorward.settings import Settings
from doorward.store import tables
from doorward.store.sealing import Keyring
from doorward.store.vault import open_vault
from doorward.wire.contract import UserPoolType

NOW = 1_900_000_000.0
POOL_ID = "eu-west-1_aB3dE5fG7"


class Mailbox:
    """What an SMTP server took. `answers` are said, one an attempt, before it takes anything."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answers: list[str] = []
        self.attempts = 0
        self.logins: list[bytes] = []
        self.arrived = threading.Event()

    async def handle_DATA(self, _server: object, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.attempts += 1
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(parsed)
        self.recipients += envelope.rcpt_tos
        self.arrived.set()
        return "250 taken"

    def authenticate(self, *credentials: object) -> AuthResult:
        data = credentials[-1]
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login)
        return AuthResult(success=data.password == b"open sesame", handled=False)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def smtp_port(mailbox: Mailbox) -> Iterator[int]:
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port
    controller.stop()


class Post:
    """An outbox that the test fills and empties by hand, at the instant it likes."""

    def __init__(self, data: Path, server: SmtpServer | None) -> None:
        vault = open_vault(Settings(data=data))
        self.store, self.keyring = vault.store, vault.keyring
        self.clock = SetClock(NOW)
        self.postbox = Postbox(store=self.store, keyring=self.keyring, clock=self.clock, server=server)
        pool = UserPool(id=POOL_ID, created_at=NOW, modified_at=NOW, configuration=UserPoolType(), tags={})
        with self.store.writing() as tx:
            user_pools.add(tx, pool)

    def put(
        self,
        code: str = "123456",
        *,
        kind: MessageKind = "sign-up",
        medium: Medium = "EMAIL",
        destination: str = "alice@example.org",
        text: str | None = None,
    ) -> None:
        with self.store.writing() as tx:
            outbox.put(
                tx,
                self.keyring,
                Message(
                    pool_id=POOL_ID,
                    sub="sub",
                    created_at=self.clock.now(),
                    kind=kind,
                    medium=medium,
                    destination=destination,
                    username="alice",
                    code=code,
                    subject="Your code",
                    text=text or f"It is {code}.",
                    html=f"<p>It is <b>{code}</b>.</p>",
                ),
            )

    def deliver(self) -> int:
        return deliver_due(self.postbox)

    def held(self) -> list[HeldMessage]:
        with self.store.reading() as tx:
            return outbox.held(tx, self.keyring, POOL_ID)

    def states(self) -> list[str]:
        return [one.row.state for one in self.held()]


def plain(port: int) -> SmtpServer:
    return SmtpServer(host="127.0.0.1", port=port, security="none", sender="no-reply@example.org")


@pytest.fixture
def post(tmp_path: Path, smtp_port: int) -> Post:
    return Post(tmp_path, plain(smtp_port))


def test_a_mail_arrives_once_and_leaves_nothing_behind(post: Post, mailbox: Mailbox) -> None:
    post.put()
    post.deliver()
    post.deliver()
    (mail,) = mailbox.mails
    assert mailbox.recipients == ["alice@example.org"]
    assert (mail["To"], mail["From"], mail["Subject"]) == (
        "alice@example.org",
        "no-reply@example.org",
        "Your code",
    )
    plain_part, html_part = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain_part is not None
    assert html_part is not None
    assert plain_part.get_content().strip() == "It is 123456."
    assert "<b>123456</b>" in html_part.get_content()
    (held,) = post.held()
    assert held.row.state == "delivered"
    assert held.message is None


def test_lines_that_begin_with_a_dot_arrive_as_they_are(post: Post, mailbox: Mailbox) -> None:
    post.put(text="one\n.\n..two\n.three")
    post.deliver()
    body = mailbox.mails[0].get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == ["one", ".", "..two", ".three"]


def test_a_server_that_fails_first_is_asked_again_later(post: Post, mailbox: Mailbox) -> None:
    mailbox.answers = ["451 busy", "452 still busy"]
    post.put()
    post.deliver()
    assert post.states() == ["waiting"]
    assert post.held()[0].row.problem == "451 busy"
    post.deliver()
    assert mailbox.attempts == 1, "it waits before it tries again"
    post.clock.advance(5)
    post.deliver()
    assert mailbox.attempts == 2
    post.clock.advance(9)
    post.deliver()
    assert mailbox.attempts == 2, "and longer the second time"
    post.clock.advance(1)
    post.deliver()
    assert post.states() == ["delivered"]
    assert len(mailbox.mails) == 1


def test_a_server_that_will_never_take_it_is_not_asked_again(post: Post, mailbox: Mailbox) -> None:
    mailbox.answers = ["550 no such user"]
    post.put()
    post.deliver()
    post.clock.advance(3600)
    post.deliver()
    assert mailbox.attempts == 1
    (held,) = post.held()
    assert (held.row.state, held.row.problem) == ("failed", "550 no such user")
    assert held.message is not None
    assert held.message.code == "123456"


def test_a_mail_sealed_by_a_key_that_is_not_known_yet_waits_for_it(post: Post, mailbox: Mailbox) -> None:
    known = post.keyring
    post.keyring = Keyring([("newer", bytes(32))])
    post.put()
    post.deliver()
    assert (mailbox.attempts, post.states()) == (0, ["waiting"])
    post.postbox = replace(post.postbox, keyring=post.keyring)
    post.clock.advance(60)
    post.deliver()
    assert mailbox.attempts == 1
    assert known.key_ids != post.keyring.key_ids


def test_trying_ends_when_the_code_is_of_no_more_use(post: Post, mailbox: Mailbox) -> None:
    mailbox.answers = ["451 busy"] * 100
    post.put(kind="forgot-password")
    for _ in range(100):
        post.deliver()
        post.clock.advance(60)
    assert post.states() == ["failed"]
    assert 5 < mailbox.attempts < 30


def test_a_message_that_slept_too_long_is_not_sent(post: Post, mailbox: Mailbox) -> None:
    post.put(kind="forgot-password")
    post.clock.advance(3601)
    post.deliver()
    assert mailbox.attempts == 0
    assert post.states() == ["failed"]


def test_an_unreachable_server_is_not_asked_for_every_message(tmp_path: Path) -> None:
    post = Post(tmp_path, plain(free_port()))
    for number in range(3):
        post.put(f"{number:06}")
    assert post.deliver() == 1
    assert post.states() == ["waiting"] * 3
    assert sum(one.row.attempts for one in post.held()) == 1


def test_without_a_mail_server_messages_are_kept_readable(tmp_path: Path) -> None:
    post = Post(tmp_path, None)
    post.put()
    post.deliver()
    (held,) = post.held()
    assert held.row.state == "kept"
    assert held.message is not None
    assert held.message.code == "123456"


def test_an_sms_is_kept_where_only_mail_can_be_delivered(post: Post, mailbox: Mailbox) -> None:
    post.put(medium="SMS", destination="+442079460123")
    post.put()
    post.deliver()
    assert post.states() == ["kept", "delivered"]


def test_what_was_interrupted_is_not_sent_twice(post: Post, mailbox: Mailbox) -> None:
    post.put()
    with post.store.writing() as tx:
        (row,) = queries.due(tx, NOW, 1)
        assert queries.begin(tx, row, NOW + LEASE_SECONDS)
        assert not queries.begin(tx, row, NOW + LEASE_SECONDS), "of two workers one begins"
    post.deliver()
    assert post.states() == ["delivering"]
    post.clock.advance(LEASE_SECONDS)
    post.deliver()
    (held,) = post.held()
    assert held.row.state == "failed"
    assert "may have arrived" in (held.row.problem or "")
    assert held.message is not None
    assert mailbox.attempts == 0


def test_a_connection_that_breaks_after_the_body_is_not_tried_again(tmp_path: Path) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    bodies: list[bytes] = []

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rwb") as stream:

            def say(text: bytes) -> None:
                stream.write(text + b"\r\n")
                stream.flush()

            say(b"220 here")
            for answer in (b"250 here", b"250 ok", b"250 ok", b"354 go on"):
                stream.readline()
                say(answer)
            line = b""
            while line != b".\r\n":
                line = stream.readline()
                bodies.append(line)

    thread = threading.Thread(target=serve)
    thread.start()
    post = Post(tmp_path, plain(listener.getsockname()[1]))
    post.put()
    post.deliver()
    thread.join(10)
    listener.close()
    assert bodies[-1] == b".\r\n"
    (held,) = post.held()
    assert held.row.state == "failed"
    assert "may have arrived" in (held.row.problem or "")


def test_a_destination_that_would_break_the_protocol_fails_alone(post: Post, mailbox: Mailbox) -> None:
    post.put(destination="alice@example.org\r\nRCPT TO:<eve@example.org>")
    post.put()
    post.deliver()
    assert post.states() == ["failed", "delivered"]
    assert mailbox.recipients == ["alice@example.org"]


def test_a_name_with_letters_of_any_script_is_an_address(post: Post, mailbox: Mailbox) -> None:
    post.put(destination="grüße@example.org")
    post.deliver()
    (held,) = post.held()
    assert held.row.state in {"delivered", "failed"}
    assert (held.row.state == "delivered") == (mailbox.recipients == ["grüße@example.org"])


def test_a_message_moved_to_another_row_does_not_open(post: Post, mailbox: Mailbox) -> None:
    post.put("111111")
    post.put("222222")
    with post.store.writing() as tx:
        one, other = queries.due(tx, NOW, 2)
        moved = update(tables.outbox).where(tables.outbox.c.message_id == one.message_id)
        tx.execute(moved.values(sealed_message=other.sealed_message))
    deliver_due(post.postbox)
    with post.store.reading() as tx:
        assert [row.state for row in queries.latest(tx, POOL_ID, 2)] == ["failed", "delivered"]
    assert len(mailbox.mails) == 1


# The SMTP server of the test does not know that its whole connection is inside TLS, and warns.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_goes_out_protected_and_with_a_login(tmp_path: Path, mailbox: Mailbox, security: Any) -> None:
    certificate = self_signed(tmp_path, "127.0.0.1")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate.chain, certificate.key)
    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=free_port(),
        ssl_context=context if security == "tls" else None,
        tls_context=context if security == "starttls" else None,
        require_starttls=security == "starttls",
        authenticator=mailbox.authenticate,
        auth_required=True,
        auth_require_tls=security == "starttls",
    )
    controller.start()
    trusted = ssl.create_default_context(cafile=str(certificate.chain))

    def server(password: str, tls: ssl.SSLContext | None) -> SmtpServer:
        return SmtpServer(
            host="127.0.0.1",
            port=controller.port,
            security=security,
            sender="no-reply@example.org",
            username="doorward",
            password=password,
            tls=tls,
        )

    try:
        for folder, chosen, state in (
            ("stranger", server("open sesame", None), "waiting"),
            ("wrong", server("open barley", trusted), "waiting"),
            ("right", server("open sesame", trusted), "delivered"),
        ):
            post = Post(tmp_path / folder, chosen)
            post.put()
            post.deliver()
            (held,) = post.held()
            assert held.row.state == state, folder
            if folder == "stranger":
                assert mailbox.logins == [], "no login goes to a server that is not trusted"
    finally:
        controller.stop()
    assert mailbox.recipients == ["alice@example.org"]


def test_nothing_readable_lies_in_the_database(tmp_path: Path) -> None:
    post = Post(tmp_path, None)
    post.put("987654", text="open barley 987654")
    post.store.close()
    stored = b"".join(file.read_bytes() for file in tmp_path.glob("doorward.db*"))
    assert b"987654" not in stored
    assert b"alice@example.org" not in stored


def test_a_sign_ups_code_arrives_by_mail(tmp_path: Path, smtp_port: int, mailbox: Mailbox) -> None:
    with running(tmp_path, smtp_host="127.0.0.1", smtp_port=smtp_port) as server:
        pool = make_pool(
            server,
            VerificationMessageTemplate={
                "EmailSubject": "Welcome",
                "EmailMessage": "<p>Dear {username}, it is {####}</p>",
            },
        )
        pool.sign_up("alice", email="alice@example.org")
        assert mailbox.arrived.wait(20)
        (mail,) = mailbox.mails
        assert mail["Subject"] == "Welcome"
        body = mail.get_body(("plain",))
        assert body is not None
        pool.confirm("alice", body.get_content().strip().removeprefix("Dear alice, it is "))


def test_messages_are_forgotten_in_time(clocked: ClockedServer) -> None:
    pool = make_pool(clocked)
    pool.sign_up("alice")
    deliver_due(
        Postbox(
            store=clocked.services.store,
            keyring=clocked.services.keyring,
            clock=clocked.services.clock,
            server=None,
        )
    )
    assert len(clocked.messages(pool.id)) == 1
    clocked.clock.advance(8 * 86_400)
    delete_expired(clocked.services)
    assert clocked.messages(pool.id) == []
