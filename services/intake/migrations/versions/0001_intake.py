"""Intake from its beginning: feed, directory, cycles, self-assessments, evidence, history, accounts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPLICATION = "intake"
APPEND_ONLY = (
    "outbox_event",
    "framework",
    "cycle_cluster",
    "cycle_member",
    "submission",
    "evidence_file",
    "evidence_upload",
    "history",
)
# What the application may do beyond reading and adding; nothing is ever deleted here but by name.
RIGHTS = {
    "feed_identity": "SELECT",
    "council": "SELECT, INSERT, UPDATE (title)",
    "unit": "SELECT, INSERT, UPDATE",
    "cluster": "SELECT, INSERT, UPDATE",
    "membership": "SELECT, INSERT, UPDATE",
    "headship": "SELECT, INSERT, UPDATE",
    "cycle": "SELECT, INSERT, UPDATE (state, version)",
    "assessment": "SELECT, INSERT, UPDATE",
    "account": "SELECT, INSERT, UPDATE",
    "browser_session": "SELECT, INSERT, UPDATE, DELETE",
    "client_key": "SELECT, INSERT, UPDATE",
    "sign_in_limit": "SELECT, INSERT, UPDATE, DELETE",
}


def upgrade() -> None:
    _feed()
    _directory()
    _cycles()
    _assessments()
    _accounts()
    for name in APPEND_ONLY:
        op.execute(f"GRANT SELECT, INSERT ON {name} TO {APPLICATION}")
    for name, rights in RIGHTS.items():
        op.execute(f"GRANT {rights} ON {name} TO {APPLICATION}")


def _feed() -> None:
    """The outbox and its identity."""
    op.create_table(
        "feed_identity",
        sa.Column("feed", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.PrimaryKeyConstraint("feed", name="pk_feed_identity"),
    )
    op.create_table(
        "outbox_event",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_version", sa.BigInteger(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_outbox_event"),
        sa.UniqueConstraint("id", name="uq_outbox_event_id"),
    )
    op.execute("INSERT INTO feed_identity DEFAULT VALUES")


def _directory() -> None:
    """Councils, units, clusters, memberships, headships."""
    op.create_table(
        "council",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_council"),
        sa.UniqueConstraint("code", name="uq_council_code"),
    )
    op.create_table(
        "cluster",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("council_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        sa.CheckConstraint("method IN ('score_only', 'score_then_vote')", name="ck_cluster_method"),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name="fk_cluster_council_id_council"),
        sa.PrimaryKeyConstraint("id", name="pk_cluster"),
        sa.UniqueConstraint("council_id", "code", name="uq_cluster_council_id_code"),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("council_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name="fk_unit_council_id_council"),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
        sa.UniqueConstraint("council_id", "code", name="uq_unit_council_id_code"),
    )
    op.create_table(
        "headship",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("cluster_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.literal_column("int8range(cluster_id, cluster_id, '[]')"), "&&"),
            (sa.column("during"), "&&"),
            where=sa.text("position = 'head'"),
            deferrable=True,
            initially="DEFERRED",
            using="gist",
            name="ex_headship_head",
        ),
        postgresql.ExcludeConstraint(
            (sa.literal_column("int8range(cluster_id, cluster_id, '[]')"), "&&"),
            (sa.literal_column("int8range(unit_id, unit_id, '[]')"), "&&"),
            (sa.column("during"), "&&"),
            deferrable=True,
            initially="DEFERRED",
            using="gist",
            name="ex_headship_unit",
        ),
        sa.CheckConstraint("position IN ('head', 'deputy')", name="ck_headship_position"),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name="fk_headship_cluster_id_cluster"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_headship_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_headship"),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("cluster_id", sa.BigInteger(), nullable=False),
        sa.Column("during", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.literal_column("int8range(unit_id, unit_id, '[]')"), "&&"),
            (sa.column("during"), "&&"),
            deferrable=True,
            initially="DEFERRED",
            using="gist",
            name="ex_membership_unit",
        ),
        sa.ForeignKeyConstraint(["cluster_id"], ["cluster.id"], name="fk_membership_cluster_id_cluster"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_membership_unit_id_unit"),
        sa.PrimaryKeyConstraint("id", name="pk_membership"),
    )


def _cycles() -> None:
    """Cycles with their frameworks and frozen clusters."""
    op.create_table(
        "framework",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_framework"),
    )
    op.create_table(
        "cycle",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("council_id", sa.BigInteger(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("period_kind", sa.Text(), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("notice", postgresql.JSONB(), nullable=True),
        sa.Column("framework_sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("period_kind IN ('year', 'half', 'quarter', 'month')", name="ck_cycle_period_kind"),
        sa.CheckConstraint("state IN ('draft', 'open', 'intake_closed', 'archived')", name="ck_cycle_state"),
        sa.CheckConstraint("closes_at >= deadline_at", name="ck_cycle_closes_at"),
        sa.ForeignKeyConstraint(["council_id"], ["council.id"], name="fk_cycle_council_id_council"),
        sa.ForeignKeyConstraint(["framework_sha256"], ["framework.sha256"], name="fk_cycle_framework_sha256_framework"),
        sa.PrimaryKeyConstraint("id", name="pk_cycle"),
        sa.UniqueConstraint("code", name="uq_cycle_code"),
    )
    op.create_table(
        "cycle_cluster",
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("head", sa.Text(), nullable=True),
        sa.Column("deputies", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name="fk_cycle_cluster_cycle_id_cycle"),
        sa.PrimaryKeyConstraint("cycle_id", "code", name="pk_cycle_cluster"),
    )
    op.create_table(
        "cycle_member",
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle_id", "cluster"],
            ["cycle_cluster.cycle_id", "cycle_cluster.code"],
            name="fk_cycle_member_cycle_id_cluster_cycle_cluster",
        ),
        sa.PrimaryKeyConstraint("cycle_id", "unit", name="pk_cycle_member"),
    )


def _assessments() -> None:
    """Drafts, submissions, evidence, history."""
    op.create_table(
        "evidence_file",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_evidence_file"),
    )
    op.create_table(
        "history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_history"),
    )
    op.create_index("ix_history_subject_id", "history", ["subject", "id"], unique=False)
    op.create_table(
        "assessment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("claims", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("edits", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submissions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_version", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cycle_id", "unit"],
            ["cycle_member.cycle_id", "cycle_member.unit"],
            name="fk_assessment_cycle_id_unit_cycle_member",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_assessment"),
        sa.UniqueConstraint("cycle_id", "unit", name="uq_assessment_cycle_id_unit"),
    )
    op.create_table(
        "evidence_upload",
        sa.Column("cycle_id", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle_id", "unit"],
            ["cycle_member.cycle_id", "cycle_member.unit"],
            name="fk_evidence_upload_cycle_id_unit_cycle_member",
        ),
        sa.ForeignKeyConstraint(["sha256"], ["evidence_file.sha256"], name="fk_evidence_upload_sha256_evidence_file"),
        sa.PrimaryKeyConstraint("cycle_id", "unit", "sha256", name="pk_evidence_upload"),
    )
    op.create_table(
        "submission",
        sa.Column("assessment_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("draft_version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("number >= 1", name="ck_submission_number"),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name="fk_submission_assessment_id_assessment"),
        sa.PrimaryKeyConstraint("assessment_id", "number", name="pk_submission"),
    )


def _accounts() -> None:
    """Accounts and sessions."""
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("home_units", postgresql.JSONB(), nullable=False),
        sa.Column("grants", postgresql.JSONB(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("tokens_void_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revocations", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("language IN ('vi', 'en')", name="ck_account_language"),
        sa.CheckConstraint("login = lower(login) AND login <> ''", name="ck_account_login"),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("login", name="uq_account_login"),
    )
    op.create_table(
        "sign_in_limit",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("level", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_limit"),
    )
    op.create_table(
        "browser_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret_sha256", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_browser_session_account_id_account"),
        sa.PrimaryKeyConstraint("id", name="pk_browser_session"),
        sa.UniqueConstraint("secret_sha256", name="uq_browser_session_secret_sha256"),
    )
    op.create_index("ix_browser_session_account_id", "browser_session", ["account_id"], unique=False)
    op.create_table(
        "client_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_client_key_account_id_account"),
        sa.PrimaryKeyConstraint("id", name="pk_client_key"),
        sa.UniqueConstraint("secret_sha256", name="uq_client_key_secret_sha256"),
    )
    op.create_index("ix_client_key_account_id", "client_key", ["account_id"], unique=False)
