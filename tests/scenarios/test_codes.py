"""Codes: how long they live, how often they may be guessed at, and that they serve once."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import ClockedServer
from tests.scenarios.pools import NEW_PASSWORD, PASSWORD, Pool, make_pool

WRONG = "not-it"
MISMATCH = ("CodeMismatchException", "Invalid verification code provided, please try again.")
EXPIRED = ("ExpiredCodeException", "Invalid code provided, please request a code again.")
LIMIT = ("LimitExceededException", "Attempt limit exceeded, please try after some time.")
HOUR = 3600


def confirm(pool: Pool, code: str, username: str = "alice") -> tuple[str, str] | None:
    """Confirm a sign-up; return the error, or None."""
    try:
        pool.confirm(username, code)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    return None


def reset(
    pool: Pool, code: str, username: str = "alice", password: str = NEW_PASSWORD
) -> tuple[str, str] | None:
    """Confirm a forgotten password; return the error, or None."""
    try:
        pool.server.anonymous.confirm_forgot_password(
            ClientId=pool.client_id, Username=username, ConfirmationCode=code, Password=password
        )
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    return None


def forget(pool: Pool, username: str = "alice") -> tuple[str, str] | None:
    """Ask for a forgotten password's code; return the error, or None."""
    try:
        pool.server.anonymous.forgot_password(ClientId=pool.client_id, Username=username)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    return None


@pytest.fixture
def pool(clocked: ClockedServer) -> Pool:
    return make_pool(clocked)


def test_a_sign_ups_code_lives_a_day(clocked: ClockedServer, pool: Pool) -> None:
    pool.sign_up("alice")
    pool.sign_up("bob")
    first, second = (message.code for message in clocked.messages(pool.id))
    clocked.clock.advance(24 * HOUR - 1)
    assert confirm(pool, first, "alice") is None
    clocked.clock.advance(1)
    assert confirm(pool, second, "bob") == EXPIRED


def test_a_forgotten_passwords_code_lives_an_hour(clocked: ClockedServer, pool: Pool) -> None:
    pool.confirmed("alice")
    assert forget(pool) is None
    clocked.clock.advance(HOUR)
    assert reset(pool, clocked.last_code(pool.id)) == EXPIRED
    assert forget(pool) is None
    clocked.clock.advance(HOUR - 1)
    assert reset(pool, clocked.last_code(pool.id)) is None


def test_a_code_serves_once(clocked: ClockedServer, pool: Pool) -> None:
    pool.confirmed("alice")
    forget(pool)
    code = clocked.last_code(pool.id)
    assert reset(pool, code) is None
    assert reset(pool, code, password=PASSWORD) == EXPIRED


def test_a_code_serves_its_user_and_its_purpose_only(clocked: ClockedServer, pool: Pool) -> None:
    pool.sign_up("alice")
    pool.sign_up("bob")
    of_alice, of_bob = (message.code for message in clocked.messages(pool.id))
    if of_alice != of_bob:
        assert confirm(pool, of_alice, "bob") == MISMATCH
    assert confirm(pool, of_alice, "alice") is None
    forget(pool)
    if clocked.last_code(pool.id) != of_alice:
        assert reset(pool, of_alice) == MISMATCH


def test_a_code_proves_only_the_address_it_went_to(clocked: ClockedServer, pool: Pool) -> None:
    pool.sign_up("alice")
    code = clocked.last_code(pool.id)
    clocked.administrator.admin_update_user_attributes(
        UserPoolId=pool.id,
        Username="alice",
        UserAttributes=[{"Name": "email", "Value": "elsewhere@example.org"}],
    )
    assert confirm(pool, code) == MISMATCH
    assert pool.user("alice")["UserStatus"] == "UNCONFIRMED"


def test_guesses_are_counted_although_they_fail(clocked: ClockedServer, pool: Pool) -> None:
    pool.sign_up("alice")
    code = clocked.last_code(pool.id)
    assert [confirm(pool, WRONG) for _ in range(15)] == [MISMATCH] * 15
    assert confirm(pool, WRONG) == LIMIT
    assert confirm(pool, code) == LIMIT, "beyond the limit the right code is not looked at"
    clocked.clock.advance(HOUR)
    assert confirm(pool, code) is None


def test_too_many_wrong_guesses_end_a_code_however_slowly_they_come(
    clocked: ClockedServer, pool: Pool
) -> None:
    pool.sign_up("alice")
    code = clocked.last_code(pool.id)
    for _ in range(2):
        assert [confirm(pool, WRONG) for _ in range(10)] == [MISMATCH] * 10
        clocked.clock.advance(HOUR)
    assert confirm(pool, code) == EXPIRED


def test_five_codes_an_hour_are_sent_again(clocked: ClockedServer, pool: Pool) -> None:
    pool.sign_up("alice")
    ask: dict[str, Any] = {"ClientId": pool.client_id, "Username": "alice"}
    for _ in range(5):
        clocked.anonymous.resend_confirmation_code(**ask)
    with pytest.raises(clocked.anonymous.exceptions.LimitExceededException):
        clocked.anonymous.resend_confirmation_code(**ask)
    assert len(clocked.messages(pool.id)) == 6


def test_resets_are_guessed_at_twenty_times_an_hour(clocked: ClockedServer, pool: Pool) -> None:
    pool.confirmed("alice")
    forget(pool)
    assert [reset(pool, WRONG) for _ in range(20)] == [MISMATCH] * 20
    assert reset(pool, WRONG) == LIMIT


def test_a_refused_password_leaves_the_code_and_counts_the_try(clocked: ClockedServer) -> None:
    pool = make_pool(
        clocked,
        Policies={"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 2}},
        UserPoolTier="PLUS",
    )
    pool.confirmed("alice")
    forget(pool)
    code = clocked.last_code(pool.id)
    for _ in range(20):
        refused = reset(pool, code, password=PASSWORD)
        assert refused is not None
        assert refused[0] == "PasswordHistoryPolicyViolationException"
    assert reset(pool, code, password=PASSWORD) == LIMIT
    assert reset(pool, code) == LIMIT
    clocked.clock.advance(HOUR - 1)
    assert reset(pool, code) == LIMIT


def test_risk_shortens_the_guesses(clocked: ClockedServer) -> None:
    """Whoever guesses under a name from everywhere gets fewer tries than the twenty of a quiet pool."""
    pool = make_pool(clocked, UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"})
    pool.confirmed("alice")
    forget(pool)
    answers = [reset(pool, WRONG) for _ in range(20)]
    assert answers[:5] == [MISMATCH] * 5
    events = clocked.administrator.admin_list_user_auth_events(UserPoolId=pool.id, Username="alice")
    levels = {event["EventRisk"].get("RiskLevel") for event in events["AuthEvents"]}
    assert (LIMIT in answers) == bool(levels & {"Low", "Medium", "High"})


def test_an_unknown_name_answers_as_a_known_one_does(clocked: ClockedServer) -> None:
    pool = make_pool(clocked, client={"PreventUserExistenceErrors": "ENABLED"})
    pool.confirmed("alice", email="alice@example.org")

    def walk(username: str) -> list[object]:
        answers: list[object] = [reset(pool, WRONG, username), forget(pool, username)]
        answers += [reset(pool, WRONG, username) for _ in range(20)]
        answers.append(reset(pool, "123456", username))
        clocked.clock.advance(HOUR)
        answers.append(reset(pool, WRONG, username))
        return answers

    known, unknown = walk("alice"), walk("nobody")
    assert known == unknown
    assert known[:3] == [EXPIRED, None, MISMATCH]
    assert known[-1] == EXPIRED
    assert {message.username for message in clocked.messages(pool.id)} == {"alice"}


def test_a_simulated_address_is_always_the_same(clocked: ClockedServer) -> None:
    pool = make_pool(clocked, client={"PreventUserExistenceErrors": "ENABLED"})

    def details(username: str) -> object:
        answer = clocked.anonymous.forgot_password(ClientId=pool.client_id, Username=username)
        return answer["CodeDeliveryDetails"]

    assert details("nobody") == details("nobody")
    assert details("eve@example.org") == {
        "Destination": "e***@e***",
        "DeliveryMedium": "EMAIL",
        "AttributeName": "email",
    }
    assert details("+442079460123") == {
        "Destination": "+*******0123",
        "DeliveryMedium": "SMS",
        "AttributeName": "phone_number",
    }
    assert len({str(details(f"nobody{number}")) for number in range(20)}) > 5


def test_one_address_gets_only_so_many_codes_whoever_asks(clocked: ClockedServer) -> None:
    pool = make_pool(clocked)
    for number in range(20):
        pool.sign_up(f"user{number}", email="victim@example.org")
    with pytest.raises(ClientError) as caught:
        pool.sign_up("one-more", email="victim@example.org")
    assert caught.value.response["Error"]["Code"] == "CodeDeliveryFailureException"
    pool.sign_up("other", email="other@example.org")
    clocked.clock.advance(3600)
    pool.sign_up("one-more", email="victim@example.org")


def test_many_accounts_with_one_address_do_not_multiply_the_guesses(clocked: ClockedServer) -> None:
    pool = make_pool(clocked)
    refusals = []
    for number in range(6):
        pool.sign_up(f"user{number}", email="victim@example.org")
        for _ in range(5):
            with pytest.raises(ClientError) as caught:
                pool.confirm(f"user{number}", "000000")
            refusals.append(caught.value.response["Error"]["Code"])
    assert refusals[:20] == ["CodeMismatchException"] * 20
    assert refusals[20:] == ["LimitExceededException"] * 10
