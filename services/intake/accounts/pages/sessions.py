"""Sign-in, its renewal and its end, and one's own account, as pages that work without JavaScript."""

from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request, url_for
from flask import session as flask_session

from services.intake.accounts.actions.accounts import change_password
from services.intake.accounts.actions.passwords import choose_password
from services.intake.accounts.actions.sign_in import (
    SignedIn,
    create_client_key,
    renew,
    revoke_client_key,
    sign_in,
    sign_out,
)
from services.intake.accounts.queries import read_account, read_client_keys
from services.intake.ports import WebDependencies
from services.intake.web import flash_good
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import LANGUAGES, Sentence, sentence
from shared.plumbing.tokens import PERSON_LIFETIME
from shared.web.access import current_actor
from shared.web.browser import clear_token_cookie, safe_next, set_language_cookie, set_token_cookie
from shared.web.languages import LANGUAGE_COOKIE

SESSION_COOKIE = "cong_tam_session"


def session_pages(web: WebDependencies) -> Blueprint:
    """The blueprint `session`."""
    blueprint = Blueprint("session", __name__, url_prefix="/session")
    pages = _SessionPages(web)
    both = ["GET", "POST"]
    blueprint.add_url_rule("/sign-in", "sign_in", pages.sign_in, methods=both)
    blueprint.add_url_rule("/renew", "renew", pages.renew, methods=both)
    blueprint.add_url_rule("/sign-out", "sign_out", pages.sign_out, methods=both)
    blueprint.add_url_rule("/account", "account", pages.account)
    blueprint.add_url_rule("/account/password", "change_password", pages.change_password, methods=both)
    blueprint.add_url_rule("/account/keys", "create_key", pages.create_key, methods=["POST"])
    blueprint.add_url_rule("/account/keys/<identity>/revoke", "revoke_key", pages.revoke_key, methods=["POST"])
    return blueprint


class _SessionPages:
    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def sign_in(self) -> Any:
        wanted = safe_next(request.values.get("next"), _home())
        if request.method == "GET":
            return _sign_in_page(wanted)
        login, password = request.form.get("login", "")[:200], request.form.get("password", "")[:1000]
        chosen = request.form.get("new_password", "")[:1000]
        try:
            if chosen and chosen != request.form.get("repeated_password", ""):
                raise BadInput([Fault(sentence("The two new passwords differ."), path="repeated_password")])
            if chosen:
                signed, secret = choose_password(self.web.account_store, login, password, chosen, request.remote_addr)
            else:
                signed, secret = sign_in(self.web.account_store, login, password, request.remote_addr)
        except Refusal as refusal:
            if refusal.kind not in (Kind.UNAUTHENTICATED, Kind.TOO_MANY, Kind.INVALID):
                raise
            return _sign_in_page(wanted, login, refusal)
        answer = redirect(wanted, 303)
        self._keep(answer, signed)
        _set_session_cookie(answer, secret, signed)
        if request.cookies.get(LANGUAGE_COOKIE) not in LANGUAGES:
            set_language_cookie(answer, signed.account.language)
        return answer

    def renew(self) -> Any:
        """Fetch a fresh token and go back, repeating a post with its body; without a session sign in first."""
        wanted = safe_next(request.args.get("next"), _home())
        posted = request.method == "POST"
        try:
            signed = renew(self.web.account_store, request.cookies.get(SESSION_COOKIE))
        except Refusal as refusal:
            if refusal.kind is not Kind.UNAUTHENTICATED:
                raise
            if posted:
                return make_response(render_template("accounts/ended.html", hide_sign_in=True), 401)
            return redirect(url_for("session.sign_in", next=wanted))
        answer = redirect(wanted, 307 if posted else 302)
        self._keep(answer, signed)
        return answer

    def sign_out(self) -> Any:
        if request.method == "GET":
            return render_template("accounts/sign_out.html")
        sign_out(self.web.account_store, request.cookies.get(SESSION_COOKIE))
        answer = redirect(url_for("session.sign_in"), 303)
        flask_session.clear()
        flash_good(sentence("You are signed out."))
        clear_token_cookie(answer)
        answer.delete_cookie(SESSION_COOKIE, path=_home(), httponly=True, samesite="Lax")
        # What the browser kept of pages must not be shown to the next person at this computer.
        answer.headers["Clear-Site-Data"] = '"cache"'
        return answer

    def account(self) -> Any:
        return self._account_page({})

    def change_password(self) -> Any:
        if request.method == "GET":
            return redirect(url_for("session.account"))
        form = request.form
        if form.get("new_password", "") != form.get("repeated_password", ""):
            return self._account_page({"repeated_password": sentence("The two new passwords differ.")}, 422)
        current, new = form.get("current_password", "")[:1000], form.get("new_password", "")[:1000]
        try:
            change_password(self.web.account_store, current_actor(), current, new, request.remote_addr)
        except BadInput as bad:
            return self._account_page({fault.path or "": fault.said for fault in bad.faults}, 422)
        except Refusal as refusal:
            if refusal.code == "wrong_sign_in":
                return self._account_page({"current_password": sentence("This is not your password.")}, 422)
            if refusal.kind is Kind.TOO_MANY:
                return self._account_page({"current_password": refusal.said}, 429)
            raise
        flash_good(sentence("Your password was changed. Please sign in with the new one."))
        answer = redirect(url_for("session.sign_in", next=url_for("session.account")), 303)
        clear_token_cookie(answer)
        return answer

    def create_key(self) -> Any:
        title, days = " ".join(request.form.get("title", "").split())[:100], request.form.get("days", "")
        if not title:
            return self._account_page({"title": sentence("Say what the key is for.")}, 422)
        try:
            number = int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0
            _, secret = create_client_key(self.web.account_store, current_actor(), title, number)
        except BadInput as bad:
            return self._account_page({fault.path or "": fault.said for fault in bad.faults}, 422)
        answer = make_response(self._account_page({}, new_key=secret))
        # The one page that shows a secret is kept nowhere.
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def revoke_key(self, identity: str) -> Any:
        revoke_client_key(self.web.account_store, current_actor(), identity)
        flash_good(sentence("The key was ended."))
        return redirect(url_for("session.account"), 303)

    def _account_page(self, errors: dict[str, Sentence], status: int = 200, new_key: str | None = None) -> Response:
        actor = current_actor()
        page = render_template(
            "accounts/own_account.html",
            account=read_account(self.web.account_store, actor, actor.account),
            keys=read_client_keys(self.web.account_store, actor),
            now=self.web.signer.clock.now(),
            errors=errors,
            form=request.form if errors else {},
            new_key=new_key,
        )
        return make_response(page, status)

    def _keep(self, answer: Any, signed: SignedIn) -> None:
        token = self.web.signer.person_token(signed.actor, issued_at=signed.issued_at)
        set_token_cookie(answer, token, PERSON_LIFETIME)


def _sign_in_page(wanted: str, login: str = "", refusal: Refusal | None = None) -> Response:
    errors = {} if refusal is None else {fault.path or "login": fault.said for fault in refusal.faults}
    if refusal is not None and not errors:
        errors = {"new_password" if refusal.code == "password_once" else "login": refusal.said}
    # 422, not 401: the page does not speak a challenge that a browser could answer by itself.
    status = 200 if refusal is None else 429 if refusal.kind is Kind.TOO_MANY else 422
    chooses = not {"new_password", "repeated_password"}.isdisjoint(errors)
    page = render_template(
        "accounts/sign_in.html", wanted=wanted, login=login, errors=errors, chooses=chooses, hide_sign_in=True
    )
    return make_response(page, status)


def _set_session_cookie(answer: Any, secret: str, signed: SignedIn) -> None:
    answer.set_cookie(
        SESSION_COOKIE,
        secret,
        # No age: it goes with the browser; the server ends it sooner or later in any case.
        path=_home(),
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )


def _home() -> str:
    root: str = request.script_root
    return root + "/"
