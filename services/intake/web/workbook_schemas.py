"""What comes in and goes out about assessment workbooks."""

from typing import Any

import marshmallow as ma
from flask_smorest.fields import Upload
from marshmallow import fields, validate
from werkzeug.datastructures import FileStorage

from services.intake.usecases.workbooks import Change
from services.intake.web.assessment_schemas import MOST_ITEMS, GivenEvidenceSchema, GivenItemSchema
from shared.contracts.fields import QueryWholeNumber, WholeNumber, code
from shared.contracts.sentences import LANGUAGES


class LanguageSchema(ma.Schema):
    """The language of the workbook."""

    language = fields.String(load_default="vi", validate=validate.OneOf(LANGUAGES))


class _Workbook(Upload):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> FileStorage:
        if not isinstance(value, FileStorage):
            raise ma.ValidationError("Expected a file.")
        return value


class WorkbookFormSchema(ma.Schema):
    """A filled-in workbook. Without `take` it is only looked at."""

    file = _Workbook(required=True, metadata={"description": "the .xlsx file, at most 10 MB"})
    take = fields.Boolean(load_default=False)
    seen = QueryWholeNumber(
        load_default=None,
        validate=validate.Range(min=0, max=10**15),
        metadata={"description": "the version whose preview was looked at; by default the workbook's own"},
    )


class ProposedDocumentSchema(ma.Schema):
    """Documents to add to an item."""

    criterion = code(required=True)
    evidence = fields.List(fields.Nested(GivenEvidenceSchema), required=True, validate=validate.Length(max=100))


class ProposalSchema(ma.Schema):
    """What a workbook asks for."""

    items = fields.List(fields.Nested(GivenItemSchema), required=True, validate=validate.Length(max=MOST_ITEMS))
    documents = fields.List(
        fields.Nested(ProposedDocumentSchema), required=True, validate=validate.Length(max=MOST_ITEMS)
    )


class ChangeSchema(ma.Schema):
    """One figure or text that would change."""

    criterion = fields.String(required=True)
    part = fields.String(required=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)
    clash = fields.Boolean(
        required=True, metadata={"description": "somebody else changed the item since the workbook was made"}
    )


class PreviewSchema(ma.Schema):
    """What taking the workbook changes (or, with `taken`, has changed)."""

    version = WholeNumber(required=True, metadata={"description": "the draft's version"})
    made_from = WholeNumber(required=True, metadata={"description": "the version the workbook was made from"})
    taken = fields.Boolean(required=True)
    changes = fields.List(fields.Nested(ChangeSchema), required=True)


def change_document(change: Change) -> dict[str, Any]:
    return dict(vars(change))
