"""Write docs/choice-based-sign-in.md: what becomes of a sign-in that began with a code, case by case.

As in `tools.responses`, cases and rule stand here a second time, apart from the code that acts, so that
`tests/scenarios/test_code_responses.py` can hold the server to them.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from tools.first_factor_cases import FirstFactorCase, Rule, tables
from tools.passkey_responses import passkey_section
from tools.responses import ABLE, UNABLE

PAGE: Final = Path("docs/choice-based-sign-in.md")

WAYS: Final = ("e-mail code", "SMS code", "admin, e-mail code", "admin, SMS code")
OTHER, SAME, BOTH = "one, of the other channel", "one, of the same channel", "both codes"
"""Whether a factor is of the same channel or the other follows from the code that the user began with."""
USERS: Final = (ABLE, UNABLE, OTHER, SAME, BOTH)


def code_cases() -> Iterator[FirstFactorCase]:
    """Yield every case of a sign-in that begins with a code."""
    for case in _RULE.cases():
        yield replace(
            case,
            outcome=_by_name(case.outcome, case.flow),
            enforced=_by_name(case.enforced, case.flow),
        )


_RULE: Final = Rule(
    ways=WAYS,
    with_mfa=USERS,
    without_mfa=(UNABLE, OTHER),
    owing=frozenset({OTHER, SAME, BOTH}),
    shown={OTHER: OTHER, BOTH: OTHER},
    without_any=UNABLE,
)


def _by_name(outcome: str, way: str) -> str:
    """Call the other channel's challenge by its name."""
    if outcome != OTHER:
        return outcome
    return "EMAIL_OTP" if "SMS" in way else "SMS_MFA"


_HEAD: Final = """# Choice-based sign-in

`AuthFlow=USER_AUTH` asks a user for his name first, and then how he wants to begin: with his password, with a code by
e-mail or SMS, or with a passkey. The pool allows it by `Policies.SignInPolicy.AllowedFirstAuthFactors`, the app client
by `ALLOW_USER_AUTH` in ExplicitAuthFlows. `make responses` writes this page from the cases that
`tests/scenarios/test_code_responses.py` plays through the server, one by one.

```console
$ aws cognito-idp initiate-auth --client-id $CLIENT --auth-flow USER_AUTH \\
    --auth-parameters USERNAME=anna,PREFERRED_CHALLENGE=EMAIL_OTP
$ aws cognito-idp respond-to-auth-challenge --client-id $CLIENT --challenge-name EMAIL_OTP --session $SESSION \\
    --challenge-responses USERNAME=anna,EMAIL_OTP_CODE=123456
```

## The challenges

Without `PREFERRED_CHALLENGE`, or with one that the user does not have, `SELECT_CHALLENGE` is put, and
`AvailableChallenges` tells what he has.

| first factor | where it is preferred (AuthParameters) or chosen (`ANSWER`) | else the challenge and its answer |
|---|---|---|
| `PASSWORD` | with `PASSWORD` | `PASSWORD`: `PASSWORD` |
| `PASSWORD_SRP` | with `SRP_A`; `PASSWORD_VERIFIER` follows | `PASSWORD_SRP`: `SRP_A` |
| `EMAIL_OTP` | the code is sent | `EMAIL_OTP`: `EMAIL_OTP_CODE` |
| `SMS_OTP` | the code is sent | `SMS_OTP`: `SMS_OTP_CODE` |
| `WEB_AUTHN` | the challenge is put | `WEB_AUTHN`: `CREDENTIAL` ([passkeys.md](passkeys.md)) |

- Every answer has `USERNAME` and, where the client has a secret, `SECRET_HASH`. A session serves once.
- An `ANSWER` that is not available is `InvalidParameterException`, and the session goes on waiting.
- Step-up authentication (`ACCESS_TOKEN`, `TARGET_ACR_VALUES`) is refused; it is not built yet.
- What is sent goes to the *verified* address; where it goes is told masked, as with second factors.

## Who can begin with a code

A user who is confirmed and enabled and whose address is verified, where the pool allows it. As in Cognito, whoever has
to show a second factor (the pool's MFA is `ON`, or he has turned one on) begins with his password.

A user *without* a password would have no way in then. Here, other than in Cognito, he begins with a code all the
same, and the second factor has to be of another channel: reading one mailbox twice proves no more than reading it once.
So behind a code by e-mail counts the app or a code by SMS, behind a code by SMS the app or a code by e-mail. Where he
holds none of these he is treated as a user without a second factor who has to show one.

The same holds where the second factor is asked for by risk. In [adaptive-authentication.md](adaptive-authentication.md)
read "first factor" for the password; `MFAS_CAN_SETUP` does not name the channel that he came by.

## Users without a password

SignUp needs no `Password` where the client allows `USER_AUTH` and the user gives an address that the pool verifies at
sign-up and to which it sends first factors. The code of the sign-up goes to such an address. He can get a password
later: by ChangePassword, which asks him for no earlier one, or by ForgotPassword.

AdminCreateUser without a `TemporaryPassword` makes such a user too, confirmed at once, where one of his addresses is
verified and the pool sends first factors to it. The pool's invitation is sent unless it speaks of `{####}`.

SignUp returns a `Session`; ConfirmSignUp takes it and returns another; InitiateAuth with `USER_AUTH` and that one
gives the tokens, or what else is to be shown: the code of the sign-up was the first factor. It works with a password
too, where a code could be the user's first factor. With a session that has expired the user is confirmed and not signed
in.

## What a stranger can do

Anybody who knows a name can have codes sent, and guess.

- A code belongs to one session and lives no longer. Five wrong ones end the session; ten within an hour or a hundred
  within 30 days close codes as first factors. They are counted apart from second factors and from wrong passwords, and
  known networks and devices of the user count apart from all others (where advanced security is `OFF` none is known).
- Ten codes an hour are sent to who asks from one such place, and to an address no more than
  `DOORWARD_MESSAGES_PER_ADDRESS` in all. What strangers ask for, by ForgotPassword too, leaves some to the user at
  home, and some to second factors: half as many again, to his verified address. A right code forgets those asked for
  from its place.
- Nothing is sent while the user is locked out for wrong passwords, nor to an always-blocked address.
- The session of a first factor is none of a second, though both are called `EMAIL_OTP`. A user who was disabled, moved
  his address or turned a factor on meanwhile is asked in vain.
- Where the client hides who exists, a name that leads to nobody is offered what a user of the pool might have, always
  the same; a code for it is counted, never sent and never right. A user who has nothing to begin with (not confirmed,
  without a password) looks like nobody too. Elsewhere he is told what stands in his way.

In events the first factor is told as `Password`, the API's only word for it; each wrong code is an event of its own,
like a wrong password. Codes that were never answered leave none.

## Case by case
"""


def page() -> str:
    """Return the page."""
    listed = list(code_cases())
    counted = (
        f'\n{len(listed)} of them. "Would" is what the event of an AUDIT sign-in tells. '
        "The channel is that of the code.\n"
    )
    return _HEAD + counted + tables(listed) + passkey_section()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
