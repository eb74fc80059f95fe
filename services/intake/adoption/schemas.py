"""What comes in and goes out about the agreement on criteria."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.intake.adoption.model import KINDS, LONGEST_TEXT, Proposal
from services.intake.adoption.queries import AdoptionView
from services.intake.schemas import moment
from shared.contracts.fields import Text, WholeNumber, code


class GivenProposalSchema(ma.Schema):
    """A whole framework document with its overlays, and why."""

    framework = fields.Dict(required=True, keys=fields.String())
    reason = Text(required=True, longest=LONGEST_TEXT, shortest=1)


class GivenPositionSchema(ma.Schema):
    """What a member says; comments and dissents need words."""

    unit = code(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    text = Text(longest=LONGEST_TEXT, load_default="")


class GivenConfirmationSchema(ma.Schema):
    """The Board's document."""

    document_number = Text(required=True, longest=200, shortest=1)


class PositionSchema(ma.Schema):
    """A position on record."""

    unit = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    text = fields.String(required=True)
    by = fields.String(required=True)
    at = moment(required=True)


class ConfirmationSchema(ma.Schema):
    """The Board's confirmation."""

    document_number = fields.String(required=True)
    by = fields.String(required=True)
    at = moment(required=True)


class ProposalSchema(ma.Schema):
    """A proposal with everything said about it, oldest first."""

    number = WholeNumber(required=True)
    framework_sha256 = fields.String(required=True)
    reason = fields.String(required=True)
    by = fields.String(required=True)
    at = moment(required=True)
    positions = fields.List(fields.Nested(PositionSchema), required=True)
    confirmation = fields.Nested(ConfirmationSchema, required=True, allow_none=True)


class TallySchema(ma.Schema):
    """How the members stand on the newest proposal; a cluster head's own approval is not counted."""

    approvals = WholeNumber(required=True)
    dissents = WholeNumber(required=True)
    silent = WholeNumber(required=True)


class AdoptionSchema(ma.Schema):
    """All proposals of a cycle, oldest first."""

    proposals = fields.List(fields.Nested(ProposalSchema), required=True)
    tally = fields.Nested(TallySchema, required=True)


def proposal_document(proposal: Proposal) -> dict[str, Any]:
    confirmation = proposal.confirmation
    return {
        "number": proposal.number,
        "framework_sha256": proposal.framework_sha256,
        "reason": proposal.reason,
        "by": proposal.name,
        "at": proposal.at,
        "positions": [
            {"unit": one.unit, "kind": one.kind, "text": one.text, "by": one.name, "at": one.at}
            for one in proposal.positions
        ],
        "confirmation": confirmation
        and {"document_number": confirmation.document_number, "by": confirmation.name, "at": confirmation.at},
    }


def adoption_document(view: AdoptionView) -> dict[str, Any]:
    return {
        "proposals": [proposal_document(proposal) for proposal in view.proposals],
        "tally": view.tally.document(),
    }
