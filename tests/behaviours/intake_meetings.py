"""Meetings of a cluster: recorded, signed, confirmed, corrected: on the fake and on PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import marshmallow as ma
import pytest

from services.intake.cluster_round.queries import find_file, read_cluster
from services.intake.meetings.actions import record_meeting
from services.intake.meetings.model import Attendance, NotedDissent, NotedTotal
from services.intake.meetings.queries import read_meeting
from services.intake.ports import EvidenceFiles, Store
from services.intake.rounds.actions import declare_round
from shared.contracts.events import Event
from shared.contracts.intake_v1 import MeetingRecorded
from shared.contracts.refusals import Kind
from shared.people import Grant, Role
from tests.behaviours.intake_cluster_round import FORBIDDEN, faults, refused
from tests.builders.intake import COUNCIL, CYCLE, PDF, administrator, leader, officer, person, reviewer
from tests.builders.intake_rounds import (
    a_closed_cycle,
    a_meeting,
    a_running_round,
    deputy,
    given_round,
    head,
    minutes,
    position_on,
    signed,
)


def record(intake: Store, given: Any, actor: Any = None, number: int | None = None, **more: Any) -> Any:
    return record_meeting(intake, actor or head(), CYCLE, "K1", number, given, **more)


def test_signed_minutes_travel_and_are_read_by_the_cluster(
    intake: Store, files: EvidenceFiles, feed: Callable[[], list[Event]]
) -> None:
    a_running_round(intake)
    prepared = record(intake, a_meeting())
    assert [event.type for event in feed()][-1] == "cycle_recorded"  # what is only prepared does not travel
    council = person(Grant(Role.COUNCIL_MEMBER, COUNCIL), account="member")
    read = read_meeting
    assert refused(lambda: read(intake, council, CYCLE, "K1", 1))[0] == "not_found"
    assert read(intake, officer("QN"), CYCLE, "K1", 1).meeting == prepared
    done = record(intake, a_meeting(minutes=minutes(intake, files)), number=1, seen=1)
    assert (done.newest.number, done.is_signed) == (2, True)
    for actor in (officer("QN"), council, reviewer(), administrator()):
        assert read(intake, actor, CYCLE, "K1", 1).meeting == done
    assert refused(lambda: read(intake, officer("AG"), CYCLE, "K1", 1)) == FORBIDDEN
    event = feed()[-1]
    assert (event.type, event.subject, event.subject_version) == ("meeting_recorded", f"meeting:{CYCLE}/K1/1", 2)
    data = MeetingRecorded(unknown=ma.RAISE).load(dict(event.data))
    assert (data["chair"], data["own_file_chair"]["unit"]) == ({"unit": "HN", "name": "Trần Văn Chủ"}, "HP")
    assert (data["quorum"]["needed"], data["quorum"]["attended"], data["agreed"]) == (2, 2, True)
    assert data["dissents"][0]["criterion"] == "C1"
    assert data["minutes"]["document_number"] == "01/BB-CTĐ"
    path, brought = find_file(intake, files, council, CYCLE, "K1", data["minutes"]["sha256"])
    assert (path.read_bytes(), brought.label) == (PDF, "Biên bản họp cụm.pdf")


def test_without_a_table_the_self_scores_received_are_noted(intake: Store) -> None:
    a_running_round(intake)
    made = record(intake, a_meeting(table=None), actor=deputy())
    assert made.newest.content.table == (
        NotedTotal("HN", 38, "submitted"),
        NotedTotal("HP", 39, "submitted"),
        NotedTotal("QN", 40, "submitted"),
    )


WENT = Attendance("HN", True, "A", "Chủ tịch")


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"held_on": date(2026, 11, 23)}, ["held_on"]),
        ({"place": " "}, ["place"]),
        ({"chair_unit": "HP"}, ["chair_unit"]),  # the head came
        ({"own_file_chair_unit": "HN"}, ["own_file_chair_unit"]),  # the head never over its own file
        ({"own_file_chair_unit": None}, ["own_file_chair_unit"]),  # the deputy came
        ({"own_file_chair": ""}, ["own_file_chair"]),
        ({"table": (NotedTotal("AG", 1, "verified"),)}, ["table"]),
        ({"table": (NotedTotal("HN", 1, "verified"), NotedTotal("HN", 2, "verified"))}, ["table"]),
        ({"dissents": (NotedDissent("QN", "HN", None, "Chưa rõ"),)}, ["dissents.0.by_unit"]),  # it did not come
        (
            {"dissents": (NotedDissent("HP", "AG", "C9", ""),)},
            [f"dissents.0.{n}" for n in ("unit", "criterion", "reason")],
        ),
        ({"attendance": (WENT, Attendance("HP", True, "B", "Phó"))}, ["attendance"]),
        (
            {"attendance": (WENT, Attendance("HP", True), Attendance("QN"))},
            ["attendance.1.representative", "attendance.1.position"],
        ),
    ],
)
def test_a_record_that_contradicts_itself_is_refused(intake: Store, changed: dict[str, Any], fields: list[str]) -> None:
    a_running_round(intake)
    assert faults(lambda: record(intake, a_meeting(**changed))) == fields
    assert read_cluster(intake, head(), CYCLE, "K1").meetings == []


def test_too_few_members_agree_on_nothing(intake: Store) -> None:
    a_running_round(intake)
    alone = {
        "attendance": (WENT, Attendance("HP"), Attendance("QN")),
        "own_file_chair_unit": None,  # no deputy came: a representative of the Board
        "own_file_chair": "Đại diện Ban",
        "dissents": (),
    }
    assert faults(lambda: record(intake, a_meeting(**alone))) == ["agreed"]
    assert record(intake, a_meeting(**alone, agreed=False)).newest.content.has_quorum is False


def test_where_the_head_did_not_come_a_deputy_presides(intake: Store) -> None:
    a_running_round(intake)
    came = (Attendance("HN"), Attendance("HP", True, "B", "Phó"), Attendance("QN", True, "C", "Phó"))
    given = a_meeting(attendance=came, chair_unit="HP", chair="B")
    assert record(intake, given).newest.content.chair_unit == "HP"


def test_who_keeps_the_record(intake: Store) -> None:
    a_closed_cycle(intake)
    assert refused(lambda: record(intake, a_meeting())) == ("round_not_declared", Kind.CONFLICT)
    declare_round(intake, administrator(), CYCLE, given_round())
    other_head = person(Grant(Role.CLUSTER_HEAD, COUNCIL, units=("QN",)), account="other-head")
    for actor in (officer("HN"), leader("HP"), reviewer(), other_head):
        assert refused(lambda actor=actor: record(intake, a_meeting(), actor=actor)) == FORBIDDEN
    assert record(intake, a_meeting(), actor=administrator()).number == 1
    assert refused(lambda: record(intake, a_meeting(place="Huế"), number=1, seen=0)) == ("meeting_changed", Kind.STALE)
    assert record(intake, a_meeting(place="Huế"), number=1, seen=1).newest.number == 2
    assert record(intake, a_meeting(place="Huế"), number=1, seen=1).newest.number == 2  # the same again


def test_members_that_came_speak_by_themselves(
    intake: Store, files: EvidenceFiles, feed: Callable[[], list[Event]]
) -> None:
    a_running_round(intake)
    signed(intake, files)
    for actor, unit in ((head(), "HP"), (administrator(), "HP"), (officer("HN"), "HP"), (head(), "HN")):
        assert refused(lambda actor=actor, unit=unit: position_on(intake, actor, unit, "confirm")) == FORBIDDEN
    assert refused(lambda: position_on(intake, officer("QN"), "QN", "confirm"))[0] == "not_attended"
    position_on(intake, leader("HN"), "HN", "confirm")
    position_on(intake, leader("HN"), "HN", "confirm")  # the same again
    about = {"about_unit": "HN", "criterion": "C1"}
    assert faults(lambda: position_on(intake, officer("HP"), "HP", "dissent", **about)) == ["reason"]
    assert faults(lambda: position_on(intake, officer("HP"), "HP", "dissent", reason="Sai")) == ["about_unit"]
    position_on(intake, officer("HP"), "HP", "dissent", **about, reason="Chưa thống nhất")
    event = feed()[-1]
    said = [(one["unit"], one["kind"], one["criterion"]) for one in event.data["positions"]]
    assert (event.subject_version, said) == (3, [("HN", "confirm", None), ("HP", "dissent", "C1")])
    view = read_meeting(intake, officer("HP"), CYCLE, "K1", 1)
    assert (view.speaks_for, view.meeting and view.meeting.stand_of("HP").reason) == (["HP"], "Chưa thống nhất")


def test_signed_minutes_change_only_by_a_signed_correction(
    intake: Store, files: EvidenceFiles, feed: Callable[[], list[Event]]
) -> None:
    a_running_round(intake)
    first = signed(intake, files)
    position_on(intake, leader("HN"), "HN", "confirm")
    other = a_meeting(place="Huế")
    assert faults(lambda: record(intake, other, number=1, seen=1)) == ["minutes", "correction"]
    paper = minutes(intake, files, PDF + b"%2\n", document_number="02/BB-CTĐ")
    corrected = record(intake, replace(other, minutes=paper), number=1, seen=1, correction="Sửa nơi họp thành Huế")
    assert [one.content.place for one in corrected.versions] == ["Hà Nội", "Huế"]
    assert corrected.versions[0] == first.newest  # what was signed stands
    assert (corrected.stand_of("HN"), len(corrected.positions)) == (None, 1)  # each version is confirmed anew
    assert refused(lambda: position_on(intake, leader("HN"), "HN", "confirm")) == ("meeting_corrected", Kind.STALE)
    position_on(intake, leader("HN"), "HN", "confirm", version=2)
    data = feed()[-1].data
    assert (data["version"], data["correction"], len(data["positions"])) == (2, "Sửa nơi họp thành Huế", 1)
    assert [one.subject_version for one in feed() if one.type == "meeting_recorded"] == [1, 2, 3, 4]


def test_minutes_are_a_signed_pdf_of_the_day_or_later(intake: Store, files: EvidenceFiles) -> None:
    a_running_round(intake)
    assert refused(lambda: position_on(intake, leader("HN"), "HN", "confirm"))[0] == "not_found"
    bad = minutes(intake, files, issued_on=date(2026, 11, 21), signers=(), document_number=" ")
    assert faults(lambda: record(intake, a_meeting(minutes=bad))) == [
        f"minutes.{name}" for name in ("document_number", "issued_on", "signers")
    ]
    unknown = replace(bad, sha256="b" * 64)
    assert faults(lambda: record(intake, a_meeting(minutes=unknown))) == ["minutes.sha256"]
    record(intake, a_meeting())
    assert refused(lambda: position_on(intake, leader("HN"), "HN", "confirm")) == ("meeting_unsigned", Kind.CONFLICT)
