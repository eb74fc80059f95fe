"""The document under which a unit sends, as a page."""

from collections.abc import Mapping
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.intake.assessments.queries import DraftView, read_draft
from services.intake.files.model import LARGEST_FILE
from services.intake.ports import WebDependencies
from services.intake.submissions.actions import GivenDossier, bring_signed_file, save_dossier
from services.intake.typed import one_line, read_day, read_number
from services.intake.web import OF_UNIT, SHOWN_IN_PLACE, Routes, flash_good
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.web.access import current_actor

LONGEST = {"document_number": 200, "signer": 200, "position": 200, "mandate": 300}


class DossierPages:
    """Pages of the document under which one unit sends."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def dossier(self, cycle: str, unit: str) -> Any:
        """Number, date, signature and file of the document under which the self-assessment is sent."""
        view = read_draft(self.web.store, current_actor(), cycle, unit)
        if not view.sees_everything:
            raise Refusal("not_allowed", Kind.FORBIDDEN, sentence("Your role does not allow this."))
        if request.method == "GET":
            return _dossier_page(view)
        given, errors = _read_dossier(view)
        status = 422
        if not errors:
            try:
                self._save_dossier(cycle, unit, given)
                flash_good(sentence("The legal dossier is saved."))
                return redirect(
                    url_for("pages.send" if view.may_send else "pages.assessment", cycle=cycle, unit=unit), 303
                )
            except Refusal as refusal:
                if refusal.kind not in SHOWN_IN_PLACE:
                    raise
                said = refusal.faults[0].said if refusal.faults else refusal.said
                errors = {"" if refusal.kind is Kind.STALE else "file": said}
                status = 412 if refusal.kind is Kind.STALE else 422
        view = read_draft(self.web.store, current_actor(), cycle, unit)
        return make_response(_dossier_page(view, given, errors), status)

    def _save_dossier(self, cycle: str, unit: str, given: GivenDossier) -> None:
        """Keep a new file first, then the data that names it."""
        file = request.files.get("file")
        sha256 = given.sha256
        if file and file.filename:
            sha256 = bring_signed_file(
                self.web.store, self.web.files, current_actor(), cycle, unit, file.stream, file.filename
            ).file.sha256
        seen = read_number(request.form.get("seen", ""))
        named = GivenDossier(**{**vars(given), "sha256": sha256})
        save_dossier(self.web.store, current_actor(), cycle, unit, named, seen)


def _dossier_page(
    view: DraftView, given: GivenDossier | None = None, errors: Mapping[str, Sentence] | None = None
) -> str:
    return render_template(
        "submissions/dossier.html",
        view=view,
        cycle=view.cycle,
        member=view.member,
        draft=view.draft,
        dossier=view.draft.dossier,
        given=given or view.draft.dossier,
        errors=errors or {},
        editable=view.editable,
        megabytes=LARGEST_FILE // (1024 * 1024),
    )


def _read_dossier(view: DraftView) -> tuple[GivenDossier, dict[str, Sentence]]:
    errors: dict[str, Sentence] = {}
    texts = {name: one_line(request.form.get(name, "")) for name in LONGEST}
    for name, longest in LONGEST.items():
        if len(texts[name]) > longest:
            errors[name] = sentence("At most %(most)s characters.", most=longest)
    issued_on = read_day(request.form.get("issued_on", ""), "issued_on", errors)
    kept = None if request.form.get("without_file") == "1" else view.draft.dossier.sha256
    return GivenDossier(issued_on=issued_on, sha256=kept, **texts), errors


def dossier_routes(web: WebDependencies) -> Routes:
    """The legal dossier."""
    pages = DossierPages(web)
    return ((OF_UNIT + "/dossier", "dossier", pages.dossier, ["GET", "POST"]),)
