"""A cycle's framework as pages: read it, take it away, see what deserves a second look; prepare a cycle with one."""

import json
from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import Response, make_response, redirect, render_template, request, url_for

from services.intake.domain import permissions
from services.intake.domain.evidence import WORKBOOK
from services.intake.usecases import cycles, directory, frameworks
from services.intake.usecases.cycles import NewCycle
from services.intake.web.parts import Parts
from services.intake.web.schemas import NewCycleSchema
from services.intake.web.session_pages import flash_good
from services.intake.web.typed import day_of, one_line
from shared.contracts.intake_v1 import PERIOD_KINDS
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import N_, Sentence, sentence
from shared.criteria import model
from shared.criteria.documents import yaml_text
from shared.criteria.excel.writing import framework_workbook
from shared.criteria.files import load_text
from shared.criteria.loader import load_document
from shared.criteria.wording import rule_said
from shared.web.access import current_actor
from shared.web.languages import current_language

PERIOD_NAMES: Mapping[str, str] = {
    "year": N_("a year"),
    "half": N_("half a year"),
    "quarter": N_("a quarter"),
    "month": N_("a month"),
}
# What the form says where the API's own words are not for people.
_EXPECTED: Mapping[str, Sentence] = {
    "cycle": sentence("A cycle's code has lower-case letters without diacritics, digits and hyphens."),
    "title_vi": sentence("Give the title in Vietnamese or English."),
    "period": sentence("Give the period."),
    "deadline_on": sentence("Give the deadline as a date."),
    "late_days": sentence("Expected a whole number of days, at most %(most)s.", most=366),
}
SHOWN_IN_PLACE = (Kind.INVALID, Kind.MALFORMED, Kind.TOO_LARGE, Kind.CONFLICT)


class FrameworkPages:
    """Pages about the framework of a cycle."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def framework(self, cycle: str) -> Any:
        """The table; for administrators what deserves a second look, on last year's figures too."""
        actor = current_actor()
        view, _ = cycles.read_standings(self.parts.intake, actor, cycle)
        administers = permissions.administers(actor, view.cycle.council)
        replayed, status = None, 200
        faults: tuple[Fault, ...] = ()
        if request.method == "POST":
            permissions.refuse_unless(administers)
            try:
                replayed = frameworks.replay(view, *posted_file(sentence("Choose the file with last year's figures.")))
            except BadInput as bad:
                faults, status = tuple(bad.faults), 422
        page = render_template(
            "intake/framework.html",
            cycle=view.cycle,
            framework=view.framework,
            remarks=frameworks.remarks_on(view.framework) if administers else (),
            overlays=frameworks.overlays_of(view.framework),
            clusters={cluster.code: cluster for cluster in view.clusters},
            rule_said=rule_said,
            administers=administers,
            replayed=replayed,
            faults=faults,
        )
        return make_response(page, status)

    def file(self, cycle: str, ending: str) -> Response:
        """The framework to take away: a workbook in the reader's language, or YAML."""
        view, _ = cycles.read_standings(self.parts.intake, current_actor(), cycle)
        if ending == "xlsx":
            content, kind = framework_workbook(view.framework, current_language()), WORKBOOK
        else:
            content, kind = yaml_text(view.framework.document).encode(), "application/yaml"
        answer = Response(content, content_type=kind)
        answer.headers["Content-Disposition"] = f'attachment; filename="{view.framework.code}.{ending}"'
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    def new_cycle(self, council: str) -> Any:
        """Prepare a cycle: first the form, then everything once more with the linter's remarks, then it is made."""
        actor = current_actor()
        permissions.refuse_unless(permissions.administers(actor, council))
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
            cycles.create_cycle(self.parts.intake, actor, command)
        except Refusal as refusal:
            if refusal.kind not in SHOWN_IN_PLACE:
                raise
            said = refusal.faults[0].said if refusal.faults else refusal.said
            return make_response(self._form(council, {"cycle": said}), 422)
        flash_good(sentence("The cycle is prepared. Open it when its members are right."))
        return redirect(url_for("pages.administration"), 303)

    def _form(self, council: str, errors: Mapping[str, Sentence], faults: tuple[Fault, ...] = ()) -> str:
        actor = current_actor()
        known = [cycle for cycle in cycles.read_cycles(self.parts.intake, actor) if cycle.council == council]
        return render_template(
            "intake/new_cycle.html",
            council=directory.read_directory(self.parts.intake, actor, council).council,
            known=known,
            periods=PERIOD_NAMES,
            form=request.form,
            errors=errors,
            faults=faults,
        )

    def _look(self, council: str, framework: model.Framework) -> str:
        carried = {name: text for name, text in request.form.items() if name not in ("csrf_token", "framework", "copy")}
        return render_template(
            "intake/look_at_cycle.html",
            council=directory.read_directory(self.parts.intake, current_actor(), council).council,
            framework=framework,
            remarks=frameworks.remarks_on(framework),
            overlays=frameworks.overlays_of(framework),
            rule_said=rule_said,
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
                view, _ = cycles.read_standings(self.parts.intake, current_actor(), request.form["copy"])
                return view.framework, ()
        except BadInput as bad:
            errors["file"] = sentence("The framework has faults; see the list.")
            return None, tuple(bad.faults)
        except (ValueError, RecursionError):
            errors["file"] = sentence("The framework got lost on the way. Please bring it once more.")
            return None, ()
        errors["file"] = sentence("Bring a framework, or choose a cycle whose framework is taken over.")
        return None, ()


def posted_file(lacking: Sentence) -> tuple[bytes, str | None]:
    """The file of the form and its name; raises BadInput saying what is lacking."""
    file = request.files.get("file")
    if not file or not file.filename:
        raise BadInput([Fault(lacking)])
    return file.stream.read(), file.filename


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
    fault = cycles.check_period(command.period, command.period_kind)
    if fault is not None:
        errors["period"] = fault.said
    return command
