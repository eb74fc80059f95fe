"""Somebody who uses the suite: signs in, calls the services' public API, is patient when a part restarts."""

import time
from typing import Any

import requests

PATIENCE = 90.0  # seconds; longer than any process needs to come back
PAUSE = 0.3


class Refused(Exception):
    """A service said no; the message is its own."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(f"{status}: {problem}")
        self.status = status


class Person:
    """Somebody with an account. All calls it makes are safe to repeat, so it repeats them until they are answered."""

    def __init__(self, address: str, login: str, password: str) -> None:
        self.address = address
        self.login = login
        self.password = password
        self._token: str | None = None
        self._token_until = 0.0
        self._session = requests.Session()
        self._session.headers["Accept"] = "application/json"
        self._session.headers["Accept-Language"] = "en"

    def get(self, path: str, **arguments: Any) -> Any:
        """The decoded answer of `GET path` (`/verify/v1/…`)."""
        return self.call("GET", path, **arguments).json()

    def post(self, path: str, body: Any = None, *, accept: tuple[int, ...] = (), **arguments: Any) -> Any:
        """The decoded answer of `POST path`; statuses in `accept` are no refusal (None is returned)."""
        if body is not None:
            arguments["json"] = body
        answer = self.call("POST", path, accept=accept, **arguments)
        return answer.json() if answer.status_code < 300 and answer.content else None

    def call(self, method: str, path: str, *, accept: tuple[int, ...] = (), **arguments: Any) -> requests.Response:
        """The answer; raises `Refused` for any refusal but those in `accept`, after waiting out restarts."""
        limit = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self._once(method, path, **arguments)
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
                # Nobody there, or gone in the middle of the answer.
                answer, trouble = None, type(error).__name__
            except requests.Timeout:
                answer, trouble = None, "no answer in time"
            if answer is not None:
                if answer.status_code < 400 or answer.status_code in accept:
                    return answer
                if answer.status_code == 401 and self._token is not None:
                    self._token = None
                    continue
                trouble = _problem_of(answer)
                if answer.status_code not in (500, 502, 503, 504):
                    raise Refused(answer.status_code, f"{method} {path}: {trouble}")
            if time.monotonic() > limit:
                raise Refused(answer.status_code if answer is not None else 0, f"{method} {path}: {trouble}")
            time.sleep(PAUSE)

    def token(self) -> str:
        """A bearer token that is still good for some minutes."""
        if self._token is None or time.monotonic() > self._token_until:
            signed = self._sign_in()
            if signed is not None:
                raise Refused(signed.status_code, _problem_of(signed))
        return str(self._token)

    def _sign_in(self) -> requests.Response | None:
        """Fetch a token; the answer if it was no."""
        signed = self._session.post(
            f"{self.address}/intake/v1/tokens",
            json={"login": self.login, "password": self.password},
            timeout=(3, 30),
        )
        if signed.status_code != 201:
            return signed
        given = signed.json()
        self._token = str(given["token"])
        self._token_until = time.monotonic() + given["expires_in"] / 2
        return None

    def _once(self, method: str, path: str, **arguments: Any) -> requests.Response:
        if self._token is None:
            refusal = self._sign_in()
            if refusal is not None:
                return refusal
        headers = {"Authorization": f"Bearer {self._token}", **arguments.pop("headers", {})}
        return self._session.request(method, self.address + path, headers=headers, timeout=(3, 60), **arguments)


def _problem_of(answer: requests.Response) -> str:
    try:
        problem = answer.json()
    except ValueError:
        return answer.text[:300]
    if not isinstance(problem, dict):
        return answer.text[:300]
    faults = "; ".join(str(fault.get("detail")) for fault in problem.get("faults", [])[:5])
    parts = (problem.get("detail") or problem.get("title"), faults, problem.get("errors"))
    return " · ".join(str(part) for part in parts if part)
