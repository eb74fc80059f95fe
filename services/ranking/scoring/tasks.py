"""Ranking's Celery task, and what each event of intake and verify becomes. Nothing here answers back."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog
from celery import Celery
from marshmallow import EXCLUDE

from services.ranking.people.actions import end_sign_ins
from services.ranking.ports import UnitOfWork
from services.ranking.scoring import actions
from shared.contracts.events import Event
from shared.contracts.intake_v1 import CycleRecorded, SessionsRevoked, SubmissionSent
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.verify_v1 import UnitVerified
from shared.plumbing import database as plumbing
from shared.plumbing.feed_reader import FeedClient, FeedReader

NUMBERS = ("value", "points", "target", "claimed_value", "self_points")
Bind = Callable[[plumbing.UnitOfWork], UnitOfWork]
log = structlog.get_logger(__name__)


def register_tasks(app: Celery, database: plumbing.Database, readers: Sequence[FeedReader]) -> None:
    """Add `ranking.drain_feeds`; it may run twice at once, for a feed's cursor is locked while it is drained."""

    @app.task(name="ranking.drain_feeds", shared=False)
    def drain_feeds() -> None:
        """Read every feed to its end; one that does not answer does not stop the others."""
        for reader in readers:
            try:
                taken = reader.drain(database)
            except Refusal as refusal:
                if refusal.kind is not Kind.UNAVAILABLE:
                    raise
                continue
            if taken:
                log.info("feed_drained", reader=reader.name, events=taken)


def feed_readers(intake: FeedClient, verify: FeedClient, bind: Bind) -> tuple[FeedReader, ...]:
    """The feeds ranking reads, intake's first: a verification makes sense once its cycle is known.

    `bind` makes ranking's unit of work of the transaction in which a reader hands over an event.
    """

    def handler(handle: Callable[[UnitOfWork, Event], None]) -> Callable[[plumbing.UnitOfWork, Event], None]:
        return lambda transaction, event: handle(bind(transaction), event)

    return (
        FeedReader(
            "intake",
            intake,
            {
                "cycle_recorded": handler(_cycle_recorded),
                "submission_sent": handler(_submission_sent),
                "sessions_revoked": handler(_sessions_revoked),
            },
        ),
        FeedReader("verify", verify, {"unit_verified": handler(_unit_verified)}),
    )


def _cycle_recorded(uow: UnitOfWork, event: Event) -> None:
    actions.record_cycle(uow, CycleRecorded(unknown=EXCLUDE).load(dict(event.data)))


def _submission_sent(uow: UnitOfWork, event: Event) -> None:
    actions.record_submission(uow, SubmissionSent(unknown=EXCLUDE).load(dict(event.data)))


def _sessions_revoked(uow: UnitOfWork, event: Event) -> None:
    data = SessionsRevoked(unknown=EXCLUDE).load(dict(event.data))
    end_sign_ins(uow, data["account"], data["before"])


def _unit_verified(uow: UnitOfWork, event: Event) -> None:
    data = UnitVerified(unknown=EXCLUDE).load(dict(event.data))
    # The items as verify wrote them (dates stay text), with every number as the float it means.
    items = [
        {**written, **{name: item[name] for name in NUMBERS}, **_recognised(item)}
        for written, item in zip(event.data["items"], data["items"], strict=True)
    ]
    actions.record_verification(uow, data, items)


def _recognised(item: Mapping[str, Any]) -> dict[str, Any]:
    """A recognised target with its number as the float it means; nothing where there is none."""
    return {"recognised": dict(item["recognised"])} if item.get("recognised") else {}
