"""Every broken constraint, of every operation, gives Cognito's error over the wire and changes nothing."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contract.contents import difference
from tests.contract.depth import examples
from tests.contract.inputs import MODEL, SHAPES, Raw, input_shape, mutations, valid_requests
from tests.contract.log_watch import LogWatch
from tests.contract.oracle import WrongTypeError, sentence
from tests.contract.raw_api import CONTENT_TYPE, Answer
from tests.contract.stage import Place, Stage

from doorward.operations.table import OPERATIONS

_REQUEST_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
@examples(2)
@given(data=st.data())
def test_a_violation_is_told_and_changes_nothing(
    operation: str, stage: Stage, log: LogWatch, data: st.DataObject
) -> None:
    complete = data.draw(st.booleans())
    request = data.draw(valid_requests(operation, complete=complete))
    request = at_home(input_shape(operation), request, data.draw(st.sampled_from(stage.places)))
    assert sentence(operation, request) is None
    signed = MODEL.operations[operation].get("authtype") != "none"
    before = stage.contents
    for mutation in mutations(operation, request):
        what = (mutation.what, mutation.path)
        answer = stage.api.call(operation, mutation.request, signed=signed)
        _is_the_error(answer, mutation.error, what)
        if mutation.error == "InvalidParameterException":
            assert answer.said["message"] == sentence(operation, mutation.request), what
        else:
            with pytest.raises(WrongTypeError):
                sentence(operation, mutation.request)
        assert difference(before, stage.contents) == {}, what
    assert log.errors() == []


def at_home(name: str, value: Any, place: Place) -> Any:
    """Return a request that names what there is in a place, so that only the violation can stop it."""
    shape = SHAPES[name]
    if shape.get("document") or shape["type"] not in {"structure", "list"}:
        return value
    if shape["type"] == "list":
        return [at_home(shape["member"]["shape"], item, place) for item in value]
    inside: Raw = {}
    for member, item in value.items():
        target = shape["members"][member]["shape"]
        # TokenValidityUnits has an AccessToken too: a unit.
        known = None if "enum" in SHAPES[target] else place.names.get(member)
        inside[member] = known[0] if known else at_home(target, item, place)
    return inside


def _is_the_error(answer: Answer, error: str, what: object) -> None:
    assert (answer.status, answer.error) == (400, error), (what, answer)
    assert answer.headers["x-amzn-errortype"].rstrip(":") == error, what
    assert answer.headers["content-type"] == CONTENT_TYPE, what
    assert _REQUEST_ID.fullmatch(answer.headers["x-amzn-requestid"]), what
    assert set(answer.said) == {"__type", "message"}, what
