"""Tables of the agreement on criteria; all of them append-only by grant."""

import sqlalchemy as sa

from services.intake.tables import MOMENT, metadata

proposal = sa.Table(
    "proposal",
    metadata,
    sa.Column("cycle_id", sa.BigInteger, sa.ForeignKey("cycle.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("framework_sha256", sa.Text, sa.ForeignKey("framework.sha256"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
)
proposal_position = sa.Table(
    "proposal_position",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("cycle_id", sa.BigInteger, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.ForeignKeyConstraint(["cycle_id", "number"], ["proposal.cycle_id", "proposal.number"]),
    sa.CheckConstraint("kind IN ('comment', 'approve', 'dissent')", name="kind"),
    sa.Index("ix_proposal_position_cycle_id_number", "cycle_id", "number"),
)
proposal_confirmation = sa.Table(
    "proposal_confirmation",
    metadata,
    sa.Column("cycle_id", sa.BigInteger, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("document_number", sa.Text, nullable=False),
    sa.Column("account", sa.Text, nullable=False),
    sa.Column("account_name", sa.Text, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.ForeignKeyConstraint(["cycle_id", "number"], ["proposal.cycle_id", "proposal.number"]),
)
