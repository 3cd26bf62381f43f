"""Every way in which a password is shown or set, under every mode, action and filter, with a corpus and without."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from botocore.exceptions import ClientError
from structlog.testing import capture_logs
from tests import srp
from tests.history import kept
from tests.people import PASSWORD, App, make_user, sign_in, told
from tests.scenarios.protected import compromised, configure, protected, switch
from tests.scenarios.refusals import COMPROMISED, RESET_FOR_SECURITY
from tests.server import RunningServer, running

from doorward.breach.corpus import CorpusUnreadable
from doorward.history.auth_event import AuthEvent
from doorward.store.engine import Store

KNOWN = "password1"
GONE = "The corpus file is gone."
RELAXED: dict[str, Any] = {"Policies": {"PasswordPolicy": {"MinimumLength": 6}}}
UNCHECKED = (
    "NotAuthorizedException",
    "The password could not be checked for known breaches. Try again later.",
)
NEVER_CHECKED = (
    "NotAuthorizedException",
    "The password has not been checked for known breaches. Reset it, or sign in with a flow that shows it.",
)
SEEN = "the password was seen 42 times in corpus table-1"
KNOWN_BEFORE = "the password is known to corpus table-1"
NEVER_LOOKED_AT = "the stored password has not been checked against a corpus"

State = Literal["known", "open", "closed"]


@dataclass
class Switched:
    """A corpus that can be taken away, and that sees to it that nobody holds the writer while it is asked."""

    version: str = "table-1"
    readable: bool = True
    store: Store | None = None
    held: list[str] = field(default_factory=list)

    def lookup(self, password: str) -> int:
        self._see_that_the_writer_is_free()
        if not self.readable:
            raise CorpusUnreadable(GONE)
        return 42 if password == KNOWN else 0

    def _see_that_the_writer_is_free(self) -> None:
        def write() -> None:
            assert self.store is not None
            with self.store.writing():
                pass

        other = threading.Thread(target=write, daemon=True)
        other.start()
        other.join(5)
        if other.is_alive():
            self.held.append("asked inside a writing transaction")


@pytest.fixture(scope="module", params=["open", "closed"])
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, RunningServer, Switched]]:
    """A server with a corpus that can be taken away, and what its settings make of that."""
    corpus = Switched()
    data = tmp_path_factory.mktemp("doorward")
    with running(data, corpus_unreadable=request.param, corpus=corpus) as server:
        corpus.store = server.services.store
        yield request.param, server, corpus


@dataclass
class Scene:
    """A pool whose users are ready for every path."""

    server: RunningServer
    app: App
    token: str
    session: str
    code: str

    def by_password(self) -> Any:
        return sign_in(self.server, self.app, "plain", KNOWN)

    def by_administrator(self) -> Any:
        return self.server.administrator.admin_initiate_auth(
            UserPoolId=self.app.pool_id,
            ClientId=self.app.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "helped", "PASSWORD": KNOWN},
        )

    def by_srp(self) -> Any:
        return srp.sign_in(self.server, self.app, "secret", KNOWN)

    def sign_up(self) -> Any:
        return self.server.anonymous.sign_up(
            ClientId=self.app.client_id,
            Username="new",
            Password=KNOWN,
            UserAttributes=[{"Name": "email", "Value": "new@example.org"}],
        )

    def create(self) -> Any:
        return self.server.administrator.admin_create_user(
            UserPoolId=self.app.pool_id, Username="made", TemporaryPassword=KNOWN, MessageAction="SUPPRESS"
        )

    def invite_again(self) -> Any:
        return self.server.administrator.admin_create_user(
            UserPoolId=self.app.pool_id, Username="again", TemporaryPassword=KNOWN, MessageAction="RESEND"
        )

    def change(self) -> Any:
        return self.server.anonymous.change_password(
            AccessToken=self.token, PreviousPassword=PASSWORD, ProposedPassword=KNOWN
        )

    def confirm_forgotten(self) -> Any:
        return self.server.anonymous.confirm_forgot_password(
            ClientId=self.app.client_id, Username="forgets", ConfirmationCode=self.code, Password=KNOWN
        )

    def replace_temporary(self) -> Any:
        return self.server.anonymous.respond_to_auth_challenge(
            ClientId=self.app.client_id,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session=self.session,
            ChallengeResponses={"USERNAME": "invited", "NEW_PASSWORD": KNOWN},
        )

    def set_by_administrator(self) -> Any:
        return self.server.administrator.admin_set_user_password(
            UserPoolId=self.app.pool_id, Username="set", Password=KNOWN, Permanent=True
        )

    def event(self, path: "Path", after: set[str]) -> AuthEvent | None:
        """Return the event of a path that was just taken: a new one, or the one that waited for it."""
        events = kept(self.server, self.app.pool_id)
        if path.waiting:
            return next(one for one in events if one.username == path.waiting)
        return next((one for one in events if one.event_id not in after), None)


@dataclass(frozen=True)
class Path:
    """A way to show or to set a password. `waiting` is the user whose event it brings to its end."""

    take: Callable[[Scene], Any]
    kind: str
    waiting: str = ""
    silent: bool = False
    """Shows no password: the corpus is not asked, and what is kept of the password counts."""
    own: bool = True
    """Is the user's own doing, and so an event whatever the corpus says."""


PATHS = (
    Path(Scene.by_password, "SIGN_IN"),
    Path(Scene.by_administrator, "SIGN_IN"),
    Path(Scene.by_srp, "SIGN_IN", silent=True),
    Path(Scene.sign_up, "SIGN_UP"),
    Path(Scene.create, "SIGN_UP", own=False),
    Path(Scene.invite_again, "SIGN_UP", own=False),
    Path(Scene.change, "PASSWORD_CHANGE"),
    Path(Scene.confirm_forgotten, "PASSWORD_CHANGE"),
    Path(Scene.replace_temporary, "PASSWORD_CHANGE", waiting="invited"),
    Path(Scene.set_by_administrator, "PASSWORD_CHANGE", own=False),
)

EVERYTHING = ("SIGN_IN", "SIGN_UP", "PASSWORD_CHANGE")
CASES = [
    ("OFF", "BLOCK", ()),
    ("AUDIT", "BLOCK", ()),
    ("AUDIT", "NO_ACTION", ("SIGN_UP",)),
    ("ENFORCED", "NO_ACTION", ()),
    ("ENFORCED", "NO_ACTION", ("PASSWORD_CHANGE",)),
    ("ENFORCED", "BLOCK", ()),
    *(("ENFORCED", "BLOCK", (kind,)) for kind in EVERYTHING),
]


def prepare(server: RunningServer, corpus: Switched, readable: bool, mode: str) -> Scene:
    """Make users while nobody looks: those who show a password have one that is known from breaches."""
    corpus.readable = readable
    app = protected(server, "OFF", **RELAXED)
    for name in ("plain", "helped", "secret"):
        make_user(server, app.pool_id, name, KNOWN)
    for name in ("forgets", "set"):
        make_user(server, app.pool_id, name)
    for name in ("invited", "again"):
        server.administrator.admin_create_user(
            UserPoolId=app.pool_id, Username=name, TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
        )
    token = sign_in(server, app, "anna")["AccessToken"]
    server.anonymous.forgot_password(ClientId=app.client_id, Username="forgets")
    code = server.last_code(app.pool_id)
    corpus.readable = True
    switch(server, app, mode, **RELAXED)
    session = server.anonymous.initiate_auth(
        ClientId=app.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "invited", "PASSWORD": PASSWORD},
    )["Session"]
    corpus.readable = readable
    return Scene(server, app, token, session, code)


def outcome(path: Path, state: State, acts: bool) -> tuple[str, str] | None:
    """Return with what a path is refused, None where it is not."""
    if not acts or state == "open":
        return None
    if state == "closed":
        return NEVER_CHECKED if path.silent else UNCHECKED
    return RESET_FOR_SECURITY if path.kind == "SIGN_IN" else COMPROMISED


def reason(path: Path, state: State) -> str:
    """Return what the event says of the password."""
    if state == "known":
        return KNOWN_BEFORE if path.silent else SEEN
    return NEVER_LOOKED_AT if path.silent else GONE


@pytest.mark.parametrize("readable", [True, False], ids=["known", "unreadable"])
@pytest.mark.parametrize(("mode", "action", "events"), CASES)
def test_every_path_does_what_mode_action_filter_and_settings_say(
    made: tuple[State, RunningServer, Switched],
    mode: str,
    action: str,
    events: tuple[str, ...],
    readable: bool,
) -> None:
    setting, server, corpus = made
    state: State = "known" if readable else setting
    scene = prepare(server, corpus, readable, mode)
    if mode != "OFF":
        configure(server, scene.app, **compromised(action, *events))
    for path in PATHS:
        name = path.take.__name__
        asked = mode != "OFF" and path.kind in (events or EVERYTHING)
        expected = outcome(path, state, asked and mode == "ENFORCED" and action == "BLOCK")
        before = {one.event_id for one in kept(server, scene.app.pool_id)}
        try:
            path.take(scene)
            answered = None
        except ClientError as error:
            answered = told(error)
        assert answered == expected, name
        event = scene.event(path, before) if mode != "OFF" else None
        if mode == "OFF" or not (asked or path.own):
            assert event is None, name
            continue
        assert event is not None, name
        assert (reason(path, state) in event.risk.because) is asked, (name, event.risk.because)
        assert (event.risk.seen == 42) is (asked and state == "known" and not path.silent), name
        if asked:
            assert event.risk.compromised is (True if state == "known" else None), name
            assert event.risk.corpus_version == ("table-1" if state == "known" else None), name
    assert corpus.held == []


def test_what_a_sign_in_finds_is_kept_for_the_sign_ins_that_show_no_password(
    made: tuple[State, RunningServer, Switched],
) -> None:
    _, server, corpus = made
    scene = prepare(server, corpus, False, "ENFORCED")
    corpus.readable = True
    configure(server, scene.app, **compromised("NO_ACTION"))
    sign_in(server, scene.app, "plain", KNOWN)
    configure(server, scene.app, **compromised("BLOCK"))
    with pytest.raises(ClientError) as refusal:
        srp.sign_in(server, scene.app, "plain", KNOWN)
    assert told(refusal.value) == RESET_FOR_SECURITY


class KnowsWhatIsDrawnFirst:
    """A corpus that knows the first password it is asked for, and no other."""

    version = "first-1"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def lookup(self, password: str) -> int:
        self.asked.append(password)
        return int(password == self.asked[0])


def test_a_generated_password_that_is_known_is_drawn_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    corpus = KnowsWhatIsDrawnFirst()
    with running(tmp_path_factory.mktemp("doorward"), corpus=corpus) as server:
        app = protected(server, "OFF")
        corpus.asked.clear()
        switch(server, app, "ENFORCED")
        server.administrator.admin_create_user(
            UserPoolId=app.pool_id,
            Username="invited",
            UserAttributes=[{"Name": "email", "Value": "invited@example.org"}],
        )
        sent = server.last_code(app.pool_id)
        assert corpus.asked == [corpus.asked[0], sent]
        assert sent != corpus.asked[0]


def test_a_generated_password_is_given_where_the_corpus_cannot_be_read(
    made: tuple[State, RunningServer, Switched],
) -> None:
    _, server, corpus = made
    scene = prepare(server, corpus, False, "ENFORCED")
    created = server.administrator.admin_create_user(
        UserPoolId=scene.app.pool_id, Username="generated", MessageAction="SUPPRESS"
    )
    assert created["User"]["UserStatus"] == "FORCE_CHANGE_PASSWORD"


def test_the_log_says_loudly_that_the_corpus_cannot_be_read_and_nothing_of_the_password(
    made: tuple[State, RunningServer, Switched],
) -> None:
    setting, server, corpus = made
    scene = prepare(server, corpus, False, "ENFORCED")
    with capture_logs() as lines:
        for path in (Scene.by_password, Scene.sign_up, Scene.set_by_administrator):
            with suppress(ClientError):
                path(scene)
    said = [line for line in lines if line["event"] == "breach corpus unreadable"]
    assert [line["operation"] for line in said] == ["InitiateAuth", "SignUp", "AdminSetUserPassword"]
    for line in said:
        assert (line["log_level"], line["problem"]) == ("error", GONE)
        assert line["password"] == ("refused" if setting == "closed" else "passed unchecked")
    assert KNOWN not in str(lines)
