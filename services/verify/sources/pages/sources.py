"""Sources and their releases as pages: who publishes what, and the form that brings a file."""

import uuid
from collections.abc import Mapping
from typing import Any

import marshmallow as ma
from flask import make_response, redirect, render_template, request, url_for

from services.verify.ports import Store
from services.verify.roles import councils_of
from services.verify.sources import queries
from services.verify.sources.actions.corrections import propose_correction
from services.verify.sources.actions.releases import Upload, register_source, take_in_release
from services.verify.sources.model import SourceRecord
from services.verify.sources.readers.rating_workbook import READERS
from services.verify.sources.schemas.sources import SourceSchema
from services.verify.web.forms import Posted, read_day
from services.verify.web.messages import say_good
from services.verify.web.uploads import read_limited, shown_file_name
from shared.contracts.refusals import Fault, Kind, Refusal
from shared.contracts.sentences import N_, Sentence, sentence
from shared.criteria.periods import is_period
from shared.people import Role
from shared.web.access import current_actor
from shared.web.problems import STATUS

PAGE = 50
MOST_FAULTS = 50
SHOWN_IN_PLACE = (Kind.INVALID, Kind.MALFORMED, Kind.CONFLICT, Kind.TOO_LARGE)
# What a field of the form expects, where the API's own words are not for people.
_EXPECTED = {
    "source": N_("A code has 1 to 63 letters without diacritics, digits, dots, hyphens or underscores."),
    "title_vi": N_("Give the title in Vietnamese or English."),
    "publisher_vi": N_("Give the publisher in Vietnamese or English."),
    "council": N_("Choose the council."),
}


class SourcePages:
    """Pages about sources."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def sources(self) -> str:
        """All sources of somebody's councils."""
        with self.store.view() as view:
            found = queries.all_sources(view, current_actor())
        return render_template("sources/sources.html", **vars(found))

    def new_source(self) -> Any:
        """Register a source."""
        councils = councils_of(current_actor(), {Role.ADMINISTRATOR})
        posted, status = Posted({}), 200
        if request.method == "POST":
            posted, status = Posted(request.form), 422
            source = _read_source(posted)
            if source is not None:
                try:
                    register_source(self.store, current_actor(), source)
                except Refusal as refusal:
                    if refusal.kind not in SHOWN_IN_PLACE:
                        raise
                    posted.errors["source"] = refusal.said
                    status = STATUS[refusal.kind]
                else:
                    say_good(sentence("The source is registered. Its first file can be brought now."))
                    return redirect(url_for("pages.source", source=source.source), 303)
        with self.store.view() as view:
            cycles = queries.cycles(view, *councils)
        page = render_template("sources/new_source.html", councils=councils, posted=posted, cycles=cycles)
        return make_response(page, status)

    def source(self, source: str) -> str:
        """A source with its releases, newest first."""
        actor = current_actor()
        try:
            after = uuid.UUID(request.args["after"]) if "after" in request.args else None
        except ValueError:
            after = None
        with self.store.view() as view:
            found = queries.source_overview(view, actor, source, after, PAGE)
        return render_template("sources/source.html", **vars(found))

    def upload(self, source: str) -> Any:
        """The form that brings a file, and what became of it."""
        posted, faults, status = Posted({}), [], 200
        if request.method == "POST":
            posted, status = Posted(request.form), 422
            upload = _read_upload(posted, source)
            if upload is not None:
                try:
                    if posted.text("correction"):
                        waits = propose_correction(
                            self.store, current_actor(), upload, posted.text("correction"), READERS
                        )
                        return redirect(url_for("pages.correction", correction=waits), 303)
                    taken = take_in_release(self.store, current_actor(), upload, READERS)
                except Refusal as refusal:
                    if refusal.kind not in SHOWN_IN_PLACE:
                        raise
                    faults = _placed(posted, refusal)
                    status = STATUS[refusal.kind]
                else:
                    say_good(_taken(taken.rows, taken.used))
                    if taken.waiting:
                        say_good(sentence("%(rows)s rows wait: nobody knows their units yet.", rows=taken.waiting))
                        return redirect(url_for("pages.spellings", source=source), 303)
                    return redirect(url_for("pages.release", release=taken.release), 303)
        with self.store.view() as view:
            found = queries.open_source(view, current_actor(), source)
            cycles = queries.living_cycles(view, found.council)
            kept = queries.mappings(view, source)
        page = render_template(
            "sources/upload.html",
            source=found,
            cycles=cycles,
            posted=posted,
            faults=faults,
            shown=MOST_FAULTS,
            mapping=kept[0] if kept else None,
            ask_correction=posted.text("correction") or "correction" in posted.errors,
        )
        return make_response(page, status)


def _read_source(posted: Posted) -> SourceRecord | None:
    data: dict[str, Any] = {name: posted.text(name) for name in ("source", "council", "licence", "address")}
    for name in ("title", "publisher"):
        data[name] = {lang: text for lang in ("vi", "en") if (text := posted.text(f"{name}_{lang}"))}
    try:
        return SourceRecord(**SourceSchema().load(data))
    except ma.ValidationError as error:
        messages: Mapping[str, Any] = error.messages_dict
        for name in messages:
            field = f"{name}_vi" if name in ("title", "publisher") else name
            posted.errors[field] = Sentence(_EXPECTED.get(field, N_("This text is too long or cannot be read.")))
        return None


def _read_upload(posted: Posted, source: str) -> Upload | None:
    file, published_on = request.files.get("file"), read_day(posted, "published_on")
    if file is None or not file.filename:
        posted.errors["file"] = sentence("Choose a file.")
    if published_on is None:
        posted.errors["published_on"] = sentence("Give the day on which the figures were published.")
    if not posted.text("cycle"):
        posted.errors["cycle"] = sentence("Choose the cycle.")
    if posted.text("status") not in ("final", "preliminary"):
        posted.errors["status"] = sentence("Say whether the figures are final or preliminary.")
    period = posted.text("period") or None
    if period is not None and not is_period(period):
        posted.errors["period"] = sentence("Expected a period like 2025, 2025-H1, 2025-Q1 or 2025-03.")
    if posted.errors or file is None or published_on is None:
        return None
    try:
        raw = read_limited(file)
    except Refusal as refusal:
        posted.errors["file"] = refusal.faults[0].said
        return None
    return Upload(
        source=source,
        cycle=posted.text("cycle"),
        published_on=published_on,
        status=posted.text("status"),
        period=period,
        file_name=shown_file_name(file.filename),
        raw=raw,
        layout=posted.text("layout") if posted.text("layout") in ("mapping", "template") else "columns",
    )


def _placed(posted: Posted, refusal: Refusal) -> list[Fault]:
    """Faults of the form go to their fields; those of the file are returned, to be listed with their places."""
    in_file = [fault for fault in refusal.faults if fault.path is None]
    for fault in refusal.faults:
        if fault.path is not None:
            posted.errors[fault.path] = fault.said
    if in_file:
        posted.errors["file"] = sentence("The file has faults; nothing of it was taken.")
    elif not refusal.faults:
        field = {"release_already_taken": "file", "rating_locked": "correction"}.get(refusal.code, "")
        posted.errors[field] = refusal.said
    return in_file


def _taken(rows: int, used: int) -> Sentence:
    if used == 0:
        return sentence("The file is taken in: %(rows)s rows. No criterion of this cycle asks for them.", rows=rows)
    return sentence(
        "The file is taken in: %(rows)s rows, of which %(used)s belong to criteria of this cycle.", rows=rows, used=used
    )
