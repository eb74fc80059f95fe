"""What is owed in a cycle, and reminding of it, as pages."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.intake.ports import WebDependencies
from services.intake.reminders.actions import remind_now, set_reminders
from services.intake.reminders.model import MATTER_NAMES, CycleReminders
from services.intake.reminders.queries import read_owed
from services.intake.typed import one_line, read_day
from services.intake.web import IN_CYCLE, Routes, flash_good
from shared.contracts.refusals import BadInput
from shared.contracts.sentences import Sentence, sentence
from shared.web.access import current_actor


def owed_routes(web: WebDependencies) -> Routes:
    """What is owed in a cycle."""
    pages = OwedPages(web)
    return (
        (IN_CYCLE + "/owed", "owed", pages.owed, ["GET"]),
        (IN_CYCLE + "/owed/remind", "remind", pages.remind, ["POST"]),
        (IN_CYCLE + "/owed/reminders", "set_reminders", pages.set_reminders, ["POST"]),
    )


class OwedPages:
    """Pages of what is owed in one cycle."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def owed(self, cycle: str, errors: dict[str, Sentence] | None = None) -> Any:
        """Who still owes what, by when, and how late it is."""
        view = read_owed(self.web.store, current_actor(), cycle)
        page = render_template(
            "reminders/owed.html",
            view=view,
            cycle=view.cycle,
            matters=MATTER_NAMES,
            errors=errors or {},
            form=request.form,
        )
        return make_response(page, 422 if errors else 200)

    def remind(self, cycle: str) -> Any:
        """The buttons that remind: of one thing, or of everything that is late."""
        key = request.form.get("key", "")[:400]
        count = remind_now(self.web.store, current_actor(), cycle, [key] if key else None)
        flash_good(
            sentence("Reminded: %(count)s notices.", count=count)
            if count
            else sentence("Nobody was reminded: it was done today already, or nobody there has an account.")
        )
        return redirect(url_for("inbox.owed", cycle=cycle), 303)

    def set_reminders(self, cycle: str) -> Any:
        """The form that says when the cycle reminds."""
        errors: dict[str, Sentence] = {}
        covenant = read_day(request.form.get("covenant_due_on", ""), "covenant_due_on", errors)
        comments = read_day(request.form.get("comments_due_on", ""), "comments_due_on", errors)
        typed = one_line(request.form.get("days", ""))[:200].replace(",", " ").replace(";", " ").split()
        if not all(word.isascii() and word.isdigit() and len(word) < 4 for word in typed):
            errors["days"] = sentence("Expected whole numbers with commas between them, like 10, 3, 1.")
        if not errors:
            given = CycleReminders(tuple(int(word) for word in typed), covenant, comments)
            try:
                set_reminders(self.web.store, current_actor(), cycle, given)
                flash_good(sentence("When the cycle reminds is noted."))
                return redirect(url_for("inbox.owed", cycle=cycle), 303)
            except BadInput as bad:
                errors = {fault.path or "": fault.said for fault in bad.faults}
        return self.owed(cycle, errors)
