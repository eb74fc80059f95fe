"""A cycle with where its units stand."""

from collections.abc import Sequence
from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.intake.cycles.queries import CycleView
from services.intake.cycles.rules import cluster_document
from services.intake.cycles.schemas import CycleSchema, cycle_document
from services.intake.directory.model import title_document
from services.intake.schemas import moment
from services.intake.submissions.model import Standing
from shared.contracts.fields import Title as TitleSchema
from shared.contracts.fields import WholeNumber
from shared.contracts.intake_v1 import ClusterSchema


def whole_cycle_document(view: CycleView, standings: Sequence[Standing]) -> dict[str, Any]:
    return {
        **cycle_document(view.cycle),
        "framework": dict(view.framework.document),
        "clusters": [cluster_document(cluster) for cluster in view.clusters],
        "standings": [
            {
                "unit": one.member.unit,
                "cluster": one.member.cluster,
                "title": title_document(one.member.title),
                "draft_version": one.version,
                "edited_at": one.edited_at,
                "submissions": one.submissions,
                "submitted_at": one.submitted_at,
                "late": one.late,
            }
            for one in standings
        ],
    }


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
