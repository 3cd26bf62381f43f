"""The committed contract and coverage page are what the generator writes from the installed model."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.contract.inputs import MODEL, OPERATIONS, mutations, valid_requests
from tests.contract.oracle import WrongTypeError, sentence
from tools.contract import coverage, render
from tools.contract.__main__ import CONTRACT, COVERAGE

from doorward.wire import contract


def test_the_committed_contract_is_current() -> None:
    assert CONTRACT.read_text(encoding="utf-8") == render.contract(MODEL)


def test_the_coverage_page_is_current() -> None:
    assert COVERAGE.read_text(encoding="utf-8") == coverage.page(MODEL, coverage.built_operations())


def test_the_coverage_page_tells_done_from_not_yet_and_refuses_strangers() -> None:
    page = coverage.page(MODEL, {"SignUp"})
    assert "| SignUp | done | open |" in page
    assert "| ListUsers | not yet | signed |" in page
    assert sum(f"| {name} | " in page for name in OPERATIONS) == len(OPERATIONS)
    with pytest.raises(ValueError, match="NotAnOperation"):
        coverage.page(MODEL, {"NotAnOperation"})


def test_the_table_names_every_operation_with_its_errors_and_access() -> None:
    assert sorted(contract.OPERATIONS) == OPERATIONS
    for name, operation in contract.OPERATIONS.items():
        raw = MODEL.operations[name]
        assert operation.name == name
        assert operation.request.__name__ == raw["input"]["shape"]
        assert operation.response.__name__ == raw.get("output", {"shape": f"{name}Response"})["shape"]
        assert list(operation.errors) == [error["shape"] for error in raw["errors"]]
        assert operation.signed == (raw.get("authtype") != "none")


def test_every_struct_has_the_models_members_under_their_wire_names() -> None:
    for name in MODEL.reachable():
        shape = MODEL.shapes[name]
        if shape["type"] == "structure" and not shape.get("document"):
            struct = getattr(contract, name)
            fields = msgspec.structs.fields(struct)
            assert [field.encode_name for field in fields] == list(shape["members"])
            required = {field.encode_name for field in fields if field.required}
            assert required == set(shape.get("required", ()))


def test_no_value_shows_in_a_repr() -> None:
    request = contract.ChangePasswordRequest(
        access_token="planted-token", proposed_password="planted-new", previous_password="planted-old"
    )
    assert repr(request) == "ChangePasswordRequest(previous_password, proposed_password, access_token)"
    assert "planted" not in repr(request.__rich_repr__())


@pytest.mark.parametrize("operation", OPERATIONS)
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_built_requests_are_good_and_each_mutation_is_bad(operation: str, data: st.DataObject) -> None:
    request = data.draw(valid_requests(operation))
    assert sentence(operation, request) is None
    for mutation in mutations(operation, request):
        try:
            error = "InvalidParameterException" if sentence(operation, mutation.request) else None
        except WrongTypeError:
            error = "SerializationException"
        assert error == mutation.error, (mutation.what, mutation.path)
