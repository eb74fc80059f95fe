"""How members agree on the criteria of a cycle before it opens."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APPLICATION = "intake"
APPEND_ONLY = ("proposal", "proposal_position", "proposal_confirmation")


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("framework_sha256", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_made(),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name="fk_proposal_cycle_id_cycle"),
        sa.ForeignKeyConstraint(
            ["framework_sha256"], ["framework.sha256"], name="fk_proposal_framework_sha256_framework"
        ),
        sa.PrimaryKeyConstraint("cycle_id", "number", name="pk_proposal"),
    )
    op.create_table(
        "proposal_position",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        *_made(),
        sa.CheckConstraint("kind IN ('comment', 'approve', 'dissent')", name="ck_proposal_position_kind"),
        sa.ForeignKeyConstraint(
            ["cycle_id", "number"],
            ["proposal.cycle_id", "proposal.number"],
            name="fk_proposal_position_cycle_id_number_proposal",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_proposal_position"),
    )
    op.create_index("ix_proposal_position_cycle_id_number", "proposal_position", ["cycle_id", "number"], unique=False)
    op.create_table(
        "proposal_confirmation",
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        *_made(),
        sa.ForeignKeyConstraint(
            ["cycle_id", "number"],
            ["proposal.cycle_id", "proposal.number"],
            name="fk_proposal_confirmation_cycle_id_number_proposal",
        ),
        sa.PrimaryKeyConstraint("cycle_id", "number", name="pk_proposal_confirmation"),
    )
    for name in APPEND_ONLY:
        op.execute(f"GRANT SELECT, INSERT ON {name} TO {APPLICATION}")
    _let_criteria_change_until_the_cycle_opens()


def _let_criteria_change_until_the_cycle_opens() -> None:
    """A confirmed proposal becomes the framework of a cycle in preparation; the database itself holds it after that."""
    op.execute(f"GRANT UPDATE (framework_sha256) ON cycle TO {APPLICATION}")
    op.execute(
        """
        CREATE FUNCTION hold_the_criteria() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF OLD.state <> 'draft' AND NEW.framework_sha256 IS DISTINCT FROM OLD.framework_sha256 THEN
                RAISE EXCEPTION 'the criteria of an open cycle are locked';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER hold_the_criteria BEFORE UPDATE OF framework_sha256 ON cycle "
        "FOR EACH ROW EXECUTE FUNCTION hold_the_criteria()"
    )


def _made() -> list[sa.Column[object]]:
    return [
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    ]
