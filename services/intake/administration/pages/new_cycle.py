"""Prepare a cycle: the form, then everything once more with the remarks on its framework."""

import json
from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import make_response, redirect, render_template, request, url_for

from services.intake.administration.actions import NewCycle, create_cycle
from services.intake.administration.schemas import NewCycleSchema
from services.intake.cycles.model import PERIOD_NAMES
from services.intake.cycles.queries import read_cycle, read_cycles
from services.intake.cycles.rules import check_period
from services.intake.directory.queries import read_directory
from services.intake.frameworks.rules import overlays_of, remarks_on
from services.intake.people.rules import administers, refuse_unless
from services.intake.ports import WebDependencies
from services.intake.typed import day_of, one_line
from services.intake.web import IN_COUNCIL, SHOWN_BESIDE_FORM, Routes, flash_good
from shared.contracts.intake_v1 import PERIOD_KINDS
from shared.contracts.refusals import BadInput, Fault, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.criteria import model
from shared.criteria.files import load_text
from shared.criteria.loader import load_document
from shared.criteria.wording import rule_in_words
from shared.web.access import current_actor

# What the form says where the API's own words are not for people.
_EXPECTED: Mapping[str, Sentence] = {
    "cycle": sentence("A cycle's code has lower-case letters without diacritics, digits and hyphens."),
    "title_vi": sentence("Give the title in Vietnamese or English."),
    "period": sentence("Give the period."),
    "deadline_on": sentence("Give the deadline as a date."),
    "late_days": sentence("Expected a whole number of days, at most %(most)s.", most=366),
}


class NewCyclePages:
    """Prepare a cycle with a framework."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def new_cycle(self, council: str) -> Any:
        """Prepare a cycle: first the form, then everything once more with the linter's remarks, then it is made."""
        actor = current_actor()
        refuse_unless(administers(actor, council))
        if request.method == "GET" or "again" in request.form:
            return self._form(council, {})
        errors: dict[str, Sentence] = {}
        framework, faults = self._framework(errors)
        command = _command(council, framework, errors)
        if command is None or framework is None or errors:
            return make_response(self._form(council, errors, faults), 422)
        if "confirmed" not in request.form:
            return self._look(council, framework)
        try:
            create_cycle(self.web.store, actor, command)
        except Refusal as refusal:
            if refusal.kind not in SHOWN_BESIDE_FORM:
                raise
            said = refusal.faults[0].said if refusal.faults else refusal.said
            return make_response(self._form(council, {"cycle": said}), 422)
        flash_good(sentence("The cycle is prepared. Open it when its members are right."))
        return redirect(url_for("pages.administration"), 303)

    def _form(self, council: str, errors: Mapping[str, Sentence], faults: tuple[Fault, ...] = ()) -> str:
        actor = current_actor()
        known = [cycle for cycle in read_cycles(self.web.store, actor) if cycle.council == council]
        return render_template(
            "administration/new_cycle.html",
            council=read_directory(self.web.store, actor, council).council,
            known=known,
            periods=PERIOD_NAMES,
            form=request.form,
            errors=errors,
            faults=faults,
        )

    def _look(self, council: str, framework: model.Framework) -> str:
        carried = {name: text for name, text in request.form.items() if name not in ("csrf_token", "framework", "copy")}
        return render_template(
            "administration/look_at_cycle.html",
            council=read_directory(self.web.store, current_actor(), council).council,
            framework=framework,
            remarks=remarks_on(framework),
            overlays=overlays_of(framework),
            rule_in_words=rule_in_words,
            carried={**carried, "framework": json.dumps(framework.document, ensure_ascii=False)},
        )

    def _framework(self, errors: dict[str, Sentence]) -> tuple[model.Framework | None, tuple[Fault, ...]]:
        """The framework that was uploaded, else the one carried along, else that of the cycle to copy."""
        file = request.files.get("file")
        try:
            if file and file.filename:
                ending = file.filename.lower().rpartition(".")[2]
                return load_text(file.stream.read(), file.filename, is_json=ending == "json"), ()
            if request.form.get("framework"):
                return load_document(json.loads(request.form["framework"])), ()
            if request.form.get("copy"):
                view = read_cycle(self.web.store, current_actor(), request.form["copy"])
                return view.framework, ()
        except BadInput as bad:
            errors["file"] = sentence("The framework has faults; see the list.")
            return None, tuple(bad.faults)
        except (ValueError, RecursionError):
            errors["file"] = sentence("The framework got lost on the way. Please bring it once more.")
            return None, ()
        errors["file"] = sentence("Bring a framework, or choose a cycle whose framework is taken over.")
        return None, ()


def _command(council: str, framework: model.Framework | None, errors: dict[str, Sentence]) -> NewCycle | None:
    """What the form asks for, checked by the schema of the API; errors by field."""
    form = request.form
    data: dict[str, Any] = {
        "cycle": one_line(form.get("cycle", "")),
        "council": council,
        "title": {language: text for language in ("vi", "en") if (text := one_line(form.get(f"title_{language}", "")))},
        "period": one_line(form.get("period", "")),
        "period_kind": form.get("period_kind", "year"),
        "framework": dict(framework.document) if framework else {},
        "synthetic": form.get("synthetic") == "1",
    }
    try:
        data["deadline_on"] = day.isoformat() if (day := day_of(form.get("deadline_on", ""))) else ""
    except ValueError:
        data["deadline_on"] = ""
    late = one_line(form.get("late_days", "")) or "0"
    data["late_days"] = int(late) if late.isascii() and late.isdigit() and len(late) < 6 else -1
    try:
        command: NewCycle = NewCycleSchema().load(data)
    except ma.ValidationError as error:
        for name in error.normalized_messages():
            field = "title_vi" if name == "title" else str(name)
            errors.setdefault(field, _EXPECTED.get(field, sentence("This value cannot stand here.")))
        return None
    if command.period_kind not in PERIOD_KINDS:
        return None
    fault = check_period(command.period, command.period_kind)
    if fault is not None:
        errors["period"] = fault.said
    return command


def new_cycle_routes(web: WebDependencies) -> Routes:
    """A new cycle."""
    pages = NewCyclePages(web)
    return ((IN_COUNCIL + "/new-cycle", "new_cycle", pages.new_cycle, ["GET", "POST"]),)
