"""The gateway in front of real processes: what people send arrives as they sent it, and no claim is believed."""

import os
import signal
import socket

import pytest
import requests

from deploy.gateway import gateway_from
from tests.integration.deploy.throwaway_suite import ThrowawaySuite
from tests.suite import wait_for


def echo(suite: ThrowawaySuite, path: str, **names: object) -> dict[str, object]:
    answer = requests.post(suite.address + path, timeout=10, **names)
    assert answer.status_code == 200
    return dict(answer.json())


def test_the_root_leads_to_intake_and_prefixes_get_their_slash(suite: ThrowawaySuite) -> None:
    root = requests.get(suite.address, allow_redirects=False, timeout=10)
    assert (root.status_code, root.headers["Location"]) == (302, "/intake/")
    bare = requests.get(f"{suite.address}/verify?page=2", allow_redirects=False, timeout=10)
    assert (bare.status_code, bare.headers["Location"]) == (308, "/verify/?page=2")


@pytest.mark.parametrize("path", ["/units/%C4%90i%E1%BB%87n%20Bi%C3%AAn", "/a%2Fb", "/a//b", "/%25", "/x:1,2;3=@"])
def test_paths_and_queries_travel_as_written(suite: ThrowawaySuite, path: str) -> None:
    with socket.create_connection(("127.0.0.1", int(suite.address.rsplit(":", 1)[1]))) as client:
        request = f"GET /intake{path}?q=%C4%90%26+1&q= HTTP/1.1\r\nHost: h.example:1\r\nConnection: close\r\n\r\n"
        client.sendall(request.encode())
        answer = b""
        while piece := client.recv(65536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 200")
    assert f'"RAW_URI": "{path}?q=%C4%90%26+1&q="'.encode() in answer
    assert b'"HTTP_HOST": "h.example:1"' in answer


def test_what_a_client_claims_about_itself_is_replaced(suite: ThrowawaySuite) -> None:
    claims = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
        "X-Request-ID": "kept-1",
    }
    seen = echo(suite, "/ranking/", headers=claims)
    assert seen["HTTP_X_FORWARDED_FOR"] == "127.0.0.1"
    assert seen["HTTP_X_FORWARDED_HOST"] == suite.address.removeprefix("http://")
    assert seen["HTTP_X_FORWARDED_PROTO"] == "http"
    assert seen["HTTP_X_FORWARDED_PREFIX"] == "/ranking"
    assert seen["HTTP_X_REQUEST_ID"] == "kept-1"


def test_large_bodies_pass_with_and_without_a_length(suite: ThrowawaySuite) -> None:
    size = 5 * 1024 * 1024
    assert echo(suite, "/intake/", data=os.urandom(size))["body"] == size
    assert echo(suite, "/intake/", data=(os.urandom(1024) for _ in range(3000)))["body"] == 3000 * 1024


def test_cookies_pass_one_by_one_and_head_has_no_body(suite: ThrowawaySuite) -> None:
    answer = requests.get(f"{suite.address}/intake/", timeout=10)
    assert answer.raw.headers.getlist("Set-Cookie") == ["a=1", "b=2"]
    assert len(answer.raw.headers.getlist("Date")) == 1
    head = requests.head(f"{suite.address}/intake/", timeout=10)
    assert (head.status_code, head.content) == (200, b"")


def test_other_paths_are_not_found_in_the_readers_form(suite: ThrowawaySuite) -> None:
    page = requests.get(f"{suite.address}/elsewhere", headers={"Accept": "text/html"}, timeout=10)
    assert page.status_code == 404
    assert "Không có trang này." in page.text
    problem = requests.get(f"{suite.address}/intakes/x", headers={"Accept": "application/json"}, timeout=10)
    assert problem.headers["Content-Type"] == "application/problem+json"
    assert problem.json()["status"] == 404


def test_a_process_that_is_away_is_said_so_and_is_back_soon(suite: ThrowawaySuite) -> None:
    pid = suite.pid("ballot")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    away: list[requests.Response] = []

    def ask() -> bool:
        away.append(requests.get(f"{suite.address}/ballot/", headers={"Accept": "text/html"}, timeout=10))
        return away[-1].status_code == 503

    assert wait_for(ask, 5)
    assert "Xin thử lại sau vài giây" in away[-1].text
    assert away[-1].headers["Retry-After"] == "3"
    assert wait_for(lambda: not ask(), 30)
    assert away[-1].status_code == 200


def test_every_missing_setting_is_named_at_once() -> None:
    with pytest.raises(SystemExit, match="VERIFY_URL is missing; RANKING_URL is missing; BALLOT_URL is missing"):
        gateway_from({"INTAKE_URL": "http://127.0.0.1:1"})
