"""An e-mail as MIME, and what is not let into one."""

from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorward.messages.outbox import Message
from doorward.messages.smtp import Refused, as_mail


def message(**members: object) -> Message:
    return Message(
        **{  # type: ignore[arg-type]  # members by name
            "pool_id": "eu-west-1_aB3dE5fG7",
            "sub": "sub",
            "created_at": 1_700_000_000.0,
            "kind": "sign-up",
            "medium": "EMAIL",
            "destination": "alice@example.org",
            "username": "alice",
            "code": "123456",
            "subject": "Your code",
            "text": "It is 123456.",
            "html": "<p>It is 123456.</p>",
            **members,
        }
    )


def test_both_parts_and_the_headers_are_there() -> None:
    mail = as_mail(message(reply_to="help@example.org"), "one", "Doorward <no-reply@example.org>")
    assert mail["To"] == "alice@example.org"
    assert mail["Reply-To"] == "help@example.org"
    assert mail["Message-ID"] == "<one@example.org>"
    assert mail["Date"] == "Tue, 14 Nov 2023 22:13:20 -0000"
    parts = [part.get_content_type() for part in mail.iter_parts()]
    assert parts == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    "address",
    [
        "alice@example.org\r\nBcc: eve@example.org",
        "alice@example.org, eve@example.org",
        "alice@example.org\neve",
        "no address",
        "",
        "@example.org",
        "a b@example.org",
    ],
)
def test_what_is_not_one_address_is_refused(address: str) -> None:
    for members in ({"destination": address}, {"sender": address or "nobody"}, {"reply_to": address or "x"}):
        with pytest.raises(Refused):
            as_mail(message(**members), "one", "no-reply@example.org")


@given(st.text(min_size=1, max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_nothing_adds_a_header_or_a_recipient(destination: str, subject: str, sender: str) -> None:
    try:
        mail = as_mail(
            message(destination=destination, subject=subject, sender=sender or None),
            "one",
            "no-reply@example.org",
        )
        # As it is sent: an address beyond ASCII goes only to servers that take it as it is (SMTPUTF8).
        utf8 = not f"{mail['From']}{mail['To']}".isascii()
        headers = mail.as_bytes(policy=SMTP.clone(utf8=utf8)).partition(b"\r\n\r\n")[0]
    except (Refused, UnicodeEncodeError):
        return
    names = [
        line.partition(b":")[0].lower() for line in headers.split(b"\r\n") if line[:1] not in (b" ", b"\t")
    ]
    assert sorted(names) == sorted(
        b"from to subject date message-id auto-submitted mime-version content-type".split()
    )
    assert len(mail["To"].addresses) <= 1
