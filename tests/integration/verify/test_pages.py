"""Pages as a browser gets them: cookies, CSRF, Vietnamese by default, errors at their fields, nothing typed lost."""

import io
import re
from typing import Any

import pytest

from services.verify.results import tables as result_tables
from services.verify.screening.model import CODES
from services.verify.sources import tables as source_tables
from shared.people import Role
from tests.integration.verify.people import ADMINISTRATOR, LEAD, RATER, REVIEWER, STRANGER, SUPPORT, person
from tests.integration.verify.rounds import Round
from tests.integration.verify.steps import OFFICER

ITEM = "/cycles/ihr-2018/units/AA/items/C1"
SETTLEMENT = "/cycles/ihr-2018/clusters/NORTH/settlement"


def get(world: Round, path: str, actor: Any = REVIEWER, language: str = "vi", status: int = 200) -> str:
    answer = world.town.browser(actor, language).get(path)
    assert answer.status_code == status, answer.text[:2000]
    return str(answer.text)


def post(world: Round, path: str, actor: Any = REVIEWER, **fields: Any) -> Any:
    """Open the form, then send it as a browser does, with its hidden fields."""
    client = world.town.browser(actor)
    form = client.get(path).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    return client.post(path, data=hidden | fields)


def test_pages_are_vietnamese_first_and_english_complete(shown_round: Round) -> None:
    paths = ["/", "/cycles/ihr-2018", "/cycles/ihr-2018/queue", ITEM, "/sources", "/sources/jee"]
    for path in paths:
        vietnamese, english = get(shown_round, path), get(shown_round, path, language="en")
        assert '<html lang="vi">' in vietnamese
        assert '<html lang="en">' in english
        assert "Số liệu thật của WHO." in vietnamese, f"{path} does not say whose figures it shows"
        assert "Real figures of WHO." in english
    assert "Chênh lệch cần giải trình" in get(shown_round, ITEM)
    assert "Mức ưu tiên rà soát" in get(shown_round, "/cycles/ihr-2018/queue")


def test_the_home_page_shows_cycles_and_progress(shown_round: Round) -> None:
    page = get(shown_round, "/", SUPPORT, "en")
    assert "3 of 3" in page
    assert "Open the review queue" in page
    assert "No cycles yet" in get(shown_round, "/", STRANGER, "en")
    to_sources = shown_round.town.browser(RATER).get("/")
    assert (to_sources.status_code, to_sources.headers["Location"]) == (303, "/sources")


def test_the_queue_is_filtered_and_links_to_items(shown_round: Round) -> None:
    page = get(shown_round, "/cycles/ihr-2018/queue", language="en")
    assert f'href="{ITEM}"' in page
    assert "difference from the source" in page
    closed = get(shown_round, "/cycles/ihr-2018/queue?state=closed&unit=BB", language="en")
    assert "/units/BB/items/C1" in closed
    assert f'href="{ITEM}"' not in closed
    assert "No items here" in get(shown_round, "/cycles/ihr-2018/queue?state=settled", language="en")
    get(shown_round, "/cycles/ihr-2018/queue?after=nonsense&unit=%00&state=fine&flagged=7")


def test_what_the_checks_ask_about_is_open_to_units_too(shown_round: Round) -> None:
    assert 'href="/checks"' in get(shown_round, "/cycles/ihr-2018/queue")
    page = get(shown_round, "/checks", OFFICER)
    assert all(code in page for code in CODES)


def test_an_item_shows_why_on_one_screen(shown_round: Round) -> None:
    page = get(shown_round, ITEM, language="en")
    for expected in ("Joint External Evaluation", "row 2 of jee.csv", "± 20", "12/BC-UBND", "<svg", "Laboratory"):
        assert expected in page, expected
    assert f"/intake/cycles/ihr-2018/units/AA/evidence/{'a' * 64}" in page
    assert "Record the decision" in page
    assert "Record the decision" not in get(shown_round, ITEM, SUPPORT, "en")
    assert "own unit" in get(shown_round, ITEM, person(Role.REVIEWER, home="AA"), "en", 403)


def test_an_item_shows_what_hangs_on_it(shown_round: Round) -> None:
    """AA's 90 would be the source's 40: 200 points become 150, behind BB's 160."""
    page = " ".join(get(shown_round, ITEM, language="en").split())
    assert (
        "At the independent figure: −50.00 points, rank 1 → 2, <strong>no longer first in the cluster</strong>" in page
    )
    assert "unit could still come first" in page
    within = " ".join(get(shown_round, "/cycles/ihr-2018/units/BB/items/C1", language="en").split())
    assert "At the independent figure: −5.00 points, rank unchanged (2)" in within
    assert "What hangs on it" not in get(shown_round, "/cycles/ihr-2018/units/AA/items/C3", language="en")


def test_a_figure_that_could_be_two_is_asked_about(review_round: Round) -> None:
    typed = {"verdict": "adjust", "reason": "Theo văn bản.", "document_number": "15/BC"}
    answer = post(review_round, ITEM, figure="1.234", **typed)
    assert answer.status_code == 422
    assert "“1.234” có thể hiểu theo hai cách" in answer.text
    assert post(review_round, ITEM, figure="41,5", **typed).status_code == 303


def test_a_decision_through_the_form(review_round: Round) -> None:
    answer = post(review_round, ITEM, verdict="reject", reason="Theo số liệu của nguồn.", document_number="")
    assert (answer.status_code, answer.headers["Location"]) == (303, ITEM)
    page = get(review_round, ITEM, language="en")
    assert "Theo số liệu của nguồn." in page
    assert "Next in the queue:" in page
    (decision,) = review_round.rows(result_tables.decision)
    assert (decision["verdict"], decision["value"]) == ("reject", 40.0)


def test_an_adjustment_may_be_typed_with_a_comma(review_round: Round) -> None:
    answer = post(review_round, ITEM, verdict="adjust", figure="70,5", reason="Có văn bản.", document_number="7/QĐ")
    assert answer.status_code == 303
    assert [row["value"] for row in review_round.rows(result_tables.decision)] == [70.5]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reason": "Lý do đã gõ."}, "verdict"),
        ({"verdict": "accept", "document_number": "1"}, "reason"),
        ({"verdict": "adjust", "figure": "nhiều", "reason": "Lý do đã gõ."}, "figure"),
        ({"verdict": "adjust", "figure": "70", "reason": "Lý do đã gõ."}, "document_number"),
        ({"verdict": "adjust", "figure": "1e9", "reason": "Lý do đã gõ."}, "figure"),
    ],
)
def test_an_error_stands_at_its_field_and_nothing_typed_is_lost(
    shown_round: Round, fields: dict[str, str], field: str
) -> None:
    answer = post(shown_round, ITEM, **fields)
    assert answer.status_code == 422
    assert f'href="#field-{field}"' in answer.text
    assert f'id="error-{field}"' in answer.text
    if "reason" in fields:
        assert fields["reason"] in answer.text
    if fields.get("figure"):
        assert f'value="{fields["figure"]}"' in answer.text
    if fields.get("verdict"):
        assert re.search(rf'value="{fields["verdict"]}" checked', answer.text)
    assert shown_round.rows(result_tables.decision) == []


def test_who_was_too_slow_keeps_what_they_typed(review_round: Round) -> None:
    client = review_round.town.browser(REVIEWER)
    form = client.get(ITEM).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    assert post(review_round, ITEM, LEAD, verdict="reject", reason="Trước.").status_code == 303
    answer = client.post(ITEM, data=hidden | {"verdict": "accept", "reason": "Sau.", "document_number": "1"})
    assert answer.status_code == 412
    assert "đã thay đổi" in answer.text
    assert len(review_round.rows(result_tables.decision)) == 1


def test_a_form_without_its_token_is_refused(shown_round: Round) -> None:
    client = shown_round.town.browser(REVIEWER)
    answer = client.post(ITEM, data={"verdict": "reject", "reason": "x", "version": "1"})
    assert answer.status_code == 403
    assert shown_round.rows(result_tables.decision) == []


def test_a_cluster_is_settled_through_the_form(review_round: Round) -> None:
    assert "/units/AA/items/C1" in get(review_round, SETTLEMENT, LEAD)
    get(review_round, SETTLEMENT, REVIEWER, status=403)
    empty = post(review_round, SETTLEMENT, LEAD, reason="", document_number="9/TB")
    assert empty.status_code == 422
    assert 'value="9/TB"' in empty.text
    answer = post(review_round, SETTLEMENT, LEAD, reason="Kết luận phiên họp.", document_number="9/TB")
    assert answer.status_code == 303
    assert [row["items"] for row in review_round.rows(result_tables.settlement)] == [1]
    assert "Không có" in get(review_round, SETTLEMENT, LEAD)
    get(review_round, "/cycles/ihr-2018/clusters/NOWHERE/settlement", LEAD, status=404)


def upload(world: Round, raw: bytes, **fields: str) -> Any:
    form = {"cycle": "ihr-2018", "published_on": "2026-02-01", "status": "final", "period": ""} | fields
    return post(world, "/sources/jee/upload", RATER, **form, file=(io.BytesIO(raw), "../../số liệu.csv"))


def test_a_file_is_brought_through_the_form(review_round: Round) -> None:
    answer = upload(review_round, b"unit,indicator,value\nCC,C1,52\n", published_on="01/02/2026")
    assert answer.status_code == 303, answer.text
    page = get(review_round, answer.headers["Location"], RATER, "en")
    assert "số liệu.csv" in page
    assert "../" not in page.split("<main")[1]
    raw = review_round.town.browser(RATER).get(re.search(r'href="(/v1/releases/[^"]*/raw)"', page)[1])  # type: ignore[index]
    assert raw.data == b"unit,indicator,value\nCC,C1,52\n"


def test_faults_of_a_file_are_listed_with_their_places(review_round: Round) -> None:
    before = len(review_round.rows(source_tables.release))
    answer = upload(review_round, b"unit,indicator,value\nZZ,C1,52\nAA,C1,x\n", period="2018-Q1", status="preliminary")
    assert answer.status_code == 422
    table = answer.text.split('id="faults"')[1]
    assert re.findall(r'scope="row" data-label="[^"]*">(\d+)<', table) == ["2", "3"]
    assert 'value="2018-Q1"' in answer.text
    assert re.search(r'value="preliminary" checked', answer.text)
    assert len(review_round.rows(source_tables.release)) == before
    missing = upload(review_round, b"unit,indicator,value\nAA,C1,1\n", published_on="hôm qua", cycle="")
    assert missing.status_code == 422
    assert 'id="error-published_on"' in missing.text
    assert 'id="error-cycle"' in missing.text
    many = b"unit,indicator,value\n" + b"".join(b"Z%d,C1,1\n" % number for number in range(200))
    assert upload(review_round, many).text.split('id="faults"')[1].count('scope="row"') == 50


def test_a_source_is_registered_through_the_form(review_round: Round) -> None:
    fields = {"source": "nso", "council": "central", "title_vi": "Niên giám", "publisher_vi": "Cục Thống kê"}
    wrong = post(review_round, "/sources/new", ADMINISTRATOR, **fields | {"source": "có dấu"})
    assert wrong.status_code == 422
    assert 'id="error-source"' in wrong.text
    assert 'value="Niên giám"' in wrong.text
    assert post(review_round, "/sources/new", ADMINISTRATOR, **fields).status_code == 303
    taken = post(review_round, "/sources/new", ADMINISTRATOR, **fields)
    assert taken.status_code == 409
    get(review_round, "/sources/new", REVIEWER, status=403)


def test_strangers_are_sent_to_sign_in_and_see_nothing(shown_round: Round) -> None:
    anonymous = shown_round.town.app.test_client().get(ITEM, headers={"Accept": "text/html"})
    assert anonymous.status_code == 302
    assert "/intake/session/renew" in anonymous.headers["Location"]
    for path in (ITEM, "/cycles/ihr-2018", "/cycles/ihr-2018/queue", "/sources/jee"):
        get(shown_round, path, STRANGER, status=404)
