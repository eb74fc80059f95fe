"""The self-assessment as pages: fill in, attach documents."""

from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for

from services.intake.domain.evidence import ENDINGS, LARGEST_FILE
from services.intake.domain.keeping import SCAN_NAMES
from services.intake.domain.preview import self_score
from services.intake.domain.roll_up import RULE_NAMES
from services.intake.usecases import drafts, evidence, keeping
from services.intake.usecases.drafts import DraftView, GivenEvidence
from services.intake.web.api_assessments import as_download
from services.intake.web.assessment_form import Posted, read_post, rows_of, with_refusal
from services.intake.web.parts import OF_UNIT, SHOWN_IN_PLACE, Parts, Routes, read_document_fields
from services.intake.web.session_pages import flash_good
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.web.access import current_actor
from shared.web.languages import current_language


class AssessmentPages:
    """Pages of one unit in one cycle."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def form(self, cycle: str, unit: str) -> Any:
        """All items, grouped as in the framework."""
        view = drafts.read_draft(self.parts.intake, current_actor(), cycle, unit)
        if request.method == "GET":
            return _form_page(view, Posted((), {}, rows_of(view, current_language()), view.draft.version))
        posted = read_post(view, request.form, current_language())
        if posted.errors:
            return _form_page(view, posted, 422)
        try:
            if posted.changed:
                drafts.save_items(self.parts.intake, current_actor(), cycle, unit, posted.changed, posted.seen)
        except Refusal as refusal:
            if refusal.kind not in SHOWN_IN_PLACE:
                raise
            return self._not_saved(cycle, unit, refusal)
        flash_good(_saved(len(posted.changed)))
        return redirect(_after_saving(cycle, unit), 303)

    def _not_saved(self, cycle: str, unit: str, refusal: Refusal) -> Response:
        """The form again, with the newest state around what was typed."""
        view = drafts.read_draft(self.parts.intake, current_actor(), cycle, unit)
        posted = with_refusal(read_post(view, request.form, current_language()), refusal)
        if refusal.kind is Kind.STALE:
            # Who looks at the other's figures now may decide about them.
            posted = Posted(posted.changed, posted.errors, posted.rows, view.draft.version)
            return _form_page(view, posted, 412, sentence("Somebody else saved meanwhile; please look and decide"))
        return _form_page(view, posted, 422)


class EvidencePages:
    """The documents of one item."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def evidence(self, cycle: str, unit: str, criterion: str) -> Any:
        """The documents of one item, and the form to attach one."""
        view = drafts.read_draft(self.parts.intake, current_actor(), cycle, unit)
        if request.method == "GET":
            return self._evidence_page(view, criterion)
        file = request.files.get("file")
        fields, errors = read_document_fields()
        given = GivenEvidence(**fields)
        if not errors:
            try:
                stream, name = (file.stream, file.filename) if file and file.filename else (None, None)
                evidence.attach_evidence(
                    self.parts.intake, self.parts.files, current_actor(), cycle, unit, criterion, given, stream, name
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
            "intake/evidence.html",
            view=view,
            cycle=view.cycle,
            member=view.member,
            row=rows[criterion],
            keepings=keeping.read_keepings(self.parts.intake, current_actor(), view.cycle.code, shas),
            scan_names=SCAN_NAMES,
            errors=errors or {},
            endings=ENDINGS,
            megabytes=LARGEST_FILE // (1024 * 1024),
            form=request.form,
        )

    def detach(self, cycle: str, unit: str, evidence_id: str) -> Any:
        """The button that takes a document away from the draft."""
        view = drafts.read_draft(self.parts.intake, current_actor(), cycle, unit)
        found = view.draft.evidence(evidence_id)
        evidence.detach_evidence(self.parts.intake, current_actor(), cycle, unit, evidence_id)
        flash_good(sentence("The document was taken away from the item."))
        criterion = found[0] if found else ""
        return redirect(url_for("pages.evidence", cycle=cycle, unit=unit, criterion=criterion), 303)


class DownloadPages:
    """Files of units."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def download(self, cycle: str, unit: str, sha256: str) -> Response:
        """A document's file, as a download."""
        path, upload = evidence.find_evidence(self.parts.intake, self.parts.files, current_actor(), cycle, unit, sha256)
        return as_download(path, upload.file, upload.label)


def _form_page(view: DraftView, posted: Posted, status: int = 200, headline: Sentence | None = None) -> Response:
    page = render_template(
        "intake/assessment.html",
        rule_names=RULE_NAMES,
        view=view,
        cycle=view.cycle,
        member=view.member,
        draft=view.draft,
        sections=_sections(view, posted),
        posted=posted,
        headline=headline,
        filled=sum(code in view.draft.claims for code in posted.rows),
        whole=view.sees_everything,
        self_score=self_score(view.framework, dict(view.draft.claims)) if view.sees_everything else None,
    )
    return make_response(page, status)


def _sections(view: DraftView, posted: Posted) -> list[dict[str, Any]]:
    """Headings with their rows, in the framework's order; sections the reader sees nothing of are left out."""
    framework, language = view.framework, current_language()
    sections: list[dict[str, Any]] = [
        {"code": group.code, "title": group.named(language), "rows": [c.code for c in group.criteria]}
        for group in framework.root.walk()
    ]
    for code, title, items in (
        ("bonuses", sentence("Bonus points"), framework.bonuses),
        ("penalties", sentence("Penalty points"), framework.penalties),
        ("gates", sentence("Declarations"), framework.gates),
    ):
        sections.append({"code": code, "title": title.in_language(language), "rows": [item.code for item in items]})
    for section in sections:
        section["rows"] = [posted.rows[code] for code in section["rows"] if code in posted.rows]
    return [section for section in sections if section["rows"]]


def _saved(count: int) -> Sentence:
    return sentence("Saved: %(count)s changed.", count=count) if count else sentence("Nothing had changed.")


def _after_saving(cycle: str, unit: str) -> str:
    """Where the pressed button leads."""
    criterion, at = request.form.get("evidence", ""), request.form.get("at", "")
    known = {key.removeprefix("mark-") for key in request.form if key.startswith("mark-")}
    if criterion in known:
        return url_for("pages.evidence", cycle=cycle, unit=unit, criterion=criterion)
    if "send" in request.form:
        return url_for("pages.send", cycle=cycle, unit=unit)
    anchor = f"section-{at}" if at and at.replace(".", "").replace("-", "").replace("_", "").isalnum() else None
    return url_for("pages.assessment", cycle=cycle, unit=unit, _anchor=anchor)


def assessment_routes(parts: Parts) -> Routes:
    """The form."""
    pages = AssessmentPages(parts)
    return ((OF_UNIT, "assessment", pages.form, ["GET", "POST"]),)


def evidence_routes(parts: Parts) -> Routes:
    """Documents of an item."""
    pages = EvidencePages(parts)
    return (
        (OF_UNIT + "/items/<code:criterion>/evidence", "evidence", pages.evidence, ["GET", "POST"]),
        (OF_UNIT + "/evidence/<identifier:evidence_id>/detach", "detach", pages.detach, ["POST"]),
    )


def download_routes(parts: Parts) -> Routes:
    """Files."""
    pages = DownloadPages(parts)
    return ((OF_UNIT + "/evidence/<sha256:sha256>", "download", pages.download, ["GET"]),)
