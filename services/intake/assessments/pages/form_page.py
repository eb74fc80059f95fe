"""The page of the self-assessment form."""

from collections.abc import Mapping
from typing import Any

import flask
from flask import Response, make_response, redirect, render_template, request, url_for

from services.intake.assessments.actions import save_items
from services.intake.assessments.model import ITEM_FIELDS, ITEM_TEXTS, Claim
from services.intake.assessments.pages.form import Posted, read_post, rows_of, with_refusal
from services.intake.assessments.queries import DraftView, read_draft
from services.intake.assessments.rules import self_score
from services.intake.cycles.model import RULE_NAMES
from services.intake.ports import WebDependencies
from services.intake.web import OF_UNIT, SHOWN_IN_PLACE, Routes, flash_good
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.web.access import current_actor
from shared.web.languages import current_language


class AssessmentPages:
    """Pages of one unit in one cycle."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def form(self, cycle: str, unit: str) -> Any:
        """All items, grouped as in the framework."""
        view = read_draft(self.web.store, current_actor(), cycle, unit)
        if request.method == "GET":
            return _form_page(view, Posted((), {}, rows_of(view, current_language()), view.draft.version))
        posted = read_post(view, request.form, current_language())
        if posted.errors:
            return _form_page(view, posted, 422)
        try:
            if posted.changed:
                save_items(self.web.store, current_actor(), cycle, unit, posted.changed, posted.seen)
        except Refusal as refusal:
            if refusal.kind not in SHOWN_IN_PLACE:
                raise
            return self._not_saved(cycle, unit, refusal)
        flash_good(_saved(len(posted.changed)))
        return redirect(_after_saving(cycle, unit), 303)

    def _not_saved(self, cycle: str, unit: str, refusal: Refusal) -> Response:
        """The form again, with the newest state around what was typed."""
        view = read_draft(self.web.store, current_actor(), cycle, unit)
        posted = with_refusal(read_post(view, request.form, current_language()), refusal)
        if refusal.kind is Kind.STALE:
            # Who looks at the other's figures now may decide about them.
            posted = Posted(posted.changed, posted.errors, posted.rows, view.draft.version)
            return _form_page(view, posted, 412, sentence("Somebody else saved meanwhile; please look and decide"))
        return _form_page(view, posted, 422)


def _form_page(view: DraftView, posted: Posted, status: int = 200, headline: Sentence | None = None) -> Response:
    page = render_template(
        "assessments/assessment.html",
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


def assessment_routes(web: WebDependencies) -> Routes:
    """The form."""
    pages = AssessmentPages(web)
    return ((OF_UNIT, "assessment", pages.form, ["GET", "POST"]),)


def register_item_words(blueprint: flask.Blueprint) -> None:
    """What templates of several subjects ask about the fields of an item."""

    @blueprint.app_template_global("item_titles")
    def item_titles() -> dict[str, str]:
        return {one.name: one.title.in_language(current_language()) for one in ITEM_FIELDS}

    @blueprint.app_template_global("said_in_words")
    def said_in_words(claim: Claim | Mapping[str, Any]) -> list[tuple[str, str]]:
        """What a claim, or an item that was sent, says in words: title and text of whatever is not blank."""
        said = claim.figures() if isinstance(claim, Claim) else claim
        return [(one.title.in_language(current_language()), said[one.name]) for one in ITEM_TEXTS if said.get(one.name)]
