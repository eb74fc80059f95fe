"""Tables of the declared days, append-only by grant."""

import sqlalchemy as sa

from services.intake.tables import MOMENT, made_columns, metadata, number

cycle_round = sa.Table(
    "cycle_round",
    metadata,
    number(),
    sa.Column("cycle_id", sa.BigInteger, sa.ForeignKey("cycle.id"), nullable=False, index=True),
    sa.Column("opens_at", MOMENT, nullable=False),
    sa.Column("closes_at", MOMENT, nullable=False),
    sa.Column("answers_until", MOMENT, nullable=False),
    sa.Column("quorum", sa.Text, nullable=False),
    sa.Column("quorum_source", sa.Text, nullable=False),
    sa.Column("quorum_standing", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    *made_columns(),
    sa.CheckConstraint("opens_at < closes_at AND closes_at <= answers_until", name="days"),
    sa.CheckConstraint("quorum_standing IN ('law', 'regulation', 'assumption')", name="quorum_standing"),
)
