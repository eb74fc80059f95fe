"""One account as its council's administrator sees it: reset, close or open, hand the office over, history."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for

from services.intake.accounts.actions.accounts import set_active
from services.intake.accounts.actions.handovers import GivenHandover, hand_over
from services.intake.accounts.actions.passwords import reset_to_once
from services.intake.accounts.queries import read_account_view
from services.intake.directory.model import Council
from services.intake.directory.queries import read_directory
from services.intake.ports import WebDependencies
from services.intake.typed import one_line, read_day
from services.intake.web import flash_good
from shared.contracts.refusals import BadInput, Kind, Refusal
from shared.contracts.sentences import N_, Sentence, sentence
from shared.web.access import current_actor

ACTIONS: Mapping[str, str] = {
    "account_created": N_("account made"),
    "account_opened": N_("account opened"),
    "account_closed": N_("account closed"),
    "grants_changed": N_("roles changed"),
    "password_reset": N_("password reset"),
    "password_changed": N_("password changed by the person"),
    "sessions_revoked": N_("signed out everywhere"),
    "client_key_created": N_("key made"),
    "client_key_revoked": N_("key ended"),
    "handover_recorded": N_("handover recorded"),
    "office_handed_over": N_("office handed over"),
}


class OfficePages:
    """Pages of one account."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def account(self, council: str, account: UUID, errors: Mapping[str, Sentence] | None = None) -> str:
        """What the account may do, what was done to it, and what an administrator can do."""
        known = self._council(council)
        view = read_account_view(self.web.account_store, current_actor(), council, str(account))
        return render_template(
            "accounts/account.html",
            council=known,
            view=view,
            account=view.account,
            granted=[grant for grant in view.account.grants if grant.council == council],
            actions=ACTIONS,
            errors=errors or {},
            form=request.form,
        )

    def reset(self, council: str, account: UUID) -> Any:
        """A password shown once, for somebody who forgot theirs."""
        known, actor = self._council(council), current_actor()
        view = read_account_view(self.web.account_store, actor, council, str(account))
        password = reset_to_once(self.web.account_store, actor, str(account))
        return _shown_once(known, view.account.login, view.account.name, password)

    def set_state(self, council: str, account: UUID) -> Any:
        """Close the account or open it again."""
        self._council(council)
        actor, active = current_actor(), request.form.get("active") == "1"
        read_account_view(self.web.account_store, actor, council, str(account))
        set_active(self.web.account_store, actor, str(account), active)
        flash_good(sentence("The account is open.") if active else sentence("The account is closed."))
        return redirect(url_for("people.account", council=council, account=account), 303)

    def hand_over(self, council: str, account: UUID) -> Any:
        """The office passes to another person from a day on."""
        known = self._council(council)
        errors: dict[str, Sentence] = {}
        from_on = read_day(request.form.get("from_on", ""), "from_on", errors)
        if from_on is None:
            errors.setdefault("from_on", sentence("Give the first day."))
        else:
            given = GivenHandover(
                login=one_line(request.form.get("login", "")),
                name=one_line(request.form.get("name", "")),
                from_on=from_on,
                document_number=one_line(request.form.get("document_number", "")),
            )
            try:
                done = hand_over(self.web.account_store, current_actor(), council, str(account), given)
            except BadInput as bad:
                errors = {fault.path or "": fault.said for fault in bad.faults}
            except Refusal as refusal:
                if refusal.kind is not Kind.CONFLICT:
                    raise
                errors = {"": refusal.said}
            else:
                if done.password is not None:
                    return _shown_once(known, done.successor.login, done.successor.name, done.password)
                flash_good(sentence("The handover is recorded."))
                return redirect(url_for("people.account", council=council, account=account), 303)
        return make_response(self.account(council, account, errors), 422)

    def _council(self, council: str) -> Council:
        return read_directory(self.web.store, current_actor(), council).council


def _shown_once(council: Council, login: str, name: str, password: str) -> Any:
    made = [{"login": login, "name": name, "password": password}]
    answer = make_response(render_template("accounts/new_passwords.html", council=council, made=made))
    answer.headers["Cache-Control"] = "no-store"
    return answer
