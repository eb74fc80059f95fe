"""The review queue and one item with everything around it."""

import base64
import json
import math
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.claims import tables as claim_tables
from services.verify.claims.store.challenges import challenge_from
from services.verify.results import tables as result_tables
from services.verify.reviews import tables as t
from services.verify.reviews.model import SETTLEABLE
from services.verify.reviews.rules.states import ItemState
from services.verify.reviews.store.visible import visible_items
from services.verify.screening.model import Stake
from services.verify.sources import tables as source_tables
from services.verify.triage import tables as triage_tables
from shared.contracts.verify_v1 import STATES
from shared.people import Actor
from shared.plumbing.database import rows_as_dicts

REVIEWS = tuple(state.value for state in ItemState)
_LISTED = (
    *("cycle", "unit", "criterion", "cluster", "cohort", "claimed_value", "self_points", "independent_points", "gap"),
    *("points_at_stake", "suspicion", "flagged", "priority", "codes", "inconclusive", "explanation", "observation"),
    *("review", "state", "basis", "blocks_freeze", "left_out", "value", "points", "target", "version", "updated_at"),
    *("held_by_name", "held_until"),
    *("contender", "audit", "counted_points", *Stake.NAMES),
)
_OF_ONE = ("submission", "findings", "decision", "held_by", "concluded_at", "request", "objection")
_EVIDENCE = (*("sha256", "size", "media_type", "document_number", "issuer", "issued_on", "signer", "reference_only"),)


# A row of made-up claims says so itself.
_SYNTHETIC = (
    sa.select(claim_tables.cycle.c.synthetic)
    .where(claim_tables.cycle.c.cycle == t.review_item.c.cycle)
    .scalar_subquery()
    .label("synthetic")
)


class BadCursor(ValueError):
    """`after` is not what an earlier page gave."""


@dataclass(frozen=True)
class QueueFilter:
    """What to list. `state` is a word of either kind: where the review stands, or what counts.

    `code`: one that a check gave; `risk_class`: of the unit's draw; `below`: only what would cost its unit at most so
    many points and change no place.
    """

    cluster: str | None = None
    unit: str | None = None
    criterion: str | None = None
    state: str | None = None
    flagged: bool | None = None
    code: str | None = None
    risk_class: str | None = None
    contender: bool | None = None
    audit: bool | None = None
    below: float | None = None


def queue(
    connection: Connection, actor: Actor, cycle: str, council: str, wanted: QueueFilter, after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """Items by review priority, and the cursor of the next page (None at the end). Raises BadCursor."""
    item, member = t.review_item, claim_tables.cycle_member
    query = (
        sa.select(*(item.c[name] for name in _LISTED), member.c.title.label("unit_title"), _SYNTHETIC)
        .join(member, sa.and_(member.c.cycle == item.c.cycle, member.c.unit == item.c.unit))
        .where(item.c.cycle == cycle, visible_items(actor, council), *_conditions(wanted))
        .order_by(item.c.priority.desc(), item.c.unit, item.c.criterion)
        .limit(limit + 1)
    )
    if after is not None:
        priority, unit, criterion = _read_cursor(after)
        query = query.where(
            sa.or_(
                item.c.priority < priority,
                sa.and_(
                    item.c.priority == priority,
                    sa.tuple_(item.c.unit, item.c.criterion) > sa.tuple_(unit, criterion),
                ),
            )
        )
    rows = rows_as_dicts(connection.execute(query))
    return rows[:limit], _cursor(rows[limit - 1]) if len(rows) > limit else None


def _conditions(wanted: QueueFilter) -> list[sa.ColumnElement[bool]]:
    item = t.review_item
    found = [item.c[name] == value for name in ("cluster", "unit", "criterion") if (value := getattr(wanted, name))]
    if wanted.state in REVIEWS:
        found.append(item.c.review == wanted.state)
    elif wanted.state in STATES:
        found.append(item.c.state == wanted.state)
    for name in ("flagged", "contender", "audit"):
        if (value := getattr(wanted, name)) is not None:
            found.append(item.c[name] == value)
    if wanted.code is not None:
        found.append(sa.literal(wanted.code) == sa.any_(item.c.codes))
    if wanted.risk_class is not None:
        draw = triage_tables.audit_draw
        found.append(
            sa.exists().where(
                draw.c.cycle == item.c.cycle, draw.c.unit == item.c.unit, draw.c.risk_class == wanted.risk_class
            )
        )
    if wanted.below is not None:
        found.append(sa.func.coalesce(item.c.points_lost, 0.0) <= wanted.below)
        found.append(sa.func.coalesce(item.c.ranks_changed, 0) == 0)
        found.append(~item.c.first_changes)
    return found


def _cursor(row: Mapping[str, Any]) -> str:
    text = json.dumps([row["priority"], row["unit"], row["criterion"]], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_cursor(text: str) -> tuple[float, str, str]:
    try:
        priority, unit, criterion = json.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
        number = float(priority)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise BadCursor from error
    if not math.isfinite(number) or not all(isinstance(c, str) and "\x00" not in c for c in (unit, criterion)):
        raise BadCursor
    return number, unit, criterion


def largest_gaps(connection: Connection, actor: Actor, cycle: str, council: str, count: int) -> list[dict[str, Any]]:
    """The items with the largest differences between self-score and independent points: reasons to ask."""
    item, member = t.review_item, claim_tables.cycle_member
    query = (
        sa.select(*(item.c[name] for name in _LISTED), member.c.title.label("unit_title"), _SYNTHETIC)
        .join(member, sa.and_(member.c.cycle == item.c.cycle, member.c.unit == item.c.unit))
        .where(item.c.cycle == cycle, item.c.gap > 0, visible_items(actor, council))
        .order_by(item.c.gap.desc(), item.c.unit, item.c.criterion)
        .limit(count)
    )
    return rows_as_dicts(connection.execute(query))


def one_item(
    connection: Connection, actor: Actor, cycle: str, council: str, unit: str, criterion: str
) -> dict[str, Any] | None:
    """An item with its unit, cluster and self-assessment; None if there is none this person may look at."""
    item, member, cluster, covenant = (
        t.review_item,
        claim_tables.cycle_member,
        claim_tables.cycle_cluster,
        claim_tables.covenant_target,
    )
    query = (
        sa.select(
            *(
                item.c[name]
                for name in (
                    *_LISTED,
                    "submission",
                    "findings",
                    "decision",
                    "held_by",
                    "concluded_at",
                    "request",
                    "objection",
                )
            ),
            member.c.title.label("unit_title"),
            _SYNTHETIC,
            cluster.c.title.label("cluster_title"),
            claim_tables.submission.c.number.label("submission_number"),
            claim_tables.submission.c.content_sha256.label("submission_sha256"),
            claim_tables.submission.c.submitted_at,
            claim_tables.submission.c.late,
            claim_tables.submission_item.c.note,
            claim_tables.submission_item.c.explanation.label("unit_explanation"),
            covenant.c.counting.label("counting_target"),
            covenant.c.revised.label("revised_target"),
            covenant.c.revised_by,
            covenant.c.recognised.label("revision_recognised"),
        )
        .join(member, sa.and_(member.c.cycle == item.c.cycle, member.c.unit == item.c.unit))
        .join(cluster, sa.and_(cluster.c.cycle == item.c.cycle, cluster.c.cluster == item.c.cluster))
        .join(claim_tables.submission, claim_tables.submission.c.id == item.c.submission)
        .join(
            claim_tables.submission_item,
            sa.and_(
                claim_tables.submission_item.c.submission == item.c.submission,
                claim_tables.submission_item.c.criterion == item.c.criterion,
            ),
        )
        .outerjoin(
            covenant,
            sa.and_(
                covenant.c.cycle == item.c.cycle,
                covenant.c.unit == item.c.unit,
                covenant.c.criterion == item.c.criterion,
            ),
        )
        .where(
            item.c.cycle == cycle,
            item.c.unit == unit,
            item.c.criterion == criterion,
            visible_items(actor, council),
        )
    )
    row = connection.execute(query).mappings().one_or_none()
    return dict(row) if row else None


def evidence_of(connection: Connection, submission: int, criterion: str) -> list[dict[str, Any]]:
    """What supports a claim, as it was sent."""
    piece = claim_tables.submission_evidence
    query = sa.select(*(piece.c[name] for name in _EVIDENCE)).where(
        piece.c.submission == submission, piece.c.criterion == criterion
    )
    return rows_as_dicts(connection.execute(query.order_by(piece.c.place)))


def challenges_of(connection: Connection, cycle: str, unit: str, criterion: str) -> list[dict[str, Any]]:
    """What other members ask about an item, oldest first, with their titles."""
    asked, member = claim_tables.challenge, claim_tables.cycle_member
    names = (
        *("number", "by_unit", "submission", "state", "reason", "document", "challenged_at", "answer"),
        "withdrawal",
    )
    query = (
        sa.select(*(asked.c[name] for name in names), member.c.title.label("by_unit_title"))
        .outerjoin(member, sa.and_(member.c.cycle == asked.c.cycle, member.c.unit == asked.c.by_unit))
        .where(asked.c.cycle == cycle, asked.c.unit == unit, asked.c.criterion == criterion)
        .order_by(asked.c.number)
    )
    return [challenge_from(row) for row in rows_as_dicts(connection.execute(query))]


def findings_of(connection: Connection, cycle: str, unit: str, findings: Collection[uuid.UUID]) -> list[dict[str, Any]]:
    """An item's findings, then those on its unit as a whole."""
    of_unit = sa.select(sa.func.unnest(result_tables.verification.c.findings)).where(
        result_tables.verification.c.cycle == cycle, result_tables.verification.c.unit == unit
    )
    names = ("id", "criterion", "code", "severity", "inconclusive", "numbers", "said", "found_at")
    query = sa.select(*(t.finding.c[name] for name in names)).where(
        sa.or_(t.finding.c.id.in_(list(findings)), t.finding.c.id.in_(of_unit))
    )
    return rows_as_dicts(connection.execute(query.order_by(t.finding.c.criterion.desc(), t.finding.c.place)))


def figures_of(
    connection: Connection, council: str, unit: str, references: Sequence[tuple[str, str]]
) -> list[dict[str, Any]]:
    """All figures of these (source, indicator) pairs on a unit, newest period and release first, with provenance."""
    row, release = source_tables.observation, source_tables.release
    query = (
        sa.select(
            release.c.source,
            source_tables.source.c.title,
            source_tables.source.c.publisher,
            row.c.indicator,
            row.c.period,
            row.c.value,
            row.c.status,
            row.c.release,
            row.c.row,
            release.c.published_on,
            release.c.file_name,
            release.c.raw_sha256.label("release_sha256"),
        )
        .join(release, release.c.id == row.c.release)
        .join(source_tables.source, source_tables.source.c.source == release.c.source)
        .where(
            source_tables.source.c.council == council,
            row.c.unit == unit,
            sa.tuple_(release.c.source, row.c.indicator).in_(list(references)),
        )
        .order_by(row.c.period.desc(), release.c.source, release.c.published_on.desc(), release.c.fetched_at.desc())
    )
    return rows_as_dicts(connection.execute(query)) if references else []


def peers_of(connection: Connection, cycle: str, cluster: str, criterion: str) -> list[dict[str, Any]]:
    """The same criterion at every member of the cluster, by unit: self-score, independent points, difference."""
    item, member = t.review_item, claim_tables.cycle_member
    names = ("unit", "claimed_value", "self_points", "independent_points", "gap", "cohort")
    query = (
        sa.select(*(item.c[name] for name in names), member.c.title.label("unit_title"))
        .join(member, sa.and_(member.c.cycle == item.c.cycle, member.c.unit == item.c.unit))
        .where(item.c.cycle == cycle, item.c.cluster == cluster, item.c.criterion == criterion)
        .order_by(member.c.place, item.c.unit)
    )
    return rows_as_dicts(connection.execute(query))


def decisions_of(connection: Connection, cycle: str, unit: str, criterion: str) -> list[dict[str, Any]]:
    """All decisions ever taken on an item, newest first."""
    names = (
        *("id", "verdict", "value", "points", "reason", "document_number", "on_source", "settlement", "decided_at"),
        *("decided_by", "decided_by_name", "decided_as"),
    )
    query = (
        sa.select(*(result_tables.decision.c[name] for name in names))
        .where(
            result_tables.decision.c.cycle == cycle,
            result_tables.decision.c.unit == unit,
            result_tables.decision.c.criterion == criterion,
        )
        .order_by(result_tables.decision.c.decided_at.desc(), result_tables.decision.c.id)
    )
    return rows_as_dicts(connection.execute(query))


def to_settle(connection: Connection, actor: Actor, cycle: str, council: str, cluster: str) -> list[dict[str, Any]]:
    """What one settlement of the cluster covers (see `ReviewItem.settleable`), by unit and criterion."""
    item, member = t.review_item, claim_tables.cycle_member
    query = (
        sa.select(*(item.c[name] for name in _LISTED), member.c.title.label("unit_title"), _SYNTHETIC)
        .join(member, sa.and_(member.c.cycle == item.c.cycle, member.c.unit == item.c.unit))
        .where(
            item.c.cycle == cycle,
            item.c.cluster == cluster,
            item.c.review.in_(SETTLEABLE),
            item.c.blocks_freeze,
            sa.or_(item.c.basis == "source", item.c.state == "contested"),
            visible_items(actor, council),
        )
        .order_by(item.c.unit, item.c.place)
    )
    return rows_as_dicts(connection.execute(query))
