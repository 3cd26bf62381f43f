"""What a message says: the pool's templates, or our own sentences where it has none.

`{####}` stands for the code or the temporary password, `{username}` for the user's name. E-mail templates are
HTML: what is filled in is escaped there, and a plain text is made of the HTML, so that both can be sent.
"""

import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import Final

from doorward.clock import Instant
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.directory.usernames import known_as
from doorward.messages.outbox import Medium, Message, MessageKind

CODE: Final = "{####}"
USERNAME: Final = "{username}"


@dataclass(frozen=True, slots=True)
class Template:
    """The texts of one kind of message; `email` is HTML."""

    subject: str
    email: str
    sms: str


_DEFAULT_CODE: Final = Template(
    subject="Your verification code",
    email="Your verification code is {####}.",
    sms="Your verification code is {####}.",
)
_DEFAULT_AUTHENTICATION: Final = Template(
    subject="Your sign-in code",
    email="Your sign-in code is {####}.",
    sms="Your sign-in code is {####}.",
)
_DEFAULT_INVITATION: Final = Template(
    subject="Your temporary password",
    email="Your user name is {username} and your temporary password is {####}",
    sms="Your user name is {username} and your temporary password is {####}",
)
_DEFAULT_WELCOME: Final = Template(
    subject="Your new account",
    email="Your user name is {username}. When you sign in with it, a code is sent to you.",
    sms="Your user name is {username}. When you sign in with it, a code is sent to you.",
)

_BREAKING_TAGS: Final = frozenset(
    {"address", "br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ol", "p", "table", "tr", "ul"}
)
_UNSEEN_TAGS: Final = frozenset({"head", "script", "style", "template", "title"})
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def compose(
    pool: UserPool,
    user: User,
    *,
    kind: MessageKind,
    medium: Medium,
    destination: str,
    code: str,
    now: Instant,
) -> Message:
    """Return the message that brings a user a code, a temporary password (`invitation`), or no secret (`welcome`)."""
    template = template_of(pool, kind)
    name = known_as(pool, user)
    values = {CODE: code, USERNAME: name}
    mail = pool.configuration.email_configuration
    if medium == "SMS":
        subject, text, html = "", _fill(template.sms, values), None
    else:
        subject = _CONTROLS.sub(" ", _fill(template.subject, values)).strip()
        html = _fill(template.email, {name: escape(value) for name, value in values.items()})
        text = plain_text(html)
    return Message(
        pool_id=pool.id,
        sub=user.sub,
        created_at=now,
        kind=kind,
        medium=medium,
        destination=destination,
        username=name,
        code=code,
        subject=subject,
        text=text,
        html=html,
        sender=mail.from_ if mail else None,
        reply_to=mail.reply_to_email_address if mail else None,
    )


def template_of(pool: UserPool, kind: MessageKind) -> Template:
    """Return the texts for a kind of message.

    A VerificationMessageTemplate wins over the older single fields (EmailVerificationMessage and its like);
    what neither says is ours.
    """
    configuration = pool.configuration
    if kind in {"invitation", "welcome"}:
        return _invitation(pool, with_password=kind == "invitation")
    if kind == "authentication":
        by_mail = pool.factors.email
        return Template(
            subject=(by_mail and by_mail.subject) or _DEFAULT_AUTHENTICATION.subject,
            email=(by_mail and by_mail.message) or _DEFAULT_AUTHENTICATION.email,
            sms=configuration.sms_authentication_message or _DEFAULT_AUTHENTICATION.sms,
        )
    verification = configuration.verification_message_template
    return Template(
        subject=(verification and verification.email_subject)
        or configuration.email_verification_subject
        or _DEFAULT_CODE.subject,
        email=(verification and verification.email_message)
        or configuration.email_verification_message
        or _DEFAULT_CODE.email,
        sms=(verification and verification.sms_message)
        or configuration.sms_verification_message
        or _DEFAULT_CODE.sms,
    )


def _invitation(pool: UserPool, *, with_password: bool) -> Template:
    """Return the pool's invitation. One that is made for a temporary password invites nobody who has none."""
    own = pool.configuration.admin_create_user_config
    invite = own.invite_message_template if own else None
    default = _DEFAULT_INVITATION if with_password else _DEFAULT_WELCOME
    email, sms = (invite and invite.email_message) or "", (invite and invite.sms_message) or ""
    email, sms = (text if with_password or CODE not in text else "" for text in (email, sms))
    subject = (invite and invite.email_subject) if email or with_password else None
    return Template(subject=subject or default.subject, email=email or default.email, sms=sms or default.sms)


def plain_text(html: str) -> str:
    """Return what a reader of the HTML sees, without its markup."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = ("".join(reader.pieces)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def _fill(template: str, values: dict[str, str]) -> str:
    """Fill in all placeholders at once, so that a value that looks like one stays what it is."""
    return re.sub("|".join(map(re.escape, values)), lambda found: values[found[0]], template)


class _Reader(HTMLParser):
    """Collects the text of a document."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _UNSEEN_TAGS:
            self._unseen += 1
        elif tag in _BREAKING_TAGS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN_TAGS:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _BREAKING_TAGS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(data)
