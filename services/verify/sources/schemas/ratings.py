"""What comes in and goes out about ratings, letters, locks, corrections and due dates."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.verify.sources.actions.letters import LONGEST_NUMBER
from services.verify.sources.actions.second_person import LONGEST_REASON
from services.verify.sources.model import RELEASE_STATES
from services.verify.sources.rules.due_dates import DutyState
from services.verify.sources.schemas.sources import FileField, UploadSchema, check_period
from shared.contracts.fields import Number, Text, Title, WholeNumber, code, slug

MOST_FIGURES = 20_000


class RatedFigureSchema(ma.Schema):
    """One unit's figure."""

    unit = code(required=True)
    figure = Number(required=True)


class RatingSchema(ma.Schema):
    """Figures of one indicator, by unit; units that are not named stay as they are."""

    cycle = slug(required=True)
    indicator = code(required=True)
    period = fields.String(
        load_default=None,
        allow_none=True,
        validate=check_period,
        metadata={"description": "the cycle's own if absent"},
    )
    published_on = fields.Date(required=True)
    status = fields.String(load_default="final", validate=validate.OneOf(RELEASE_STATES))
    figures = fields.List(
        fields.Nested(RatedFigureSchema), required=True, validate=validate.Length(min=1, max=MOST_FIGURES)
    )
    correction = Text(
        longest=LONGEST_REASON,
        load_default="",
        metadata={"description": "why a locked rating is corrected; a second person then has to agree"},
    )

    @ma.validates_schema
    def _once(self, data: dict[str, Any], **_: Any) -> None:
        units = [entry["unit"] for entry in data["figures"]]
        if len(set(units)) != len(units):
            raise ma.ValidationError("Every unit is named once.", "figures")


class RatingQuery(ma.Schema):
    """Which cycle, indicator and period (the cycle's own if absent)."""

    cycle = slug(required=True)
    indicator = code(required=True)
    period = fields.String(load_default=None, validate=check_period)


class LockSchema(ma.Schema):
    """Since when a rating is locked: by its `rater`, or because it was `due`."""

    cause = fields.String(required=True, validate=validate.OneOf(("rater", "due")))
    locked_at = fields.AwareDateTime(required=True, format="iso")
    locked_by_name = fields.String(required=True)


class UnitFigureSchema(ma.Schema):
    """A unit that may be rated, and its figure now (null: none)."""

    unit = fields.String(required=True)
    title = fields.Nested(Title, required=True)
    cluster = fields.String(required=True)
    figure = fields.Float(required=True, allow_none=True)


class GivenRatingSchema(ma.Schema):
    """A rating as it stands: the units you may rate, and the lock (null: it can be revised)."""

    source = fields.String(required=True)
    cycle = fields.String(required=True)
    indicator = fields.String(required=True)
    period = fields.String(required=True)
    lock = fields.Nested(LockSchema, required=True, allow_none=True)
    figures = fields.List(fields.Nested(UnitFigureSchema), required=True)


class WaitingSchema(ma.Schema):
    """What waits for a second person."""

    id = fields.UUID(required=True)


class LetterSchema(ma.Schema):
    """A signed letter as it is keyed: multipart, with its scan. `figures` is a JSON object, unit → figure."""

    cycle = slug(required=True)
    indicator = code(required=True)
    period = fields.String(load_default=None, validate=check_period)
    published_on = fields.Date(required=True)
    status = fields.String(load_default="final", validate=validate.OneOf(RELEASE_STATES))
    document_number = Text(required=True, longest=LONGEST_NUMBER, shortest=1)
    issued_on = fields.Date(required=True)
    figures = Text(required=True, longest=1_000_000, metadata={"description": 'a JSON object: {"UNIT": 12.5}'})
    correction = Text(longest=LONGEST_REASON, load_default="")
    scan = FileField(required=True, metadata={"description": "PDF, JPEG or PNG, at most 10 MB"})


class KeyedLetterSchema(ma.Schema):
    """A letter with what the second person said (`said_at` null: nothing yet; `release` null: not confirmed)."""

    id = fields.UUID(required=True)
    source = fields.String(required=True)
    cycle = fields.String(required=True)
    indicator = fields.String(required=True)
    period = fields.String(required=True)
    status = fields.String(required=True)
    published_on = fields.Date(required=True)
    document_number = fields.String(required=True)
    issued_on = fields.Date(required=True)
    scan_name = fields.String(required=True)
    scan_sha256 = fields.String(required=True)
    figures = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)
    correction = fields.String(required=True)
    keyed_at = fields.AwareDateTime(required=True, format="iso")
    keyed_by_name = fields.String(required=True)
    release = fields.UUID(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    said_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    said_by_name = fields.String(required=True, allow_none=True)


class VerdictSchema(ma.Schema):
    """The second person's word; a reason is needed where they do not agree."""

    agreed = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = Text(longest=LONGEST_REASON, load_default="")


class VerdictGivenSchema(ma.Schema):
    """The release that the figures became; null: they do not count."""

    release = fields.UUID(required=True, allow_none=True)


class CorrectionUploadSchema(UploadSchema):
    """A file that is to correct a locked rating, and why."""

    reason = Text(required=True, longest=LONGEST_REASON, shortest=1)


class CorrectionSchema(ma.Schema):
    """A correction with what the second person said (`said_at` null: nothing yet; `release` null: not agreed to)."""

    id = fields.UUID(required=True)
    source = fields.String(required=True)
    cycle = fields.String(required=True)
    published_on = fields.Date(required=True)
    status = fields.String(required=True)
    file_name = fields.String(required=True)
    raw_sha256 = fields.String(required=True)
    reason = fields.String(required=True)
    proposed_at = fields.AwareDateTime(required=True, format="iso")
    proposed_by_name = fields.String(required=True)
    release = fields.UUID(required=True, allow_none=True)
    verdict_reason = fields.String(required=True, allow_none=True)
    said_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    said_by_name = fields.String(required=True, allow_none=True)


class CycleNameSchema(ma.Schema):
    """Which cycle."""

    cycle = slug(required=True)


class DueDateSchema(ma.Schema):
    """Until the end of which day (in Việt Nam) figures are due. `locks`: they are a rating, which is locked then."""

    cycle = slug(required=True)
    due_on = fields.Date(required=True)
    locks = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class DueDateSavedSchema(ma.Schema):
    """The version under which a due date was kept."""

    version = WholeNumber(required=True)


class DutySchema(ma.Schema):
    """What a source owes a cycle. `down`: the last attempt to fetch it got nothing: not verified, never passed."""

    source = fields.String(required=True)
    title = fields.Nested(Title, required=True)
    cycle = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([str(state) for state in DutyState]))
    down = fields.Boolean(required=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True, format="iso", metadata={"description": "exclusive"})
    locks = fields.Boolean(required=True)
    given_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    locked_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    reminded = fields.List(
        fields.Integer(strict=True), required=True, metadata={"description": "days before (negative) or after"}
    )


class DutyListSchema(ma.Schema):
    """What sources owe, the earliest due date first."""

    duties = fields.List(fields.Nested(DutySchema), required=True)
