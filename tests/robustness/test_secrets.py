"""No secret of a whole life is found in the log, the database, an error or an event.

The life is lived on a server of its own process, with its log at its most talkative, and everything secret
that passes is planted: it is looked for afterwards, byte by byte.
"""

import base64
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import msgspec
import pyotp
import pytest
from botocore.exceptions import ClientError
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
from pycognito.aws_srp import AWSSRP, generate_hash_device
from tests.people import ALL_FLOWS, App
from tests.robustness.load import Answer, ask
from tests.robustness.planted import Planted
from tests.robustness.process import Process

from doorward.history.auth_event import AuthEvent
from doorward.history.feedback_token import feedback_token
from doorward.messages import outbox
from doorward.settings import Settings
from doorward.signin.srp import make_verifier
from doorward.store.vault import open_vault

FIRST = "Planted-Horse-1-Sign-Up"
SECOND = "Planted-Horse-2-Change"
THIRD = "Planted-Horse-3-Reset"
WRONG = "Planted-Horse-4-Wrong"
WEAK = "planted-weak-horse"
BREACHED = "trustno1"
NOT_SECRET = "alice-who-is-no-secret"

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")


class Life:
    """One server, everything secret that was said to it or by it, and everything that it answered in error."""

    def __init__(self, directory: Path, log_format: str) -> None:
        self.data = directory / "data"
        self.log = directory / "log"
        self.process = Process(self.data, self.log, log_level="debug", log_format=log_format)
        self.planted = Planted()
        self.answers: list[bytes] = []
        self.settings = Settings(data=self.data)
        self.vault = open_vault(self.settings)
        self.admin = self.process.administrator()
        pool_id = self.admin.create_user_pool(
            PoolName="secrets",
            AutoVerifiedAttributes=["email"],
            UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"},
            Policies={
                "PasswordPolicy": {"MinimumLength": 8, "RequireNumbers": True},
                "SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]},
            },
        )["UserPool"]["Id"]
        self.admin.set_risk_configuration(
            UserPoolId=pool_id,
            CompromisedCredentialsRiskConfiguration={"Actions": {"EventAction": "BLOCK"}},
        )
        client = self.admin.create_user_pool_client(
            UserPoolId=pool_id, ClientName="app", ExplicitAuthFlows=ALL_FLOWS, GenerateSecret=True
        )["UserPoolClient"]
        self.app = App(pool_id, client["ClientId"], client["ClientSecret"])
        self.planted.secret("client secret", client["ClientSecret"])
        for line in (self.data / "first-access-key").read_text(encoding="ascii").splitlines():
            if line.startswith("AWS_SECRET_ACCESS_KEY="):
                self.planted.secret("access key's secret", line.partition("=")[2])
        for line in (self.data / "sealing.keys").read_text(encoding="ascii").splitlines():
            self.planted.secret("sealing key", line.rpartition(":")[2].strip())

    def ask(self, operation: str, **body: Any) -> Answer:
        """Ask as an application does, with the proof of the client's secret."""
        username = body.get("Username")
        if username is not None and operation not in {"RevokeToken", "UpdateAuthEventFeedback"}:
            body["SecretHash"] = self.planted.secret("secret hash", self.app.secret_hash(username))
        for parameters in (body.get("AuthParameters"), body.get("ChallengeResponses")):
            if parameters is not None and "USERNAME" in parameters:
                parameters["SECRET_HASH"] = self.app.secret_hash(parameters["USERNAME"])
        answer = ask(self.process.endpoint, operation, body)
        if answer.status != 200:
            self.answers.append(answer.raw + repr(answer.headers).encode())
        return answer

    def in_app(self, operation: str, **body: Any) -> Answer:
        """Ask for an operation that names the client."""
        return self.ask(operation, ClientId=self.app.client_id, **body)

    def refused(self, call: Callable[[], object]) -> None:
        """Make a signed call that fails, and keep what it was told."""
        with pytest.raises(ClientError) as refusal:
            call()
        self.answers.append(repr(refusal.value.response).encode())

    def code(self, what: str = "code") -> str:
        """Read the latest code from the outbox, as its addressee would."""
        with self.vault.store.reading() as tx:
            held = outbox.held(tx, self.vault.keyring, self.app.pool_id)
        if held[-1].message is None:
            raise LookupError("the latest message has no content")
        return self.planted.secret(what, held[-1].message.code)

    def sign_in(self, username: str, password: str) -> Answer:
        """Sign in by the password, and keep session and tokens."""
        answer = self.in_app(
            "InitiateAuth",
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password},
        )
        self.keep(answer.body)
        return answer

    def choose(self, username: str, **members: str) -> Answer:
        """Begin with the user's name; `members` are the session, or further parameters."""
        session = {name: value for name, value in members.items() if name == "Session"}
        parameters = {name: value for name, value in members.items() if name != "Session"}
        answer = self.in_app(
            "InitiateAuth",
            AuthFlow="USER_AUTH",
            AuthParameters={"USERNAME": username, **parameters},
            **session,
        )
        self.keep(answer.body)
        return answer

    def answer(self, asked: Answer, username: str, **responses: str) -> Answer:
        """Answer the challenge that was asked."""
        answer = self.in_app(
            "RespondToAuthChallenge",
            ChallengeName=asked.body["ChallengeName"],
            Session=asked.body["Session"],
            ChallengeResponses={"USERNAME": username, **responses},
        )
        self.keep(answer.body)
        return answer

    def keep(self, body: Mapping[str, Any]) -> dict[str, str]:
        """Keep whatever is secret in the answer of a sign-in; return the tokens."""
        if "Session" in body:
            self.planted.secret("session", body["Session"])
        tokens = dict(body.get("AuthenticationResult", {}))
        for name in ("AccessToken", "IdToken", "RefreshToken"):
            if name in tokens:
                self.planted.secret(name, tokens[name])
                # A token's last part is its proof; parts of it would serve a thief as well.
                self.planted.secret(f"end of {name}", tokens[name].rpartition(".")[2])
        return tokens

    def sign_in_by_srp(self, username: str, password: str) -> Answer:
        """Sign in by SRP, and keep every number of the exchange."""
        srp = AWSSRP(
            username,
            password,
            self.app.pool_id,
            self.app.client_id,
            client=anonymous_client(self.process.endpoint),
            client_secret=self.app.secret,
        )
        begun = self.in_app("InitiateAuth", AuthFlow="USER_SRP_AUTH", AuthParameters=srp.get_auth_params())
        asked = begun.body["ChallengeParameters"]
        self.planted.secret("SRP_A", srp.get_auth_params()["SRP_A"])
        self.planted.secret("SRP_B", asked["SRP_B"])
        self.planted.secret("secret block", asked["SECRET_BLOCK"])
        self.planted.secret("SRP's a", f"{srp.small_a_value:x}")
        claim = srp.process_challenge(asked, srp.get_auth_params())
        self.planted.secret("claim", claim["PASSWORD_CLAIM_SIGNATURE"])
        answer = self.in_app(
            "RespondToAuthChallenge", ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=claim
        )
        self.keep(answer.body)
        return answer

    def database(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Do something to the file behind the server's back."""
        with closing(sqlite3.connect(self.data / "doorward.db", timeout=30)) as database, database:
            return database.execute(statement, values).fetchall()


@pytest.fixture(params=["console", "json"])
def life(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Life]:
    """A server of its own, for each form of the log."""
    one = Life(tmp_path, request.param)
    try:
        yield one
    finally:
        one.process.kill()
        one.vault.store.close()


def test_no_secret_is_found_anywhere(life: Life) -> None:
    """Live, fail, crash inside, and look."""
    for what, password in (
        ("password at sign-up", FIRST),
        ("changed password", SECOND),
        ("reset password", THIRD),
        ("wrong password", WRONG),
        ("weak password", WEAK),
        ("breached password", BREACHED),
    ):
        life.planted.secret(what, password)
    sign_up_and_change(life)
    sign_in_by_srp_and_be_invited(life)
    choose_a_first_factor(life)
    remember_a_device(life)
    judge_by_token(life)
    fail_in_every_way(life)
    break_inside(life)
    keep_verifiers(life)

    log = life.log.read_bytes()
    assert life.planted.found_in(log) == set()
    assert life.planted.found_in(b"\n".join(life.answers)) == set()
    assert life.planted.found_in_database(life.data / "doorward.db") == set()
    for event in kept_events(life):
        assert life.planted.found_in(msgspec.json.encode(event)) == set()

    # What is no secret is found by the same look: the search does search.
    proof = Planted(values={"name": NOT_SECRET}, raw={"name": NOT_SECRET.encode()})
    assert proof.found_in_database(life.data / "doorward.db")
    assert log.count(b"InitiateAuth") > 10
    assert b"Traceback" in log
    assert len(life.answers) > 15
    assert len(life.planted.values) > 60


def sign_up_and_change(life: Life) -> None:
    """Sign up, confirm, sign in, renew, change, forget, reset, revoke."""
    email = {"Name": "email", "Value": "alice@example.org"}
    life.in_app("SignUp", Username=NOT_SECRET, Password=WEAK, UserAttributes=[email])
    life.in_app("SignUp", Username=NOT_SECRET, Password=BREACHED, UserAttributes=[email])
    assert life.in_app("SignUp", Username=NOT_SECRET, Password=FIRST, UserAttributes=[email]).status == 200
    replaced = life.code("replaced code")
    life.in_app("ResendConfirmationCode", Username=NOT_SECRET)
    code = life.code()
    if replaced != code:
        assert life.in_app("ConfirmSignUp", Username=NOT_SECRET, ConfirmationCode=replaced).status == 400
    assert life.in_app("ConfirmSignUp", Username=NOT_SECRET, ConfirmationCode=code).status == 200
    tokens = life.sign_in(NOT_SECRET, FIRST).body["AuthenticationResult"]
    access = {"AccessToken": tokens["AccessToken"]}

    refreshed = life.in_app(
        "InitiateAuth",
        AuthFlow="REFRESH_TOKEN_AUTH",
        AuthParameters={
            "REFRESH_TOKEN": tokens["RefreshToken"],
            "SECRET_HASH": life.app.secret_hash(NOT_SECRET),
        },
    )
    assert refreshed.status == 200
    life.keep(refreshed.body)
    for previous, proposed in ((WRONG, SECOND), (FIRST, WEAK), (FIRST, BREACHED), (FIRST, SECOND)):
        life.ask("ChangePassword", **access, PreviousPassword=previous, ProposedPassword=proposed)
    assert life.sign_in(NOT_SECRET, SECOND).status == 200
    life.ask("GetUserAttributeVerificationCode", **access, AttributeName="email")
    assert life.ask("VerifyUserAttribute", **access, AttributeName="email", Code=life.code()).status == 200

    life.in_app("ForgotPassword", Username=NOT_SECRET)
    reset = life.code("reset code")
    for password in (WEAK, BREACHED, THIRD):
        last = life.in_app(
            "ConfirmForgotPassword", Username=NOT_SECRET, ConfirmationCode=reset, Password=password
        )
    assert last.status == 200
    tokens = life.sign_in(NOT_SECRET, THIRD).body["AuthenticationResult"]
    enrol_apps(life, tokens["AccessToken"])
    revoked = life.in_app("RevokeToken", Token=tokens["RefreshToken"], ClientSecret=life.app.secret)
    assert revoked.status == 200
    # A code that nobody used stays where it is kept.
    life.in_app("ForgotPassword", Username=NOT_SECRET)
    life.code("unused code")


def enrol_apps(life: Life, access_token: str) -> None:
    """An authenticator app that is verified, and a secret that nobody verifies."""
    life.admin.set_user_pool_mfa_config(
        UserPoolId=life.app.pool_id,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    for _ in range(2):
        made = life.ask("AssociateSoftwareToken", AccessToken=access_token)
        secret = life.planted.secret("secret of an app", made.body["SecretCode"])
        life.planted.octets(f"seed of an app ({secret[:2]})", base64.b32decode(secret))
        code = life.planted.secret("code of an app", pyotp.TOTP(secret).now())
        for tried in ("abcdef", "000000", code):
            last = life.ask(
                "VerifySoftwareToken",
                AccessToken=access_token,
                UserCode=tried,
                FriendlyDeviceName=f"phone {secret[:2]}",
            )
        assert last.status == 200
    life.ask("AssociateSoftwareToken", AccessToken=f"{WRONG} not a token")
    unused = life.ask("AssociateSoftwareToken", AccessToken=access_token).body["SecretCode"]
    life.planted.octets("unused seed", base64.b32decode(life.planted.secret("unused secret", unused)))


def sign_in_by_srp_and_be_invited(life: Life) -> None:
    """SRP, right and wrong, and a temporary password with its session."""
    assert "AuthenticationResult" in life.sign_in_by_srp(NOT_SECRET, THIRD).body
    assert life.sign_in_by_srp(NOT_SECRET, WRONG).status == 400
    life.admin.admin_create_user(
        UserPoolId=life.app.pool_id,
        Username="invited",
        UserAttributes=[{"Name": "email", "Value": "invited@example.org"}],
    )
    temporary = life.code("temporary password")
    session = life.sign_in("invited", temporary).body["Session"]
    for password in (WEAK, SECOND):
        answer = life.in_app(
            "RespondToAuthChallenge",
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session=session,
            ChallengeResponses={"USERNAME": "invited", "NEW_PASSWORD": password},
        )
    assert "AuthenticationResult" in life.keep(answer.body) or answer.status == 200
    life.admin.admin_create_user(UserPoolId=life.app.pool_id, Username="waiting", TemporaryPassword=FIRST)
    assert "Session" in life.sign_in("waiting", FIRST).body


def choose_a_first_factor(life: Life) -> None:
    """Sign up without a password and be signed in by the code; sign in by another one, and by a chosen password."""
    email = {"Name": "email", "Value": "choosy@example.org"}
    signed_up = life.in_app("SignUp", Username="choosy", UserAttributes=[email])
    life.keep(signed_up.body)
    code = life.code("code of a sign-up")
    session = signed_up.body["Session"]
    confirmed = life.in_app("ConfirmSignUp", Username="choosy", ConfirmationCode=code, Session=session)
    life.keep(confirmed.body)
    assert life.choose("choosy", Session=confirmed.body["Session"]).status == 200
    asked = life.choose("choosy", PREFERRED_CHALLENGE="EMAIL_OTP")
    code = life.code("code as the first factor")
    wrong = life.planted.secret("wrong code", f"{(int(code) + 1) % 1_000_000:06}")
    assert life.answer(asked, "choosy", EMAIL_OTP_CODE=wrong).status == 400
    assert life.answer(asked, "choosy", EMAIL_OTP_CODE=code).status == 200
    for password in (WRONG, THIRD):
        last = life.answer(life.choose(NOT_SECRET), NOT_SECRET, ANSWER="PASSWORD", PASSWORD=password)
    assert last.status == 200


def remember_a_device(life: Life) -> None:
    """Confirm a device, prove it right and wrong, and leave a proof waiting."""
    life.admin.update_user_pool(
        UserPoolId=life.app.pool_id,
        AutoVerifiedAttributes=["email"],
        UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"},
        Policies={"PasswordPolicy": {"MinimumLength": 8, "RequireNumbers": True}},
        DeviceConfiguration={"ChallengeRequiredOnNewDevice": True},
    )
    tokens = life.sign_in(NOT_SECRET, THIRD).body["AuthenticationResult"]
    made = tokens["NewDeviceMetadata"]
    key, group_key = made["DeviceKey"], made["DeviceGroupKey"]
    secret, verifier = generate_hash_device(group_key, key)
    life.planted.secret("device secret", secret)
    life.planted.secret("device verifier", verifier["PasswordVerifier"])
    for config in ({**verifier, "Salt": "%"}, verifier):
        confirmed = life.ask(
            "ConfirmDevice",
            AccessToken=tokens["AccessToken"],
            DeviceKey=key,
            DeviceSecretVerifierConfig=config,
        )
    assert confirmed.status == 200
    statuses = []
    for shown in (secret, WRONG, None):
        srp = AWSSRP(
            NOT_SECRET,
            THIRD,
            life.app.pool_id,
            life.app.client_id,
            client=anonymous_client(life.process.endpoint),
            client_secret=life.app.secret,
            device_key=key,
            device_group_key=group_key,
            device_password=shown or secret,
        )
        begun = life.in_app(
            "InitiateAuth",
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": NOT_SECRET, "PASSWORD": THIRD, "DEVICE_KEY": key},
        )
        life.keep(begun.body)
        asked = life.in_app(
            "RespondToAuthChallenge",
            ChallengeName="DEVICE_SRP_AUTH",
            Session=begun.body["Session"],
            ChallengeResponses={
                "USERNAME": NOT_SECRET,
                "DEVICE_KEY": key,
                "SRP_A": life.planted.secret("device SRP_A", f"{srp.large_a_value:x}"),
            },
        ).body
        life.keep(asked)
        life.planted.secret("device SRP_B", asked["ChallengeParameters"]["SRP_B"])
        claim = srp.process_device_challenge(asked["ChallengeParameters"])
        life.planted.secret("device claim", claim["PASSWORD_CLAIM_SIGNATURE"])
        if shown is not None:
            answer = life.in_app(
                "RespondToAuthChallenge",
                ChallengeName="DEVICE_PASSWORD_VERIFIER",
                ChallengeResponses=claim,
            )
            life.keep(answer.body)
            statuses.append(answer.status)
    assert statuses == [200, 400]


def judge_by_token(life: Life) -> None:
    """Feedback by the token of a mail: one that works, and one that is another's."""
    right, other = [event for event in kept_events(life) if event.sub is not None][:2]
    token = feedback_token(life.vault.keyring, right, right.created_at)
    life.planted.secret("feedback token", token)
    life.planted.secret("feedback token's proof", token.partition(".")[2])
    for event in (other, right, right):
        life.ask(
            "UpdateAuthEventFeedback",
            UserPoolId=life.app.pool_id,
            Username=right.username,
            EventId=event.event_id,
            FeedbackToken=token,
            FeedbackValue="Valid",
        )


def fail_in_every_way(life: Life) -> None:
    """Wrong, malformed, misplaced: where a hurried error message would repeat what it was given."""
    for _ in range(7):
        life.sign_in(NOT_SECRET, WRONG)
    life.sign_in("nobody", WRONG)
    life.in_app("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"PASSWORD": WRONG})
    life.in_app(
        "InitiateAuth", AuthFlow="NO_SUCH_FLOW", AuthParameters={"USERNAME": NOT_SECRET, "PASSWORD": WRONG}
    )
    life.in_app("SignUp", Username="x", Password=[WRONG])
    life.in_app("SignUp", Username="x", Password=f"{WRONG} with space")
    life.in_app("SignUp", Username="x", Password=WRONG * 20)
    life.in_app("ConfirmForgotPassword", Username=NOT_SECRET, ConfirmationCode=WRONG, Password=THIRD)
    life.in_app("RevokeToken", Token=life.planted.secret("unknown token", "Unknown-Planted-Token-12345"))
    life.in_app("RevokeToken", Token="x", ClientSecret=WRONG)
    for operation in ("GetUser", "GlobalSignOut", "DeleteUser"):
        life.ask(operation, AccessToken="eyJhbGciOiJub25lIn0.eyJzdWIiOiJQbGFudGVkLUhvcnNlIn0.")
        life.ask(operation, AccessToken=f"{WRONG} not a token")
    life.in_app(
        "RespondToAuthChallenge",
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=life.planted.secret("foreign session", "Foreign-Planted-Session-0123456789"),
        ChallengeResponses={"USERNAME": NOT_SECRET, "NEW_PASSWORD": THIRD},
    )
    in_pool: dict[str, Any] = {"UserPoolId": life.app.pool_id, "Username": NOT_SECRET}
    life.refused(lambda: life.admin.admin_set_user_password(**in_pool, Password=WEAK, Permanent=True))
    life.refused(
        lambda: life.admin.admin_initiate_auth(
            UserPoolId=life.app.pool_id,
            ClientId=life.app.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": NOT_SECRET, "PASSWORD": WRONG, "SECRET_HASH": WRONG},
        )
    )


def break_inside(life: Life) -> None:
    """Damage what is stored, so that operations fail in their middle and the log says how."""
    whole = life.database("SELECT password_digest, sealed_srp_verifier FROM users WHERE username = 'invited'")
    life.database("UPDATE users SET password_digest = 'damaged' WHERE username = 'invited'")
    life.database("UPDATE users SET sealed_srp_verifier = X'0001' WHERE username = 'invited'")
    assert life.sign_in("invited", SECOND).status == 500
    begun = life.in_app(
        "InitiateAuth", AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": "invited", "SRP_A": "ab" * 300}
    )
    assert begun.status == 500
    life.database("ALTER TABLE outbox RENAME TO gone")
    answer = life.in_app(
        "SignUp",
        Username="unlucky",
        Password=FIRST,
        UserAttributes=[{"Name": "email", "Value": "unlucky@example.org"}],
    )
    assert answer.status == 500
    life.database("ALTER TABLE gone RENAME TO outbox")
    life.database(
        "UPDATE users SET password_digest = ?, sealed_srp_verifier = ? WHERE username = 'invited'", *whole[0]
    )


def keep_verifiers(life: Life) -> None:
    """The verifiers, which the server alone knows: made again from the salts that it keeps."""
    passwords = {NOT_SECRET: THIRD, "invited": SECOND, "waiting": FIRST}
    rows = life.database("SELECT username, srp_salt FROM users WHERE srp_salt IS NOT NULL")
    assert {name for name, _ in rows} == set(passwords)
    for name, salt in rows:
        verifier = make_verifier(life.app.pool_id, name, passwords[name], salt)
        life.planted.octets(f"verifier of {name}", verifier.verifier)


def kept_events(life: Life) -> list[AuthEvent]:
    """Return every event, the oldest first."""
    rows = life.database("SELECT event FROM auth_events ORDER BY created_at, event_id")
    return [msgspec.json.decode(event, type=AuthEvent) for (event,) in rows]


def anonymous_client(endpoint: str) -> CognitoIdentityProviderClient:
    """Return a client for the arithmetic of AWSSRP, which wants one."""
    return boto3.client(
        "cognito-idp",
        region_name="eu-west-1",
        endpoint_url=endpoint,
        aws_access_key_id="unused",
        aws_secret_access_key="unused",
    )
