"""One cluster's round as a document."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from services.intake.challenges.schemas import ChallengeSchema, challenge_document
from services.intake.cluster_round.queries import ClusterView
from services.intake.meetings.schemas import MeetingHeadSchema, meeting_head
from services.intake.schemas import moment
from shared.contracts.fields import Number, WholeNumber


class ReadableSchema(ma.Schema):
    """A member, the version that was received of it, and its self-score where you may see it."""

    unit = fields.String(required=True)
    submission = WholeNumber(required=True, allow_none=True)
    submitted_at = moment(required=True, allow_none=True)
    self_score = Number(required=True, allow_none=True)


class ClusterRoundSchema(ma.Schema):
    """A cluster's round: what there is to read, what was challenged, which meetings were held."""

    cluster = fields.String(required=True)
    reads = fields.Boolean(required=True, metadata={"description": "you may read the other members' submissions now"})
    members = fields.List(fields.Nested(ReadableSchema), required=True)
    challenges = fields.List(fields.Nested(ChallengeSchema), required=True)
    meetings = fields.List(fields.Nested(MeetingHeadSchema), required=True)


def cluster_round_document(view: ClusterView) -> dict[str, Any]:
    return {
        "cluster": view.place.cluster.code,
        "reads": view.place.reads,
        "members": [
            {
                "unit": unit,
                "submission": received.number if (received := view.received.get(unit)) else None,
                "submitted_at": received.submitted_at if received else None,
                "self_score": view.totals.get(unit),
            }
            for unit in view.place.units
        ],
        "challenges": [challenge_document(one) for one in view.challenges],
        "meetings": [meeting_head(one) for one in view.meetings],
    }
