"""Tables of what intake says: read models of its feed."""

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, Index, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.verify.tables import Moment, metadata

cycle = Table(
    "cycle",
    metadata,
    Column("cycle", sa.Text, primary_key=True),
    Column("council", sa.Text, nullable=False, index=True),
    Column("council_title", JSONB, nullable=False),
    Column("title", JSONB, nullable=False),
    Column("period", sa.Text, nullable=False),
    Column("period_kind", sa.Text, nullable=False),
    Column("deadline_at", Moment, nullable=False),
    Column("state", sa.Text, nullable=False),
    Column("synthetic", sa.Boolean, nullable=False),
    Column("notice", JSONB(none_as_null=True)),
    Column("framework", JSONB, nullable=False),
    Column("framework_sha256", sa.Text, nullable=False),
    # How often what the cohort's screening rests on moved.
    Column("changes", sa.BigInteger, nullable=False, server_default="0"),
    # The newest cohort screening whose results stand, and what it says of the whole: checks that did not run, and why.
    Column("screening", sa.Uuid),
    Column("screened_at", Moment),
    Column("notes", JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")),
    Column("expected_false", sa.Double),  # of the flags that rest on comparisons, so many may be honest
    Column("recorded_at", Moment, nullable=False),
)


cycle_cluster = Table(
    "cycle_cluster",
    metadata,
    Column("cycle", ForeignKey("cycle.cycle"), primary_key=True),
    Column("cluster", sa.Text, primary_key=True),
    Column("title", JSONB, nullable=False),
    Column("place", sa.Integer, nullable=False),
    # The units that head it and are its deputies; their people do not review here.
    Column("leading", ARRAY(sa.Text), nullable=False, server_default="{}"),
)


cycle_member = Table(
    "cycle_member",
    metadata,
    Column("cycle", sa.Text, primary_key=True),
    Column("unit", sa.Text, primary_key=True),
    Column("cluster", sa.Text, nullable=False),
    Column("title", JSONB, nullable=False),
    Column("place", sa.Integer, nullable=False),
    Column("submission", ForeignKey("submission.id")),
    # How often what the unit's screening rests on moved (submission, framework, cluster, releases about it). Counted,
    # not hashed: after a restore of intake an older state may become the current one again.
    Column("changes", sa.BigInteger, nullable=False, server_default="0"),
    # The first day of a unit that followed upon others: nothing is carried through a merger.
    Column("begins_on", sa.Date),
    ForeignKeyConstraint(["cycle", "cluster"], ["cycle_cluster.cycle", "cycle_cluster.cluster"]),
    Index("ix_cycle_member_cluster", "cycle", "cluster", "place"),
)


submission = Table(
    "submission",
    metadata,
    Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    Column("cycle", sa.Text, nullable=False),
    Column("unit", sa.Text, nullable=False),
    Column("number", sa.BigInteger, nullable=False),
    Column("content_sha256", sa.Text, nullable=False),
    Column("framework_sha256", sa.Text, nullable=False),
    Column("submitted_at", Moment, nullable=False),
    Column("late", sa.Boolean, nullable=False),
    Column("received_at", Moment, nullable=False),
    UniqueConstraint("cycle", "unit", "number", "content_sha256"),
)


submission_item = Table(
    "submission_item",
    metadata,
    Column("submission", ForeignKey("submission.id"), primary_key=True),
    Column("criterion", sa.Text, primary_key=True),
    Column("value", sa.Double),
    Column("self_points", sa.Double),
    Column("target", sa.Double),
    Column("note", sa.Text, nullable=False),
    # How the unit worked its value out, in its words.
    Column("calculation", sa.Text, nullable=False, server_default=""),
    # Why the self-score is not what the rule gives, in the unit's words.
    Column("explanation", sa.Text, nullable=False, server_default=""),
)


# The target of a unit's signed covenant that points use, what it can be held against, and the newest revision.
covenant_target = Table(
    "covenant_target",
    metadata,
    Column("cycle", sa.Text, primary_key=True),
    Column("unit", sa.Text, primary_key=True),
    Column("criterion", sa.Text, primary_key=True),
    Column("counting", sa.Double, nullable=False),
    Column("revised", sa.Double),
    Column("revised_by", sa.Text, nullable=False, server_default=""),
    Column("recognised", sa.Boolean, nullable=False, server_default="false"),
    Column("baseline", sa.Double),
    Column("assigned", sa.Double),
    Column("national", sa.Double),
)


# What another member of the cluster asks about an item, as intake last said; documents, answer and withdrawal as sent.
challenge = Table(
    "challenge",
    metadata,
    Column("cycle", sa.Text, primary_key=True),
    Column("unit", sa.Text, primary_key=True),
    Column("criterion", sa.Text, primary_key=True),
    Column("number", sa.Integer, primary_key=True),
    Column("by_unit", sa.Text, nullable=False),
    Column("submission", sa.BigInteger, nullable=False),
    Column("state", sa.Text, nullable=False),
    Column("reason", sa.Text, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("challenged_at", Moment, nullable=False),
    Column("answer", JSONB(none_as_null=True)),
    Column("withdrawal", JSONB(none_as_null=True)),
)


submission_evidence = Table(
    "submission_evidence",
    metadata,
    Column("submission", sa.BigInteger, primary_key=True),
    Column("criterion", sa.Text, primary_key=True),
    Column("place", sa.Integer, primary_key=True),
    Column("sha256", sa.Text),
    Column("size", sa.BigInteger),
    Column("media_type", sa.Text),
    Column("document_number", sa.Text, nullable=False),
    Column("issuer", sa.Text, nullable=False),
    Column("issued_on", sa.Date),
    Column("signer", sa.Text, nullable=False),
    Column("reference_only", sa.Boolean, nullable=False),
    ForeignKeyConstraint(["submission", "criterion"], ["submission_item.submission", "submission_item.criterion"]),
)


revoked_session = Table(
    "revoked_session",
    metadata,
    Column("account", sa.Text, primary_key=True),
    Column("before", Moment, nullable=False),
)
