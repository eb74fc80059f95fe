"""Who gets notices of the cluster round, of questions and of late sources; how files of the round are kept."""

import io
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.intake.administration.actions import archive_cycle
from services.intake.assessments.model import GivenEvidence
from services.intake.challenges.actions import answer, withdraw
from services.intake.cluster_round.queries import find_file
from services.intake.files.actions import delete_expired_files, scan_files, set_rule
from services.intake.files.clients.folder import EvidenceFolder
from services.intake.files.clients.scanners import CommandScanner
from services.intake.files.queries import read_retention
from services.intake.inbox.queries import read_inbox
from services.intake.people.model import NotArrivedYet
from services.intake.ports import Store
from services.intake.reminders.actions import announce_due_source
from services.intake.rounds.actions import bring_file
from shared.clock import FrozenClock
from shared.contracts.refusals import Refusal
from shared.people import Actor, Grant, Role
from tests.behaviours.intake_explanations import ASKED_AT, asks
from tests.builders.intake import COUNCIL, CYCLE, PDF, administrator, an_open_cycle, officer, person
from tests.builders.intake_rounds import a_running_round, challenged, head, minutes, signed

Hire = Callable[[Actor], Actor]
ANSWER = GivenEvidence(document_number="9/BC-UBND", issuer="UBND tỉnh", issued_on=date(2026, 11, 21))


def inbox(intake: Store, actor: Actor) -> list[tuple[str, str]]:
    """Kind and detail of the notices that somebody got, oldest first."""
    entries = read_inbox(intake, actor).entries
    return [
        (one.kind.code, one.detail if isinstance(one.detail, str) else one.detail.in_language("vi"))
        for one in reversed(entries)
    ]


def test_a_challenge_reaches_the_challenged_and_its_answer_the_challenger(intake: Store, hire: Hire) -> None:
    a_running_round(intake)
    own, other = hire(officer(account="other-of-hn")), hire(officer("HP", account="other-of-hp"))
    challenged(intake)
    answer(intake, officer(), CYCLE, "HN", "C1", 1, "Số liệu sơ bộ", ANSWER)
    withdraw(intake, officer("HP"), CYCLE, "HN", "C1", 1, "Đã thống nhất")
    assert inbox(intake, own) == [("item_challenged", "C1"), ("challenge_withdrawn", "C1")]
    assert inbox(intake, other) == [("challenge_answered", "C1")]


def test_signed_minutes_ask_those_that_came(intake: Store, hire: Hire, files: EvidenceFolder) -> None:
    a_running_round(intake)
    came, away = hire(officer("HP", account="came")), hire(officer("QN", account="away"))
    signed(intake, files)
    assert (inbox(intake, came), inbox(intake, away)) == ([("minutes_to_confirm", "")], [])


def test_a_question_is_told_reminded_of_and_over_once_each(intake: Store, hire: Hire) -> None:
    an_open_cycle(intake)
    own, department = (
        hire(officer()),
        hire(person(Grant(Role.CONTRIBUTOR, COUNCIL, units=("HN",)), account="department")),
    )
    for state in ({}, {}, {"reminders": 1}, {"reminders": 1}, {"reminders": 1, "state": "expired"}):
        asks(intake, **state)
    until = "C1, đến hết ngày " + (ASKED_AT + timedelta(days=7)).strftime("%d/%m/%Y")
    expected = [(kind, until) for kind in ("explanation_requested", "reminder_explanation", "explanation_over")]
    assert [recorded for recorded in inbox(intake, own) if "explanation" in recorded[0]] == expected
    assert inbox(intake, department) == []  # an officer was asked, not a department


def test_a_department_that_is_asked_is_told(intake: Store, hire: Hire) -> None:
    an_open_cycle(intake)
    department = hire(person(Grant(Role.CONTRIBUTOR, COUNCIL, units=("HN",)), account="department"))
    asks(intake, assignee_role="contributor")
    assert [kind for kind, _ in inbox(intake, department)] == ["explanation_requested"]


def due(**changed: Any) -> dict[str, Any]:
    """What verify's feed says of a source that is waited for."""
    return {
        "council": COUNCIL,
        "cycle": CYCLE,
        "source": "nso",
        "title": {"vi": "Cục Thống kê", "en": "Statistics office"},
        "due_at": datetime(2026, 12, 14, 17, tzinfo=UTC),
        "days": -3,
        "rating": False,
        "synthetic": False,
    } | changed


def test_a_late_source_is_told_once_for_each_reminder(intake: Store, hire: Hire) -> None:
    rater = hire(person(Grant(Role.MINISTRY_RATER, COUNCIL), account="rater"))
    with pytest.raises(NotArrivedYet), intake.unit_of_work() as uow:
        announce_due_source(uow, due())
    an_open_cycle(intake)
    board = hire(replace(administrator(), account="other-board"))
    for days in (-3, -3, 1):
        with intake.unit_of_work() as uow:
            announce_due_source(uow, due(days=days))
            uow.commit()
    assert inbox(intake, rater) == [("source_due", "Cục Thống kê: hạn 14/12/2026")] * 2
    assert [kind for kind, _ in inbox(intake, board)] == ["source_due"] * 2


def test_files_of_the_round_are_scanned_before_others_read_them(intake: Store, tmp_path: Path) -> None:
    guarded = EvidenceFolder(tmp_path / "guarded", scanned=True)
    a_running_round(intake)
    brought = bring_file(intake, guarded, officer("HP"), CYCLE, "K1", "HP", io.BytesIO(PDF), "số liệu.pdf")
    document = replace(ANSWER, issuer="Cục Thống kê", signer="Bà B", sha256=brought.file.sha256)
    challenged(intake, document=document)

    def read(actor: Actor) -> str:
        try:
            path, _ = find_file(intake, guarded, actor, CYCLE, "K1", brought.file.sha256)
        except Refusal as refusal:
            return refusal.code
        return "there" if path.is_file() else "gone"

    assert (read(officer("HP")), read(officer())) == ("there", "evidence_not_scanned")
    fine = CommandScanner((sys.executable, "-c", "pass"))
    assert scan_files(intake, guarded, fine) == 1
    assert read(officer()) == "there"


def test_who_brought_minutes_is_told_that_the_scanner_refused_them(intake: Store, tmp_path: Path, hire: Hire) -> None:
    guarded = EvidenceFolder(tmp_path / "guarded", scanned=True)
    a_running_round(intake)
    recorder, officers = hire(head()), hire(officer())
    bring_file(intake, guarded, recorder, CYCLE, "K1", None, io.BytesIO(PDF), "Biên bản.pdf")
    refuses = CommandScanner((sys.executable, "-c", "print('Test-Signature'); raise SystemExit(1)"))
    assert scan_files(intake, guarded, refuses) == 1
    assert inbox(intake, recorder) == [("evidence_refused", "Test-Signature")]
    assert inbox(intake, officers) == []
    [entry] = read_inbox(intake, recorder).entries
    assert entry.path == "notices"  # no unit's page is concerned


def test_files_of_the_round_go_when_the_cycles_period_is_over(
    intake: Store, files: EvidenceFolder, clock: FrozenClock
) -> None:
    a_running_round(intake)
    sha256 = minutes(intake, files).sha256
    set_rule(intake, administrator(), CYCLE, 5, "Thông tư 10/2022/TT-BNV")
    archive_cycle(intake, administrator(), CYCLE)
    assert delete_expired_files(intake, files) == 0
    clock.moment = datetime(2031, 12, 22, 3, tzinfo=UTC)
    view = read_retention(intake, administrator(), CYCLE)
    assert [(one.sha256, one.unit) for one in view.files] == [(sha256, "K1")]
    assert delete_expired_files(intake, files) == 1
    assert files.path(sha256) is None
