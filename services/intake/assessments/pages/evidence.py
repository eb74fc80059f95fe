"""The documents of one item as a page."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.intake.assessments.actions import attach_evidence, detach_evidence
from services.intake.assessments.model import GivenEvidence
from services.intake.assessments.pages.form import rows_of
from services.intake.assessments.queries import DraftView, read_draft
from services.intake.files.model import ENDINGS, LARGEST_FILE, SCAN_NAMES
from services.intake.files.queries import read_file_states
from services.intake.ports import WebDependencies
from services.intake.web import OF_UNIT, SHOWN_IN_PLACE, Routes, flash_good, read_document_fields
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.web.access import current_actor
from shared.web.languages import current_language


class EvidencePages:
    """The documents of one item."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def evidence(self, cycle: str, unit: str, criterion: str) -> Any:
        """The documents of one item, and the form to attach one."""
        view = read_draft(self.web.store, current_actor(), cycle, unit)
        if request.method == "GET":
            return self._evidence_page(view, criterion)
        file = request.files.get("file")
        fields, errors = read_document_fields()
        given = GivenEvidence(**fields)
        if not errors:
            try:
                stream, name = (file.stream, file.filename) if file and file.filename else (None, None)
                attach_evidence(
                    self.web.store, self.web.files, current_actor(), cycle, unit, criterion, given, stream, name
                )
                flash_good(sentence("The document was attached."))
                return redirect(url_for("pages.evidence", cycle=cycle, unit=unit, criterion=criterion), 303)
            except Refusal as refusal:
                if refusal.kind not in SHOWN_IN_PLACE:
                    raise
                errors = {"file": refusal.faults[0].said if refusal.faults else refusal.said}
        return make_response(self._evidence_page(view, criterion, errors), 422)

    def _evidence_page(self, view: DraftView, criterion: str, errors: dict[str, Sentence] | None = None) -> str:
        rows = rows_of(view, current_language())
        if criterion not in rows:
            raise Refusal("not_found", Kind.NOT_FOUND, sentence("There is nothing here under this name."))
        shas = [entry.sha256 for entry in rows[criterion].claim.evidence if entry.sha256]
        return render_template(
            "assessments/evidence.html",
            view=view,
            cycle=view.cycle,
            member=view.member,
            row=rows[criterion],
            file_states=read_file_states(self.web.store, current_actor(), view.cycle.code, shas),
            scan_names=SCAN_NAMES,
            errors=errors or {},
            endings=ENDINGS,
            megabytes=LARGEST_FILE // (1024 * 1024),
            form=request.form,
        )

    def detach(self, cycle: str, unit: str, evidence_id: str) -> Any:
        """The button that takes a document away from the draft."""
        view = read_draft(self.web.store, current_actor(), cycle, unit)
        found = view.draft.evidence(evidence_id)
        detach_evidence(self.web.store, current_actor(), cycle, unit, evidence_id)
        flash_good(sentence("The document was taken away from the item."))
        criterion = found[0] if found else ""
        return redirect(url_for("pages.evidence", cycle=cycle, unit=unit, criterion=criterion), 303)


def evidence_routes(web: WebDependencies) -> Routes:
    """Documents of an item."""
    pages = EvidencePages(web)
    return (
        (OF_UNIT + "/items/<code:criterion>/evidence", "evidence", pages.evidence, ["GET", "POST"]),
        (OF_UNIT + "/evidence/<identifier:evidence_id>/detach", "detach", pages.detach, ["POST"]),
    )
