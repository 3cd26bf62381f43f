"""One class per exception of the API. Each docstring says when it is raised and what may reach a client.

The classes bear Cognito's names, so that a client's `except client.exceptions.X` finds them. The message is
sent to the caller as it is: it may name the caller's own parameters, never a secret, and never anything about
another user.
"""


class CognitoError(Exception):
    """The base: an answer that is not a success. `status` is the HTTP status."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    @property
    def name(self) -> str:
        """The exception's name on the wire."""
        return type(self).__name__


class AccessDeniedException(CognitoError):
    """The access key is valid but may not do this: its role, or its pool, says no."""


class AliasExistsException(CognitoError):
    """A verified e-mail address, phone number or preferred user name already belongs to another user."""


class CodeDeliveryFailureException(CognitoError):
    """A code could not be handed to the messages' way out."""


class CodeMismatchException(CognitoError):
    """The code is not the one that was sent. Never says how close it was."""


class ConcurrentModificationException(CognitoError):
    """Two callers changed the same thing at once; the later one may try again."""


class DeviceKeyExistsException(CognitoError):
    """The device was confirmed already."""


class EnableSoftwareTokenMFAException(CognitoError):
    """The software token could not be enabled."""


class ExpiredCodeException(CognitoError):
    """The code is too old, was replaced, or was used up."""


class ForbiddenException(CognitoError):
    """The request was refused before it was looked at."""


class GroupExistsException(CognitoError):
    """The pool has a group of that name."""


class InvalidLambdaResponseException(CognitoError):
    """A trigger's function answered with what is no answer to its event. Never repeats the answer."""


class InvalidParameterException(CognitoError):
    """Something in the request breaks a constraint. Says which; never repeats a sensitive value."""


class InvalidPasswordException(CognitoError):
    """The new password breaks the pool's policy, or is known from breaches. Never repeats it."""


class LimitExceededException(CognitoError):
    """Too many attempts in the window, or a quota is used up."""


class NotAuthorizedException(CognitoError):
    """Wrong credentials, wrong session, revoked token, locked or blocked: one name for all of them."""


class PasswordHistoryPolicyViolationException(CognitoError):
    """The new password is one of the last ones."""


class PasswordResetRequiredException(CognitoError):
    """The password is right, and may no longer be used: ForgotPassword is the way out."""


class ResourceNotFoundException(CognitoError):
    """The pool, the app client or another thing named in the request does not exist."""


class ServiceQuotaExceededException(CognitoError):
    """A quota of the server is used up."""


class TooManyFailedAttemptsException(CognitoError):
    """Too many failed attempts with one code."""


class SoftwareTokenMFANotFoundException(CognitoError):
    """The pool does not offer software tokens, or the user has none."""


class TooManyRequestsException(CognitoError):
    """The caller should slow down."""


class UnauthorizedException(CognitoError):
    """The request carries no proof of who makes it."""


class UnexpectedLambdaException(CognitoError):
    """A trigger's function could not be called, or did not answer in time. Never names its endpoint."""


class UnsupportedOperationException(CognitoError):
    """The pool or client is not set up for this."""


class UnsupportedTokenTypeException(CognitoError):
    """RevokeToken takes refresh tokens only."""


class UnsupportedUserStateException(CognitoError):
    """The user's status does not allow this."""


class UserLambdaValidationException(CognitoError):
    """A trigger's function ended with an error. Bears the function's own message, which is meant for the user."""


class UserNotConfirmedException(CognitoError):
    """The password is right, the sign-up is not confirmed yet."""


class UserNotFoundException(CognitoError):
    """No such user. For public calls only where the client does not hide who exists."""


class UserPoolAddOnNotEnabledException(CognitoError):
    """The pool's advanced security is OFF."""


class UserPoolTaggingException(CognitoError):
    """The pool's tags cannot be changed so."""


class UsernameExistsException(CognitoError):
    """The pool has a user of that name."""


class InvalidUserPoolConfigurationException(CognitoError):
    """The pool's configuration contradicts what is asked."""


class MFAMethodNotFoundException(CognitoError):
    """The user holds no such second factor."""


class ScopeDoesNotExistException(CognitoError):
    """The app client names an OAuth scope that the pool does not define."""


class InvalidOAuthFlowException(CognitoError):
    """The app client's OAuth flows contradict each other."""


class FeatureUnavailableInTierException(CognitoError):
    """The pool's tier does not carry this feature."""


class TierChangeNotAllowedException(CognitoError):
    """The pool cannot move to that tier."""


class WebAuthnChallengeNotFoundException(CognitoError):
    """The registration of a passkey was not begun, has expired, or has been completed already."""


class WebAuthnClientMismatchException(CognitoError):
    """The registration of a passkey was begun with another app client's access token."""


class WebAuthnConfigurationMissingException(CognitoError):
    """The pool has no relying party that passkeys could be bound to."""


class WebAuthnCredentialNotSupportedException(CognitoError):
    """The authenticator's passkey is of a kind that the pool does not take."""


class WebAuthnNotEnabledException(CognitoError):
    """The pool's sign-ins cannot begin with a passkey."""


class WebAuthnOriginNotAllowedException(CognitoError):
    """The passkey was made on a page that is none of the relying party's."""


class WebAuthnRelyingPartyMismatchException(CognitoError):
    """The passkey is bound to another relying party."""


class RefreshTokenReuseException(CognitoError):
    """A refresh token was used again after it had been replaced."""


# Answers of the transport, which no operation's model lists.


class SerializationException(CognitoError):
    """The body is not a JSON object of the right types."""


class UnknownOperationException(CognitoError):
    """There is no such operation, or this server does not have it yet. The message names it."""


class MissingAuthenticationTokenException(CognitoError):
    """The operation needs a signature and the request has none."""


class InvalidSignatureException(CognitoError):
    """The signature is wrong, too old, or for another service."""


class UnrecognizedClientException(CognitoError):
    """There is no such access key."""


class IncompleteSignatureException(CognitoError):
    """The Authorization header lacks a part."""


class RequestEntityTooLargeException(CognitoError):
    """The body is larger than the server takes."""

    status = 413


class RequestHeadersTooLargeException(CognitoError):
    """The headers are longer, or more, than the server takes."""

    status = 431


class RequestTimeoutException(CognitoError):
    """The request did not arrive whole in the time it is given."""

    status = 408


class ServiceUnavailableException(CognitoError):
    """The server has as many connections as it takes. A client may try again."""

    status = 503


class InternalErrorException(CognitoError):
    """The server failed. Says nothing but the request id under which the log tells more."""

    status = 500
