"""The agreement on criteria as a page: propose, comment, approve or dissent, confirm."""

from collections.abc import Mapping
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.intake.adoption.actions import confirm, propose, take_position
from services.intake.adoption.model import KINDS, LONGEST_TEXT
from services.intake.adoption.queries import AdoptionView, read_adoption
from services.intake.frameworks.rules import overlays_of
from services.intake.ports import WebDependencies
from services.intake.typed import clean, one_line
from services.intake.web import IN_CYCLE, NUMBER, Routes, flash_good
from shared.contracts.figures import NotAFigure, read_figure
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import N_, Sentence, sentence
from shared.criteria.files import load_text
from shared.criteria.wording import rule_in_words
from shared.web.access import current_actor

KIND_NAMES = {"comment": N_("comment"), "approve": N_("approves"), "dissent": N_("dissents")}
TONES = {"comment": "neutral", "approve": "good", "dissent": "attention"}


class AdoptionPages:
    """Pages of a cycle's criteria before it opens."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def adoption(self, cycle: str) -> str:
        """The newest proposal, what members say, and the earlier ones."""
        return _page(self._read(cycle))

    def propose(self, cycle: str) -> Any:
        """A framework as a file (.xlsx, .yaml, .json), or an overlay for one cluster upon the criteria as now."""
        view = self._read(cycle)
        reason = clean(request.form.get("reason", ""))
        try:
            file = request.files.get("file")
            if file and file.filename:
                is_json = file.filename.lower().endswith(".json")
                document = dict(load_text(file.stream.read(), file.filename, is_json=is_json).document)
            else:
                document = _with_overlay(view, reason)
            propose(self.web.store, current_actor(), cycle, document, reason)
        except BadInput as bad:
            return make_response(_page(view, _said(bad)), 422)
        flash_good(sentence("The proposal is on record; the members can now say what they think."))
        return redirect(url_for("pages.adoption", cycle=cycle), 303)

    def position(self, cycle: str, number: int) -> Any:
        """A member comments, approves or dissents."""
        kind, text = request.form.get("kind", ""), clean(request.form.get("text", ""))
        if kind not in KINDS:
            raise Refusal("not_found", Kind.NOT_FOUND, sentence("There is nothing here under this name."))
        if len(text) > LONGEST_TEXT:
            errors = {"text": sentence("At most %(most)s characters.", most=LONGEST_TEXT)}
            return make_response(_page(self._read(cycle), errors), 422)
        try:
            take_position(self.web.store, current_actor(), cycle, number, request.form.get("unit", ""), kind, text)
        except BadInput as bad:
            return make_response(_page(self._read(cycle), _said(bad)), 422)
        flash_good(sentence("Noted."))
        return redirect(url_for("pages.adoption", cycle=cycle), 303)

    def confirm(self, cycle: str, number: int) -> Any:
        """The Board's administrators confirm."""
        try:
            document = one_line(request.form.get("document_number", ""))[:200]
            confirm(self.web.store, current_actor(), cycle, number, document)
        except BadInput as bad:
            return make_response(_page(self._read(cycle), _said(bad)), 422)
        flash_good(sentence("The criteria are confirmed; they are locked when the cycle opens."))
        return redirect(url_for("pages.adoption", cycle=cycle), 303)

    def _read(self, cycle: str) -> AdoptionView:
        return read_adoption(self.web.store, current_actor(), cycle)


def _with_overlay(view: AdoptionView, reason: str) -> dict[str, Any]:
    """The criteria as they stand with one more overlay, as typed: a line `CODE: +10` for each change."""
    changes: dict[str, float] = {}
    faults: list[Fault] = []
    for number, line in enumerate(clean(request.form.get("changes", "")).splitlines(), start=1):
        if not line.strip():
            continue
        code, _, typed = line.partition(":")
        try:
            figure = read_figure(typed)
        except NotAFigure as fault:
            faults.append(Fault(fault.said, path="changes", line=number))
            continue
        if figure is None:
            said = sentence("Line %(number)s: expected a code, a colon and a number.", number=number)
            faults.append(Fault(said, path="changes"))
        else:
            changes[code.strip()] = figure
    if not changes and not faults:
        faults.append(Fault(sentence("Choose a file, or write the changes of one cluster."), path="changes"))
    if faults:
        raise BadInput(faults)
    overlay = {
        "clusters": [request.form.get("cluster", "")],
        "changes": changes,
        "legal_reference": one_line(request.form.get("legal_reference", "")),
        "reason": reason,
    }
    document = dict(view.framework.document)
    return {**document, "overlays": [*document.get("overlays", ()), overlay]}


def _said(bad: BadInput) -> dict[str, Sentence]:
    return {f"fault-{number}": fault.said for number, fault in enumerate(bad.faults)}


def _page(view: AdoptionView, errors: Mapping[str, Sentence] | None = None) -> str:
    return render_template(
        "adoption/adoption.html",
        view=view,
        cycle=view.cycle,
        overlays=overlays_of(view.framework),
        rule_in_words=rule_in_words,
        newest=view.proposals[-1] if view.proposals else None,
        titles={unit.code: unit.title for unit in view.directory.units},
        clusters=view.directory.clusters,
        kinds=KIND_NAMES,
        tones=TONES,
        errors=errors or {},
        form=request.form,
        longest=LONGEST_TEXT,
    )


def adoption_routes(web: WebDependencies) -> Routes:
    """Proposals of criteria."""
    pages = AdoptionPages(web)
    return (
        (IN_CYCLE + "/criteria", "adoption", pages.adoption, ["GET"]),
        (IN_CYCLE + "/criteria/proposals", "propose", pages.propose, ["POST"]),
        (IN_CYCLE + f"/criteria/{NUMBER}/position", "adoption_position", pages.position, ["POST"]),
        (IN_CYCLE + f"/criteria/{NUMBER}/confirmation", "adoption_confirm", pages.confirm, ["POST"]),
    )
