"""What sources owe a cycle, their due dates, the lock of a rating, and corrections that wait for a second person."""

import io
import uuid
from typing import Any

from flask import make_response, redirect, render_template, request, send_file, url_for

from services.verify.claims.store.views import cycles_of
from services.verify.reviews.queries.item import no_such_cycle
from services.verify.roles import LOOKERS_AT_SOURCES, UPLOADERS, councils_of
from services.verify.sources.actions.corrections import no_such_correction, settle_correction
from services.verify.sources.actions.due_dates import lock_rating, set_due_date
from services.verify.sources.queries import no_such_source
from services.verify.sources.store import due_date_views as reading
from services.verify.sources.store.source_views import sources_of
from services.verify.sources.workbooks import READERS
from services.verify.web.dependencies import Parts
from services.verify.web.forms import Posted, read_day
from services.verify.web.messages import say_good
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Role
from shared.web.access import current_actor
from shared.web.problems import STATUS

IN_PLACE = (Kind.INVALID, Kind.MALFORMED, Kind.CONFLICT, Kind.FORBIDDEN)


class DutyPages:
    """Pages about due dates, locks and corrections."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def cycle_sources(self, cycle: str) -> str:
        """What each source of a cycle owes it."""
        councils = councils_of(current_actor(), LOOKERS_AT_SOURCES)
        with self.parts.database.reader() as connection:
            cycles = [one for one in cycles_of(connection, councils) if one["cycle"] == cycle]
            if not cycles:
                raise no_such_cycle()
            found = reading.duties_of(connection, councils, self.parts.database.clock.now(), cycle=cycle)
        return render_template("sources/cycle_sources.html", cycle=cycles[0], duties=found)

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
                    set_due_date(self.parts.store, current_actor(), source, posted.text("cycle"), due_on, locks)
                except Refusal as refusal:
                    if refusal.kind not in IN_PLACE:
                        raise
                    posted.refuse(refusal, "cycle", "due_on")
                    status = STATUS[refusal.kind]
                else:
                    say_good(sentence("The due date is kept; reminders are given before and after it."))
                    return redirect(url_for("pages.source", source=source), 303)
        with self.parts.database.reader() as connection:
            found = sources_of(connection, councils_of(current_actor(), {Role.ADMINISTRATOR}), source)
            if not found:
                raise no_such_source()
            cycles = [one for one in cycles_of(connection, [found[0]["council"]]) if one["state"] != "archived"]
        page = render_template("sources/due_date.html", source=found[0], cycles=cycles, posted=posted)
        return make_response(page, status)

    def lock(self, source: str) -> Any:
        """Lock a rating."""
        lock_rating(self.parts.store, current_actor(), source, request.form.get("cycle", ""))
        say_good(sentence("The rating is locked. From now on it is only corrected, with a reason and a second person."))
        return redirect(url_for("pages.source", source=source), 303)

    def correction(self, correction: uuid.UUID) -> Any:
        """A correction, why it is wanted, and the form of the second person."""
        posted, status = Posted(request.form), 200
        if request.method == "POST":
            agreed, status = posted.text("verdict") == "agree", 422
            if posted.text("verdict") not in ("agree", "refuse"):
                posted.errors["verdict"] = sentence("Choose what you decide.")
            else:
                try:
                    settle_correction(
                        self.parts.store, current_actor(), correction, agreed, posted.text("reason"), READERS
                    )
                except Refusal as refusal:
                    if refusal.kind not in IN_PLACE:
                        raise
                    posted.refuse(refusal, "reason")
                    status = STATUS[refusal.kind]
                else:
                    good = sentence("The corrected figures count from now on.")
                    say_good(good if agreed else sentence("The correction is not agreed to; its figures do not count."))
                    return redirect(url_for("pages.correction", correction=correction), 303)
        found = self._find(correction)
        with self.parts.database.reader() as connection:
            cycles = [one for one in cycles_of(connection, [found["council"]]) if one["cycle"] == found["cycle"]]
        may_settle = found["said_at"] is None and found["proposed_by"] != current_actor().account
        page = render_template(
            "sources/correction.html", correction=found, cycles=cycles, posted=posted, may_settle=may_settle
        )
        return make_response(page, status)

    def correction_file(self, correction: uuid.UUID) -> Any:
        """The file of a correction, to be saved."""
        found = self._find(correction)
        return send_file(
            io.BytesIO(found["raw"]),
            mimetype="application/octet-stream",
            as_attachment=True,
            download_name=found["file_name"],
        )

    def _find(self, correction: uuid.UUID) -> dict[str, Any]:
        with self.parts.database.reader() as connection:
            found = reading.correction(connection, correction, councils_of(current_actor(), UPLOADERS))
        if found is None:
            raise no_such_correction()
        return found
