"""What intake's use cases publish is what the contracts and their golden examples say.

After an intended, additive change: `UPDATE_EXAMPLES=1 pytest tests/contract/test_intake_messages.py`.
"""

import io
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import marshmallow as ma
import pytest

from services.intake.assessments.actions import attach_evidence
from services.intake.assessments.model import GivenEvidence
from services.intake.challenges.actions import answer, withdraw
from services.intake.covenants.actions import (
    GivenRecognition,
    GivenRevision,
    recognise_revision,
    revise_target,
    save_lines,
    sign_covenant,
)
from services.intake.covenants.model import Line
from services.intake.files.clients.folder import EvidenceFolder
from services.intake.questions.actions import GivenAnswer, save_answer, send_answer
from services.intake.submissions.actions import GivenDossier, submit
from shared.clock import FrozenClock
from shared.contracts.intake_v1 import (
    ChallengeRecorded,
    CovenantRecorded,
    CycleRecorded,
    ExplanationGiven,
    MeetingRecorded,
    SubmissionSent,
)
from tests.behaviours.intake_explanations import asks
from tests.builders.intake import CYCLE, administrator, an_open_cycle, leader, officer, said
from tests.builders.intake_rounds import a_running_round, challenged, position_on, signed
from tests.fakes.intake import FakeStore

EXAMPLES = Path(__file__).parents[2] / "shared" / "contracts" / "examples"
SCHEMAS: dict[str, type[ma.Schema]] = {
    "cycle_recorded": CycleRecorded,
    "submission_sent": SubmissionSent,
    "covenant_recorded": CovenantRecorded,
    "explanation_given": ExplanationGiven,
    "challenge_recorded": ChallengeRecorded,
    "meeting_recorded": MeetingRecorded,
}
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def published(tmp_path: Path) -> dict[str, Any]:
    """The newest event of each type after one small cycle."""
    intake = FakeStore(FrozenClock(datetime(2026, 11, 22, 3, tzinfo=UTC)))
    an_open_cycle(intake)
    document = GivenEvidence(document_number="12/BC-CTK", issuer="Cục Thống kê", issued_on=date(2026, 11, 1))
    files = EvidenceFolder(tmp_path)
    attach_evidence(intake, files, officer(), CYCLE, "HN", "C1", document, io.BytesIO(PDF), "Báo cáo.pdf")
    secret = GivenEvidence(document_number="05/BC-QS", reference_only=True)
    attach_evidence(intake, files, officer(), CYCLE, "HN", "C4", secret, None, None)
    save_lines(intake, officer(), CYCLE, "HN", [Line("C1", 6.0, baseline=5.5, note="Nghị quyết 1")], 0)
    sign_covenant(intake, leader(), CYCLE, "HN", 1, "20/GƯ", date(2026, 1, 15))
    revision = GivenRevision("C1", 5.0, "15/QĐ-TTg", date(2026, 11, 5), "Bão lũ")
    revise_target(intake, officer(), CYCLE, "HN", revision)
    act = GivenRecognition("force_majeure", "7/QĐ-BTĐKT", date(2026, 11, 20), "Thiên tai được công bố")
    recognise_revision(intake, administrator(), CYCLE, "HN", 1, act)
    given = [
        said("C1", 5.1, 20.4, note="Theo công bố", explanation="Làm tròn"),
        said("C2", 3, 15),
        said("C4", None, 18),
    ]
    dossier = GivenDossier(
        document_number="125/BC-UBND",
        issued_on=date(2026, 11, 20),
        signer="Lê Văn Ký",
        position="Phó Chủ tịch UBND",
        mandate="12/GUQ-UBND",
    )
    submit(intake, leader(), CYCLE, "HN", seen=2, given=given, dossier=dossier)
    recorded = {event.type: dict(event.data) for event in intake.events()}
    request = asks(intake).id
    answer = GivenAnswer(4.9, 19.6, "Số liệu điều chỉnh theo công bố chính thức.")
    save_answer(intake, officer(), CYCLE, "HN", request, answer, 0)
    send_answer(intake, leader(), CYCLE, "HN", request, 1)
    return _of_a_round(tmp_path) | {"explanation_given": dict(intake.events()[-1].data)} | recorded


def _of_a_round(folder: Path) -> dict[str, Any]:
    """The newest event of each type after one small cluster round."""
    intake, files = FakeStore(FrozenClock(datetime(2026, 11, 22, 3, tzinfo=UTC))), EvidenceFolder(folder)
    a_running_round(intake)
    challenged(intake)
    paper = GivenEvidence(document_number="9/BC-UBND", issuer="UBND tỉnh", issued_on=date(2026, 11, 21))
    answer(intake, officer(), CYCLE, "HN", "C1", 1, "Số liệu sơ bộ, sẽ theo số chính thức", paper)
    withdraw(intake, officer("HP"), CYCLE, "HN", "C1", 1, "Đã thống nhất")
    signed(intake, files)
    position_on(intake, officer("HP"), "HP", "dissent", about_unit="HN", criterion="C1", reason="Chưa thống nhất")
    return {event.type: dict(event.data) for event in intake.events()}


@pytest.mark.parametrize("name", SCHEMAS)
def test_events_are_the_golden_examples(published: dict[str, Any], name: str) -> None:
    path = EXAMPLES / f"{name}.json"
    if os.environ.get("UPDATE_EXAMPLES"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(published[name], ensure_ascii=False, indent=2, sort_keys=True) + "\n")
    assert published[name] == json.loads(path.read_text())


@pytest.mark.parametrize("name", SCHEMAS)
def test_examples_hold_every_field_of_the_contract(name: str) -> None:
    example = json.loads((EXAMPLES / f"{name}.json").read_text())
    assert SCHEMAS[name](unknown=ma.RAISE).load(example)
    assert set(example) == set(SCHEMAS[name]().fields)
