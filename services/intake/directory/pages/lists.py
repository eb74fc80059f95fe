"""A council's directory as a page: units, clusters, who belongs where and when, heads and deputies."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.intake.directory.actions import (
    Recorded,
    record_clusters,
    record_headships,
    record_memberships,
    record_successions,
    record_units,
)
from services.intake.directory.model import (
    DEPUTY,
    METHOD_NAMES,
    POSITION_NAMES,
    POSITIONS,
    Cluster,
    Headship,
    Membership,
    Succession,
    Unit,
    Validity,
)
from services.intake.directory.queries import read_directory
from services.intake.people.rules import administers, refuse_unless
from services.intake.ports import WebDependencies
from services.intake.typed import LONGEST_SOURCE, one_line, read_code, read_day, read_title
from services.intake.vietnamese import sort_key
from services.intake.web import IN_COUNCIL, Routes, flash_good
from shared.contracts.intake_v1 import BALLOT_METHODS
from shared.contracts.refusals import BadInput, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.model import Title
from shared.web.access import current_actor


class DirectoryPages:
    """Pages of a council's directory; one form for each list adds a row or changes the one it names."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def directory(self, council: str, errors: Mapping[str, Sentence] | None = None) -> str:
        """Everything registered, in Vietnamese order, with the forms."""
        actor = current_actor()
        known = read_directory(self.web.store, actor, council)
        refuse_unless(administers(actor, council))
        return render_template(
            "directory/directory.html",
            council=known.council,
            units=sorted(known.units, key=_in_order),
            clusters=sorted(known.clusters, key=_in_order),
            memberships=known.memberships,
            headships=sorted(
                known.headships, key=lambda row: (row.cluster, row.position == DEPUTY, row.place, row.unit)
            ),
            successions=known.successions,
            names={one.code: one.title for one in known.units} | {one.code: one.title for one in known.clusters},
            methods=METHOD_NAMES,
            positions=POSITION_NAMES,
            errors=errors or {},
            posted=next(iter(errors)).partition("-")[0] if errors else "",
            form=request.form,
        )

    def record(self, council: str, kind: str) -> Any:
        """One row of a list: added, or changed where it is there already."""
        lists: Mapping[str, Callable[..., Recorded]] = {
            "units": record_units,
            "clusters": record_clusters,
            "memberships": record_memberships,
            "headships": record_headships,
            "successions": record_successions,
        }
        record = lists.get(kind)
        if record is None:
            raise Refusal("not_found", Kind.NOT_FOUND, sentence("There is nothing here under this name."))
        errors: dict[str, Sentence] = {}
        row = _row(kind, errors)
        if not errors:
            try:
                done = record(self.web.store, current_actor(), council, [row])
                flash_good(
                    sentence("Added.") if done.added else sentence("Changed.") if done.changed else _nothing_changed()
                )
                return redirect(url_for("pages.directory", council=council, _anchor=kind), 303)
            except BadInput as bad:
                errors = {f"{kind}-valid_from": fault.said for fault in bad.faults}
        return make_response(self.directory(council, errors), 422)


def _in_order(row: Unit | Cluster) -> str:
    return sort_key(row.title.in_language("vi"))


def _nothing_changed() -> Sentence:
    return sentence("Nothing had changed.")


def _row(kind: str, errors: dict[str, Sentence]) -> Any:
    """The posted row; what is wrong by field, each named after its list."""
    found: dict[str, Sentence] = {}
    row: Any
    match kind:
        case "units":
            row = Unit(_code("unit", found), _title(found), _validity(found))
        case "clusters":
            method = request.form.get("method", "")
            if method not in BALLOT_METHODS:
                found["method"] = sentence("Choose one of the list.")
            row = Cluster(_code("cluster", found), _title(found), method, _validity(found))
        case "memberships":
            row = Membership(_code("unit", found), _code("cluster", found), _validity(found))
        case "successions":
            source = one_line(request.form.get("legal_source", ""))
            if not 0 < len(source) <= LONGEST_SOURCE:
                said = sentence("At most %(most)s characters.", most=LONGEST_SOURCE)
                found["legal_source"] = said if source else sentence("Give the legal source.")
            row = Succession(_code("unit", found), _code("predecessor", found), _validity(found).valid_from, source)
        case _:
            position = request.form.get("position", "")
            if position not in POSITIONS:
                found["position"] = sentence("Choose one of the list.")
            place = request.form.get("place", "").strip() or "0"
            if not (place.isascii() and place.isdigit() and len(place) < 4):
                found["place"], place = sentence("Expected a whole number from 0 to %(most)s.", most=999), "0"
            row = Headship(_code("cluster", found), _code("unit", found), position, _validity(found), int(place))
    errors.update({f"{kind}-{name}": said for name, said in found.items()})
    return row


def _validity(errors: dict[str, Sentence]) -> Validity:
    first = read_day(request.form.get("valid_from", ""), "valid_from", errors)
    last = read_day(request.form.get("valid_to", ""), "valid_to", errors)
    if first is None:
        errors.setdefault("valid_from", sentence("Give the first day."))
    return Validity(first or date.min, last)


def _code(name: str, errors: dict[str, Sentence]) -> str:
    return read_code(one_line(request.form.get(name, "")), name, errors)


def _title(errors: dict[str, Sentence]) -> Title:
    return read_title(one_line(request.form.get("title_vi", "")), one_line(request.form.get("title_en", "")), errors)


def directory_routes(web: WebDependencies) -> Routes:
    """The directory."""
    pages = DirectoryPages(web)
    return (
        (IN_COUNCIL + "/directory", "directory", pages.directory, ["GET"]),
        (IN_COUNCIL + "/directory/<code:kind>", "record_directory", pages.record, ["POST"]),
    )
