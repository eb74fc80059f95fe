"""The self-assessment by Excel as pages: download, bring back, look at the changes, take them."""

import json
from typing import Any

import marshmallow as ma
from flask import Response, make_response, redirect, render_template, request, url_for

from services.intake.assessments.actions import take_workbook
from services.intake.assessments.model import GivenClaim, GivenEvidence
from services.intake.assessments.queries import DraftView, changes_by, read_draft
from services.intake.assessments.schemas import ProposalSchema
from services.intake.assessments.workbooks.csv import MEDIA_TYPE, assessment_csv, read_assessment_file
from services.intake.assessments.workbooks.reading import Filled
from services.intake.assessments.workbooks.writing import assessment_workbook
from services.intake.ports import WebDependencies
from services.intake.typed import read_number
from services.intake.web import OF_UNIT, WORKBOOK, Routes, as_attachment, flash_good
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.workbooks import LARGEST
from shared.web.access import current_actor
from shared.web.languages import current_language


class WorkbookPages:
    """Pages of one unit's workbook in one cycle."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def file(self, cycle: str, unit: str) -> Response:
        """The workbook as a download, in the reader's language."""
        view = read_draft(self.web.store, current_actor(), cycle, unit)
        return as_attachment(assessment_workbook(view, current_language()), WORKBOOK, f"{cycle}-{unit}.xlsx")

    def csv_file(self, cycle: str, unit: str) -> Response:
        """The same as CSV."""
        view = read_draft(self.web.store, current_actor(), cycle, unit)
        return as_attachment(assessment_csv(view, current_language()), MEDIA_TYPE, f"{cycle}-{unit}.csv")

    def workbook(self, cycle: str, unit: str) -> Any:
        """Download here, bring it back here; what is brought is shown before anything is taken."""
        view = read_draft(self.web.store, current_actor(), cycle, unit)
        if request.method == "GET":
            return _page(view)
        file = request.files.get("file")
        if not file or not file.filename:
            bad = BadInput([Fault(sentence("Choose the filled-in workbook first."))])
            return make_response(_page(view, bad), 422)
        try:
            filled = read_assessment_file(file.stream.read(), file.filename, view)
        except BadInput as bad:
            return make_response(_page(view, bad), 422)
        return _page(view, filled=filled)

    def take(self, cycle: str, unit: str) -> Any:
        """The button below the preview: all of it is saved, or nothing."""
        filled = _posted()
        try:
            take_workbook(self.web.store, current_actor(), cycle, unit, filled.claims, filled.documents, filled.version)
        except Refusal as refusal:
            if refusal.kind not in (Kind.STALE, Kind.INVALID):
                raise
            view = read_draft(self.web.store, current_actor(), cycle, unit)
            status = 412 if refusal.kind is Kind.STALE else 422
            return make_response(_page(view, refusal, filled), status)
        flash_good(sentence("The workbook's changes are saved."))
        return redirect(url_for("pages.assessment", cycle=cycle, unit=unit), 303)


def _page(view: DraftView, refusal: Refusal | None = None, filled: Filled | None = None) -> str:
    changes = changes_by(view, filled.claims, filled.documents, filled.version) if filled else ()
    return render_template(
        "assessments/workbook.html",
        view=view,
        cycle=view.cycle,
        member=view.member,
        refusal=refusal,
        faults=list(refusal.faults) if refusal else [],
        looked_at=filled is not None,
        changes=changes,
        clashes=sorted({change.criterion for change in changes if change.clash}),
        items={item.code: item for item in view.framework.items},
        # Who sees the preview sees the newest state: from here on that is what was seen.
        seen=view.draft.version,
        proposal=_carried(filled) if filled else "",
        megabytes=LARGEST // 1_000_000,
    )


def _carried(filled: Filled) -> str:
    """What a workbook asks for, as the confirming form carries it along."""
    items = [{name: value for name, value in vars(claim).items() if name != "evidence"} for claim in filled.claims]
    documents = [
        {"criterion": code, "evidence": [_entry(entry) for entry in entries]}
        for code, entries in filled.documents.items()
    ]
    return json.dumps({"items": items, "documents": documents}, ensure_ascii=False)


def _entry(entry: GivenEvidence) -> dict[str, Any]:
    return {**vars(entry), "issued_on": entry.issued_on.isoformat() if entry.issued_on else None}


def _posted() -> Filled:
    """The reverse of `_carried`. It is checked like anything else that somebody sends."""
    try:
        data = ProposalSchema().loads(request.form.get("proposal", ""))
    except (ma.ValidationError, ValueError, RecursionError):
        said = sentence("The preview got lost on the way. Please bring the workbook once more.")
        raise Refusal("proposal", Kind.INVALID, said) from None
    claims: tuple[GivenClaim, ...] = tuple(data["items"])
    documents = {one["criterion"]: tuple(one["evidence"]) for one in data["documents"]}
    return Filled(read_number(request.form.get("seen", "")), claims, documents)


def workbook_routes(web: WebDependencies) -> Routes:
    """The self-assessment by Excel and CSV."""
    pages = WorkbookPages(web)
    return (
        (OF_UNIT + "/workbook", "workbook", pages.workbook, ["GET", "POST"]),
        (OF_UNIT + "/workbook/file", "workbook_file", pages.file, ["GET"]),
        (OF_UNIT + "/workbook/csv", "csv_file", pages.csv_file, ["GET"]),
        (OF_UNIT + "/workbook/take", "take_workbook", pages.take, ["POST"]),
    )
