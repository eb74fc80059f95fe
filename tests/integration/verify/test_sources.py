"""Sources and releases through the API: provenance kept, faults located, nothing doubled, bad files left out whole."""

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from services.verify import tables as t
from services.verify import tables as verify_tables
from services.verify.claims import tables as claim_tables
from services.verify.results import tables as result_tables
from services.verify.reviews import tables as review_tables
from services.verify.settings import LARGEST_RELEASE
from services.verify.sources import tables as source_tables
from shared.people import Role
from shared.plumbing.database import Database
from tests.integration.verify import intake as says
from tests.integration.verify.intake import Intake
from tests.integration.verify.people import ADMINISTRATOR, RATER, REVIEWER, STRANGER, SUPPORT, Town, person

JEE = {
    "source": "jee",
    "council": "central",
    "title": {"vi": "Đánh giá ngoài JEE", "en": "Joint External Evaluation"},
    "publisher": {"vi": "WHO", "en": "WHO"},
    "licence": "CC BY-NC-SA 3.0 IGO",
    "address": "https://example.org/jee",
}
GOOD = b"unit,indicator,period,value,status\nAA,C1,2018,40,final\nBB,C1,2018,,final\nCC,C1,2017,60.5,preliminary\n"


@pytest.fixture
def cycle(intake: Intake, drain: Callable[[], int]) -> None:
    intake.records(says.cycle())
    drain()


@pytest.fixture
def source(town: Town, cycle: None) -> None:
    assert town.client(ADMINISTRATOR).post("/v1/sources", json=JEE).status_code == 201


def upload(town: Town, raw: bytes, actor: Any = RATER, source: str = "jee", name: str = "jee.csv", **form: str) -> Any:
    file = FileStorage(io.BytesIO(raw), name)
    boundary, body = encode_multipart({"cycle": "ihr-2018", "published_on": "2026-02-01", "file": file} | form)
    return town.client(actor).post(
        f"/v1/sources/{source}/releases", data=body, content_type=f"multipart/form-data; boundary={boundary}"
    )


def count(database: Database, table: sa.Table) -> int:
    with database.reader() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


@pytest.mark.usefixtures("source")
def test_a_source_is_registered_once_by_its_administrator(town: Town) -> None:
    assert town.client(ADMINISTRATOR).post("/v1/sources", json=JEE).status_code == 409
    refused = town.client(RATER).post("/v1/sources", json=JEE | {"source": "other"})
    assert refused.status_code == 403
    foreign = person(Role.ADMINISTRATOR, council="elsewhere")
    assert town.client(foreign).post("/v1/sources", json=JEE | {"source": "other"}).status_code == 403
    assert [entry["source"] for entry in town.client(SUPPORT).get("/v1/sources").json["sources"]] == ["jee"]
    assert town.client(STRANGER).get("/v1/sources").json == {"sources": []}
    assert town.client(STRANGER).get("/v1/sources/jee").status_code == 404


@pytest.mark.usefixtures("source")
def test_a_release_keeps_its_bytes_rows_and_provenance(town: Town) -> None:
    answer = upload(town, GOOD)
    assert answer.status_code == 201, answer.json
    taken = answer.json
    assert (taken["rows"], taken["used"], taken["units"]) == (3, 2, 3)
    assert taken["raw_sha256"] == hashlib.sha256(GOOD).hexdigest()
    client = town.client(SUPPORT)
    shown = client.get(answer.headers["Location"]).json
    assert shown["publisher"]["en"] == "WHO"
    assert (shown["published_on"], shown["status"], shown["uploaded_by_name"]) == ("2026-02-01", "final", RATER.name)
    assert [(row["row"], row["unit"], row["period"], row["value"], row["status"]) for row in shown["observations"]] == [
        (2, "AA", "2018", 40.0, "final"),
        (3, "BB", "2018", None, "final"),
        (4, "CC", "2017", 60.5, "preliminary"),
    ]
    raw = client.get(f"/v1/releases/{taken['release']}/raw")
    assert raw.data == GOOD
    again = client.get(f"/v1/releases/{taken['release']}/raw", headers={"If-None-Match": raw.headers["ETag"]})
    assert again.status_code == 304
    assert town.client(STRANGER).get(f"/v1/releases/{taken['release']}").status_code == 404
    page = client.get(f"/v1/releases/{taken['release']}?limit=2").json
    assert (len(page["observations"]), page["next"]) == (2, 3)
    assert client.get(f"/v1/releases/{taken['release']}?limit=2&after=3").json["next"] is None


@pytest.mark.usefixtures("source")
def test_the_same_bytes_are_taken_once(town: Town, database: Database) -> None:
    assert upload(town, GOOD).status_code == 201
    again = upload(town, GOOD, name="renamed.csv")
    assert again.status_code == 409
    assert again.json["type"] == "urn:cong-tam:release-already-taken"
    assert count(database, source_tables.release) == 1
    assert count(database, source_tables.observation) == 3


@pytest.mark.usefixtures("source")
def test_releases_are_listed_newest_first_page_by_page(town: Town) -> None:
    for day in range(1, 6):
        raw = f"unit,indicator,value\nAA,C1,{day}\n".encode()
        assert upload(town, raw, published_on=f"2026-01-0{day}").status_code == 201
    client, days, after = town.client(SUPPORT), [], ""
    while after is not None:
        page = client.get(f"/v1/sources/jee/releases?limit=2{after}").json
        days += [entry["published_on"] for entry in page["releases"]]
        after = f"&after={page['next']}" if page["next"] else None
    assert days == ["2026-01-05", "2026-01-04", "2026-01-03", "2026-01-02", "2026-01-01"]


BAD_FILES = {
    "empty": (b"", 422, 1, "empty"),
    "only a header": (b"unit,indicator,period,value\n", 422, 2, "at least one row"),
    "missing column": (b"unit,period,value\nAA,2018,1\n", 422, 1, "indicator"),
    "unknown column": (b"unit,indicator,value,colour\nAA,C1,1,red\n", 422, 1, "colour"),
    "NaN": (b"unit,indicator,value\nAA,C1,NaN\n", 422, 2, "finite"),
    "infinity": (b"unit,indicator,value\nAA,C1,-inf\n", 422, 2, "finite"),
    "text for a number": (b"unit,indicator,value\nAA,C1,many\n", 422, 2, "many"),
    "decimal comma": (b'unit,indicator,value\nAA,C1,"3,5"\n', 422, 2, "3,5"),
    "too large a number": (b"unit,indicator,value\nAA,C1,1e300\n", 422, 2, "too large"),
    "unknown unit": (b"unit,indicator,value\nAA,C1,1\nZZ,C1,2\n", 422, 3, "ZZ"),
    "given twice": (b"unit,indicator,value\nAA,C1,1\nAA,C1,2\n", 422, 3, "twice"),
    "bad period": (b"unit,indicator,period,value\nAA,C1,2018-13,1\n", 422, 2, "2018-13"),
    "another source's row": (b"unit,indicator,value,source\nAA,C1,1,nso\n", 422, 2, "nso"),
    "too few cells": (b"unit,indicator,value\nAA,C1\n", 422, 2, "cells"),
    "open quotation mark": (b'unit,indicator,value\nAA,C1,"1\n', 422, 2, ""),
    "Latin-1": ("unit,indicator,value\nAA,C1,1\nHà Nội,C1,2\n".encode("latin-1", "replace").replace(b"?", b"\xe0"),
                400, 3, "UTF-8"),
    "UTF-16": ("unit,indicator,value\nAA,C1,1\n".encode("utf-16"), 400, 1, "UTF-16"),
    "a NUL": (b"unit,indicator,value\nA\x00A,C1,1\n", 400, 2, "control"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", 400, 1, ""),
}  # fmt: skip


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_whole_with_its_faults_located(town: Town, database: Database, name: str) -> None:
    raw, status, line, said = BAD_FILES[name]
    answer = upload(town, raw)
    assert answer.status_code == status, answer.json
    assert any(fault.get("line") == line and said in fault["detail"] for fault in answer.json["faults"]), answer.json
    assert all(fault["file"] == "jee.csv" for fault in answer.json["faults"])
    assert count(database, source_tables.release) == 0
    assert count(database, source_tables.observation) == 0


@pytest.mark.usefixtures("source")
def test_all_faults_of_a_file_are_told_together(town: Town) -> None:
    raw = b"unit,indicator,period,value\nZZ,C1,2018,1\nAA,C1,20x8,1\nAA,C1,2018,x\nAA,C2,2018,1\nAA,C2,2018,1\n"
    assert {fault["line"] for fault in upload(town, raw).json["faults"]} == {2, 3, 4, 6}
    vietnamese = town.client(RATER, language="vi").post(
        "/v1/sources/jee/releases",
        data={"cycle": "ihr-2018", "published_on": "2026-02-01", "file": (io.BytesIO(raw), "jee.csv")},
    )
    assert "không phải" in vietnamese.json["faults"][0]["detail"]


@pytest.mark.usefixtures("source")
def test_a_file_over_the_limit_is_refused(town: Town, database: Database) -> None:
    raw = b"unit,indicator,value\n" + b"AA,C1,1\n" * (LARGEST_RELEASE // 8)
    assert upload(town, raw).status_code == 413
    assert upload(town, raw + b"x" * 200_000).status_code == 413
    assert count(database, source_tables.release) == 0


@pytest.mark.usefixtures("source")
def test_what_stands_around_the_file_is_checked(town: Town) -> None:
    assert upload(town, GOOD, published_on="2999-01-01").json["faults"][0]["path"] == "published_on"
    assert upload(town, GOOD, published_on="yesterday").status_code == 422
    assert upload(town, GOOD, status="rumour").status_code == 422
    assert upload(town, GOOD, period="2018-13").status_code == 422
    assert upload(town, GOOD, cycle="no-such-cycle").json["type"] == "urn:cong-tam:unknown-cycle"
    assert upload(town, GOOD, source="nobody").status_code == 404
    without = town.client(RATER).post("/v1/sources/jee/releases", data={"cycle": "ihr-2018"})
    assert without.status_code == 422
    as_text = town.client(RATER).post(
        "/v1/sources/jee/releases", data={"cycle": "ihr-2018", "published_on": "2026-02-01", "file": "x"}
    )
    assert as_text.status_code == 422


@pytest.mark.usefixtures("source")
def test_only_raters_bring_files_and_never_about_their_own_unit(town: Town, database: Database) -> None:
    assert upload(town, GOOD, REVIEWER).status_code == 403
    elsewhere = person(Role.MINISTRY_RATER, council="elsewhere")
    assert upload(town, GOOD, elsewhere).status_code == 404
    at_home = upload(town, GOOD, person(Role.MINISTRY_RATER, home="AA"))
    assert [fault["line"] for fault in at_home.json["faults"]] == [2]
    narrow = upload(town, GOOD, person(Role.MINISTRY_RATER, criteria=("C2",)))
    assert [fault["line"] for fault in narrow.json["faults"]] == [2, 3, 4]
    assert count(database, source_tables.release) == 0
    assert upload(town, GOOD, person(Role.BOARD_RATER, criteria=("C1",))).status_code == 201


@pytest.mark.usefixtures("source")
def test_a_release_has_the_units_it_touches_screened_again(
    town: Town, database: Database, intake: Intake, drain: Callable[[], int]
) -> None:
    intake.receives(
        says.submission("AA", {"C1": 40.0}),
        says.submission("BB", {"C1": 40.0}),
        says.submission("CC", {"C1": 40.0}, cluster="SOUTH"),
    )
    drain()
    work = t.metadata.tables["work"]

    def keys() -> set[str]:
        with database.reader() as connection:
            return set(connection.execute(sa.select(work.c.key)).scalars())

    before = keys()
    upload(town, b"unit,indicator,value\nAA,C1,41\n")
    assert len(keys() - before) == 1
    assert {key.split("/")[1] for key in keys() - before} == {"cohort"}


@pytest.mark.usefixtures("source")
def test_history_is_written_and_cannot_be_changed(town: Town, database: Database) -> None:
    upload(town, GOOD)
    with database.reader() as connection:
        lines = connection.execute(
            sa.select(verify_tables.history.c.action, verify_tables.history.c.actor_name).order_by(
                verify_tables.history.c.id
            )
        ).all()
    assert [line.action for line in lines] == ["source_registered", "release_taken_in"]
    append_only = (
        *(
            claim_tables.submission,
            claim_tables.submission_item,
            claim_tables.submission_evidence,
            source_tables.source,
            source_tables.release,
            source_tables.observation,
        ),
        *(
            review_tables.finding,
            result_tables.decision,
            result_tables.settlement,
            verify_tables.history,
            t.metadata.tables["outbox_event"],
        ),
    )
    for table in append_only:
        for statement in (sa.delete(table), sa.update(table).values({next(iter(table.c)): sa.null()})):
            with pytest.raises(sa.exc.DBAPIError) as refused, database.unit_of_work() as uow:
                uow.connection.execute(statement)
            assert "permission denied" in str(refused.value) or "can only be updated to DEFAULT" in str(refused.value)
