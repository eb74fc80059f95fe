"""The JSON of a cycle on its way to an edition."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.ranking.cycles.queries import CycleOverview
from services.ranking.schemas import CycleHeadSchema, EditionSchema, SheetSchema, TitleSchema
from services.ranking.scoring.queries import ClusterOverview
from shared.web.languages import said


class BlockerSchema(ma.Schema):
    """Something in the way of a freeze."""

    code = fields.String(required=True)
    unit = fields.String(required=True, allow_none=True)
    detail = fields.String(required=True)


class ClusterSchema(ma.Schema):
    """A cluster and whether it can be frozen."""

    cluster = fields.String(required=True)
    title = fields.Nested(TitleSchema, required=True)
    method = fields.String(required=True)
    members = fields.List(fields.String(), required=True)
    ready = fields.Boolean(required=True)
    absent = fields.List(fields.String(), required=True)
    blockers = fields.List(fields.Nested(BlockerSchema), required=True)
    sheet = fields.Nested(SheetSchema, required=True, allow_none=True)
    changed_since = fields.Boolean(required=True, metadata={"description": "what is verified now differs"})


class CycleListSchema(ma.Schema):
    """Cycles, newest deadline first."""

    cycles = fields.List(fields.Nested(CycleHeadSchema), required=True)


class CycleSchema(CycleHeadSchema):
    """A cycle with what is ready, frozen and issued."""

    clusters = fields.List(fields.Nested(ClusterSchema), required=True)
    editions = fields.List(fields.Nested(EditionSchema), required=True)


def overview_document(overview: CycleOverview) -> dict[str, Any]:
    """A cycle with its clusters and editions."""
    return {
        **vars(overview.cycle),
        "clusters": [_cluster_document(cluster) for cluster in overview.clusters],
        "editions": overview.editions,
    }


def _cluster_document(overview: ClusterOverview) -> dict[str, Any]:
    cluster, ready = overview.cluster, overview.readiness
    return {
        "cluster": cluster.cluster,
        "title": cluster.title,
        "method": cluster.method,
        "members": [member.unit for member in cluster.members],
        "ready": ready.ready,
        "absent": list(ready.absent),
        "blockers": [
            {"code": blocker.code, "unit": blocker.unit, "detail": said(blocker.message)} for blocker in ready.blockers
        ],
        "sheet": overview.sheet,
        "changed_since": overview.changed,
    }
