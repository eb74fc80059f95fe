"""One address for the whole suite: /intake, /verify, /ranking and /ballot go to their processes.

Runs under gunicorn (`deploy.gateway:application`). Paths travel exactly as the client wrote them; what a client
claims about itself in `X-Forwarded-*` is replaced by what the gateway saw.
"""

import http.client
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from werkzeug.middleware.http_proxy import ProxyMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIXES = {"/intake": "INTAKE_URL", "/verify": "VERIFY_URL", "/ranking": "RANKING_URL", "/ballot": "BALLOT_URL"}
LARGEST_UNANNOUNCED = 64 * 1024 * 1024
PATIENCE = 120  # seconds one step of a request may take: a freeze or a large file may be slow
AWAY_VI = "Phần này của hệ thống đang khởi động lại. Xin thử lại sau vài giây; dữ liệu đã gửi không bị mất."
AWAY_EN = "This part of the system is restarting. Please try again in a few seconds; nothing you sent is lost."
OWN_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_PREFIX")
# The server in front of us writes its own.
NOT_PASSED_ON = ("server", "date")


def _own_answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """What the gateway answers itself: its health, the way in, and nothing else."""
    request = Request(environ)
    path = request.path
    if path == "/health/live":
        return Response('{"ok": true}\n', mimetype="application/json")(environ, start_response)
    if path == "/" or path in PREFIXES:
        target = "/intake/" if path == "/" else path + "/"
        query = f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
        status = 302 if path == "/" else 308
        return Response(status=status, headers={"Location": target + query})(environ, start_response)
    return _problem(request, 404, "Không có trang này.", "There is no such page.")(environ, start_response)


def _problem(request: Request, status: int, said_vi: str, said_en: str) -> Response:
    headers = {"Retry-After": "3", "Cache-Control": "no-store"} if status == 503 else {"Cache-Control": "no-store"}
    best = request.accept_mimetypes.best_match(["application/problem+json", "application/json", "text/html"])
    if best != "text/html":
        title = http.client.responses[status]
        body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": said_en})
        return Response(body, status, headers, mimetype="application/problem+json")
    page = (
        '<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>Công Tâm</title><p>{escape(said_vi)}</p>"
        f'<p lang="en">{escape(said_en)}</p><p><a href="/">Công Tâm</a></p></html>'
    )
    return Response(page, status, headers, mimetype="text/html")


def _as_written(environ: "WSGIEnvironment") -> None:
    """Let the path travel undecoded: decoded and quoted again, `Đ` or an escaped slash would arrive changed."""
    raw = environ.get("RAW_URI")
    if raw:
        environ["PATH_INFO"] = urlsplit(raw).path or "/"


def _announce_length(environ: "WSGIEnvironment") -> bool:
    """Give a chunked body, which says its length nowhere, a length; False when it is too long to be kept for that."""
    if environ.get("HTTP_TRANSFER_ENCODING", "").lower() != "chunked":
        return True
    # Closed by the garbage collector, with the request that reads it.
    kept = tempfile.SpooledTemporaryFile(max_size=1024 * 1024)  # noqa: SIM115
    length = 0
    while piece := environ["wsgi.input"].read(64 * 1024):
        length += len(piece)
        if length > LARGEST_UNANNOUNCED:
            kept.close()
            return False
        kept.write(piece)
    kept.seek(0)
    del environ["HTTP_TRANSFER_ENCODING"]
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = kept, str(length)
    return True


class Gateway:
    """The WSGI application; `targets` maps a prefix such as `/intake` to that process's address."""

    def __init__(self, targets: Mapping[str, str]) -> None:
        self._proxies: dict[str, WSGIApplication] = {}
        for prefix, target in targets.items():
            options = {"target": target, "remove_prefix": True, "host": None}
            self._proxies[prefix] = ProxyMiddleware(_own_answer, {prefix: options}, timeout=PATIENCE)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        _as_written(environ)
        prefix = "/" + environ["PATH_INFO"].lstrip("/").split("/", 1)[0]
        if prefix not in self._proxies or environ["PATH_INFO"] == prefix:
            return _own_answer(environ, start_response)
        for name in OWN_HEADERS:
            environ.pop(name, None)
        environ["HTTP_X_FORWARDED_FOR"] = environ.get("REMOTE_ADDR", "")
        environ["HTTP_X_FORWARDED_HOST"] = environ.setdefault("HTTP_HOST", environ["SERVER_NAME"])
        environ["HTTP_X_FORWARDED_PROTO"] = environ["wsgi.url_scheme"]
        environ["HTTP_X_FORWARDED_PREFIX"] = prefix
        if not _announce_length(environ):
            refusal = _problem(Request(environ), 413, "Nội dung gửi lên quá lớn.", "What was sent is too large.")
            return refusal(environ, start_response)
        return self._pass_on(prefix, environ, start_response)

    def _pass_on(self, prefix: str, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        began: list[tuple[str, list[tuple[str, str]]]] = []

        def remember(status: str, headers: list[tuple[str, str]], _problem: object = None) -> object:
            began.append((status, headers))
            return None

        try:
            body = self._proxies[prefix](environ, remember)  # type: ignore[arg-type]  # nobody here calls write()
            status, headers = began[0]
        except http.client.HTTPException:  # the process died in the middle of its answer
            status, headers, body = "502 Bad Gateway", [], []
        if status.startswith("502"):
            return _problem(Request(environ), 503, AWAY_VI, AWAY_EN)(environ, start_response)
        start_response(status, [(name, value) for name, value in headers if name.lower() not in NOT_PASSED_ON])
        return body


def gateway_from(environment: Mapping[str, str]) -> "WSGIApplication":
    """The gateway to the addresses in INTAKE_URL, VERIFY_URL, RANKING_URL and BALLOT_URL.

    TRUSTED_PROXIES says how many proxies of our own (that end TLS, say) stand in front of it; 0 by default.
    """
    missing = [name for name in PREFIXES.values() if not environment.get(name)]
    if missing:
        raise SystemExit(f"settings: {'; '.join(name + ' is missing' for name in missing)}")
    gateway: WSGIApplication = Gateway({prefix: environment[name] for prefix, name in PREFIXES.items()})
    trusted = int(environment.get("TRUSTED_PROXIES") or 0)
    return ProxyFix(gateway, x_for=trusted, x_proto=trusted, x_host=trusted) if trusted else gateway


def __getattr__(name: str) -> object:
    """`application` is made when gunicorn asks for it, so that importing this module needs no environment."""
    if name == "application":
        return gateway_from(os.environ)
    raise AttributeError(name)
