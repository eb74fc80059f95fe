"""The shape of a framework document as JSON Schema (draft 2020-12), made from the marshmallow schemas that check it.

What holds between the parts (sums, references, zero-sum overlays) is beyond JSON Schema; the loader checks it.
"""

import json
from typing import Any

import marshmallow as ma
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from shared.criteria import model
from shared.criteria.schema import RULES, EvidenceField, FrameworkSchema, RuleField

IDENTIFIER = "urn:cong-tam:framework"


def framework_json_schema() -> dict[str, Any]:
    """The JSON Schema as plain data, the same at every call."""
    plugin = MarshmallowPlugin(schema_name_resolver=_name)
    spec = APISpec("", "", "3.1.0", plugins=[plugin])

    def own_fields(self: Any, field: ma.fields.Field[Any], **kwargs: Any) -> dict[str, Any]:
        if isinstance(field, RuleField):
            return {"oneOf": [_rule(self, name, schema) for name, schema in RULES.items()]}
        if isinstance(field, EvidenceField):
            return {"oneOf": [{"enum": list(model.EVIDENCE)}, self.schema2jsonschema(EvidenceField.Table())]}
        return {}

    assert plugin.converter is not None
    plugin.converter.add_attribute_function(own_fields)  # type: ignore[no-untyped-call]
    spec.components.schema("Framework", schema=FrameworkSchema)
    definitions = _rewritten(spec.to_dict()["components"]["schemas"])
    root = definitions.pop("Framework")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": IDENTIFIER,
        "title": "Framework of criteria",
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def framework_json_schema_text() -> str:
    """The JSON Schema as it is published."""
    return json.dumps(framework_json_schema(), indent=2, ensure_ascii=False) + "\n"


def _name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return str(kind.__name__).removesuffix("Schema")


def _rule(converter: Any, name: str, schema: type[ma.Schema]) -> dict[str, Any]:
    shape = dict(converter.schema2jsonschema(schema()))
    return {**shape, "properties": {**shape["properties"], "name": {"const": name}}}


def _rewritten(value: Any) -> Any:
    """Unknown keys are refused everywhere; references lead into `$defs`; patterns end as JavaScript has it."""
    if isinstance(value, list):
        return [_rewritten(member) for member in value]
    if not isinstance(value, dict):
        return value
    made = {key: _rewritten(member) for key, member in value.items()}
    if isinstance(made.get("$ref"), str):
        made["$ref"] = made["$ref"].replace("#/components/schemas/", "#/$defs/")
    if isinstance(made.get("pattern"), str):
        made["pattern"] = made["pattern"].replace(r"\Z", "$")
    if made.get("type") == "object" and "properties" in made:
        made["additionalProperties"] = False
    return made
