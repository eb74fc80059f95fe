"""What comes in and goes out about mappings of sources and spellings of units."""

import marshmallow as ma
from marshmallow import fields, validate

from shared.contracts.fields import Text, WholeNumber, code

LONGEST_NAME = 300
MOST_ENTRIES = 500


class MappingSchema(ma.Schema):
    """How the files of a source are laid out, by the names that `read` gives to their columns."""

    unit = Text(longest=LONGEST_NAME, required=True, metadata={"description": "column that names the units"})
    indicator_from = Text(longest=LONGEST_NAME, load_default=None, allow_none=True)
    indicator = code(load_default=None, allow_none=True, metadata={"description": "one indicator for the whole file"})
    indicators = fields.Dict(
        keys=Text(longest=LONGEST_NAME),
        values=code(),
        load_default=dict,
        validate=validate.Length(max=MOST_ENTRIES),
        metadata={"description": "category of the column `indicator_from` → the framework's indicator"},
    )
    period_from = Text(longest=LONGEST_NAME, load_default=None, allow_none=True)
    counting = fields.Dict(  # a schema has an `only` of its own
        data_key="only",
        attribute="only",
        keys=Text(longest=LONGEST_NAME),
        values=fields.List(Text(longest=LONGEST_NAME), validate=validate.Length(min=1, max=MOST_ENTRIES)),
        load_default=dict,
        validate=validate.Length(max=20),
        metadata={"description": "column → the categories that count"},
    )
    ignored = fields.List(
        Text(longest=LONGEST_NAME),
        load_default=list,
        validate=validate.Length(max=100),
        metadata={"description": "columns that only say again what another one says"},
    )


class KeptMappingSchema(ma.Schema):
    """A mapping with its version and who kept it."""

    version = WholeNumber(required=True)
    document = fields.Nested(MappingSchema, required=True)
    created_at = fields.AwareDateTime(required=True, format="iso")
    created_by_name = fields.String(required=True)


class MappingListSchema(ma.Schema):
    """The mappings of a source, the newest first."""

    mappings = fields.List(fields.Nested(KeptMappingSchema), required=True)


class MappingSavedSchema(ma.Schema):
    """The version under which a mapping was kept."""

    version = WholeNumber(required=True)


class SpellingSchema(ma.Schema):
    """A spelling that nobody has said anything about, and how many rows wait for an answer."""

    spelling = fields.String(required=True)
    rows = WholeNumber(required=True)
    sources = fields.List(fields.String(), required=True)


class SpellingListSchema(ma.Schema):
    """Spellings of units that wait for an answer, most rows first."""

    spellings = fields.List(fields.Nested(SpellingSchema), required=True)


class SpellingAnswerSchema(ma.Schema):
    """Which unit a spelling means; null: none of the council's units."""

    spelling = Text(longest=LONGEST_NAME, shortest=1, required=True)
    unit = code(required=True, allow_none=True)


class SpellingAnsweredSchema(ma.Schema):
    """How many waiting rows count from now on."""

    rows = WholeNumber(required=True)
