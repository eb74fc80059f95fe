"""A cycle's framework as pages: read it, take it away, try it on last year's figures."""

from typing import Any

from flask import Response, make_response, render_template, request

from services.intake.cycles.queries import read_cycle
from services.intake.frameworks.queries import replay
from services.intake.frameworks.rules import overlays_of, remarks_on
from services.intake.people import rules as people_rules
from services.intake.people.rules import refuse_unless
from services.intake.ports import WebDependencies
from services.intake.web import IN_CYCLE, WORKBOOK, Routes, posted_file
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence
from shared.criteria.documents import yaml_text
from shared.criteria.excel.writing import framework_workbook
from shared.criteria.wording import rule_in_words
from shared.web.access import current_actor
from shared.web.languages import current_language


class FrameworkPages:
    """Pages about the framework of a cycle."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def framework(self, cycle: str) -> Any:
        """The table; for administrators what deserves a second look, on last year's figures too."""
        actor = current_actor()
        view = read_cycle(self.web.store, actor, cycle)
        administers = people_rules.administers(actor, view.cycle.council)
        replayed, status = None, 200
        faults: tuple[Fault, ...] = ()
        if request.method == "POST":
            refuse_unless(administers)
            try:
                replayed = replay(view, *posted_file(sentence("Choose the file with last year's figures.")))
            except BadInput as bad:
                faults, status = tuple(bad.faults), 422
        page = render_template(
            "frameworks/framework.html",
            cycle=view.cycle,
            framework=view.framework,
            remarks=remarks_on(view.framework) if administers else (),
            overlays=overlays_of(view.framework),
            clusters={cluster.code: cluster for cluster in view.clusters},
            rule_in_words=rule_in_words,
            administers=administers,
            replayed=replayed,
            faults=faults,
        )
        return make_response(page, status)

    def file(self, cycle: str, ending: str) -> Response:
        """The framework to take away: a workbook in the reader's language, or YAML."""
        view = read_cycle(self.web.store, current_actor(), cycle)
        if ending == "xlsx":
            content, kind = framework_workbook(view.framework, current_language()), WORKBOOK
        else:
            content, kind = yaml_text(view.framework.document).encode(), "application/yaml"
        answer = Response(content, content_type=kind)
        answer.headers["Content-Disposition"] = f'attachment; filename="{view.framework.code}.{ending}"'
        answer.headers["Cache-Control"] = "private, no-store"
        return answer


def framework_routes(web: WebDependencies) -> Routes:
    """The framework of a cycle."""
    pages = FrameworkPages(web)
    return (
        (IN_CYCLE + "/framework", "framework", pages.framework, ["GET", "POST"]),
        (IN_CYCLE + "/framework.<any(xlsx, yaml):ending>", "framework_file", pages.file, ["GET"]),
    )
