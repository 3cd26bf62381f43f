"""The templates of the mails that tell a user of a risky sign-in (NotifyConfiguration)."""

import re
from typing import Final

from doorward.wire.contract import NotifyConfigurationType, NotifyEmailType
from doorward.wire.errors import InvalidParameterException

PLACEHOLDERS: Final = frozenset(
    {
        "username",
        "ip-address",
        "city",
        "country",
        "login-time",
        "device-name",
        "event-id",
        "feedback-token",
        "one-click-link-valid",
        "one-click-link-invalid",
    }
)
"""What may stand in braces in a template."""

_LINKS: Final = frozenset({"one-click-link-valid", "one-click-link-invalid"})
# A style sheet's braces hold a colon, so they are not taken for a placeholder.
_IN_BRACES: Final = re.compile(r"\{([A-Za-z0-9_#-]+)\}")


def check_templates(notification: NotifyConfigurationType, *, has_domain: bool) -> None:
    """Check every template.

    Raises InvalidParameterException for a placeholder that does not exist, which it names, and for a one-click
    link in a pool without a domain to link to.
    """
    for name, mail in (
        ("BlockEmail", notification.block_email),
        ("MfaEmail", notification.mfa_email),
        ("NoActionEmail", notification.no_action_email),
    ):
        if mail is not None:
            _check_mail(name, mail, has_domain)


def _check_mail(name: str, mail: NotifyEmailType, has_domain: bool) -> None:
    for part in (mail.subject, mail.html_body, mail.text_body):
        for placeholder in _IN_BRACES.findall(part or ""):
            if placeholder not in PLACEHOLDERS:
                raise InvalidParameterException(f"{name} has the unknown placeholder {{{placeholder}}}.")
            if placeholder in _LINKS and not has_domain:
                raise InvalidParameterException(
                    f"{name} has the placeholder {{{placeholder}}}, which needs the user pool to have a domain."
                )
