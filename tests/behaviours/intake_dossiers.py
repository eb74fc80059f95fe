"""The legal dossier, explained differences, versions side by side, reception: on the fake and on PostgreSQL."""

import io
import unicodedata
from collections.abc import Callable
from datetime import date

import marshmallow as ma
import pytest

from services.intake.assessments.actions import save_items
from services.intake.overview.queries import read_standings
from services.intake.ports import EvidenceFiles, Store
from services.intake.submissions.actions import GivenDossier, bring_signed_file, save_dossier, submit, take_step
from services.intake.submissions.queries import compare_submissions, find_evidence, read_submissions
from shared.contracts.events import Event
from shared.contracts.intake_v1 import SubmissionSent
from shared.contracts.refusals import BadInput, Kind, Refusal
from shared.people import Grant, Role
from tests.builders.intake import (
    COUNCIL,
    CYCLE,
    PDF,
    administrator,
    an_open_cycle,
    contributor,
    leader,
    officer,
    person,
    reviewer,
    said,
)

GIVEN = GivenDossier(
    document_number="125/BC-UBND",
    issued_on=date(2026, 11, 20),
    signer="Lê Văn Ký",
    position="Phó Chủ tịch UBND",
    mandate="12/GUQ-UBND",
)


def with_file(intake: Store, files: EvidenceFiles) -> GivenDossier:
    upload = bring_signed_file(intake, files, officer(), CYCLE, "HN", io.BytesIO(PDF), "Bản ký.pdf")
    return GivenDossier(**{**vars(GIVEN), "sha256": upload.file.sha256})


def sent(intake: Store, *claims: object, version: int) -> int:
    submission, _ = submit(intake, leader(), CYCLE, "HN", seen=version)
    return submission.number


def test_the_dossier_goes_out_with_what_is_sent(
    intake: Store, files: EvidenceFiles, feed: Callable[[], list[Event]]
) -> None:
    an_open_cycle(intake)
    given = with_file(intake, files)
    saved = save_dossier(intake, officer(), CYCLE, "HN", given, 0)
    assert (saved.version, saved.dossier.label) == (1, "Bản ký.pdf")
    assert save_dossier(intake, officer(), CYCLE, "HN", given, 1) == saved
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5, 20)], 1)
    submit(intake, leader(), CYCLE, "HN", seen=2)
    loaded = SubmissionSent(unknown=ma.RAISE).load(dict(feed()[-1].data))
    assert (loaded["dossier"]["signer"], loaded["dossier"]["sha256"]) == ("Lê Văn Ký", given.sha256)
    # Staff may open the signed file once it was sent.
    assert given.sha256 is not None
    path, _ = find_evidence(intake, files, reviewer(), CYCLE, "HN", given.sha256)
    assert path.read_bytes() == PDF


def test_two_people_at_the_dossier_never_overwrite_each_other_unseen(intake: Store) -> None:
    an_open_cycle(intake)
    save_dossier(intake, officer(name="Lan"), CYCLE, "HN", GIVEN, 0)
    with pytest.raises(Refusal) as caught:
        save_dossier(intake, leader(), CYCLE, "HN", GivenDossier(signer="Người khác"), 0)
    assert caught.value.kind is Kind.STALE
    assert "Lan" in caught.value.faults[0].said.in_language("vi")
    # Somebody who works at an item meanwhile is not in the way.
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5, 20)], 0)
    after = save_dossier(intake, leader(), CYCLE, "HN", GivenDossier(signer="Người khác"), 1)
    assert (after.dossier.signer, after.claim("C1").value) == ("Người khác", 5)


def test_only_those_who_see_everything_touch_the_dossier(intake: Store, files: EvidenceFiles) -> None:
    an_open_cycle(intake)
    for actor in (contributor("C1"), officer("HP"), administrator(), reviewer()):
        with pytest.raises(Refusal) as caught:
            save_dossier(intake, actor, CYCLE, "HN", GIVEN, 0)
        assert caught.value.kind is Kind.FORBIDDEN
    picture = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    with pytest.raises(Refusal) as caught:
        bring_signed_file(intake, files, officer(), CYCLE, "HN", io.BytesIO(picture), "a.png")
    assert caught.value.kind is Kind.UNSUPPORTED
    stolen = with_file(intake, files)
    with pytest.raises(BadInput):
        save_dossier(intake, officer("HP"), CYCLE, "HP", stolen, 0)


def test_both_spellings_of_a_text_are_one(intake: Store) -> None:
    an_open_cycle(intake)
    composed, decomposed = (unicodedata.normalize(form, "Số liệu ước tính của Cục") for form in ("NFC", "NFD"))
    first = save_items(intake, officer(), CYCLE, "HN", [said("C1", 5, 19, explanation=decomposed)], 0)
    assert first.claim("C1").explanation == composed
    again = save_items(intake, officer(), CYCLE, "HN", [said("C1", 5, 19, explanation=composed)], 1)
    assert again == first


def test_versions_are_compared_item_by_item(intake: Store) -> None:
    an_open_cycle(intake)
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5, 20), said("C2", 1, 5)], 0)
    sent(intake, version=1)
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5, 21, explanation="Làm tròn"), said("C3", 1)], 1)
    save_dossier(intake, officer(), CYCLE, "HN", GIVEN, 2)
    assert sent(intake, version=3) == 2
    view, changes = compare_submissions(intake, officer(), CYCLE, "HN", 2)
    assert [one.number for one in view.submissions] == [2, 1]
    assert [change.criterion for change in changes] == ["C1", "C3", None]
    assert set(changes[0].parts) == {"self_points", "explanation"}
    assert (changes[1].before, changes[2].before) == (None, None)
    assert compare_submissions(intake, reviewer(), CYCLE, "HN", 2, 2)[1] == ()
    for number, since in ((1, None), (2, 9), (9, 1)):
        with pytest.raises(Refusal) as caught:
            compare_submissions(intake, officer(), CYCLE, "HN", number, since)
        assert caught.value.kind is Kind.NOT_FOUND


def test_staff_take_in_accept_or_return_what_was_sent(intake: Store) -> None:
    an_open_cycle(intake)
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5, 20)], 0)
    sent(intake, version=1)
    received = take_step(intake, administrator(), CYCLE, "HN", 1, "received")
    assert take_step(intake, administrator(), CYCLE, "HN", 1, "received") == received
    with pytest.raises(BadInput) as caught:
        take_step(intake, reviewer(), CYCLE, "HN", 1, "returned", "  ")
    assert caught.value.faults[0].path == "reason"
    take_step(intake, reviewer(), CYCLE, "HN", 1, "returned", "Thiếu phụ lục 2")
    view = read_submissions(intake, officer(), CYCLE, "HN")
    assert view.state_of(1) == "returned"
    assert [(step.state, step.reason) for step in view.steps] == [("received", ""), ("returned", "Thiếu phụ lục 2")]
    _, standings = read_standings(intake, administrator(), CYCLE)
    assert [one.reception for one in standings] == ["returned", "submitted", "submitted"]
    with pytest.raises(Refusal) as refused:
        take_step(intake, administrator(), CYCLE, "HN", 1, "accepted")
    assert refused.value.code == "reception_state"
    # The next version begins anew, and the old one can no longer be decided.
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 6, 24)], 1)
    sent(intake, version=2)
    assert read_submissions(intake, officer(), CYCLE, "HN").state_of(2) == "submitted"
    with pytest.raises(Refusal) as refused:
        take_step(intake, administrator(), CYCLE, "HN", 1, "accepted")
    assert refused.value.code == "newer_version"
    take_step(intake, administrator(), CYCLE, "HN", 2, "accepted")


def test_nobody_receives_what_the_own_unit_sent(intake: Store) -> None:
    an_open_cycle(intake)
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5, 20)], 0)
    sent(intake, version=1)
    both = person(Grant(Role.REVIEWER, COUNCIL), Grant(Role.PROVINCE_OFFICER, COUNCIL, units=("HN",)))
    for actor in (both, officer(), leader(), reviewer(units=("HP",)), administrator("ha-noi")):
        with pytest.raises(Refusal) as caught:
            take_step(intake, actor, CYCLE, "HN", 1, "received")
        assert caught.value.kind in (Kind.FORBIDDEN, Kind.NOT_FOUND)
    with pytest.raises(Refusal) as caught:
        take_step(intake, reviewer(), CYCLE, "HP", 1, "received")
    assert caught.value.kind is Kind.NOT_FOUND


def test_a_unit_is_found_without_diacritics_and_listed_in_order(intake: Store) -> None:
    an_open_cycle(intake)

    def found(search: str) -> list[str]:
        return [one.member.unit for one in read_standings(intake, administrator(), CYCLE, search)[1]]

    assert found("tinh hp") == ["HP"]
    assert found("TỈNH H") == ["HN", "HP"]
    assert found("province") == ["HN", "HP", "QN"]
    assert found("100%") == []
