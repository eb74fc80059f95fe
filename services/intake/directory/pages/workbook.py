"""The directory by Excel as pages: download, bring back, look at the changes, take them all or none."""

import json
from typing import Any

import marshmallow as ma
from flask import Response, make_response, redirect, render_template, request, url_for

from services.intake.directory.actions import look_at_lists, record_lists
from services.intake.directory.model import KINDS, METHOD_NAMES, POSITION_NAMES, Directory, Lists, Plan, Row
from services.intake.directory.queries import read_directory
from services.intake.directory.schemas import DirectoryListsSchema, directory_document
from services.intake.directory.workbooks import SHEETS, directory_workbook, read_directory_workbook
from services.intake.people.rules import administers, refuse_unless
from services.intake.ports import WebDependencies
from services.intake.web import IN_COUNCIL, WORKBOOK, Routes, flash_good, posted_file
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence
from shared.criteria.workbooks import LARGEST
from shared.web.access import current_actor
from shared.web.languages import current_language

KIND_OF = dict(zip(("Unit", "Cluster", "Membership", "Headship", "Succession"), KINDS, strict=True))
SHOWN = 200  # rows of a preview; the rest is counted


class DirectoryWorkbookPages:
    """Pages of the workbook of a council's directory."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def file(self, council: str) -> Response:
        """What is registered, as a workbook in the reader's language."""
        answer = Response(directory_workbook(self._known(council), current_language()), content_type=WORKBOOK)
        answer.headers["Content-Disposition"] = f'attachment; filename="{council}.xlsx"'
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    def workbook(self, council: str) -> Any:
        """A filled-in workbook is looked at before anything is taken."""
        known = self._known(council)
        if request.method == "GET":
            return self._page(known)
        try:
            read = read_directory_workbook(*posted_file(sentence("Choose the filled-in workbook first.")))
            try:
                plan = look_at_lists(self.web.store, current_actor(), council, read.lists)
            except BadInput as bad:
                raise read.located(bad) from None
        except BadInput as bad:
            return make_response(self._page(known, bad=bad), 422)
        return self._page(known, plan=plan)

    def take(self, council: str) -> Any:
        """The button below the preview: all of it is written, or nothing."""
        known = self._known(council)
        try:
            record_lists(self.web.store, current_actor(), council, _posted())
        except BadInput as bad:
            return make_response(self._page(known, bad=bad), 422)
        flash_good(sentence("The directory is changed as the workbook says."))
        return redirect(url_for("pages.directory", council=council), 303)

    def _known(self, council: str) -> Directory:
        actor = current_actor()
        known = read_directory(self.web.store, actor, council)
        refuse_unless(administers(actor, council))
        return known

    def _page(self, known: Directory, *, plan: Plan | None = None, bad: BadInput | None = None) -> str:
        changed = _changed(plan) if plan else {}
        return render_template(
            "directory/directory_workbook.html",
            council=known.council,
            faults=bad.faults if bad else (),
            plan=plan,
            changed=changed,
            sheets=SHEETS,
            words={"method": METHOD_NAMES, "position": POSITION_NAMES},
            shown=SHOWN,
            carried=_carried(plan) if plan else "",
            megabytes=LARGEST // 1_000_000,
        )


def _kind(row: Row) -> str:
    return KIND_OF[type(row).__name__]


def _changed(plan: Plan) -> dict[str, list[tuple[dict[str, Any] | None, dict[str, Any]]]]:
    """What is added (nothing before it) and changed, by kind, as flat documents."""
    found: dict[str, list[tuple[dict[str, Any] | None, dict[str, Any]]]] = {kind: [] for kind in KINDS}
    for row in plan.added:
        found[_kind(row)].append((None, _flat(row)))
    for before, after in plan.changed:
        found[_kind(after)].append((_flat(before), _flat(after)))
    return {kind: rows for kind, rows in found.items() if rows}


def _flat(row: Row) -> dict[str, Any]:
    said = directory_document(row)
    title = said.pop("title", None)
    return said if title is None else {**said, "title_vi": title.get("vi", ""), "title_en": title.get("en", "")}


def _carried(plan: Plan) -> str:
    """The rows that differ, as the confirming form carries them along."""
    lists: dict[str, list[Any]] = {}
    for row in (*plan.added, *(after for _before, after in plan.changed)):
        lists.setdefault(_kind(row), []).append(directory_document(row))
    return json.dumps(lists, ensure_ascii=False, default=str, separators=(",", ":"))


def _posted() -> Lists:
    """The reverse of `_carried`. It is checked like anything else that somebody sends."""
    try:
        lists: Lists = DirectoryListsSchema().loads(request.form.get("lists", ""))
    except (ma.ValidationError, ValueError, RecursionError):
        said = sentence("The preview got lost on the way. Please bring the workbook once more.")
        raise BadInput([Fault(said)]) from None
    return lists


def directory_workbook_routes(web: WebDependencies) -> Routes:
    """The directory by Excel."""
    pages = DirectoryWorkbookPages(web)
    return (
        (IN_COUNCIL + "/directory/workbook", "directory_workbook", pages.workbook, ["GET", "POST"]),
        (IN_COUNCIL + "/directory/workbook/file", "directory_file", pages.file, ["GET"]),
        (IN_COUNCIL + "/directory/workbook/take", "take_directory", pages.take, ["POST"]),
    )
