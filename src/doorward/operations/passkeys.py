"""Passkeys: registered, listed and deleted by the user whose access token it is."""

from typing import Final

import msgspec

from doorward.call import Call
from doorward.directory.passkey import Passkey
from doorward.directory.queries import passkeys
from doorward.directory.queries.passkeys import Position
from doorward.operations import pagination
from doorward.signin.passkeys import registering
from doorward.signin.passkeys.answers import CeremonyError, read_registration
from doorward.wire.contract import (
    CompleteWebAuthnRegistrationRequest,
    CompleteWebAuthnRegistrationResponse,
    DeleteWebAuthnCredentialRequest,
    DeleteWebAuthnCredentialResponse,
    ListWebAuthnCredentialsRequest,
    ListWebAuthnCredentialsResponse,
    StartWebAuthnRegistrationRequest,
    StartWebAuthnRegistrationResponse,
    WebAuthnCredentialDescription,
)
from doorward.wire.errors import InvalidParameterException, ResourceNotFoundException

LARGEST_PAGE: Final = 20

_position = msgspec.json.Decoder(Position)


def start_web_authn_registration(
    call: Call, request: StartWebAuthnRegistrationRequest
) -> StartWebAuthnRegistrationResponse:
    """Return what the browser is to be asked to make a passkey (PublicKeyCredentialCreationOptionsJSON).

    Raises NotAuthorizedException where the token is not good; WebAuthnNotEnabledException where the pool's sign-ins
    cannot begin with a passkey, WebAuthnConfigurationMissingException where it has no relying party;
    PasswordResetRequiredException; LimitExceededException where the user has as many passkeys as he can.
    """
    with call.writing() as tx:
        bearer = call.services.issuer.bearer(tx, request.access_token, call.now)
        options = registering.start(tx, call, bearer)
    return StartWebAuthnRegistrationResponse(credential_creation_options=options)


def complete_web_authn_registration(
    call: Call, request: CompleteWebAuthnRegistrationRequest
) -> CompleteWebAuthnRegistrationResponse:
    """Register the passkey that the browser has made (RegistrationResponseJSON). A challenge serves once.

    Raises NotAuthorizedException where the token is not good, WebAuthnNotEnabledException,
    PasswordResetRequiredException; InvalidParameterException for what is no credential, proves nothing, or is
    registered already; WebAuthnChallengeNotFoundException, WebAuthnClientMismatchException,
    WebAuthnOriginNotAllowedException, WebAuthnRelyingPartyMismatchException; and
    WebAuthnCredentialNotSupportedException for a key that is not taken, or where the authenticator had to verify
    its user and did not.
    """
    with call.writing() as tx:
        bearer = call.services.issuer.bearer(tx, request.access_token, call.now)
        try:
            answer = read_registration(request.credential)
        except CeremonyError:
            raise InvalidParameterException("Credential is not a RegistrationResponseJSON.") from None
        refusal = registering.refusal(tx, call, bearer, answer)
    # The challenge is used up, so its transaction is committed before the answer is refused.
    if refusal is not None:
        raise refusal
    return CompleteWebAuthnRegistrationResponse()


def list_web_authn_credentials(
    call: Call, request: ListWebAuthnCredentialsRequest
) -> ListWebAuthnCredentialsResponse:
    """Return a page of the passkeys of the user whose access token it is, the oldest first.

    Raises NotAuthorizedException where the token is not good, InvalidParameterException where the page's is not.
    """
    with call.reading() as tx:
        user = call.services.issuer.bearer(tx, request.access_token, call.now).user
        scope = (user.pool_id, user.sub)
        position = pagination.position(call, scope, request.next_token)
        after = _position.decode(position) if position is not None else None
        most = request.max_results or LARGEST_PAGE
        found = passkeys.page(tx, user.pool_id, user.sub, most + 1, after)
    shown, next_token = pagination.page(call, scope, found, most, _key)
    return ListWebAuthnCredentialsResponse(
        credentials=[_to_wire(passkey) for passkey in shown], next_token=next_token
    )


def delete_web_authn_credential(
    call: Call, request: DeleteWebAuthnCredentialRequest
) -> DeleteWebAuthnCredentialResponse:
    """Delete a passkey of the user whose access token it is: it signs in no more.

    Raises NotAuthorizedException where the token is not good, ResourceNotFoundException where he has no such
    passkey.
    """
    with call.writing() as tx:
        user = call.services.issuer.bearer(tx, request.access_token, call.now).user
        if not passkeys.remove(tx, user.pool_id, user.sub, request.credential_id):
            raise ResourceNotFoundException("Credential does not exist.")
    return DeleteWebAuthnCredentialResponse()


def _key(passkey: Passkey) -> str:
    return msgspec.json.encode(Position(passkey.created_at, passkey.id)).decode()


def _to_wire(passkey: Passkey) -> WebAuthnCredentialDescription:
    return WebAuthnCredentialDescription(
        credential_id=passkey.id,
        friendly_credential_name=passkey.name,
        relying_party_id=passkey.relying_party_id,
        authenticator_attachment=passkey.attachment,
        authenticator_transports=passkey.transports,
        created_at=passkey.created_at,
    )
