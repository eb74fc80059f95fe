"""What comes in and goes out about who supplies which item."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.intake.assessments.model import STATES, SUPPLIED
from services.intake.contributions.model import LONGEST_REASON, Assignment
from services.intake.contributions.queries import ContributionsView
from services.intake.schemas import MOST_ITEMS, day, moment
from shared.contracts.fields import Text, WholeNumber, code

STEPS = tuple(state for state in STATES if state != "assigned")


class AssignmentSchema(ma.Schema):
    """An item for a contributor; `account` null takes it back."""

    criterion = code(required=True)
    account = fields.UUID(required=True, allow_none=True)
    due_on = day(load_default=None, allow_none=True)

    @ma.post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Assignment:
        account = data["account"]
        return Assignment(data["criterion"], str(account) if account else None, due_on=data["due_on"])


class AssignmentsSchema(ma.Schema):
    """The items to assign; those not named stay as they are."""

    assignments = fields.List(fields.Nested(AssignmentSchema), required=True, validate=validate.Length(max=MOST_ITEMS))


class StepsSchema(ma.Schema):
    """Items handed in, accepted or returned; a return needs its reason."""

    criteria = fields.List(code(), required=True, validate=validate.Length(min=1, max=MOST_ITEMS))
    state = fields.String(required=True, validate=validate.OneOf(STEPS), metadata={"description": f"{SUPPLIED}: own"})
    reason = Text(longest=LONGEST_REASON, load_default="")


class ContributionSchema(ma.Schema):
    """Who supplies an item, by when, and where that stands."""

    criterion = fields.String(required=True)
    account = fields.String(required=True)
    name = fields.String(required=True)
    due_on = day(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    reason = fields.String(required=True)
    late = fields.Boolean(required=True)
    changed_by = fields.String(required=True)
    changed_at = moment(required=True, allow_none=True)
    supplied_at = moment(required=True, allow_none=True)


class ContributorSchema(ma.Schema):
    """An account that may be given items."""

    account = fields.String(required=True)
    name = fields.String(required=True)


class ContributionsSchema(ma.Schema):
    """Who supplies what, as far as you may see it; the draft's version is the ETag."""

    version = WholeNumber(required=True)
    contributions = fields.List(fields.Nested(ContributionSchema), required=True)
    contributors = fields.List(fields.Nested(ContributorSchema), required=True)


def contributions_document(view: ContributionsView) -> dict[str, Any]:
    return {
        "version": view.draft.version,
        "contributions": [{**vars(one), "late": one.is_late(view.today)} for one in view.contributions],
        "contributors": view.contributors,
    }
