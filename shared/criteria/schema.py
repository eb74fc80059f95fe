"""The shape of a framework document: marshmallow schemas that refuse every unknown key."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from marshmallow import fields

from shared.contracts.fields import Number, Text, Title, WholeNumber, code
from shared.contracts.sentences import Sentence, sentence
from shared.criteria import model


def choice(*allowed: str, **kwargs: Any) -> fields.String:
    """One of some words; says which."""

    def check(value: str) -> None:
        if value not in allowed:
            message = sentence(
                "Expected one of: %(allowed)s; found “%(found)s”.", allowed=", ".join(allowed), found=value
            )
            raise ma.ValidationError([message])

    return fields.String(validate=check, metadata={"enum": list(allowed)}, **kwargs)


# Name of a limit -> what passes, what is said otherwise, and how JSON Schema says it.
_LIMITS: Mapping[str, tuple[Any, Sentence, Mapping[str, float]]] = {
    "positive": (lambda value: value > 0, sentence("Expected a number above 0."), {"exclusiveMinimum": 0}),
    "negative": (lambda value: value < 0, sentence("Expected a number below 0."), {"exclusiveMaximum": 0}),
    "not_negative": (lambda value: value >= 0, sentence("Expected 0 or more."), {"minimum": 0}),
    "not_positive": (lambda value: value <= 0, sentence("Expected 0 or less."), {"maximum": 0}),
    "share": (
        lambda value: 0 <= value <= 1,
        sentence("Expected a share between 0 and 1."),
        {"minimum": 0, "maximum": 1},
    ),
}


def number(check: str | None = None, **kwargs: Any) -> Number:
    """A finite number; `check` is positive, negative, not_negative, not_positive or share."""
    if check is None:
        return Number(**kwargs)
    passes, message, keywords = _LIMITS[check]

    def validator(value: float) -> None:
        if not passes(value):
            raise ma.ValidationError([message])

    return Number(validate=validator, metadata=dict(keywords), **kwargs)


def whole(lowest: int, highest: int) -> WholeNumber:
    """A whole number in a range."""

    def check(value: int) -> None:
        if not lowest <= value <= highest:
            message = sentence(
                "Expected a whole number from %(lowest)s to %(highest)s.", lowest=lowest, highest=highest
            )
            raise ma.ValidationError([message])

    return WholeNumber(validate=check, metadata={"minimum": lowest, "maximum": highest})


def at_least_one(value: list[Any]) -> None:
    if not value:
        raise ma.ValidationError([sentence("Expected at least one entry.")])


class ToleranceSchema(ma.Schema):
    absolute = number("not_negative")
    relative = number("not_negative")


class SourceSchema(ma.Schema):
    id = code(required=True)
    indicator = Text(longest=200, shortest=1, required=True)
    relation = choice(*model.RELATIONS, required=True)
    tolerance = fields.Nested(ToleranceSchema)
    disclosure = choice(*model.DISCLOSURES)

    @ma.validates_schema
    def only_same_has_tolerance(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["relation"] == "related" and "tolerance" in data:
            message = sentence("A related rating has another scale, so it has no tolerance.")
            raise ma.ValidationError({"tolerance": [message]})


class _Rule(ma.Schema):
    name = fields.String(required=True)


class ScopedRule(_Rule):
    scope = choice(*model.SCOPES)


class GoalpostsSchema(_Rule):
    low = number(required=True)
    high = number(required=True)
    transform = choice("none", "log")

    @ma.validates_schema
    def apart(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["low"] == data["high"]:
            raise ma.ValidationError({"high": [sentence("The goalposts low and high must differ.")]})
        if data.get("transform") == "log" and min(data["low"], data["high"]) <= 0:
            at = "low" if data["low"] <= 0 else "high"
            raise ma.ValidationError({at: [sentence("With the log transform both goalposts must be above 0.")]})


class BandSchema(ma.Schema):
    at_least = number()
    at_most = number()
    share = number("share", required=True)

    @ma.validates_schema
    def one_limit(self, data: dict[str, Any], **kwargs: Any) -> None:
        if ("at_least" in data) == ("at_most" in data):
            raise ma.ValidationError([sentence("A band has either at_least or at_most.")])


class BandsSchema(_Rule):
    bands = fields.List(fields.Nested(BandSchema), required=True, validate=at_least_one)

    @ma.validates_schema
    def in_order(self, data: dict[str, Any], **kwargs: Any) -> None:
        for index, (better, worse) in enumerate(zip(data["bands"], data["bands"][1:], strict=False), start=1):
            key = "at_least" if "at_least" in better else "at_most"
            falls = key in worse and (worse[key] < better[key] if key == "at_least" else worse[key] > better[key])
            if not falls or worse["share"] > better["share"]:
                message = sentence("Bands go from the best to the worst, all with at_least or all with at_most.")
                raise ma.ValidationError({"bands": {index: [message]}})


class RubricSchema(_Rule):
    shares = fields.List(number("share"), validate=at_least_one)


class PerCountSchema(_Rule):
    points_each = number("positive", required=True)


RULES: Mapping[str, type[ma.Schema]] = {
    "proportional": _Rule,
    "leader_relative": ScopedRule,
    "share_of_best": ScopedRule,
    "goalposts": GoalpostsSchema,
    "minmax": ScopedRule,
    "bands": BandsSchema,
    "rubric": RubricSchema,
    "binary": _Rule,
    "per_count": PerCountSchema,
}


class RuleField(fields.Field[dict[str, Any]]):
    """A rule: its name decides which other keys it has."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ma.ValidationError("Not a valid mapping type.")
        if "name" not in value:
            raise ma.ValidationError({"name": ["Missing data for required field."]})
        name = value["name"]
        if not isinstance(name, str) or name not in RULES:
            message = sentence(
                "Expected one of: %(allowed)s; found “%(found)s”.", allowed=", ".join(RULES), found=str(name)
            )
            raise ma.ValidationError({"name": [message]})
        return dict(RULES[name]().load(value))


class EvidenceField(fields.Field[Any]):
    """`required`, or a table with `rule` and `disclosure`."""

    class Table(ma.Schema):
        rule = choice(*model.EVIDENCE)
        disclosure = choice(*model.DISCLOSURES)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, str]:
        if isinstance(value, dict):
            return dict(self.Table().load(value))
        return {"rule": choice(*model.EVIDENCE).deserialize(value)}


class CriterionSchema(ma.Schema):
    code = code(required=True)
    title = fields.Nested(Title)
    unit = Text(longest=100)
    kind = choice(*model.KINDS)
    direction = choice(*model.DIRECTIONS)
    max_points = number("positive")
    rule = RuleField()
    weight = number("not_negative")
    target = choice(*model.TARGETS)
    evidence = EvidenceField()
    sources = fields.List(fields.Nested(SourceSchema))
    disclosure = choice(*model.DISCLOSURES)


class GroupSchema(ma.Schema):
    code = code(required=True)
    title = fields.Nested(Title)
    weight = number("not_negative")
    max_points = number("positive")
    aggregation = choice(*model.AGGREGATIONS)
    criteria = fields.List(fields.Nested(CriterionSchema))
    groups = fields.List(fields.Nested(lambda: GroupSchema()))  # noqa: PLW0108 - the class does not exist yet


class BonusSchema(ma.Schema):
    code = code(required=True)
    title = fields.Nested(Title)
    points_each = number("positive", required=True)
    cap = number("positive")
    evidence = choice(*model.EVIDENCE)
    disclosure = choice(*model.DISCLOSURES)


class PenaltySchema(ma.Schema):
    code = code(required=True)
    title = fields.Nested(Title)
    points_each = number("negative", required=True)
    floor = number("negative")
    evidence = choice(*model.EVIDENCE)
    disclosure = choice(*model.DISCLOSURES)


class GateSchema(ma.Schema):
    code = code(required=True)
    title = fields.Nested(Title)
    effect = choice(*model.GATE_EFFECTS, required=True)
    disclosure = choice(*model.DISCLOSURES)


class OverlaySchema(ma.Schema):
    clusters = fields.List(Text(longest=63, shortest=1), required=True, validate=at_least_one)
    changes = fields.Dict(keys=Text(longest=63, shortest=1), values=number(), required=True)
    legal_reference = Text(longest=500, shortest=1, required=True)
    reason = Text(longest=2000, shortest=1, required=True)
    bound = number("positive")
    title = fields.Nested(Title)


class FrameworkSchema(ma.Schema):
    framework = code(required=True)
    version = whole(1, 1_000_000)
    title = fields.Nested(Title)
    total = number("positive")
    rounding = whole(0, 8)
    missing = choice(*model.MISSING)
    uncorroborated = choice(*model.UNCORROBORATED)
    quantified = choice(*model.QUANTIFIED)
    aggregation = choice(*model.AGGREGATIONS)
    criteria = fields.List(fields.Nested(CriterionSchema))
    groups = fields.List(fields.Nested(GroupSchema))
    bonuses = fields.List(fields.Nested(BonusSchema))
    penalties = fields.List(fields.Nested(PenaltySchema))
    bonus_cap = number("not_negative")
    penalty_floor = number("not_positive")
    gates = fields.List(fields.Nested(GateSchema))
    tie_breakers = fields.List(Text(longest=63, shortest=1))
    overlays = fields.List(fields.Nested(OverlaySchema))


_SCHEMAS: list[type[ma.Schema]] = [FrameworkSchema, GroupSchema, CriterionSchema, SourceSchema, ToleranceSchema]
_SCHEMAS += [BandSchema, BonusSchema, PenaltySchema, GateSchema, OverlaySchema, *RULES.values()]
KNOWN_KEYS = frozenset(key for schema in _SCHEMAS for key in schema().fields)
