"""Questions of the reviewers and their answers: on the fake and on PostgreSQL."""

import io
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import marshmallow as ma
import pytest

from services.intake.administration.actions import close_intake
from services.intake.assessments.actions import save_items
from services.intake.assessments.model import GivenEvidence
from services.intake.assessments.queries import read_draft
from services.intake.contributions.actions import assign
from services.intake.contributions.model import Assignment
from services.intake.cycles.queries import read_cycle
from services.intake.people.model import NotArrivedYet
from services.intake.ports import EvidenceFiles, Store
from services.intake.questions.actions import (
    GivenAnswer,
    attach_to_answer,
    detach_from_answer,
    record_request,
    save_answer,
    send_answer,
)
from services.intake.questions.model import ExplanationRequest
from services.intake.questions.queries import read_request, read_requests, waiting_requests
from services.intake.submissions.actions import submit
from services.intake.submissions.queries import compare_submissions, find_evidence, read_submission, read_submissions
from shared.clock import FrozenClock
from shared.contracts.events import Event
from shared.contracts.intake_v1 import ExplanationGiven, SubmissionSent
from shared.contracts.refusals import BadInput, Kind, Refusal
from shared.people import Actor
from tests.builders.intake import (
    CYCLE,
    PDF,
    administrator,
    an_open_cycle,
    attach,
    contributor,
    leader,
    officer,
    reviewer,
    said,
)

ASKED_AT = datetime(2026, 11, 22, 3, tzinfo=UTC)
ONE = uuid.UUID(int=1)


def recorded(**changed: Any) -> dict[str, Any]:
    """What verify's feed says of a question about C1."""
    return {
        "request": ONE,
        "cycle": CYCLE,
        "unit": "HN",
        "criterion": "C1",
        "number": 1,
        "submission_number": 1,
        "reason": "Vì sao cao hơn số công bố?",
        "assignee_role": "province_officer",
        "office": "Sở Tài chính",
        "due_at": ASKED_AT + timedelta(days=7),
        "requested_at": ASKED_AT,
        "requested_as": "reviewer",
        "state": "requested",
        "reminders": 0,
        "ended_at": None,
        "ended_reason": "",
    } | changed


def asks(intake: Store, **changed: Any) -> ExplanationRequest:
    with intake.unit_of_work() as uow:
        kept = record_request(uow, recorded(**changed))
        uow.commit()
    return kept


def closed_and_asked(intake: Store, files: EvidenceFiles | None = None) -> str:
    """HN has sent C1 and C2, intake is closed, the reviewers ask about C1."""
    an_open_cycle(intake)
    if files is not None:
        attach(intake, files)
    version = 0 if files is None else 1
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5, 20), said("C2", 1, 5)], version)
    submit(intake, leader(), CYCLE, "HN", seen=version + 1)
    close_intake(intake, administrator(), CYCLE)
    return asks(intake).id


def refused(action: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as caught:
        action()
    return caught.value.code


def answer(intake: Store, request: str, text: str = "Nhầm kỳ báo cáo.", actor: Actor | None = None) -> Any:
    given = GivenAnswer(4.5, 18, text)
    return save_answer(intake, actor or officer(), CYCLE, "HN", request, given, 0)


def items(intake: Store, number: int) -> Mapping[str, Any]:
    view = read_submission(intake, officer(), CYCLE, "HN", number)
    return {item["criterion"]: item for item in view.submissions[0].content["items"]}


def test_the_answer_is_a_new_version_in_which_only_that_item_differs(
    intake: Store, files: EvidenceFiles, feed: Callable[[], list[Event]]
) -> None:
    request = closed_and_asked(intake, files)
    before = len(feed())
    prepared = answer(intake, request)
    assert (prepared.sent.value, prepared.claim.value, prepared.request.version) == (5, 4.5, 1)
    given = GivenEvidence(document_number="9/CTK", issuer="Cục Thống kê")
    more = attach_to_answer(intake, files, officer(), CYCLE, "HN", request, given, io.BytesIO(PDF), "Đính chính.pdf")
    assert [entry.document_number for entry in more.claim.evidence] == ["12/BC-CTK", "9/CTK"]
    # Nothing has gone out so far.
    assert (len(feed()), items(intake, 1)["C1"]["value"]) == (before, 5)
    sent, _ = send_answer(intake, leader(), CYCLE, "HN", request, 2)
    assert (sent.number, sent.late) == (2, False)
    _, changes = compare_submissions(intake, officer(), CYCLE, "HN", 2)
    assert [(change.criterion, set(change.parts)) for change in changes] == [
        ("C1", {"value", "self_points", "explanation", "evidence"})
    ]
    first, second = feed()[before:]
    assert (first.type, second.type) == ("submission_sent", "explanation_given")
    assert SubmissionSent(unknown=ma.RAISE).load(dict(first.data))["number"] == 2
    loaded = ExplanationGiven(unknown=ma.RAISE).load(dict(second.data))
    assert (loaded["request"], loaded["number"], loaded["explanation"]) == (ONE, 2, "Nhầm kỳ báo cáo.")
    # The draft has followed, so that what stands there is what was sent.
    draft = read_draft(intake, officer(), CYCLE, "HN").draft
    assert (draft.claim("C1").value, draft.is_sent, draft.submissions) == (4.5, True, 2)
    # The new document is there for whoever checks what was sent.
    sha256 = more.claim.evidence[1].sha256
    assert sha256 is not None
    path, _ = find_evidence(intake, files, reviewer(), CYCLE, "HN", sha256)
    assert path.read_bytes() == PDF


def test_everything_else_stays_locked(intake: Store) -> None:
    request = closed_and_asked(intake)
    assert refused(lambda: save_items(intake, officer(), CYCLE, "HN", [said("C2", 9, 20)], 1)) == "intake_closed"
    assert refused(lambda: submit(intake, leader(), CYCLE, "HN", seen=1)) == "intake_closed"
    answer(intake, request)
    send_answer(intake, leader(), CYCLE, "HN", request, 1)
    assert items(intake, 2)["C2"] == items(intake, 1)["C2"]
    # Answered: the item is locked again.
    assert refused(lambda: answer(intake, request)) == "request_over"


def test_what_somebody_works_at_meanwhile_is_neither_sent_nor_lost(intake: Store) -> None:
    an_open_cycle(intake)
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5, 20), said("C2", 1, 5)], 0)
    submit(intake, leader(), CYCLE, "HN", seen=1)
    request = asks(intake).id
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 7, 28), said("C2", 3, 15)], 1)
    answer(intake, request)
    send_answer(intake, leader(), CYCLE, "HN", request, 1)
    assert [(code, item["value"]) for code, item in items(intake, 2).items()] == [("C1", 4.5), ("C2", 1)]
    draft = read_draft(intake, officer(), CYCLE, "HN").draft
    assert (draft.claim("C1").value, draft.claim("C2").value, draft.is_sent) == (7, 3, False)
    submit(intake, leader(), CYCLE, "HN", seen=draft.version)
    assert items(intake, 3)["C2"]["value"] == 3


def test_an_answer_explains_and_says_something_new(intake: Store) -> None:
    request = closed_and_asked(intake)
    for given in (GivenAnswer(4.5, 18, "  "), GivenAnswer(5, 20, "")):
        version = read_request(intake, officer(), CYCLE, "HN", request).request.version
        saved = save_answer(intake, officer(), CYCLE, "HN", request, given, version)
        with pytest.raises(BadInput) as caught:
            send_answer(intake, leader(), CYCLE, "HN", request, saved.request.version)
        assert caught.value.faults[0].path == "explanation"
    saved = save_answer(intake, officer(), CYCLE, "HN", request, GivenAnswer(5, 20, "Đúng kỳ."), 2)
    sent, _ = send_answer(intake, leader(), CYCLE, "HN", request, saved.request.version)
    assert items(intake, sent.number)["C1"]["explanation"] == "Đúng kỳ."


def test_two_people_at_one_answer_never_overwrite_each_other_unseen(intake: Store) -> None:
    request = closed_and_asked(intake)
    answer(intake, request, actor=officer(name="Lan"))
    with pytest.raises(Refusal) as caught:
        answer(intake, request, "Ý khác", officer(account="second"))
    assert caught.value.kind is Kind.STALE
    assert "Lan" in caught.value.said.in_language("vi")
    assert refused(lambda: send_answer(intake, leader(), CYCLE, "HN", request, 7)) == "answer_changed"
    first, _ = send_answer(intake, leader(), CYCLE, "HN", request, 1)
    again, _ = send_answer(intake, leader(), CYCLE, "HN", request, 1)
    assert first == again
    assert len(read_submissions(intake, officer(), CYCLE, "HN").submissions) == 2


def test_who_sees_who_answers_who_sends(intake: Store, employ: Callable[..., Actor]) -> None:
    an_open_cycle(intake)
    finance = employ("Sở Tài chính")
    assign(intake, officer(), CYCLE, "HN", [Assignment("C1", finance.account)], 0)
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5, 20), said("C2", 1, 5)], 1)
    submit(intake, leader(), CYCLE, "HN", seen=2)
    request = asks(intake).id
    assert [one.id for one in read_requests(intake, officer(), CYCLE, "HN").requests] == [request]
    seen = read_request(intake, administrator(), CYCLE, "HN", request)
    assert (seen.may_edit, seen.may_send) == (False, False)
    for actor in (administrator(), reviewer(), officer("HP")):
        assert refused(lambda actor=actor: answer(intake, request, actor=actor)) == "not_allowed"
    # The officers were asked, not the department.
    for actor in (finance, contributor("C1")):
        assert read_requests(intake, actor, CYCLE, "HN").requests == ()
        assert refused(lambda actor=actor: answer(intake, request, actor=actor)) == "not_found"
    other = asks(intake, request=uuid.UUID(int=2), number=2, assignee_role="contributor").id
    assert refused(lambda: answer(intake, other, actor=contributor("C2"))) == "not_found"
    assert answer(intake, other, actor=finance).may_send is False
    for actor in (officer(), finance):
        send = lambda actor=actor: send_answer(intake, actor, CYCLE, "HN", other, 1)  # noqa: E731
        assert refused(send) == "not_allowed"
    assert send_answer(intake, leader(), CYCLE, "HN", other, 1)[0].number == 2


def test_after_the_deadline_and_after_a_withdrawal_the_item_is_locked(intake: Store, clock: FrozenClock) -> None:
    request = closed_and_asked(intake)
    answer(intake, request)
    assert [one.id for one in waiting(intake)] == [request]
    asks(intake, state="withdrawn", ended_reason="Đã có tài liệu.", ended_at=ASKED_AT)
    assert refused(lambda: send_answer(intake, leader(), CYCLE, "HN", request, 1)) == "request_over"
    # Published anew (another feed after a restore): what the unit prepared is still there.
    asks(intake)
    clock.forward(days=7)
    assert waiting(intake) == []
    assert refused(lambda: send_answer(intake, leader(), CYCLE, "HN", request, 1)) == "request_over"
    assert refused(lambda: answer(intake, request)) == "request_over"
    assert read_request(intake, officer(), CYCLE, "HN", request).claim.value == 4.5


def waiting(intake: Store) -> list[ExplanationRequest]:
    cycle = read_cycle(intake, officer(), CYCLE).cycle
    return waiting_requests(intake, officer(), cycle)


def test_a_question_told_twice_changes_nothing_and_an_unknown_unit_waits(intake: Store) -> None:
    request = closed_and_asked(intake)
    answer(intake, request)
    send_answer(intake, leader(), CYCLE, "HN", request, 1)
    kept = asks(intake, state="answered")
    assert (kept.prepared is not None, kept.answer is not None) == (True, True)
    assert asks(intake, reminders=1).answer is not None
    with pytest.raises(NotArrivedYet):
        asks(intake, unit="XX", request=uuid.UUID(int=9))
    with pytest.raises(NotArrivedYet):
        asks(intake, cycle="another", request=uuid.UUID(int=9))


def test_a_document_is_taken_away_from_the_answer_and_what_was_sent_keeps_it(
    intake: Store, files: EvidenceFiles
) -> None:
    request = closed_and_asked(intake, files)
    view = read_request(intake, officer(), CYCLE, "HN", request)
    (entry,) = view.claim.evidence
    after = detach_from_answer(intake, officer(), CYCLE, "HN", request, entry.id)
    assert (after.claim.evidence, len(after.sent.evidence)) == ((), 1)
    again = lambda: detach_from_answer(intake, officer(), CYCLE, "HN", request, entry.id)  # noqa: E731
    assert refused(again) == "not_found"
