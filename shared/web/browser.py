"""What a browser needs from us: cookies, protection from forged requests, safe redirects, security headers."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, current_app, request, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.web.languages import LANGUAGE_COOKIE

TOKEN_COOKIE = "cong_tam_token"
LONGEST_NEXT = 2000
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_YEAR = timedelta(days=365)
# No inline script or style, nothing from another host, no frame around us.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_csrf = CSRFProtect()


def install_browser(app: Flask, *, secure: bool) -> None:
    """Set up cookies, CSRF tokens and headers. `secure`: people come by https.

    All apps share one address behind the gateway, so each has its own name for Flask's session cookie (which holds
    only the CSRF secret and messages); the token and language cookies are shared on purpose.
    """
    app.config.update(
        SESSION_COOKIE_NAME=f"cong_tam_{app.config.get('SERVICE_NAME', app.name)}",
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        # `access.guard` decides which requests are checked, once it knows how they were authenticated.
        WTF_CSRF_CHECK_DEFAULT=False,
        # Good as long as the session: somebody may spend an afternoon on one form.
        WTF_CSRF_TIME_LIMIT=None,
        # Referer is stripped by some networks; the token and Sec-Fetch-Site are what counts.
        WTF_CSRF_SSL_STRICT=False,
    )
    _csrf.init_app(app)

    @app.after_request
    def protect(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        if secure:
            headers.setdefault("Strict-Transport-Security", f"max-age={int(_YEAR.total_seconds())}")
        if "Cache-Control" not in headers:
            # Not no-store: going back must still show what somebody typed.
            headers["Cache-Control"] = "private, no-cache"
        return response


def refuse_forgery() -> None:
    """Raise a Refusal unless the request's form or X-CSRFToken header holds this session's token."""
    if request.method not in UNSAFE:
        return
    try:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            raise CSRFError("another site")
        _csrf.protect()
    except CSRFError as error:
        raise Refusal(
            "form_not_ours",
            Kind.FORBIDDEN,
            sentence(
                "This form could not be accepted, because it was opened long ago or cookies are switched off. "
                "Go back, reload the page and send it again."
            ),
        ) from error


def set_token_cookie(response: AnyResponse, token: str, lifetime: timedelta) -> None:
    """Keep a person's token in the browser, readable by the suite's servers only."""
    _set_cookie(response, TOKEN_COOKIE, token, lifetime)


def clear_token_cookie(response: AnyResponse) -> None:
    """Take the token out of the browser."""
    response.delete_cookie(TOKEN_COOKIE, path="/", httponly=True, samesite="Lax")


def set_language_cookie(response: AnyResponse, language: str) -> None:
    """Remember the reader's language for a year."""
    _set_cookie(response, LANGUAGE_COOKIE, language, _YEAR)


def _set_cookie(response: AnyResponse, name: str, value: str, lifetime: timedelta) -> None:
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(name, value, max_age=lifetime, path="/", secure=secure, httponly=True, samesite="Lax")


def safe_next(wanted: str | None, otherwise: str = "/") -> str:
    """`wanted` if it is a path on this very address, else `otherwise`: nobody is sent elsewhere by our links."""
    if not wanted or len(wanted) > LONGEST_NEXT or not wanted.startswith("/") or wanted.startswith("//"):
        return otherwise
    # Browsers drop control characters and read a backslash as a slash before they look at the address.
    if "\\" in wanted or any(ord(character) <= 32 or ord(character) == 127 for character in wanted):
        return otherwise
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else wanted


def here() -> str:
    """Path and query of the current request as the browser knows them (with the gateway's prefix)."""
    path = request.root_path + request.path
    query = request.query_string.decode("latin-1")
    return f"{path}?{query}" if query else path


def sibling(service: str) -> str:
    """The path of another app of the suite behind the same gateway, without a slash at its end."""
    root: str = request.script_root
    return root.removesuffix("/" + str(current_app.config.get("SERVICE_NAME"))) + "/" + service


def intake_path(endpoint: str, otherwise: str, **query: str) -> str:
    """A page of intake: by its endpoint inside intake itself, by its path from the other apps."""
    if endpoint in current_app.view_functions:
        values: dict[str, Any] = dict(query)
        return url_for(endpoint, **values)
    return sibling("intake") + otherwise + ("?" + urlencode(query) if query else "")


def renew_path(wanted: str) -> str:
    """Where a browser gets a fresh token (or signs in) and comes back to `wanted`."""
    return intake_path("session.renew", "/session/renew", next=wanted)


def sign_out_path() -> str:
    """The page with the button that ends the session."""
    return intake_path("session.sign_out", "/session/sign-out")


def account_path() -> str:
    """The page of one's own account."""
    return intake_path("session.account", "/session/account")


def cookie_token() -> str | None:
    """The token a browser sent, if any."""
    return request.cookies.get(TOKEN_COOKIE)
