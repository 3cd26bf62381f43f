"""What messages say."""

from hypothesis import given
from hypothesis import strategies as st

from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.messages.compose import compose, plain_text, template_of
from doorward.messages.outbox import Message
from doorward.wire.contract import (
    AdminCreateUserConfigType,
    EmailConfigurationType,
    MessageTemplateType,
    UserPoolType,
    VerificationMessageTemplateType,
)


def pool_with(**configuration: object) -> UserPool:
    return UserPool(
        id="eu-west-1_aB3dE5fG7",
        created_at=0,
        modified_at=0,
        configuration=UserPoolType(**configuration),  # type: ignore[arg-type]  # members by name
        tags={},
    )


def user_named(username: str) -> User:
    return User(
        pool_id="eu-west-1_aB3dE5fG7",
        sub="sub",
        username=username,
        status="UNCONFIRMED",
        enabled=True,
        created_at=0,
        modified_at=0,
        attributes={"email": "alice@example.org"},
    )


def mail(pool: UserPool, username: str = "alice", code: str = "123456") -> Message:
    return compose(
        pool,
        user_named(username),
        kind="sign-up",
        medium="EMAIL",
        destination="alice@example.org",
        code=code,
        now=1.0,
    )


def test_a_pool_without_templates_says_the_code() -> None:
    message = mail(pool_with())
    assert "123456" in message.text
    assert message.html is not None
    assert "123456" in message.html
    assert message.subject


def test_the_template_wins_over_the_older_fields_member_by_member() -> None:
    pool = pool_with(
        email_verification_message="old {####}",
        email_verification_subject="old subject",
        verification_message_template=VerificationMessageTemplateType(email_message="new {####}"),
    )
    message = mail(pool)
    assert message.html == "new 123456"
    assert message.subject == "old subject"


def test_an_invitation_has_templates_of_its_own() -> None:
    pool = pool_with(
        email_verification_message="code {####}",
        admin_create_user_config=AdminCreateUserConfigType(
            invite_message_template=MessageTemplateType(sms_message="{username}: {####}")
        ),
    )
    template = template_of(pool, "invitation")
    assert template.sms == "{username}: {####}"
    assert "code {####}" not in template.email


def test_html_shows_a_name_as_it_is_and_never_obeys_it() -> None:
    pool = pool_with(email_verification_message="<p>Dear {username},</p>your code: {####}")
    message = mail(pool, username="<script>x</script>&")
    assert message.html is not None
    assert "<script>" not in message.html
    assert message.text.startswith("Dear <script>x</script>&,")


def test_a_name_that_looks_like_a_placeholder_stays_a_name() -> None:
    message = mail(pool_with(email_verification_message="{username} {####}"), username="{####}")
    assert message.text == "{####} 123456"


def test_a_subject_is_one_line() -> None:
    message = mail(pool_with(email_verification_subject="Code\r\nBcc: eve@example.org"))
    assert "\n" not in message.subject
    assert "\r" not in message.subject


def test_the_sender_is_the_pools() -> None:
    pool = pool_with(
        email_configuration=EmailConfigurationType(
            from_="Ours <us@example.org>", reply_to_email_address="help@example.org"
        )
    )
    message = mail(pool)
    assert (message.sender, message.reply_to) == ("Ours <us@example.org>", "help@example.org")


def test_an_sms_has_neither_subject_nor_html() -> None:
    message = compose(
        pool_with(sms_verification_message="{####} is it"),
        user_named("alice"),
        kind="resend",
        medium="SMS",
        destination="+442079460123",
        code="654321",
        now=1.0,
    )
    assert (message.text, message.subject, message.html) == ("654321 is it", "", None)


def test_a_message_shows_nothing_of_itself() -> None:
    assert "123456" not in repr(mail(pool_with()))


def test_plain_text_has_the_words_and_the_line_ends() -> None:
    html = "<html><head><title>t</title><style>p{}</style></head><p>One &amp; two</p>\n<p>three<br>four</p>"
    assert plain_text(html).split() == ["One", "&", "two", "three", "four"]
    assert "three\nfour" in plain_text(html)


@given(st.text())
def test_any_template_makes_some_text(html: str) -> None:
    assert isinstance(plain_text(html), str)
