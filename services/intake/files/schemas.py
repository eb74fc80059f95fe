"""What comes in and goes out about how long files are kept."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from services.intake.files.model import LONGEST_SOURCE, LONGEST_YEARS
from services.intake.files.queries import RetentionView
from services.intake.schemas import day
from shared.contracts.fields import Text, WholeNumber


class RuleSchema(ma.Schema):
    """For how many years after intake closed files are kept, and which document says so."""

    years = WholeNumber(required=True, validate=validate.Range(min=1, max=LONGEST_YEARS))
    legal_source = Text(required=True, longest=LONGEST_SOURCE, shortest=1)


class ExpiredFileSchema(ma.Schema):
    """A file that would be deleted today."""

    sha256 = fields.String(required=True)
    size = WholeNumber(required=True)
    unit = fields.String(required=True)


class KeepingSchema(ma.Schema):
    """The period of a cycle's files."""

    rule = fields.Nested(RuleSchema, required=True, allow_none=True)
    kept_until = day(required=True, allow_none=True)
    is_over = fields.Boolean(required=True)
    files = fields.List(
        fields.Nested(ExpiredFileSchema), required=True, metadata={"description": "administrators only"}
    )


def retention_document(view: RetentionView) -> dict[str, Any]:
    return {"rule": view.rule, "kept_until": view.until, "is_over": view.is_over, "files": view.files}
