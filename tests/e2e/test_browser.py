"""The whole way through a real browser without JavaScript: fill in, send, review, read; on a phone and on a desk."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from deploy.demo.cast import administrator_login, leader_login, staff_logins
from shared.web.languages import LANGUAGE_COOKIE
from tests.e2e.opened import OpenCycle
from tests.played import PlayedSuite

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.enable_socket]

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=browser_path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def open_cycle(played: PlayedSuite) -> OpenCycle:
    return OpenCycle(played, "ihr-2018-browser")


@contextmanager
def visit(
    browser: Browser, played: PlayedSuite, login: str | None, *, size: dict[str, int] = DESK, language: str = "en"
) -> Iterator[Page]:
    """A page of somebody who signed in by the form; nothing it loads may come from elsewhere or be refused."""
    context: BrowserContext = browser.new_context(
        viewport=size,  # type: ignore[arg-type]  # two whole numbers are one
        java_script_enabled=False,
        locale="vi-VN" if language == "vi" else "en-GB",
        base_url=played.suite.address,
    )
    page = context.new_page()
    # A form with a fault answers 422, which the browser mentions too.
    page.on("console", lambda message: "UNPROCESSABLE" in message.text or complaints.append(message.text))
    page.on("requestfailed", lambda request: gave_up(request) or complaints.append(request.url))
    complaints: list[str] = []

    def gave_up(request: Request) -> bool:
        """Whether the browser itself dropped our icon, for which no page waits, because it went on to the next page."""
        own = request.url.startswith(f"{played.suite.address}/") and request.url.endswith("/ui/icon.svg")
        return own and request.failure == "net::ERR_ABORTED"

    if login is not None:
        page.goto("/intake/session/sign-in")
        page.locator("input[name=login]").fill(login)
        page.locator("input[name=password]").fill(played.cast.password_of(login))
        page.locator("main button[type=submit]").click()
        expect(page.locator("input[name=password]")).to_have_count(0)
    # Signing in chooses the account's own language; these tests choose theirs, as the switch at the top does.
    context.add_cookies([{"name": LANGUAGE_COOKIE, "value": language, "url": played.suite.address}])
    try:
        yield page
        assert complaints == []
    finally:
        context.close()


def test_a_leader_fills_in_attaches_sends_and_gets_a_receipt(
    browser: Browser, played: PlayedSuite, open_cycle: OpenCycle, tmp_path: Path
) -> None:
    unit = open_cycle.next_unit()
    report = tmp_path / "báo cáo.pdf"
    report.write_bytes(PDF)
    form = f"/intake/cycles/{open_cycle.cycle.code}/units/{unit.code}"
    with visit(browser, played, leader_login(open_cycle.cycle, unit.code)) as page:
        page.goto(form)
        first, *others = open_cycle.cycle.claims[unit.code]
        page.get_by_label("Value", exact=False).first.fill("not a number")
        page.get_by_role("button", name="Save", exact=True).last.click()
        # The fault is said at its field, and nothing that was typed is lost.
        expect(page.locator(f"[name='items.{first.criterion}.value']")).to_have_value("not a number")
        expect(page.locator(f"[name='items.{first.criterion}.value']")).to_have_attribute("aria-invalid", "true")
        for claim in (first, *others):
            page.locator(f"[name='items.{claim.criterion}.value']").fill(f"{claim.value:g}")
            points = f"{claim.self_points:g}".replace(".", ",")
            page.locator(f"[name='items.{claim.criterion}.self_points']").fill(points)
        page.locator(f"#item-{first.criterion} button[name=evidence]").click()
        page.locator("input[type=file]").set_input_files(report)
        page.get_by_label("Document number").fill("12/BC-BYT")
        page.get_by_label("Issued by").fill("Ministry of Health")
        page.get_by_label("Date of the document").fill("2019-02-01")
        page.get_by_label("Signed by").fill("A. Signer")
        page.get_by_role("button", name="Attach").click()
        expect(page.get_by_text("12/BC-BYT").first).to_be_visible()
        page.goto(form)
        page.get_by_role("button", name="Save and go on to sending").click()
        page.get_by_role("button", name="Send", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Receipt")
        sent = open_cycle.leader(unit).get(f"/intake/v1/cycles/{open_cycle.cycle.code}/units/{unit.code}/submissions")
        assert sent["submissions"][0]["content_sha256"] in page.content()


def test_a_reviewer_sees_why_and_the_council_reads_the_edition(browser: Browser, played: PlayedSuite) -> None:
    cycle, staff = played.cycle, staff_logins(played.cycle)
    gap = played.result.gaps[0]
    with visit(browser, played, staff["reviewer"]) as page:
        page.goto(f"/verify/cycles/{cycle.code}/queue?state=")
        expect(page.get_by_role("link", name="Gabon").first).to_be_visible()
        page.goto(f"/verify/cycles/{cycle.code}/units/{gap['unit']}/items/{gap['criterion']}")
        expect(page.get_by_role("heading", level=1)).to_contain_text("Gabon")
        expect(page.get_by_text("Joint External Evaluation").first).to_be_visible()
        expect(page.locator("main svg").first).to_be_visible()
    with visit(browser, played, None) as page:
        page.goto(f"/ranking/cycles/{cycle.code}/editions/public/1")
        expect(page.get_by_text(played.result.edition_sha256)).to_be_visible()
        expect(page.get_by_role("row", name="Mauritius", exact=False).first).to_contain_text("733")


PAGES = {
    "sign-in": (None, "/intake/session/sign-in"),
    "editions": (None, "/ranking/"),
    "edition": (None, "/ranking/cycles/{cycle}/editions/public/1"),
    "home": ("leader", "/intake/"),
    "form": ("leader", "/intake/cycles/{cycle}/units/{unit}"),
    "receipt": ("leader", "/intake/cycles/{cycle}/units/{unit}/submissions/1"),
    "administration": ("administrator", "/intake/administration"),
    "units": ("administrator", "/intake/cycles/{cycle}"),
    "verification": ("reviewer", "/verify/"),
    "progress": ("reviewer", "/verify/cycles/{cycle}"),
    "queue": ("reviewer", "/verify/cycles/{cycle}/queue?state="),
    "item": ("reviewer", "/verify/cycles/{cycle}/units/GAB/items/C3"),
    "sources": ("ministry_rater", "/verify/sources"),
    "settlement": ("lead_reviewer", "/verify/cycles/{cycle}/clusters/AFR/settlement"),
    "upload": ("ministry_rater", "/verify/sources/jee/upload"),
    "readiness": ("administrator", "/ranking/cycles/{cycle}"),
    "ballots": ("administrator", "/ballot/"),
}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("who", ["nobody", "leader", "administrator", "reviewer", "lead_reviewer", "ministry_rater"])
def test_every_page_fits_a_phone_and_speaks_one_language(
    browser: Browser, played: PlayedSuite, who: str, language: str
) -> None:
    cycle, unit = played.cycle, played.cycle.units[0].code
    logins = {
        "nobody": None,
        "leader": leader_login(cycle, unit),
        "administrator": administrator_login(cycle),
        **staff_logins(cycle),
    }
    for size in (PHONE, DESK):
        with visit(browser, played, logins[who], size=size, language=language) as page:
            for name, (whose, path) in PAGES.items():
                if (whose or "nobody") != who:
                    continue
                answer = page.goto(path.format(cycle=cycle.code, unit=unit))
                assert answer is not None
                assert answer.status == 200, f"{name}: {answer.status}"
                expect(page.locator("html")).to_have_attribute("lang", language)
                expect(page.get_by_role("heading", level=1)).to_have_count(1)
                # A page wider than the screen would have to be pushed sideways to be read.
                body = page.locator("body").bounding_box()
                assert body is not None
                assert body["width"] <= size["width"] + 1, name
