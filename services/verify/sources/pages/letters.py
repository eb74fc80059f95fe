"""A keyed letter beside its scan: the second person says whether they agree."""

import io
import uuid
from typing import Any

from flask import make_response, redirect, render_template, request, send_file, url_for

from services.verify.claims.store.views import cycles_of
from services.verify.roles import UPLOADERS, councils_of
from services.verify.sources.actions.letters import no_such_letter, settle_letter
from services.verify.sources.store import rating_views as reading
from services.verify.sources.workbooks import READERS
from services.verify.web.dependencies import Parts
from services.verify.web.forms import Posted
from services.verify.web.messages import say_good
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.web.access import current_actor
from shared.web.problems import STATUS

IN_PLACE = (Kind.INVALID, Kind.MALFORMED, Kind.CONFLICT, Kind.FORBIDDEN)


class LetterPages:
    """Pages about letters keyed by hand."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

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
                    settle_letter(self.parts.store, current_actor(), letter, confirmed, posted.text("reason"), READERS)
                except Refusal as refusal:
                    if refusal.kind not in IN_PLACE:
                        raise
                    posted.refuse(refusal, "reason")
                    status = STATUS[refusal.kind]
                else:
                    good = sentence("The figures of the letter count from now on.")
                    say_good(good if confirmed else sentence("The letter is not confirmed; its figures do not count."))
                    return redirect(url_for("pages.letter", letter=letter), 303)
        found = self._find(letter)
        with self.parts.database.reader() as connection:
            cycles = [one for one in cycles_of(connection, [found["council"]]) if one["cycle"] == found["cycle"]]
            titles = reading.titles_of(connection, found["cycle"])
        page = render_template(
            "sources/letter.html",
            letter=found,
            cycles=cycles,
            titles=titles,
            posted=posted,
            may_settle=found["said_at"] is None and found["keyed_by"] != current_actor().account,
        )
        return make_response(page, status)

    def scan(self, letter: uuid.UUID) -> Any:
        """The scan, to be saved: what somebody uploaded is never shown as a page of ours."""
        found = self._find(letter)
        return send_file(
            io.BytesIO(found["scan"]),
            mimetype="application/octet-stream",
            as_attachment=True,
            download_name=found["scan_name"],
        )

    def _find(self, letter: uuid.UUID) -> dict[str, Any]:
        with self.parts.database.reader() as connection:
            found = reading.letter(connection, letter, councils_of(current_actor(), UPLOADERS))
        if found is None:
            raise no_such_letter()
        return found
