"""One item with everything around it, and what a settlement covers."""

import uuid
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy import Connection

from services.verify.claims import tables as claim_tables
from services.verify.results import tables as result_tables
from services.verify.reviews import tables as t
from services.verify.reviews.model.states import SETTLEABLE
from services.verify.reviews.model.views import ItemWithClaim, Peer, ShownFinding, ShownItem
from services.verify.sql import all_of, one_of, select_fields
from shared.people import Actor

# A row of made-up claims says so itself.
_SYNTHETIC = (
    sa.select(claim_tables.cycle.c.synthetic)
    .where(claim_tables.cycle.c.cycle == t.review_item.c.cycle)
    .scalar_subquery()
)


class ItemViews:
    """The part of `ports.Reviews` that people look at."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def shown(self, actor: Actor, cycle: str, council: str, unit: str, criterion: str) -> ItemWithClaim | None:
        item, member, cluster = t.review_item, claim_tables.cycle_member, claim_tables.cycle_cluster
        sent, claimed, covenant = claim_tables.submission, claim_tables.submission_item, claim_tables.covenant_target
        query = (
            select_fields(
                ItemWithClaim,
                item,
                unit_title=member.c.title,
                synthetic=_SYNTHETIC,
                cluster_title=cluster.c.title,
                submission_number=sent.c.number,
                submission_sha256=sent.c.content_sha256,
                submitted_at=sent.c.submitted_at,
                late=sent.c.late,
                calculation=claimed.c.calculation,
                note=claimed.c.note,
                unit_explanation=claimed.c.explanation,
                counting_target=covenant.c.counting,
                revised_target=covenant.c.revised,
                revised_by=covenant.c.revised_by,
                revision_recognised=covenant.c.recognised,
            )
            .join(member, sa.and_(member.c.cycle == item.c.cycle, member.c.unit == item.c.unit))
            .join(cluster, sa.and_(cluster.c.cycle == item.c.cycle, cluster.c.cluster == item.c.cluster))
            .join(sent, sent.c.id == item.c.submission)
            .join(claimed, sa.and_(claimed.c.submission == item.c.submission, claimed.c.criterion == item.c.criterion))
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
                t.visible_items(actor, council),
            )
        )
        return one_of(ItemWithClaim, self.connection.execute(query))

    def next_open(self, actor: Actor, cycle: str, council: str) -> ShownItem | None:
        item, member = t.review_item, claim_tables.cycle_member
        query = (
            select_fields(ShownItem, item, unit_title=member.c.title, synthetic=_SYNTHETIC)
            .join(member, sa.and_(member.c.cycle == item.c.cycle, member.c.unit == item.c.unit))
            .where(item.c.cycle == cycle, t.visible_items(actor, council), item.c.review == "open")
            .order_by(item.c.priority.desc(), item.c.unit, item.c.criterion)
            .limit(1)
        )
        return one_of(ShownItem, self.connection.execute(query))

    def findings(self, cycle: str, unit: str, findings: Collection[uuid.UUID]) -> Sequence[ShownFinding]:
        table, verification = t.finding, result_tables.verification
        of_unit = sa.select(sa.func.unnest(verification.c.findings)).where(
            verification.c.cycle == cycle, verification.c.unit == unit
        )
        query = select_fields(ShownFinding, table).where(
            sa.or_(table.c.id.in_(list(findings)), table.c.id.in_(of_unit))
        )
        return all_of(ShownFinding, self.connection.execute(query.order_by(table.c.criterion.desc(), table.c.place)))

    def peers(self, cycle: str, cluster: str, criterion: str) -> Sequence[Peer]:
        item, member = t.review_item, claim_tables.cycle_member
        query = (
            select_fields(Peer, item, unit_title=member.c.title)
            .join(member, sa.and_(member.c.cycle == item.c.cycle, member.c.unit == item.c.unit))
            .where(item.c.cycle == cycle, item.c.cluster == cluster, item.c.criterion == criterion)
            .order_by(member.c.place, item.c.unit)
        )
        return all_of(Peer, self.connection.execute(query))

    def to_settle(self, actor: Actor, cycle: str, council: str, cluster: str) -> Sequence[ShownItem]:
        item, member = t.review_item, claim_tables.cycle_member
        query = (
            select_fields(ShownItem, item, unit_title=member.c.title, synthetic=_SYNTHETIC)
            .join(member, sa.and_(member.c.cycle == item.c.cycle, member.c.unit == item.c.unit))
            .where(
                item.c.cycle == cycle,
                item.c.cluster == cluster,
                item.c.review.in_(SETTLEABLE),
                item.c.blocks_freeze,
                sa.or_(item.c.basis == "source", item.c.state == "contested"),
                t.visible_items(actor, council),
            )
            .order_by(item.c.unit, item.c.place)
        )
        return all_of(ShownItem, self.connection.execute(query))
