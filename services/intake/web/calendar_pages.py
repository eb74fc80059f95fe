"""The page of a cycle's calendar, and the form that gives more time."""

from typing import Any

import flask
from flask import make_response, redirect, render_template, request, url_for

from services.intake.domain import permissions
from services.intake.domain.cycles import ARCHIVED, INTAKE_CLOSED, Cycle
from services.intake.usecases import calendar, cycles
from services.intake.usecases.calendar import MOST_DAYS, GivenExtension
from services.intake.web.parts import IN_CYCLE, Parts, Routes
from services.intake.web.session_pages import flash_good
from services.intake.web.typed import clean, one_line, read_day
from shared.contracts.refusals import BadInput
from shared.contracts.sentences import Sentence, sentence
from shared.web.access import current_actor
from shared.web.languages import current_language


class CalendarPages:
    """Pages of a cycle's deadlines."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def calendar(self, cycle: str, errors: dict[str, Sentence] | None = None) -> str:
        """Working days left, days off on the way, extensions given."""
        actor = current_actor()
        view = calendar.read_calendar(self.parts.intake, actor, cycle, current_language())
        administers = permissions.administers(actor, view.cycle.council)
        return render_template(
            "intake/calendar.html",
            view=view,
            cycle=view.cycle,
            titles={member.unit: member.title for member in view.members},
            choices=[(member.unit, member.title.in_language(current_language())) for member in view.members],
            extensions=[
                one
                for one in view.cycle.extensions
                if one.unit is None or permissions.looks(actor, view.cycle.council, one.unit)
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
                calendar.extend(self.parts.intake, current_actor(), cycle, given)
                flash_good(sentence("The new deadline is noted."))
                return redirect(url_for("pages.calendar", cycle=cycle), 303)
            except BadInput as bad:
                errors = {fault.path or "": fault.said for fault in bad.faults}
        return make_response(self.calendar(cycle, errors), 422)


def calendar_routes(parts: Parts) -> Routes:
    """Deadlines."""
    pages = CalendarPages(parts)
    return (
        (IN_CYCLE + "/calendar", "calendar", pages.calendar, ["GET"]),
        (IN_CYCLE + "/extensions", "extend", pages.extend, ["POST"]),
    )


def register_cycles_of(blueprint: flask.Blueprint, parts: Parts) -> None:
    """`cycles_of(council)` for templates: those of a council that the reader may see."""

    @blueprint.app_template_global("cycles_of")
    def cycles_of(council: str) -> list[Cycle]:
        return [one for one in cycles.read_cycles(parts.intake, current_actor()) if one.council == council]
