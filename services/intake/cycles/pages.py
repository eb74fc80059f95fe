"""The page of a cycle's calendar, and the form that gives more time."""

from typing import Any

import flask
from flask import make_response, redirect, render_template, request, url_for

from services.intake.cycles.actions import GivenExtension, extend
from services.intake.cycles.model import ARCHIVED, INTAKE_CLOSED, MOST_DAYS, Cycle
from services.intake.cycles.queries import read_calendar, read_cycles
from services.intake.people import rules as people_rules
from services.intake.people.rules import looks
from services.intake.ports import WebDependencies
from services.intake.typed import clean, one_line, read_day
from services.intake.web import IN_CYCLE, Routes, flash_good
from shared.contracts.refusals import BadInput
from shared.contracts.sentences import Sentence, sentence
from shared.web.access import current_actor
from shared.web.languages import current_language


class CalendarPages:
    """Pages of a cycle's deadlines."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def calendar(self, cycle: str, errors: dict[str, Sentence] | None = None) -> str:
        """Working days left, days off on the way, extensions given."""
        actor = current_actor()
        view = read_calendar(self.web.store, actor, cycle, current_language())
        administers = people_rules.administers(actor, view.cycle.council)
        return render_template(
            "cycles/calendar.html",
            view=view,
            cycle=view.cycle,
            titles={member.unit: member.title for member in view.members},
            choices=[(member.unit, member.title.in_language(current_language())) for member in view.members],
            extensions=[
                one for one in view.cycle.extensions if one.unit is None or looks(actor, view.cycle.council, one.unit)
            ],
            may_extend=administers and view.cycle.state != ARCHIVED,
            only_units=view.cycle.state == INTAKE_CLOSED,
            errors=errors or {},
            form=request.form,
        )

    def extend(self, cycle: str) -> Any:
        """The form that gives more time."""
        errors: dict[str, Sentence] = {}
        deadline_on = read_day(request.form.get("deadline_on", ""), "deadline_on", errors)
        if deadline_on is None and not errors:
            errors["deadline_on"] = sentence("Give the new deadline.")
        late = request.form.get("late_days", "").strip() or "0"
        if not (late.isascii() and late.isdigit() and int(late[:9]) <= MOST_DAYS):
            errors["late_days"] = sentence("Expected a whole number of days, at most %(most)s.", most=MOST_DAYS)
        reason, document = clean(request.form.get("reason", "")), one_line(request.form.get("document", ""))
        for name, text, longest in (("reason", reason, 1000), ("document", document, 200)):
            if len(text) > longest:
                errors[name] = sentence("At most %(most)s characters.", most=longest)
        if not errors and deadline_on is not None:
            given = GivenExtension(deadline_on, reason, int(late), document, request.form.get("unit") or None)
            try:
                extend(self.web.store, current_actor(), cycle, given)
                flash_good(sentence("The new deadline is noted."))
                return redirect(url_for("pages.calendar", cycle=cycle), 303)
            except BadInput as bad:
                errors = {fault.path or "": fault.said for fault in bad.faults}
        return make_response(self.calendar(cycle, errors), 422)


def calendar_routes(web: WebDependencies) -> Routes:
    """Deadlines."""
    pages = CalendarPages(web)
    return (
        (IN_CYCLE + "/calendar", "calendar", pages.calendar, ["GET"]),
        (IN_CYCLE + "/extensions", "extend", pages.extend, ["POST"]),
    )


def register_cycles_of(blueprint: flask.Blueprint, web: WebDependencies) -> None:
    """`cycles_of(council)` for templates: those of a council that the reader may see."""

    @blueprint.app_template_global("cycles_of")
    def cycles_of(council: str) -> list[Cycle]:
        return [one for one in read_cycles(web.store, current_actor()) if one.council == council]
