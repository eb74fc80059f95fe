"""What comes in and goes out about the directory."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.intake.directory.model import (
    POSITIONS,
    Cluster,
    Council,
    Headship,
    Lists,
    Membership,
    Row,
    Succession,
    Unit,
    Validity,
    title_document,
)
from services.intake.schemas import MOST_ROWS, day, titled
from shared.contracts.fields import Text, WholeNumber, code, slug
from shared.contracts.fields import Title as TitleSchema
from shared.contracts.intake_v1 import BALLOT_METHODS


def council_document(council: Council) -> dict[str, Any]:
    return {"council": council.code, "title": title_document(council.title)}


def directory_document(row: Row) -> dict[str, Any]:
    """A directory row with its dates."""
    if isinstance(row, Succession):
        return dict(vars(row))
    return {**_row(row), **_dates(row.validity)}


def _row(row: Unit | Cluster | Membership | Headship) -> dict[str, Any]:
    match row:
        case Unit():
            return {"unit": row.code, "title": title_document(row.title)}
        case Cluster():
            return {"cluster": row.code, "title": title_document(row.title), "method": row.method}
        case Membership():
            return {"unit": row.unit, "cluster": row.cluster}
    return {"cluster": row.cluster, "unit": row.unit, "position": row.position, "place": row.place}


def _dates(validity: Validity) -> dict[str, Any]:
    return {"valid_from": validity.valid_from, "valid_to": validity.valid_to}


class CouncilSchema(ma.Schema):
    """A council."""

    council = slug(required=True)
    title = fields.Nested(TitleSchema, required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Council:
        return Council(data["council"], titled(data["title"]))


class CouncilListSchema(ma.Schema):
    """The councils you take part in."""

    councils = fields.List(fields.Nested(CouncilSchema), required=True)


class _Dated(ma.Schema):
    valid_from = day(required=True)
    valid_to = day(
        load_default=None,
        allow_none=True,
        metadata={"description": "the day after the last; null: until further notice"},
    )

    @staticmethod
    def validity(data: dict[str, Any]) -> Validity:
        return Validity(data["valid_from"], data["valid_to"])


class UnitSchema(_Dated):
    """A member unit."""

    unit = code(required=True)
    title = fields.Nested(TitleSchema, required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Unit:
        return Unit(data["unit"], titled(data["title"]), self.validity(data))


class DirectoryClusterSchema(_Dated):
    """A cluster or block."""

    cluster = code(required=True)
    title = fields.Nested(TitleSchema, required=True)
    method = fields.String(load_default="score_only", validate=validate.OneOf(BALLOT_METHODS))

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Cluster:
        return Cluster(data["cluster"], titled(data["title"]), data["method"], self.validity(data))


class MembershipSchema(_Dated):
    """A unit in a cluster."""

    unit = code(required=True)
    cluster = code(required=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Membership:
        return Membership(data["unit"], data["cluster"], self.validity(data))


class HeadshipSchema(_Dated):
    """A unit as a cluster's head or deputy."""

    cluster = code(required=True)
    unit = code(required=True)
    position = fields.String(required=True, validate=validate.OneOf(POSITIONS))
    place = WholeNumber(
        load_default=0,
        validate=validate.Range(min=0, max=999),
        metadata={"description": "deputies stand in this order"},
    )

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Headship:
        return Headship(data["cluster"], data["unit"], data["position"], self.validity(data), data["place"])


class SuccessionSchema(ma.Schema):
    """A unit that follows upon another one (upon itself, where it took others in)."""

    unit = code(required=True)
    predecessor = code(required=True)
    since = day(required=True, metadata={"description": "the first day of the unit that follows"})
    legal_source = Text(required=True, longest=500, shortest=1)

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Succession:
        return Succession(**data)


def _rows(schema: type[ma.Schema]) -> fields.List:
    return fields.List(fields.Nested(schema), required=True, validate=validate.Length(max=MOST_ROWS))


class UnitListSchema(ma.Schema):
    units = _rows(UnitSchema)


class ClusterListSchema(ma.Schema):
    clusters = _rows(DirectoryClusterSchema)


class MembershipListSchema(ma.Schema):
    memberships = _rows(MembershipSchema)


class HeadshipListSchema(ma.Schema):
    headships = _rows(HeadshipSchema)


class SuccessionListSchema(ma.Schema):
    successions = _rows(SuccessionSchema)


class DirectoryListsSchema(ma.Schema):
    """Rows of all kinds; a kind that is absent stays as it is."""

    units = fields.List(fields.Nested(UnitSchema), load_default=())
    clusters = fields.List(fields.Nested(DirectoryClusterSchema), load_default=())
    memberships = fields.List(fields.Nested(MembershipSchema), load_default=())
    headships = fields.List(fields.Nested(HeadshipSchema), load_default=())
    successions = fields.List(fields.Nested(SuccessionSchema), load_default=())

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Lists:
        return Lists(**data)


class RecordedSchema(ma.Schema):
    """What a list did."""

    added = WholeNumber(required=True)
    changed = WholeNumber(required=True)
    unchanged = WholeNumber(required=True)
