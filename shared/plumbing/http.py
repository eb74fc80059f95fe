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
    """Reads JSON from one service. `sign` makes a fresh token for each call; what fails is tried twice more."""

    def __init__(self, base_url: str, sign: Callable[[], str], *, read_seconds: float = READ_SECONDS) -> None:
        self.base_url = base_url.rstrip("/")
        self.sign = sign
        self.read_seconds = read_seconds
        self.session = requests.Session()
        again = Retry(total=2, backoff_factor=0.2, status_forcelist=(502, 503, 504), raise_on_status=False)
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, HTTPAdapter(max_retries=again, pool_maxsize=4))

    def get_json(self, path: str, **params: Any) -> Any:
        """GET `path`; the decoded body. Raises a Refusal of kind UNAVAILABLE when no good answer came."""
        headers = {
            "Authorization": f"Bearer {self.sign()}",
            HEADER: current_request_id() or new_request_id(),
            "Accept": "application/json",
        }
        try:
            answer = self.session.get(
                self.base_url + path,
                params=params,
                headers=headers,
                timeout=(CONNECT_SECONDS, self.read_seconds),
                allow_redirects=False,
            )
            answer.raise_for_status()
            return answer.json()
        except requests.RequestException as error:
            status = error.response.status_code if error.response is not None else None
            log.warning("service_call_failed", path=path, error=type(error).__name__, status=status)
            raise Refusal(
                "service_unavailable",
                Kind.UNAVAILABLE,
                sentence("A part of the suite does not answer at the moment; please try again shortly."),
            ) from error
