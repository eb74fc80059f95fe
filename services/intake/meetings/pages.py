"""Meetings of a cluster as pages: the form of the record, the minutes to read and to print, positions on them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.intake.files.model import LARGEST_FILE
from services.intake.meetings.actions import GivenMeeting, GivenMinutes, record_meeting, take_position
from services.intake.meetings.model import (
    BASES,
    KINDS,
    LONGEST_NAME,
    LONGEST_TEXT,
    Attendance,
    Content,
    NotedDissent,
    NotedTotal,
    Signer,
)
from services.intake.meetings.queries import MeetingView, read_meeting
from services.intake.people.rules import refuse_unless
from services.intake.ports import WebDependencies
from services.intake.rounds.actions import bring_file
from services.intake.rounds.model import STANDING_NAMES
from services.intake.typed import clean, one_line, read_day, read_number
from services.intake.web import IN_CLUSTER, NUMBER, SHOWN_IN_PLACE, Routes, flash_good
from shared.contracts.figures import NotAFigure, read_figure, written_figure
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import N_, Sentence, sentence
from shared.web.access import current_actor
from shared.web.languages import current_language

BLANK_ROWS = 3
MOST_ROWS = 100
DISSENT_FIELDS = ("dissent-by", "dissent-unit", "dissent-criterion", "dissent-reason")
SIGNER_FIELDS = ("signer", "signer-position")
BOARD = "-"  # the choice that stands for a representative of the Board
BASIS_NAMES = {"verified": N_("verified"), "submitted": N_("as submitted")}
POSITION_BADGES = {"confirm": (N_("confirms"), "good"), "dissent": (N_("dissents"), "attention")}
Errors = dict[str, Sentence]


@dataclass
class Typed:
    """What stands in the fields of the form."""

    fields: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "")


class MeetingPages:
    """Pages of meetings."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def new(self, cycle: str, cluster: str) -> Any:
        """The record of a meeting that was held."""
        return self._form(cycle, cluster, None)

    def edit(self, cycle: str, cluster: str, number: int) -> Any:
        """Another version of the record; of signed minutes a correction."""
        return self._form(cycle, cluster, number)

    def meeting(self, cycle: str, cluster: str, number: int, errors: Errors | None = None) -> str:
        """The minutes, to read and to print, with what the members say of them."""
        view = read_meeting(self.web.store, current_actor(), cycle, cluster, number)
        assert view.meeting is not None
        asked = read_number(request.args.get("version", ""))
        shown = next((one for one in view.meeting.versions if one.number == asked), view.meeting.newest)
        return render_template(
            "meetings/meeting.html",
            **_about(view),
            meeting=view.meeting,
            version=shown,
            content=shown.content,
            positions=view.meeting.positions_on(shown.number),
            badges=POSITION_BADGES,
            standings=STANDING_NAMES,
            errors=errors or {},
            form=request.form,
        )

    def position(self, cycle: str, cluster: str, number: int) -> Any:
        """A member that came confirms or dissents."""
        kind = request.form.get("kind", "")
        reason = clean(request.form.get("reason", ""))
        if kind not in KINDS:
            raise Refusal("not_found", Kind.NOT_FOUND, sentence("There is nothing here under this name."))
        errors: Errors = {}
        if len(reason) > LONGEST_TEXT:
            errors["reason"] = sentence("At most %(most)s characters.", most=LONGEST_TEXT)
        if not errors:
            try:
                take_position(
                    self.web.store,
                    current_actor(),
                    cycle,
                    cluster,
                    number,
                    version=read_number(request.form.get("version", "")),
                    unit=request.form.get("unit", ""),
                    kind=kind,
                    about_unit=request.form.get("about_unit") or None,
                    criterion=request.form.get("criterion") or None,
                    reason=reason,
                )
                flash_good(sentence("Noted."))
                return redirect(url_for("pages.meeting", cycle=cycle, cluster=cluster, number=number), 303)
            except Refusal as refusal:
                if refusal.kind not in SHOWN_IN_PLACE:
                    raise
                errors = {fault.path or "": fault.said for fault in refusal.faults} or {"": refusal.said}
        return make_response(self.meeting(cycle, cluster, number, errors), 422)

    def _form(self, cycle: str, cluster: str, number: int | None) -> Any:
        view = read_meeting(self.web.store, current_actor(), cycle, cluster, number)
        refuse_unless(view.place.records)
        if request.method == "GET" or not view.may_record:
            return _form_page(view, Typed(_as_typed(view)), {})
        typed = Typed({name: clean(value) for name, value in request.form.items()})
        status = 422
        given, errors = _read(view, typed)
        if given is not None and not errors:
            try:
                given = self._with_minutes(cycle, cluster, view, given, typed, errors)
                if not errors:
                    made = record_meeting(
                        self.web.store,
                        current_actor(),
                        cycle,
                        cluster,
                        number,
                        given,
                        seen=read_number(typed["seen"]),
                        correction=typed["correction"],
                    )
                    flash_good(
                        sentence("The minutes are signed and on record.")
                        if made.is_signed
                        else sentence("The record is kept; it is not signed yet.")
                    )
                    return redirect(url_for("pages.meeting", cycle=cycle, cluster=cluster, number=made.number), 303)
            except Refusal as refusal:
                if refusal.kind not in SHOWN_IN_PLACE:
                    raise
                status = 412 if refusal.kind is Kind.STALE else 422
                errors = {_field(view, typed, fault.path): fault.said for fault in refusal.faults} or {"": refusal.said}
        return make_response(_form_page(view, typed, errors), status)

    def _with_minutes(
        self, cycle: str, cluster: str, view: MeetingView, given: GivenMeeting, typed: Typed, errors: Errors
    ) -> GivenMeeting:
        """The same with its signed minutes, if the form is to sign; the PDF is kept first."""
        if typed["sign"] != "1":
            return given
        issued_on = read_day(typed["issued_on"], "issued_on", errors)
        if issued_on is None and "issued_on" not in errors:
            errors["issued_on"] = sentence("Give the document's date.")
        file = request.files.get("file")
        if not file or not file.filename:
            errors["file"] = sentence("Attach the signed minutes as a PDF file.")
        if errors or issued_on is None or not file:
            return given
        brought = bring_file(
            self.web.store, self.web.files, current_actor(), cycle, cluster, None, file.stream, file.filename
        )
        signers = tuple(
            Signer(one_line(typed[f"signer-{row}"]), one_line(typed[f"signer-position-{row}"]))
            for row in _filled(typed, *SIGNER_FIELDS)
        )
        minutes = GivenMinutes(one_line(typed["document_number"])[:200], issued_on, signers, brought.file.sha256)
        return GivenMeeting(**{**vars(given), "minutes": minutes})


def _about(view: MeetingView) -> dict[str, Any]:
    place = view.place
    language = current_language()
    return {
        "view": view,
        "place": place,
        "cycle": place.cycle,
        "cluster": place.cluster,
        "titles": {one.unit: one.title for one in place.cluster.members},
        "units": [(one.unit, one.title.in_language(language)) for one in place.cluster.members],
        "items": {item.code: item for item in place.framework.items},
        "criteria": [(item.code, f"{item.code} · {item.named(language)}") for item in place.framework.items],
        "bases": BASIS_NAMES,
    }


def _form_page(view: MeetingView, typed: Typed, errors: Errors) -> str:
    return render_template(
        "meetings/meeting_form.html",
        **_about(view),
        meeting=view.meeting,
        typed=typed,
        errors=errors,
        dissents=_rows(typed, *DISSENT_FIELDS),
        signers=_rows(typed, *SIGNER_FIELDS),
        board=BOARD,
        corrects=view.meeting is not None and view.meeting.is_signed,
        standings=STANDING_NAMES,
        longest_name=LONGEST_NAME,
        longest=LONGEST_TEXT,
        megabytes=LARGEST_FILE // (1024 * 1024),
    )


def _rows(typed: Typed, *names: str) -> range:
    """The rows of a repeated part: up to the last one that is filled, and a few blank ones."""
    return range(min(max(_filled(typed, *names), default=-1) + 1 + BLANK_ROWS, MOST_ROWS))


def _filled(typed: Typed, *names: str) -> list[int]:
    """The rows in which something stands."""
    return [row for row in range(MOST_ROWS) if any(typed[f"{name}-{row}"] for name in names)]


def _as_typed(view: MeetingView) -> dict[str, str]:
    """The newest version as the form's fields, or what one begins with."""
    language = current_language()
    totals = {one.unit: one for one in view.submitted}
    cluster = view.place.cluster
    fields = {"held_on": view.today.isoformat(), "seen": "0", "agreed": "1"}
    fields |= {"chair_unit": cluster.head or "", "own_file_chair_unit": next(iter(cluster.deputies), BOARD)}
    if view.meeting is not None:
        newest = view.meeting.newest
        totals = {one.unit: one for one in newest.content.table}
        fields |= {"seen": str(newest.number), **_content_as_typed(newest.content)}
    for unit, one in totals.items():
        fields |= {f"points-{unit}": written_figure(one.points, language), f"basis-{unit}": one.basis}
    return fields


def _content_as_typed(content: Content) -> dict[str, str]:
    fields = {
        "held_on": content.held_on.isoformat(),
        "place": content.place,
        "chair_unit": content.chair_unit,
        "chair": content.chair,
        "own_file_chair_unit": content.own_file_chair_unit or BOARD,
        "own_file_chair": content.own_file_chair,
        "agreed": "1" if content.agreed else "",
    }
    for one in content.attendance:
        fields |= {
            f"attended-{one.unit}": "1" if one.attended else "",
            f"representative-{one.unit}": one.representative,
            f"position-{one.unit}": one.position,
            f"mandate-{one.unit}": one.mandate,
        }
    for row, said in enumerate(content.dissents):
        fields |= {
            f"dissent-by-{row}": said.by_unit,
            f"dissent-unit-{row}": said.unit,
            f"dissent-criterion-{row}": said.criterion or "",
            f"dissent-reason-{row}": said.reason,
        }
    if content.minutes is not None:
        for row, signer in enumerate(content.minutes.signers):
            fields |= {f"signer-{row}": signer.name, f"signer-position-{row}": signer.position}
    return fields


def _read(view: MeetingView, typed: Typed) -> tuple[GivenMeeting | None, Errors]:
    errors: Errors = {}
    for name, text in typed.fields.items():
        if len(text) > (LONGEST_TEXT if name.startswith(("dissent-reason", "correction")) else LONGEST_NAME):
            errors[name] = sentence("The text is longer than %(most)s characters.", most=LONGEST_NAME)
    held_on = read_day(typed["held_on"], "held_on", errors)
    if held_on is None and "held_on" not in errors:
        errors["held_on"] = sentence("Give the day of the meeting.")
    table = _read_table(view, typed, errors)
    if held_on is None:
        return None, errors
    return _given(view, typed, held_on, table), errors


def _read_table(view: MeetingView, typed: Typed, errors: Errors) -> tuple[NotedTotal, ...]:
    table: list[NotedTotal] = []
    for unit in view.place.units:
        try:
            points = read_figure(typed[f"points-{unit}"])
        except NotAFigure as fault:
            errors[f"points-{unit}"] = sentence("%(criterion)s: %(fault)s", criterion=unit, fault=fault.said)
            continue
        if points is not None:
            basis = typed[f"basis-{unit}"]
            table.append(NotedTotal(unit, points, basis if basis in BASES else BASES[-1]))
    return tuple(table)


def _given(view: MeetingView, typed: Typed, held_on: date, table: tuple[NotedTotal, ...]) -> GivenMeeting:
    own = typed["own_file_chair_unit"]
    return GivenMeeting(
        held_on=held_on,
        place=one_line(typed["place"]),
        chair_unit=typed["chair_unit"],
        chair=one_line(typed["chair"]),
        own_file_chair_unit=None if own in ("", BOARD) else own,
        own_file_chair=one_line(typed["own_file_chair"]),
        attendance=tuple(
            Attendance(
                unit,
                typed[f"attended-{unit}"] == "1",
                one_line(typed[f"representative-{unit}"]),
                one_line(typed[f"position-{unit}"]),
                one_line(typed[f"mandate-{unit}"]),
            )
            for unit in view.place.units
        ),
        table=table,
        agreed=typed["agreed"] == "1",
        dissents=tuple(
            NotedDissent(
                typed[f"dissent-by-{row}"],
                typed[f"dissent-unit-{row}"],
                typed[f"dissent-criterion-{row}"] or None,
                typed[f"dissent-reason-{row}"],
            )
            for row in _filled(typed, *DISSENT_FIELDS)
        ),
    )


def _field(view: MeetingView, typed: Typed, path: str | None) -> str:
    """The field of the form that a fault is about."""
    first, *rest = (path or "").split(".")
    match first, rest:
        case "attendance", [place, name]:
            return f"{name}-{view.place.units[int(place)]}"
        case "dissents", [place, name]:
            return f"dissent-{name.removesuffix('_unit')}-{_filled(typed, *DISSENT_FIELDS)[int(place)]}"
        case "minutes", [name]:
            return {"sha256": "file", "signers": "signer-0"}.get(name, name)
        case "minutes", _:
            return "sign"
        case "attendance" | "table", _:
            return ""
    return first


def meeting_routes(web: WebDependencies) -> Routes:
    """Meetings."""
    pages = MeetingPages(web)
    return (
        (IN_CLUSTER + "/meetings/new", "new_meeting", pages.new, ["GET", "POST"]),
        (IN_CLUSTER + f"/meetings/{NUMBER}", "meeting", pages.meeting, ["GET"]),
        (IN_CLUSTER + f"/meetings/{NUMBER}/versions", "edit_meeting", pages.edit, ["GET", "POST"]),
        (IN_CLUSTER + f"/meetings/{NUMBER}/position", "meeting_position", pages.position, ["POST"]),
    )
