"""Whatever is tried, a pool in AUDIT answers as one in OFF does, though ENFORCED would refuse all of it."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from tests.circumstances import BRISBANE, LONDON, STRANGER, sign_in_from
from tests.conftest import ClockedServer
from tests.history import kept
from tests.people import PASSWORD, App, told
from tests.scenarios.levels import force_level
from tests.scenarios.protected import compromised, configure, protected, ranges, takeover
from tests.scenarios.sessions import refresh_from

from doorward.protection import queries
from doorward.risk.encoding import encode
from doorward.risk.profile import Profile

KNOWN = "Password1!"
"""Which the corpus of the tests has."""


def in_mode(server: ClockedServer, mode: str) -> App:
    """A pool that would block everything at once, if it acted: every level, every address, every known password."""
    app = protected(server, mode, app={"PreventUserExistenceErrors": "LEGACY"})
    if mode != "OFF":
        force_level(server, app, "High")
        configure(
            server,
            app,
            **takeover(low="BLOCK", medium="BLOCK", high="BLOCK"),
            **compromised("BLOCK"),
            **ranges(blocked=("0.0.0.0/0",)),
        )
        sub = server.administrator.admin_get_user(UserPoolId=app.pool_id, Username="anna")["UserAttributes"]
        (of_anna,) = [one["Value"] for one in sub if one["Name"] == "sub"]
        with server.services.store.writing() as tx:
            queries.keep_profile(tx, app.pool_id, of_anna, encode(Profile(successes=100)))
    return app


def play(server: ClockedServer, app: App) -> list[Any]:
    """Try everything, and return what was answered: the error, or the names of what came."""
    client = server.anonymous
    answers: list[Any] = []
    tokens = {"AccessToken": "none", "RefreshToken": "none"}

    def step(call: Callable[[], Any]) -> None:
        server.clock.advance(1)
        try:
            answer = call()
        except ClientError as error:
            answers.append(told(error))
            return
        result = answer.get("AuthenticationResult", answer)
        tokens.update({name: value for name, value in result.items() if isinstance(value, str)})
        answers.append(sorted(name for name in result if name != "ResponseMetadata"))

    def forgotten(password: str, code: str | None = None) -> Any:
        return client.confirm_forgot_password(
            ClientId=app.client_id,
            Username="anna",
            ConfirmationCode=code
            or (server.messages(app.pool_id) and server.last_code(app.pool_id))
            or "none",
            Password=password,
        )

    step(lambda: sign_in_from(server, app, "anna", LONDON))
    step(lambda: refresh_from(server, app, tokens["RefreshToken"], BRISBANE, STRANGER))
    step(
        lambda: client.change_password(
            AccessToken=tokens["AccessToken"], PreviousPassword=PASSWORD, ProposedPassword=KNOWN
        )
    )
    step(lambda: sign_in_from(server, app, "anna", BRISBANE, STRANGER, KNOWN))
    step(lambda: client.forgot_password(ClientId=app.client_id, Username="anna"))
    for _ in range(7):
        step(lambda: forgotten(KNOWN, "not-it"))
    step(lambda: forgotten(PASSWORD))
    for _ in range(6):
        step(lambda: sign_in_from(server, app, "anna", BRISBANE, STRANGER, "wrong-Horse-1-Battery"))
    step(lambda: sign_in_from(server, app, "anna", BRISBANE, STRANGER))
    server.clock.advance(1_000)
    step(lambda: sign_in_from(server, app, "anna", BRISBANE, STRANGER))
    for name in ("berta", "carla"):
        step(
            lambda name=name: client.sign_up(  # type: ignore[misc]
                ClientId=app.client_id,
                Username=name,
                Password=KNOWN,
                UserAttributes=[{"Name": "email", "Value": f"{name}@example.org"}],
            )
        )
    step(lambda: client.resend_confirmation_code(ClientId=app.client_id, Username="berta"))
    step(lambda: sign_in_from(server, app, "nobody"))
    step(lambda: client.get_user(AccessToken=tokens["AccessToken"]))
    return answers


def test_it_answers_as_if_it_were_off(clocked: ClockedServer) -> None:
    off, audit = in_mode(clocked, "OFF"), in_mode(clocked, "AUDIT")
    expected = play(clocked, off)
    assert play(clocked, audit) == expected
    assert kept(clocked, off.pool_id) == []
    events = kept(clocked, audit.pool_id)
    assert {event.risk.mode for event in events} == {"AUDIT"}
    # The same pool, enforced, lets nothing of it through.
    enforced = in_mode(clocked, "ENFORCED")
    assert {type(answer) for answer in play(clocked, enforced)} == {tuple}


def test_it_tells_what_it_would_have_done(clocked: ClockedServer) -> None:
    app = in_mode(clocked, "AUDIT")
    play(clocked, app)
    would = {event.risk.would_have for event in kept(clocked, app.pool_id)}
    assert {"block", "sign_in_again"} <= would
    assert {event.risk.response for event in kept(clocked, app.pool_id)} == {"allow"}
