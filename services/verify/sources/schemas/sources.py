"""What comes in and goes out about sources and releases."""

from typing import Any

import marshmallow as ma
from flask_smorest.fields import Upload
from marshmallow import fields, validate
from werkzeug.datastructures import FileStorage

from services.verify.sources.model import RELEASE_STATES
from shared.contracts.fields import QueryWholeNumber, Text, Title, WholeNumber, code, slug
from shared.criteria.periods import is_period

PAGE = 50
LARGEST_PAGE = 500


class SourceSchema(ma.Schema):
    """A source: whose council it serves, what it is, who publishes it, under which licence, and where."""

    source = code(required=True)
    council = slug(required=True)
    title = fields.Nested(Title, required=True)
    publisher = fields.Nested(Title, required=True)
    licence = Text(longest=300, load_default="")
    address = Text(longest=500, load_default="", metadata={"description": "where its publisher publishes it"})


class ListedSourceSchema(SourceSchema):
    """A source with how many releases of it there are."""

    releases = WholeNumber(required=True)
    newest_on = fields.Date(required=True, allow_none=True)


class SourceListSchema(ma.Schema):
    """The sources of the councils somebody works for."""

    sources = fields.List(fields.Nested(ListedSourceSchema), required=True)


class FileField(Upload):
    """A file of a multipart form; a text in its place is refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> FileStorage:
        if not isinstance(value, FileStorage):
            raise ma.ValidationError("Expected a file.")
        return value


def check_period(value: str) -> None:
    """Raises ValidationError unless it is a period."""
    if not is_period(value):
        raise ma.ValidationError("Expected a period like 2025, 2025-H1, 2025-Q1 or 2025-03.")


class UploadSchema(ma.Schema):
    """A file of a source: CSV with unit, indicator, value[, period][, status][, source], or any format by mapping."""

    file = FileField(required=True, metadata={"description": "at most 10 MB"})
    layout = fields.String(
        load_default="columns",
        validate=validate.OneOf(("columns", "mapping", "template")),
        metadata={
            "description": "`columns`: CSV as above; `mapping`: CSV, XLSX, JSON-stat, PX-Web, SDMX or PC-Axis, read by "
            "the source's newest mapping; `template`: the workbook for raters, filled in"
        },
    )
    cycle = slug(required=True, metadata={"description": "whose members the units must be"})
    published_on = fields.Date(required=True)
    status = fields.String(load_default="final", validate=validate.OneOf(RELEASE_STATES))
    period = fields.String(
        load_default=None,
        validate=check_period,
        metadata={"description": "stands where the file has no period; the cycle's own if absent"},
    )


class TakenInSchema(ma.Schema):
    """What became of an upload; `used` rows are figures that the cycle's framework asks this source for."""

    release = fields.UUID(required=True)
    rows = WholeNumber(required=True)
    used = WholeNumber(required=True)
    units = WholeNumber(required=True)
    raw_sha256 = fields.String(required=True)
    waiting = WholeNumber(required=True, metadata={"description": "rows kept until somebody says which unit they mean"})
    left_out = WholeNumber(required=True, metadata={"description": "rows that the mapping does not ask for"})


class ReleaseSchema(ma.Schema):
    """A release with its provenance."""

    release = fields.UUID(required=True)
    source = fields.String(required=True)
    cycle = fields.String(required=True)
    publisher = fields.Nested(Title, required=True)
    published_on = fields.Date(required=True)
    fetched_at = fields.AwareDateTime(required=True, format="iso")
    status = fields.String(required=True)
    file_name = fields.String(required=True)
    raw_sha256 = fields.String(required=True)
    raw_size = WholeNumber(required=True)
    rows = WholeNumber(required=True)
    uploaded_by_name = fields.String(required=True)
    mapping_version = WholeNumber(required=True, allow_none=True)
    correction = fields.String(
        required=True, metadata={"description": "why it corrects a locked rating; empty if it does not"}
    )


class ReleaseListSchema(ma.Schema):
    """Releases of a source, newest first; ask again with `after` = `next`."""

    releases = fields.List(fields.Nested(ReleaseSchema), required=True)
    next = fields.UUID(required=True, allow_none=True)


class ReleaseListQuery(ma.Schema):
    """Where to go on, and how many at most."""

    after = fields.UUID(load_default=None)
    limit = QueryWholeNumber(load_default=PAGE, validate=validate.Range(min=1, max=LARGEST_PAGE))


class RowSchema(ma.Schema):
    """One row of a release; `row` is its line in the raw file."""

    row = WholeNumber(required=True)
    unit = fields.String(required=True)
    indicator = fields.String(required=True)
    period = fields.String(required=True)
    value = fields.Float(required=True, allow_none=True)
    status = fields.String(required=True)


class ReleaseDetailSchema(ReleaseSchema):
    """A release with a page of its rows; ask again with `after` = `next`."""

    observations = fields.List(fields.Nested(RowSchema), required=True)
    next = WholeNumber(required=True, allow_none=True)


class RowQuery(ma.Schema):
    """After which row to go on, and how many at most."""

    after = QueryWholeNumber(load_default=0, validate=validate.Range(min=0, max=2**31 - 1))
    limit = QueryWholeNumber(load_default=PAGE, validate=validate.Range(min=1, max=LARGEST_PAGE))
