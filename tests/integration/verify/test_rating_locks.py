"""Ratings are revised until they are locked; what is due is reminded of; a locked rating is only corrected by two."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.verify import tables as t
from services.verify.sources import tables as source_tables
from services.verify.sources.actions.due_dates import attend_due_dates
from services.verify.store import SqlStore
from shared.clock import VIETNAM
from shared.contracts.verify_v1 import SourceReminderDue
from shared.people import Role
from shared.plumbing.database import Database
from tests.integration.verify import intake as says
from tests.integration.verify.intake import Intake
from tests.integration.verify.people import ADMINISTRATOR, LEAD, RATER, REVIEWER, STRANGER, SUPPORT, Town, person
from tests.integration.verify.rounds import Round
from tests.integration.verify.test_fetching import Later, Publisher, fetch, plan
from tests.integration.verify.test_mapped_files import hidden, observed
from tests.integration.verify.test_sources import JEE

SECOND = person(Role.BOARD_RATER, name="Lê Văn C")
BOTH = person(Role.BOARD_RATER, Role.LEAD_REVIEWER)
OUTBOX = t.metadata.tables["outbox_event"]
EXAMPLE = Path(__file__).parents[3] / "shared" / "contracts" / "examples" / "source_reminder_due.json"
SCAN = b"%PDF-1.7 scanned"


@pytest.fixture
def source(town: Town, intake: Intake, drain: Callable[[], int]) -> None:
    intake.records(says.cycle())
    drain()
    assert town.client(ADMINISTRATOR).post("/v1/sources", json=JEE).status_code == 201


def rate(town: Town, figure: float = 40, actor: Any = RATER, **more: Any) -> Any:
    figures = [{"unit": "AA", "figure": figure}, {"unit": "BB", "figure": 55.5}]
    body = {"cycle": "ihr-2018", "indicator": "C1", "published_on": "2026-02-01", "figures": figures} | more
    return town.client(actor).post("/v1/sources/jee/ratings", json=body)


def lock(town: Town, actor: Any = RATER) -> Any:
    return town.client(actor).post("/v1/sources/jee/locks", json={"cycle": "ihr-2018"})


def due(town: Town, store: SqlStore, days: int, actor: Any = ADMINISTRATOR, *, locks: bool = True) -> Any:
    with store.unit_of_work() as uow:
        day = uow.now.astimezone(VIETNAM).date() + timedelta(days=days)
    body = {"cycle": "ihr-2018", "due_on": day.isoformat(), "locks": locks}
    return town.client(actor).post("/v1/sources/jee/due-dates", json=body)


def duty(town: Town, actor: Any = RATER) -> Any:
    (found,) = town.client(actor).get("/v1/cycles/ihr-2018/sources").json["duties"]
    return found


def verdict(town: Town, path: str, actor: Any = SECOND, *, agreed: bool = True, reason: str = "") -> Any:
    return town.client(actor).post(f"{path}/verdict", json={"agreed": agreed, "reason": reason})


def values(database: Database) -> list[float]:
    """What AA was given, oldest first."""
    with database.reader() as connection:
        rows = connection.execute(
            source_tables.observation.select()
            .join(source_tables.release)
            .where(source_tables.observation.c.unit == "AA")
            .order_by(source_tables.release.c.fetched_at)
        ).mappings()
        return [row["value"] for row in rows]


@pytest.mark.usefixtures("source")
def test_a_rating_is_revised_until_its_rater_locks_it(town: Town, database: Database) -> None:
    assert lock(town).status_code == 409  # nothing was given
    answer = rate(town)
    assert answer.status_code == 201, answer.json
    assert observed(database)[0] == (2, "AA", "C1", "2018", 40.0, "final")
    assert rate(town, 41).status_code == 201
    assert town.client(ADMINISTRATOR).post("/v1/sources/jee/locks", json={"cycle": "ihr-2018"}).status_code == 403
    locked = lock(town)
    assert (locked.status_code, locked.json["cause"]) == (201, "rater")
    assert lock(town).status_code == 409
    refused = rate(town, 42)
    assert (refused.status_code, refused.json["type"]) == (409, "urn:cong-tam:rating-locked")
    file = {"cycle": "ihr-2018", "published_on": "2026-02-01"}
    raw = {"file": (io.BytesIO(b"unit,indicator,value\nAA,C1,43\n"), "a.csv")}
    assert town.client(RATER).post("/v1/sources/jee/releases", data=file | raw).status_code == 409
    assert values(database) == [40.0, 41.0]
    given = town.client(RATER).get("/v1/sources/jee/ratings?cycle=ihr-2018&indicator=C1").json
    assert given["lock"]["locked_by_name"] == RATER.name
    assert [(one["unit"], one["figure"]) for one in given["figures"]] == [("AA", 41.0), ("BB", 55.5), ("CC", None)]
    assert duty(town)["state"] == "locked"


@pytest.mark.usefixtures("source")
def test_a_locked_rating_is_corrected_with_a_reason_by_two_people(town: Town, database: Database) -> None:
    assert rate(town, correction="Sai số").status_code == 409  # it is not locked: simply give it
    rate(town)
    lock(town)
    waits = rate(town, 44, correction="Nhập nhầm cột")
    assert waits.status_code == 202, waits.json
    path = waits.headers["Location"]
    assert values(database) == [40.0]
    assert verdict(town, path, RATER).json["type"] == "urn:cong-tam:second-person-needed"
    assert verdict(town, path, person(Role.BOARD_RATER, council="elsewhere")).status_code == 404
    assert verdict(town, path, agreed=False).status_code == 422
    agreed = verdict(town, path)
    assert agreed.status_code == 201, agreed.json
    assert verdict(town, path).status_code == 409
    assert values(database) == [40.0, 44.0]
    release = town.client(RATER).get(f"/v1/releases/{agreed.json['release']}").json
    assert release["correction"] == "Nhập nhầm cột"
    page = town.browser(SUPPORT, "en").get(f"/releases/{agreed.json['release']}").text
    assert "correction of a locked rating" in page
    assert "Reason of the correction: Nhập nhầm cột" in page
    again = rate(town, 45, correction="Thử lại")
    assert verdict(town, again.headers["Location"], agreed=False, reason="Không đúng").json == {"release": None}
    assert town.client(RATER).get(again.headers["Location"]).json["verdict_reason"] == "Không đúng"
    assert values(database) == [40.0, 44.0]


@pytest.mark.usefixtures("source")
def test_the_same_by_pages(town: Town, database: Database) -> None:
    rate(town)
    browser = town.browser(RATER, "en")
    token = hidden(browser.get("/sources/jee/rating").text)
    page = browser.get("/sources/jee").text
    assert "Lock this rating" in page
    assert browser.post("/sources/jee/lock", data=token | {"cycle": "ihr-2018"}).status_code == 303
    page = browser.get("/sources/jee/rating").text
    assert "This rating is locked" in page
    form = hidden(page) | {"cycle": "ihr-2018", "indicator": "C1", "published_on": "2026-02-01", "status": "final"}
    refused = browser.post("/sources/jee/rating", data=form | {"figure-0": "46"})
    assert refused.status_code == 422
    assert 'href="#field-correction"' in refused.text
    assert browser.post("/sources/jee/rating", data=form | {"figure-0": "46", "correction": "Nhầm"}).status_code == 303
    second = town.browser(SECOND, "en")
    listed = second.get("/sources/jee").text
    assert "Corrections that wait for a second person" in listed
    path = listed.split('href="/corrections/')[1].split('"')[0]
    assert "You brought this correction yourself" in browser.get(f"/corrections/{path}").text
    token = hidden(second.get("/sources/jee/rating").text)
    assert second.post(f"/corrections/{path}", data=token | {"verdict": "agree"}).status_code == 303
    assert second.get(f"/corrections/{path}/file").data.startswith(b"unit,indicator")
    assert values(database) == [40.0, 46.0]
    upload = {"cycle": "ihr-2018", "published_on": "2026-02-01", "status": "final", "layout": "columns"}
    raw, token = b"unit,indicator,value\nAA,C1,47\n", hidden(browser.get("/sources/jee/upload").text)
    answer = browser.post("/sources/jee/upload", data=token | upload | {"file": (io.BytesIO(raw), "a.csv")})
    assert answer.status_code == 409
    assert 'name="correction"' in answer.text
    kept = upload | {"file": (io.BytesIO(raw), "a.csv"), "correction": "Nhầm nữa"}
    token = hidden(browser.get("/sources/jee/upload").text)
    answer = browser.post("/sources/jee/upload", data=token | kept)
    assert (answer.status_code, "/corrections/" in answer.headers["Location"]) == (303, True)


@pytest.mark.usefixtures("source")
def test_a_letter_to_a_locked_rating_says_why_as_well(town: Town, database: Database) -> None:
    rate(town)
    lock(town)

    def key(**more: Any) -> Any:
        form: dict[str, Any] = {"cycle": "ihr-2018", "indicator": "C1", "published_on": "2026-02-01"}
        form |= {"document_number": "12/BYT"}
        form |= {"issued_on": "2026-01-31", "figures": json.dumps({"AA": 48})}
        form |= {"scan": (io.BytesIO(SCAN), "l.pdf")}
        return town.client(RATER).post("/v1/sources/jee/letters", data=form | more)

    assert key().status_code == 422
    waits = key(correction="Công văn đính chính")
    assert waits.status_code == 202, waits.json
    path = waits.headers["Location"]
    found = town.client(SECOND).get(path).json
    assert (found["figures"], found["correction"], found["said_at"]) == ({"AA": 48.0}, "Công văn đính chính", None)
    assert town.client(SECOND).get(f"{path}/scan").data == SCAN
    agreed = verdict(town, path)
    assert town.client(RATER).get(f"/v1/releases/{agreed.json['release']}").json["correction"] == "Công văn đính chính"
    assert values(database) == [40.0, 48.0]


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize(
    "changes",
    [{"figures": []}, {"figures": [{"unit": "ZZ", "figure": 1}]}, {"indicator": "C1", "cycle": "other"},
     {"figures": [{"unit": "AA", "figure": 1}] * 2}, {"period": "20"}, {"published_on": "2999-01-01"}, {"more": 1},
     {"figures": [{"unit": "AA", "figure": "1"}]}],
)  # fmt: skip
def test_what_is_wrong_with_a_rating_is_said_and_nothing_is_taken(changes: Any, town: Town, database: Database) -> None:
    assert rate(town, **changes).status_code == 422
    assert observed(database) == []


@pytest.mark.usefixtures("source")
def test_who_may_rate_by_api(town: Town, database: Database) -> None:
    assert rate(town, actor=REVIEWER).status_code == 403
    assert rate(town, actor=STRANGER).status_code == 403
    own = person(Role.MINISTRY_RATER, home="AA")
    assert rate(town, actor=own).status_code == 422
    given = town.client(own).get("/v1/sources/jee/ratings?cycle=ihr-2018&indicator=C1").json
    assert [one["unit"] for one in given["figures"]] == ["BB", "CC"]
    assert town.client(own).get("/v1/sources/jee/ratings?cycle=ihr-2018&indicator=C9").status_code == 422
    for figures in ("[1]", "{", '{"AA": "x"}', '{"AA": true}'):
        form = {"cycle": "ihr-2018", "indicator": "C1", "published_on": "2026-02-01", "document_number": "1",
                "issued_on": "2026-01-31", "figures": figures, "scan": (io.BytesIO(SCAN), "l.pdf")}  # fmt: skip
        assert town.client(RATER).post("/v1/sources/jee/letters", data=form).status_code == 422
    assert observed(database) == []


@pytest.mark.usefixtures("source")
def test_a_rating_is_locked_when_its_time_is_over_and_a_late_one_as_it_comes(
    town: Town, store: SqlStore, database: Database
) -> None:
    assert due(town, store, 2, RATER).status_code == 403
    assert due(town, store, 2).json == {"version": 1}
    assert due(town, store, 3).json == {"version": 2}
    assert duty(town)["state"] == "due"
    assert attend_due_dates(Later(store, 5)).locked == ()  # type: ignore[arg-type]
    rate(town)
    assert attend_due_dates(store).locked == ()
    assert attend_due_dates(Later(store, 5)).locked == (("jee", "ihr-2018"),)  # type: ignore[arg-type]
    assert attend_due_dates(Later(store, 5)).locked == ()  # type: ignore[arg-type]
    assert rate(town, 41).status_code == 409
    assert due(town, store, 9).status_code == 409
    page = town.browser(RATER, "en").get("/sources/jee/rating").text
    assert "Locked when its due date was over." in page
    with database.reader() as connection:
        (row,) = connection.execute(source_tables.rating_lock.select()).mappings()
    assert (row["cause"], row["locked_by"]) == ("due", "verify")


@pytest.mark.usefixtures("source")
def test_figures_that_are_published_are_not_locked_by_their_due_date(town: Town, store: SqlStore) -> None:
    due(town, store, 1, locks=False)
    rate(town)
    assert attend_due_dates(Later(store, 5)).locked == ()  # type: ignore[arg-type]
    assert rate(town, 41).status_code == 201


@pytest.mark.usefixtures("source")
def test_reminders_are_given_once_each_until_something_comes(town: Town, store: SqlStore, database: Database) -> None:
    due(town, store, 10)
    assert attend_due_dates(store).reminded == (("jee", "ihr-2018", -14),)
    assert attend_due_dates(store).reminded == ()
    # After a pause the newest is given; those that it overtook are noted and never given.
    assert attend_due_dates(Later(store, 12)).reminded == (("jee", "ihr-2018", 1),)  # type: ignore[arg-type]
    assert duty(town)["reminded"] == [-14, -3, 1]
    with database.reader() as connection:
        told = [dict(row) for row in connection.execute(OUTBOX.select().order_by(OUTBOX.c.position)).mappings()]
    assert [(row["subject"], row["data"]["days"]) for row in told] == [
        ("source_due:ihr-2018/jee", -14),
        ("source_due:ihr-2018/jee", 1),
    ]
    assert told[0]["subject_version"] < told[1]["subject_version"]
    golden = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    assert told[0]["data"] | {"due_at": golden["due_at"]} == golden
    for data in (golden, *(row["data"] for row in told)):
        SourceReminderDue().load(data)
    rate(town)
    assert attend_due_dates(Later(store, 30)).reminded == ()  # type: ignore[arg-type]


@pytest.mark.usefixtures("source")
def test_what_is_due_stands_on_the_pages(town: Town, store: SqlStore) -> None:
    form = {"cycle": "ihr-2018", "due_on": "2020-01-31", "locks": "1"}
    browser = town.browser(ADMINISTRATOR, "en")
    token = hidden(browser.get("/sources/jee/due-date?cycle=ihr-2018").text)
    assert browser.post("/sources/jee/due-date", data=token | form | {"due_on": ""}).status_code == 422
    assert browser.post("/sources/jee/due-date", data=token | form).status_code == 303
    assert duty(town)["due_at"] == "2020-01-31T17:00:00+00:00"
    for page in (
        town.browser(RATER, "en").get("/sources").text,
        town.browser(SUPPORT, "en").get("/cycles/ihr-2018").text,
    ):
        assert "were due until 31 Jan 2020, 23:59" in page
    page = town.browser(SUPPORT, "vi").get("/cycles/ihr-2018/sources").text
    assert "quá hạn" in page
    assert town.client(STRANGER).get("/v1/cycles/ihr-2018/sources").status_code == 404


@pytest.mark.usefixtures("source")
def test_a_source_that_is_down_is_not_verified_and_never_passed(
    town: Town, store: SqlStore, database: Database, intake: Intake, drain: Callable[[], int]
) -> None:
    publisher = Publisher()
    try:
        plan(town, publisher)
        publisher.status = 500
        assert fetch(store) == {"jee": "down"}
        round_ = Round(database, intake, drain, town)
        round_.sends("AA", {"C1": 50.0})
        item = town.client(SUPPORT).get("/v1/cycles/ihr-2018/units/AA/items/C1").json
        assert (item["state"], item["basis"], item["points"], item["value"]) == ("unverifiable", "none", None, None)
        assert item["blocks_freeze"]
        assert (duty(town)["state"], duty(town)["down"]) == ("missing", True)
        assert "no answer: not verified" in town.browser(SUPPORT, "en").get("/cycles/ihr-2018/sources").text
    finally:
        publisher.server.shutdown()
        publisher.server.server_close()


def test_who_rates_sees_no_claims_before_all_ratings_are_locked(review_round: Round, store: SqlStore) -> None:
    """Whatever else they are, and on whichever endpoint; nor does what a release changed tell them."""
    town = review_round.town
    release = str(review_round.rows(source_tables.release)[0]["id"])
    endpoints = ("/v1/cycles/ihr-2018", "/v1/cycles/ihr-2018/items", "/v1/cycles/ihr-2018/units/AA/items/C1",
             f"/v1/releases/{release}/changes")  # fmt: skip
    for endpoint in endpoints:
        assert town.client(RATER).get(endpoint).status_code == 403
        assert town.client(BOTH).get(endpoint).status_code == 403, endpoint
        assert town.client(LEAD).get(endpoint).status_code == 200
    pages = ("/cycles/ihr-2018", "/cycles/ihr-2018/queue", "/cycles/ihr-2018/units/AA/items/C1",
             "/cycles/ihr-2018/clusters/NORTH/settlement")  # fmt: skip
    for page in pages:
        assert town.browser(RATER, "en").get(page).status_code == 403
        assert town.browser(BOTH, "en").get(page).status_code == 403, page
    assert "Units received" not in town.browser(BOTH, "en").get("/").text
    assert "What it changed" not in town.browser(BOTH, "en").get(f"/releases/{release}").text
    board = person(Role.BOARD_RATER, Role.COUNCIL_MEMBER)
    assert town.client(board).get("/v1/events").json["events"] == []
    # What they do see says nothing of claims: 90 and 50 were claimed.
    given = town.client(RATER).get("/v1/sources/jee/ratings?cycle=ihr-2018&indicator=C1").json
    assert {one["figure"] for one in given["figures"]} == {40.0, 45.0, None}
    assert lock(town).status_code == 201
    assert town.client(BOTH).get("/v1/cycles/ihr-2018/items").status_code == 200
    assert town.client(board).get("/v1/events").json["events"] != []
    due_other = JEE | {"source": "other"}
    town.client(ADMINISTRATOR).post("/v1/sources", json=due_other)
    body = {"cycle": "ihr-2018", "due_on": "2030-01-01", "locks": True}
    town.client(ADMINISTRATOR).post("/v1/sources/other/due-dates", json=body)
    assert town.client(BOTH).get("/v1/cycles/ihr-2018/items").status_code == 403


@pytest.mark.usefixtures("source")
def test_figures_are_given_to_the_cycle_of_their_period_and_units(
    town: Town, intake: Intake, drain: Callable[[], int]
) -> None:
    intake.records(says.cycle("ihr-2019", period="2019"))
    intake.records(says.cycle("others-2018", {"EAST": ["ZZ"]}))
    drain()
    rate(town)
    states = {
        cycle: town.client(RATER).get(f"/v1/cycles/{cycle}/sources").json["duties"][0]["state"]
        for cycle in ("ihr-2018", "ihr-2019", "others-2018")
    }
    assert states == {"ihr-2018": "given", "ihr-2019": "missing", "others-2018": "missing"}
