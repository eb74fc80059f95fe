"""A source that comes late: exactly what it concerns is screened again, what it changed is shown, the rest stands."""

from collections.abc import Callable
from typing import Any

import pytest

from services.verify import tables as t
from services.verify.claims.model import KIND
from services.verify.renewal.actions.screen import run_screening
from services.verify.results import tables as result_tables
from services.verify.reviews import tables as review_tables
from services.verify.sources import tables as source_tables
from services.verify.store import SqlStore
from shared.people import Role
from shared.plumbing.database import Database
from shared.plumbing.work import claim
from tests.integration.verify import intake as says
from tests.integration.verify.intake import Intake
from tests.integration.verify.people import LEAD, RATER, REVIEWER, STRANGER, Town, person
from tests.integration.verify.rounds import Round

OUTBOX, WORK = t.metadata.tables["outbox_event"], t.metadata.tables["work"]
OLDER = "unit,indicator,period,value\nAA,C1,2017,85\nBB,C1,2017,45\nCC,C1,2017,52\n"
NEWER = "unit,indicator,period,value\nAA,C1,2018,40\nBB,C1,2018,47\n"
UNITS = {"AA": ("NORTH", 90.0), "BB": ("NORTH", 50.0), "CC": ("SOUTH", 50.0)}


@pytest.fixture
def march(database: Database, intake: Intake, drain: Callable[[], int], town: Town) -> Round:
    """Everything was screened against last year's index and decided on documents."""
    made = Round(database, intake, drain, town)
    intake.records(says.cycle())
    drain()
    made.figures(OLDER)
    for unit, (cluster, value) in UNITS.items():
        intake.receives(says.submission(unit, {"C1": value, "C2": 50.0, "C3": 60.0}, cluster=cluster))
    made.settle_down()
    for unit in UNITS:
        for criterion in ("C1", "C2", "C3"):
            decide(town, unit, criterion)
    return made


def path(unit: str, criterion: str) -> str:
    return f"/v1/cycles/ihr-2018/units/{unit}/items/{criterion}"


def item(town: Town, unit: str, criterion: str = "C1", actor: Any = REVIEWER) -> Any:
    return town.client(actor).get(path(unit, criterion)).json


def decide(town: Town, unit: str, criterion: str) -> None:
    body = {"verdict": "accept", "reason": "Đã đối chiếu văn bản", "document_number": "5/BC", "version":
            item(town, unit, criterion)["version"]}  # fmt: skip
    assert town.client(LEAD).post(f"{path(unit, criterion)}/decisions", json=body).status_code == 201


def april(march: Round, raw: str = NEWER, **form: str) -> str:
    """A file comes and everything it concerns is screened; its release."""
    march.figures(raw, **({"published_on": "2026-04-10"} | form))
    march.settle_down()
    return str(max(march.rows(source_tables.release), key=lambda row: row["fetched_at"])["id"])


def test_what_it_concerns_is_told_with_what_was_before_and_after(march: Round, town: Town) -> None:
    assert {item(town, unit)["state"] for unit in UNITS} == {"documented"}
    release = april(march)
    told = town.client(LEAD).get(f"/v1/releases/{release}/changes").json
    assert [(t_["cycle"], t_["units"], t_["items"], t_["screened"]) for t_ in told["touched"]] == [
        ("ihr-2018", 2, 2, True)
    ]
    assert told["counts"] == {"changed": 2, "concerned": 2, "verified": 0, "reopened": 2}
    by_unit = {change["unit"]: change for change in told["changes"]}
    assert set(by_unit) == {"AA", "BB"}
    aa = by_unit["AA"]
    assert (aa["before"]["figure"]["value"], aa["after"]["figure"]["value"]) == (85.0, 40.0)
    assert (aa["before"]["figure"]["period"], aa["after"]["figure"]["period"]) == ("2017", "2018")
    assert (aa["before"]["independent_points"], aa["after"]["independent_points"]) == (85.0, 40.0)
    assert "SOURCE_CONFLICT" in set(aa["after"]["codes"]) - set(aa["before"]["codes"])
    assert (aa["before"]["review"], aa["after"]["review"], aa["after"]["state"]) == ("decided", "open", "contested")
    # Within its tolerance the new figure itself counts: nothing is left to decide.
    assert (by_unit["BB"]["after"]["state"], by_unit["BB"]["after"]["value"]) == ("verified", 47.0)


def test_the_item_shows_it_and_the_decision_is_kept_but_no_longer_in_force(march: Round, town: Town) -> None:
    release = april(march)
    found = item(town, "AA")
    assert [(c["releases"][0]["release"], c["concerned"], c["reopened"]) for c in found["changes"]] == [
        (release, True, True)
    ]
    assert [decision["in_force"] for decision in found["decisions"]] == [False]
    assert found["may_decide"]
    page = town.browser(REVIEWER, "en").get("/cycles/ihr-2018/units/AA/items/C1").text
    assert "What changed since it was first screened" in page
    assert "decision no longer in force" in page
    page = town.browser(REVIEWER, "vi").get(f"/releases/{release}").text
    assert "Lần công bố này làm thay đổi 2 mục." in page


def test_what_it_does_not_concern_keeps_its_decision_and_says_nothing_on_the_feed(march: Round, town: Town) -> None:
    before = {row["unit"]: row["subject_version"] for row in march.rows(result_tables.verification)}
    april(march)
    after = {row["unit"]: row["subject_version"] for row in march.rows(result_tables.verification)}
    assert {unit for unit in UNITS if after[unit] > before[unit]} == {"AA", "BB"}
    assert after["CC"] == before["CC"]
    assert {
        (row["unit"], row["criterion"]) for row in march.rows(review_tables.review_item) if row["review"] == "open"
    } == {("AA", "C1")}
    told = [row["data"] for row in march.rows(OUTBOX)][-2:]
    states = {data["unit"]: next(i for i in data["items"] if i["criterion"] == "C1")["state"] for data in told}
    assert states == {"AA": "contested", "BB": "verified"}


def test_figures_that_nobody_asks_for_screen_nothing_again(march: Round, town: Town) -> None:
    before = march.rows(WORK)
    release = april(march, "unit,indicator,period,value\nAA,C9,2018,1\nAA,C1,2019,50\n")
    assert march.rows(WORK) == before
    assert town.client(LEAD).get(f"/v1/releases/{release}/changes").json["touched"] == []
    assert "No criterion of a living cycle asks for its figures." in town.browser(LEAD, "en").get(
        f"/releases/{release}"
    ).text  # fmt: skip


def test_a_confirmed_preliminary_figure_makes_it_verified(march: Round, town: Town) -> None:
    april(march, "unit,indicator,period,value\nBB,C1,2018,47\n", status="preliminary")
    assert item(town, "BB")["state"] == "provisional"
    release = april(march, "unit,indicator,period,value,status\nBB,C1,2018,47,final\n", published_on="2026-04-20")
    assert item(town, "BB")["state"] == "verified"
    told = town.client(LEAD).get(f"/v1/releases/{release}/changes").json
    assert told["counts"] == {"changed": 1, "concerned": 1, "verified": 1, "reopened": 0}


def test_the_same_figure_again_changes_nothing(march: Round, town: Town) -> None:
    release = april(march, OLDER + "\n")
    assert march.rows(review_tables.item_change) == []
    told = town.client(LEAD).get(f"/v1/releases/{release}/changes").json
    assert [(one["items"], one["screened"]) for one in told["touched"]] == [(3, True)]
    assert told["counts"]["changed"] == 0
    assert {row["review"] for row in march.rows(review_tables.review_item)} == {"decided"}


def test_who_sees_what_it_changed(march: Round, town: Town) -> None:
    release = april(march)
    where = f"/v1/releases/{release}/changes"
    assert town.client(RATER).get(where).status_code == 403
    assert town.client(STRANGER).get(where).status_code == 404
    assert "What it changed" not in town.browser(RATER, "en").get(f"/releases/{release}").text
    own = person(Role.REVIEWER, home="AA")
    assert {change["unit"] for change in town.client(own).get(where).json["changes"]} == {"BB"}
    first = town.client(LEAD).get(f"{where}?limit=1").json
    rest = town.client(LEAD).get(f"{where}?limit=1&after={first['next']}").json
    assert len(first["changes"]) == len(rest["changes"]) == 1
    assert rest["next"] is None


def test_turns_write_exactly_what_one_transaction_writes(march: Round, town: Town) -> None:
    """Cluster by cluster nothing is different from all at once: no item, finding or event is new."""
    tables = (
        review_tables.review_item,
        review_tables.finding,
        result_tables.verification,
        OUTBOX,
        review_tables.item_change,
    )
    before = [march.rows(table) for table in tables]
    assert town.client(LEAD).post("/v1/cycles/ihr-2018/screenings").status_code == 202
    work = claim(march.database, KIND)
    assert work is not None
    assert run_screening(SqlStore(march.database), work, turn=1) == "done"
    assert [march.rows(table) for table in tables] == before
