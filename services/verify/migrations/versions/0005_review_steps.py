"""The steps of a review: in hand, asked, explained, countersigned, disputed; rules, and the trail of all of it.

Decisions from before are final as they stand and get no trail of their own: the first row of a cycle's trail seals
them as it finds them.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPLICATION = "verify"
APPEND_ONLY = ("review_rule", "countersignature", "objection", "objection_answer", "audit_step")
CHANGING = ("explanation_request", "audit_head")


def upgrade() -> None:
    _more_columns()
    _rules()
    _requests()
    _countersignatures()
    _objections()
    _trail()
    for table in APPEND_ONLY:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {APPLICATION}")
    for table in CHANGING:
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {APPLICATION}")


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _more_columns() -> None:
    op.add_column(
        "cycle_cluster",
        sa.Column("leading", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
    op.add_column("decision", sa.Column("decided_as", sa.Text(), server_default="", nullable=False))
    for name in ("held_by", "held_by_name"):
        op.add_column("review_item", sa.Column(name, sa.Text(), server_default="", nullable=False))
    for name in ("held_until", "concluded_at"):
        op.add_column("review_item", _moment(name, nullable=True))
    for name in ("request", "objection"):
        op.add_column("review_item", sa.Column(name, sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE review_item SET concluded_at = coalesce("
        "(SELECT decided_at FROM decision WHERE decision.id = review_item.decision), updated_at) "
        "WHERE review <> 'open' AND cohort"
    )


def _rules() -> None:
    op.create_table(
        "review_rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        *_texts("council"),
        sa.Column("cycle", sa.Text(), nullable=True),
        sa.Column("countersign_share", sa.Double(), nullable=False),
        sa.Column("countersign_first", sa.Boolean(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("claim_days", "explanation_days", "reminder_days", "objection_days")
        ),
        *_texts("reason"),
        _moment("declared_at"),
        *_texts("declared_by", "declared_by_name"),
        sa.ForeignKeyConstraint(["cycle"], ["cycle.cycle"], name=op.f("fk_review_rule_cycle_cycle")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_rule")),
    )
    op.create_index("ix_review_rule_council", "review_rule", ["council", "cycle", "id"], unique=False)


def _requests() -> None:
    op.create_table(
        "explanation_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_texts("cycle", "unit", "criterion"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("submission_number", sa.BigInteger(), nullable=False),
        *_texts("reason", "assignee_role", "office"),
        _moment("due_at"),
        _moment("requested_at"),
        *_texts("requested_by", "requested_by_name", "requested_as"),
        sa.Column("version", sa.BigInteger(), nullable=False),
        *_texts("state"),
        sa.Column("reminders", sa.Integer(), nullable=False),
        _moment("ended_at", nullable=True),
        *_texts("ended_reason", "answer"),
        _moment("answered_at", nullable=True),
        sa.Column("answered_number", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('requested', 'answered', 'expired', 'withdrawn')", name=op.f("ck_explanation_request_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_explanation_request")),
        sa.UniqueConstraint(
            "cycle", "unit", "criterion", "number", name=op.f("uq_explanation_request_cycle_unit_criterion_number")
        ),
    )
    op.create_index("ix_explanation_request_due", "explanation_request", ["state", "due_at"], unique=False)


def _countersignatures() -> None:
    op.create_table(
        "countersignature",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.Uuid(), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False),
        *_texts("reason"),
        _moment("signed_at"),
        *_texts("signed_by", "signed_by_name", "signed_as"),
        sa.ForeignKeyConstraint(["decision"], ["decision.id"], name=op.f("fk_countersignature_decision_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_countersignature")),
        sa.UniqueConstraint("decision", name=op.f("uq_countersignature_decision")),
    )


def _objections() -> None:
    op.create_table(
        "objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        *_texts("cycle", "unit", "criterion", "reason", "document_number"),
        sa.Column("decision", sa.Uuid(), nullable=True),
        *_texts("facts_sha256"),
        _moment("objected_at"),
        *_texts("objected_by", "objected_by_name"),
        sa.ForeignKeyConstraint(["decision"], ["decision.id"], name=op.f("fk_objection_decision_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
        sa.UniqueConstraint(
            "cycle", "unit", "criterion", "facts_sha256", name=op.f("uq_objection_cycle_unit_criterion_facts_sha256")
        ),
    )
    op.create_table(
        "objection_answer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("objection", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.Uuid(), nullable=False),
        sa.Column("stands", sa.Boolean(), nullable=False),
        _moment("answered_at"),
        sa.ForeignKeyConstraint(["objection"], ["objection.id"], name=op.f("fk_objection_answer_objection_objection")),
        sa.ForeignKeyConstraint(["decision"], ["decision.id"], name=op.f("fk_objection_answer_decision_decision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection_answer")),
        sa.UniqueConstraint("objection", name=op.f("uq_objection_answer_objection")),
    )


def _trail() -> None:
    op.create_table(
        "audit_step",
        *_texts("cycle"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        *_texts("unit", "criterion", "content", "previous_sha256", "sha256"),
        sa.PrimaryKeyConstraint("cycle", "number", name=op.f("pk_audit_step")),
    )
    op.create_index("ix_audit_step_item", "audit_step", ["cycle", "unit", "criterion", "number"], unique=False)
    op.create_table(
        "audit_head",
        *_texts("cycle"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        *_texts("sha256"),
        sa.PrimaryKeyConstraint("cycle", name=op.f("pk_audit_head")),
    )
