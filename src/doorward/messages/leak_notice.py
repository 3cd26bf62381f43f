"""The mail that tells a user that his password stands in a leak.

It holds no link: a mail that frightens and links is what phishing looks like, and this one must not teach it.
"""

from html import escape

from doorward.clock import Instant
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.directory.usernames import known_as
from doorward.messages.compose import plain_text
from doorward.messages.outbox import Message

SUBJECT = "Please choose a new password"

_HTML = """<p>Hello {name},</p>
<p>the password of your account has turned up in a list of stolen passwords. Such lists mostly come from other
websites; whoever reads them tries the passwords everywhere.</p>
<p>{what}</p>
<p>If you use the same password elsewhere, change it there too. This message has no link, and nobody will ask
you for your password: go to where you always sign in.</p>"""

_RESET = """It no longer signs you in. When you next sign in, choose that you have forgotten your password: you
will get a code and can set a new one."""
_ADVICE = "Please sign in and change it soon."


def leak_notice(pool: UserPool, user: User, *, reset: bool, now: Instant) -> Message | None:
    """Return the mail, or None for a user without a verified address. `reset`: he must choose anew."""
    if not user.verified("email"):
        return None
    name = known_as(pool, user)
    mail = pool.configuration.email_configuration
    # The lines of the sentences above are ours alone, and no part of the message.
    html = _HTML.replace("\n", " ").format(
        name=escape(name), what=(_RESET if reset else _ADVICE).replace("\n", " ")
    )
    return Message(
        pool_id=pool.id,
        sub=user.sub,
        created_at=now,
        kind="password-leaked",
        medium="EMAIL",
        destination=user.attributes["email"],
        username=name,
        code="",
        subject=SUBJECT,
        text=plain_text(html),
        html=html,
        sender=mail.from_ if mail else None,
        reply_to=mail.reply_to_email_address if mail else None,
    )
