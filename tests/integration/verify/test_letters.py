"""A rating on a signed letter: keyed by one, compared with the scan by another, and only then a figure."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from services.verify.sources import tables as source_tables
from shared.people import Role
from shared.plumbing.database import Database
from tests.integration.verify import intake as says
from tests.integration.verify.intake import Intake
from tests.integration.verify.people import ADMINISTRATOR, RATER, REVIEWER, STRANGER, Town, person
from tests.integration.verify.test_mapped_files import hidden, observed
from tests.integration.verify.test_ratings import FORM
from tests.integration.verify.test_sources import JEE, count

SECOND = person(Role.BOARD_RATER, name="Lê Văn C")
SCAN = b"%PDF-1.7 scanned"


@pytest.fixture
def source(town: Town, intake: Intake, drain: Callable[[], int]) -> None:
    intake.records(says.cycle())
    drain()
    assert town.client(ADMINISTRATOR).post("/v1/sources", json=JEE).status_code == 201


def key(town: Town, actor: Any = RATER, scan: bytes = SCAN, **fields: str) -> Any:
    browser = town.browser(actor, "en")
    given: dict[str, Any] = {"cycle": "ihr-2018", "indicator": "C1", "published_on": "2026-02-01", "status": "final"}
    given |= {"document_number": "12/BYT-TĐ", "issued_on": "2026-01-31", "figure-0": "40", "figure-1": "55,5"} | fields
    given |= {"scan": (io.BytesIO(scan), "letter.pdf")} if scan else {}
    return browser.post(FORM, data=hidden(browser.get(FORM).text) | given, content_type="multipart/form-data")


def letter_of(database: Database) -> str:
    with database.reader() as connection:
        return str(connection.execute(sa.select(source_tables.keyed_letter.c.id)).scalar_one())


def settle(town: Town, letter: str, actor: Any, verdict: str, reason: str = "") -> Any:
    browser = town.browser(actor, "en")
    token = hidden(browser.get(FORM).text)
    return browser.post(f"/letters/{letter}", data=token | {"verdict": verdict, "reason": reason})


@pytest.mark.usefixtures("source")
def test_a_letter_counts_once_a_second_person_confirms_it(town: Town, database: Database) -> None:
    answer = key(town)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sources/jee"), answer.text
    assert observed(database) == []
    letter = letter_of(database)
    listed = town.browser(SECOND, "en").get("/sources/jee").text
    assert "12/BYT-TĐ" in listed
    page = town.browser(SECOND, "en").get(f"/letters/{letter}").text
    assert "55.5" in page
    assert "are the same" in page
    scan = town.browser(SECOND, "en").get(f"/letters/{letter}/scan")
    assert (scan.data, scan.mimetype) == (SCAN, "application/octet-stream")
    assert settle(town, letter, SECOND, "confirm").status_code == 303
    assert observed(database) == [(2, "AA", "C1", "2018", 40.0, "final"), (3, "BB", "C1", "2018", 55.5, "final")]
    assert "Confirmed by Lê Văn C." in town.browser(RATER, "en").get(f"/letters/{letter}").text
    assert settle(town, letter, SECOND, "confirm").status_code == 409
    assert "12/BYT-TĐ" not in town.browser(SECOND, "en").get("/sources/jee").text


@pytest.mark.usefixtures("source")
def test_whoever_keyed_it_cannot_confirm_it_nor_can_people_without_the_role(town: Town, database: Database) -> None:
    key(town)
    letter = letter_of(database)
    assert "You keyed this letter yourself" in town.browser(RATER, "en").get(f"/letters/{letter}").text
    assert settle(town, letter, RATER, "confirm").status_code == 403
    assert town.browser(REVIEWER, "en").get(f"/letters/{letter}").status_code == 403
    assert town.browser(STRANGER, "en").get(f"/letters/{letter}").status_code == 403
    elsewhere = person(Role.BOARD_RATER, council="elsewhere")
    assert town.browser(elsewhere, "en").get(f"/letters/{letter}").status_code == 404
    own = person(Role.BOARD_RATER, home="AA")
    assert settle(town, letter, own, "confirm").status_code == 422
    assert observed(database) == []
    assert count(database, source_tables.letter_verdict) == 0


@pytest.mark.usefixtures("source")
def test_what_differs_from_the_scan_never_counts(town: Town, database: Database) -> None:
    key(town)
    letter = letter_of(database)
    assert settle(town, letter, SECOND, "refuse").status_code == 422
    assert settle(town, letter, SECOND, "").status_code == 422
    assert settle(town, letter, SECOND, "refuse", "BB: 65,5").status_code == 303
    assert "Not confirmed by Lê Văn C: BB: 65,5" in town.browser(RATER, "en").get(f"/letters/{letter}").text
    assert settle(town, letter, SECOND, "confirm").status_code == 409
    assert count(database, source_tables.release) == 0


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"document_number": ""}, "document_number"),
        ({"issued_on": ""}, "issued_on"),
        ({"issued_on": "2999-01-01"}, "issued_on"),
        ({"scan": b""}, "scan"),
        ({"scan": b"MZ program"}, "scan"),
    ],
)
def test_a_letter_has_a_number_a_date_and_a_scan(
    changes: dict[str, Any], field: str, town: Town, database: Database
) -> None:
    answer = key(town, **changes)
    assert answer.status_code == 422
    assert f'href="#field-{field}"' in answer.text
    assert count(database, source_tables.keyed_letter) == 0
