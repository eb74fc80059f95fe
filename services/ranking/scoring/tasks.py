"""What intake and verify say, kept as scoring's read models. Every handler upserts; nothing here answers back."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from marshmallow import EXCLUDE
from sqlalchemy.dialects import postgresql

from services.ranking.scoring import tables
from services.ranking.scoring.store import SqlScoringRecords
from services.ranking.people.store import record_revocation
from services.ranking.scoring.ports import CYCLE_LOCK
from shared.contracts.events import Event
from shared.contracts.intake_v1 import CycleRecorded, SubmissionSent
from shared.contracts.verify_v1 import UnitVerified
from shared.criteria.loader import load_document
from shared.plumbing.database import UnitOfWork
from shared.plumbing.feed_reader import FeedClient, FeedReader

NUMBERS = ("value", "points", "target", "claimed_value", "self_points")


class FrameworkMismatch(Exception):
    """An event carries a framework that is not the one whose hash it names."""


def readers(intake: FeedClient, verify: FeedClient) -> tuple[FeedReader, ...]:
    """The feeds scoring reads, intake's first: a verification makes sense once its cycle is known."""
    return (
        FeedReader(
            "intake",
            intake,
            {
                "cycle_recorded": record_cycle,
                "submission_sent": record_submission,
                "sessions_revoked": record_revocation,
            },
        ),
        FeedReader("verify", verify, {"unit_verified": record_verification}),
    )


def _take_turns(uow: UnitOfWork, cycle: str) -> None:
    """A freeze must see all of a page of events or nothing of it."""
    SqlScoringRecords(uow.connection).lock(*CYCLE_LOCK, cycle)


def record_cycle(uow: UnitOfWork, event: Event) -> None:
    """`cycle_recorded`: the cycle, its framework, its clusters and members as they stand. Frozen sheets keep theirs."""
    data = CycleRecorded(unknown=EXCLUDE).load(dict(event.data))
    if load_document(data["framework"]).sha256 != data["framework_sha256"]:
        raise FrameworkMismatch(data["cycle"])
    _take_turns(uow, data["cycle"])
    connection = uow.connection
    connection.execute(
        postgresql.insert(tables.framework)
        .values(sha256=data["framework_sha256"], document=data["framework"], recorded_at=uow.now)
        .on_conflict_do_nothing()
    )
    values = {
        name: data[name]
        for name in (
            *("cycle", "council", "council_title", "title", "period", "period_kind", "deadline_at", "state"),
            *("synthetic", "notice", "framework_sha256"),
        )
    } | {"recorded_at": uow.now}
    insert = postgresql.insert(tables.cycle).values(values)
    connection.execute(insert.on_conflict_do_update(index_elements=["cycle"], set_=values))
    connection.execute(sa.delete(tables.cluster).where(tables.cluster.c.cycle == data["cycle"]))
    for position, cluster in enumerate(data["clusters"]):
        keys = {"cycle": data["cycle"], "cluster": cluster["cluster"]}
        connection.execute(
            sa.insert(tables.cluster).values(
                **keys, title=cluster["title"], method=cluster["method"], position=position
            )
        )
        members = [
            {**keys, "unit": member["unit"], "title": member["title"], "position": place}
            for place, member in enumerate(cluster["members"])
        ]
        if members:
            connection.execute(sa.insert(tables.member), members)


def record_submission(uow: UnitOfWork, event: Event) -> None:
    """`submission_sent`: number and hash of a unit's newest self-assessment."""
    data = SubmissionSent(unknown=EXCLUDE).load(dict(event.data))
    _take_turns(uow, data["cycle"])
    values = {
        name: data[name]
        for name in (
            *("cycle", "unit", "cluster", "number", "content_sha256", "framework_sha256"),
            *("submitted_at", "late"),
        )
    }
    insert = postgresql.insert(tables.submission).values(values)
    uow.connection.execute(insert.on_conflict_do_update(index_elements=["cycle", "unit"], set_=values))


def record_verification(uow: UnitOfWork, event: Event) -> None:
    """`unit_verified`: what counts for a unit now."""
    data = UnitVerified(unknown=EXCLUDE).load(dict(event.data))
    _take_turns(uow, data["cycle"])
    # The items as they were said (dates stay text), with every number as the float it means.
    items = [
        {**said, **{name: item[name] for name in NUMBERS}, **_recognised(item)}
        for said, item in zip(event.data["items"], data["items"], strict=True)
    ]
    values = {
        name: data[name]
        for name in (
            *("cycle", "unit", "cluster", "framework_sha256", "submission_number", "submission_sha256"),
            "cohort_screened",
        )
    } | {"items": items, "recorded_at": uow.now}
    insert = postgresql.insert(tables.verification).values(values)
    uow.connection.execute(insert.on_conflict_do_update(index_elements=["cycle", "unit"], set_=values))


def _recognised(item: Mapping[str, Any]) -> dict[str, Any]:
    """A recognised target with its number as the float it means; nothing where there is none."""
    return {"recognised": dict(item["recognised"])} if item.get("recognised") else {}
