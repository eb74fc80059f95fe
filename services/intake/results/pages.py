"""The page that says which shorter cycles a cycle rolls up, and how."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.intake.cycles.model import RULE_NAMES, SUM
from services.intake.people.rules import administers, refuse_unless
from services.intake.ports import WebDependencies
from services.intake.results.actions import set_roll_up
from services.intake.results.queries import read_roll_up
from services.intake.web import IN_CYCLE, Routes, flash_good
from shared.contracts.refusals import BadInput
from shared.contracts.sentences import Sentence, sentence
from shared.web.access import current_actor


class RollUpPages:
    """The page of a cycle's shorter periods."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def roll_up(self, cycle: str) -> Any:
        """Everybody reads it; administrators set it."""
        actor = current_actor()
        view = read_roll_up(self.web.store, actor, cycle)
        errors: dict[str, Sentence] = {}
        if request.method == "POST":
            refuse_unless(administers(actor, view.cycle.council))
            rules = {
                one.code: rule for one in view.framework.criteria if (rule := request.form.get(f"rule-{one.code}", ""))
            }
            try:
                set_roll_up(
                    self.web.store, actor, cycle, request.form.getlist("part"), request.form.get("rule", SUM), rules
                )
                flash_good(sentence("What the cycle rolls up is set."))
                return redirect(url_for("pages.roll_up", cycle=cycle), 303)
            except BadInput as bad:
                errors = {fault.path or "": fault.said for fault in bad.faults}
        page = render_template(
            "results/roll_up.html",
            view=view,
            cycle=view.cycle,
            roll_up=view.roll_up,
            known={one.code: one for one in view.choices},
            rules=RULE_NAMES,
            errors=errors,
            form=request.form,
        )
        return make_response(page, 422 if errors else 200)


def roll_up_routes(web: WebDependencies) -> Routes:
    """What a cycle rolls up."""
    pages = RollUpPages(web)
    return ((IN_CYCLE + "/roll-up", "roll_up", pages.roll_up, ["GET", "POST"]),)
