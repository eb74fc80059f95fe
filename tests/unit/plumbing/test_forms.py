"""Forms go through schemas: what these refuse is said in the form's words, once for each field."""

from typing import Any

import marshmallow as ma
import pytest
from flask import Flask
from marshmallow import fields, validate

from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.web.forms import load_form, typed


class Share(ma.Schema):
    numerator = fields.Integer(required=True)
    denominator = fields.Integer(required=True)
    source = fields.String(required=True, validate=validate.Length(min=1))


class Form(ma.Schema):
    name = fields.String(required=True, validate=validate.Length(max=3))
    share = fields.Nested(Share, required=True)


WORDING = {
    "share": sentence("A share is a fraction."),
    "share.source": sentence("Say where it is written."),
}
GOOD = {"name": "abc", "share": {"numerator": 1, "denominator": 2, "source": "Decree"}}


def faults(values: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(Refusal) as refused:
        load_form(Form(), values, WORDING)
    assert refused.value.kind is Kind.INVALID
    return {fault.path or "": str(fault.said) for fault in refused.value.faults}


def test_good_values_are_what_the_schema_loads() -> None:
    assert load_form(Form(), GOOD, WORDING) == GOOD


def test_the_nearest_wording_is_taken_and_each_is_said_once() -> None:
    share = {"numerator": "x", "denominator": "y", "source": ""}
    assert sorted(faults({**GOOD, "share": share}).values()) == ["A share is a fraction.", "Say where it is written."]


def test_without_wording_the_schemas_own_message_stands_at_its_path() -> None:
    assert faults({**GOOD, "name": "abcd"}) == {"name": "Longer than maximum length 3."}


def test_a_field_the_schema_does_not_know_is_refused() -> None:
    assert faults({**GOOD, "other": "1"}) == {"other": "Unknown field."}


@pytest.mark.parametrize(("given", "read"), [("  a b ", "a b"), ("   ", None), ("", None)])
def test_what_was_typed_comes_without_blanks_around_it(given: str, read: str | None) -> None:
    with Flask(__name__).test_request_context(method="POST", data={"name": given}):
        assert typed("name") == read
        assert typed("absent") is None
