"""What the pages and endpoints of several subjects share: parts of addresses, downloads, badges, small readers."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import flask
from flask import Response, flash, request, send_file
from flask_smorest import Blueprint
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import CombinedMultiDict

from services.intake.people.rules import looks_at_everything
from services.intake.ports import WebDependencies
from services.intake.typed import one_line, read_day
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import N_, Sentence, sentence
from shared.web.access import current_actor
from shared.web.frame import Place
from shared.web.languages import said as in_words


def hash_of(texts: Sequence[str]) -> str:
    """A short hash of what stands in some fields."""
    text = json.dumps(list(texts), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def flash_good(said: Sentence) -> None:
    """A message for the next page, in the language of now."""
    flash(in_words(said), "good")


NAVIGATION = (Place("pages.home", N_("What is to do")), Place("pages.administration", N_("Administration")))
QUESTION_BADGES = {
    "requested": (N_("to be answered"), "attention"),
    "answered": (N_("answered"), "good"),
    "expired": (N_("not answered in time"), "problem"),
    "withdrawn": (N_("taken back"), "neutral"),
}
RECEPTION_BADGES = {
    "submitted": (N_("sent"), "info"),
    "received": (N_("received"), "info"),
    "accepted": (N_("accepted"), "good"),
    "returned": (N_("returned"), "attention"),
}
STATE_BADGES = {
    "draft": (N_("being prepared"), "neutral"),
    "open": (N_("open for self-assessment"), "good"),
    "intake_closed": (N_("closed for submissions"), "info"),
    "archived": (N_("archived"), "neutral"),
}


def register_words(blueprint: flask.Blueprint) -> None:
    """Badges and questions that templates of several subjects ask for."""
    blueprint.app_template_global("cycle_badges")(lambda state: STATE_BADGES[state])
    blueprint.app_template_global("standing_badge")(standing_badge)
    blueprint.app_template_global("question_badge")(lambda state: QUESTION_BADGES[state])
    blueprint.app_template_global("reception_badge")(lambda state: RECEPTION_BADGES[state])
    blueprint.app_template_global("sees_everything")(
        lambda cycle, unit: looks_at_everything(current_actor(), cycle.council, unit)
    )


def standing_badge(submissions: int, is_sent: bool, version: int, late: bool) -> tuple[str, str]:
    """A unit's state in words, and its tone."""
    if submissions and is_sent:
        return (N_("sent late"), "attention") if late else (N_("sent"), "good")
    if submissions:
        return N_("changed since it was sent"), "attention"
    return (N_("draft"), "info") if version else (N_("not begun"), "neutral")


# What a page shows beside the form instead of on a page of its own.
SHOWN_IN_PLACE = (Kind.INVALID, Kind.STALE, Kind.UNSUPPORTED, Kind.TOO_LARGE)
Routes = Iterable[tuple[str, str, Callable[..., Any], list[str]]]  # path, name, view, methods
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_CYCLE = "/cycles/<slug:cycle>"
IN_COUNCIL = "/administration/<slug:council>"
IN_CLUSTER = IN_CYCLE + "/clusters/<code:cluster>"
OF_UNIT = IN_CYCLE + "/units/<code:unit>"
NUMBER = "<int(min=1, max=1000000):number>"


def as_attachment(content: bytes, media_type: str, name: str) -> Response:
    """Made for this reader; a download that nobody keeps."""
    answer = send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def read_document_fields() -> tuple[dict[str, Any], dict[str, Sentence]]:
    """The posted data of a document, and what is wrong with it."""
    errors: dict[str, Sentence] = {}
    given: dict[str, Any] = {}
    for name, longest in (("document_number", 200), ("issuer", 300), ("signer", 200)):
        given[name] = one_line(request.form.get(name, ""))
        if len(given[name]) > longest:
            errors[name] = sentence("At most %(most)s characters.", most=longest)
    given["issued_on"] = read_day(request.form.get("issued_on", ""), "issued_on", errors)
    given["reference_only"] = request.form.get("reference_only") == "1"
    return given, errors


DRAFT_ETAG = {"ETag": {"schema": {"type": "string"}, "description": "the draft's version"}}


class _MultipartParser(FlaskParser):  # webargs' own, with files among the fields
    def load_form(self, req: Any, schema: Any) -> Any:
        return self._makeproxy(CombinedMultiDict([req.form, req.files]), schema)


class MultipartBlueprint(Blueprint):
    """A blueprint whose forms may hold files."""

    ARGUMENTS_PARSER = _MultipartParser()


def as_download(path: Path, media_type: str, sha256: str, label: str) -> Response:
    """A stored file as an attachment in a sandbox."""
    answer = send_file(path, mimetype=media_type, as_attachment=True, download_name=label, etag=sha256)
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


CLUSTER = "/clusters/<code:cluster>"
SHOWN_BESIDE_FORM = (Kind.INVALID, Kind.MALFORMED, Kind.TOO_LARGE, Kind.CONFLICT)


def posted_file(lacking: Sentence) -> tuple[bytes, str | None]:
    """The file of the form and its name; raises BadInput saying what is lacking."""
    file = request.files.get("file")
    if not file or not file.filename:
        raise BadInput([Fault(lacking)])
    return file.stream.read(), file.filename


def as_paper(web: WebDependencies, paper: str, data: dict[str, Any], name: str) -> Response:
    """A paper as a download."""
    answer = Response(web.printer.pdf(paper, data), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


Errors = dict[str, Sentence]


def errors_of(step: Callable[[], object]) -> Errors:
    """What is wrong, by field, where the page can say it beside the form."""
    try:
        step()
    except Refusal as refusal:
        if refusal.kind not in SHOWN_IN_PLACE:
            raise
        if not refusal.faults:
            return {"file": refusal.said}
        return {_field(fault.path): fault.said for fault in refusal.faults}
    return {}


def _field(path: str | None) -> str:
    name = (path or "").removeprefix("document.")
    return "file" if name == "sha256" else name


def with_dates(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The items that were sent, their documents' dates as dates."""
    return [{**item, "evidence": [dated(entry) for entry in item["evidence"]]} for item in items]


def dated(entry: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A document with its date as a date."""
    if entry is None:
        return None
    return {**entry, "issued_on": date.fromisoformat(entry["issued_on"]) if entry["issued_on"] else None}
