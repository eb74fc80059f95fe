"""Voting's JSON API with real tokens on a real database."""

import logging
import uuid
from datetime import timedelta
from typing import Any

import pytest

from services.ranking.voting.model import QUORUM, THRESHOLD
from services.ranking.voting.rules.documents import rule_document
from tests.integration.ranking.conftest import (
    CLUSTERS,
    COUNCIL_MEMBER,
    CYCLE,
    LEAD,
    NOBODY,
    NOW,
    TELLER,
    Applications,
    leader,
)
from tests.integration.ranking.test_ranking_schema import attempt

UNITS = CLUSTERS["BAC"]
OPENING: dict[str, Any] = {
    "cycle": CYCLE,
    "cluster": "BAC",
    "places": 2,
    "closes_at": (NOW + timedelta(hours=1)).isoformat(),
}


def post(apps: Applications, path: str, actor: Any, body: Any = None) -> Any:
    return apps.voting.test_client().post(path, json=body if body is not None else {}, headers=apps.headers(actor))


def get(apps: Applications, path: str, actor: Any = None) -> Any:
    return apps.voting.test_client().get(path, headers=apps.headers(actor))


@pytest.fixture
def box(apps: Applications) -> str:
    answer = post(apps, "/v1/boxes", TELLER, OPENING)
    assert answer.status_code == 201, answer.json
    return f"/v1/boxes/{answer.json['id']}"


def test_a_box_is_answered_whole(apps: Applications, box: str) -> None:
    """Every field of the document is there, also those that come from the snapshot and the plan."""
    answer = get(apps, box, TELLER).json
    snapshot = apps.world.voting.view(TELLER, uuid.UUID(box[-36:])).box.snapshot
    assert answer == {
        "id": box[-36:],
        "council": "trung-uong",
        "cycle": CYCLE,
        "cluster": "BAC",
        "round": 1,
        "sheet_version": 1,
        "sheet_sha256": snapshot.sheet_sha256,
        "synthetic": True,
        "notice": {"vi": "Số liệu giả lập để thử.", "en": "Invented figures for trials."},
        "method": "one_per_place",
        "places": 2,
        "opens_at": NOW.isoformat(),
        "closes_at": OPENING["closes_at"],
        "quorum": rule_document(QUORUM),
        "threshold": rule_document(THRESHOLD),
        "state": "open",
        "closed_at": None,
        "members": list(UNITS),
        "returned": 0,
        "own": [],
        "roll": [{"unit": unit, "voted": False} for unit in UNITS],
    }
    listed = get(apps, "/v1/boxes", TELLER).json["boxes"]
    assert listed == [{name: value for name, value in answer.items() if name not in ("own", "roll")}]


def test_a_whole_ballot(apps: Applications, box: str) -> None:
    receipts = {}
    for unit in UNITS:
        answer = post(apps, f"{box}/ballots", leader(unit), {"unit": unit, "names": ["HN", "BN"]})
        assert answer.status_code == 201, answer.json
        receipts[unit] = answer.json["receipt"]
        assert get(apps, f"{box}/tally", TELLER).status_code == 409
    assert post(apps, f"{box}/ballots", leader("HN"), {"unit": "HN", "names": []}).status_code == 409
    seen = get(apps, box, TELLER).json
    assert (seen["returned"], seen["state"], len(seen["roll"])) == (5, "open", 5)
    closed = post(apps, f"{box}/close", TELLER)
    assert closed.status_code == 200
    assert [o["units"] for o in closed.json["document"]["outcomes"]] == [["HN"], ["BN"]]
    assert get(apps, f"{box}/tally", COUNCIL_MEMBER).json == closed.json
    for unit, receipt in receipts.items():
        found = get(apps, f"{box}/receipts/{receipt}", leader(unit)).json
        assert (found["included"], found["state"]) == (True, "closed")
    assert get(apps, f"{box}/receipts/{'0' * 64}", leader("HN")).status_code == 404


def test_the_scores_are_nowhere_in_voting(apps: Applications, box: str) -> None:
    for path in ("/v1/boxes", box):
        text = get(apps, path, TELLER).text
        assert "88" not in text.replace(get(apps, box, TELLER).json["sheet_sha256"], "").replace(box[-36:], "")
        assert "points" not in text
        assert "rank" not in text


def test_casting_writes_no_log_line_and_has_no_number(apps: Applications, box: str, capfd: Any, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    capfd.readouterr()
    answer = post(apps, f"{box}/ballots", leader("HN"), {"unit": "HN", "names": ["HN"]})
    assert answer.headers["X-Request-ID"] == "-"
    out, err = capfd.readouterr()
    assert (out, err, caplog.text) == ("", "", "")
    assert get(apps, box, TELLER).headers["X-Request-ID"] != "-"


def test_a_paper_that_cannot_be_stored_leaves_no_trace(apps: Applications, box: str, capfd: Any) -> None:
    attempt(apps.world.urls["ranking_owner"], "REVOKE INSERT ON voting.sealed_ballot FROM ranking_voting")
    capfd.readouterr()
    answer = post(apps, f"{box}/ballots", leader("HN"), {"unit": "HN", "names": ["HN"]})
    assert (answer.status_code, answer.json["type"]) == (503, "urn:cong-tam:paper-not-confirmed")
    assert "".join(capfd.readouterr()) == ""
    attempt(apps.world.urls["ranking_owner"], "GRANT INSERT ON voting.sealed_ballot TO ranking_voting")
    assert get(apps, box, TELLER).json["returned"] == 0
    assert post(apps, f"{box}/ballots", leader("HN"), {"unit": "HN", "names": ["HN"]}).status_code == 201


@pytest.mark.parametrize(
    "change",
    [
        {"places": 0},
        {"places": 2.5},
        {"places": 6},
        {"method": "acclaim"},
        {"closes_at": NOW.isoformat()},
        {"closes_at": "2026-03-02T03:00:00"},
        {"closes_at": "0001-01-01T00:00:00+00:00"},
        {"closes_at": "tomorrow"},
        {"quorum": {"numerator": 3, "denominator": 2, "source": "x", "status": "law"}},
        {"quorum": {"numerator": 1, "denominator": 1, "more_than": True, "source": "x", "status": "law"}},
        {"threshold": {"numerator": 1, "denominator": 2, "source": "x", "status": "law", "base": "all"}},
        {"cycle": "../x"},
    ],
)
def test_bad_openings_are_refused(shared_apps: Applications, change: dict[str, Any]) -> None:
    answer = post(shared_apps, "/v1/boxes", TELLER, OPENING | change)
    assert answer.status_code == 422, answer.json
    assert get(shared_apps, "/v1/boxes", TELLER).json == {"boxes": []}


def test_rules_are_printed_with_their_sources(apps: Applications) -> None:
    rule = {
        "numerator": 80,
        "denominator": 100,
        "source": "Quy chế Cụm, Điều 9",
        "status": "regulation",
        "base": "roll",
    }
    answer = post(apps, "/v1/boxes", TELLER, OPENING | {"threshold": rule})
    assert answer.json["threshold"] == rule | {"more_than": False}
    assert answer.json["quorum"]["status"] == "assumption"


@pytest.mark.parametrize("names", [["XX"], ["HN", "HN"], ["HN", "HP", "BN"], "HN", [1], [{}]])
def test_bad_papers_are_refused(apps: Applications, box: str, names: Any) -> None:
    assert post(apps, f"{box}/ballots", leader("HN"), {"unit": "HN", "names": names}).status_code == 422
    assert get(apps, box, TELLER).json["returned"] == 0


def test_who_may_do_what(apps: Applications, box: str) -> None:
    paper = {"unit": "HN", "names": []}
    assert post(apps, f"{box}/ballots", leader("HP"), paper).status_code == 403
    assert post(apps, f"{box}/ballots", TELLER, paper).status_code == 403
    assert post(apps, f"{box}/ballots", leader("CT"), paper).status_code == 404
    assert post(apps, f"{box}/ballots", None, paper).status_code == 401
    assert post(apps, f"{box}/close", leader("HN")).status_code == 403
    assert post(apps, "/v1/boxes", LEAD, OPENING).status_code == 403
    assert get(apps, box, NOBODY).status_code == 404
    assert get(apps, f"/v1/boxes/{uuid.uuid4()}", TELLER).status_code == 404
    assert get(apps, box).status_code == 401
    assert get(apps, box, leader("HN")).json["roll"] is None
