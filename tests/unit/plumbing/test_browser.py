"""Cookies, headers and redirects that stay at home."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.web.browser import safe_next, sibling
from tests.unit.plumbing.web import REVIEWER, House, build

ORIGIN = "https://thidua.example"


@pytest.fixture(scope="module")
def house() -> House:
    return build()


@pytest.mark.parametrize(
    "path", ["/", "/verify/queue?page=2", "/x/?next=/y", "/h%C3%A0-n%E1%BB%99i", "/a//b", "/a:b@c"]
)
def test_paths_on_this_address_are_kept(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "queue",
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/a\nb",
        "/ /evil.example",
        "javascript:alert(1)",
        "\\\\evil.example",
        "/" + "a" * 2000,
        "/\x00",
        "/\x7f",
    ],
)
def test_other_addresses_are_replaced(path: str | None) -> None:
    assert safe_next(path, "/home") == "/home"


@given(st.text(alphabet="/\\?#:@.ab \t\n%[]", max_size=12))
@example("//[x")
def test_nobody_is_ever_sent_to_another_origin(path: str) -> None:
    # What a browser makes of it: control characters dropped, backslashes read as slashes.
    seen = "".join(c for c in safe_next(path) if c not in "\t\n\r").replace("\\", "/")
    target = urlsplit(urljoin(ORIGIN, seen))
    assert f"{target.scheme}://{target.netloc}" == ORIGIN


def test_every_answer_carries_the_security_headers(house: House) -> None:
    for path in ("/form", "/v1/scores", "/nowhere", "/fails/fault"):
        headers = house.browser(REVIEWER).get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "private, no-cache"
        assert "Strict-Transport-Security" not in headers


def test_cookies_are_closed_and_named_by_app(house: House) -> None:
    (cookie,) = house.browser(REVIEWER).get("/form").headers.getlist("Set-Cookie")
    assert cookie.startswith("cong_tam_verify=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie


def test_behind_https_cookies_are_secure_and_the_browser_is_told_to_stay() -> None:
    house = build(public_url="https://thidua.example")
    client = house.browser()
    client.set_cookie("cong_tam_token", house.intake.person_token(REVIEWER), domain="thidua.example")
    answer = client.get("/form", base_url="https://thidua.example")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


@pytest.mark.parametrize(
    ("prefix", "expected"), [("/verify", "/intake"), ("/thidua/verify", "/thidua/intake"), ("", "/intake")]
)
def test_the_other_apps_are_found_behind_the_same_gateway(house: House, prefix: str, expected: str) -> None:
    with house.app.test_request_context("/queue", environ_overrides={"SCRIPT_NAME": prefix}):
        assert sibling("intake") == expected
