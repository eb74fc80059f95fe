"""What comes in and goes out about the days of the round and its files."""

from fractions import Fraction
from typing import Any

import marshmallow as ma
from flask_smorest.fields import Upload
from marshmallow import fields, validate

from services.intake.rounds.actions import GivenRound
from services.intake.rounds.model import LONGEST_SOURCE, SHARE, STANDINGS, Round
from services.intake.rounds.queries import RoundView
from services.intake.schemas import day, moment
from shared.contracts.fields import Text, WholeNumber, code


class GivenRoundSchema(ma.Schema):
    """The days, each inclusive in Vietnam, and the quorum of the meeting with who lays it down."""

    reads_from = day(required=True)
    reads_to = day(required=True)
    answers_to = day(required=True)
    quorum = fields.String(
        required=True, validate=validate.Regexp(SHARE), metadata={"description": "share of the members, such as 2/3"}
    )
    quorum_source = Text(required=True, longest=LONGEST_SOURCE, shortest=1)
    quorum_standing = fields.String(required=True, validate=validate.OneOf(STANDINGS))
    reason = Text(load_default="", longest=1000, metadata={"description": "needed when declared days change"})

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> GivenRound:
        return GivenRound(**{**data, "quorum": Fraction(data["quorum"])})


class DeclarationSchema(ma.Schema):
    """The days as they were declared."""

    reads_from = day(required=True)
    reads_to = day(required=True)
    answers_to = day(required=True)
    opens_at = moment(required=True)
    closes_at = moment(required=True)
    answers_until = moment(required=True)
    quorum = fields.String(required=True)
    quorum_source = fields.String(required=True)
    quorum_standing = fields.String(required=True, validate=validate.OneOf(STANDINGS))
    reason = fields.String(required=True)
    by = fields.String(required=True)
    at = moment(required=True)


class RoundSchema(ma.Schema):
    """Every declaration of a cycle, oldest first (the newest counts), and the clusters you may follow."""

    declarations = fields.List(fields.Nested(DeclarationSchema), required=True)
    clusters = fields.List(fields.String(), required=True)


class RoundFileFormSchema(ma.Schema):
    """A file for a challenge or answer of `unit`; without a unit, for the minutes."""

    file = Upload(required=True)
    unit = code(load_default=None)


class BroughtSchema(ma.Schema):
    """A file that is kept; name it by its hash."""

    sha256 = fields.String(required=True)
    size = WholeNumber(required=True)
    media_type = fields.String(required=True)
    label = fields.String(required=True)


def declaration_document(one: Round) -> dict[str, Any]:
    names = ("reads_from", "reads_to", "answers_to", "opens_at", "closes_at", "answers_until", "reason", "at")
    return {
        **{name: getattr(one, name) for name in names},
        "quorum": str(one.quorum.share),
        "quorum_source": one.quorum.source,
        "quorum_standing": one.quorum.standing,
        "by": one.name,
    }


def round_document(view: RoundView) -> dict[str, Any]:
    return {
        "declarations": [declaration_document(one) for one in view.declarations],
        "clusters": [one.code for one in view.clusters],
    }
