"""What every way to sign in begins with: the client's proof, the name, and the user it leads to."""

from dataclasses import dataclass

from sqlalchemy import Connection

from doorward.call import Call
from doorward.directory.app_client import AppClient
from doorward.directory.attribute_values import LONGEST_VALUE
from doorward.directory.queries import users
from doorward.directory.user import User
from doorward.directory.user_pool import UserPool
from doorward.protection.attempt import Attempt
from doorward.protection.client_context import (
    ClientContext,
    administrator_context,
    public_context,
)
from doorward.protection.lockout_subject import lockout_subject
from doorward.signin import stand_in
from doorward.signin.client_proof import check_secret_hash
from doorward.signin.sessions import CustomRounds
from doorward.signin.sign_in import SignIn
from doorward.wire.contract import ContextDataType, UserContextDataType
from doorward.wire.errors import InvalidParameterException


@dataclass(frozen=True, kw_only=True)
class SignInRequest:
    """A request to sign in, or the answer to a challenge, whichever of the four operations it came by.

    `parameters` are AuthParameters or ChallengeResponses; `context` is what came with the call, of the
    administrator's kind or the public one. `client_metadata` is what the application says to the functions of triggers.
    """

    call: Call
    pool: UserPool
    client: AppClient
    parameters: dict[str, str]
    context: ContextDataType | UserContextDataType | None
    administrator: bool
    session: str | None = None
    client_metadata: dict[str, str] | None = None

    def parameter(self, name: str) -> str:
        """Return a parameter. Raises InvalidParameterException where it is missing."""
        value = self.parameters.get(name)
        if not value:
            raise InvalidParameterException(f"Missing required parameter {name}")
        return value

    def username(self) -> str:
        """Return the parameter USERNAME.

        Raises InvalidParameterException where it is missing, or longer than any name can be: what is tried is
        written down, whoever tries it.
        """
        name = self.parameter("USERNAME")
        if len(name) > LONGEST_VALUE:
            raise InvalidParameterException(f"USERNAME has more than {LONGEST_VALUE} characters.")
        return name

    def check_client(self, username: str) -> None:
        """Check the client's proof (SECRET_HASH) for a user name."""
        check_secret_hash(self.call, self.client, username, self.parameters.get("SECRET_HASH"))

    def client_context(self, username: str, user: User | None) -> ClientContext:
        """Return from where and with what the user signs in."""
        if self.administrator:
            data = self.context if isinstance(self.context, ContextDataType) else None
            return administrator_context(self.client, username, user, data, now=self.call.now)
        return public_context(
            self.client,
            username,
            user,
            self.context if isinstance(self.context, UserContextDataType) else None,
            address=self.call.address,
            address_source=self.call.address_source,
            user_agent=self.call.user_agent,
            now=self.call.now,
        )


def identify(
    tx: Connection,
    request: SignInRequest,
    name: str,
    sub: str | None = None,
    *,
    custom: CustomRounds | None = None,
) -> SignIn:
    """Find the user and what protection says of the surroundings; `sub` where a session knows him already.

    `custom` is what a custom sign-in has come to.
    """
    call, pool, client = request.call, request.pool, request.client
    user = users.find_by_sub(tx, pool.id, sub) if sub else users.find(tx, pool, name)
    attempt = Attempt(
        pool=pool,
        client_id=client.id,
        event_type="SignIn",
        operation=call.operation,
        request_id=call.request_id,
        now=call.now,
        username=stand_in.known_as(call.services.keyring, pool, user, name),
        user=user,
        context=request.client_context(name, user),
        custom_auth=custom is not None,
    )
    screening = call.services.guard.screen(tx, attempt)
    return SignIn(
        call=call,
        pool=pool,
        client=client,
        name=name,
        user=user,
        screening=screening,
        custom=custom,
        lockout_subject=lockout_subject(tx, screening, user)
        if user
        else stand_in.subject(call.services.keyring, pool, None, name),
    )
