"""Answering MFA_SETUP: by an authenticator app that was verified on the way, or by an e-mail address."""

import msgspec
from sqlalchemy import Connection

from doorward.directory import attributes
from doorward.directory.name_claims import claim_aliases
from doorward.signin import mfa_setup
from doorward.signin.mfa_setup import CHALLENGE
from doorward.signin.request import SignInRequest
from doorward.signin.resuming import go_on
from doorward.signin.second_factor_steps import FACTOR_RIGHT, send_and_ask
from doorward.signin.second_factors import can_set_up, of_other_channel
from doorward.signin.sign_in import Answer, Challenge, Granted, SignIn
from doorward.signin.steps import grant_tokens
from doorward.wire.contract import AttributeType
from doorward.wire.errors import InvalidParameterException


def answer_mfa_setup(request: SignInRequest) -> Challenge | Granted:
    """Activate the factor that was set up and grant the tokens; or send a code to the address that is to be one.

    With EMAIL the challenge EMAIL_OTP follows. Without it the session must be the one that VerifySoftwareToken
    returned. Raises NotAuthorizedException where nothing was set up, InvalidParameterException where the pool does
    not take e-mail codes or the address may not be the user's, AliasExistsException where it is another's.
    """
    email = request.parameters.get("EMAIL")

    def set_up(tx: Connection, sign_in: SignIn) -> Answer | None:
        if email:
            return _send_to(tx, sign_in, email)
        if sign_in.answers is not None:
            state = sign_in.answers.state
            sign_in.user = mfa_setup.complete(tx, request.call, request.pool, sign_in.known_user, state)
        sign_in.answered.append(FACTOR_RIGHT)
        sign_in.proofs = (*sign_in.proofs, "SOFTWARE_TOKEN_MFA")
        sign_in.pending = "allow"
        return None

    return go_on(request, CHALLENGE, (set_up, grant_tokens))


def _send_to(tx: Connection, sign_in: SignIn, email: str) -> Answer:
    """Send a code to the address. A verified one is not replaced here: whoever has the password could do it."""
    pool, user = sign_in.pool, sign_in.known_user
    if "EMAIL_OTP" not in of_other_channel(can_set_up(pool, user), sign_in.proofs):
        raise InvalidParameterException("The user pool does not offer codes by e-mail.")
    if user.verified("email") and user.attributes["email"].casefold() != email.casefold():
        raise InvalidParameterException("EMAIL is not the verified e-mail address of the user.")
    given = [] if user.verified("email") else [AttributeType(name="email", value=email)]
    after = attributes.after_update(pool, sign_in.client, user.attributes, given)
    claim_aliases(tx, pool, msgspec.structs.replace(user, attributes=after), sign_in.call.now)
    return send_and_ask(tx, sign_in, "EMAIL_OTP", after["email"], set_up=True)
