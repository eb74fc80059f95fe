"""Files of any format through a source's kept layout: units never guessed, nothing lost while somebody is asked."""

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from services.verify.claims import tables as claim_tables
from services.verify.sources import tables as source_tables
from shared.people import Role
from shared.plumbing.database import Database
from tests.integration.verify import intake as says
from tests.integration.verify.intake import Intake
from tests.integration.verify.people import ADMINISTRATOR, RATER, REVIEWER, STRANGER, Town, person
from tests.integration.verify.test_sources import JEE, count, upload

NAMES = {"AA": "Tỉnh Hà Giang", "BB": "Thành phố Hà Nội", "CC": "Bà Rịa – Vũng Tàu"}
PAGE = (
    '\ufeff"Coverage by Cities, provinces, Year and Item"\r\n\r\n'
    '"Cities, provinces";"2017 Coverage";"2017 Staff";"Prel. 2018 Coverage";"Prel. 2018 Staff"\r\n'
    '"WHOLE COUNTRY";50;1;51;1\r\n"Ha Giang";40;1;41.5;1\r\n"TP. Hà Nội";..;1;60;1\r\n"Vung Tau";70;1;71;1\r\n'
).encode()
LAYOUT = {
    "unit": "Cities, provinces",
    "indicator_from": "Item",
    "indicators": {"Coverage": "C1"},
    "period_from": "Year",
}


@pytest.fixture
def source(town: Town, intake: Intake, drain: Callable[[], int]) -> None:
    cycle = says.cycle()
    for cluster in cycle["clusters"]:
        for member in cluster["members"]:
            member["title"] = {"vi": NAMES[member["unit"]]}
    intake.records(cycle)
    drain()
    assert town.client(ADMINISTRATOR).post("/v1/sources", json=JEE).status_code == 201


def keep(town: Town, actor: Any = RATER, **changes: Any) -> Any:
    return town.client(actor).post("/v1/sources/jee/mappings", json=LAYOUT | changes)


def observed(database: Database) -> list[tuple[Any, ...]]:
    row = source_tables.observation
    with database.reader() as connection:
        query = sa.select(row.c.row, row.c.unit, row.c.indicator, row.c.period, row.c.value, row.c.status)
        return [tuple(one) for one in connection.execute(query.order_by(row.c.release, row.c.row))]


@pytest.mark.usefixtures("source")
def test_a_page_of_the_statistics_office_becomes_figures_and_unknown_names_wait(town: Town, database: Database) -> None:
    assert keep(town).json == {"version": 1}
    answer = upload(town, PAGE, name="coverage.csv", layout="mapping")
    assert answer.status_code == 201, answer.json
    taken = answer.json
    assert (taken["rows"], taken["units"], taken["waiting"], taken["left_out"]) == (4, 2, 4, 8)
    assert observed(database) == [
        (5, "AA", "C1", "2017", 40.0, "final"),
        (7, "AA", "C1", "2018", 41.5, "preliminary"),
        (9, "BB", "C1", "2017", None, "final"),
        (11, "BB", "C1", "2018", 60.0, "preliminary"),
    ]
    assert town.client(REVIEWER).get(answer.headers["Location"]).json["mapping_version"] == 1
    spellings = town.client(RATER).get("/v1/sources/jee/spellings").json["spellings"]
    assert spellings == [
        {"spelling": "Vung Tau", "rows": 2, "sources": ["jee"]},
        {"spelling": "WHOLE COUNTRY", "rows": 2, "sources": ["jee"]},
    ]


def say(town: Town, spelling: str, unit: str | None, actor: Any = RATER) -> Any:
    return town.client(actor).post("/v1/sources/jee/spellings", json={"spelling": spelling, "unit": unit})


@pytest.mark.usefixtures("source")
def test_an_answer_lets_the_waiting_rows_count_and_is_remembered(town: Town, database: Database) -> None:
    keep(town)
    upload(town, PAGE, layout="mapping")
    assert say(town, "WHOLE COUNTRY", None).json == {"rows": 0}
    assert say(town, "Vung Tau", "CC").json == {"rows": 2}
    assert [row for row in observed(database) if row[1] == "CC"] == [
        (13, "CC", "C1", "2017", 70.0, "final"),
        (15, "CC", "C1", "2018", 71.0, "preliminary"),
    ]
    assert town.client(RATER).get("/v1/sources/jee/spellings").json == {"spellings": []}
    again = upload(town, PAGE.replace(b";71;", b";72;").replace(b"Vung Tau", "VŨNG TÀU".encode()), layout="mapping")
    assert (again.json["rows"], again.json["waiting"], again.json["left_out"]) == (6, 0, 10)
    changed = say(town, "Vung Tau", "AA")
    assert (changed.status_code, changed.json["type"]) == (409, "urn:cong-tam:spelling-answered")
    with database.reader() as connection:
        asked = connection.execute(
            sa.select(claim_tables.cycle_member.c.unit).where(claim_tables.cycle_member.c.changes > 0)
        ).scalars()
        assert "CC" in set(asked)


@pytest.mark.usefixtures("source")
def test_who_was_said_to_be_none_of_ours_may_later_be_one(town: Town) -> None:
    keep(town)
    upload(town, PAGE, layout="mapping")
    assert say(town, "Vung Tau", None).json == {"rows": 0}
    assert say(town, "Vung Tau", "CC").json == {"rows": 2}


@pytest.mark.usefixtures("source")
def test_nobody_speaks_for_their_own_unit_nor_without_the_role(town: Town, database: Database) -> None:
    keep(town)
    upload(town, PAGE, layout="mapping")
    assert say(town, "Vung Tau", "CC", person(Role.MINISTRY_RATER, home="CC")).status_code == 403
    assert say(town, "Vung Tau", "CC", REVIEWER).status_code == 403
    assert say(town, "Vung Tau", "CC", STRANGER).status_code in (403, 404)
    assert say(town, "Vung Tau", "ZZ").status_code == 422
    assert keep(town, REVIEWER).status_code == 403
    assert count(database, source_tables.unit_spelling) == 0
    own = upload(town, PAGE.replace(b"51", b"52"), person(Role.MINISTRY_RATER, home="AA"), layout="mapping")
    assert own.status_code == 422
    assert "own unit" in json.dumps(own.json, ensure_ascii=False)


@pytest.mark.usefixtures("source")
def test_every_layout_is_kept_and_files_remember_theirs(town: Town) -> None:
    keep(town)
    first = upload(town, PAGE, layout="mapping").json["release"]
    assert keep(town, indicators={"Staff": "C2"}).json == {"version": 2}
    second = upload(town, PAGE.replace(b"41.5", b"42.5"), layout="mapping").json["release"]
    client = town.client(RATER)
    assert [client.get(f"/v1/releases/{release}").json["mapping_version"] for release in (first, second)] == [1, 2]
    kept = client.get("/v1/sources/jee/mappings").json["mappings"]
    assert [(one["version"], one["document"]["indicators"]) for one in kept] == [
        (2, {"Staff": "C2"}),
        (1, {"Coverage": "C1"}),
    ]
    assert kept[0]["created_by_name"] == RATER.name


@pytest.mark.usefixtures("source")
def test_other_formats_come_in_by_the_same_door(town: Town, database: Database) -> None:
    keep(town, unit="geo", indicator_from=None, indicator="C1", indicators={}, period_from="time")
    dimension = {
        "g": {"label": "geo", "category": {"index": ["AA", "x"], "label": {"x": "Hà Nội"}}},
        "t": {"label": "time", "category": {"index": ["2018"]}},
    }
    cube = {"class": "dataset", "id": ["g", "t"], "size": [2, 1], "dimension": dimension, "value": [40, 50.5]}
    answer = upload(town, json.dumps(cube).encode() + b"\x00", name="cube.json", layout="mapping")
    assert answer.status_code == 201, answer.json
    assert observed(database) == [(1, "AA", "C1", "2018", 40.0, "final"), (2, "BB", "C1", "2018", 50.5, "final")]
    px = 'CHARSET="ANSI";STUB="geo";HEADING="time";VALUES("geo")="Ha Giang";VALUES("time")="2018";DATA=41;'
    assert upload(town, px.encode(), name="table.px", layout="mapping").status_code == 201
    assert observed(database)[-1][4] in (41.0, 50.5)
    assert count(database, source_tables.release) == 2


FAULTS = {
    "a bad cell that counts": (PAGE.replace(b";41.5;", b";many;"), "cannot be read"),
    "a column that is not there": (PAGE.replace(b"Year and Item", b"Year and Items"), "has no column “Item”"),
    "one unit twice": (PAGE.replace(b"Vung Tau", b"HA NOI"), "given twice"),
    "no table": (b"<html>", "web page"),
    "nothing that counts": (PAGE.replace(b'Coverage"', b'Cover"'), "leaves nothing"),
}


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize(("raw", "words"), FAULTS.values(), ids=FAULTS)
def test_what_the_layout_does_not_settle_is_refused_whole(
    raw: bytes, words: str, town: Town, database: Database
) -> None:
    keep(town)
    answer = upload(town, raw, layout="mapping")
    assert answer.status_code in (400, 415, 422), answer.json
    assert words in json.dumps(answer.json, ensure_ascii=False)
    assert (
        count(database, source_tables.release)
        == count(database, source_tables.waiting_row)
        == count(database, source_tables.observation)
        == 0
    )


@pytest.mark.usefixtures("source")
def test_without_a_layout_a_file_is_not_guessed_at(town: Town) -> None:
    answer = upload(town, PAGE, layout="mapping")
    assert (answer.status_code, answer.json["type"]) == (409, "urn:cong-tam:mapping-missing")
    assert keep(town, unit="").status_code == 422
    assert keep(town, indicator="C1").status_code == 422


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(csrf_token)" value="([^"]*)"', page))


@pytest.mark.usefixtures("source")
def test_the_same_in_a_browser_without_script(town: Town, database: Database) -> None:
    browser = town.browser(RATER, "en")
    token = hidden(browser.get("/sources/jee/mapping").text)
    look = {"step": "look", "file": (io.BytesIO(PAGE), "page.csv")} | token
    page = browser.post("/sources/jee/mapping", data=look, content_type="multipart/form-data").text
    assert "Cities, provinces" in page
    assert re.findall(r'name="column" value="([^"]*)"', page) == ["Cities, provinces", "Year", "Item"]
    categories = {f"categories-{at}": re.findall(rf'name="categories-{at}" value="([^"]*)"', page) for at in range(3)}
    assert categories["categories-2"] == ["Coverage", "Staff"]
    form = token | categories | {"step": "save", "column": ["Cities, provinces", "Year", "Item"]}
    refused = browser.post("/sources/jee/mapping", data=form | {"role-0": "unit"})
    assert refused.status_code == 422
    assert "one indicator for the whole file" in refused.text
    roles = {"role-0": "unit", "role-1": "period", "role-2": "indicator", "indicator-2-0": "C1"}
    saved = browser.post("/sources/jee/mapping", data=form | roles)
    assert (saved.status_code, saved.headers["Location"]) == (303, "/sources/jee")
    page = browser.get("/sources/jee/upload").text
    assert "version 1" in page
    sent = token | {"cycle": "ihr-2018", "published_on": "2026-02-01", "status": "final", "layout": "mapping"}
    sent |= {"file": (io.BytesIO(PAGE), "page.csv")}
    taken = browser.post("/sources/jee/upload", data=sent, content_type="multipart/form-data")
    assert (taken.status_code, taken.headers["Location"]) == (303, "/sources/jee/spellings"), taken.text
    page = browser.get("/sources/jee/spellings").text
    assert "Vung Tau" in page
    assert "4 rows wait" in page
    empty = browser.post("/sources/jee/spellings", data=token | {"spelling": "Vung Tau", "unit": ""})
    assert empty.status_code == 422
    said = browser.post("/sources/jee/spellings", data=token | {"spelling": "Vung Tau", "unit": "CC"})
    assert said.status_code == 303
    assert {row[1] for row in observed(database)} == {"AA", "BB", "CC"}
    browser.post("/sources/jee/spellings", data=token | {"spelling": "WHOLE COUNTRY", "unit": "-"})
    assert "Every name is known" in browser.get("/sources/jee/spellings").text
