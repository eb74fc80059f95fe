"""A keyed letter beside its scan: the second person says whether they agree."""

import io
import uuid
from typing import Any

from flask import make_response, redirect, render_template, request, send_file, url_for

from services.verify.ports import Store
from services.verify.sources import queries
from services.verify.sources.actions.letters import settle_letter
from services.verify.sources.readers.rating_workbook import READERS
from services.verify.web.forms import Posted
from services.verify.web.messages import say_good
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.web.access import current_actor
from shared.web.problems import STATUS

IN_PLACE = (Kind.INVALID, Kind.MALFORMED, Kind.CONFLICT, Kind.FORBIDDEN)


class LetterPages:
    """Pages about letters keyed by hand."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def letter(self, letter: uuid.UUID) -> Any:
        """The figures that were keyed, the scan, and the form of the second person."""
        posted, status = Posted(request.form), 200
        if request.method == "POST":
            confirmed = posted.text("verdict") == "confirm"
            if posted.text("verdict") not in ("confirm", "refuse"):
                posted.errors["verdict"] = sentence("Choose what you decide.")
                status = 422
            else:
                try:
                    settle_letter(self.store, current_actor(), letter, confirmed, posted.text("reason"), READERS)
                except Refusal as refusal:
                    if refusal.kind not in IN_PLACE:
                        raise
                    posted.refuse(refusal, "reason")
                    status = STATUS[refusal.kind]
                else:
                    good = sentence("The figures of the letter count from now on.")
                    say_good(good if confirmed else sentence("The letter is not confirmed; its figures do not count."))
                    return redirect(url_for("pages.letter", letter=letter), 303)
        with self.store.view() as view:
            found = queries.open_letter(view, current_actor(), letter)
            cycles = queries.same_cycle(view, found.council, found.cycle)
            titles = queries.titles(view, found.cycle)
        page = render_template(
            "sources/letter.html",
            letter=found,
            cycles=cycles,
            titles=titles,
            posted=posted,
            may_settle=found.said_at is None and found.keyed_by != current_actor().account,
        )
        return make_response(page, status)

    def scan(self, letter: uuid.UUID) -> Any:
        """The scan, to be saved: what somebody uploaded is never shown as a page of ours."""
        with self.store.view() as view:
            found = queries.open_letter(view, current_actor(), letter)
        return send_file(
            io.BytesIO(found.scan),
            mimetype="application/octet-stream",
            as_attachment=True,
            download_name=found.scan_name,
        )
