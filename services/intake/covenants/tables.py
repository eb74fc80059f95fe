"""Tables of covenants. Append-only by grant: covenant_signature, covenant_revision, covenant_recognition."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.tables import MOMENT, metadata

covenant = sa.Table(
    "covenant",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("cycle_id", sa.BigInteger, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    # Whoever writes holds this row's lock and grows the version; nothing is written after the signature.
    sa.Column("version", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("lines", JSONB, nullable=False, server_default="{}"),
    sa.Column("edits", JSONB, nullable=False, server_default="{}"),
    sa.Column("edited_at", MOMENT),
    sa.UniqueConstraint("cycle_id", "unit"),
    sa.ForeignKeyConstraint(["cycle_id", "unit"], ["cycle_member.cycle_id", "cycle_member.unit"]),
)
covenant_signature = sa.Table(
    "covenant_signature",
    metadata,
    sa.Column("covenant_id", sa.BigInteger, sa.ForeignKey("covenant.id"), primary_key=True),
    sa.Column("content", JSONB, nullable=False),
    sa.Column("content_sha256", sa.Text, nullable=False),
    sa.Column("document_number", sa.Text, nullable=False),
    sa.Column("issued_on", sa.Date),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
)
covenant_revision = sa.Table(
    "covenant_revision",
    metadata,
    sa.Column("covenant_id", sa.BigInteger, sa.ForeignKey("covenant_signature.covenant_id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("criterion", sa.Text, nullable=False),
    sa.Column("value", sa.Double, nullable=False),
    sa.Column("document_number", sa.Text, nullable=False),
    sa.Column("issued_on", sa.Date, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.CheckConstraint("document_number <> '' AND reason <> ''", name="documented"),
)
covenant_recognition = sa.Table(
    "covenant_recognition",
    metadata,
    sa.Column("covenant_id", sa.BigInteger, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("ground", sa.Text, nullable=False),
    sa.Column("document_number", sa.Text, nullable=False),
    sa.Column("issued_on", sa.Date, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.ForeignKeyConstraint(["covenant_id", "number"], ["covenant_revision.covenant_id", "covenant_revision.number"]),
    sa.CheckConstraint("ground IN ('reassigned', 'force_majeure')", name="ground"),
)
