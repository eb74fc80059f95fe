"""A cluster round for intake's tests: three members have sent, intake is closed, the days are running."""

import io
from datetime import date
from fractions import Fraction
from typing import Any

from services.intake.administration.actions import close_intake, create_cycle, open_cycle
from services.intake.assessments.actions import attach_evidence, save_items
from services.intake.assessments.model import GivenEvidence
from services.intake.challenges.actions import challenge
from services.intake.challenges.model import Challenge
from services.intake.directory.actions import record_clusters, record_headships, record_memberships, record_units
from services.intake.meetings.actions import GivenMeeting, GivenMinutes, record_meeting, take_position
from services.intake.meetings.model import Attendance, Meeting, NotedDissent, NotedTotal, Signer
from services.intake.ports import EvidenceFiles, Store
from services.intake.rounds.actions import GivenRound, bring_file, declare_round
from services.intake.submissions.actions import submit, take_step
from shared.people import Actor, Grant, Role
from tests.builders.intake import (
    COUNCIL,
    CYCLE,
    PDF,
    a_directory,
    administrator,
    cluster,
    headship,
    leader,
    membership,
    new_cycle,
    officer,
    person,
    reviewer,
    said,
    unit,
)

UNITS = ("HN", "HP", "QN")  # HN is the head, HP its deputy
LETTER = GivenEvidence(
    document_number="45/CTK-TH", issuer="Cục Thống kê", issued_on=date(2026, 11, 10), signer="Bà B", reference_only=True
)


def head() -> Actor:
    return person(Grant(Role.CLUSTER_HEAD, COUNCIL, units=("HN",)), account="head", name="Vũ Cụm Trưởng")


def deputy() -> Actor:
    return person(Grant(Role.CLUSTER_DEPUTY, COUNCIL, units=("HP",)), account="deputy", name="Đỗ Cụm Phó")


def given_round(**changed: Any) -> GivenRound:
    """The days, beginning on the tests' day."""
    given: dict[str, Any] = {
        "reads_from": date(2026, 11, 22),
        "reads_to": date(2026, 11, 26),
        "answers_to": date(2026, 11, 28),
        "quorum": Fraction(2, 3),
        "quorum_source": "Quy chế hoạt động của cụm, Điều 5",
        "quorum_standing": "regulation",
    }
    return GivenRound(**{**given, **changed})


def a_closed_cycle(intake: Store, files: EvidenceFiles | None = None) -> None:
    """Three members of one cluster have sent, all were received, intake is closed; a fourth is in another cluster."""
    a_directory(intake, UNITS)
    admin = administrator()
    record_headships(intake, admin, COUNCIL, [headship("HP", position="deputy")])
    record_units(intake, admin, COUNCIL, [unit("AG")])
    record_clusters(intake, admin, COUNCIL, [cluster("K2")])
    record_memberships(intake, admin, COUNCIL, [membership("AG", "K2")])
    create_cycle(intake, administrator(), new_cycle())
    open_cycle(intake, administrator(), CYCLE)
    for number, code in enumerate(UNITS):
        claims = [said("C1", 5 + number, 20 + number, note="Theo báo cáo"), said("C4", None, 18, note="Hoàn thành tốt")]
        seen = save_items(intake, officer(code), CYCLE, code, claims, 0).version
        if files is not None and code == "HN":
            for criterion, number_, stream in (("C1", "12/BC-CTK", io.BytesIO(PDF)), ("C4", "05/BC-QS", None)):
                document = GivenEvidence(
                    document_number=number_, issuer="Đơn vị", signer="Ông A", reference_only=stream is None
                )
                after, _entry = attach_evidence(
                    intake, files, officer(code), CYCLE, code, criterion, document, stream, stream and "báo cáo.pdf"
                )
                seen = after.version
        submit(intake, leader(code), CYCLE, code, seen=seen)
        take_step(intake, reviewer(), CYCLE, code, 1, "received")
    close_intake(intake, administrator(), CYCLE)


def a_running_round(intake: Store, files: EvidenceFiles | None = None) -> None:
    """The same, and its members read each other's submissions."""
    a_closed_cycle(intake, files)
    declare_round(intake, administrator(), CYCLE, given_round())


def challenged(intake: Store, by: str = "HP", of: str = "HN", criterion: str = "C1", **changed: Any) -> Challenge:
    """A challenge of one member by another."""
    given = {"reason": "Số của Cục Thống kê là 4,8", "document": LETTER, **changed}
    return challenge(intake, officer(by), CYCLE, of, criterion, by, **given)


def a_meeting(**changed: Any) -> GivenMeeting:
    """Two of three members came; the deputy presided over the head's own file."""
    given: dict[str, Any] = {
        "held_on": date(2026, 11, 22),
        "place": "Hà Nội",
        "chair_unit": "HN",
        "chair": "Trần Văn Chủ",
        "own_file_chair_unit": "HP",
        "own_file_chair": "Lê Thị Phó",
        "attendance": (
            Attendance("HN", True, "Trần Văn Chủ", "Chủ tịch UBND"),
            Attendance("HP", True, "Lê Thị Phó", "Phó Chủ tịch UBND", "12/GUQ-UBND"),
            Attendance("QN"),
        ),
        "table": (
            NotedTotal("HN", 36.5, "verified"),
            NotedTotal("HP", 39, "submitted"),
            NotedTotal("QN", 40, "submitted"),
        ),
        "agreed": True,
        "dissents": (NotedDissent("HP", "HN", "C1", "Chưa thống nhất số liệu tăng trưởng"),),
    }
    return GivenMeeting(**{**given, **changed})


def minutes(intake: Store, files: EvidenceFiles, content: bytes = PDF, **changed: Any) -> GivenMinutes:
    """Signed minutes, their file brought by the head."""
    brought = bring_file(intake, files, head(), CYCLE, "K1", None, io.BytesIO(content), "Biên bản họp cụm.pdf")
    given: dict[str, Any] = {
        "document_number": "01/BB-CTĐ",
        "issued_on": date(2026, 11, 22),
        "signers": (Signer("Trần Văn Chủ", "Cụm trưởng"), Signer("Lê Thị Phó", "Cụm phó")),
        "sha256": brought.file.sha256,
    }
    return GivenMinutes(**{**given, **changed})


def signed(intake: Store, files: EvidenceFiles) -> Meeting:
    """A meeting of the running round with signed minutes."""
    given = a_meeting(minutes=minutes(intake, files))
    return record_meeting(intake, head(), CYCLE, "K1", None, given)


def position_on(intake: Store, actor: Actor, of: str, kind: str, **more: Any) -> Meeting:
    """What a member says of the first version of the minutes, by default."""
    given = {"version": 1, **more}
    return take_position(intake, actor, CYCLE, "K1", 1, unit=of, kind=kind, **given)
