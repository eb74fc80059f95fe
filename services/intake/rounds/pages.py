"""The days of the round as a page."""

import re
from fractions import Fraction
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.intake.ports import WebDependencies
from services.intake.rounds.actions import GivenRound, declare_round
from services.intake.rounds.model import LONGEST_SOURCE, SHARE, STANDING_NAMES
from services.intake.rounds.queries import read_round
from services.intake.typed import clean, one_line, read_day
from services.intake.web import IN_CYCLE, Errors, Routes, errors_of, flash_good
from shared.contracts.sentences import sentence
from shared.web.access import current_actor


class RoundPages:
    """Pages of the cluster round but for its meetings."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def round(self, cycle: str, errors: Errors | None = None) -> str:
        """The days, the quorum and its source; administrators declare them."""
        view = read_round(self.web.store, current_actor(), cycle)
        return render_template(
            "rounds/round.html",
            view=view,
            cycle=view.cycle,
            declared=view.declared,
            standings=STANDING_NAMES,
            errors=errors or {},
            form=request.form,
            longest_source=LONGEST_SOURCE,
        )

    def declare(self, cycle: str) -> Any:
        """The form that declares the days."""
        given, errors = _read_round()
        if given is not None:
            errors = errors_of(lambda: declare_round(self.web.store, current_actor(), cycle, given))
        if errors:
            return make_response(self.round(cycle, errors), 422)
        flash_good(sentence("The days of the cluster round are declared."))
        return redirect(url_for("pages.round", cycle=cycle), 303)


def _read_round() -> tuple[GivenRound | None, Errors]:
    errors: Errors = {}
    days = {
        name: read_day(request.form.get(name, ""), name, errors) for name in ("reads_from", "reads_to", "answers_to")
    }
    for name, day in days.items():
        if day is None and name not in errors:
            errors[name] = sentence("Give the day.")
    typed = request.form.get("quorum", "").replace(" ", "")
    if not re.match(SHARE, typed):
        errors["quorum"] = sentence("Write the share as a fraction, for example 2/3.")
    source, reason = one_line(request.form.get("quorum_source", "")), clean(request.form.get("reason", ""))
    for name, text, longest in (("quorum_source", source, LONGEST_SOURCE), ("reason", reason, 1000)):
        if len(text) > longest:
            errors[name] = sentence("At most %(most)s characters.", most=longest)
    standing = request.form.get("quorum_standing", "")
    if standing not in STANDING_NAMES:
        errors["quorum_standing"] = sentence("Say whether it is law, a regulation or an assumption.")
    if errors:
        return None, errors
    return GivenRound(**days, quorum=Fraction(typed), quorum_source=source, quorum_standing=standing, reason=reason), {}  # type: ignore[arg-type]


def round_routes(web: WebDependencies) -> Routes:
    """The days of the round."""
    pages = RoundPages(web)
    return (
        (IN_CYCLE + "/round", "round", pages.round, ["GET"]),
        (IN_CYCLE + "/round/days", "declare_round", pages.declare, ["POST"]),
    )
