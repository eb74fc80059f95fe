"""The tables of editions (schema `scoring`). Append-only: the application role may neither update nor delete."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKeyConstraint, Table
from sqlalchemy.dialects.postgresql import JSONB

from services.ranking.editions.model import AUDIENCES
from services.ranking.scoring.tables import Hash, Moment, key, metadata, required

edition = Table(
    "edition",
    metadata,
    key("cycle"),
    key("audience"),
    key("number", sa.Integer),
    Column("edition_sha256", Hash, nullable=False, unique=True),
    Column("previous_sha256", Hash),
    required("inputs_sha256", Hash),
    required("key_id", sa.Text),
    required("issued_at", Moment),
    required("issued_by", sa.Text),
    # Which frozen sheets it rests on: [{"cluster", "version", "sheet_sha256"}].
    required("sheets", JSONB),
    # What differs from the edition before: [{"cluster", "unit", "before", "after", ...}].
    required("changes", JSONB),
    # The canonical bytes as they were signed and are served.
    required("document", sa.LargeBinary),
    sa.CheckConstraint(f"audience IN {AUDIENCES}", name="audience"),
    sa.CheckConstraint("(number = 1) = (previous_sha256 IS NULL) AND number >= 1", name="chain"),
    # Two editions never follow the same one: the chain cannot fork.
    sa.UniqueConstraint("cycle", "audience", "previous_sha256", postgresql_nulls_not_distinct=True),
)

publication = Table(
    "publication",
    metadata,
    key("cycle"),
    key("audience"),
    key("number", sa.Integer),
    required("record_number", sa.Text),
    required("decided_on", sa.Date),
    required("recorded_at", Moment),
    required("recorded_by", sa.Text),
    ForeignKeyConstraint(
        ["cycle", "audience", "number"],
        ["scoring.edition.cycle", "scoring.edition.audience", "scoring.edition.number"],
    ),
)
