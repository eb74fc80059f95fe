"""Questions of the reviewers as pages: what is asked, the item to correct and explain, and sending the answer."""

from collections.abc import Mapping
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.intake.assessments.model import GivenEvidence
from services.intake.assessments.rules import is_choice
from services.intake.files.model import ENDINGS, LARGEST_FILE
from services.intake.ports import WebDependencies
from services.intake.questions.actions import (
    GivenAnswer,
    attach_to_answer,
    detach_from_answer,
    save_answer,
    send_answer,
)
from services.intake.questions.model import LONGEST_EXPLANATION
from services.intake.questions.queries import RequestView, read_request, read_requests
from services.intake.typed import clean, read_number
from services.intake.web import OF_UNIT, Routes, flash_good, read_document_fields
from shared.contracts.figures import NotAFigure, read_figure, written_figure
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.web.access import current_actor
from shared.web.browser import sibling
from shared.web.languages import current_language

IN_PLACE = {
    Kind.STALE: 412,
    Kind.INVALID: 422,
    Kind.CONFLICT: 409,
    Kind.UNSUPPORTED: 415,
    Kind.TOO_LARGE: 413,
}


class ExplanationPages:
    """Pages of the questions about one unit in one cycle."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def requests(self, cycle: str, unit: str) -> str:
        """All questions, newest first."""
        view = read_requests(self.web.store, current_actor(), cycle, unit)
        return render_template(
            "questions/requests.html",
            view=view,
            cycle=view.cycle,
            member=view.member,
            items={item.code: item for item in view.framework.items},
            verify=sibling("verify"),
        )

    def request(self, cycle: str, unit: str, question: str) -> Any:
        """One question: the item with what may be corrected, and the buttons to save and to send."""
        if request.method == "GET":
            return _page(self._read(cycle, unit, question))
        view = self._read(cycle, unit, question)
        errors: dict[str, Sentence] = {}
        given = _posted(errors)
        if errors:
            return make_response(_page(view, errors), 422)
        seen = read_number(request.form.get("seen", ""))
        try:
            saved = save_answer(self.web.store, current_actor(), cycle, unit, question, given, seen)
            if "send" in request.form:
                version = saved.request.version
                sent, _ = send_answer(self.web.store, current_actor(), cycle, unit, question, version)
                flash_good(sentence("The answer was sent. This is your receipt."))
                return redirect(url_for("pages.receipt", cycle=cycle, unit=unit, number=sent.number), 303)
        except Refusal as refusal:
            return self._refused(cycle, unit, question, refusal)
        flash_good(sentence("The answer is saved; nothing was sent yet."))
        return redirect(url_for("pages.request", cycle=cycle, unit=unit, question=question), 303)

    def evidence(self, cycle: str, unit: str, question: str) -> Any:
        """The form that adds a document to the answer."""
        file = request.files.get("file")
        fields, errors = read_document_fields()
        given = GivenEvidence(**fields)
        if errors:
            return make_response(_page(self._read(cycle, unit, question), errors), 422)
        stream, name = (file.stream, file.filename) if file and file.filename else (None, None)
        try:
            attach_to_answer(
                *(self.web.store, self.web.files, current_actor(), cycle, unit, question, given, stream, name)
            )
        except Refusal as refusal:
            return self._refused(cycle, unit, question, refusal, "file")
        flash_good(sentence("The document was attached."))
        return redirect(url_for("pages.request", cycle=cycle, unit=unit, question=question, _anchor="evidence"), 303)

    def detach(self, cycle: str, unit: str, question: str, evidence_id: str) -> Any:
        """The button that takes a document away from the answer."""
        try:
            detach_from_answer(self.web.store, current_actor(), cycle, unit, question, evidence_id)
        except Refusal as refusal:
            return self._refused(cycle, unit, question, refusal)
        flash_good(sentence("The document was taken away from the item."))
        return redirect(url_for("pages.request", cycle=cycle, unit=unit, question=question, _anchor="evidence"), 303)

    def _read(self, cycle: str, unit: str, question: str) -> RequestView:
        return read_request(self.web.store, current_actor(), cycle, unit, question)

    def _refused(self, cycle: str, unit: str, question: str, refusal: Refusal, field: str = "") -> Any:
        """The newest state with what was refused, and what was typed."""
        if refusal.kind not in IN_PLACE:
            raise refusal
        errors = {_field(fault.path, field): fault.said for fault in refusal.faults} or {field: refusal.said}
        return make_response(_page(self._read(cycle, unit, question), errors), IN_PLACE[refusal.kind])


def _field(path: str | None, otherwise: str) -> str:
    """The field of the page that a fault of a claim belongs to."""
    name = (path or "").rsplit(".", 1)[-1]
    return name if name in ("value", "self_points", "explanation") else otherwise


def _posted(errors: dict[str, Sentence]) -> GivenAnswer:
    figures: dict[str, float | None] = {}
    for name in ("value", "self_points"):
        try:
            figures[name] = read_figure(request.form.get(name, "").strip())
        except NotAFigure as unclear:
            errors[name] = unclear.said
    explanation = clean(request.form.get("explanation", ""))
    if len(explanation) > LONGEST_EXPLANATION:
        errors["explanation"] = sentence("At most %(most)s characters.", most=LONGEST_EXPLANATION)
    return GivenAnswer(figures.get("value"), figures.get("self_points"), explanation)


def _page(view: RequestView, errors: Mapping[str, Sentence] | None = None) -> str:
    item = view.framework.items[view.framework.columns[view.request.criterion]]
    typed = request.form if request.method == "POST" else {}
    language = current_language()
    return render_template(
        "questions/request.html",
        view=view,
        cycle=view.cycle,
        member=view.member,
        one=view.request,
        item=item,
        choice=is_choice(item),
        shown={
            "value": typed.get("value", written_figure(view.claim.value, language)),
            "self_points": typed.get("self_points", written_figure(view.claim.self_points, language)),
            "explanation": typed.get("explanation", view.claim.explanation),
        },
        form=typed,
        errors=errors or {},
        endings=ENDINGS,
        megabytes=LARGEST_FILE // (1024 * 1024),
        longest=LONGEST_EXPLANATION,
    )


def explanation_routes(web: WebDependencies) -> Routes:
    """Questions of the reviewers."""
    pages = ExplanationPages(web)
    question = OF_UNIT + "/requests/<identifier:question>"
    return (
        (OF_UNIT + "/requests", "requests", pages.requests, ["GET"]),
        (question, "request", pages.request, ["GET", "POST"]),
        (question + "/evidence", "request_evidence", pages.evidence, ["POST"]),
        (question + "/evidence/<identifier:evidence_id>/detach", "request_detach", pages.detach, ["POST"]),
    )
