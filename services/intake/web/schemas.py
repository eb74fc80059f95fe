"""What comes in and goes out about the directory and cycles."""

from datetime import date
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.intake.domain.directory import (
    POSITIONS,
    Cluster,
    Council,
    Headship,
    Membership,
    Succession,
    Unit,
    Validity,
)
from services.intake.domain.directory_lists import Lists
from services.intake.usecases.cycles import NewCycle
from shared.contracts.fields import Text, WholeNumber, code, slug
from shared.contracts.fields import Title as TitleSchema
from shared.contracts.intake_v1 import BALLOT_METHODS, CYCLE_STATES, PERIOD_KINDS, ClusterSchema
from shared.criteria.model import Title

MOST_ROWS = 5000
EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)


def _sensible(day: date) -> None:
    if not EARLIEST <= day <= LATEST:
        raise ma.ValidationError(f"Expected a date from {EARLIEST.isoformat()} to {LATEST.isoformat()}.")


def day(**kwargs: Any) -> fields.Date:
    """A date between 1900 and 2200."""
    return fields.Date(validate=_sensible, **kwargs)


def moment(**kwargs: Any) -> fields.AwareDateTime:
    """An aware moment in ISO 8601."""
    return fields.AwareDateTime(format="iso", **kwargs)


def titled(document: dict[str, str] | None) -> Title:
    """A title from what a client gave."""
    return Title(**(document or {}))


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


class NewCycleSchema(ma.Schema):
    """A cycle to prepare."""

    cycle = slug(required=True)
    council = slug(required=True)
    title = fields.Nested(TitleSchema, required=True)
    period = fields.String(required=True, metadata={"description": "2025, 2025-H1, 2025-Q1 or 2025-03"})
    period_kind = fields.String(required=True, validate=validate.OneOf(PERIOD_KINDS))
    deadline_on = day(required=True, metadata={"description": "over at the end of this day in Vietnam"})
    late_days = WholeNumber(
        load_default=0,
        validate=validate.Range(min=0, max=366),
        metadata={"description": "days after the deadline on which submissions are still taken, marked late"},
    )
    synthetic = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    notice = fields.Nested(TitleSchema, load_default=None, allow_none=True, metadata={"description": "on every page"})
    framework = fields.Dict(
        required=True, keys=fields.String(), metadata={"description": "a framework document, see shared/criteria"}
    )

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> NewCycle:
        return NewCycle(
            code=data["cycle"],
            council=data["council"],
            title=titled(data["title"]),
            period=data["period"],
            period_kind=data["period_kind"],
            deadline_on=data["deadline_on"],
            late_days=data["late_days"],
            synthetic=data["synthetic"],
            notice=titled(data["notice"]) if data["notice"] else None,
            framework=data["framework"],
        )


class CycleSchema(ma.Schema):
    """A cycle."""

    cycle = slug(required=True)
    council = slug(required=True)
    title = fields.Nested(TitleSchema, required=True)
    period = fields.String(required=True)
    period_kind = fields.String(required=True)
    deadline_at = moment(required=True)
    closes_at = moment(required=True)
    state = fields.String(required=True, validate=validate.OneOf(CYCLE_STATES))
    synthetic = fields.Boolean(required=True)
    notice = fields.Nested(TitleSchema, required=True, allow_none=True)
    framework_sha256 = fields.String(required=True)


class CycleListSchema(ma.Schema):
    """The cycles of the councils you take part in, newest first."""

    cycles = fields.List(fields.Nested(CycleSchema), required=True)


class StandingSchema(ma.Schema):
    """Where a unit stands in a cycle."""

    unit = fields.String(required=True)
    cluster = fields.String(required=True)
    title = fields.Nested(TitleSchema, required=True)
    draft_version = WholeNumber(required=True)
    edited_at = moment(required=True, allow_none=True)
    submissions = WholeNumber(required=True)
    submitted_at = moment(required=True, allow_none=True)
    late = fields.Boolean(required=True)


class WholeCycleSchema(CycleSchema):
    """A cycle with its framework, its frozen clusters, and the units you may see."""

    framework = fields.Dict(required=True)
    clusters = fields.List(fields.Nested(ClusterSchema), required=True)
    standings = fields.List(fields.Nested(StandingSchema), required=True)
