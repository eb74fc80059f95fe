"""Ratings, letters, locks, corrections and due dates for machines: the same actions as the pages."""

import io
import json
import uuid
from typing import Any

from flask import Response, send_file, url_for
from flask.views import MethodView
from flask_smorest import Blueprint

from services.verify.ports import Store
from services.verify.sources import queries
from services.verify.sources.actions.corrections import CORRECTION, propose_correction
from services.verify.sources.actions.due_dates import lock_rating, set_due_date
from services.verify.sources.actions.letters import LETTER, Letter, key_letter
from services.verify.sources.actions.rate import Rating, rate, upload_of
from services.verify.sources.actions.releases import Upload
from services.verify.sources.actions.second_person import settle
from services.verify.sources.readers.rating_workbook import READERS
from services.verify.sources.schemas.ratings import (
    CorrectionSchema,
    CorrectionUploadSchema,
    CycleNameSchema,
    DueDateSavedSchema,
    DueDateSchema,
    DutyListSchema,
    GivenRatingSchema,
    KeyedLetterSchema,
    LetterSchema,
    LockSchema,
    RatingQuery,
    RatingSchema,
    VerdictGivenSchema,
    VerdictSchema,
    WaitingSchema,
)
from services.verify.sources.schemas.sources import TakenInSchema
from services.verify.web.uploads import UploadBlueprint, read_limited, shown_file_name
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence
from shared.web.access import current_actor
from shared.web.routing import refuses


def ratings_api(store: Store) -> Blueprint:
    """`/v1/sources/SOURCE/ratings…`, `/v1/letters…`, `/v1/corrections…`, `/v1/cycles/CYCLE/sources`."""
    blueprint = UploadBlueprint("ratings", __name__, url_prefix="/v1", description="Ratings and due dates")
    _register_ratings(blueprint, store)
    _register_letters(blueprint, store)
    _register_corrections(blueprint, store)
    _register_due_dates(blueprint, store)
    return blueprint


def _register_ratings(blueprint: Blueprint, store: Store) -> None:
    @blueprint.route("/sources/<code:source>/ratings")
    class Ratings(MethodView):
        @refuses(blueprint, 404)
        @blueprint.arguments(RatingQuery, location="query")
        @blueprint.response(200, GivenRatingSchema)
        def get(self, query: dict[str, Any], source: str) -> Any:
            """The rating of an indicator as it stands, for the units you may rate. No claims, no standings."""
            with store.view() as view:
                return queries.given_rating(view, current_actor(), source, **query)

        @refuses(blueprint, 400, 404, 409, 415, 503)
        @blueprint.arguments(RatingSchema)
        @blueprint.response(201, TakenInSchema)
        @blueprint.alt_response(202, schema=WaitingSchema, description="A second person has to agree", success=True)
        def post(self, data: dict[str, Any], source: str) -> Any:
            """Give or revise a rating until it is locked; then `correction` says why, and a second person agrees."""
            correction, rating = data.pop("correction"), _rating(store, source, data)
            if correction:
                waiting = propose_correction(store, current_actor(), upload_of(rating), correction, READERS)
                return _waits(waiting, url_for("ratings.Correction", correction=waiting))
            taken = rate(store, current_actor(), rating, READERS)
            return taken, {"Location": url_for("sources.Release", release=taken.release)}

    @blueprint.route("/sources/<code:source>/locks")
    class Locks(MethodView):
        @refuses(blueprint, 400, 404, 409, 415, 503)
        @blueprint.arguments(CycleNameSchema)
        @blueprint.response(201, LockSchema)
        def post(self, data: dict[str, Any], source: str) -> Any:
            """Lock a rating: nobody revises it any more. Raters only."""
            lock_rating(store, current_actor(), source, data["cycle"])
            with store.view() as view:
                return queries.lock_of(view, source, data["cycle"])


def _waits(identity: uuid.UUID, location: str) -> Response:
    """202 with where to look at what waits; not by the schema of the usual answer."""
    response = Response(json.dumps({"id": str(identity)}), status=202, mimetype="application/json")
    response.headers["Location"] = location
    return response


def _rating(store: Store, source: str, data: dict[str, Any]) -> Rating:
    """What was posted; without a period it is the cycle's own. An unknown cycle is refused by the action."""
    if data.get("period") is None:
        with store.view() as view:
            data["period"] = queries.own_period(view, data["cycle"])
    figures = data.pop("figures")
    if isinstance(figures, list):
        figures = {entry["unit"]: entry["figure"] for entry in figures}
    return Rating(source=source, figures=figures, **data)


def _register_letters(blueprint: Blueprint, store: Store) -> None:
    @blueprint.route("/sources/<code:source>/letters")
    class Letters(MethodView):
        @refuses(blueprint, 400, 404, 409, 413, 503)
        @blueprint.arguments(LetterSchema, location="form", content_type="multipart/form-data")
        @blueprint.response(202, WaitingSchema)
        def post(self, form: dict[str, Any], source: str) -> Any:
            """Key a signed letter with its scan; the figures count once a second person has compared them."""
            scan = form.pop("scan")
            letter = Letter(
                document_number=form.pop("document_number"),
                issued_on=form.pop("issued_on"),
                scan_name=shown_file_name(scan.filename),
                scan=read_limited(scan),
                correction=form.pop("correction"),
            )
            form["figures"] = _read_figures(form["figures"])
            identity = key_letter(store, current_actor(), _rating(store, source, form), letter)
            return {"id": identity}, {"Location": url_for("ratings.KeyedLetter", letter=identity)}

    @blueprint.route("/letters/<uuid:letter>")
    class KeyedLetter(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, KeyedLetterSchema)
        def get(self, letter: uuid.UUID) -> Any:
            """A letter as it was keyed, and what the second person said."""
            with store.view() as view:
                return queries.open_letter(view, current_actor(), letter)

    @blueprint.route("/letters/<uuid:letter>/scan")
    class Scan(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
        def get(self, letter: uuid.UUID) -> Response:
            """The scan, to be saved."""
            with store.view() as view:
                found = queries.open_letter(view, current_actor(), letter)
            return send_file(
                io.BytesIO(found.scan),
                mimetype="application/octet-stream",
                as_attachment=True,
                download_name=found.scan_name,
            )

    @blueprint.route("/letters/<uuid:letter>/verdict")
    class LetterVerdict(MethodView):
        @refuses(blueprint, 400, 404, 409, 415, 503)
        @blueprint.arguments(VerdictSchema)
        @blueprint.response(201, VerdictGivenSchema)
        def post(self, data: dict[str, Any], letter: uuid.UUID) -> dict[str, Any]:
            """Say as the second person whether the figures are those of the scan."""
            taken = settle(store, current_actor(), LETTER, letter, data["agreed"], data["reason"], READERS)
            return {"release": taken.release if taken else None}


def _read_figures(text: str) -> dict[str, float]:
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, dict) or not all(
        isinstance(figure, int | float) and not isinstance(figure, bool) and abs(figure) < 1e15
        for figure in given.values()
    ):
        message = sentence("Expected a JSON object with a number for each unit.")
        raise BadInput([Fault(message, path="figures")], code="bad_figures")
    return {unit: float(figure) for unit, figure in given.items()}


def _register_corrections(blueprint: Blueprint, store: Store) -> None:
    @blueprint.route("/sources/<code:source>/corrections")
    class Corrections(MethodView):
        @refuses(blueprint, 400, 404, 409, 413, 503)
        @blueprint.arguments(CorrectionUploadSchema, location="form", content_type="multipart/form-data")
        @blueprint.response(202, WaitingSchema)
        def post(self, form: dict[str, Any], source: str) -> Any:
            """Bring a file that is to correct a locked rating, and say why; it counts once a second person agrees."""
            file, reason = form.pop("file"), form.pop("reason")
            upload = Upload(source=source, file_name=shown_file_name(file.filename), raw=read_limited(file), **form)
            identity = propose_correction(store, current_actor(), upload, reason, READERS)
            return {"id": identity}, {"Location": url_for("ratings.Correction", correction=identity)}

    @blueprint.route("/corrections/<uuid:correction>")
    class Correction(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, CorrectionSchema)
        def get(self, correction: uuid.UUID) -> Any:
            """A correction, and what the second person said."""
            with store.view() as view:
                return queries.open_correction(view, current_actor(), correction)

    @blueprint.route("/corrections/<uuid:correction>/verdict")
    class CorrectionVerdict(MethodView):
        @refuses(blueprint, 400, 404, 409, 415, 503)
        @blueprint.arguments(VerdictSchema)
        @blueprint.response(201, VerdictGivenSchema)
        def post(self, data: dict[str, Any], correction: uuid.UUID) -> dict[str, Any]:
            """Say as the second person whether a locked rating is corrected."""
            agreed, reason = data["agreed"], data["reason"]
            taken = settle(store, current_actor(), CORRECTION, correction, agreed, reason, READERS)
            return {"release": taken.release if taken else None}


def _register_due_dates(blueprint: Blueprint, store: Store) -> None:
    @blueprint.route("/sources/<code:source>/due-dates")
    class DueDates(MethodView):
        @refuses(blueprint, 400, 404, 409, 415, 503)
        @blueprint.arguments(DueDateSchema)
        @blueprint.response(201, DueDateSavedSchema)
        def post(self, data: dict[str, Any], source: str) -> dict[str, int]:
            """Say until when a source's figures for a cycle are due; its council's administrators may."""
            return {"version": set_due_date(store, current_actor(), source, **data)}

    @blueprint.route("/cycles/<code:cycle>/sources")
    class Duties(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, DutyListSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """What the sources of a cycle owe it: given, due, overdue, down, locked."""
            with store.view() as view:
                _, found = queries.duties_of_cycle(view, current_actor(), cycle)
            return {"duties": found}
