"""Files are scanned before others read them, and deleted when their period is over: on the fake and on PostgreSQL."""

import io
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from services.intake.administration.actions import archive_cycle, close_intake, create_cycle, open_cycle
from services.intake.assessments.actions import attach_evidence
from services.intake.assessments.model import GivenEvidence
from services.intake.files.actions import delete_expired_files, scan_files, set_rule
from services.intake.files.clients.folder import EvidenceFolder
from services.intake.files.clients.scanners import CommandScanner
from services.intake.files.queries import read_file_states, read_retention
from services.intake.inbox.queries import read_inbox
from services.intake.ports import Store
from services.intake.submissions import actions as submissions_actions
from services.intake.submissions.queries import find_evidence, read_submissions
from shared.clock import FrozenClock
from shared.contracts.refusals import BadInput, Kind, Refusal
from shared.people import Actor
from tests.builders.intake import (
    CYCLE,
    PDF,
    administrator,
    an_open_cycle,
    leader,
    new_cycle,
    officer,
    reviewer,
)

Hire = Callable[[Actor], Actor]
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
# A scanner of a few lines: it knows one signature, and fails where it cannot read.
SCANNER = """
import sys
content = open(sys.argv[-1], "rb").read()
if b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE" in content:
    print(sys.argv[-1] + ": Eicar-Test-Signature")
    sys.exit(1)
"""


@pytest.fixture
def scanner(tmp_path: Path) -> CommandScanner:
    program = tmp_path / "scanner.py"
    program.write_text(SCANNER)
    return CommandScanner((sys.executable, str(program)))


@pytest.fixture
def guarded(tmp_path: Path) -> EvidenceFolder:
    """A folder of files in front of which a scanner stands."""
    return EvidenceFolder(tmp_path / "guarded", scanned=True)


def bring(intake: Store, files: EvidenceFolder, content: bytes = PDF, cycle: str = CYCLE) -> str:
    given = GivenEvidence(document_number="12/BC")
    stream = io.BytesIO(content)
    _, entry = attach_evidence(intake, files, officer(), cycle, "HN", "C1", given, stream, "Báo cáo.pdf")
    assert entry.sha256
    return entry.sha256


def submit(intake: Store) -> None:
    submissions_actions.submit(intake, leader(), CYCLE, "HN", seen=1)


def code_of(intake: Store, files: EvidenceFolder, actor: Actor, sha256: str) -> str:
    """`there`, or the code of the refusal."""
    try:
        path, _ = find_evidence(intake, files, actor, CYCLE, "HN", sha256)
    except Refusal as refusal:
        return refusal.code
    assert path.is_file()
    return "there"


def test_others_read_a_file_once_it_was_scanned(
    intake: Store, guarded: EvidenceFolder, scanner: CommandScanner
) -> None:
    an_open_cycle(intake)
    sha256 = bring(intake, guarded)
    submit(intake)
    seen = [code_of(intake, guarded, actor, sha256) for actor in (officer(), reviewer(), administrator())]
    assert seen == ["there", "evidence_not_scanned", "evidence_not_scanned"]
    away = CommandScanner(("/no/such/program",))
    broken = CommandScanner((sys.executable, "-c", "import sys; sys.exit(2)"))
    assert (scan_files(intake, guarded, away), scan_files(intake, guarded, broken)) == (0, 0)
    assert code_of(intake, guarded, reviewer(), sha256) == "evidence_not_scanned"
    assert (scan_files(intake, guarded, scanner), scan_files(intake, guarded, scanner)) == (1, 0)
    assert code_of(intake, guarded, reviewer(), sha256) == "there"
    assert read_file_states(intake, officer(), CYCLE, [sha256])[sha256].scan == "clean"


def test_a_file_that_no_scanner_can_read_keeps_nobody_waiting(intake: Store, guarded: EvidenceFolder) -> None:
    an_open_cycle(intake)
    bring(intake, guarded, PDF + b"unreadable")
    bring(intake, guarded)
    fails = "import sys; sys.exit(2 if b'unreadable' in open(sys.argv[-1], 'rb').read() else 0)"
    scanner = CommandScanner((sys.executable, "-c", fails))
    assert scan_files(intake, guarded, scanner) == 1
    assert scan_files(intake, guarded, scanner) == 0


def test_what_the_scanner_refuses_nobody_gets_and_the_unit_is_told(
    intake: Store, guarded: EvidenceFolder, scanner: CommandScanner, hire: Hire
) -> None:
    own = hire(officer())
    an_open_cycle(intake)
    sha256 = bring(intake, guarded, PDF + EICAR)
    submit(intake)
    assert scan_files(intake, guarded, scanner) == 1
    seen = {code_of(intake, guarded, actor, sha256) for actor in (officer(), reviewer(), administrator())}
    assert seen == {"evidence_refused"}
    first = read_inbox(intake, own).entries[0]
    assert (first.kind.code, first.detail) == ("evidence_refused", "Eicar-Test-Signature")
    with pytest.raises(Refusal) as caught:
        bring(intake, guarded, PDF + EICAR)  # the same once more
    assert caught.value.kind is Kind.UNSUPPORTED


def test_without_a_scanner_files_are_handed_out_as_before(intake: Store, files: EvidenceFolder) -> None:
    an_open_cycle(intake)
    sha256 = bring(intake, files)
    submit(intake)
    assert code_of(intake, files, reviewer(), sha256) == "there"


def test_files_go_when_their_period_is_over_and_not_before(
    intake: Store, files: EvidenceFolder, clock: FrozenClock
) -> None:
    board = administrator()
    an_open_cycle(intake)
    sha256 = bring(intake, files)
    submit(intake)
    set_rule(intake, board, CYCLE, 5, "Thông tư 10/2022/TT-BNV")
    view = read_retention(intake, reviewer(), CYCLE)
    assert (view.until, view.is_over, view.files) == (date(2031, 12, 21), False, [])
    clock.moment = datetime(2031, 12, 22, 3, tzinfo=UTC)
    assert delete_expired_files(intake, files) == 0  # the cycle is not archived
    clock.moment = datetime(2031, 12, 20, 3, tzinfo=UTC)
    close_intake(intake, board, CYCLE)
    archive_cycle(intake, board, CYCLE)
    assert delete_expired_files(intake, files) == 0  # one day is left
    clock.moment = datetime(2031, 12, 22, 3, tzinfo=UTC)
    listed = read_retention(intake, board, CYCLE)
    assert ([one.sha256 for one in listed.files], listed.count, listed.size) == ([sha256], 1, len(PDF))
    assert read_retention(intake, reviewer(), CYCLE).files == []  # only administrators see the list
    assert code_of(intake, files, reviewer(), sha256) == "there"  # looking deletes nothing
    assert (delete_expired_files(intake, files), delete_expired_files(intake, files)) == (1, 0)
    assert files.path(sha256) is None
    assert code_of(intake, files, reviewer(), sha256) == "evidence_deleted"
    [sent] = read_submissions(intake, reviewer(), CYCLE, "HN").submissions
    assert sent.content["items"][0]["evidence"][0]["sha256"] == sha256  # hash and data stay
    with intake.view() as look:
        actions = [row.action for row in look.history.of(f"assessment:{CYCLE}/HN")]
    assert actions[0] == "evidence_deleted"


def test_a_file_that_another_cycle_holds_stays(intake: Store, files: EvidenceFolder, clock: FrozenClock) -> None:
    board = administrator()
    an_open_cycle(intake)
    create_cycle(intake, board, new_cycle(code="year-2027", period="2027"))
    open_cycle(intake, board, "year-2027")
    sha256 = bring(intake, files)
    set_rule(intake, board, CYCLE, 1, "QĐ 1")
    close_intake(intake, board, CYCLE)
    archive_cycle(intake, board, CYCLE)
    bring(intake, files, cycle="year-2027")
    clock.moment = datetime(2030, 1, 1, 3, tzinfo=UTC)
    assert delete_expired_files(intake, files) == 0
    assert files.path(sha256) is not None


def test_a_deleted_file_that_is_brought_again_is_there_again(
    intake: Store, files: EvidenceFolder, clock: FrozenClock
) -> None:
    board = administrator()
    an_open_cycle(intake)
    create_cycle(intake, board, new_cycle(code="year-2027", period="2027"))
    open_cycle(intake, board, "year-2027")
    sha256 = bring(intake, files)
    set_rule(intake, board, CYCLE, 1, "QĐ 1")
    close_intake(intake, board, CYCLE)
    archive_cycle(intake, board, CYCLE)
    clock.moment = datetime(2030, 1, 1, 3, tzinfo=UTC)
    assert delete_expired_files(intake, files) == 1
    clock.forward(hours=1)
    assert bring(intake, files, cycle="year-2027") == sha256
    assert read_file_states(intake, board, CYCLE, [sha256])[sha256].deleted_at is None
    assert delete_expired_files(intake, files) == 0


def test_a_period_needs_a_document_and_an_administrator(intake: Store) -> None:
    an_open_cycle(intake)
    assert read_retention(intake, officer(), CYCLE).rule is None
    for years, source in ((0, "QĐ 1"), (101, "QĐ 1"), (5, " ")):
        with pytest.raises(BadInput):
            set_rule(intake, administrator(), CYCLE, years, source)
    for actor in (officer(), reviewer()):
        with pytest.raises(Refusal):
            set_rule(intake, actor, CYCLE, 5, "QĐ 1")
