"""Declare the days of the round; bring files to it."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import IO

from services.intake.cycles.model import ARCHIVED
from services.intake.cycles.queries import find_cycle
from services.intake.cycles.rules import not_open
from services.intake.files.actions import hold_file
from services.intake.files.rules import cleaned_label
from services.intake.notices.actions import notify
from services.intake.notices.model import ROUND_DECLARED, Notice, Recipients
from services.intake.people.actions import record
from services.intake.people.model import OFFICERS
from services.intake.people.rules import administers, refuse_unless
from services.intake.ports import EvidenceFiles, Store
from services.intake.rounds.model import Quorum, Round, RoundFile
from services.intake.rounds.queries import find_place
from services.intake.rounds.rules import check_declaration, start_of_day
from services.intake.vietnamese import one_spelling
from shared.clock import end_of_day
from shared.people import Actor


@dataclass(frozen=True)
class GivenRound:
    """The days as an administrator declares them, each inclusive in Vietnam, and the quorum of the meeting."""

    reads_from: date
    reads_to: date
    answers_to: date
    quorum: Fraction
    quorum_source: str
    quorum_standing: str
    reason: str = ""


def declare_round(store: Store, actor: Actor, cycle_code: str, given: GivenRound) -> Round:
    """Declare the days of the round and the quorum of its meeting; administrators. The same again changes nothing.

    Raises BadInput, located by field.
    """
    with store.unit_of_work() as uow:
        cycle = find_cycle(uow, actor, cycle_code, lock="update")
        refuse_unless(administers(actor, cycle.council))
        if cycle.state == ARCHIVED:
            raise not_open(cycle)
        known = uow.rounds.declarations(cycle_code)
        before = known[-1] if known else None
        wanted = Round(
            opens_at=start_of_day(given.reads_from),
            closes_at=end_of_day(given.reads_to),
            answers_until=end_of_day(given.answers_to),
            quorum=Quorum(given.quorum, one_spelling(given.quorum_source).strip(), given.quorum_standing),
            reason=one_spelling(given.reason).strip(),
            account=actor.account,
            name=actor.name,
            at=uow.now,
        )
        if before is not None and _said(before) == _said(wanted):
            return before
        check_declaration(wanted, before)
        uow.rounds.declare(cycle_code, wanted)
        details = {
            "opens_at": wanted.opens_at.isoformat(),
            "closes_at": wanted.closes_at.isoformat(),
            "answers_until": wanted.answers_until.isoformat(),
            "quorum": wanted.quorum.document(),
            "reason": wanted.reason,
        }
        record(uow, actor, "round_declared", f"cycle:{cycle_code}", details)
        notify(
            uow, actor, Notice(ROUND_DECLARED, Recipients(cycle.council, OFFICERS), cycle_code, detail=wanted.reason)
        )
        uow.commit()
    return wanted


def _said(declared: Round) -> tuple[object, ...]:
    return (declared.opens_at, declared.closes_at, declared.answers_until, declared.quorum)


def bring_file(
    store: Store,
    files: EvidenceFiles,
    actor: Actor,
    cycle_code: str,
    cluster_code: str,
    unit: str | None,
    stream: IO[bytes],
    client_name: str | None,
) -> RoundFile:
    """Keep a file that a challenge, an answer (`unit`) or the minutes (None) will name. It is on disk before any row
    names it."""
    with store.view() as view:
        place = find_place(view, actor, cycle_code, cluster_code)
        refuse_unless(place.records if unit is None else unit in place.speaks_for)
        if place.cycle.state == ARCHIVED:
            raise not_open(place.cycle)
    stored = files.store(stream, client_name)
    with store.unit_of_work() as uow:
        hold_file(uow, files, stored.sha256)
        known = [one for one in uow.rounds.files(cycle_code, cluster_code, stored.sha256) if one.unit == unit]
        if known:
            return known[0]
        label = cleaned_label(client_name)
        brought = RoundFile(cycle_code, cluster_code, unit, stored, label, actor.account, uow.now)
        uow.rounds.add_file(brought)
        subject = f"round:{cycle_code}/{cluster_code}"
        record(uow, actor, "round_file_brought", subject, {"sha256": stored.sha256, "size": stored.size, "unit": unit})
        uow.commit()
    return brought
