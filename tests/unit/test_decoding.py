"""Decoding accepts exactly what the model allows, and says exactly what is wrong with the rest."""

import json
from typing import Any

import msgspec
import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator, ValidationErrors
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.contract.inputs import OPERATIONS, SHAPES, Raw, input_shape, mutations, valid_requests
from tests.contract.oracle import WrongTypeError, sentence

from doorward.wire import contract, violations
from doorward.wire.decoding import decode, encode
from doorward.wire.errors import CognitoError, InvalidParameterException, SerializationException
from doorward.wire.json_text import MAX_DEPTH

SERVICE = get_session().get_service_model("cognito-idp")
PLANT = "pLaNtEd-7f3a"

slow = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))


def said_of(operation: str, request: Any) -> tuple[str, str] | None:
    """Return the name and message of the error that a request gives, or None."""
    try:
        decode(contract.OPERATIONS[operation].request, json.dumps(request).encode())
    except CognitoError as error:
        return error.name, error.message
    return None


def expected_of(operation: str, request: Any) -> tuple[str, str] | None:
    """Return what the oracle expects; for a wrong type the message is not compared."""
    try:
        message = sentence(operation, request)
    except WrongTypeError:
        return "SerializationException", ""
    return None if message is None else ("InvalidParameterException", message)


def agree(operation: str, request: Any) -> None:
    said, expected = said_of(operation, request), expected_of(operation, request)
    if said and expected and expected[0] == "SerializationException":
        assert said[0] == expected[0]
    else:
        assert said == expected


def botocore_refuses(operation: str, request: Any) -> bool:
    """Tell whether botocore's own, weaker, validation refuses a request before it is sent."""
    shape = SERVICE.operation_model(operation).input_shape
    assert shape is not None
    report: ValidationErrors = ParamValidator().validate(request, shape)
    return bool(report.has_errors())


@pytest.mark.parametrize("operation", OPERATIONS)
@slow
@given(data=st.data())
def test_decoding_agrees_with_the_oracle(operation: str, data: st.DataObject) -> None:
    request = data.draw(valid_requests(operation))
    agree(operation, request)
    assert not botocore_refuses(operation, request)
    bad = list(mutations(operation, request))
    for mutation in bad:
        agree(operation, mutation.request)
    if bad:
        first = data.draw(st.sampled_from(bad)).request
        if isinstance(first, dict):
            agree(operation, _merged(data.draw(st.sampled_from(bad)).request, first))


def _merged(one: Any, other: Raw) -> Raw:
    """Take each member from one of two bad requests, so that both violations may come together."""
    if not isinstance(one, dict):
        return other
    return {**other, **{key: value for key, value in one.items() if key not in other or len(key) % 2}}


@pytest.mark.parametrize("operation", OPERATIONS)
@slow
@given(data=st.data())
def test_what_botocore_refuses_is_refused(operation: str, data: st.DataObject) -> None:
    for mutation in mutations(operation, data.draw(valid_requests(operation))):
        if botocore_refuses(operation, mutation.request):
            assert said_of(operation, mutation.request) is not None


@pytest.mark.parametrize("operation", OPERATIONS)
@slow
@given(data=st.data())
def test_a_good_request_survives_the_round_trip(operation: str, data: st.DataObject) -> None:
    request = data.draw(valid_requests(operation))
    shape = contract.OPERATIONS[operation].request
    decoded = decode(shape, json.dumps({**request, "SomethingNew": {"a": [1, None]}}).encode())
    assert json.loads(encode(decoded)) == request
    nulls = {member: None for member in SHAPES[input_shape(operation)]["members"] if member not in request}
    assert decode(shape, json.dumps({**nulls, **request}).encode()) == decoded


def plant(name: str, value: Any, secret: Any, inside: bool = False) -> Any:
    """Return the value with a secret wherever the model says sensitive."""
    shape = SHAPES[name]
    inside = inside or bool(shape.get("sensitive"))
    if shape.get("document"):
        return value
    if shape["type"] == "structure":
        return {key: plant(shape["members"][key]["shape"], one, secret, inside) for key, one in value.items()}
    if shape["type"] == "list":
        return [plant(shape["member"]["shape"], one, secret, inside) for one in value]
    if shape["type"] == "map":
        return {
            (PLANT if inside else key): plant(shape["value"]["shape"], one, secret, inside)
            for key, one in value.items()
        }
    return secret if inside else value


@pytest.mark.parametrize("operation", OPERATIONS)
@slow
@given(data=st.data(), secret=st.sampled_from([PLANT + " \x00", PLANT * 12000, {PLANT: PLANT}, [PLANT], ""]))
def test_sensitive_values_are_never_repeated(operation: str, data: st.DataObject, secret: Any) -> None:
    request = plant(input_shape(operation), data.draw(valid_requests(operation, complete=True)), secret)
    said = said_of(operation, request)
    # Other members broken at the same time make the slow walk pass over the secrets too.
    request.pop(next(iter(SHAPES[input_shape(operation)].get("required", request))), None)
    for answer in (said, said_of(operation, request)):
        assert answer is None or PLANT not in answer[1]


NO_OBJECT = [
    b"null",
    b"[]",
    b"5",
    b'"text"',
    b"{",
    b"}",
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b" ",
    b"\x00",
    b"{} {}",
]

HOSTILE_MEMBERS = [
    b'"Unknown":"\xff"', b'"Unknown":"\\ud800"', b'"Unknown":NaN', b'"Unknown":Infinity',
    b'"Unknown":-Infinity', b'"Settings":1e999', b'"Settings":' + b"9" * 9000, b'"Unknown":' + b"[" * 200_000,
    b'"Unknown":' + b"[" * 500 + b"]" * 500, b'"Unknown":' + b'{"a":' * 300 + b"1" + b"}" * 300,
    b'"ClientId":"a","ClientId":"b"', b'"Unknown":1,"Unk\\u006eown":2', b'"Unknown":[{"x":{"y":1,"y":2}}]',
    b"'ClientId':'a'", b'"ClientId":"a",', b"1:2", b'"Unknown":01', b'"Unknown":"\x01"', b'"ClientId":5',
    b'"UseCognitoProvidedValues":1', b'"Assets":{}', b'"Assets":[5]', b'"Unknown"',
]  # fmt: skip


@pytest.mark.parametrize("body", NO_OBJECT)
def test_a_body_that_is_no_json_object_is_a_serialization_exception(body: bytes) -> None:
    with pytest.raises(SerializationException):
        decode(contract.CreateManagedLoginBrandingRequest, body)


@pytest.mark.parametrize("beginning", [b'{"UserPoolId":"a_b",', b'{"UserPoolId":"?",', b"{"], ids=repr)
@pytest.mark.parametrize("member", HOSTILE_MEMBERS, ids=lambda member: repr(member[:30]))
def test_what_is_no_proper_json_is_a_serialization_exception(beginning: bytes, member: bytes) -> None:
    """It comes before the constraints, whether the rest of the request is good, bad or missing."""
    good = b'{"UserPoolId":"a_b","Unknown":"Unknown","ClientId":"a","Settings":{}}'
    assert decode(contract.CreateManagedLoginBrandingRequest, good).client_id == "a"
    client = b"" if b"ClientId" in member else b'"ClientId":"a",'
    with pytest.raises(SerializationException):
        decode(contract.CreateManagedLoginBrandingRequest, beginning + client + member + b"}")


@given(body=st.one_of(st.binary(), st.text().map(str.encode)))
@example(body=b'{"ClientId":{"":' + b'{"":' * 2000)
def test_hostile_bytes_give_only_api_errors(body: bytes) -> None:
    for shape in (contract.SignUpRequest, contract.CreateManagedLoginBrandingRequest):
        with pytest.raises(CognitoError):
            decode(shape, body)


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


@settings(max_examples=300)
@given(
    request=st.fixed_dictionaries({}, optional=dict.fromkeys(SHAPES["SignUpRequest"]["members"], json_values))
)
def test_any_json_gives_only_api_errors(request: Raw) -> None:
    try:
        decode(contract.SignUpRequest, json.dumps(request).encode())
    except (InvalidParameterException, SerializationException) as error:
        assert "malformed" not in error.message


def test_an_empty_body_is_an_empty_object() -> None:
    with pytest.raises(InvalidParameterException) as caught:
        decode(contract.SignUpRequest, b"")
    assert caught.value.message == (
        "2 validation errors detected: "
        "Value null at 'clientId' failed to satisfy constraint: Member must not be null; "
        "Value at 'username' failed to satisfy constraint: Member must not be null"
    )
    assert decode(contract.DescribeUserPoolDomainRequest, b'{"Domain":"a"}').domain == "a"


@pytest.mark.parametrize("map_name", ["AuthParameters", "ChallengeResponses"])
def test_null_means_absent_in_the_parameters_of_a_sign_in(map_name: str) -> None:
    """Browsers send DEVICE_KEY so; in other maps, and beside other mistakes, null stays what it is."""
    shape: Any = {
        "AuthParameters": contract.InitiateAuthRequest,
        "ChallengeResponses": contract.RespondToAuthChallengeRequest,
    }[map_name]
    members = {"ClientId": "abc", "AuthFlow": "USER_AUTH", "ChallengeName": "SMS_MFA"}

    def read(parameters: Any, **others: Any) -> Any:
        return decode(shape, json.dumps({**members, map_name: parameters, **others}).encode())

    request = read({"DEVICE_KEY": None, "USERNAME": "null"})
    assert (getattr(request, "auth_parameters", None) or request.challenge_responses) == {"USERNAME": "null"}
    with pytest.raises(SerializationException):
        read({"DEVICE_KEY": None, "USERNAME": 5})
    with pytest.raises(SerializationException):
        read({"DEVICE_KEY": [None]})
    with pytest.raises(InvalidParameterException):
        read({"DEVICE_KEY": None}, ClientMetadata={"x": None})
    twice = json.dumps({**members, map_name: {"K": None}}).replace('"K": null', '"K": null, "K": "x"')
    with pytest.raises(SerializationException):
        decode(shape, twice.encode())


def test_nesting_up_to_the_limit_is_taken() -> None:
    levels = MAX_DEPTH - 1
    body = b'{"UserPoolId":"a_b","ClientId":"a","Settings":' + b"[" * levels + b"]" * levels + b"}"
    assert encode(decode(contract.CreateManagedLoginBrandingRequest, body)) == body
    deeper = body.replace(b":[", b":[[").replace(b"]}", b"]]}")
    with pytest.raises(SerializationException, match="64 levels"):
        decode(contract.CreateManagedLoginBrandingRequest, deeper)


def test_brackets_in_strings_do_not_nest_and_equal_strings_are_no_equal_keys() -> None:
    text = '\\"[{' * 40 + '"Name":'
    body = json.dumps({"Name": "Name", "MaxResults": 1, "Extra": [{"Name": "Extra"}, {"Name": text}]})
    assert decode(contract.ListUserPoolsRequest, body.encode()).max_results == 1


def test_long_values_are_cut_and_many_violations_are_counted() -> None:
    long = "x" * 5000
    said = said_of("AdminGetUser", {"UserPoolId": long, "Username": "a"})
    assert said is not None
    assert f"'{'x' * violations.VALUE_SHOWN}…' at 'userPoolId'" in said[1]
    many = [{"Value": "v"}] * 5000
    said = said_of("SignUp", {"ClientId": "a", "Username": "a", "UserAttributes": many})
    assert said is not None
    assert said[1].startswith("5000 validation errors detected: ")
    assert said[1].count("failed to satisfy") == violations.VIOLATIONS_SHOWN


def test_encoding_leaves_out_what_is_absent_and_writes_times_and_blobs() -> None:
    response = contract.DescribeUserPoolResponse(
        user_pool=contract.UserPoolType(id="eu-west-1_a", creation_date=1.25, schema_attributes=[])
    )
    assert json.loads(encode(response)) == {
        "UserPool": {"Id": "eu-west-1_a", "CreationDate": 1.25, "SchemaAttributes": []}
    }
    asset = contract.AssetType(category="FORM_LOGO", color_mode="DARK", extension="PNG", bytes=b"\x00\xff")
    assert json.loads(encode(asset))["Bytes"] == "AP8="
    assert encode(contract.AdminDeleteUserResponse()) == b"{}"
    assert isinstance(response, msgspec.Struct)
