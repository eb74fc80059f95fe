"""How long a cycle's files are kept, for people and for machines; administrators say it and see what would go."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.intake.files.actions import set_rule
from services.intake.files.model import LONGEST_SOURCE
from services.intake.files.queries import read_retention
from services.intake.ports import WebDependencies
from services.intake.typed import one_line, read_number
from services.intake.web import IN_CYCLE, Routes, flash_good
from shared.contracts.refusals import BadInput
from shared.contracts.sentences import Sentence, sentence
from shared.web.access import current_actor


class RetentionPages:
    """The page of the files' period."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def retention(self, cycle: str) -> Any:
        """The period; for administrators the form that sets it and the list of what would be deleted today."""
        errors: dict[str, Sentence] = {}
        if request.method == "POST":
            source = one_line(request.form.get("legal_source", ""))
            if len(source) > LONGEST_SOURCE:
                errors["legal_source"] = sentence("At most %(most)s characters.", most=LONGEST_SOURCE)
            else:
                years = read_number(request.form.get("years", "").strip())
                try:
                    set_rule(self.web.store, current_actor(), cycle, years, source)
                    flash_good(sentence("How long files are kept is noted."))
                    return redirect(url_for("pages.retention", cycle=cycle), 303)
                except BadInput as bad:
                    errors = {fault.path or "": fault.said for fault in bad.faults}
        view = read_retention(self.web.store, current_actor(), cycle)
        page = render_template(
            "files/retention.html",
            view=view,
            cycle=view.cycle,
            scanned=self.web.files.scanned,
            errors=errors,
            form=request.form,
        )
        return make_response(page, 422 if errors else 200)


def retention_routes(web: WebDependencies) -> Routes:
    """How long files are kept."""
    pages = RetentionPages(web)
    return ((IN_CYCLE + "/keeping", "retention", pages.retention, ["GET", "POST"]),)
