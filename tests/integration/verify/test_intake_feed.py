"""What intake's feed leaves in verify: read models, and screenings asked for exactly when they are due."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from services.verify import tables as t
from services.verify.claims import tables as claim_tables
from shared.plumbing.database import Database
from tests.integration.verify import intake as says
from tests.integration.verify.intake import Intake

Drain = Callable[[], int]
WORK = t.metadata.tables["work"]


def rows(database: Database, table: sa.Table, *conditions: Any) -> list[dict[str, Any]]:
    with database.reader() as connection:
        found = connection.execute(sa.select(table).where(*conditions).order_by(*table.primary_key)).mappings()
        return [dict(row) for row in found]


def asked(database: Database) -> list[str]:
    return sorted(row["key"] for row in rows(database, WORK))


def test_a_cycle_and_its_submissions_become_read_models(database: Database, intake: Intake, drain: Drain) -> None:
    intake.records(says.cycle())
    intake.receives(says.submission("AA", {"C1": 40.0, "C2": None, "C3": 60.0}))
    assert drain() == 2
    (cycle,) = rows(database, claim_tables.cycle)
    assert (cycle["council"], cycle["period"], cycle["notice"]["vi"]) == ("central", "2018", "Số liệu thật của WHO.")
    assert {(m["unit"], m["cluster"]) for m in rows(database, claim_tables.cycle_member)} == {
        ("AA", "NORTH"),
        ("BB", "NORTH"),
        ("CC", "SOUTH"),
    }
    assert {(i["criterion"], i["value"]) for i in rows(database, claim_tables.submission_item)} == {
        ("C1", 40.0),
        ("C2", None),
        ("C3", 60.0),
    }
    assert {e["document_number"] for e in rows(database, claim_tables.submission_evidence)} == {"12/BC-UBND"}


def test_a_unit_is_screened_alone_until_its_cluster_is_complete(
    database: Database, intake: Intake, drain: Drain, wake_ups: Any
) -> None:
    intake.records(says.cycle())
    intake.receives(says.submission("AA", {"C1": 40.0}))
    drain()
    assert asked(database) == ["ihr-2018/arrival/AA/2"]
    assert ("verify.screen", "verify") in wake_ups.sent
    intake.receives(says.submission("BB", {"C1": 50.0}))
    drain()
    assert asked(database) == ["ihr-2018/arrival/AA/2", "ihr-2018/cohort/1"]


def test_closing_intake_ends_the_waiting(database: Database, intake: Intake, drain: Drain) -> None:
    intake.records(says.cycle())
    intake.receives(says.submission("AA", {"C1": 40.0}))
    drain()
    intake.records(says.cycle(state="intake_closed"))
    drain()
    assert asked(database) == ["ihr-2018/arrival/AA/2", "ihr-2018/cohort/1"]
    # A late one comes into the cohort at once.
    intake.receives(says.submission("CC", {"C1": 40.0}, cluster="SOUTH"))
    drain()
    assert asked(database)[-1] == "ihr-2018/cohort/2"


def test_the_same_messages_again_change_nothing(database: Database, intake: Intake, drain: Drain) -> None:
    intake.records(says.cycle())
    intake.receives(says.submission("AA", {"C1": 40.0}), says.submission("BB", {"C1": 50.0}))
    drain()
    tables = [
        claim_tables.cycle,
        claim_tables.cycle_member,
        claim_tables.submission,
        claim_tables.submission_item,
        claim_tables.submission_evidence,
        WORK,
    ]
    before = [rows(database, table) for table in tables]
    for event in list(intake.events):
        intake.says(event["type"], event["subject"], event["subject_version"], event["data"])
    drain()
    # A restore that lost nothing: another identity, everything again from the beginning.
    intake.restore(len(intake.events))
    drain()
    for table, old in zip(tables, before, strict=True):
        new = rows(database, table)
        for row in (*old, *new):
            row.pop("recorded_at", None)
        assert new == old


def test_after_a_restore_the_older_version_counts_again(database: Database, intake: Intake, drain: Drain) -> None:
    intake.records(says.cycle())
    intake.receives(says.submission("AA", {"C1": 40.0}))
    intake.receives(says.submission("AA", {"C1": 90.0}, number=2))
    drain()
    intake.restore(2)
    drain()
    (member,) = rows(database, claim_tables.cycle_member, claim_tables.cycle_member.c.unit == "AA")
    (current,) = rows(database, claim_tables.submission, claim_tables.submission.c.id == member["submission"])
    assert current["number"] == 1
    # Screened again, although the same content was screened before.
    assert asked(database)[-1] == f"ihr-2018/arrival/AA/{member['changes']}"
    assert len(rows(database, claim_tables.submission)) == 2, "what was received once is kept"


def test_a_submission_waits_for_its_cycle(database: Database, intake: Intake, drain: Drain) -> None:
    intake.receives(says.submission("AA", {"C1": 40.0}))
    assert drain() == 0
    assert rows(database, claim_tables.submission) == []
    intake.records(says.cycle())
    assert drain() == 2
    assert len(rows(database, claim_tables.submission)) == 1


def test_another_framework_has_everybody_screened_again(database: Database, intake: Intake, drain: Drain) -> None:
    intake.records(says.cycle())
    intake.receives(says.submission("AA", {"C1": 40.0}))
    drain()
    intake.records(says.cycle(title={"vi": "Tên mới", "en": "New name"}))
    drain()
    assert asked(database) == ["ihr-2018/arrival/AA/2"], "a new title is nothing to screen again for"
    intake.records(says.cycle(framework=says.framework(rounding=1)))
    drain()
    assert asked(database) == ["ihr-2018/arrival/AA/2", "ihr-2018/arrival/AA/3"]


def test_a_framework_that_is_not_what_its_hash_says_is_not_taken(
    database: Database, intake: Intake, drain: Drain
) -> None:
    intake.records(says.cycle(framework_sha256="b" * 64))
    drain()
    assert rows(database, claim_tables.cycle) == []
    (waiting,) = rows(database, t.metadata.tables["feed_waiting"])
    assert waiting["error"] == "ValueError"


def test_members_that_leave_take_their_items_with_them(database: Database, intake: Intake, drain: Drain) -> None:
    intake.records(says.cycle())
    intake.receives(says.submission("AA", {"C1": 40.0}))
    drain()
    intake.records(says.cycle(clusters={"NORTH": ["BB"], "WEST": ["CC"]}))
    drain()
    assert {m["unit"]: m["cluster"] for m in rows(database, claim_tables.cycle_member)} == {"BB": "NORTH", "CC": "WEST"}
    assert {c["cluster"] for c in rows(database, claim_tables.cycle_cluster)} == {"NORTH", "WEST"}
    intake.records(says.cycle())
    drain()
    (back,) = rows(database, claim_tables.cycle_member, claim_tables.cycle_member.c.unit == "AA")
    assert back["submission"] is not None, "what was sent before is found again"


def test_revoked_sessions_are_remembered(database: Database, intake: Intake, drain: Drain) -> None:
    intake.says("sessions_revoked", "account:7", 1, {"account": "7", "before": "2026-03-01T08:00:00+00:00"})
    intake.says("sessions_revoked", "account:7", 2, {"account": "7", "before": "2026-02-01T08:00:00+00:00"})
    drain()
    (row,) = rows(database, claim_tables.revoked_session)
    assert row["before"] == says.MOMENT


def test_many_submissions_arrive_in_one_drain(database: Database, intake: Intake, drain: Drain) -> None:
    units = [f"U{number:03}" for number in range(150)]
    intake.records(says.cycle(clusters={"ALL": units}))
    intake.receives(*(says.submission(unit, {"C1": 50.0, "C3": 10.0}, cluster="ALL") for unit in units))
    assert drain() == 151
    assert len(rows(database, claim_tables.submission)) == 150
    assert asked(database)[-1] == "ihr-2018/cohort/1"
