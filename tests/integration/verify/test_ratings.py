"""Ratings on screen and by workbook: what is typed becomes a release like any file."""

import io
import re
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from services.verify.sources import tables as source_tables
from shared.people import Role
from shared.plumbing.database import Database
from tests.integration.verify import intake as says
from tests.integration.verify.intake import Intake
from tests.integration.verify.people import ADMINISTRATOR, RATER, REVIEWER, Town, person
from tests.integration.verify.test_mapped_files import hidden, observed
from tests.integration.verify.test_sources import JEE, count, upload

FORM = "/sources/jee/rating"
WORKBOOK = "/sources/jee/rating.xlsx?cycle=ihr-2018"


@pytest.fixture
def source(town: Town, intake: Intake, drain: Callable[[], int]) -> None:
    document = says.framework()
    document["criteria"][0]["rule"] = {"name": "rubric", "shares": [0.25, 0.5, 1.0]}
    same = {"id": "jee", "indicator": "C2", "relation": "same", "tolerance": {"absolute": 1}}
    document["criteria"][1]["sources"] = [same]
    intake.records(says.cycle(framework=document))
    drain()
    assert town.client(ADMINISTRATOR).post("/v1/sources", json=JEE).status_code == 201


def send(town: Town, actor: Any = RATER, **fields: str) -> Any:
    browser = town.browser(actor, "en")
    given = {"cycle": "ihr-2018", "indicator": "C1", "published_on": "2026-02-01", "status": "final"}
    return browser.post(FORM, data=hidden(browser.get(FORM).text) | given | fields)


@pytest.mark.usefixtures("source")
def test_a_rating_on_screen_is_a_release(town: Town, database: Database) -> None:
    page = town.browser(RATER, "en").get(f"{FORM}?indicator=C1").text
    assert re.findall(r'<option value="\d">([^<]*)', page)[:3] == [
        "Level 1: 25 points", "Level 2: 50 points", "Level 3: 100 points",
    ]  # fmt: skip
    answer = send(town, **{"figure-0": "3", "figure-2": "1"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sources/jee"), answer.text
    assert observed(database) == [(2, "AA", "C1", "2018", 3.0, "final"), (3, "CC", "C1", "2018", 1.0, "final")]
    page = town.browser(RATER, "en").get(f"{FORM}?indicator=C1").text
    assert re.findall(r'data-label="What counts now" class="numeric"><div class="cell">([^<]*)', page) == [
        "3",
        "–",
        "1",
    ]
    assert send(town, **{"figure-0": "3", "figure-2": "1"}).status_code == 422
    assert count(database, source_tables.release) == 1


@pytest.mark.usefixtures("source")
def test_what_is_typed_wrong_is_said_at_its_field_and_kept(town: Town, database: Database) -> None:
    answer = send(town, **{"indicator": "C2", "figure-0": "many", "figure-1": "7,5", "published_on": ""})
    assert answer.status_code == 422
    assert 'href="#field-figure-0"' in answer.text
    assert 'href="#field-published_on"' in answer.text
    assert 'value="7,5"' in answer.text
    assert send(town).status_code == 422
    assert send(town, published_on="2999-01-01", **{"figure-0": "1"}).status_code == 422
    assert count(database, source_tables.release) == 0


@pytest.mark.usefixtures("source")
def test_nobody_rates_their_own_unit_or_without_the_role(town: Town, database: Database) -> None:
    own = person(Role.MINISTRY_RATER, home="AA")
    page = town.browser(own, "en").get(f"{FORM}?indicator=C1").text
    assert "Figure of BB" in page
    assert "Figure of AA" not in page
    assert send(town, own, **{"figure-0": "2"}).status_code == 303
    assert [row[1] for row in observed(database)] == ["BB"]
    assert town.browser(REVIEWER, "en").get(FORM).status_code == 403
    narrowed = person(Role.MINISTRY_RATER, criteria=frozenset({"C2"}))
    assert "Figure of" not in town.browser(narrowed, "en").get(f"{FORM}?indicator=C1").text


def workbook(town: Town, actor: Any = RATER) -> Any:
    answer = town.browser(actor, "en").get(WORKBOOK)
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def saved(book: Any) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.usefixtures("source")
def test_the_workbook_goes_out_and_comes_in_again(town: Town, database: Database) -> None:
    book = workbook(town)
    sheet = book["ratings"]
    assert [cell.value for cell in sheet[1]] == ["unit", "name", "C1", "C2"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["AA", "BB", "CC"]
    assert [str(valid.sqref) for valid in sheet.data_validations.dataValidation] == ["C2:C4"]
    sheet["C2"], sheet["D3"], sheet["D4"] = 3, "7,5", 8
    answer = upload(town, saved(book), name="ratings.xlsx", layout="template")
    assert answer.status_code == 201, answer.json
    assert observed(database) == [
        (1, "AA", "C1", "2018", 3.0, "final"),
        (2, "BB", "C2", "2018", 7.5, "final"),
        (3, "CC", "C2", "2018", 8.0, "final"),
    ]


@pytest.mark.usefixtures("source")
def test_a_workbook_with_faults_is_refused_whole_with_their_places(town: Town, database: Database) -> None:
    book = workbook(town)
    sheet = book["ratings"]
    sheet["C2"], sheet["D3"], sheet["E1"], sheet["E2"] = 3, "many", "C9", 1
    answer = upload(town, saved(book), name="ratings.xlsx", layout="template")
    assert answer.status_code == 422
    places = {(fault.get("line"), fault.get("column")) for fault in answer.json["faults"]}
    assert places == {(3, "C2"), (1, "C9")}
    other = openpyxl.Workbook()
    other.active.append(["unit", "value"])
    assert upload(town, saved(other), name="other.xlsx", layout="template").status_code == 400
    stranger = workbook(town)
    stranger["ratings"]["A2"], stranger["ratings"]["C2"] = "ZZ", 1
    assert upload(town, saved(stranger), name="ratings.xlsx", layout="template").status_code == 422
    assert count(database, source_tables.release) == 0
