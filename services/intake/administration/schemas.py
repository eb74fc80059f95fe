"""What comes in and goes out about the directory and cycles."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.intake.administration.actions import MOST_FLAGS, GivenCopy, GivenQuota, NewCycle
from services.intake.administration.model import Heads
from services.intake.administration.queries import CopyView
from services.intake.cycles.model import MOST_DAYS, CycleCluster, Quota
from services.intake.directory.model import title_document
from services.intake.schemas import MOST_ROWS, day, moment, titled
from shared.contracts.fields import Text, WholeNumber, code, slug
from shared.contracts.fields import Title as TitleSchema
from shared.contracts.intake_v1 import PERIOD_KINDS


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


class GivenQuotaSchema(ma.Schema):
    """A ceiling of flags with its legal source."""

    cluster = code(required=True)
    flags = WholeNumber(required=True, validate=validate.Range(min=0, max=MOST_FLAGS))
    legal_source = Text(required=True, longest=500, shortest=1)

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> GivenQuota:
        return GivenQuota(**data)


class GivenQuotasSchema(ma.Schema):
    quotas = fields.List(fields.Nested(GivenQuotaSchema), required=True, validate=validate.Length(max=MOST_ROWS))


class SetQuotaSchema(ma.Schema):
    """The newest quota of a cluster, and who set it."""

    cluster = code(required=True)
    flags = WholeNumber(required=True)
    legal_source = fields.String(required=True)
    by = fields.String(required=True)
    at = moment(required=True)


class QuotasSchema(ma.Schema):
    quotas = fields.List(fields.Nested(SetQuotaSchema), required=True)


def quota_document(quota: Quota) -> dict[str, Any]:
    """A quota as the API shows it."""
    return {
        "cluster": quota.cluster,
        "flags": quota.flags,
        "legal_source": quota.legal_source,
        "by": quota.name,
        "at": quota.at,
    }


class HeadsSchema(ma.Schema):
    """A cluster's head and its deputies in order."""

    cluster = code(required=True)
    head = code(required=True, allow_none=True)
    deputies = fields.List(code(), load_default=())

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Heads:
        return Heads(data["cluster"], data["head"], tuple(data["deputies"]))


class MembershipKeySchema(ma.Schema):
    unit = code(required=True)
    cluster = code(required=True)


class DirectoryChangeSchema(ma.Schema):
    """What the directory says otherwise than the earlier cycle froze."""

    code = fields.String(required=True, metadata={"description": "of a unit or cluster"})
    said = fields.Nested(TitleSchema, required=True)


class RotationSchema(ma.Schema):
    rotate = fields.Boolean(
        load_default=False, metadata={"description": "propose the first deputy of each cluster as its head"}
    )


class CopySchema(ma.Schema):
    """The next cycle as it is proposed."""

    cycle = slug(required=True)
    title = fields.Nested(TitleSchema, required=True)
    period = fields.String(required=True)
    period_kind = fields.String(required=True)
    moved_on = day(required=True, metadata={"description": "the deadline's day a year later"})
    deadline_on = day(required=True, metadata={"description": "the same, fitted to a working day"})
    late_days = WholeNumber(required=True)
    framework_sha256 = fields.String(required=True)
    heads = fields.List(fields.Nested(HeadsSchema), required=True)
    quotas = fields.List(fields.Nested(GivenQuotaSchema), required=True)
    renewable = fields.List(
        fields.Nested(MembershipKeySchema),
        required=True,
        metadata={"description": "memberships that ended although unit and cluster go on"},
    )
    changes = fields.List(fields.Nested(DirectoryChangeSchema), required=True)


def copy_document(view: CopyView) -> dict[str, Any]:
    """A proposal as the API shows it."""
    copy = view.copy
    return {
        "cycle": copy.code,
        "title": title_document(copy.title),
        "period": copy.period,
        "period_kind": copy.source.period_kind,
        "moved_on": copy.moved_on,
        "deadline_on": copy.deadline_on,
        "late_days": copy.late_days,
        "framework_sha256": view.framework.sha256,
        "heads": [vars(one) for one in copy.heads],
        "quotas": [
            {"cluster": one.cluster, "flags": one.flags, "legal_source": one.legal_source} for one in view.quotas
        ],
        "renewable": [{"unit": one.unit, "cluster": one.cluster} for one in copy.renewable],
        "changes": [
            {"code": one.code, "said": {language: one.said.in_language(language) for language in ("vi", "en")}}
            for one in copy.changes
        ],
    }


class GivenCopySchema(ma.Schema):
    """What is confirmed or changed of the proposal; what is absent is as proposed, heads as the directory has them."""

    cycle = slug()
    title = fields.Nested(TitleSchema)
    period = fields.String()
    deadline_on = day()
    late_days = WholeNumber(validate=validate.Range(min=0, max=MOST_DAYS))
    heads = fields.List(fields.Nested(HeadsSchema), validate=validate.Length(max=MOST_ROWS))
    heads_from = day(metadata={"description": "the first day of other heads; absent: today"})
    renewed = fields.List(fields.Nested(MembershipKeySchema), validate=validate.Length(max=MOST_ROWS))
    quotas = fields.List(fields.Nested(GivenQuotaSchema), validate=validate.Length(max=MOST_ROWS))

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> GivenCopy:
        renewed = data.get("renewed")
        return GivenCopy(
            code=data.get("cycle"),
            title=titled(data["title"]) if "title" in data else None,
            period=data.get("period"),
            deadline_on=data.get("deadline_on"),
            late_days=data.get("late_days"),
            heads=tuple(data["heads"]) if "heads" in data else None,
            heads_from=data.get("heads_from"),
            renewed=None if renewed is None else tuple((one["unit"], one["cluster"]) for one in renewed),
            quotas=tuple(data["quotas"]) if "quotas" in data else None,
        )


def quotas_document(clusters: tuple[CycleCluster, ...] | list[CycleCluster]) -> dict[str, Any]:
    """The quotas of those clusters that have one."""
    return {"quotas": [quota_document(one.quota) for one in clusters if one.quota]}
