"""Challenges of other members: stored, screened again, asked about, shown; and what covenants hold targets against."""

from collections.abc import Callable
from typing import Any

import pytest

from services.verify.claims import tables as claim_tables
from services.verify.claims.model import Registered
from services.verify.claims.store.claims import SqlClaims
from shared.plumbing.database import Database
from shared.plumbing.feed_reader import reader_report
from tests.integration.verify import intake as says
from tests.integration.verify.intake import DOCUMENT, MOMENT, Intake
from tests.integration.verify.people import LEAD, REVIEWER
from tests.integration.verify.rounds import Round
from tests.integration.verify.test_intake_feed import asked, rows

Drain = Callable[[], int]
ITEM = "/v1/cycles/ihr-2018/units/AA/items/C3"
PAGE = "/cycles/ihr-2018/units/AA/items/C3"
ANSWER = {"text": "Đã đối chiếu với Sở Y tế", "document": None, "answered_at": MOMENT.isoformat()}
WITHDRAWAL = {"reason": "Đã thống nhất", "withdrawn_at": MOMENT.isoformat()}


def challenge(unit: str = "AA", criterion: str = "C3", number: int = 1, **more: Any) -> dict[str, Any]:
    """A `challenge_recorded` as data: BB asks about an item of AA."""
    answer, withdrawal = more.get("answer"), more.get("withdrawal")
    return {
        "cycle": "ihr-2018",
        "cluster": "NORTH",
        "unit": unit,
        "criterion": criterion,
        "number": number,
        "by_unit": "BB",
        "submission": 1,
        "content_sha256": "c" * 64,
        "synthetic": False,
        "state": "withdrawn" if withdrawal else "answered" if answer else "open",
        "reason": "Số bác sĩ của Sở Y tế thấp hơn",
        "document": {**DOCUMENT, "document_number": "88/SYT-TCCB", "issuer": "Sở Y tế"},
        "challenged_at": MOMENT.isoformat(),
        "answer": answer,
        "withdrawal": withdrawal,
    } | more


def challenges(intake: Intake, **more: Any) -> None:
    """Append a challenge as it stands now."""
    data = challenge(**more)
    subject = f"challenge:{data['cycle']}/{data['unit']}/{data['criterion']}/{data['number']}"
    intake.says("challenge_recorded", subject, 1 + sum(one["subject"] == subject for one in intake.events), data)


def test_every_step_of_a_challenge_asks_for_a_screening_and_nothing_is_asked_twice(
    database: Database, intake: Intake, drain: Drain
) -> None:
    intake.records(says.cycle())
    intake.receives(says.submission("AA", {"C3": 60.0}))
    drain()
    for more in ({}, {"answer": ANSWER}, {"answer": ANSWER, "withdrawal": WITHDRAWAL}):
        challenges(intake, **more)
        drain()
    assert asked(database) == [f"ihr-2018/arrival/AA/{number}" for number in (2, 3, 4, 5)]
    (row,) = rows(database, claim_tables.challenge)
    assert (row["by_unit"], row["state"], row["document"]["issued_on"]) == ("BB", "withdrawn", "2026-01-15")
    challenges(intake, answer=ANSWER, withdrawal=WITHDRAWAL)  # nothing new
    drain()
    assert len(asked(database)) == 4


def test_a_challenge_before_its_cycle_waits_and_a_meeting_is_passed_over(
    database: Database, intake: Intake, drain: Drain
) -> None:
    challenges(intake)
    intake.says("meeting_recorded", "meeting:ihr-2018/NORTH/1", 1, {"anything": True})
    drain()
    assert rows(database, claim_tables.challenge) == []
    intake.records(says.cycle())
    drain()
    drain()
    assert len(rows(database, claim_tables.challenge)) == 1
    with database.reader() as connection:
        (reader,) = reader_report(connection)
    assert (reader["waiting"], reader["parked"]) == (0, 0)


def test_the_reviewer_sees_challenge_document_and_answer(review_round: Round) -> None:
    round_ = review_round
    reviewer = round_.town.client(REVIEWER)
    before = reviewer.get(ITEM).json
    assert (before["challenges"], "PEER_CHALLENGE" in before["codes"]) == ([], False)
    challenges(round_.intake)
    round_.settle_down()
    seen = reviewer.get(ITEM).json
    (one,) = seen["challenges"]
    assert (seen["review"], "PEER_CHALLENGE" in seen["codes"]) == ("open", True)
    assert (one["by_unit"], one["document"]["document_number"], one["answer"]) == ("BB", "88/SYT-TCCB", None)
    challenges(round_.intake, answer=ANSWER)
    round_.settle_down()
    page = reviewer.get(PAGE, headers={"Accept": "text/html"}).get_data(as_text=True)
    for text in ("88/SYT-TCCB", "Số bác sĩ của Sở Y tế thấp hơn", ANSWER["text"], 'id="challenge-1"'):
        assert text in page
    assert f"/cycles/ihr-2018/clusters/NORTH/files/{DOCUMENT['sha256']}" in page
    assert any("has answered" in said["en"] for said in reviewer.get(ITEM).json["explanation"])
    challenges(round_.intake, answer=ANSWER, withdrawal=WITHDRAWAL)
    round_.settle_down()
    after = reviewer.get(ITEM).json
    assert ("PEER_CHALLENGE" in after["codes"], after["challenges"][0]["state"]) == (False, "withdrawn")


def test_a_new_challenge_opens_a_decided_item_again(review_round: Round) -> None:
    lead = review_round.town.client(LEAD)
    challenges(review_round.intake)
    review_round.settle_down()
    version = lead.get(ITEM).json["version"]
    decided = lead.post(
        f"{ITEM}/decisions",
        json={"verdict": "accept", "reason": "Văn bản đầy đủ", "document_number": "12/BC-UBND", "version": version},
    )
    assert decided.status_code == 201, decided.json
    assert lead.get(ITEM).json["review"] == "decided"
    challenges(review_round.intake, number=2, reason="Có thêm số liệu")
    review_round.settle_down()
    after = lead.get(ITEM).json
    assert (after["review"], [one["number"] for one in after["challenges"]]) == ("open", [1, 2])


def registered(database: Database) -> dict[str, Registered | None]:
    with database.reader() as connection:
        return {one.criterion: one.registered for one in SqlClaims(connection).current("ihr-2018", ["AA"])}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"baseline": 70.0}, "last year's result (70)"),
        ({"assigned": 65.0, "national": 66.0}, "the assigned target (65)"),
        ({"national": 61.0}, "the national figure (61)"),
    ],
)
def test_a_target_is_held_against_what_the_covenant_says(
    review_round: Round, said: dict[str, float], words: str
) -> None:
    signed = says.covenant("AA", {"C3": 60.0})
    signed["targets"][0] |= said
    review_round.intake.signs(signed)
    review_round.settle_down()
    seen = review_round.town.client(REVIEWER).get(ITEM).json
    assert "TARGET_UNAMBITIOUS" in seen["codes"]
    assert any(words in one["said"]["en"] for one in seen["findings"])


@pytest.mark.parametrize(("document", "undocumented"), [("15/QĐ-TTg", False), ("", True)])
def test_a_revised_target_without_a_document_is_asked_about(
    review_round: Round, document: str, undocumented: bool
) -> None:
    signed = says.covenant("AA", {"C3": 60.0}, revised=70.0)
    signed["revisions"][0]["document_number"] = document
    review_round.intake.signs(signed)
    review_round.settle_down()
    assert registered(review_round.database)["C3"] == Registered(revised_by=document)
    codes = review_round.town.client(REVIEWER).get(ITEM).json["codes"]
    assert ("TARGET_UNDOCUMENTED" in codes) is undocumented
