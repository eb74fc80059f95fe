"""What intake said, what sources said, what the screening found, what people decided.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPLICATION = "verify"
# The application may only add to these: history is append-only by right, not by good will.
APPEND_ONLY = (
    "submission",
    "submission_item",
    "submission_evidence",
    "source",
    "release",
    "observation",
    "finding",
    "decision",
    "settlement",
    "history",
    "outbox_event",
)
CHANGING = {
    "cycle": "SELECT, INSERT, UPDATE",
    "cycle_cluster": "SELECT, INSERT, UPDATE, DELETE",
    "cycle_member": "SELECT, INSERT, UPDATE, DELETE",
    "revoked_session": "SELECT, INSERT, UPDATE",
    "review_item": "SELECT, INSERT, UPDATE, DELETE",
    "verification": "SELECT, INSERT, UPDATE",
    "feed_cursor": "SELECT, INSERT, UPDATE",
    "feed_subject": "SELECT, INSERT, UPDATE, DELETE",
    "feed_waiting": "SELECT, INSERT, UPDATE, DELETE",
    "work": "SELECT, INSERT, UPDATE",
}


def upgrade() -> None:
    _feeds()
    _cycles()
    _submissions()
    _sources()
    _decisions()
    _review()
    op.execute("INSERT INTO feed_identity DEFAULT VALUES")
    for table in APPEND_ONLY:
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {APPLICATION}")
    for table, rights in CHANGING.items():
        op.execute(f"GRANT {rights} ON {table} TO {APPLICATION}")
    op.execute(f"GRANT SELECT ON feed_identity TO {APPLICATION}")


def _feeds() -> None:
    op.create_table(
        "outbox_event",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_version", sa.BigInteger(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_outbox_event")),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_event_id")),
    )
    op.create_table(
        "feed_identity",
        sa.Column("feed", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_feed_identity")),
    )
    op.create_table(
        "feed_cursor",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("feed", sa.Uuid(), nullable=True),
        sa.Column("position", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("drained_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("reader", name=op.f("pk_feed_cursor")),
    )
    op.create_table(
        "feed_subject",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("feed", sa.Uuid(), nullable=False),
        sa.Column("subject_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("reader", "subject", name=op.f("pk_feed_subject")),
    )
    op.create_table(
        "feed_waiting",
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("event", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'parked')", name=op.f("ck_feed_waiting_state")),
        sa.PrimaryKeyConstraint("reader", "position", name=op.f("pk_feed_waiting")),
    )
    op.create_table(
        "work",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'claimed') = (lease_until IS NOT NULL)", name=op.f("ck_work_lease")),
        sa.CheckConstraint("state IN ('queued', 'claimed', 'done', 'discarded', 'failed')", name=op.f("ck_work_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work")),
        sa.UniqueConstraint("kind", "key", name=op.f("uq_work_kind_key")),
    )
    op.create_index(
        "ix_work_open",
        "work",
        ["kind", "created_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('queued', 'claimed')"),
    )


def _cycles() -> None:
    op.create_table(
        "cycle",
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("council", sa.Text(), nullable=False),
        sa.Column("council_title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("period_kind", sa.Text(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("notice", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("framework", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("framework_sha256", sa.Text(), nullable=False),
        sa.Column("changes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("screening", sa.Uuid(), nullable=True),
        sa.Column("screened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "notes", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'::jsonb"), nullable=False
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("cycle", name=op.f("pk_cycle")),
    )
    op.create_index(op.f("ix_cycle_council"), "cycle", ["council"], unique=False)
    op.create_table(
        "cycle_cluster",
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle"], ["cycle.cycle"], name=op.f("fk_cycle_cluster_cycle_cycle")),
        sa.PrimaryKeyConstraint("cycle", "cluster", name=op.f("pk_cycle_cluster")),
    )
    op.create_table(
        "revoked_session",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("before", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_revoked_session")),
    )


def _submissions() -> None:
    op.create_table(
        "submission",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("framework_sha256", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint(
            "cycle", "unit", "number", "content_sha256", name=op.f("uq_submission_cycle_unit_number_content_sha256")
        ),
    )
    op.create_table(
        "submission_item",
        sa.Column("submission", sa.BigInteger(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("self_points", sa.Double(), nullable=True),
        sa.Column("target", sa.Double(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission"], ["submission.id"], name=op.f("fk_submission_item_submission_submission")
        ),
        sa.PrimaryKeyConstraint("submission", "criterion", name=op.f("pk_submission_item")),
    )
    op.create_table(
        "submission_evidence",
        sa.Column("submission", sa.BigInteger(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("signer", sa.Text(), nullable=False),
        sa.Column("reference_only", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission", "criterion"],
            ["submission_item.submission", "submission_item.criterion"],
            name=op.f("fk_submission_evidence_submission_criterion_submission_item"),
        ),
        sa.PrimaryKeyConstraint("submission", "criterion", "place", name=op.f("pk_submission_evidence")),
    )
    op.create_table(
        "cycle_member",
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=True),
        sa.Column("changes", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle", "cluster"],
            ["cycle_cluster.cycle", "cycle_cluster.cluster"],
            name=op.f("fk_cycle_member_cycle_cluster_cycle_cluster"),
        ),
        sa.ForeignKeyConstraint(["submission"], ["submission.id"], name=op.f("fk_cycle_member_submission_submission")),
        sa.PrimaryKeyConstraint("cycle", "unit", name=op.f("pk_cycle_member")),
    )
    op.create_index("ix_cycle_member_cluster", "cycle_member", ["cycle", "cluster", "place"], unique=False)


def _sources() -> None:
    op.create_table(
        "source",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("council", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("publisher", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("licence", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source")),
    )
    op.create_index(op.f("ix_source_council"), "source", ["council"], unique=False)
    op.create_table(
        "release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("raw_sha256", sa.Text(), nullable=False),
        sa.Column("raw_size", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.Column("uploaded_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('preliminary', 'final')", name=op.f("ck_release_status")),
        sa.ForeignKeyConstraint(["cycle"], ["cycle.cycle"], name=op.f("fk_release_cycle_cycle")),
        sa.ForeignKeyConstraint(["source"], ["source.source"], name=op.f("fk_release_source_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("source", "raw_sha256", name=op.f("uq_release_source_raw_sha256")),
    )
    op.create_table(
        "observation",
        sa.Column("release", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["release"], ["release.id"], name=op.f("fk_observation_release_release")),
        sa.PrimaryKeyConstraint("release", "row", name=op.f("pk_observation")),
        sa.UniqueConstraint(
            "release", "unit", "indicator", "period", name=op.f("uq_observation_release_unit_indicator_period")
        ),
    )
    op.create_index("ix_observation_unit", "observation", ["unit", "indicator"], unique=False)


def _decisions() -> None:
    op.create_table(
        "settlement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("settled_by_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settlement")),
    )
    op.create_index("ix_settlement_cluster", "settlement", ["cycle", "cluster"], unique=False)
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("points", sa.Double(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("settlement", sa.Uuid(), nullable=True),
        sa.Column("on_source", sa.Boolean(), nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=False),
        sa.Column("facts_sha256", sa.Text(), nullable=False),
        sa.Column("asked", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_by_name", sa.Text(), nullable=False),
        sa.CheckConstraint("(verdict = 'settle') = (settlement IS NOT NULL)", name=op.f("ck_decision_settlement")),
        sa.CheckConstraint("verdict IN ('accept', 'adjust', 'reject', 'settle')", name=op.f("ck_decision_verdict")),
        sa.ForeignKeyConstraint(["settlement"], ["settlement.id"], name=op.f("fk_decision_settlement_settlement")),
        sa.ForeignKeyConstraint(["submission"], ["submission.id"], name=op.f("fk_decision_submission_submission")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index("ix_decision_item", "decision", ["cycle", "unit", "criterion", "decided_at"], unique=False)
    op.create_table(
        "verification",
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("subject_version", sa.BigInteger(), nullable=False),
        sa.Column("data_sha256", sa.Text(), nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=False),
        sa.Column("cohort", sa.Boolean(), nullable=False),
        sa.Column("findings", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["submission"], ["submission.id"], name=op.f("fk_verification_submission_submission")),
        sa.PrimaryKeyConstraint("cycle", "unit", name=op.f("pk_verification")),
    )
    op.create_table(
        "history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    op.create_index("ix_history_subject", "history", ["subject", "id"], unique=False)


def _review() -> None:
    op.create_table(
        "finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("screening", sa.Uuid(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("inconclusive", sa.Boolean(), nullable=False),
        sa.Column("numbers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("said", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    op.create_index("ix_finding_item", "finding", ["cycle", "unit", "criterion"], unique=False)
    op.create_index("ix_finding_screening", "finding", ["screening"], unique=False)
    op.create_table(
        "review_item",
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=False),
        sa.Column("cohort", sa.Boolean(), nullable=False),
        sa.Column("claimed_value", sa.Double(), nullable=True),
        sa.Column("self_points", sa.Double(), nullable=True),
        sa.Column("target", sa.Double(), nullable=True),
        sa.Column("independent_points", sa.Double(), nullable=True),
        sa.Column("gap", sa.Double(), nullable=True),
        sa.Column("points_at_stake", sa.Double(), nullable=True),
        sa.Column("suspicion", sa.Double(), nullable=True),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Double(), nullable=False),
        sa.Column("findings", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("codes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("asked", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("inconclusive", sa.Boolean(), nullable=False),
        sa.Column("explanation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("facts_sha256", sa.Text(), nullable=False),
        sa.Column("observation", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("decision", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("blocks_freeze", sa.Boolean(), nullable=False),
        sa.Column("left_out", sa.Boolean(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("points", sa.Double(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("basis IN ('source', 'decision', 'settled', 'none')", name=op.f("ck_review_item_basis")),
        sa.CheckConstraint(
            "state IN ('verified', 'provisional', 'documented', 'unverifiable', 'contested')",
            name=op.f("ck_review_item_state"),
        ),
        sa.ForeignKeyConstraint(["decision"], ["decision.id"], name=op.f("fk_review_item_decision_decision")),
        sa.ForeignKeyConstraint(["submission"], ["submission.id"], name=op.f("fk_review_item_submission_submission")),
        sa.PrimaryKeyConstraint("cycle", "unit", "criterion", name=op.f("pk_review_item")),
    )
    op.create_index("ix_review_item_cluster", "review_item", ["cycle", "cluster", "criterion"], unique=False)
    op.create_index(
        "ix_review_item_queue",
        "review_item",
        ["cycle", sa.literal_column("priority DESC"), "unit", "criterion"],
        unique=False,
    )
