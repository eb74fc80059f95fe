"""Who supplies which item, as a page: officers assign and take over, contributors hand in."""

from collections.abc import Mapping
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.intake.assessments.model import STATE_NAMES
from services.intake.contributions.actions import assign, take_contribution_step
from services.intake.contributions.model import LONGEST_REASON, Assignment
from services.intake.contributions.queries import ContributionsView, read_contributions
from services.intake.contributions.schemas import STEPS
from services.intake.ports import WebDependencies
from services.intake.typed import clean, read_day, read_number
from services.intake.web import OF_UNIT, Routes, flash_good, hash_of
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.web.access import current_actor

TONES = {"assigned": "neutral", "supplied": "info", "accepted": "good", "returned": "attention"}


class ContributionPages:
    """Pages of one unit's shared work in one cycle."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def contributions(self, cycle: str, unit: str) -> Any:
        """The list; officers assign here."""
        view = self._read(cycle, unit)
        if request.method == "GET":
            return _page(view)
        given, errors = _posted(view)
        if not errors:
            seen = read_number(request.form.get("seen", ""))
            try:
                assign(self.web.store, current_actor(), cycle, unit, given, seen)
                flash_good(sentence("The items are assigned."))
                return redirect(url_for("pages.contributions", cycle=cycle, unit=unit), 303)
            except Refusal as refusal:
                return self._refused(cycle, unit, refusal)
        return make_response(_page(view, errors), 422)

    def step(self, cycle: str, unit: str) -> Any:
        """The buttons: hand in, take over, return."""
        state, reason = request.form.get("state", ""), clean(request.form.get("reason", ""))
        if state not in STEPS:
            raise Refusal("not_found", Kind.NOT_FOUND, sentence("There is nothing here under this name."))
        chosen = request.form.getlist("criterion")
        errors: dict[str, Sentence] = {}
        if not chosen:
            errors[""] = sentence("Choose the items first.")
        if len(reason) > LONGEST_REASON:
            errors["reason"] = sentence("At most %(most)s characters.", most=LONGEST_REASON)
        if errors:
            return make_response(_page(self._read(cycle, unit), errors), 422)
        try:
            take_contribution_step(
                self.web.store,
                current_actor(),
                cycle,
                unit,
                chosen,
                state,
                read_number(request.form.get("seen", "")),
                reason,
            )
        except Refusal as refusal:
            return self._refused(cycle, unit, refusal)
        flash_good(sentence("Noted."))
        return redirect(url_for("pages.contributions", cycle=cycle, unit=unit), 303)

    def _read(self, cycle: str, unit: str) -> ContributionsView:
        return read_contributions(self.web.store, current_actor(), cycle, unit)

    def _refused(self, cycle: str, unit: str, refusal: Refusal) -> Any:
        """The newest state with what was refused; everything else has a page of its own."""
        if refusal.kind not in (Kind.STALE, Kind.INVALID, Kind.CONFLICT) or refusal.code == "intake_closed":
            raise refusal
        errors = {"": refusal.said, **{f"fault-{n}": fault.said for n, fault in enumerate(refusal.faults)}}
        status = {Kind.STALE: 412, Kind.INVALID: 422, Kind.CONFLICT: 409}[refusal.kind]
        return make_response(_page(self._read(cycle, unit), errors), status)


def _posted(view: ContributionsView) -> tuple[list[Assignment], dict[str, Sentence]]:
    """The assignments that differ from what was shown."""
    given: list[Assignment] = []
    errors: dict[str, Sentence] = {}
    for item in view.framework.items:
        account, due = (request.form.get(f"{name}-{item.code}", "").strip() for name in ("account", "due"))
        if f"mark-{item.code}" not in request.form or hash_of([account, due]) == request.form[f"mark-{item.code}"]:
            continue
        due_on = read_day(due, f"due-{item.code}", errors)
        given.append(Assignment(item.code, account or None, due_on=due_on))
    return given, errors


def _page(view: ContributionsView, errors: Mapping[str, Sentence] | None = None) -> str:
    known = view.draft.contributions
    marks = {
        item.code: hash_of(
            [one.account, one.due_on.isoformat() if one.due_on else ""] if (one := known.get(item.code)) else ["", ""]
        )
        for item in view.framework.items
    }
    return render_template(
        "contributions/contributions.html",
        view=view,
        cycle=view.cycle,
        member=view.member,
        draft=view.draft,
        own=[one for one in view.contributions if one.account == current_actor().account],
        marks=marks,
        items={item.code: item for item in view.framework.items},
        people=[(one.account, one.name) for one in view.contributors],
        names=STATE_NAMES,
        tones=TONES,
        errors=errors or {},
        form=request.form,
        longest_reason=LONGEST_REASON,
    )


def contribution_routes(web: WebDependencies) -> Routes:
    """Items given to contributors."""
    pages = ContributionPages(web)
    return (
        (OF_UNIT + "/contributions", "contributions", pages.contributions, ["GET", "POST"]),
        (OF_UNIT + "/contributions/steps", "contribution_step", pages.step, ["POST"]),
    )
