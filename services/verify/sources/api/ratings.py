"""Ratings, letters, locks, corrections and due dates for machines: the same use cases as the pages."""

import io
import json
import uuid
from typing import Any

from flask import Response, send_file, url_for
from flask.views import MethodView
from flask_smorest import Blueprint

from services.verify.claims.rules.frameworks import criteria_of_source, framework_of
from services.verify.reviews.queries.item import no_such_cycle
from services.verify.roles import LOOKERS_AT_SOURCES, UPLOADERS, councils_of
from services.verify.sources.actions.corrections import no_such_correction, propose_correction, settle_correction
from services.verify.sources.actions.due_dates import lock_rating, set_due_date
from services.verify.sources.actions.letters import Letter, key_letter, no_such_letter, settle_letter
from services.verify.sources.actions.rate import Rating, rate, upload_of
from services.verify.sources.actions.releases import Upload
from services.verify.sources.queries import no_such_source
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
from services.verify.sources.store import due_date_views as reading
from services.verify.sources.store import rating_views as rated
from services.verify.sources.store import source_views as sources
from services.verify.sources.workbooks import READERS
from services.verify.web.dependencies import Parts
from services.verify.web.uploads import UploadBlueprint, read_limited, shown_file_name
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence
from shared.web.access import current_actor
from shared.web.routing import refuses


def ratings_api(parts: Parts) -> Blueprint:
    """`/v1/sources/SOURCE/ratings…`, `/v1/letters…`, `/v1/corrections…`, `/v1/cycles/CYCLE/sources`."""
    blueprint = UploadBlueprint("ratings", __name__, url_prefix="/v1", description="Ratings and due dates")
    _register_ratings(blueprint, parts)
    _register_letters(blueprint, parts)
    _register_corrections(blueprint, parts)
    _register_due_dates(blueprint, parts)
    return blueprint


def _register_ratings(blueprint: Blueprint, parts: Parts) -> None:
    @blueprint.route("/sources/<code:source>/ratings")
    class Ratings(MethodView):
        @refuses(blueprint, 404)
        @blueprint.arguments(RatingQuery, location="query")
        @blueprint.response(200, GivenRatingSchema)
        def get(self, query: dict[str, Any], source: str) -> dict[str, Any]:
            """The rating of an indicator as it stands, for the units you may rate. No claims, no standings."""
            return _given(parts, source, **query)

        @refuses(blueprint, 400, 404, 409, 415, 503)
        @blueprint.arguments(RatingSchema)
        @blueprint.response(201, TakenInSchema)
        @blueprint.alt_response(202, schema=WaitingSchema, description="A second person has to agree", success=True)
        def post(self, data: dict[str, Any], source: str) -> Any:
            """Give or revise a rating until it is locked; then `correction` says why, and a second person agrees."""
            correction, rating = data.pop("correction"), _rating(parts, source, data)
            if correction:
                waiting = propose_correction(parts.store, current_actor(), upload_of(rating), correction, READERS)
                return _waits(waiting, url_for("ratings.Correction", correction=waiting))
            taken = rate(parts.store, current_actor(), rating, READERS)
            return taken, {"Location": url_for("sources.Release", release=taken.release)}

    @blueprint.route("/sources/<code:source>/locks")
    class Locks(MethodView):
        @refuses(blueprint, 400, 404, 409, 415, 503)
        @blueprint.arguments(CycleNameSchema)
        @blueprint.response(201, LockSchema)
        def post(self, data: dict[str, Any], source: str) -> Any:
            """Lock a rating: nobody revises it any more. Raters only."""
            lock_rating(parts.store, current_actor(), source, data["cycle"])
            with parts.store.transaction() as transaction:
                return transaction.duties.locked(source, data["cycle"])


def _waits(identity: uuid.UUID, location: str) -> Response:
    """202 with where to look at what waits; not by the schema of the usual answer."""
    response = Response(json.dumps({"id": str(identity)}), status=202, mimetype="application/json")
    response.headers["Location"] = location
    return response


def _given(parts: Parts, source: str, cycle: str, indicator: str, period: str | None) -> dict[str, Any]:
    actor = current_actor()
    with parts.database.reader() as connection:
        listed = sources.sources_of(connection, councils_of(actor, UPLOADERS), source)
        if not listed:
            raise no_such_source()
        council = listed[0]["council"]
        found = rated.cycle_with_framework(connection, cycle, council)
        if found is None:
            raise no_such_cycle()
        asked = criteria_of_source(framework_of(found["framework"], found["framework_sha256"]), source)
        if indicator not in asked:
            said = sentence("The cycle does not ask this source for “%(indicator)s”.", indicator=indicator)
            raise BadInput([Fault(said, path="indicator")], code="unknown_indicator")
        when, code = period or found["period"], asked[indicator][0].code
        members = rated.members_with_figures(connection, cycle, source, indicator, when)
    with parts.store.transaction() as transaction:
        lock = transaction.duties.locked(source, cycle)
    return {
        "source": source,
        "cycle": cycle,
        "indicator": indicator,
        "period": when,
        "lock": lock,
        "figures": [
            {"unit": one["unit"], "title": one["title"], "cluster": one["cluster"], "figure": one["value"]}
            for one in members
            if not actor.belongs_to(council, one["unit"])
            and actor.may(UPLOADERS, council=council, unit=one["unit"], cluster=one["cluster"], criterion=code)
        ],
    }


def _rating(parts: Parts, source: str, data: dict[str, Any]) -> Rating:
    """What was posted; without a period it is the cycle's own. An unknown cycle is refused by the use case."""
    if data.get("period") is None:
        with parts.store.transaction() as transaction:
            cycle = transaction.cycles.find(data["cycle"])
        data["period"] = cycle.period if cycle else ""
    figures = data.pop("figures")
    if isinstance(figures, list):
        figures = {entry["unit"]: entry["figure"] for entry in figures}
    return Rating(source=source, figures=figures, **data)


def _register_letters(blueprint: Blueprint, parts: Parts) -> None:
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
            identity = key_letter(parts.store, current_actor(), _rating(parts, source, form), letter)
            return {"id": identity}, {"Location": url_for("ratings.KeyedLetter", letter=identity)}

    @blueprint.route("/letters/<uuid:letter>")
    class KeyedLetter(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, KeyedLetterSchema)
        def get(self, letter: uuid.UUID) -> dict[str, Any]:
            """A letter as it was keyed, and what the second person said."""
            return _letter(parts, letter)

    @blueprint.route("/letters/<uuid:letter>/scan")
    class Scan(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
        def get(self, letter: uuid.UUID) -> Response:
            """The scan, to be saved."""
            found = _letter(parts, letter)
            return send_file(
                io.BytesIO(found["scan"]),
                mimetype="application/octet-stream",
                as_attachment=True,
                download_name=found["scan_name"],
            )

    @blueprint.route("/letters/<uuid:letter>/verdict")
    class LetterVerdict(MethodView):
        @refuses(blueprint, 400, 404, 409, 415, 503)
        @blueprint.arguments(VerdictSchema)
        @blueprint.response(201, VerdictGivenSchema)
        def post(self, data: dict[str, Any], letter: uuid.UUID) -> dict[str, Any]:
            """Say as the second person whether the figures are those of the scan."""
            taken = settle_letter(parts.store, current_actor(), letter, data["agreed"], data["reason"], READERS)
            return {"release": taken.release if taken else None}


def _letter(parts: Parts, letter: uuid.UUID) -> dict[str, Any]:
    with parts.database.reader() as connection:
        found = rated.letter(connection, letter, councils_of(current_actor(), UPLOADERS))
    if found is None:
        raise no_such_letter()
    return found


def _read_figures(text: str) -> dict[str, float]:
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, dict) or not all(
        isinstance(figure, int | float) and not isinstance(figure, bool) and abs(figure) < 1e15
        for figure in given.values()
    ):
        said = sentence("Expected a JSON object with a number for each unit.")
        raise BadInput([Fault(said, path="figures")], code="bad_figures")
    return {unit: float(figure) for unit, figure in given.items()}


def _register_corrections(blueprint: Blueprint, parts: Parts) -> None:
    @blueprint.route("/sources/<code:source>/corrections")
    class Corrections(MethodView):
        @refuses(blueprint, 400, 404, 409, 413, 503)
        @blueprint.arguments(CorrectionUploadSchema, location="form", content_type="multipart/form-data")
        @blueprint.response(202, WaitingSchema)
        def post(self, form: dict[str, Any], source: str) -> Any:
            """Bring a file that is to correct a locked rating, and say why; it counts once a second person agrees."""
            file, reason = form.pop("file"), form.pop("reason")
            upload = Upload(source=source, file_name=shown_file_name(file.filename), raw=read_limited(file), **form)
            identity = propose_correction(parts.store, current_actor(), upload, reason, READERS)
            return {"id": identity}, {"Location": url_for("ratings.Correction", correction=identity)}

    @blueprint.route("/corrections/<uuid:correction>")
    class Correction(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, CorrectionSchema)
        def get(self, correction: uuid.UUID) -> dict[str, Any]:
            """A correction, and what the second person said."""
            with parts.database.reader() as connection:
                found = reading.correction(connection, correction, councils_of(current_actor(), UPLOADERS))
            if found is None:
                raise no_such_correction()
            return found

    @blueprint.route("/corrections/<uuid:correction>/verdict")
    class CorrectionVerdict(MethodView):
        @refuses(blueprint, 400, 404, 409, 415, 503)
        @blueprint.arguments(VerdictSchema)
        @blueprint.response(201, VerdictGivenSchema)
        def post(self, data: dict[str, Any], correction: uuid.UUID) -> dict[str, Any]:
            """Say as the second person whether a locked rating is corrected."""
            agreed, reason = data["agreed"], data["reason"]
            taken = settle_correction(parts.store, current_actor(), correction, agreed, reason, READERS)
            return {"release": taken.release if taken else None}


def _register_due_dates(blueprint: Blueprint, parts: Parts) -> None:
    @blueprint.route("/sources/<code:source>/due-dates")
    class DueDates(MethodView):
        @refuses(blueprint, 400, 404, 409, 415, 503)
        @blueprint.arguments(DueDateSchema)
        @blueprint.response(201, DueDateSavedSchema)
        def post(self, data: dict[str, Any], source: str) -> dict[str, int]:
            """Say until when a source's figures for a cycle are due; its council's administrators may."""
            return {"version": set_due_date(parts.store, current_actor(), source, **data)}

    @blueprint.route("/cycles/<code:cycle>/sources")
    class Duties(MethodView):
        @refuses(blueprint, 404)
        @blueprint.response(200, DutyListSchema)
        def get(self, cycle: str) -> dict[str, Any]:
            """What the sources of a cycle owe it: given, due, overdue, down, locked."""
            councils = councils_of(current_actor(), LOOKERS_AT_SOURCES)
            with parts.database.reader() as connection:
                found = reading.duties_of(connection, councils, parts.database.clock.now(), cycle=cycle)
                if not found and not rated.cycle_known(connection, cycle, councils):
                    raise no_such_cycle()
            return {"duties": found}
