"""A burst of everything at once, which remembers what the server has acknowledged."""

import http.client
import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
from mypy_boto3_cognito_idp.literals import FeedbackValueTypeType
from tests.people import PASSWORD, App
from tests.robustness.load import Answer, ask


@dataclass
class Acknowledged:
    """What the server has said yes to, over all its lives. Whatever stands here must never be lost.

    `passwords` holds for a user the password that counts and, where a change was under way when the server
    died, also the one that may count instead. `requests` are the ids of requests that leave an event.
    """

    signed_up: dict[str, str] = field(default_factory=dict)
    passwords: dict[str, set[str]] = field(default_factory=dict)
    revoked: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    feedback: dict[str, str] = field(default_factory=dict)
    requests: set[str] = field(default_factory=set)
    total: int = 0
    enough: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _wanted: int = 0

    def want(self, count: int) -> None:
        """Set `enough` after so many more acknowledgements."""
        with self._lock:
            self._wanted = self.total + count
            self.enough.clear()

    def one_more(self, request_id: str | None = None) -> None:
        """Count an acknowledgement, of a request that leaves an event where its id is given."""
        with self._lock:
            self.total += 1
            if request_id is not None:
                self.requests.add(request_id)
            if self.total >= self._wanted:
                self.enough.set()


class Burst:
    """Threads that work on a server until it is gone."""

    def __init__(self, endpoint: str, app: App, acknowledged: Acknowledged, life: int) -> None:
        self._endpoint = endpoint
        self._app = app
        self._acknowledged = acknowledged
        self._life = life
        self._threads: list[threading.Thread] = []
        self.unexpected: list[str] = []

    def start(self, admin: CognitoIdentityProviderClient, changers: list[str], others: list[str]) -> None:
        """Begin: `changers` change their passwords; `others` sign in, revoke and judge."""
        for number in range(3):
            self._work(partial(self._sign_up, f"new-{self._life}-{number}"))
        for name in changers:
            self._work(partial(self._change_password, name))
        for name in others:
            self._work(partial(self._keep_signing_in, name))
        self._work(partial(self._sign_in_wrongly, "nobody-at-all"))
        self._work(partial(self._revoke, others[0]))
        self._work(partial(self._judge, admin, others[1]))

    def join(self) -> None:
        """Wait until every thread has seen the server go."""
        for thread in self._threads:
            thread.join(60)

    def _work(self, step: Callable[[int], None]) -> None:
        def loop() -> None:
            for number in itertools.count():
                try:
                    step(number)
                except (OSError, http.client.HTTPException):
                    return
                except Exception as problem:
                    # boto3's own error for a server that is gone; anything else the test wants to know.
                    if type(problem).__name__ not in {"EndpointConnectionError", "ConnectionClosedError"}:
                        self.unexpected.append(repr(problem))
                    return

        thread = threading.Thread(target=loop)
        self._threads.append(thread)
        thread.start()

    def _ask(self, operation: str, **body: Any) -> Answer:
        answer = ask(self._endpoint, operation, body)
        if answer.status == 500:
            raise AssertionError(f"{operation} failed: {answer.raw!r}")
        return answer

    def _password_auth(self, name: str, password: str) -> Answer:
        return self._ask(
            "InitiateAuth",
            ClientId=self._app.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": password},
        )

    def _sign_up(self, prefix: str, step: int) -> None:
        name = f"{prefix}-{step}"
        answer = self._ask(
            "SignUp",
            ClientId=self._app.client_id,
            Username=name,
            Password=PASSWORD,
            UserAttributes=[{"Name": "email", "Value": f"{name}@example.org"}],
        )
        if answer.status == 200:
            self._acknowledged.signed_up[name] = answer.body["UserSub"]
            self._acknowledged.one_more(answer.request_id)

    def _sign_in(self, name: str) -> dict[str, Any]:
        answer = self._password_auth(name, PASSWORD)
        if answer.status != 200:
            raise AssertionError(f"{name} could not sign in: {answer.raw!r}")
        self._acknowledged.one_more(answer.request_id)
        tokens: dict[str, Any] = answer.body["AuthenticationResult"]
        return tokens

    def _keep_signing_in(self, name: str, _: int) -> None:
        self._sign_in(name)

    def _sign_in_wrongly(self, name: str, _: int) -> None:
        self._acknowledged.one_more(self._password_auth(name, "Wrong-Horse-1-Battery").request_id)

    def _change_password(self, name: str, step: int) -> None:
        after = f"Horse-{self._life}-{step}-Up"
        passwords = self._acknowledged.passwords
        (before,) = passwords[name]
        signed_in = self._password_auth(name, before)
        self._acknowledged.one_more(signed_in.request_id)
        passwords[name] = {before, after}
        answer = self._ask(
            "ChangePassword",
            AccessToken=signed_in.body["AuthenticationResult"]["AccessToken"],
            PreviousPassword=before,
            ProposedPassword=after,
        )
        passwords[name] = {after if answer.status == 200 else before}
        self._acknowledged.one_more(answer.request_id)

    def _revoke(self, name: str, _: int) -> None:
        token = self._sign_in(name)["RefreshToken"]
        answer = self._ask("RevokeToken", ClientId=self._app.client_id, Token=token)
        if answer.status == 200:
            self._acknowledged.revoked.append(token)
            self._acknowledged.one_more()
        self._acknowledged.tokens.append(self._sign_in(name)["RefreshToken"])

    def _judge(self, admin: CognitoIdentityProviderClient, name: str, step: int) -> None:
        value: FeedbackValueTypeType = "Valid" if step % 2 else "Invalid"
        event = admin.admin_list_user_auth_events(UserPoolId=self._app.pool_id, Username=name, MaxResults=1)[
            "AuthEvents"
        ]
        if not event:
            return
        event_id = event[0]["EventId"]
        if event_id in self._acknowledged.feedback:
            return
        admin.admin_update_auth_event_feedback(
            UserPoolId=self._app.pool_id,
            Username=name,
            EventId=event_id,
            FeedbackValue=value,
        )
        self._acknowledged.feedback[event_id] = value
        self._acknowledged.one_more()
