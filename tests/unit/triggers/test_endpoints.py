"""Where functions are called: what the settings say, and what no ARN can change about it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from doorward.settings import Settings
from doorward.triggers.endpoints import Endpoints, Target

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:define"
REGION = "eu-west-1"
DEFAULT = "http://lambda.internal:9001/base"
WHOLE = "http://127.0.0.1:9002/2015-03-31/functions/function/invocations"
INVOKE = "/2015-03-31/functions/define/invocations"


def test_the_name_is_put_into_the_path() -> None:
    assert Endpoints(DEFAULT, ()).of(ARN) == Target(DEFAULT, INVOKE, REGION)


def test_a_version_or_alias_is_a_qualifier() -> None:
    assert Endpoints(DEFAULT, ()).of(f"{ARN}:live") == Target(DEFAULT, f"{INVOKE}?Qualifier=live", REGION)
    assert Endpoints(DEFAULT, ()).of(f"{ARN}:$LATEST") == Target(
        DEFAULT, f"{INVOKE}?Qualifier=%24LATEST", REGION
    )


def test_a_whole_url_is_called_as_it_is() -> None:
    assert Endpoints(WHOLE, ()).of(f"{ARN}:live") == Target(WHOLE, "", REGION)


def test_a_name_beats_the_default_and_an_arn_a_name() -> None:
    by_name, by_arn = "http://name", "http://arn"
    assert Endpoints(DEFAULT, [f"define={by_name}"]).of(ARN) == Target(by_name, INVOKE, REGION)
    both = Endpoints(DEFAULT, [f"define={by_name}", f"{ARN}={by_arn}"])
    assert both.of(ARN) == Target(by_arn, INVOKE, REGION)
    assert both.of(f"{ARN}:live") == Target(by_name, f"{INVOKE}?Qualifier=live", REGION)


def test_without_an_endpoint_nothing_is_called() -> None:
    assert Endpoints(None, ()).of(ARN) is None
    assert Endpoints(None, ["other=http://other"]).of(ARN) is None


@given(st.text() | st.from_regex(r"arn:aws:lambda:eu-west-1:123456789012:function:.*"))
def test_no_arn_leads_elsewhere(arn: str) -> None:
    """Whatever stands in a pool: a server of the settings, and one segment of its path."""
    target = Endpoints(DEFAULT, ()).of(arn)
    if target is None:
        return
    assert target.server == DEFAULT
    path, _, query = target.path.partition("?")
    assert path.count("/") == 4
    assert ".." not in path
    assert all(" " < character < "\x7f" for character in path + query)


@pytest.mark.parametrize(
    "functions",
    [
        "define",
        "=http://x",
        "define=ftp://x",
        "define=x",
        "define=http://x?y",
        "define=http://user@x",
        "define=http://x:99999",
    ],
)
def test_settings_that_name_no_server_are_refused(functions: str) -> None:
    with pytest.raises(ValidationError):
        Settings(lambda_functions=functions)


@pytest.mark.parametrize(
    "key",
    [
        {"lambda_access_key_id": "AKIDEXAMPLE"},
        {"lambda_secret_access_key": "secret"},
        {"lambda_access_key_id": "AKIDEXAMPLE", "lambda_secret_access_key": ""},
        {"lambda_access_key_id": "", "lambda_secret_access_key": "secret"},
        {"lambda_access_key_id": "AKID\r\nX: y", "lambda_secret_access_key": "secret"},
        {"lambda_access_key_id": "AKIDEXAMPLE", "lambda_secret_access_key": "secret\n"},
        {"lambda_access_key_id": "AKIDEXAMPLE", "lambda_secret_access_key": "\udcff"},
    ],
)
def test_what_is_no_whole_access_key_is_refused(key: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="lambda_"):
        Settings.model_validate(key)


def test_settings_are_read_as_a_list() -> None:
    read = Settings(lambda_functions=f"define=http://a/, {ARN}={WHOLE}")
    assert read.lambda_functions == ("define=http://a", f"{ARN}={WHOLE}")
