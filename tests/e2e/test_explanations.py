"""A question travels from a reviewer to the unit and back through the running suite; then two sign, and one objects.

With SCREENSHOTS naming a folder every page is also kept there as a picture.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from deploy.demo.cast import administrator_login, leader_login, second_login, staff_logins
from tests.e2e.opened import OpenCycle
from tests.e2e.test_browser import DESK, PHONE, browser, visit
from tests.played import PlayedSuite

pytestmark = [pytest.mark.whole, pytest.mark.browser, pytest.mark.timeout(900), pytest.mark.enable_socket]
__all__ = ["browser"]


@pytest.fixture(scope="module")
def open_cycle(played: PlayedSuite) -> OpenCycle:
    return OpenCycle(played, "ihr-2018-explained")


def until(found: Callable[[], Any], what: str) -> Any:
    limit = time.monotonic() + 120
    while not (result := found()):
        assert time.monotonic() < limit, f"waited in vain for {what}"
        time.sleep(0.3)
    return result


def shown(
    opened: Browser, played: PlayedSuite, login: str, path: str, name: str, vietnamese: str, english: str
) -> None:
    """The page on a phone in Vietnamese and on a desk in English: no wider than the screen, saying what it should."""
    for language, size, said in (("vi", PHONE, vietnamese), ("en", DESK, english)):
        with visit(opened, played, login, size=size, language=language) as page:
            page.goto(path)
            expect(page.locator("main")).to_contain_text(said)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], (path, size)
            if folder := os.environ.get("SCREENSHOTS"):
                page.screenshot(path=Path(folder) / f"{name}-{language}-{size['width']}.png", full_page=True)


def test_a_question_is_asked_answered_decided_signed_and_disputed(
    browser: Browser, played: PlayedSuite, open_cycle: OpenCycle
) -> None:
    cycle, staff, unit = open_cycle.cycle, staff_logins(open_cycle.cycle), open_cycle.next_unit()
    open_cycle.send(unit)
    reviewer, second = (open_cycle.cast.person(login) for login in (staff["reviewer"], second_login(cycle)))
    leader = open_cycle.leader(unit)
    verify = f"/verify/v1/cycles/{cycle.code}"

    def asked_about() -> Any:
        answer = reviewer.call("GET", f"{verify}/items", params={"unit": unit.code, "state": "open"}, accept=(404,))
        return answer.json().get("items") if answer.status_code == 200 else None

    criterion = until(asked_about, "the screening of the unit")[0]["criterion"]
    item = f"{verify}/units/{unit.code}/items/{criterion}"

    def step(person: Any, door: str, **body: Any) -> Any:
        return person.post(f"{item}/{door}", body | {"version": reviewer.get(item)["version"]})

    question = "Đề nghị giải trình chênh lệch với đánh giá bên ngoài."
    page_of_item = f"/verify/cycles/{cycle.code}/units/{unit.code}/items/{criterion}"
    shown(browser, played, staff["reviewer"], page_of_item, "item-open", "Nhận xử lý", "Take in hand")
    with visit(browser, played, staff["reviewer"]) as page:
        page.goto(page_of_item)
        page.get_by_role("button", name="Take in hand").click()
        expect(page.locator("main")).to_contain_text("in the hand of")
        page.get_by_text("Ask the unit to explain").click()
        page.get_by_label("What should be explained?").fill(question)
        page.get_by_label("Office").fill("Sở Y tế")
        page.get_by_role("button", name="Ask the unit", exact=True).click()
        expect(page.locator("main")).to_contain_text("The question is on its way to the unit.")
    intake = f"/intake/v1/cycles/{cycle.code}/units/{unit.code}/requests"
    (told,) = until(lambda: leader.get(intake)["requests"], "the question at intake")
    assert (told["criterion"], told["reason"], told["office"]) == (criterion, question, "Sở Y tế")

    login = leader_login(cycle, unit.code)
    pages = f"/intake/cycles/{cycle.code}/units/{unit.code}/requests"
    shown(browser, played, login, "/intake/", "intake-home", "Yêu cầu giải trình", "Questions of the reviewers")
    shown(browser, played, login, pages, "intake-requests", "chờ giải trình", "to be answered")
    shown(browser, played, login, f"{pages}/{told['request']}", "intake-request", question, "Your answer")
    with visit(browser, played, login) as page:
        page.goto(f"{pages}/{told['request']}")
        page.get_by_label("Explanation").fill("Số liệu đã được đính chính sau khi nộp.")
        page.get_by_role("button", name="Send the answer").click()
        expect(page.locator("main")).to_contain_text("The answer was sent.")
    changes = leader.get(f"/intake/v1/cycles/{cycle.code}/units/{unit.code}/submissions/2/changes")["changes"]
    assert [change["criterion"] for change in changes] == [criterion]

    until(lambda: reviewer.get(item)["review"] == "explained", "the answer at verify")
    until(lambda: reviewer.get(item)["submission_number"] == 2, "the new version to be screened")
    shown(browser, played, staff["reviewer"], page_of_item, "item-explained", "đính chính", "What the versions say")

    decision = {"verdict": "reject", "reason": "Chưa đủ căn cứ.", "document_number": "12/BC"}
    decided = step(reviewer, "decisions", **decision)
    if decided["review"] == "awaiting_countersignature":
        shown(
            *(browser, played, second_login(cycle), page_of_item, "item-to-sign"),
            *("Chữ ký thứ hai", "Second signature"),
        )
        decided = step(second, "countersignature", verdict="sign")
    assert decided["review"] in ("decided", "countersigned")

    scores = f"/verify/cycles/{cycle.code}/units/{unit.code}/scores"
    shown(browser, played, login, scores, "scores", "Chưa đủ căn cứ.", "Verified scores")
    shown(
        browser, played, login, f"{scores}/{criterion}", "score", "Đề nghị xem xét lại điểm này", "Object to this score"
    )
    with visit(browser, played, login) as page:
        page.goto("/verify/")
        page.locator(f'a[href$="/cycles/{cycle.code}/units/{unit.code}/scores"]').click()
        page.get_by_role("link", name=criterion).click()
        page.get_by_label("Why the score is not right").fill("Nguồn dùng số liệu cũ.")
        page.get_by_label("Number of the document").fill("77/UBND")
        page.get_by_role("button", name="Object").click()
        expect(page.locator("main")).to_contain_text("The objection is recorded.")
    lead = open_cycle.cast.person(staff["lead_reviewer"])
    shown(browser, played, staff["lead_reviewer"], page_of_item, "item-disputed", "Giữ nguyên", "It stands")
    assert step(lead, "decisions", verdict="stands", reason="Số liệu đúng kỳ.")["review"] == "decided"

    _the_overviews(browser, played, open_cycle)


def _the_overviews(browser: Browser, played: PlayedSuite, open_cycle: OpenCycle) -> None:
    cycle, staff = open_cycle.cycle, staff_logins(open_cycle.cycle)
    admin = administrator_login(cycle)
    trail, rules = (f"/verify/cycles/{cycle.code}/{name}" for name in ("audit", "rules"))
    shown(browser, played, staff["lead_reviewer"], trail, "trail", "Nhật ký toàn vẹn", "The trail holds")
    shown(browser, played, admin, rules, "rules", "Công bố quy tắc khác", "Declare other rules")
    overview = f"/verify/cycles/{cycle.code}"
    shown(browser, played, staff["lead_reviewer"], overview, "cycle", "Nhật ký mọi bước", "Trail of all steps")
