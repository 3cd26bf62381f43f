"""USER_SRP_AUTH step by step, with pycognito's arithmetic: what a library does, so that tests can go astray."""

from dataclasses import dataclass
from typing import Any

from pycognito.aws_srp import AWSSRP
from tests.people import PASSWORD, App
from tests.server import RunningServer


@dataclass
class Exchange:
    """One exchange as the client has it: the challenge that came, and the right answer to it."""

    app: App
    srp: AWSSRP
    challenge: dict[str, Any]

    @property
    def parameters(self) -> dict[str, str]:
        """ChallengeParameters."""
        parameters: dict[str, str] = self.challenge["ChallengeParameters"]
        return parameters

    def answer(self, **changed: str) -> dict[str, str]:
        """Return ChallengeResponses, with some of them changed."""
        answer: dict[str, str] = self.srp.process_challenge(self.parameters, self.srp.get_auth_params())
        return answer | changed


def prepare(server: RunningServer, app: App, username: str, password: str = PASSWORD) -> AWSSRP:
    """Return the client's side of an exchange that has not begun."""
    return AWSSRP(
        username, password, app.pool_id, app.client_id, client=server.anonymous, client_secret=app.secret
    )


def begin(
    server: RunningServer, app: App, username: str, password: str = PASSWORD, **members: Any
) -> Exchange:
    """Send SRP_A. `members` are further members of InitiateAuth."""
    srp = prepare(server, app, username, password)
    challenge = server.anonymous.initiate_auth(
        ClientId=app.client_id, AuthFlow="USER_SRP_AUTH", AuthParameters=srp.get_auth_params(), **members
    )
    return Exchange(app, srp, dict(challenge))


def sign_in(server: RunningServer, app: App, username: str, password: str = PASSWORD) -> Any:
    """Take the whole exchange and return the answer."""
    exchange = begin(server, app, username, password)
    return server.anonymous.respond_to_auth_challenge(
        ClientId=app.client_id, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=exchange.answer()
    )
