"""Covenants as pages: register targets, look at the cautions, sign, revise, recognise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for

from services.intake.covenants.actions import (
    BOARD,
    OWN,
    GivenRecognition,
    GivenRevision,
    recognise_revision,
    revise_target,
    save_lines,
    sign_covenant,
)
from services.intake.covenants.model import LONGEST_NOTE, Line, targeted
from services.intake.covenants.prints import covenant_data
from services.intake.covenants.queries import CovenantView, read_covenant, read_covenants
from services.intake.cycles.queries import title_of_cluster
from services.intake.directory.queries import title_of_council
from services.intake.ports import WebDependencies
from services.intake.typed import clean, one_line, read_day, read_number
from services.intake.vietnamese import sort_key
from services.intake.web import IN_CYCLE, NUMBER, OF_UNIT, SHOWN_IN_PLACE, Routes, as_paper, flash_good, hash_of
from shared.contracts.figures import NotAFigure, read_figure, written_figure
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import N_, Sentence, sentence
from shared.criteria.model import Criterion
from shared.web.access import current_actor
from shared.web.languages import current_language

FIGURES = ("value", "baseline", "assigned", "national")
GROUND_NAMES = {
    "reassigned": N_("reassigned by the centre"),
    "force_majeure": N_("force majeure"),
}


@dataclass
class Row:
    """One criterion on the page: what stands in its fields."""

    criterion: Criterion
    line: Line
    typed: dict[str, str]
    mark: str
    editable: bool
    suggested: bool = False  # its baseline is last year's result, not saved yet


class CovenantPages:
    """Pages of covenants in one cycle."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def overview(self, cycle: str) -> str:
        """Who has signed."""
        found, members, known = read_covenants(self.web.store, current_actor(), cycle)
        ordered = sorted(members, key=lambda one: (one.cluster, sort_key(one.title.in_language("vi"))))
        return render_template("covenants/covenants.html", cycle=found, members=ordered, covenants=known)

    def covenant(self, cycle: str, unit: str) -> Any:
        """The targets of one unit."""
        view = self._read(cycle, unit)
        if request.method == "GET":
            return _page(view)
        names = _editable(view)
        rows = _rows(view)
        lines, errors = _posted(rows, names)
        if not errors:
            seen = read_number(request.form.get("seen", ""))
            try:
                save_lines(self.web.store, current_actor(), cycle, unit, lines, seen)
                flash_good(sentence("The targets are saved."))
                return redirect(url_for("pages.covenant", cycle=cycle, unit=unit), 303)
            except Refusal as refusal:
                if refusal.kind not in SHOWN_IN_PLACE:
                    raise
                view = self._read(cycle, unit)
                said = {"": refusal.said, **{f"fault-{n}": fault.said for n, fault in enumerate(refusal.faults)}}
                return make_response(_page(view, rows, said), 412 if refusal.kind is Kind.STALE else 422)
        return make_response(_page(view, rows, errors), 422)

    def sign(self, cycle: str, unit: str) -> Any:
        """The cautions once more, then the signature that locks."""
        view = self._read(cycle, unit)
        if request.method == "GET":
            return _sign_page(view)
        errors: dict[str, Sentence] = {}
        issued_on = read_day(request.form.get("issued_on", ""), "issued_on", errors)
        number = _short("document_number", 200, errors)
        if not errors:
            seen = read_number(request.form.get("seen", ""))
            try:
                sign_covenant(self.web.store, current_actor(), cycle, unit, seen, number, issued_on)
                flash_good(sentence("The covenant is signed and locked."))
                return redirect(url_for("pages.covenant", cycle=cycle, unit=unit), 303)
            except Refusal as refusal:
                if refusal.kind not in SHOWN_IN_PLACE:
                    raise
                errors = {f"fault-{n}": fault.said for n, fault in enumerate(refusal.faults)} or {"": refusal.said}
                return make_response(
                    _sign_page(self._read(cycle, unit), errors), 412 if refusal.kind is Kind.STALE else 422
                )
        return make_response(_sign_page(view, errors), 422)

    def revise(self, cycle: str, unit: str) -> Any:
        """The form that enters a changed target."""
        errors: dict[str, Sentence] = {}
        value = _figure("revised_value", errors)
        if value is None and not errors:
            errors["revised_value"] = sentence("Give the changed target.")
        number, reason, issued_on = _act(errors)
        if not errors and value is not None and issued_on is not None:
            given = GivenRevision(request.form.get("criterion", ""), value, number, issued_on, reason)
            try:
                revise_target(self.web.store, current_actor(), cycle, unit, given)
                flash_good(sentence("The revision is kept beside the registered target."))
                return redirect(url_for("pages.covenant", cycle=cycle, unit=unit), 303)
            except Refusal as refusal:
                if refusal.kind is not Kind.INVALID:
                    raise
                errors = {fault.path or "": fault.said for fault in refusal.faults}
        return make_response(_page(self._read(cycle, unit), errors=errors), 422)

    def recognise(self, cycle: str, unit: str, number: int) -> Any:
        """The form with which the Board recognises a revision."""
        errors: dict[str, Sentence] = {}
        document, reason, issued_on = _act(errors)
        if not errors and issued_on is not None:
            given = GivenRecognition(request.form.get("ground", ""), document, issued_on, reason)
            try:
                recognise_revision(self.web.store, current_actor(), cycle, unit, number, given)
                flash_good(sentence("The revision is recognised; both results will be shown."))
                return redirect(url_for("pages.covenant", cycle=cycle, unit=unit), 303)
            except Refusal as refusal:
                if refusal.kind is not Kind.INVALID:
                    raise
                errors = {fault.path or "": fault.said for fault in refusal.faults}
        return make_response(_page(self._read(cycle, unit), errors=errors), 422)

    def _read(self, cycle: str, unit: str) -> CovenantView:
        return read_covenant(self.web.store, current_actor(), cycle, unit)


def _editable(view: CovenantView) -> tuple[str, ...]:
    """Which fields of a line the reader may change."""
    return BOARD if view.sets else OWN if view.fills_in else ()


def _rows(view: CovenantView) -> list[Row]:
    """The criteria that need a target, and those about which something was said."""
    needed = {criterion.code for criterion in targeted(view.framework)}
    rows: list[Row] = []
    for criterion in view.framework.criteria:
        if criterion.code not in needed and criterion.code not in view.covenant.lines:
            continue
        line = view.covenant.line(criterion.code)
        typed = {name: written_figure(getattr(line, name), current_language()) for name in FIGURES}
        typed["note"] = line.note
        row = Row(criterion, line, typed, hash_of(list(typed.values())), criterion.code in view.editable)
        last = (view.last.values or {}).get(criterion.code)
        if view.fills_in and not view.sets and row.editable and line.baseline is None and last is not None:
            row.typed = {**typed, "baseline": written_figure(last, current_language())}
            row.suggested = True
        rows.append(row)
    return rows


def _posted(rows: list[Row], names: tuple[str, ...]) -> tuple[list[Line], dict[str, Sentence]]:
    """The lines that differ from what was shown; what is wrong, by field."""
    lines: list[Line] = []
    errors: dict[str, Sentence] = {}
    for row in rows:
        if not row.editable:
            continue
        code = row.criterion.code
        for name in names:
            row.typed[name] = clean(request.form.get(f"{name}-{code}", row.typed[name]))
        if hash_of(list(row.typed.values())) == request.form.get(f"mark-{code}", row.mark):
            continue
        figures: dict[str, float | None] = {}
        for name in FIGURES:
            try:
                figures[name] = read_figure(row.typed[name])
            except NotAFigure as fault:
                errors[f"{name}-{code}"] = sentence("%(criterion)s: %(fault)s", criterion=code, fault=fault.said)
        if len(row.typed["note"]) > LONGEST_NOTE:
            errors[f"note-{code}"] = sentence("The text is longer than %(most)s characters.", most=LONGEST_NOTE)
        if not errors:
            lines.append(Line(code, **figures, note=row.typed["note"]))
    return lines, errors


def _page(view: CovenantView, rows: list[Row] | None = None, errors: Mapping[str, Sentence] | None = None) -> str:
    return render_template(
        "covenants/covenant.html",
        view=view,
        cycle=view.cycle,
        member=view.member,
        covenant=view.covenant,
        rows=rows or _rows(view),
        names=_editable(view),
        errors=errors or {},
        form=request.form,
        items={criterion.code: criterion for criterion in view.framework.criteria},
        choices=[
            (criterion.code, f"{criterion.code} · {criterion.named(current_language())}")
            for criterion in targeted(view.framework)
        ],
        grounds=GROUND_NAMES,
    )


def _sign_page(view: CovenantView, errors: Mapping[str, Sentence] | None = None) -> str:
    return render_template(
        "covenants/covenant_sign.html",
        view=view,
        cycle=view.cycle,
        member=view.member,
        covenant=view.covenant,
        rows=_rows(view),
        errors=errors or {},
        form=request.form,
    )


def _act(errors: dict[str, Sentence]) -> tuple[str, str, Any]:
    """Number, reason and date of a legal document; what is missing goes to `errors`."""
    number = _short("document_number", 200, errors)
    reason = clean(request.form.get("reason", ""))
    if len(reason) > LONGEST_NOTE:
        errors["reason"] = sentence("At most %(most)s characters.", most=LONGEST_NOTE)
    issued_on = read_day(request.form.get("issued_on", ""), "issued_on", errors)
    if issued_on is None and "issued_on" not in errors:
        errors["issued_on"] = sentence("Give the document's date.")
    return number, reason, issued_on


def _short(name: str, longest: int, errors: dict[str, Sentence]) -> str:
    text = one_line(request.form.get(name, ""))
    if len(text) > longest:
        errors[name] = sentence("At most %(most)s characters.", most=longest)
    return text


def _figure(name: str, errors: dict[str, Sentence]) -> float | None:
    try:
        return read_figure(request.form.get(name, ""))
    except NotAFigure as fault:
        errors[name] = fault.said
        return None


def covenant_routes(web: WebDependencies) -> Routes:
    """Covenants."""
    pages = CovenantPages(web)
    return (
        (IN_CYCLE + "/covenants", "covenants", pages.overview, ["GET"]),
        (OF_UNIT + "/covenant", "covenant", pages.covenant, ["GET", "POST"]),
        (OF_UNIT + "/covenant/signature", "sign_covenant", pages.sign, ["GET", "POST"]),
        (OF_UNIT + "/covenant/revisions", "revise_target", pages.revise, ["POST"]),
        (OF_UNIT + f"/covenant/revisions/{NUMBER}/recognition", "recognise_revision", pages.recognise, ["POST"]),
    )


class CovenantPaperPages:
    """The covenant on paper."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def covenant(self, cycle: str, unit: str) -> Response:
        """The covenant, marked as a draft until it is signed."""
        view = read_covenant(self.web.store, current_actor(), cycle, unit)
        data = covenant_data(
            view,
            title_of_council(self.web.store, current_actor(), view.cycle.council),
            title_of_cluster(self.web.store, current_actor(), cycle, view.member.cluster),
        )
        return as_paper(self.web, "covenants/covenant", data, f"{cycle}-{unit}-covenant")


def covenant_paper_routes(web: WebDependencies) -> Routes:
    """The covenant on paper."""
    pages = CovenantPaperPages(web)
    return ((OF_UNIT + "/covenant.pdf", "covenant_paper", pages.covenant, ["GET"]),)
