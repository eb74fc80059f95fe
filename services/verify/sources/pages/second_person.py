"""What one person brought, and the form of the second one: keyed letters, corrections of locked ratings."""

import io
import uuid
from typing import Any

from flask import Response, make_response, redirect, render_template, request, send_file, url_for

from services.verify.ports import Store
from services.verify.sources import queries
from services.verify.sources.actions.corrections import CORRECTION
from services.verify.sources.actions.letters import LETTER
from services.verify.sources.actions.second_person import Brought, settle
from services.verify.sources.readers.rating_workbook import READERS
from services.verify.web.forms import Posted
from services.verify.web.messages import say_good
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.web.access import current_actor
from shared.web.problems import STATUS

IN_PLACE = (Kind.INVALID, Kind.MALFORMED, Kind.CONFLICT, Kind.FORBIDDEN)


class SecondPersonPages:
    """Pages on which a second person confirms figures."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def letter(self, letter: uuid.UUID) -> Any:
        """The figures that were keyed, the scan, and the form of the second person."""
        counts = sentence("The figures of the letter count from now on.")
        refused = sentence("The letter is not confirmed; its figures do not count.")
        posted, status, settled = self._settle(LETTER, letter, "confirm", counts, refused)
        if settled:
            return redirect(url_for("pages.letter", letter=letter), 303)
        with self.store.view() as view:
            found = queries.open_letter(view, current_actor(), letter)
            cycles = queries.same_cycle(view, found.council, found.cycle)
            titles = queries.titles(view, found.cycle)
        may_settle = found.said_at is None and found.keyed_by != current_actor().account
        page = render_template(
            "sources/letter.html", letter=found, cycles=cycles, titles=titles, posted=posted, may_settle=may_settle
        )
        return make_response(page, status)

    def correction(self, correction: uuid.UUID) -> Any:
        """A correction, why it is wanted, and the form of the second person."""
        counts = sentence("The corrected figures count from now on.")
        refused = sentence("The correction is not agreed to; its figures do not count.")
        posted, status, settled = self._settle(CORRECTION, correction, "agree", counts, refused)
        if settled:
            return redirect(url_for("pages.correction", correction=correction), 303)
        with self.store.view() as view:
            found = queries.open_correction(view, current_actor(), correction)
            cycles = queries.same_cycle(view, found.council, found.cycle)
        may_settle = found.said_at is None and found.proposed_by != current_actor().account
        page = render_template(
            "sources/correction.html", correction=found, cycles=cycles, posted=posted, may_settle=may_settle
        )
        return make_response(page, status)

    def _settle(
        self, brought: Brought, identity: uuid.UUID, yes: str, counts: Sentence, refused: Sentence
    ) -> tuple[Posted, int, bool]:
        """The form as it was posted, the status of a page that shows it again, and whether the word is recorded."""
        posted = Posted(request.form)
        if request.method != "POST":
            return posted, 200, False
        verdict = posted.text("verdict")
        if verdict not in (yes, "refuse"):
            posted.errors["verdict"] = sentence("Choose what you decide.")
            return posted, 422, False
        try:
            settle(self.store, current_actor(), brought, identity, verdict == yes, posted.text("reason"), READERS)
        except Refusal as refusal:
            if refusal.kind not in IN_PLACE:
                raise
            posted.refuse(refusal, "reason")
            return posted, STATUS[refusal.kind], False
        say_good(counts if verdict == yes else refused)
        return posted, 303, True

    def scan(self, letter: uuid.UUID) -> Response:
        """The scan, to be saved: what somebody uploaded is never shown as a page of ours."""
        with self.store.view() as view:
            found = queries.open_letter(view, current_actor(), letter)
        return _saved(found.scan, found.scan_name)

    def correction_file(self, correction: uuid.UUID) -> Response:
        """The file of a correction, to be saved."""
        with self.store.view() as view:
            found = queries.open_correction(view, current_actor(), correction)
        return _saved(found.raw, found.file_name)


def _saved(content: bytes, name: str) -> Response:
    return send_file(io.BytesIO(content), mimetype="application/octet-stream", as_attachment=True, download_name=name)
