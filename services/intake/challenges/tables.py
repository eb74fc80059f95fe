"""Tables of challenges, append-only by grant."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from services.intake.tables import made_columns, metadata

_CHALLENGE = ("cycle_id", "unit", "criterion", "number")


def _challenge_key() -> list[sa.Column[object]]:
    return [
        sa.Column("cycle_id", sa.BigInteger, primary_key=True),
        sa.Column("unit", sa.Text, primary_key=True),
        sa.Column("criterion", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
    ]


def _of_challenge(table: str) -> sa.ForeignKeyConstraint:
    # The name that the convention would make is longer than PostgreSQL's names.
    columns = [f"challenge.{name}" for name in _CHALLENGE]
    return sa.ForeignKeyConstraint(_CHALLENGE, columns, name=f"fk_{table}_challenge")


challenge = sa.Table(
    "challenge",
    metadata,
    *_challenge_key(),
    sa.Column("by_unit", sa.Text, nullable=False),
    sa.Column("submission", sa.Integer, nullable=False),
    sa.Column("content_sha256", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("document", JSONB, nullable=False),
    *made_columns(),
    sa.ForeignKeyConstraint(["cycle_id", "unit"], ["cycle_member.cycle_id", "cycle_member.unit"]),
    sa.ForeignKeyConstraint(["cycle_id", "by_unit"], ["cycle_member.cycle_id", "cycle_member.unit"]),
    sa.CheckConstraint("by_unit <> unit", name="by_unit"),
)
challenge_answer = sa.Table(
    "challenge_answer",
    metadata,
    *_challenge_key(),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("document", JSONB(none_as_null=True)),
    *made_columns(),
    _of_challenge("challenge_answer"),
)
challenge_withdrawal = sa.Table(
    "challenge_withdrawal",
    metadata,
    *_challenge_key(),
    sa.Column("reason", sa.Text, nullable=False),
    *made_columns(),
    _of_challenge("challenge_withdrawal"),
)
