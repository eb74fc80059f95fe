"""The frame of pages, the language switch, the macros and the error pages."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import render_template_string

import shared.web
from shared.contracts.sentences import N_, sentence
from shared.web.frame import Place, set_navigation
from tests.unit.plumbing.web import OFFICER, REVIEWER, House, build

PAGES = Path(next(iter(shared.web.__path__)))
VOID = {"meta", "link", "input", "img", "br", "hr"}


class Outline(HTMLParser):
    """Checks that elements close, and keeps what the tests ask about."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]

    def named(self, identity: str) -> dict[str, str]:
        (found,) = [attributes for _, attributes in self.elements if attributes.get("id") == identity]
        return found


@pytest.fixture(scope="module")
def house() -> House:
    house = build()
    set_navigation(house.app, [Place("sample.form", N_("Ranking")), Place("sample.queue", N_("Verification"))])
    return house


def render(house: House, source: str, language: str = "vi", **values: object) -> str:
    imports = "".join(f'{{% import "cong_tam/{name}.html" as {name} %}}' for name in ("forms", "tables", "parts"))
    with house.app.test_request_context("/queue", headers={"Accept-Language": language}):
        return render_template_string(imports + source, **values)


# --- frame


def test_a_page_is_whole_in_both_languages(house: House) -> None:
    for language, sign_out in (("vi", "Đăng xuất"), ("en", "Sign out")):
        answer = house.browser(REVIEWER, language).get("/form")
        outline = Outline(answer.text)
        assert outline.all("html") == [{"lang": language}]
        assert answer.headers["Content-Language"] == language
        assert {"Accept-Language", "Cookie"} <= set(answer.headers["Vary"].split(", "))
        assert outline.named("content")
        assert {"href": "#content", "class": "skip"} in outline.all("a")
        assert len(outline.all("main")) == len(outline.all("h1")) == 1
        assert sign_out in answer.text
        assert "Nguyễn Thị Hoa" in answer.text


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(house: House) -> None:
    outline = Outline(house.browser(REVIEWER).get("/form").text)
    assert outline.all("script") == outline.all("style") == []
    for tag, attributes in outline.elements:
        assert not any(name == "style" or name.startswith("on") for name in attributes), tag
        for name in ("href", "src", "action"):
            assert not urlsplit(attributes.get(name, "")).netloc
    assert not re.search(r"https?:|@import|url\(", (PAGES / "static" / "cong-tam.css").read_text("utf-8"))


def test_identifiers_are_unique(house: House) -> None:
    identities = [a["id"] for _, a in Outline(house.browser(REVIEWER).get("/form").text).elements if "id" in a]
    assert len(identities) == len(set(identities)) == 2


def test_the_style_sheet_is_cached_for_ever_under_its_fingerprint_only(house: House) -> None:
    client = house.browser()
    (sheet,) = [a["href"] for a in Outline(client.get("/nowhere").text).all("link") if a["rel"] == "stylesheet"]
    answer = client.get(sheet)
    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get("/ui/000000000000/cong-tam.css").headers["Cache-Control"] == "no-cache"
    assert client.get("/ui/icon.svg").mimetype == "image/svg+xml"


def test_navigation_shows_only_what_one_may_enter(house: House) -> None:
    assert "Thẩm định</a>" in house.browser(REVIEWER).get("/form").text
    assert "Thẩm định</a>" not in house.browser(OFFICER).get("/form").text


def test_the_apps_of_the_suite_are_linked_behind_the_gateway(house: House) -> None:
    paths = {a["href"] for a in Outline(house.browser(REVIEWER, prefix="/verify").get("/form").text).all("a")}
    assert {"/intake/", "/verify/", "/ranking/", "/ballot/"} <= paths
    assert "/intake/" not in {a["href"] for a in Outline(house.browser(REVIEWER).get("/form").text).all("a")}


READABLE = [
    *((text, ground) for text in ("ink", "quiet", "red", "blue") for ground in ("paper", "ground")),
    *(("red", "red-wash"), ("gold-ink", "gold-wash"), ("blue", "blue-wash"), ("green", "green-wash")),
    *(("paper", "blue"), ("paper", "blue-deep"), ("paper", "red"), ("ink", "gold-wash"), ("quiet", "blue-wash")),
]


@pytest.mark.parametrize(("text", "ground"), READABLE)
def test_texts_stand_out_from_their_ground(text: str, ground: str) -> None:
    """WCAG 2.2, 1.4.3: at least 4.5 : 1."""
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize("ground", ["paper", "ground"])
def test_controls_and_focus_stand_out_from_their_ground(ground: str) -> None:
    """WCAG 2.2, 1.4.11 and 2.4.13: at least 3 : 1."""
    assert contrast("edge", ground) >= 3
    assert contrast("blue", ground) >= 3


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two named colours of the style sheet (WCAG 2.2, relative luminance)."""
    sheet = (PAGES / "static" / "cong-tam.css").read_text("utf-8")

    def luminance(name: str) -> float:
        (code,) = re.findall(rf"--{name}: #([0-9a-f]+);", sheet)
        code = code if len(code) == 6 else "".join(digit * 2 for digit in code)
        parts = [int(code[place : place + 2], 16) / 255 for place in (0, 2, 4)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


# --- language


def test_the_language_switch_keeps_the_page_and_is_remembered(house: House) -> None:
    client = house.browser(REVIEWER, "vi", prefix="/verify")
    (switch,) = [a for a in Outline(client.get("/form?x=1").text).all("a") if a.get("hreflang") == "en"]
    answer = client.get(switch["href"].removeprefix("/verify"))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/verify/form?x=1")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert '<html lang="en">' in client.get("/form").text


def test_the_language_switch_leads_nowhere_else(house: House) -> None:
    client = house.browser()
    assert client.get("/ui/language/en?next=//evil.example").headers["Location"] == "/"
    assert client.get("/ui/language/fr").status_code == 404


@pytest.mark.parametrize(
    ("preferred", "language"),
    [("vi", "vi"), ("en-US,en;q=0.9", "en"), ("fr", "vi"), ("en;q=0.4, vi;q=0.8", "vi"), ("", "vi"), ("*", "vi")],
)
def test_without_a_choice_the_browsers_preference_counts_and_vietnamese_is_the_default(
    house: House, preferred: str, language: str
) -> None:
    assert f'<html lang="{language}">' in house.browser(language=preferred).get("/nowhere").text


def test_sentences_speak_the_readers_language(house: House) -> None:
    said = sentence("Please sign in first.")
    assert render(house, "{{ said|said }}", "vi", said=said) == "Vui lòng đăng nhập trước."
    assert render(house, "{{ said|said }}", "en", said=said) == "Please sign in first."
    assert render(house, "{{ 987.5|points }} {{ 0.25|number }}", "vi") == "987,50 0,25"


# --- macros


def test_a_field_is_tied_to_its_label_hint_and_error(house: House) -> None:
    page = render(
        house,
        '{{ forms.field("value", "Giá trị", value="1<2", hint="Gợi ý", error=error, inputmode="decimal") }}',
        error=sentence("Please sign in first."),
    )
    outline = Outline(page)
    box = outline.named("field-value")
    assert box["aria-describedby"].split() == ["hint-value", "error-value"]
    assert (box["aria-invalid"], box["value"], box["inputmode"]) == ("true", "1<2", "decimal")
    assert outline.all("label") == [{"class": "label", "for": "field-value"}]
    assert outline.named("error-value")
    assert outline.named("hint-value")
    assert "Vui lòng đăng nhập trước." in page


def test_the_error_summary_leads_to_every_kind_of_field(house: House) -> None:
    page = render(
        house,
        """{{ forms.error_summary(errors) }}{{ forms.textarea("note", "Note", error="x") }}
        {{ forms.select("source", "Source", [("a", "A"), ("b", "B")], value="b", error="x") }}
        {{ forms.radios("decision", "Decision", [("yes", "Yes", "hint"), ("no", "No")], value="no", error="x") }}
        {{ forms.file("evidence", "Evidence", error="x", accept=".pdf") }}
        {{ forms.checkbox("sure", "Sure", error="x") }}
        {{ forms.submit("Send", "danger", name="action", value="send") }}""",
        errors=dict.fromkeys(("note", "source", "decision", "evidence", "sure"), sentence("Please sign in first.")),
    )
    outline = Outline(page)
    for anchor in outline.all("a"):
        assert outline.named(anchor["href"].removeprefix("#"))
    assert len(outline.all("a")) == 5
    assert [option.get("value") for option in outline.all("option") if "selected" in option] == ["b"]
    assert [radio["value"] for radio in outline.all("input") if "checked" in radio] == ["no"]
    assert outline.all("button")[0]["class"] == "button button-danger"


def test_without_errors_there_is_no_summary(house: House) -> None:
    assert render(house, "{{ forms.error_summary({}) }}").strip() == ""


def test_a_table_has_caption_scopes_and_labels_for_phones(house: House) -> None:
    page = render(
        house,
        """{% call tables.table("Kết quả", ["Đơn vị", {"title": "Điểm", "numeric": true}]) %}
        <tr>{{ tables.head("Hà Nội", "/x") }}{{ tables.cell("Điểm", 987.5|points, numeric=true) }}</tr>
        <tr>{% call tables.head() %}<b>HP</b>{% endcall %}{% call tables.cell("Điểm") %}<i>–</i>{% endcall %}</tr>
        {% endcall %}""",
    )
    outline = Outline(page)
    assert [head["scope"] for head in outline.all("th")] == ["col", "col", "row", "row"]
    assert [cell["data-label"] for cell in outline.all("td")] == ["Điểm", "Điểm"]
    (caption,) = outline.all("caption")
    assert outline.all("div")[0]["aria-labelledby"] == caption["id"]
    assert "987,50" in page


def test_parts_render_and_escape(house: House) -> None:
    page = render(
        house,
        """{{ parts.badge("<b>", "good") }}{{ parts.notice("text", "synthetic") }}{{ parts.notice("", "real") }}
        {{ parts.breadcrumbs([("A", "/"), ("B", none)]) }}{{ parts.empty("Chưa có") }}
        {{ parts.facts([("Số", "1")]) }}{{ parts.figures([("Đơn vị", 7, "gợi ý")]) }}
        {{ parts.pagination(3, 9, "sample.home") }}
        {% call parts.box("good", "T") %}<p>x</p>{% endcall %}""",
    )
    outline = Outline(page)
    assert "&lt;b&gt;" in page
    assert "Dữ liệu giả định." in page
    assert "Dữ liệu thật." not in page
    pages = [anchor["href"] for anchor in outline.all("a") if "page=" in anchor["href"]]
    assert pages == [f"/?page={number}" for number in (2, 1, 2, 4, 9, 4)]


# --- errors


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("malformed", 400),
        ("forbidden", 403),
        ("not_found", 404),
        ("conflict", 409),
        ("stale", 412),
        ("too_large", 413),
        ("unsupported", 415),
        ("invalid", 422),
        ("too_many", 429),
        ("unavailable", 503),
        ("fault", 500),
    ],
)
def test_people_get_pages_and_programs_get_problems(house: House, kind: str, status: int) -> None:
    english = house.browser(language="en").get(f"/fails/{kind}")
    vietnamese = house.browser(language="vi").get(f"/fails/{kind}")
    assert english.status_code == vietnamese.status_code == status
    for answer in (english, vietnamese):
        assert len(Outline(answer.text).all("h1")) == 1
        assert answer.headers["X-Request-ID"] in answer.text
        assert "secret" not in answer.text
    assert re.findall("<h1>(.*)</h1>", english.text) != re.findall("<h1>(.*)</h1>", vietnamese.text)
    problem = house.machine().get(f"/fails/{kind}")
    assert (problem.status_code, problem.mimetype) == (status, "application/problem+json")
    assert "secret" not in problem.text


def test_faults_are_listed_with_their_place(house: House) -> None:
    assert "points.csv:3:value: Row 3: expected a number." in house.browser(language="en").get("/fails/invalid").text


def test_errors_of_the_framework_keep_their_headers(house: House) -> None:
    answer = house.browser().post("/queue")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
    assert "<h1>Không thực hiện được ở đây</h1>" in answer.text
    assert house.browser().get("/fails/too_many").headers["Retry-After"] == "60"


def test_who_lacks_a_role_learns_under_which_name_they_came(house: House) -> None:
    answer = house.browser(OFFICER).get("/queue")
    assert answer.status_code == 403
    assert "Trần Văn Đức" in answer.text


def test_an_error_after_sending_a_form_says_how_to_get_back_to_it(house: House) -> None:
    answer = house.browser(REVIEWER, "en").post("/form", data={"note": "typed"})
    assert answer.status_code == 403
    assert "What you typed is not lost" in answer.text


def test_where_nobody_is_signed_in_an_error_page_offers_it(house: House) -> None:
    assert "/intake/session/renew" in house.browser().get("/nowhere").text
