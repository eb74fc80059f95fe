"""What sources owe a cycle, their due dates, and the lock of a rating."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.verify.ports import Store
from services.verify.sources import queries
from services.verify.sources.actions.due_dates import lock_rating, set_due_date
from services.verify.web.forms import Posted, read_day
from services.verify.web.messages import say_good
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Role
from shared.web.access import current_actor
from shared.web.problems import STATUS

IN_PLACE = (Kind.INVALID, Kind.MALFORMED, Kind.CONFLICT, Kind.FORBIDDEN)


class DutyPages:
    """Pages about due dates and locks."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def cycle_sources(self, cycle: str) -> str:
        """What each source of a cycle owes it."""
        with self.store.view() as view:
            found, duties = queries.duties_of_cycle(view, current_actor(), cycle)
        return render_template("sources/cycle_sources.html", cycle=found, duties=duties)

    def due_date(self, source: str) -> Any:
        """Say until when a source's figures are due."""
        posted, status = Posted(request.values), 200
        if request.method == "POST":
            due_on, status = read_day(posted, "due_on"), 422
            if due_on is None:
                posted.errors["due_on"] = sentence("Give the last day on which the figures may come.")
            else:
                try:
                    locks = posted.text("locks") == "1"
                    set_due_date(self.store, current_actor(), source, posted.text("cycle"), due_on, locks)
                except Refusal as refusal:
                    if refusal.kind not in IN_PLACE:
                        raise
                    posted.refuse(refusal, "cycle", "due_on")
                    status = STATUS[refusal.kind]
                else:
                    say_good(sentence("The due date is kept; reminders are given before and after it."))
                    return redirect(url_for("pages.source", source=source), 303)
        with self.store.view() as view:
            found = queries.open_source(view, current_actor(), source, {Role.ADMINISTRATOR})
            cycles = queries.living_cycles(view, found.council)
        page = render_template("sources/due_date.html", source=found, cycles=cycles, posted=posted)
        return make_response(page, status)

    def lock(self, source: str) -> Any:
        """Lock a rating."""
        lock_rating(self.store, current_actor(), source, request.form.get("cycle", ""))
        say_good(sentence("The rating is locked. From now on it is only corrected, with a reason and a second person."))
        return redirect(url_for("pages.source", source=source), 303)
