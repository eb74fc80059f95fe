"""Tables of councils and their directories."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, ExcludeConstraint

from services.intake.tables import metadata, number

council = sa.Table(
    "council",
    metadata,
    number(),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("title", JSONB, nullable=False),
)
unit = sa.Table(
    "unit",
    metadata,
    number(),
    sa.Column("council_id", sa.BigInteger, sa.ForeignKey("council.id"), nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("title", JSONB, nullable=False),
    sa.Column("during", DATERANGE, nullable=False),
    sa.UniqueConstraint("council_id", "code"),
)
cluster = sa.Table(
    "cluster",
    metadata,
    number(),
    sa.Column("council_id", sa.BigInteger, sa.ForeignKey("council.id"), nullable=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("title", JSONB, nullable=False),
    sa.Column("method", sa.Text, nullable=False),
    sa.Column("during", DATERANGE, nullable=False),
    sa.UniqueConstraint("council_id", "code"),
    sa.CheckConstraint("method IN ('score_only', 'score_then_vote')", name="method"),
)


def _one(column: str) -> sa.ColumnElement[object]:
    """An integer column as a range, so that GiST's built-in classes can compare it."""
    return sa.literal_column(f"int8range({column}, {column}, '[]')")


membership = sa.Table(
    "membership",
    metadata,
    number(),
    sa.Column("unit_id", sa.BigInteger, sa.ForeignKey("unit.id"), nullable=False),
    sa.Column("cluster_id", sa.BigInteger, sa.ForeignKey("cluster.id"), nullable=False),
    sa.Column("during", DATERANGE, nullable=False),
    # A unit is in one cluster at a time.
    ExcludeConstraint(
        (_one("unit_id"), "&&"),
        (sa.column("during"), "&&"),
        name="ex_membership_unit",
        using="gist",
        # Judged at the commit: one list may end a membership and begin the next.
        deferrable=True,
        initially="DEFERRED",
    ),
)
headship = sa.Table(
    "headship",
    metadata,
    number(),
    sa.Column("cluster_id", sa.BigInteger, sa.ForeignKey("cluster.id"), nullable=False),
    sa.Column("unit_id", sa.BigInteger, sa.ForeignKey("unit.id"), nullable=False),
    sa.Column("position", sa.Text, nullable=False),
    sa.Column("during", DATERANGE, nullable=False),
    sa.Column("place", sa.Integer, nullable=False, server_default="0"),
    sa.CheckConstraint("position IN ('head', 'deputy')", name="position"),
    # One head at a time; no unit in two positions of a cluster at once.
    ExcludeConstraint(
        (_one("cluster_id"), "&&"),
        (sa.column("during"), "&&"),
        name="ex_headship_head",
        using="gist",
        where=sa.text("position = 'head'"),
        deferrable=True,
        initially="DEFERRED",
    ),
    ExcludeConstraint(
        (_one("cluster_id"), "&&"),
        (_one("unit_id"), "&&"),
        (sa.column("during"), "&&"),
        name="ex_headship_unit",
        using="gist",
        deferrable=True,
        initially="DEFERRED",
    ),
)
succession = sa.Table(
    "succession",
    metadata,
    sa.Column("unit_id", sa.BigInteger, sa.ForeignKey("unit.id"), primary_key=True),
    sa.Column("predecessor_id", sa.BigInteger, sa.ForeignKey("unit.id"), primary_key=True),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("legal_source", sa.Text, nullable=False),
    sa.CheckConstraint("legal_source <> ''", name="legal_source"),
)
