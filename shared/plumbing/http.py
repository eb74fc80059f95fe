"""Calls to other services: always with time limits, bounded retries, a signed token and the request id."""

from collections.abc import Callable
from typing import Any

import requests
import structlog
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.plumbing.request_id import HEADER, current_request_id, new_request_id

CONNECT_SECONDS = 2.0
READ_SECONDS = 15.0
log = structlog.get_logger(__name__)


class ServiceClient:
    """Talks JSON to one service. `sign` makes a fresh token for each call."""

    def __init__(self, base_url: str, sign: Callable[[], str], *, read_seconds: float = READ_SECONDS) -> None:
        self.base_url = base_url.rstrip("/")
        self.sign = sign
        self.read_seconds = read_seconds
        self.session = requests.Session()
        # Only what cannot have done anything is tried again: connections that failed, and reads that are idempotent.
        again = Retry(
            total=2,
            backoff_factor=0.2,
            status_forcelist=(502, 503, 504),
            allowed_methods=("GET", "HEAD"),
            raise_on_status=False,
        )
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, HTTPAdapter(max_retries=again, pool_maxsize=4))

    def get_json(self, path: str, **params: Any) -> Any:
        """GET `path`; the decoded body. Raises a Refusal of kind UNAVAILABLE when no good answer came."""
        return self._call("GET", path, params=params)

    def post_json(self, path: str, body: Any) -> Any:
        """POST `body`; the decoded answer. Raises a Refusal of kind UNAVAILABLE when no good answer came."""
        return self._call("POST", path, json=body)

    def _call(self, method: str, path: str, **arguments: Any) -> Any:
        headers = {
            "Authorization": f"Bearer {self.sign()}",
            HEADER: current_request_id() or new_request_id(),
            "Accept": "application/json",
        }
        try:
            answer = self.session.request(
                method,
                self.base_url + path,
                headers=headers,
                timeout=(CONNECT_SECONDS, self.read_seconds),
                allow_redirects=False,
                **arguments,
            )
            answer.raise_for_status()
            return answer.json()
        except requests.RequestException as error:
            status = error.response.status_code if error.response is not None else None
            log.warning("service_call_failed", method=method, path=path, error=type(error).__name__, status=status)
            raise Refusal(
                "service_unavailable",
                Kind.UNAVAILABLE,
                sentence("A part of the suite does not answer at the moment; please try again shortly."),
            ) from error
