"""Accounts by Excel: an empty workbook, a look at what was filled in, then all accounts at once with passwords to
hand over. Passwords are shown once and kept nowhere but as hashes."""

import json
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, send_file

from services.intake.accounts.actions.accounts import check_new_accounts, create_accounts
from services.intake.accounts.model import NewAccount
from services.intake.accounts.pages.offices import OfficePages
from services.intake.accounts.queries import read_accounts
from services.intake.accounts.rules import new_password
from services.intake.accounts.workbooks import account_workbook, read_account_workbook
from services.intake.directory.model import Directory
from services.intake.directory.queries import read_directory
from services.intake.ports import WebDependencies
from services.intake.web import WORKBOOK
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.workbooks import LARGEST
from shared.people import Grant, Role
from shared.web.access import current_actor
from shared.web.languages import current_language


def account_pages(web: WebDependencies) -> Blueprint:
    """The blueprint `people`."""
    blueprint = Blueprint("people", __name__, url_prefix="/administration/<slug:council>/accounts")
    pages = _AccountPages(web)
    blueprint.add_url_rule("", "accounts", pages.accounts, methods=["GET", "POST"])
    blueprint.add_url_rule("/workbook", "workbook", pages.workbook, methods=["GET"])
    blueprint.add_url_rule("/create", "create", pages.create, methods=["POST"])
    one = OfficePages(web)
    blueprint.add_url_rule("/<uuid:account>", "account", one.account, methods=["GET"])
    blueprint.add_url_rule("/<uuid:account>/password", "reset", one.reset, methods=["POST"])
    blueprint.add_url_rule("/<uuid:account>/state", "set_state", one.set_state, methods=["POST"])
    blueprint.add_url_rule("/<uuid:account>/handover", "hand_over", one.hand_over, methods=["POST"])
    return blueprint


class _AccountPages:
    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def accounts(self, council: str) -> Any:
        """The accounts of the council; a filled-in workbook is looked at before anything is made."""
        known = self._known(council)
        if request.method == "GET":
            return self._page(known)
        file = request.files.get("file")
        try:
            if not file or not file.filename:
                raise BadInput([Fault(sentence("Choose the filled-in workbook first."))])
            read = read_account_workbook(file.stream.read(), file.filename, known)
            try:
                commands = check_new_accounts(self.web.account_store, current_actor(), read.commands)
            except BadInput as bad:
                raise read.located(bad) from None
        except BadInput as bad:
            return make_response(self._page(known, bad), 422)
        return self._page(known, commands=commands)

    def workbook(self, council: str) -> Response:
        """The empty workbook."""
        content = account_workbook(self._known(council), current_language())
        answer = send_file(BytesIO(content), WORKBOOK, as_attachment=True, download_name=f"{council}.xlsx")
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    def create(self, council: str) -> Any:
        """The button below the preview: all accounts or none; their passwords are shown once."""
        known = self._known(council)
        try:
            commands = [_with_password(one) for one in _posted(council)]
            create_accounts(self.web.account_store, current_actor(), commands)
        except BadInput as bad:
            return make_response(self._page(known, bad), 422)
        answer = make_response(render_template("accounts/new_passwords.html", council=known.council, made=commands))
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _known(self, council: str) -> Directory:
        """The directory of a council that the actor administers."""
        actor = current_actor()
        known = read_directory(self.web.store, actor, council)
        if not actor.may(Role.ADMINISTRATOR, council=council):
            raise Refusal("not_allowed", Kind.FORBIDDEN, sentence("Your role does not allow this."))
        return known

    def _page(self, known: Directory, bad: BadInput | None = None, commands: Sequence[NewAccount] | None = None) -> str:
        council = known.council.code
        listed = [one for one in read_accounts(self.web.account_store, current_actor()) if council in one.councils()]
        return render_template(
            "accounts/accounts.html",
            council=known.council,
            accounts=listed,
            faults=bad.faults if bad else (),
            commands=commands,
            carried=json.dumps([_carried(one) for one in commands], ensure_ascii=False) if commands else "",
            megabytes=LARGEST // 1_000_000,
        )


def _with_password(command: NewAccount) -> NewAccount:
    return replace(command, password=new_password(), password_once=True)


def _carried(command: NewAccount) -> dict[str, Any]:
    return {
        "login": command.login,
        "name": command.name,
        "grants": [grant.to_claim() for grant in command.grants],
    }


def _posted(council: str) -> list[NewAccount]:
    """The reverse of `_carried`; checked again like anything that somebody sends."""
    try:
        commands = [
            NewAccount(str(row["login"]), str(row["name"]), "", tuple(Grant.from_claim(one) for one in row["grants"]))
            for row in json.loads(request.form.get("accounts", ""))
        ]
        if not commands or any({grant.council for grant in one.grants} != {council} for one in commands):
            raise ValueError("accounts of this council, each with a role in it")
        return commands
    except (ValueError, KeyError, TypeError, IndexError, RecursionError):
        said = sentence("The preview got lost on the way. Please bring the workbook once more.")
        raise BadInput([Fault(said)]) from None
