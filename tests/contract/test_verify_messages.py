"""What verify's use cases publish is what the contract and its golden example say.

After an intended, additive change: `UPDATE_EXAMPLES=1 pytest tests/contract/test_verify_messages.py`.
"""

import json
import os
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import marshmallow as ma
import pytest

from services.verify.claims.model import Claim, CycleRecord, SentVersion
from services.verify.results.actions import publish, tally
from services.verify.results.model import DecisionRecord, Published, Reviewed
from services.verify.reviews.actions.requests import end_request, tell_request
from services.verify.reviews.model.steps import RequestRecord
from services.verify.screening.rules.material import Given, Material
from services.verify.sources.model import Observation, ReleaseFacts
from shared.contracts.events import Event
from shared.contracts.verify_v1 import ExplanationRequestRecorded, UnitVerified
from shared.criteria.loader import load_document

EXAMPLE = Path(__file__).parents[2] / "shared" / "contracts" / "examples" / "unit_verified.json"
RELEASE, DECISION = uuid.UUID(int=0x5E1EA5E), uuid.UUID(int=0xDEC151)
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


def material() -> Material:
    """One unit, three criteria: C1 outside its source's tolerance and rejected, C2 within it, C3 waiting."""
    rule = {"name": "goalposts", "low": 0, "high": 100}
    same = {"relation": "same", "tolerance": {"absolute": 5}}
    document = {
        "framework": "example",
        "criteria": [
            {"code": "C1", "max_points": 50, "rule": rule, "sources": [{"id": "nso", "indicator": "GRDP"} | same]},
            {"code": "C2", "max_points": 30, "rule": rule, "sources": [{"id": "nso", "indicator": "FOREST"} | same]},
            {"code": "C3", "max_points": 20, "rule": rule},
        ],
    }
    framework = load_document(document)
    cycle = CycleRecord("year-2026", "central", "2026", "intake_closed", document, framework.sha256)
    claims = [
        Claim("HN", "K1", "C1", 90.0, 45.0, evidence=()),
        Claim("HN", "K1", "C2", 42.5, 12.75, evidence=()),
        Claim("HN", "K1", "C3", 60.0, 12.0, evidence=()),
    ]
    observations = [
        Observation("nso", "HN", "GRDP", "2026", 70.0, "final", RELEASE, 2),
        Observation("nso", "HN", "FOREST", "2026", 41.0, "final", RELEASE, 3),
    ]
    sent = {"HN": SentVersion(1, 2, "ab" * 32, "K1")}
    return Material(cycle, framework, Given(sent, claims, observations))


class Desk:
    """A transaction that remembers what was published."""

    def __init__(self, said: Mapping[str, Published]) -> None:
        self.now = NOW
        self.events: list[Event] = []
        self.saved: list[Published] = []
        decision = DecisionRecord(
            *(DECISION, "year-2026", "HN", "C1", "reject", 70.0, None, "Theo Niên giám thống kê.", "12/BC-CTK"),
            *(True, None, 1, "", (), NOW, "account-1", "Trần Thị B"),
        )
        release = ReleaseFacts(RELEASE, "nso", {"vi": "Cục Thống kê"}, "cd" * 32, date(2026, 11, 1))
        self.sources = SimpleNamespace(facts=lambda wanted: {RELEASE: release} if wanted else {})
        self.results = SimpleNamespace(
            decisions=lambda wanted: {DECISION: decision} if wanted else {},
            published=lambda cycle, units: said,
            save_published=lambda cycle, entries, now: self.saved.extend(entries),
        )

    def publish(self, event: Event) -> None:
        self.events.append(event)

    def wake_up(self, task: str, queue: str) -> None:
        assert (task, queue) == ("ranking.drain_feeds", "ranking")


def told(said: Mapping[str, Published]) -> Desk:
    """What is published after what was said before."""
    desk: Any = Desk(said)
    of = Reviewed(in_force={("HN", "C1"): DECISION}, asked=(), held_up=(), compared=True)
    given = material()
    publish(desk, given, tally(desk, given.cohort(complete=True), of), ["HN"], cohort={"HN"})
    return desk  # type: ignore[no-any-return]


def test_the_message_is_the_golden_one_and_keeps_the_contract() -> None:
    (event,) = told({}).events
    assert (event.type, event.subject, event.subject_version) == ("unit_verified", "verification:year-2026/HN", 1)
    UnitVerified().load(event.data)
    text = json.dumps(event.data, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("UPDATE_EXAMPLES"):
        EXAMPLE.write_text(text, encoding="utf-8")
    assert text == EXAMPLE.read_text(encoding="utf-8")
    first, second, third = event.data["items"]
    assert (first["basis"], first["value"], first["decision"]["verdict"]) == ("decision", 70.0, "reject")
    assert (second["basis"], second["value"], second["observation"]["row"]) == ("source", 41.0, 3)
    assert (third["basis"], third["blocks_freeze"], third["observation"]) == ("none", True, None)


def test_a_question_to_the_unit_is_the_golden_one() -> None:
    events: list[Event] = []
    desk: Any = SimpleNamespace(
        now=NOW,
        steps=SimpleNamespace(save_requests=lambda requests: None),
        publish=events.append,
        wake_up=lambda task, queue: None,
    )
    asked = RequestRecord(
        *(uuid.UUID(int=0xA5C), "year-2026", "HN", "C1", 1, 2, "Vì sao chênh lệch so với Niên giám thống kê?"),
        *("province_officer", "Sở Tài chính", datetime(2026, 11, 29, 17, tzinfo=UTC), NOW),
        *("account-1", "Trần Thị B", "reviewer"),
    )
    tell_request(desk, asked)
    end_request(desk, asked, "withdrawn", "Đã có tài liệu.")
    first, last = events
    assert (first.type, first.subject) == ("explanation_request_recorded", "request:year-2026/HN/C1/1")
    assert (first.subject_version, last.subject_version, last.data["state"]) == (1, 2, "withdrawn")
    for event in events:
        assert set(ExplanationRequestRecorded(unknown=ma.RAISE).load(event.data)) == set(event.data)
    assert "Trần Thị B" not in str(first.data)
    text = json.dumps(first.data, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    example = EXAMPLE.with_name("explanation_request_recorded.json")
    if os.environ.get("UPDATE_EXAMPLES"):
        example.write_text(text, encoding="utf-8")
    assert text == example.read_text(encoding="utf-8")


@pytest.mark.parametrize("again", [1, 7])
def test_the_same_is_said_once_and_versions_only_grow(again: int) -> None:
    (said,) = told({}).saved
    assert told({"HN": said}).events == []
    older = Published("HN", again, "0" * 64, 1, True, ())
    (event,) = told({"HN": older}).events
    assert event.subject_version == again + 1
