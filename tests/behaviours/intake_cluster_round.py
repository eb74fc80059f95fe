"""The cluster round: who reads what and when, challenges and answers: on the fake and on PostgreSQL."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import marshmallow as ma
import pytest

from services.intake.administration.actions import archive_cycle
from services.intake.assessments.model import GivenEvidence
from services.intake.challenges import actions as challenges_actions
from services.intake.challenges.actions import answer, challenge
from services.intake.challenges.queries import read_item
from services.intake.cluster_round.queries import find_file, read_cluster
from services.intake.cycles.actions import GivenExtension, extend
from services.intake.cycles.model import Cycle
from services.intake.ports import EvidenceFiles, Store
from services.intake.rounds.actions import bring_file, declare_round
from services.intake.rounds.queries import read_round
from services.intake.submissions.actions import take_step
from services.intake.submissions.queries import find_evidence, read_submission, read_submissions
from shared.clock import FrozenClock
from shared.contracts.events import Event
from shared.contracts.intake_v1 import ChallengeRecorded
from shared.contracts.refusals import BadInput, Kind, Refusal
from shared.people import Grant, Role
from tests.builders.intake import (
    COUNCIL,
    CYCLE,
    PDF,
    administrator,
    contributor,
    leader,
    officer,
    person,
    reviewer,
)
from tests.builders.intake_rounds import (
    LETTER,
    a_closed_cycle,
    a_running_round,
    challenged,
    deputy,
    given_round,
    head,
)


def refused(call: Callable[[], Any]) -> tuple[str, Kind]:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.code, caught.value.kind


def faults(call: Callable[[], Any]) -> list[str | None]:
    with pytest.raises(BadInput) as caught:
        call()
    return [fault.path for fault in caught.value.faults]


NEEDED = ("document_number", "issued_on", "issuer", "signer")
FORBIDDEN = ("not_allowed", Kind.FORBIDDEN)


def test_members_read_on_the_declared_days_only(intake: Store, clock: FrozenClock) -> None:
    a_closed_cycle(intake)

    def read() -> Any:
        return read_submission(intake, officer("HP"), CYCLE, "HN", 1)

    assert refused(read) == FORBIDDEN
    declare_round(intake, administrator(), CYCLE, given_round(reads_from=date(2026, 11, 23)))
    assert refused(read) == FORBIDDEN
    clock.forward(days=1)
    view = read()
    assert (view.as_member, view.submissions[0].content["items"][0]["value"]) == (True, 5)
    for actor in (leader("QN"), head(), deputy()):
        assert read_submissions(intake, actor, CYCLE, "HP").submissions[0].number == 1
    for actor in (contributor("C1", unit="QN"), officer("AG"), person(Grant(Role.TELLER, COUNCIL))):
        assert refused(lambda actor=actor: read_submissions(intake, actor, CYCLE, "HP")) == FORBIDDEN
    clock.forward(days=4)
    assert refused(read) == FORBIDDEN


def test_members_of_another_cluster_never_read(intake: Store) -> None:
    a_running_round(intake)
    assert refused(lambda: read_submissions(intake, officer("AG"), CYCLE, "HN")) == FORBIDDEN
    assert refused(lambda: read_cluster(intake, officer("AG"), CYCLE, "K1")) == FORBIDDEN
    assert refused(lambda: read_item(intake, officer("AG"), CYCLE, "HN", "C1")) == FORBIDDEN
    assert [one.code for one in read_round(intake, officer("AG"), CYCLE).clusters] == ["K2"]
    assert refused(lambda: read_submissions(intake, officer("HN"), CYCLE, "AG")) == FORBIDDEN


def test_who_may_still_send_does_not_read(intake: Store) -> None:
    a_running_round(intake)
    extend(intake, administrator(), CYCLE, GivenExtension(date(2026, 12, 30), "Bão", unit="HP"))
    assert refused(lambda: read_submissions(intake, officer("HP"), CYCLE, "HN")) == FORBIDDEN
    assert read_submissions(intake, officer("QN"), CYCLE, "HN").as_member


def test_only_what_was_received_is_read(intake: Store) -> None:
    a_running_round(intake)
    take_step(intake, reviewer(), CYCLE, "QN", 1, "returned", "Thiếu chữ ký")
    assert read_submissions(intake, officer("HP"), CYCLE, "QN").submissions == []
    assert refused(lambda: read_submission(intake, officer("HP"), CYCLE, "QN", 1))[0] == "not_found"
    view = read_cluster(intake, officer("HP"), CYCLE, "K1")
    assert (sorted(view.received), view.totals) == (["HN", "HP"], {"HN": 38, "HP": 39})
    assert refused(lambda: challenged(intake, of="QN"))[0] == "nothing_received"


def test_classified_items_stay_hidden_beyond_the_number(intake: Store, files: EvidenceFiles) -> None:
    a_running_round(intake, files)
    view = read_submission(intake, officer("HP"), CYCLE, "HN", 1)
    growth, defence = view.submissions[0].content["items"]
    assert (growth["note"], growth["evidence"][0]["issuer"]) == ("Theo báo cáo", "Đơn vị")
    assert (defence["self_points"], defence["note"], defence["evidence"][0]["document_number"]) == (
        None,
        "",
        "05/BC-QS",
    )
    assert (defence["evidence"][0]["issuer"], defence["evidence"][0]["signer"]) == ("", "")
    sha256 = growth["evidence"][0]["sha256"]
    path, _upload = find_evidence(intake, files, officer("HP"), CYCLE, "HN", sha256)
    assert path.read_bytes() == PDF
    own = read_submission(intake, leader("HN"), CYCLE, "HN", 1)
    assert own.submissions[0].content["items"][1]["note"] == "Hoàn thành tốt"


def test_files_open_with_the_days_and_close_with_them(intake: Store, files: EvidenceFiles, clock: FrozenClock) -> None:
    a_running_round(intake, files)
    view = read_submission(intake, officer("HP"), CYCLE, "HN", 1)
    sha256 = view.submissions[0].content["items"][0]["evidence"][0]["sha256"]
    clock.forward(days=5)
    assert refused(lambda: find_evidence(intake, files, officer("HP"), CYCLE, "HN", sha256)) == FORBIDDEN


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"reads_from": date(2026, 11, 21)}, "reads_from"),
        ({"reads_to": date(2026, 11, 21)}, "reads_to"),
        ({"answers_to": date(2026, 11, 25)}, "answers_to"),
        ({"quorum": Fraction(4, 3)}, "quorum"),
        ({"quorum_source": " "}, "quorum_source"),
    ],
)
def test_days_that_contradict_each_other_are_refused(intake: Store, changed: dict[str, Any], field: str) -> None:
    a_closed_cycle(intake)
    assert faults(lambda: declare_round(intake, administrator(), CYCLE, given_round(**changed))) == [field]
    assert read_round(intake, officer(), CYCLE).declared is None


def test_the_days_are_prolonged_with_a_reason_and_both_stay_on_record(intake: Store, clock: FrozenClock) -> None:
    a_running_round(intake)
    clock.forward(days=2)
    later = {"reads_to": date(2026, 11, 30), "answers_to": date(2026, 12, 2)}
    declare = declare_round
    assert faults(lambda: declare(intake, administrator(), CYCLE, given_round(**later))) == ["reason"]
    moved = given_round(**later, reads_from=date(2026, 11, 24), reason="Bão")
    assert faults(lambda: declare(intake, administrator(), CYCLE, moved)) == ["reads_from"]
    declare(intake, administrator(), CYCLE, given_round(**later, reason="Bão số 9"))
    declare(intake, administrator(), CYCLE, given_round(**later, reason="Bão số 9"))  # nothing new
    view = read_round(intake, officer("QN"), CYCLE)
    assert [one.reads_to for one in view.declarations] == [date(2026, 11, 26), date(2026, 11, 30)]
    assert refused(lambda: declare(intake, head(), CYCLE, given_round())) == FORBIDDEN


def test_a_challenge_is_answered_once_and_travels(intake: Store, feed: Callable[[], list[Event]]) -> None:
    a_running_round(intake)
    made = challenged(intake)
    assert challenged(intake) == made  # the same again
    view = read_item(intake, officer("HN"), CYCLE, "HN", "C1")
    assert (view.challenges[0].reason, view.answers, view.challenges_for) == ("Số của Cục Thống kê là 4,8", True, [])
    paper = GivenEvidence(document_number="9/BC-UBND")
    answer(intake, officer("HN"), CYCLE, "HN", "C1", 1, "Số liệu đã điều chỉnh", paper)
    answer(intake, officer("HN"), CYCLE, "HN", "C1", 1, "Số liệu đã điều chỉnh", paper)  # the same again
    again = refused(lambda: answer(intake, officer("HN"), CYCLE, "HN", "C1", 1, "Khác", None))
    assert again == ("challenge_answered", Kind.CONFLICT)
    events = [event for event in feed() if event.type == "challenge_recorded"]
    assert [(one.subject, one.subject_version) for one in events] == [
        (f"challenge:{CYCLE}/HN/C1/1", 1),
        (f"challenge:{CYCLE}/HN/C1/1", 2),
    ]
    data = ChallengeRecorded(unknown=ma.RAISE).load(dict(events[-1].data))
    assert (data["by_unit"], data["state"], data["submission"]) == ("HP", "answered", 1)
    assert data["document"]["document_number"] == "45/CTK-TH"
    assert data["answer"]["document"]["document_number"] == "9/BC-UBND"


def test_nobody_challenges_itself_or_out_of_turn(intake: Store, clock: FrozenClock) -> None:
    a_running_round(intake)
    both = person(Grant(Role.PROVINCE_OFFICER, COUNCIL, units=("HN", "HP")), account="both")
    call = challenge
    for actor, by in ((officer("HN"), "HN"), (officer("HP"), "QN"), (head(), "HN"), (deputy(), "HP"), (both, "HP")):
        assert refused(lambda actor=actor, by=by: call(intake, actor, CYCLE, "HN", "C1", by, "Vì", LETTER)) == FORBIDDEN
    assert refused(lambda: read_item(intake, officer("HP"), CYCLE, "HN", "C9"))[0] == "not_found"
    challenged(intake, by="QN")
    clock.forward(days=5)
    assert refused(lambda: challenged(intake)) == ("round_closed", Kind.CONFLICT)
    answered = answer(intake, officer("HN"), CYCLE, "HN", "C1", 1, "Đã rõ", None)  # still taken
    assert answered.state == "answered"


def test_an_answer_comes_until_the_declared_day_and_from_the_challenged_unit(intake: Store, clock: FrozenClock) -> None:
    a_running_round(intake)
    challenged(intake)
    call = answer
    for actor in (officer("HP"), officer("QN"), administrator(), head()):
        assert refused(lambda actor=actor: call(intake, actor, CYCLE, "HN", "C1", 1, "Không", None)) == FORBIDDEN
    assert refused(lambda: call(intake, officer("HN"), CYCLE, "HN", "C1", 2, "Không", None))[0] == "not_found"
    clock.forward(days=7)
    assert refused(lambda: call(intake, officer("HN"), CYCLE, "HN", "C1", 1, "Không", None))[0] == "answers_closed"


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"reason": "  "}, ["reason"]),
        ({"document": GivenEvidence(reference_only=True)}, [f"document.{name}" for name in NEEDED]),
        ({"document": replace(LETTER, reference_only=False)}, ["document.sha256"]),
        ({"document": replace(LETTER, sha256="a" * 64)}, ["document.sha256"]),
    ],
)
def test_a_challenge_names_a_whole_document(intake: Store, changed: dict[str, Any], fields: list[str]) -> None:
    a_running_round(intake)
    assert faults(lambda: challenged(intake, **changed)) == fields
    assert read_item(intake, officer("HP"), CYCLE, "HN", "C1").challenges == []


def test_the_file_of_a_challenge_is_seen_by_those_who_see_the_challenge(
    intake: Store, files: EvidenceFiles, clock: FrozenClock
) -> None:
    a_running_round(intake)

    def bring(actor: Any, unit: str | None) -> str:
        content = io.BytesIO(PDF)
        return bring_file(intake, files, actor, CYCLE, "K1", unit, content, "Công văn.pdf").file.sha256

    sha256 = bring(officer("HP"), "HP")
    assert refused(lambda: bring(officer("HP"), "HN")) == FORBIDDEN
    find = find_file
    assert refused(lambda: find(intake, files, officer("QN"), CYCLE, "K1", sha256))[0] == "not_found"
    document = GivenEvidence(sha256, "45/CTK-TH", "Cục Thống kê", date(2026, 11, 10), "Bà B")
    challenged(intake, document=document)
    for actor in (officer("HN"), officer("QN"), reviewer(), administrator()):
        path, brought = find(intake, files, actor, CYCLE, "K1", sha256)
        assert (path.read_bytes(), brought.label) == (PDF, "Công văn.pdf")
    # A classified item takes a number, never a file; those who are no party see neither reason nor issuer.
    assert faults(lambda: challenged(intake, criterion="C4", document=document)) == ["document.sha256"]
    challenged(intake, criterion="C4", reason="Chưa hoàn thành")
    seen = read_item(intake, officer("QN"), CYCLE, "HN", "C4").challenges[0]
    assert (seen.reason, seen.document.issuer, seen.document.document_number) == ("", "", "45/CTK-TH")
    assert read_item(intake, officer("HN"), CYCLE, "HN", "C4").challenges[0].reason == "Chưa hoàn thành"


def test_staff_of_single_units_see_what_they_check(intake: Store) -> None:
    a_running_round(intake)
    for of, by in (("HN", "QN"), ("HP", "QN")):
        challenged(intake, by=by, of=of, criterion="C4", reason="Chưa hoàn thành")
    narrowed = reviewer(units=("HP",))
    seen = {one.unit: one.reason for one in read_cluster(intake, narrowed, CYCLE, "K1").challenges}
    assert seen == {"HN": "", "HP": "Chưa hoàn thành"}
    assert read_item(intake, narrowed, CYCLE, "HN", "C1").submission is None
    assert read_item(intake, narrowed, CYCLE, "HP", "C1").submission is not None
    assert read_cluster(intake, narrowed, CYCLE, "K1").totals == {"HP": 39}


def test_a_challenge_is_withdrawn_and_stays_on_record(intake: Store, feed: Callable[[], list[Event]]) -> None:
    a_running_round(intake)
    challenged(intake)
    assert refused(lambda: challenged(intake, reason="Thêm lý do")) == ("challenge_stands", Kind.CONFLICT)
    withdraw = challenges_actions.withdraw
    assert refused(lambda: withdraw(intake, officer("QN"), CYCLE, "HN", "C1", 1, "")) == FORBIDDEN
    withdraw(intake, officer("HP"), CYCLE, "HN", "C1", 1, "Đã đối chiếu")
    assert withdraw(intake, officer("HP"), CYCLE, "HN", "C1", 1, "Đã đối chiếu").state == "withdrawn"
    closed = refused(lambda: answer(intake, officer("HN"), CYCLE, "HN", "C1", 1, "Đã rõ", None))
    assert closed[0] == "challenge_withdrawn"
    assert challenged(intake, reason="Có số liệu mới").number == 2
    assert [event.data["state"] for event in feed() if event.type == "challenge_recorded"] == [
        "open",
        "withdrawn",
        "open",
    ]
    first = read_item(intake, reviewer(), CYCLE, "HN", "C1").challenges[0]
    assert (first.reason, first.withdrawal and first.withdrawal.reason) == (
        "Số của Cục Thống kê là 4,8",
        "Đã đối chiếu",
    )


def test_an_archived_cycle_takes_nothing(intake: Store) -> None:
    a_running_round(intake)
    challenged(intake)
    archived: Cycle = archive_cycle(intake, administrator(), CYCLE)
    assert archived.state == "archived"
    assert refused(lambda: challenged(intake, by="QN"))[1] is Kind.CONFLICT
    answer = challenges_actions.answer
    assert refused(lambda: answer(intake, officer("HN"), CYCLE, "HN", "C1", 1, "Đã rõ", None))[1] is Kind.CONFLICT
    declare = declare_round
    assert refused(lambda: declare(intake, administrator(), CYCLE, given_round()))[1] is Kind.CONFLICT
