"""Screenings on a real database: once, whole, of the newest inputs, whoever runs them and whatever dies."""

import io
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from services.verify import tables as t
from services.verify.claims import tables as claim_tables
from services.verify.claims.model import KIND
from services.verify.renewal import tasks
from services.verify.renewal.actions import screen as screening_usecase
from services.verify.renewal.actions.screen import run_screening
from services.verify.renewal.tasks import held
from services.verify.reviews import tables as review_tables
from services.verify.settings import VerifySettings
from services.verify.sources import tables as source_tables
from services.verify.store import SqlStore
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.verify_v1 import UnitVerified
from shared.plumbing import work as work_rows
from shared.plumbing.database import Database
from shared.plumbing.leases import LeaseLost
from tests.integration.verify import intake as says
from tests.integration.verify.intake import Intake
from tests.integration.verify.people import ADMINISTRATOR, LEAD, RATER, REVIEWER, STRANGER, Town
from tests.integration.verify.rounds import Round

Drain = Callable[[], int]
WORK, OUTBOX = t.metadata.tables["work"], t.metadata.tables["outbox_event"]
JEE = {"source": "jee", "council": "central", "title": {"en": "JEE"}, "publisher": {"en": "WHO"}}


def rows(database: Database, table: sa.Table, *conditions: Any) -> list[dict[str, Any]]:
    with database.reader() as connection:
        found = connection.execute(sa.select(table).where(*conditions).order_by(*table.primary_key)).mappings()
        return [dict(row) for row in found]


def item(database: Database, unit: str, criterion: str) -> dict[str, Any]:
    (row,) = rows(
        database,
        review_tables.review_item,
        review_tables.review_item.c.unit == unit,
        review_tables.review_item.c.criterion == criterion,
    )
    return row


def events(database: Database, unit: str) -> list[dict[str, Any]]:
    found = rows(database, OUTBOX, OUTBOX.c.subject == f"verification:ihr-2018/{unit}")
    for event in found:
        UnitVerified().load(event["data"])
    assert [event["subject_version"] for event in found] == list(range(1, len(found) + 1))
    return found


def counted(event: dict[str, Any], criterion: str) -> dict[str, Any]:
    return next(entry for entry in event["data"]["items"] if entry["criterion"] == criterion)


def publish_figures(town: Town, raw: str, source: str = "jee", **form: str) -> None:
    client = town.client(ADMINISTRATOR)
    client.post("/v1/sources", json=JEE | {"source": source})
    data = {"cycle": "ihr-2018", "published_on": "2026-02-01", "file": (io.BytesIO(raw.encode()), "f.csv")} | form
    answer = town.client(RATER).post(f"/v1/sources/{source}/releases", data=data)
    assert answer.status_code == 201, answer.json


@pytest.fixture
def settings(town: Town) -> VerifySettings:
    return town.settings


@pytest.fixture
def screen(database: Database, settings: VerifySettings) -> Callable[[], int]:
    """Runs all screenings that wait."""
    return lambda: tasks.screen_all(database, SqlStore(database), settings)


def full_round(intake: Intake, **values: float) -> None:
    """A cycle with everybody's self-assessment; AA claims 90 for C1, others 50."""
    intake.records(says.cycle())
    for unit, cluster in (("AA", "NORTH"), ("BB", "NORTH"), ("CC", "SOUTH")):
        claims = {"C1": values.get(unit, 50.0), "C2": 50.0, "C3": 50.0}
        intake.receives(says.submission(unit, claims, cluster=cluster))


def test_on_arrival_only_rules_speak(database: Database, intake: Intake, drain: Drain, screen: Any, town: Town) -> None:
    intake.records(says.cycle())
    drain()
    publish_figures(town, "unit,indicator,value\nAA,C1,40\n")
    claims = {"C1": 90.0, "C2": 50.0, "C3": 50.0}
    intake.receives(says.submission("AA", claims, evidence=(), points={"C1": 90.0, "C2": 70.0, "C3": 50.0}))
    drain()
    assert screen() == 1
    assert item(database, "AA", "C1")["codes"] == ["SOURCE_CONFLICT"]
    assert item(database, "AA", "C2")["codes"] == ["ARITHMETIC"]
    assert item(database, "AA", "C3")["codes"] == ["EVIDENCE_MISSING"]
    assert not any(row["flagged"] or row["cohort"] for row in rows(database, review_tables.review_item))
    (event,) = events(database, "AA")
    assert event["data"]["cohort_screened"] is False
    outside = counted(event, "C1")
    assert (outside["state"], outside["basis"], outside["blocks_freeze"]) == ("contested", "none", True)
    assert outside["observation"]["row"] == 2
    assert outside["observation"]["value"] == 40.0
    (release,) = rows(database, source_tables.release)
    assert outside["observation"]["release_sha256"] == release["raw_sha256"]


def test_the_cohort_is_screened_when_nobody_is_waited_for(
    database: Database, intake: Intake, drain: Drain, screen: Any, town: Town, wake_ups: Any
) -> None:
    full_round(intake, AA=90.0)
    drain()
    publish_figures(town, "unit,indicator,value\nAA,C1,40\nBB,C1,45\n")
    screen()
    assert all(row["cohort"] for row in rows(database, review_tables.review_item))
    assert item(database, "AA", "C1")["flagged"]
    within = item(database, "BB", "C1")
    assert (within["state"], within["basis"], within["value"], within["review"]) == (
        "verified",
        "source",
        45.0,
        "closed",
    )
    assert ("ranking.drain_feeds", "ranking") in wake_ups.sent
    assert {counted(events(database, "BB")[-1], "C1")["value"]} == {45.0}
    assert events(database, "CC")[-1]["data"]["cohort_screened"] is True
    (cycle,) = rows(database, claim_tables.cycle)
    assert cycle["notes"], "what did not run is said"


def test_the_same_again_says_nothing_new(
    database: Database, intake: Intake, drain: Drain, screen: Any, town: Town
) -> None:
    full_round(intake, AA=90.0)
    drain()
    publish_figures(town, "unit,indicator,value\nAA,C1,40\n")
    screen()
    before = [rows(database, table) for table in (review_tables.review_item, review_tables.finding, OUTBOX)]
    # Another file with the same figure: everything is looked at again, and nothing is different but its provenance.
    intake.records(says.cycle(state="intake_closed"))
    drain()
    assert screen() == 1
    after = [rows(database, table) for table in (review_tables.review_item, review_tables.finding, OUTBOX)]
    assert after == before


def test_two_workers_share_the_work_and_double_nothing(
    database: Database, intake: Intake, drain: Drain, settings: VerifySettings
) -> None:
    units = [f"U{number:02}" for number in range(12)]
    intake.records(says.cycle(clusters={"ALL": [*units, "LATE"]}))
    intake.receives(*(says.submission(unit, {"C1": 50.0, "C3": 10.0}, cluster="ALL") for unit in units))
    drain()
    counts: list[int] = []
    workers = [
        threading.Thread(target=lambda: counts.append(tasks.screen_all(database, SqlStore(database), settings)))
        for _ in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(counts) == 12
    assert {row["state"] for row in rows(database, WORK)} == {"done"}
    assert len(rows(database, OUTBOX)) == 12
    assert all(len(events(database, unit)) == 1 for unit in units)


def test_a_result_of_old_inputs_is_thrown_away(
    database: Database, intake: Intake, drain: Drain, screen: Any, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake.records(says.cycle())
    intake.receives(says.submission("AA", {"C1": 40.0}))
    drain()
    work = work_rows.claim(database, KIND)
    assert work is not None
    real = screening_usecase.screen

    def while_a_new_version_arrives(*arguments: Any) -> Any:
        intake.receives(says.submission("AA", {"C1": 70.0}, number=2))
        drain()
        return real(*arguments)

    monkeypatch.setattr(screening_usecase, "screen", while_a_new_version_arrives)
    assert run_screening(store, work) == "discarded"
    assert (
        rows(database, review_tables.review_item)
        == rows(database, review_tables.finding)
        == rows(database, OUTBOX)
        == []
    )
    monkeypatch.setattr(screening_usecase, "screen", real)
    assert screen() == 1
    assert item(database, "AA", "C1")["claimed_value"] == 70.0


def test_a_release_during_the_screening_makes_it_old(
    database: Database, intake: Intake, drain: Drain, screen: Any, store: SqlStore, town: Town, monkeypatch: Any
) -> None:
    full_round(intake)
    drain()
    while (work := work_rows.claim(database, KIND)) is not None and work.key != "ihr-2018/cohort/2":
        assert run_screening(store, work) == "discarded", "whatever came before the cluster was complete is outdated"
    assert work is not None
    real = screening_usecase.screen

    def while_figures_arrive(*arguments: Any) -> Any:
        publish_figures(town, "unit,indicator,value\nCC,C1,50\n")
        return real(*arguments)

    monkeypatch.setattr(screening_usecase, "screen", while_figures_arrive)
    assert run_screening(store, work) == "discarded"
    monkeypatch.setattr(screening_usecase, "screen", real)
    screen()
    assert item(database, "CC", "C1")["state"] == "verified"


def test_whoever_lost_the_lease_writes_nothing(
    database: Database, intake: Intake, drain: Drain, screen: Any, store: SqlStore
) -> None:
    intake.records(says.cycle())
    intake.receives(says.submission("AA", {"C1": 40.0}))
    drain()
    lost = work_rows.claim(database, KIND, lease_seconds=-1)
    assert lost is not None
    assert screen() == 1, "the row is taken over when its lease is over"
    before = rows(database, review_tables.review_item)
    with pytest.raises(LeaseLost):
        run_screening(store, lost)
    assert rows(database, review_tables.review_item) == before
    assert len(events(database, "AA")) == 1


def test_what_breaks_is_tried_again_and_then_shown(
    database: Database, intake: Intake, drain: Drain, screen: Any, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake.records(says.cycle())
    intake.receives(says.submission("AA", {"C1": 40.0}))
    drain()

    def breaks(*arguments: Any) -> Any:
        raise ArithmeticError("on purpose")

    monkeypatch.setattr(screening_usecase, "screen", breaks)
    assert screen() == 5
    (work,) = rows(database, WORK)
    assert (work["state"], work["error"]) == ("failed", "ArithmeticError")
    assert rows(database, review_tables.review_item) == []
    lead = town.client(LEAD)
    assert lead.get("/v1/cycles/ihr-2018").json["screenings"] == {"waiting": 0, "running": 0, "failed": 1}
    assert "1 lượt" in town.browser(LEAD).get("/cycles/ihr-2018").text
    # Mended and asked for again: nothing is missing any more.
    monkeypatch.undo()
    assert town.client(REVIEWER).post("/v1/cycles/ihr-2018/screenings").status_code == 403
    assert town.client(STRANGER).post("/v1/cycles/ihr-2018/screenings").status_code == 403
    again = lead.post("/v1/cycles/ihr-2018/screenings")
    assert (again.status_code, again.json) == (202, {"asked": 1})
    assert screen() == 1
    assert lead.get("/v1/cycles/ihr-2018").json["screenings"]["failed"] == 0
    assert len(rows(database, review_tables.review_item)) == 1


def test_a_lease_is_renewed_while_the_work_goes_on(database: Database, intake: Intake, drain: Drain) -> None:
    intake.records(says.cycle())
    intake.receives(says.submission("AA", {"C1": 40.0}))
    drain()
    work = work_rows.claim(database, KIND, lease_seconds=0.6)
    assert work is not None
    with held(database, work, 0.6):
        time.sleep(1.5)
        assert work_rows.claim(database, KIND, lease_seconds=0.6) is None
    time.sleep(0.8)
    assert work_rows.claim(database, KIND) is not None


def test_who_waits_too_long_is_asked_to_come_back(review_round: Round) -> None:
    with review_round.database.unit_of_work() as uow:
        uow.connection.execute(sa.select(claim_tables.cycle).with_for_update())
        impatient = Database(review_round.database.engine.url.render_as_string(hide_password=False))
        store = SqlStore(impatient)

        def wait() -> None:
            with store.unit_of_work() as uow:
                uow.uow.connection.execute(sa.text("SET LOCAL lock_timeout = '100ms'"))
                uow.cycles.lock(["ihr-2018"])

        with pytest.raises(Refusal) as refused:
            wait()
        assert refused.value.kind is Kind.UNAVAILABLE
        impatient.close()


def test_decisions_stand_until_the_facts_change(
    database: Database, intake: Intake, drain: Drain, screen: Any, store: SqlStore
) -> None:
    """Covered from the deciding side in test_decisions; here: a resubmission with another value opens the item."""
    full_round(intake)
    drain()
    screen()
    assert item(database, "AA", "C3")["review"] == "open", "undecided without a source: the freeze waits for it"
    version = item(database, "AA", "C3")["version"]
    intake.receives(says.submission("AA", {"C1": 50.0, "C2": 50.0, "C3": 60.0}, number=2))
    drain()
    screen()
    changed = item(database, "AA", "C3")
    assert (changed["claimed_value"], changed["version"]) == (60.0, version + 1)


def test_claims_that_are_gone_leave_no_item(database: Database, intake: Intake, drain: Drain, screen: Any) -> None:
    full_round(intake)
    drain()
    screen()
    intake.receives(says.submission("AA", {"C1": 50.0}, number=2))
    drain()
    screen()
    assert [
        row["criterion"] for row in rows(database, review_tables.review_item, review_tables.review_item.c.unit == "AA")
    ] == ["C1"]
    latest = events(database, "AA")[-1]
    assert counted(latest, "C3") | {"target": None} == {
        "criterion": "C3", "state": "unverifiable", "basis": "none", "blocks_freeze": False, "left_out": False,
        "value": None, "points": None, "target": None, "claimed_value": None, "self_points": None,
        "observation": None, "decision": None,
    }  # fmt: skip


def test_the_newest_release_counts_and_may_take_a_figure_back(
    database: Database, intake: Intake, drain: Drain, screen: Any, town: Town
) -> None:
    full_round(intake)
    drain()
    publish_figures(town, "unit,indicator,value\nAA,C1,45\n", published_on="2026-02-02")
    publish_figures(town, "unit,indicator,value\nAA,C1,44\n", published_on="2026-02-01")
    screen()
    assert item(database, "AA", "C1")["value"] == 45.0
    publish_figures(town, "unit,indicator,value\nAA,C1,46\n", published_on="2026-02-03", status="preliminary")
    screen()
    newest = item(database, "AA", "C1")
    assert (newest["value"], newest["state"]) == (46.0, "provisional")
    publish_figures(town, "unit,indicator,value\nAA,C1,\n", published_on="2026-02-04")
    screen()
    taken_back = item(database, "AA", "C1")
    assert (taken_back["observation"], taken_back["state"]) == (None, "unverifiable")


def test_an_older_period_never_replaces_a_value(
    database: Database, intake: Intake, drain: Drain, screen: Any, town: Town
) -> None:
    full_round(intake)
    drain()
    publish_figures(town, "unit,indicator,period,value\nAA,C1,2017,50\n")
    screen()
    older = item(database, "AA", "C1")
    assert (older["state"], older["value"], older["blocks_freeze"]) == ("provisional", None, True)
    assert older["observation"]["period"] == "2017"


def test_what_nobody_can_check_may_be_left_out_for_the_whole_cluster(
    database: Database, intake: Intake, drain: Drain, screen: Any, town: Town
) -> None:
    document = says.framework(uncorroborated="left_out")
    cycle = says.cycle(framework=document)
    intake.records(cycle)
    for unit, cluster in (("AA", "NORTH"), ("BB", "NORTH"), ("CC", "SOUTH")):
        intake.receives(says.submission(unit, {"C1": 50.0}, cycle=cycle, cluster=cluster))
    drain()
    publish_figures(town, "unit,indicator,value\nAA,C1,50\nCC,C1,50\n")
    screen()
    assert {unit: item(database, unit, "C1")["left_out"] for unit in ("AA", "BB", "CC")} == {
        "AA": True,
        "BB": True,
        "CC": False,
    }


def test_a_source_of_another_council_says_nothing_here(
    database: Database, intake: Intake, drain: Drain, screen: Any, town: Town
) -> None:
    full_round(intake)
    intake.records(says.cycle("elsewhere-2018", council="elsewhere"))
    drain()
    from shared.people import Role
    from tests.integration.verify.people import person

    town.client(person(Role.ADMINISTRATOR, council="elsewhere")).post(
        "/v1/sources", json=JEE | {"council": "elsewhere"}
    )
    data = {"cycle": "elsewhere-2018", "published_on": "2026-02-01"}
    file = (io.BytesIO(b"unit,indicator,value\nAA,C1,10\n"), "f.csv")
    rater = town.client(person(Role.MINISTRY_RATER, council="elsewhere"))
    assert rater.post("/v1/sources/jee/releases", data=data | {"file": file}).status_code == 201
    screen()
    assert item(database, "AA", "C1")["observation"] is None


def test_earlier_cycles_are_what_a_screening_compares_with(
    database: Database, intake: Intake, drain: Drain, screen: Any, town: Town
) -> None:
    """2018: a source bears out what counts. 2019, no figures yet: AA leaps, with last year's file."""
    units = [f"U{number}" for number in range(7)]
    first = says.cycle(clusters={"ALL": ["AA", *units]})
    later = says.cycle("ihr-2019", {"ALL": ["AA", *units]}, period="2019")
    intake.records(first)
    drain()
    figures = "".join(f"{unit},C1,{40 + place}\n" for place, unit in enumerate(["AA", *units]))
    publish_figures(town, "unit,indicator,value\n" + figures)
    for unit in ("AA", *units):
        intake.receives(says.submission(unit, {"C1": 50.0, "C2": 50.0, "C3": 50.0}, cycle=first, cluster="ALL"))
    drain()
    screen()
    intake.records(later)
    document = says.DOCUMENT | {"issuer": "UBND tỉnh AA"}
    for unit in ("AA", *units):
        leap = 95.0 if unit == "AA" else 51.0
        claims = {"C1": leap, "C2": 50.0, "C3": 50.0}
        mine = says.DOCUMENT if unit == "AA" else document | {"sha256": unit.lower().ljust(64, "0"), "issuer": unit}
        intake.receives(says.submission(unit, claims, cycle=later, cluster="ALL", evidence=[mine]))
    drain()
    screen()
    found = {
        (row["unit"], row["criterion"]): row
        for row in rows(database, review_tables.review_item, review_tables.review_item.c.cycle == "ihr-2019")
    }
    leapt = found["AA", "C1"]
    assert "HISTORY_OUTLIER" in leapt["codes"]
    assert leapt["suspicion"] == max(row["suspicion"] for row in found.values())
    assert "EVIDENCE_REUSED" in found["AA", "C3"]["codes"]
    assert "HISTORY_OUTLIER" not in {code for key, row in found.items() if key != ("AA", "C1") for code in row["codes"]}
    (cycle,) = rows(database, claim_tables.cycle, claim_tables.cycle.c.cycle == "ihr-2019")
    unrun = {note["code"] for note in cycle["notes"] if note["not_run"]}
    assert "HISTORY_OUTLIER" not in unrun
    (before,) = rows(database, claim_tables.cycle, claim_tables.cycle.c.cycle == "ihr-2018")
    assert "HISTORY_OUTLIER" in {note["code"] for note in before["notes"] if note["not_run"]}
