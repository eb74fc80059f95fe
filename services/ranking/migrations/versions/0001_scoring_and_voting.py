"""Two schemas, two roles: scoring and voting.

`ranking_scoring` works in `scoring`, `ranking_voting` in `voting`. Each sees exactly one thing of the other: voting
the view scoring.frozen_snapshot (no score is in it), scoring the announced tallies.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCORING, VOTING = "ranking_scoring", "ranking_voting"
MOMENT = sa.DateTime(timezone=True)
HASH = sa.CHAR(64)

# What each role may do, table by table; nothing else is granted. History has neither UPDATE nor DELETE.
GRANTS = {
    SCORING: {
        "SELECT, INSERT": (
            *("scoring.framework", "scoring.score_sheet", "scoring.frozen_unit", "scoring.frozen_score"),
            *("scoring.edition", "scoring.publication", "scoring.outbox_event"),
        ),
        "SELECT, INSERT, UPDATE, DELETE": (
            *("scoring.cycle", "scoring.cluster", "scoring.member", "scoring.submission", "scoring.verification"),
            *("scoring.feed_cursor", "scoring.feed_subject", "scoring.feed_waiting"),
        ),
        "SELECT, INSERT, UPDATE": ("public.revoked_session",),
        "SELECT": ("scoring.feed_identity", "voting.announced_tally"),
    },
    VOTING: {
        "SELECT, INSERT": ("voting.box", "voting.roll", "voting.ballot", "voting.receipt", "voting.announced_tally"),
        "SELECT, INSERT, DELETE": ("voting.sealed_ballot",),
        "UPDATE (state, closed_at, closed_by, decided)": ("voting.box",),
        "UPDATE (voted)": ("voting.roll",),
        "SELECT": ("scoring.frozen_snapshot", "public.revoked_session"),
    },
}


def required(name: str, kind: type[sa.types.TypeEngine] | sa.types.TypeEngine) -> sa.Column:
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    op.execute("CREATE SCHEMA IF NOT EXISTS scoring")
    op.execute("CREATE SCHEMA IF NOT EXISTS voting")
    _plumbing()
    _read_models()
    _sheets()
    _editions()
    _snapshot_view()
    _boxes()
    _ballots()
    _grants()


def _plumbing() -> None:
    op.create_table(
        "outbox_event",
        sa.Column("position", sa.BigInteger, sa.Identity(always=True)),
        required("id", sa.Uuid),
        required("type", sa.Text),
        required("version", sa.Integer),
        required("occurred_at", MOMENT),
        required("subject", sa.Text),
        required("subject_version", sa.BigInteger),
        required("data", JSONB),
        sa.PrimaryKeyConstraint("position", name="pk_outbox_event"),
        sa.UniqueConstraint("id", name="uq_outbox_event_id"),
        schema="scoring",
    )
    op.create_table(
        "feed_identity",
        sa.Column("feed", sa.Uuid, nullable=False, server_default=sa.text("gen_random_uuid()")),
        sa.PrimaryKeyConstraint("feed", name="pk_feed_identity"),
        schema="scoring",
    )
    op.execute("INSERT INTO scoring.feed_identity DEFAULT VALUES")
    op.create_table(
        "feed_cursor",
        required("reader", sa.Text),
        sa.Column("feed", sa.Uuid),
        sa.Column("position", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("drained_at", MOMENT),
        sa.PrimaryKeyConstraint("reader", name="pk_feed_cursor"),
        schema="scoring",
    )
    op.create_table(
        "feed_subject",
        required("reader", sa.Text),
        required("subject", sa.Text),
        required("feed", sa.Uuid),
        required("subject_version", sa.BigInteger),
        sa.PrimaryKeyConstraint("reader", "subject", name="pk_feed_subject"),
        schema="scoring",
    )
    op.create_table(
        "feed_waiting",
        required("reader", sa.Text),
        required("position", sa.BigInteger),
        required("subject", sa.Text),
        required("event", JSONB),
        required("state", sa.Text),
        required("attempts", sa.Integer),
        required("next_try_at", MOMENT),
        required("error", sa.Text),
        sa.PrimaryKeyConstraint("reader", "position", name="pk_feed_waiting"),
        sa.CheckConstraint("state IN ('waiting', 'parked')", name="ck_feed_waiting_state"),
        schema="scoring",
    )
    op.create_table(
        "revoked_session",
        required("account", sa.Text),
        required("before", MOMENT),
        sa.PrimaryKeyConstraint("account", name="pk_revoked_session"),
        schema="public",
    )


def _read_models() -> None:
    op.create_table(
        "framework",
        required("sha256", HASH),
        required("document", JSONB),
        required("recorded_at", MOMENT),
        sa.PrimaryKeyConstraint("sha256", name="pk_framework"),
        schema="scoring",
    )
    op.create_table(
        "cycle",
        required("cycle", sa.Text),
        required("council", sa.Text),
        required("council_title", JSONB),
        required("title", JSONB),
        required("period", sa.Text),
        required("period_kind", sa.Text),
        required("deadline_at", MOMENT),
        required("state", sa.Text),
        required("synthetic", sa.Boolean),
        sa.Column("notice", JSONB),
        required("framework_sha256", HASH),
        required("recorded_at", MOMENT),
        sa.PrimaryKeyConstraint("cycle", name="pk_cycle"),
        sa.ForeignKeyConstraint(
            ["framework_sha256"], ["scoring.framework.sha256"], name="fk_cycle_framework_sha256_framework"
        ),
        schema="scoring",
    )
    op.create_index("ix_cycle_council", "cycle", ["council"], schema="scoring")
    op.create_table(
        "cluster",
        required("cycle", sa.Text),
        required("cluster", sa.Text),
        required("title", JSONB),
        required("method", sa.Text),
        required("position", sa.Integer),
        sa.PrimaryKeyConstraint("cycle", "cluster", name="pk_cluster"),
        sa.ForeignKeyConstraint(["cycle"], ["scoring.cycle.cycle"], name="fk_cluster_cycle_cycle", ondelete="CASCADE"),
        schema="scoring",
    )
    op.create_table(
        "member",
        required("cycle", sa.Text),
        required("unit", sa.Text),
        required("cluster", sa.Text),
        required("title", JSONB),
        required("position", sa.Integer),
        sa.PrimaryKeyConstraint("cycle", "unit", name="pk_member"),
        sa.ForeignKeyConstraint(
            ["cycle", "cluster"],
            ["scoring.cluster.cycle", "scoring.cluster.cluster"],
            name="fk_member_cycle_cluster_cluster",
            ondelete="CASCADE",
        ),
        schema="scoring",
    )
    op.create_table(
        "submission",
        required("cycle", sa.Text),
        required("unit", sa.Text),
        required("cluster", sa.Text),
        required("number", sa.BigInteger),
        required("content_sha256", HASH),
        required("framework_sha256", HASH),
        required("submitted_at", MOMENT),
        required("late", sa.Boolean),
        sa.PrimaryKeyConstraint("cycle", "unit", name="pk_submission"),
        schema="scoring",
    )
    op.create_table(
        "verification",
        required("cycle", sa.Text),
        required("unit", sa.Text),
        required("cluster", sa.Text),
        required("framework_sha256", HASH),
        required("submission_number", sa.BigInteger),
        required("submission_sha256", HASH),
        required("cohort_screened", sa.Boolean),
        required("items", JSONB),
        required("recorded_at", MOMENT),
        sa.PrimaryKeyConstraint("cycle", "unit", name="pk_verification"),
        schema="scoring",
    )


def _sheets() -> None:
    op.create_table(
        "score_sheet",
        required("cycle", sa.Text),
        required("cluster", sa.Text),
        required("version", sa.Integer),
        required("council", sa.Text),
        required("council_title", JSONB),
        required("cycle_title", JSONB),
        required("cluster_title", JSONB),
        required("method", sa.Text),
        required("synthetic", sa.Boolean),
        sa.Column("notice", JSONB),
        required("framework_sha256", HASH),
        required("sheet_sha256", HASH),
        required("document", sa.LargeBinary),
        required("frozen_at", MOMENT),
        required("frozen_by", sa.Text),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("cycle", "cluster", "version", name="pk_score_sheet"),
        sa.UniqueConstraint("sheet_sha256", name="uq_score_sheet_sheet_sha256"),
        sa.ForeignKeyConstraint(
            ["framework_sha256"], ["scoring.framework.sha256"], name="fk_score_sheet_framework_sha256_framework"
        ),
        sa.CheckConstraint("version >= 1", name="ck_score_sheet_version"),
        sa.CheckConstraint("(version = 1) = (reason IS NULL)", name="ck_score_sheet_reason"),
        schema="scoring",
    )
    op.create_table(
        "frozen_unit",
        required("cycle", sa.Text),
        required("cluster", sa.Text),
        required("version", sa.Integer),
        required("unit", sa.Text),
        required("title", JSONB),
        required("position", sa.Integer),
        sa.Column("submission_number", sa.BigInteger),
        sa.Column("submission_sha256", HASH),
        sa.PrimaryKeyConstraint("cycle", "cluster", "version", "unit", name="pk_frozen_unit"),
        sa.ForeignKeyConstraint(
            ["cycle", "cluster", "version"],
            ["scoring.score_sheet.cycle", "scoring.score_sheet.cluster", "scoring.score_sheet.version"],
            name="fk_frozen_unit_cycle_cluster_version_score_sheet",
        ),
        schema="scoring",
    )
    op.create_table(
        "frozen_score",
        required("cycle", sa.Text),
        required("cluster", sa.Text),
        required("version", sa.Integer),
        required("unit", sa.Text),
        required("criterion", sa.Text),
        sa.Column("points", sa.Double),
        required("status", sa.Text),
        required("basis", sa.Text),
        required("left_out", sa.Boolean),
        sa.Column("value", sa.Double),
        sa.Column("target", sa.Double),
        sa.Column("claimed_value", sa.Double),
        sa.Column("self_points", sa.Double),
        sa.Column("observation", JSONB),
        sa.Column("decision", JSONB),
        sa.PrimaryKeyConstraint("cycle", "cluster", "version", "unit", "criterion", name="pk_frozen_score"),
        sa.ForeignKeyConstraint(
            ["cycle", "cluster", "version", "unit"],
            [f"scoring.frozen_unit.{column}" for column in ("cycle", "cluster", "version", "unit")],
            name="fk_frozen_score_cycle_cluster_version_unit_frozen_unit",
        ),
        schema="scoring",
    )


def _editions() -> None:
    op.create_table(
        "edition",
        required("cycle", sa.Text),
        required("audience", sa.Text),
        required("number", sa.Integer),
        required("edition_sha256", HASH),
        sa.Column("previous_sha256", HASH),
        required("inputs_sha256", HASH),
        required("key_id", sa.Text),
        required("issued_at", MOMENT),
        required("issued_by", sa.Text),
        required("sheets", JSONB),
        required("changes", JSONB),
        required("document", sa.LargeBinary),
        sa.PrimaryKeyConstraint("cycle", "audience", "number", name="pk_edition"),
        sa.UniqueConstraint("edition_sha256", name="uq_edition_edition_sha256"),
        sa.UniqueConstraint(
            *("cycle", "audience", "previous_sha256"),
            name="uq_edition_cycle_audience_previous_sha256",
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint("audience IN ('board', 'council', 'cluster', 'public')", name="ck_edition_audience"),
        sa.CheckConstraint("(number = 1) = (previous_sha256 IS NULL) AND number >= 1", name="ck_edition_chain"),
        schema="scoring",
    )
    op.create_table(
        "publication",
        required("cycle", sa.Text),
        required("audience", sa.Text),
        required("number", sa.Integer),
        required("record_number", sa.Text),
        required("decided_on", sa.Date),
        required("recorded_at", MOMENT),
        required("recorded_by", sa.Text),
        sa.PrimaryKeyConstraint("cycle", "audience", "number", name="pk_publication"),
        sa.ForeignKeyConstraint(
            ["cycle", "audience", "number"],
            ["scoring.edition.cycle", "scoring.edition.audience", "scoring.edition.number"],
            name="fk_publication_cycle_audience_number_edition",
        ),
        schema="scoring",
    )


def _snapshot_view() -> None:
    """Who was frozen, on which sheet; deliberately without points, totals or ranks."""
    op.execute(
        """
        CREATE VIEW scoring.frozen_snapshot AS
        SELECT sheet.council, sheet.council_title, sheet.cycle, sheet.cycle_title, sheet.cluster, sheet.cluster_title,
               sheet.method, sheet.version AS sheet_version, sheet.sheet_sha256, sheet.frozen_at, sheet.synthetic,
               sheet.notice, unit.unit, unit.title AS unit_title, unit.position
        FROM scoring.score_sheet AS sheet
        JOIN scoring.frozen_unit AS unit USING (cycle, cluster, version)
        WHERE NOT EXISTS (
            SELECT FROM scoring.score_sheet AS newer
            WHERE newer.cycle = sheet.cycle AND newer.cluster = sheet.cluster AND newer.version > sheet.version
        )
        """
    )


def _boxes() -> None:
    op.create_table(
        "box",
        required("id", sa.Uuid),
        required("council", sa.Text),
        required("cycle", sa.Text),
        required("cluster", sa.Text),
        required("round", sa.Integer),
        required("sheet_version", sa.Integer),
        required("sheet_sha256", HASH),
        required("snapshot", JSONB),
        required("method", sa.Text),
        required("places", sa.Integer),
        required("opens_at", MOMENT),
        required("closes_at", MOMENT),
        required("quorum", JSONB),
        required("threshold", JSONB),
        required("public_key", sa.LargeBinary),
        required("state", sa.Text),
        required("opened_at", MOMENT),
        required("opened_by", sa.Text),
        sa.Column("closed_at", MOMENT),
        sa.Column("closed_by", sa.Text),
        sa.Column("decided", sa.Boolean),
        sa.PrimaryKeyConstraint("id", name="pk_box"),
        sa.UniqueConstraint("cycle", "cluster", "round", name="uq_box_cycle_cluster_round"),
        sa.CheckConstraint("state IN ('open', 'closed')", name="ck_box_state"),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="ck_box_closed_at"),
        sa.CheckConstraint("(state = 'closed') = (decided IS NOT NULL)", name="ck_box_decided"),
        sa.CheckConstraint("opens_at < closes_at", name="ck_box_times"),
        schema="voting",
    )
    op.create_index(
        "uq_box_open",
        "box",
        ["cycle", "cluster"],
        unique=True,
        schema="voting",
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "roll",
        required("box", sa.Uuid),
        required("unit", sa.Text),
        required("position", sa.Integer),
        sa.Column("voted", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("box", "unit", name="pk_roll"),
        sa.ForeignKeyConstraint(["box"], ["voting.box.id"], name="fk_roll_box_box"),
        schema="voting",
    )


def _ballots() -> None:
    op.create_table(
        "sealed_ballot",
        required("id", sa.Uuid),
        required("box", sa.Uuid),
        required("receipt", HASH),
        required("sealed", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_sealed_ballot"),
        sa.UniqueConstraint("receipt", name="uq_sealed_ballot_receipt"),
        sa.ForeignKeyConstraint(["box"], ["voting.box.id"], name="fk_sealed_ballot_box_box"),
        schema="voting",
    )
    op.create_index("ix_sealed_ballot_box", "sealed_ballot", ["box"], schema="voting")
    op.create_table(
        "ballot",
        required("box", sa.Uuid),
        required("ballot_sha256", HASH),
        sa.Column("names", JSONB),
        sa.PrimaryKeyConstraint("box", "ballot_sha256", name="pk_ballot"),
        sa.ForeignKeyConstraint(["box"], ["voting.box.id"], name="fk_ballot_box_box"),
        schema="voting",
    )
    op.create_table(
        "receipt",
        required("box", sa.Uuid),
        required("receipt", HASH),
        sa.PrimaryKeyConstraint("box", "receipt", name="pk_receipt"),
        sa.ForeignKeyConstraint(["box"], ["voting.box.id"], name="fk_receipt_box_box"),
        schema="voting",
    )
    op.create_table(
        "announced_tally",
        required("box", sa.Uuid),
        required("council", sa.Text),
        required("cycle", sa.Text),
        required("cluster", sa.Text),
        required("round", sa.Integer),
        required("sheet_sha256", HASH),
        required("announced_at", MOMENT),
        required("document", JSONB),
        sa.PrimaryKeyConstraint("box", name="pk_announced_tally"),
        sa.ForeignKeyConstraint(["box"], ["voting.box.id"], name="fk_announced_tally_box_box"),
        schema="voting",
    )
    op.create_index("ix_announced_tally_cycle_cluster", "announced_tally", ["cycle", "cluster"], schema="voting")


def _grants() -> None:
    # Each role needs the other schema's name to reach the one thing it may read there.
    op.execute(f"GRANT USAGE ON SCHEMA scoring, voting TO {SCORING}, {VOTING}")
    for role, allowed in GRANTS.items():
        for privilege, tables in allowed.items():
            op.execute(f"GRANT {privilege} ON {', '.join(tables)} TO {role}")


def downgrade() -> None:
    raise NotImplementedError("history is append-only: restore a backup instead")
