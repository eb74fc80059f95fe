"""Fetches files over HTTP: conditional requests, limits of time and size, bounded retries. PX-Web is asked by POST.

Only public addresses are asked, at every hop (see `public_addresses`). Proxies, passwords and the like that the process
may have in its environment are not used. What comes packed is unpacked piece by piece, and counted unpacked.
"""

import time
from collections.abc import Collection
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
import structlog
from urllib3.util import Retry

from services.verify.settings import LARGEST_RELEASE
from services.verify.sources.clients.public_addresses import AddressNotAllowed, PublicOnlyAdapter
from services.verify.sources.model import Answer, FetchPlan, SourceDown
from shared.contracts.sentences import Sentence, sentence

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0  # between two pieces
LONGEST_SECONDS = 120.0  # for the whole file
PIECE = 64 * 1024
log = structlog.get_logger(__name__)


class HttpFetcher:
    """`ports.Fetcher` over requests. A PX-Web query changes nothing, so its POST may be tried again as a GET may."""

    def __init__(
        self,
        allowed_hosts: Collection[str] = (),
        *,
        read_seconds: float = READ_SECONDS,
        longest_seconds: float = LONGEST_SECONDS,
    ) -> None:
        self.read_seconds, self.longest_seconds = read_seconds, longest_seconds
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.max_redirects = 5
        self.session.headers["User-Agent"] = "CongTam-verify"
        again = Retry(
            total=2,
            read=False,  # who is slow once is slow again: the limit of time is the caller's, not three times that
            backoff_factor=0.3,
            status_forcelist=(429, 502, 503, 504),
            allowed_methods=("GET", "POST"),
            raise_on_status=False,
        )
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, PublicOnlyAdapter(allowed_hosts, max_retries=again, pool_maxsize=1))

    def fetch(self, plan: FetchPlan, etag: str, last_modified: str) -> Answer:
        headers = {name: mark for name, mark in (("If-None-Match", etag), ("If-Modified-Since", last_modified)) if mark}
        arguments: dict[str, Any] = {"json": plan.query} if plan.query is not None else {}
        ends = time.monotonic() + self.longest_seconds
        try:
            with self.session.request(
                "GET" if plan.query is None else "POST",
                plan.address,
                headers=headers,
                timeout=(CONNECT_SECONDS, self.read_seconds),
                stream=True,
                **arguments,
            ) as answer:
                if answer.status_code == requests.codes.not_modified:
                    return Answer(None, "", etag, last_modified)
                if answer.status_code != requests.codes.ok:
                    raise SourceDown(
                        sentence("The publisher answered with status %(status)s.", status=answer.status_code)
                    )
                raw = self._body(answer, ends)
                marks = answer.headers.get("ETag", ""), answer.headers.get("Last-Modified", "")
                return Answer(raw, _file_name(plan.address), *marks)
        except AddressNotAllowed:
            log.warning("source_address_not_allowed", source=plan.source)
            message = sentence("The address leads into a network that is not public; no file is fetched from there.")
            raise SourceDown(message) from None
        except requests.Timeout:
            raise SourceDown(sentence("The publisher did not answer in time.")) from None
        except requests.RequestException as error:
            log.warning("source_down", source=plan.source, error=type(error).__name__)
            raise SourceDown(_how(error)) from None

    def _body(self, answer: requests.Response, ends: float) -> bytes:
        pieces, size = [], 0
        for piece in answer.iter_content(PIECE):
            size += len(piece)
            if size > LARGEST_RELEASE:
                most = LARGEST_RELEASE // (1024 * 1024)
                raise SourceDown(sentence("The publisher's file is larger than %(most)s MB.", most=most))
            if time.monotonic() > ends:
                raise SourceDown(sentence("The publisher did not answer in time."))
            pieces.append(piece)
        return b"".join(pieces)


def _file_name(address: str) -> str:
    last = unquote(urlsplit(address).path).rstrip("/").rsplit("/", 1)[-1]
    clean = "".join(letter for letter in last if letter.isprintable())
    return clean[:100] or "download"


def _how(error: requests.RequestException) -> Sentence:
    if isinstance(error, requests.TooManyRedirects):
        return sentence("The publisher's address leads in circles.")
    if isinstance(error, requests.exceptions.SSLError):
        return sentence("The publisher's certificate cannot be trusted.")
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return sentence("The publisher's answer broke off.")
    return sentence("The publisher cannot be reached.")
