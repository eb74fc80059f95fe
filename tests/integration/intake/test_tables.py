"""What the migration makes is what the tables say, and the application role cannot rewrite history."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.intake.administration.actions import close_intake, create_cycle, open_cycle
from services.intake.adoption.actions import confirm, propose, take_position
from services.intake.assessments.queries import read_draft
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
from services.intake.cycles.actions import GivenExtension, extend
from services.intake.files.model import Verdict
from services.intake.meetings import actions as meetings_actions
from services.intake.meetings.actions import record_meeting
from services.intake.ports import EvidenceFiles
from services.intake.questions.actions import GivenAnswer, save_answer, send_answer
from services.intake.rounds.actions import declare_round
from services.intake.store import SqlStore, metadata
from services.intake.submissions.actions import submit, take_step
from shared.people import Actor
from shared.plumbing.database import Database
from tests.behaviours.intake_explanations import asks
from tests.builders.intake import (
    CYCLE,
    FRAMEWORK,
    a_directory,
    administrator,
    attach,
    leader,
    new_cycle,
    officer,
    said,
)
from tests.builders.intake_rounds import a_meeting, challenged, given_round, head, minutes
from tests.servers import TestDatabase

APPEND_ONLY = (
    "framework",
    "covenant_signature",
    "proposal",
    "proposal_position",
    "proposal_confirmation",
    "covenant_revision",
    "covenant_recognition",
    "cycle_extension",
    "cycle_round",
    "challenge",
    "challenge_answer",
    "challenge_withdrawal",
    "meeting_version",
    "meeting_position",
    "round_file",
    "cycle_cluster",
    "cycle_member",
    "submission",
    "submission_reception",
    "evidence_file",
    "evidence_upload",
    "explanation_answer",
    "history",
    "notice",
    "evidence_scan",
    "evidence_deletion",
    "outbox_event",
)


def test_the_migration_makes_the_tables(fresh: TestDatabase) -> None:
    engine = sa.create_engine(fresh.owner_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


@pytest.fixture
def filled(intake: SqlStore, files: EvidenceFiles, hire: Callable[[Actor], Actor]) -> SqlStore:
    hire(officer())
    a_directory(intake)
    create_cycle(intake, administrator(), new_cycle())
    propose(intake, administrator(), CYCLE, FRAMEWORK, "Như năm trước")
    take_position(intake, officer("HP"), CYCLE, 1, "HP", "approve", "")
    confirm(intake, administrator(), CYCLE, 1, "3/QĐ-BTĐKT")
    open_cycle(intake, administrator(), CYCLE)
    attach(intake, files)
    sha256 = next(iter(read_draft(intake, officer(), CYCLE, "HN").draft.claims["C1"].evidence)).sha256
    assert sha256
    with intake.unit_of_work() as uow:
        uow.retention.add_scan(sha256, Verdict(True), uow.now)
        uow.retention.add_deletion(sha256, "QĐ 1", uow.now)
        uow.commit()
    save_lines(intake, officer(), CYCLE, "HN", [Line("C1", 6)], 0)
    sign_covenant(intake, leader(), CYCLE, "HN", 1)
    revise_target(intake, officer(), CYCLE, "HN", GivenRevision("C1", 5, "1/QĐ", date(2026, 11, 5), "Bão"))
    act = GivenRecognition("reassigned", "2/QĐ", date(2026, 11, 6), "Giao lại")
    recognise_revision(intake, administrator(), CYCLE, "HN", 1, act)
    submit(intake, leader(), CYCLE, "HN", seen=1)
    submit(intake, leader("HP"), CYCLE, "HP", seen=None, given=[said("C1", 5, 20)])
    take_step(intake, administrator(), CYCLE, "HN", 1, "received")
    extend(intake, administrator(), CYCLE, GivenExtension(date(2026, 12, 31), "Bão số 9"))
    request = asks(intake).id
    save_answer(intake, officer(), CYCLE, "HN", request, GivenAnswer(5, 20, "Đính chính"), 0)
    send_answer(intake, leader(), CYCLE, "HN", request, 1)
    _play_round(intake, files)
    return intake


def _play_round(intake: SqlStore, files: object) -> None:
    close_intake(intake, administrator(), CYCLE)
    declare_round(intake, administrator(), CYCLE, given_round())
    challenged(intake)
    answer(intake, officer("HN"), CYCLE, "HN", "C1", 1, "Đã rõ", None)
    withdraw(intake, officer("HP"), CYCLE, "HN", "C1", 1, "")
    alone = {"own_file_chair_unit": None, "own_file_chair": "Đại diện Ban"}  # nobody is the deputy here
    given = a_meeting(**alone, minutes=minutes(intake, files))  # type: ignore[arg-type]
    record_meeting(intake, head(), CYCLE, "K1", None, given)
    meetings_actions.take_position(intake, officer("HN"), CYCLE, "K1", 1, version=1, unit="HN", kind="confirm")


def refused(database: Database, statement: str) -> bool:
    """Whether PostgreSQL denies the application role the statement."""
    with database.engine.connect() as connection:
        try:
            connection.execute(sa.text(statement))
        except sa.exc.ProgrammingError as error:
            return "permission denied" in str(error)
    return False


def test_history_cannot_be_rewritten(filled: SqlStore, database: Database) -> None:
    for name in APPEND_ONLY:
        column = list(metadata.tables[name].columns)[-1].name
        with database.engine.connect() as connection:
            assert connection.execute(sa.select(sa.func.count()).select_from(metadata.tables[name])).scalar_one() > 0
        assert refused(database, f"UPDATE {name} SET {column} = {column}"), name
        assert refused(database, f"DELETE FROM {name}"), name
        assert refused(database, f"TRUNCATE {name}"), name


def test_the_application_deletes_nothing_but_sessions_and_limits(database: Database) -> None:
    deletable = {name for name in metadata.tables if not refused(database, f"DELETE FROM {name}")}
    assert deletable == {"browser_session", "sign_in_limit", "feed_subject", "feed_waiting"}


def test_a_cycle_keeps_what_it_was_made_of(database: Database) -> None:
    for column in ("code", "council_id", "deadline_at", "synthetic"):
        assert refused(database, f"UPDATE cycle SET {column} = {column}"), column


def test_the_criteria_of_an_open_cycle_are_locked_by_the_database_itself(fresh: TestDatabase, filled: SqlStore) -> None:
    engine = sa.create_engine(fresh.owner_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="criteria of an open cycle"):
        connection.execute(sa.text("UPDATE cycle SET framework_sha256 = 'other'"))
    engine.dispose()


def test_validity_periods_exclude_each_other_in_the_database_itself(fresh: TestDatabase, filled: SqlStore) -> None:
    engine = sa.create_engine(fresh.owner_url.replace("postgresql://", "postgresql+psycopg://"))
    again = "INSERT INTO membership (unit_id, cluster_id, during) SELECT unit_id, cluster_id, during FROM membership"
    with engine.connect() as connection:
        connection.execute(sa.text(again))
        with pytest.raises(sa.exc.IntegrityError, match="ex_membership_unit"):
            connection.commit()
        connection.rollback()
        other_head = "SELECT cluster_id, unit_id + 1, 'head', during FROM headship"
        connection.execute(sa.text(f"INSERT INTO headship (cluster_id, unit_id, position, during) {other_head}"))
        with pytest.raises(sa.exc.IntegrityError, match="ex_headship_head"):
            connection.commit()
    engine.dispose()
