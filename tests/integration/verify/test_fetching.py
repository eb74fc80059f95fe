"""Fetching from a real server on this machine: conditional, patient within limits, and honest when it is down."""

import gzip
import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import sqlalchemy as sa

from services.verify.settings import LARGEST_RELEASE
from services.verify.sources import tables as source_tables
from services.verify.sources.actions.fetch import fetch_due
from services.verify.sources.clients.fetcher import HttpFetcher
from services.verify.sources.clients.public_addresses import AddressNotAllowed, checked_addresses, hosts_of
from services.verify.sources.model import SourceDown
from services.verify.sources.readers.rating_workbook import READERS
from services.verify.store import SqlStore
from shared.plumbing.database import Database
from tests.integration.verify import intake as says
from tests.integration.verify.intake import Intake
from tests.integration.verify.people import ADMINISTRATOR, RATER, SUPPORT, Town
from tests.integration.verify.test_mapped_files import hidden
from tests.integration.verify.test_sources import JEE, count

FILE = b"unit,indicator,value\nAA,C1,40\n"


class Publisher:
    """A statistics office: what it answers, and what it was asked."""

    def __init__(self) -> None:
        self.body, self.etag, self.status = FILE, '"v1"', 200
        self.fail_first, self.slow, self.cut = 0, 0.0, False
        self.headers: dict[str, str] = {}
        self.asked: list[tuple[str, str, str]] = []  # method, If-None-Match, body
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer("")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

            def _answer(self, body: str) -> None:
                seen = self.headers.get("If-None-Match", "")
                publisher.asked.append((self.command, seen, body))
                time.sleep(publisher.slow)
                if publisher.fail_first > 0:
                    publisher.fail_first -= 1
                    self.send_error(503)
                elif seen and seen == publisher.etag:
                    self.send_response(304)
                    self.end_headers()
                else:
                    self.send_response(publisher.status)
                    self.send_header("ETag", publisher.etag)
                    for name, value in publisher.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(publisher.body) + (100 if publisher.cut else 0)))
                    self.end_headers()
                    self.wfile.write(publisher.body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/tables/c1.csv"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    made = Publisher()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def source(town: Town, intake: Intake, drain: Callable[[], int]) -> None:
    intake.records(says.cycle())
    drain()
    assert town.client(ADMINISTRATOR).post("/v1/sources", json=JEE).status_code == 201


def plan(town: Town, publisher: Publisher, actor: Any = ADMINISTRATOR, **changes: Any) -> Any:
    body = {"address": publisher.address, "cycle": "ihr-2018", "status": "final", "every_hours": 24} | changes
    return town.client(actor).post("/v1/sources/jee/fetching", json=body)


def fetch(store: Any, allowed: Collection[str] = ("127.0.0.1",)) -> dict[str, str]:
    fetcher = HttpFetcher(allowed, read_seconds=1.0, longest_seconds=3.0)
    try:
        return fetch_due(store, fetcher, READERS)
    finally:
        fetcher.session.close()


class Later:
    """The store some days on: nothing that is written changes, only the clock that reads it."""

    def __init__(self, store: SqlStore, days: int) -> None:
        self.store, self.days = store, days

    @contextmanager
    def unit_of_work(self) -> Iterator[Any]:
        with self.store.unit_of_work() as opened:
            opened.now += timedelta(days=self.days)
            yield opened


def outcomes(town: Town) -> list[str]:
    return [one["outcome"] for one in town.client(SUPPORT).get("/v1/sources/jee/fetching").json["attempts"]]


@pytest.mark.usefixtures("source")
def test_a_file_is_taken_once_and_not_asked_for_again_before_its_time(
    town: Town, publisher: Publisher, store: SqlStore, database: Database
) -> None:
    assert fetch(store) == {}
    assert plan(town, publisher).json == {"version": 1}
    assert fetch(store) == {"jee": "taken"}
    assert fetch(store) == {}
    assert publisher.asked == [("GET", "", "")]
    assert count(database, source_tables.observation) == 1
    assert outcomes(town) == ["taken", "asked"]
    with database.reader() as connection:
        release = connection.execute(
            sa.select(
                source_tables.release.c.file_name, source_tables.release.c.raw, source_tables.release.c.uploaded_by_name
            )
        ).one()
    assert tuple(release) == ("c1.csv", FILE, "Công Tâm")


@pytest.mark.usefixtures("source")
def test_an_unchanged_file_costs_nothing(town: Town, publisher: Publisher, store: SqlStore, database: Database) -> None:
    plan(town, publisher)
    assert fetch(store) == {"jee": "taken"}
    assert fetch(Later(store, 2)) == {"jee": "unchanged"}
    assert publisher.asked[-1] == ("GET", '"v1"', "")
    publisher.etag = '"v2"'  # the same bytes under another mark
    assert fetch(Later(store, 4)) == {"jee": "unchanged"}
    publisher.body, publisher.etag = FILE.replace(b"40", b"41"), '"v3"'
    assert fetch(Later(store, 6)) == {"jee": "taken"}
    assert count(database, source_tables.release) == 2


@pytest.mark.usefixtures("source")
def test_a_short_failure_is_waited_out_and_px_web_is_asked_by_post(
    town: Town, publisher: Publisher, store: SqlStore
) -> None:
    query = {"query": [], "response": {"format": "json-stat"}}
    plan(town, publisher, query=query)
    publisher.fail_first = 2
    assert fetch(store) == {"jee": "taken"}
    assert [(method, json.loads(body)) for method, _, body in publisher.asked] == [("POST", query)] * 3


DOWN: dict[str, tuple[Callable[[Publisher], Any], str, str]] = {
    "an error": (lambda made: setattr(made, "status", 500), "down", "answered with status 500"),
    "too slow": (lambda made: setattr(made, "slow", 1.6), "down", "did not answer in time"),
    "broken off": (lambda made: setattr(made, "cut", True), "down", "broke off"),
    "too large": (lambda made: setattr(made, "body", b"x" * (LARGEST_RELEASE + 1)), "down", "larger than 10 MB"),
    "not our table": (lambda made: setattr(made, "body", b"<html>"), "refused", "Unknown column"),
}


@pytest.mark.usefixtures("source")
@pytest.mark.parametrize(("breaks", "outcome", "words"), DOWN.values(), ids=DOWN)
def test_a_source_that_is_down_is_not_verified_and_asked_again_within_the_hour(
    breaks: Callable[[Publisher], Any], outcome: str, words: str, town: Town, publisher: Publisher, store: SqlStore,
    database: Database,
) -> None:  # fmt: skip
    plan(town, publisher)
    breaks(publisher)
    assert fetch(store) == {"jee": outcome}
    assert fetch(store) == {}
    assert count(database, source_tables.release) == 0
    page = town.browser(ADMINISTRATOR, "en").get("/sources/jee/fetching").text
    assert words in page
    assert ("not verified" in page) == (outcome == "down")
    publisher.__dict__.update(body=FILE, status=200, slow=0.0, cut=False)
    assert fetch(Later(store, 1)) == {"jee": "taken"}


@pytest.mark.usefixtures("source")
def test_nobody_listening_is_down(town: Town, publisher: Publisher, store: SqlStore) -> None:
    plan(town, publisher)
    publisher.server.shutdown()
    publisher.server.server_close()
    assert fetch(store) == {"jee": "down"}
    assert "cannot be reached" in town.browser(SUPPORT, "en").get("/sources/jee").text


@pytest.mark.usefixtures("source")
def test_only_the_administrator_plans_and_a_pause_is_kept(town: Town, publisher: Publisher, store: SqlStore) -> None:
    assert plan(town, publisher, RATER).status_code == 403
    assert plan(town, publisher, address="file:///etc/passwd").status_code == 422
    assert plan(town, publisher, every_hours=0).status_code == 422
    assert plan(town, publisher, cycle="other").status_code == 422
    browser = town.browser(ADMINISTRATOR, "en")
    token = hidden(browser.get("/sources/jee/fetching").text)
    form = token | {"address": publisher.address, "cycle": "ihr-2018", "every_hours": "24", "status": "final"}
    wrong = browser.post("/sources/jee/fetching", data=form | {"query": "no json"})
    assert wrong.status_code == 422
    assert 'href="#field-query"' in wrong.text
    assert browser.post("/sources/jee/fetching", data=form | {"paused": "1"}).status_code == 303
    assert fetch(store) == {}
    assert town.client(SUPPORT).get("/v1/sources/jee/fetching").json["plan"]["paused"] is True
    assert browser.post("/sources/jee/fetching", data=form).status_code == 303
    assert fetch(store) == {"jee": "taken"}


@pytest.mark.usefixtures("source")
def test_addresses_that_are_not_public_are_not_asked_unless_allowed(
    town: Town, publisher: Publisher, store: SqlStore
) -> None:
    plan(town, publisher)
    assert fetch(store, allowed=()) == {"jee": "down"}
    assert publisher.asked == []
    assert "network that is not public" in town.browser(SUPPORT, "en").get("/sources/jee").text
    port = publisher.server.server_port
    assert fetch(Later(store, 1), allowed={f"127.0.0.1:{port}"}) == {"jee": "taken"}


@pytest.mark.usefixtures("source")
def test_a_redirect_is_checked_as_the_first_address_was(town: Town, publisher: Publisher, store: SqlStore) -> None:
    inner = Publisher()
    try:
        publisher.status, publisher.headers = 302, {"Location": inner.address}
        plan(town, publisher)
        first, second = (f"127.0.0.1:{made.server.server_port}" for made in (publisher, inner))
        assert fetch(store, allowed={first}) == {"jee": "down"}
        assert (len(publisher.asked), inner.asked) == (1, [])
        assert fetch(Later(store, 1), allowed={first, second}) == {"jee": "taken"}
    finally:
        inner.server.shutdown()
        inner.server.server_close()


@pytest.mark.usefixtures("source")
def test_the_address_that_was_checked_is_the_one_connected_to(
    town: Town, publisher: Publisher, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that says something public first and then 127.0.0.1 gains nothing by it."""
    answers, connected = iter(["93.184.215.14", "127.0.0.1", "127.0.0.1", "127.0.0.1"]), []

    def lookup(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr("services.verify.sources.clients.public_addresses.socket.getaddrinfo", lookup)
    monkeypatch.setattr("services.verify.sources.clients.public_addresses.create_connection", connect)
    plan(town, publisher, address="http://statistics.example/c1.csv")
    assert HttpFetcher().session.get_adapter("http://statistics.example").max_retries.total == 2
    with store.unit_of_work() as uow:
        found = uow.fetching.plan("jee")
    assert found is not None
    with pytest.raises(SourceDown, match="not public"):
        HttpFetcher().fetch(found[1], "", "")
    # Tried again after it was refused, it is looked up and checked anew, and 127.0.0.1 is never connected to.
    assert connected == ["93.184.215.14"]


@pytest.mark.usefixtures("source")
def test_what_is_packed_counts_unpacked_and_fills_no_memory(town: Town, publisher: Publisher, store: SqlStore) -> None:
    publisher.body, publisher.headers = gzip.compress(bytes(400 * 1024 * 1024), 1), {"Content-Encoding": "gzip"}
    plan(town, publisher)
    tracemalloc.start()
    try:
        assert fetch(store) == {"jee": "down"}
        assert tracemalloc.get_traced_memory()[1] < 4 * LARGEST_RELEASE
    finally:
        tracemalloc.stop()
    assert "larger than 10 MB" in town.browser(SUPPORT, "en").get("/sources/jee").text


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "2130706433", "0x7f.1", "127.1", "localhost", "LOCALHOST."])
def test_however_it_is_written(host: str) -> None:
    with pytest.raises(AddressNotAllowed):
        checked_addresses(host, 80, ())


def test_a_setting_allows_hosts_by_name_or_with_their_port() -> None:
    allowed = hosts_of(" Localhost ,127.0.0.1:8080,")
    assert checked_addresses("localhost", 80, allowed)
    assert checked_addresses("127.0.0.1", 8080, allowed) == ["127.0.0.1"]
    with pytest.raises(AddressNotAllowed):
        checked_addresses("127.0.0.1", 80, allowed)
