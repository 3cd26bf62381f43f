"""Pools whose users may sign in with passkeys, and users who have registered one."""

import json
from typing import Any

from tests import authenticator
from tests.authenticator import PARTY, Credential
from tests.people import App, make_app, make_pool, make_user, sign_in
from tests.scenarios import choosing
from tests.scenarios.challenged import respond
from tests.server import RunningServer

PASSKEYS_ALLOWED = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}
INVALID = "InvalidParameterException"
GONE = "WebAuthnChallengeNotFoundException"
NOT_SUPPORTED = "WebAuthnCredentialNotSupportedException"
UNPROVEN = ("NotAuthorizedException", "The passkey could not be verified.")
MULTI_FACTOR = {"FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION"}


def configure(
    server: RunningServer, pool_id: str, party: str = PARTY, verification: str = "preferred", **members: str
) -> None:
    """Give a pool a relying party."""
    configuration: Any = {"RelyingPartyId": party, "UserVerification": verification, **members}
    server.administrator.set_user_pool_mfa_config(UserPoolId=pool_id, WebAuthnConfiguration=configuration)


def with_passkeys(
    server: RunningServer, party: str = PARTY, verification: str = "preferred", **pool: Any
) -> App:
    """Make a pool whose users may begin with a passkey, and an app client."""
    app = make_app(server, make_pool(server, **{"Policies": PASSKEYS_ALLOWED, **pool}))
    configure(server, app.pool_id, party, verification)
    return app


def token_of(server: RunningServer, app: App, username: str) -> str:
    """Make a user; return an access token of his."""
    make_user(server, app.pool_id, username)
    return sign_in(server, app, username)["AccessToken"]


def begin(server: RunningServer, token: str) -> Any:
    """Begin to register; return what the browser is asked."""
    return server.anonymous.start_web_authn_registration(AccessToken=token)["CredentialCreationOptions"]


def complete(server: RunningServer, token: str, answer: Any) -> None:
    """Hand in what the browser has made. Raises ClientError where that is refused."""
    server.anonymous.complete_web_authn_registration(AccessToken=token, Credential=answer)


def register(server: RunningServer, token: str, **twists: Any) -> Credential:
    """Register a passkey. Raises ClientError where that is refused."""
    credential, answer = authenticator.create(begin(server, token), **twists)
    complete(server, token, answer)
    return credential


def listed(server: RunningServer, token: str) -> list[Any]:
    """Return the user's passkeys."""
    return list(server.anonymous.list_web_authn_credentials(AccessToken=token)["Credentials"])


def asked_for_passkey(server: RunningServer, app: App, username: str) -> Any:
    """Begin to sign in with a passkey; return the challenge."""
    asked = choosing.begin(server, app, username, "WEB_AUTHN")
    assert asked["ChallengeName"] == "WEB_AUTHN"
    return asked


def options_of(asked: Any) -> Any:
    """Return what the browser is asked."""
    return json.loads(asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])


def show(
    server: RunningServer, app: App, asked: Any, username: str, credential: Credential, **twists: Any
) -> Any:
    """Answer with a passkey. Raises ClientError where that is refused."""
    answer = authenticator.get(options_of(asked), credential, **twists)
    return respond(server, app, asked, username, CREDENTIAL=json.dumps(answer))


def sign_in_with(
    server: RunningServer, app: App, username: str, credential: Credential, **twists: Any
) -> Any:
    """Sign in with a passkey from the beginning. Raises ClientError where that is refused."""
    return show(server, app, asked_for_passkey(server, app, username), username, credential, **twists)


def sign_in_by_administrator(
    server: RunningServer, app: App, username: str, credential: Credential, **context: Any
) -> Any:
    """Sign in with a passkey through a server, which may pass the circumstance on (ContextData).

    Where none is offered, what is offered instead is returned.
    """
    asked = server.administrator.admin_initiate_auth(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        AuthFlow="USER_AUTH",
        AuthParameters={"USERNAME": username, "PREFERRED_CHALLENGE": "WEB_AUTHN"},
        **context,
    )
    if asked["ChallengeName"] != "WEB_AUTHN":
        return asked
    answer = json.dumps(authenticator.get(options_of(asked), credential))
    return server.administrator.admin_respond_to_auth_challenge(
        UserPoolId=app.pool_id,
        ClientId=app.client_id,
        ChallengeName="WEB_AUTHN",
        Session=asked["Session"],
        ChallengeResponses={"USERNAME": username, "CREDENTIAL": answer},
        **context,
    )
