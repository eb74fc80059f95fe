"""The pages of the cluster round in a real browser without JavaScript, on a phone and on a desk, in both languages."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from services.intake.challenges.actions import answer
from services.intake.files.clients.folder import EvidenceFolder
from services.intake.store import SqlStore
from shared.people import Actor
from shared.web.browser import TOKEN_COOKIE
from shared.web.languages import LANGUAGE_COOKIE
from tests.builders.intake import CYCLE, administrator, officer
from tests.builders.intake_rounds import a_running_round, challenged, head, position_on, signed
from tests.integration.intake.web import Web

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket, pytest.mark.whole]

CLUSTER = f"/cycles/{CYCLE}/clusters/K1"
ITEM = f"/cycles/{CYCLE}/units/HN/items/C1/challenges"
PAGES: dict[str, tuple[str, Actor]] = {
    "days": (f"/cycles/{CYCLE}/round", administrator()),
    "cluster": (f"{CLUSTER}/round", officer("QN")),
    "item": (ITEM, officer("QN")),
    "answer": (ITEM.replace("HN", "HP"), officer("HP")),
    "received": (f"/cycles/{CYCLE}/units/HN/submissions/1", officer("QN")),
    "form": (f"{CLUSTER}/meetings/new", head()),
    "correction": (f"{CLUSTER}/meetings/1/versions", head()),
    "minutes": (f"{CLUSTER}/meetings/1", officer("HP")),
}
SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}


@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


@pytest.fixture
def address(web: Web, intake: SqlStore, files: EvidenceFolder) -> Iterator[str]:
    """The application with a round that is under way, served on this machine."""
    a_running_round(intake, files)
    challenged(intake)
    challenged(intake, by="QN", of="HP")
    answer(intake, officer("HN"), CYCLE, "HN", "C1", 1, "Số sơ bộ; sẽ theo số chính thức.", None)
    signed(intake, files)
    position_on(intake, officer("HP"), "HP", "dissent", about_unit="HN", criterion="C1", reason="Chưa thống nhất")
    server = make_server("127.0.0.1", 0, web.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_pages_fit_and_are_whole(browser: Browser, web: Web, address: str, size: str, language: str) -> None:
    folder = os.environ.get("SCREENSHOTS")  # where to put pictures for people to look at
    complaints: list[str] = []
    for name, (path, actor) in PAGES.items():
        context = browser.new_context(viewport=SIZES[size], java_script_enabled=False)  # type: ignore[arg-type]
        context.add_cookies(
            [
                {"name": TOKEN_COOKIE, "value": web.token(actor), "url": address},
                {"name": LANGUAGE_COOKIE, "value": language, "url": address},
            ]
        )
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        answer = page.goto(f"{address}{path}")
        assert answer is not None
        assert answer.status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, size)
        if folder:
            page.screenshot(path=Path(folder) / f"{name}-{size}-{language}.png", full_page=True)
        context.close()
    assert complaints == []
