"""What intake does with drafts, evidence and submissions, whatever keeps its data: run on the fake and on PostgreSQL.

Fixtures: `intake` (a services.intake.ports.Intake), `clock` (frozen), `feed` (the events so far), `files`.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import marshmallow as ma
import pytest

from services.intake.administration.actions import close_due_cycles
from services.intake.assessments.actions import attach_evidence, detach_evidence, save_draft, save_items
from services.intake.assessments.model import GivenEvidence
from services.intake.assessments.queries import read_draft
from services.intake.cycles.queries import read_cycles
from services.intake.overview.queries import read_standings
from services.intake.ports import EvidenceFiles, Store
from services.intake.submissions.actions import submit
from services.intake.submissions.queries import find_evidence, read_submission, read_submissions
from shared.clock import FrozenClock
from shared.contracts.events import Event
from shared.contracts.intake_v1 import SubmissionSent
from shared.contracts.refusals import BadInput, Kind, Refusal
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
    verify_service,
)

Feed = Callable[[], list[Event]]


def paths(caught: pytest.ExceptionInfo[Refusal]) -> list[str | None]:
    return [fault.path for fault in caught.value.faults]


# --- drafts ---------------------------------------------------------------------------------------------------


def test_a_saved_draft_reads_as_it_was_typed(intake: Store, clock: FrozenClock) -> None:
    an_open_cycle(intake)
    saved = save_draft(
        intake, officer(), CYCLE, "HN", [said("C1", 5.1, 20.4, note="Theo Cục Thống kê"), said("C2", 3, 15)], 0
    )
    read = read_draft(intake, officer(), CYCLE, "HN")
    assert read.draft == saved
    assert read.draft.version == 1
    assert (read.draft.claim("C1").value, read.draft.claim("C1").note) == (5.1, "Theo Cục Thống kê")
    assert read.draft.edits["C1"].at == clock.now()
    assert read.editable == read.readable == {"C1", "C2", "C3", "C4", "B1", "X1"}


def test_saving_the_same_again_makes_no_new_version(intake: Store) -> None:
    an_open_cycle(intake)
    first = save_draft(intake, officer(), CYCLE, "HN", [said("C1", 5.1, 20)], 0)
    assert save_draft(intake, officer(), CYCLE, "HN", [said("C1", 5.1, 20)], 1) == first
    with intake.view() as view:
        assert len(view.history.of(f"assessment:{CYCLE}/HN")) == 1


def test_a_whole_save_over_a_newer_version_is_refused_and_says_who(intake: Store) -> None:
    an_open_cycle(intake)
    save_draft(intake, officer(name="Lan"), CYCLE, "HN", [said("C1", 5.1, 20), said("C2", 2, 10)], 0)
    with pytest.raises(Refusal) as caught:
        save_draft(intake, officer(account="b", name="Minh"), CYCLE, "HN", [said("C2", 4, 20)], 0)
    assert (caught.value.code, caught.value.kind) == ("draft_changed", Kind.STALE)
    assert paths(caught) == ["items.C1", "items.C2"]
    assert "Lan" in caught.value.faults[0].said.in_language("vi")
    assert read_draft(intake, officer(), CYCLE, "HN").draft.claim("C2").value == 2


def test_two_officers_at_different_items_both_keep_their_work(intake: Store) -> None:
    an_open_cycle(intake)
    save_items(intake, officer(account="a", name="Lan"), CYCLE, "HN", [said("C1", 5.1, 20)], 0)
    after = save_items(intake, officer(account="b", name="Minh"), CYCLE, "HN", [said("C2", 2, 10)], 0)
    assert (after.claim("C1").value, after.claim("C2").value) == (5.1, 2)
    assert (after.edits["C1"].name, after.edits["C2"].name) == ("Lan", "Minh")


def test_two_officers_at_the_same_item_never_overwrite_each_other_unseen(intake: Store) -> None:
    an_open_cycle(intake)
    save_items(intake, officer(account="a", name="Lan"), CYCLE, "HN", [said("C1", 5.1, 20)], 0)
    with pytest.raises(Refusal) as caught:
        save_items(intake, officer(account="b", name="Minh"), CYCLE, "HN", [said("C2", 2, 10), said("C1", 6, 24)], 0)
    assert caught.value.kind is Kind.STALE
    assert paths(caught) == ["items.C1"]
    assert "5,1" in caught.value.faults[0].said.in_language("vi")
    draft = read_draft(intake, officer(), CYCLE, "HN").draft
    assert (draft.claim("C1").value, draft.claim("C2").value) == (5.1, None)
    # Having seen it, Minh may decide otherwise.
    save_items(intake, officer(account="b", name="Minh"), CYCLE, "HN", [said("C1", 6, 24)], draft.version)
    with intake.view() as view:
        details = view.history.of(f"assessment:{CYCLE}/HN")[0].details["changed"]["C1"]
    assert (details["before"]["value"], details["after"]["value"]) == (5.1, 6)


def test_what_cannot_be_a_claim_is_located_and_nothing_is_half_saved(intake: Store) -> None:
    an_open_cycle(intake)
    wrong = [said("C1", 5.1, 20), said("C9", 1), said("C2", 5.7), said("C1", 1), said("C4", 3), said("B1", 0.5)]
    with pytest.raises(BadInput) as caught:
        save_draft(intake, officer(), CYCLE, "HN", wrong, 0)
    assert paths(caught) == [
        "items.1.criterion",
        "items.2.value",
        "items.3.criterion",
        "items.4.value",
        "items.5.value",
    ]
    assert read_draft(intake, officer(), CYCLE, "HN").draft.version == 0


def test_a_claim_beyond_the_scale_is_a_question_not_a_fault(intake: Store) -> None:
    an_open_cycle(intake)
    after = save_draft(intake, officer(), CYCLE, "HN", [said("C1", 400, 41), said("C3", -1, -5)], 0)
    assert after.claim("C1").self_points == 41


def test_each_sees_and_touches_what_the_role_allows(intake: Store) -> None:
    an_open_cycle(intake)
    for actor in (officer("HP"), reviewer(), verify_service()):
        with pytest.raises(Refusal) as caught:
            read_draft(intake, actor, CYCLE, "HN")
        assert caught.value.kind is Kind.FORBIDDEN
        with pytest.raises(Refusal):
            save_items(intake, actor, CYCLE, "HN", [said("C1", 1)], 0)
    seen = read_draft(intake, administrator(), CYCLE, "HN")
    assert (seen.may_send, seen.editable) == (False, frozenset())
    with pytest.raises(Refusal):
        save_items(intake, administrator(), CYCLE, "HN", [said("C1", 1)], 0)
    with pytest.raises(Refusal) as caught:
        read_draft(intake, administrator("ha-noi"), CYCLE, "HN")
    assert caught.value.kind is Kind.NOT_FOUND


def test_a_contributor_touches_only_the_criteria_given(intake: Store) -> None:
    an_open_cycle(intake)
    finance = contributor("C3")
    assert read_draft(intake, finance, CYCLE, "HN").readable == {"C3"}
    assert save_items(intake, finance, CYCLE, "HN", [said("C3", 1, 20)], 0).claim("C3").value == 1
    for attempt in (
        lambda: save_items(intake, finance, CYCLE, "HN", [said("C1", 1)], 1),
        lambda: save_draft(intake, finance, CYCLE, "HN", [said("C3", 1)], 1),
        lambda: submit(intake, finance, CYCLE, "HN", seen=1),
        lambda: read_submissions(intake, finance, CYCLE, "HN"),
    ):
        with pytest.raises(Refusal) as caught:
            attempt()
        assert caught.value.kind is Kind.FORBIDDEN


# --- evidence -------------------------------------------------------------------------------------------------


def test_a_document_is_attached_once_and_can_be_detached(intake: Store, files: EvidenceFiles) -> None:
    an_open_cycle(intake)
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5.1, 20)], 0)
    first = attach(intake, files)
    assert attach(intake, files) == first
    draft = read_draft(intake, officer(), CYCLE, "HN").draft
    [entry] = draft.claim("C1").evidence
    assert (entry.media_type, entry.size, entry.label) == ("application/pdf", len(PDF), "Báo cáo.pdf")
    # Somebody who saves figures read before the attachment overwrites nobody's figures, and keeps the document.
    after = save_items(intake, officer(), CYCLE, "HN", [said("C1", 5.2, 20)], 1)
    assert (after.claim("C1").value, len(after.claim("C1").evidence)) == (5.2, 1)
    after = detach_evidence(intake, officer(), CYCLE, "HN", first)
    assert after.claim("C1").evidence == ()
    with intake.view() as view:
        assert view.history.of(f"assessment:{CYCLE}/HN")[0].details["changed"]["C1"]["detached"][0]["id"] == first


def test_a_whole_save_keeps_documents_it_does_not_mention(intake: Store, files: EvidenceFiles) -> None:
    an_open_cycle(intake)
    attach(intake, files)
    draft = read_draft(intake, officer(), CYCLE, "HN").draft
    kept = save_draft(intake, officer(), CYCLE, "HN", [said("C1", 5.1, 20)], draft.version)
    assert len(kept.claim("C1").evidence) == 1
    sha = kept.claim("C1").evidence[0].sha256
    named = (GivenEvidence(sha256=sha, document_number="12/BC-CTK"), GivenEvidence(document_number="9/QĐ-UBND"))
    both = save_draft(intake, officer(), CYCLE, "HN", [said("C1", 5.1, 20, evidence=named)], kept.version)
    assert [entry.document_number for entry in both.claim("C1").evidence] == ["12/BC-CTK", "9/QĐ-UBND"]
    none = save_draft(intake, officer(), CYCLE, "HN", [said("C1", 5.1, 20, evidence=())], both.version)
    assert none.claim("C1").evidence == ()


def test_a_file_nobody_of_the_unit_uploaded_is_no_evidence(intake: Store, files: EvidenceFiles) -> None:
    an_open_cycle(intake)
    attach(intake, files)
    sha = read_draft(intake, officer(), CYCLE, "HN").draft.claim("C1").evidence[0].sha256
    stolen = said("C1", 1, 1, evidence=(GivenEvidence(document_number="1"), GivenEvidence(sha256=sha)))
    with pytest.raises(BadInput) as caught:
        save_draft(intake, officer("HP"), CYCLE, "HP", [stolen], 0)
    assert paths(caught) == ["items.0.evidence.1.sha256"]


def test_classified_documents_are_named_by_number_only(intake: Store, files: EvidenceFiles) -> None:
    an_open_cycle(intake)
    with pytest.raises(BadInput):
        attach(intake, files, "C4")
    given = GivenEvidence(document_number="05/BC-QS", reference_only=True)
    after, _entry = attach_evidence(intake, files, officer(), CYCLE, "HN", "C4", given, None, None)
    assert after.claim("C4").evidence[0].sha256 is None
    with pytest.raises(BadInput):
        attach_evidence(intake, files, officer(), CYCLE, "HN", "C4", GivenEvidence(), None, None)


def test_who_may_open_a_file(intake: Store, files: EvidenceFiles) -> None:
    an_open_cycle(intake)
    attach(intake, files)
    sha = read_draft(intake, officer(), CYCLE, "HN").draft.claim("C1").evidence[0].sha256
    assert sha is not None
    for actor in (officer(), leader(), administrator()):
        path, upload = find_evidence(intake, files, actor, CYCLE, "HN", sha)
        assert path.read_bytes() == PDF
        assert upload.label == "Báo cáo.pdf"
    for actor in (officer("HP"), contributor("C3"), reviewer(units=("HP",)), reviewer(), verify_service()):
        with pytest.raises(Refusal) as caught:
            find_evidence(intake, files, actor, CYCLE, "HN", sha)
        assert caught.value.kind is Kind.FORBIDDEN
    submit(intake, leader(), CYCLE, "HN", seen=1)
    for actor in (reviewer(), reviewer(units=("HN",)), verify_service()):
        assert find_evidence(intake, files, actor, CYCLE, "HN", sha)[0].exists()
    with pytest.raises(Refusal) as caught:
        find_evidence(intake, files, officer(), CYCLE, "HN", "0" * 64)
    assert caught.value.kind is Kind.NOT_FOUND


# --- sending --------------------------------------------------------------------------------------------------


def test_sending_gives_a_receipt_and_one_event(
    intake: Store, files: EvidenceFiles, feed: Feed, clock: FrozenClock
) -> None:
    an_open_cycle(intake)
    attach(intake, files)
    saved = save_items(intake, officer(), CYCLE, "HN", [said("C2", 3, 15), said("C1", 5.1, 20.4)], 1)
    sent, created = submit(intake, leader(), CYCLE, "HN", seen=saved.version)
    assert created
    assert (sent.number, sent.late, sent.submitted_at, sent.name) == (1, False, clock.now(), "Lê Văn Ký")
    assert [item["criterion"] for item in sent.content["items"]] == ["C1", "C2"]
    event = feed()[-1]
    assert (event.type, event.subject, event.subject_version) == ("submission_sent", f"submission:{CYCLE}/HN", 1)
    loaded = SubmissionSent(unknown=ma.RAISE).load(dict(event.data))
    assert loaded["content_sha256"] == sent.content_sha256
    assert loaded["items"][0]["evidence"][0]["document_number"] == "12/BC-CTK"
    # The same click again: the same receipt, nothing new.
    assert submit(intake, leader(), CYCLE, "HN", seen=saved.version) == (sent, False)
    assert len(feed()) == 2
    assert read_submissions(intake, reviewer(), CYCLE, "HN").submissions == [sent]


def test_a_later_version_does_not_touch_the_earlier_one(intake: Store, feed: Feed) -> None:
    an_open_cycle(intake)
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5.1, 20)], 0)
    first, _ = submit(intake, leader(), CYCLE, "HN", seen=1)
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5.3, 21)], 1)
    second, _ = submit(intake, leader(), CYCLE, "HN", seen=2)
    assert [one.number for one in read_submissions(intake, officer(), CYCLE, "HN").submissions] == [2, 1]
    assert read_submission(intake, officer(), CYCLE, "HN", 1).submissions == [first]
    assert first.content_sha256 != second.content_sha256
    # Back to the first figures: another version, the same content and therefore the same hash.
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5.1, 20)], 2)
    third, _ = submit(intake, leader(), CYCLE, "HN", seen=3)
    assert (third.number, third.content_sha256) == (3, first.content_sha256)
    assert [event.subject_version for event in feed() if event.type == "submission_sent"] == [1, 2, 3]


def test_nobody_sends_what_they_have_not_seen(intake: Store) -> None:
    an_open_cycle(intake)
    save_items(intake, officer(name="Lan"), CYCLE, "HN", [said("C1", 5.1, 20)], 0)
    save_items(intake, officer(name="Lan"), CYCLE, "HN", [said("C1", 6.1, 24)], 1)
    with pytest.raises(Refusal) as caught:
        submit(intake, leader(), CYCLE, "HN", seen=1)
    assert caught.value.kind is Kind.STALE
    assert "Lan" in caught.value.faults[0].said.in_language("en")
    with pytest.raises(Refusal) as caught:
        submit(intake, leader(), CYCLE, "HN", seen=None)
    assert caught.value.code == "version_missing"
    assert read_submissions(intake, officer(), CYCLE, "HN").submissions == []


def test_a_whole_content_is_sent_in_one_call(intake: Store, feed: Feed) -> None:
    an_open_cycle(intake)
    content = [said("C1", 5.1, 20), said("X1", 0)]
    sent, created = submit(intake, leader(), CYCLE, "HN", seen=None, given=content)
    assert created
    # A repeated call (the answer was lost on the way) gives the same receipt.
    assert submit(intake, leader(), CYCLE, "HN", seen=None, given=content) == (sent, False)
    assert read_draft(intake, officer(), CYCLE, "HN").draft.claim("C1").value == 5.1
    other = [said("C1", 9.9, 40)]
    with pytest.raises(Refusal) as caught:
        submit(intake, leader(), CYCLE, "HN", seen=None, given=other)
    assert caught.value.code == "version_missing"
    second, _ = submit(intake, leader(), CYCLE, "HN", seen=1, given=other)
    assert second.number == 2
    assert [item["criterion"] for item in second.content["items"]] == ["C1"]
    assert len([event for event in feed() if event.type == "submission_sent"]) == 2


def test_late_is_marked_and_after_the_close_nothing_is_taken(intake: Store, clock: FrozenClock) -> None:
    an_open_cycle(intake)
    clock.moment = datetime(2026, 12, 20, 17, tzinfo=UTC) - timedelta(microseconds=1)
    sent, _ = submit(intake, leader(), CYCLE, "HN", seen=None, given=[said("C1", 1, 1)])
    assert not sent.late
    clock.forward(microseconds=1)
    sent, _ = submit(intake, leader("HP"), CYCLE, "HP", seen=None, given=[said("C1", 1, 1)])
    assert sent.late
    close_due_cycles(intake)
    for attempt in (
        lambda: submit(intake, leader("QN"), CYCLE, "QN", seen=None, given=[said("C1", 1, 1)]),
        lambda: save_items(intake, officer("QN"), CYCLE, "QN", [said("C1", 1)], 0),
    ):
        with pytest.raises(Refusal) as caught:
            attempt()
        assert (caught.value.code, caught.value.kind) == ("intake_closed", Kind.CONFLICT)
    states = {one.member.unit: (one.submissions, one.late) for one in read_standings(intake, administrator(), CYCLE)[1]}
    assert states == {"HN": (1, False), "HP": (1, True), "QN": (0, False)}


def test_nothing_is_sent_before_something_is_said(intake: Store) -> None:
    an_open_cycle(intake)
    with pytest.raises(Refusal) as caught:
        submit(intake, leader(), CYCLE, "HN", seen=0)
    assert caught.value.code == "nothing_to_send"


def test_only_the_signing_leader_sends(intake: Store) -> None:
    an_open_cycle(intake)
    for actor in (officer(), leader("HP"), administrator(), reviewer()):
        with pytest.raises(Refusal) as caught:
            submit(intake, actor, CYCLE, "HN", seen=None, given=[said("C1", 1, 1)])
        assert caught.value.kind is Kind.FORBIDDEN


def test_officers_see_their_own_unit_in_the_overview(intake: Store) -> None:
    an_open_cycle(intake)
    assert [one.member.unit for one in read_standings(intake, officer("HP"), CYCLE)[1]] == ["HP"]
    assert len(read_standings(intake, administrator(), CYCLE)[1]) == 3
    assert read_standings(intake, reviewer(), CYCLE)[1] == []
    assert [cycle.code for cycle in read_cycles(intake, officer())] == [CYCLE]
    assert read_cycles(intake, administrator("ha-noi")) == []
