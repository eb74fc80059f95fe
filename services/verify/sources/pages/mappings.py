"""How a source's files are laid out, and spellings that wait for an answer, as pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.verify.ports import Store
from services.verify.sources import queries
from services.verify.sources.actions.mappings import answer_spelling, save_mapping
from services.verify.sources.readers.tidy import read_tidy
from services.verify.sources.rules.mapping import SourceMapping
from services.verify.web.forms import Posted
from services.verify.web.messages import say_good
from services.verify.web.uploads import read_limited, shown_file_name
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import N_, Sentence, sentence
from shared.web.access import current_actor
from shared.web.languages import said
from shared.web.problems import STATUS

NONE_OF_OURS = "-"
CATEGORIES = 60  # of one column, offered in the form: more have only units and periods
IN_PLACE = (Kind.INVALID, Kind.MALFORMED, Kind.CONFLICT, Kind.TOO_LARGE, Kind.UNSUPPORTED)


class MappingPages:
    """Pages about layouts and spellings."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def mapping(self, source: str) -> Any:
        """Look at an example file, then say what its columns are."""
        posted, status = Posted(request.form), 200
        columns: dict[str, list[str]] = {}
        if request.method == "POST":
            status = 422
            if posted.text("step") == "look":
                columns, status = _looked_at(posted)
            else:
                columns = _columns_typed(posted)
                saved = self._save(posted, source, columns)
                if saved is not None:
                    say_good(
                        sentence(
                            "The layout is kept as version %(version)s; the next file can be brought.", version=saved
                        )
                    )
                    return redirect(url_for("pages.source", source=source), 303)
        with self.store.view() as view:
            found = queries.open_source(view, current_actor(), source)
            cycles = queries.cycles(view, found.council)
            kept = queries.mappings(view, source)
            indicators = queries.asked_indicators(view, found.council, source)
        page = render_template(
            "sources/mapping.html",
            source=found,
            cycles=cycles,
            posted=posted,
            columns=columns,
            kept=kept,
            indicators=indicators,
            most=CATEGORIES,
            role_choices=_role_choices,
            kept_categories=request.form.getlist,
        )
        return make_response(page, status)

    def spellings(self, source: str) -> Any:
        """Spellings of units that wait, and the form that answers one."""
        posted, status = Posted(request.form), 200
        if request.method == "POST":
            status = 422
            unit = posted.text("unit")
            if not unit:
                posted.errors["unit"] = sentence("Choose the unit, or that it is none of them.")
            else:
                try:
                    rows = answer_spelling(
                        self.store,
                        current_actor(),
                        source,
                        posted.text("spelling"),
                        None if unit == NONE_OF_OURS else unit,
                    )
                except Refusal as refusal:
                    if refusal.kind not in IN_PLACE:
                        raise
                    posted.errors["unit"] = refusal.faults[0].said if refusal.faults else refusal.said
                    status = STATUS[refusal.kind]
                else:
                    say_good(sentence("The answer is remembered; %(rows)s rows count from now on.", rows=rows))
                    return redirect(url_for("pages.spellings", source=source), 303)
        with self.store.view() as view:
            found = queries.open_source(view, current_actor(), source)
            cycles = queries.cycles(view, found.council)
            waiting = queries.waiting_spellings(view, current_actor(), source)
            units = queries.living_units(view, found.council)
        page = render_template(
            "sources/spellings.html", source=found, cycles=cycles, posted=posted, waiting=waiting, units=units
        )
        return make_response(page, status)

    def _save(self, posted: Posted, source: str, columns: Mapping[str, Sequence[str]]) -> int | None:
        try:
            return save_mapping(self.store, current_actor(), source, _mapping(posted, columns))
        except Refusal as refusal:
            if refusal.kind not in IN_PLACE:
                raise
            for fault in refusal.faults:
                posted.errors["indicator" if fault.path == "indicator" else "columns"] = fault.said
            return None


def _looked_at(posted: Posted) -> tuple[dict[str, list[str]], int]:
    """The columns of the example file with their categories; what is wrong with it stands at its field."""
    file = request.files.get("file")
    if file is None or not file.filename:
        posted.errors["file"] = sentence("Choose a file.")
        return {}, 422
    try:
        table = read_tidy(read_limited(file), shown_file_name(file.filename))
    except Refusal as refusal:
        posted.errors["file"] = refusal.faults[0].said if refusal.faults else refusal.said
        return {}, STATUS[refusal.kind]
    columns: dict[str, list[str]] = {}
    for at, name in enumerate(table.dimensions):
        columns[name] = list(dict.fromkeys(row[at] for row in table.rows))
    return columns, 200


def _columns_typed(posted: Posted) -> dict[str, list[str]]:
    """The columns and categories that the form showed: they come back with it."""
    return {name: request.form.getlist(f"categories-{at}") for at, name in enumerate(request.form.getlist("column"))}


def _mapping(posted: Posted, columns: Mapping[str, Sequence[str]]) -> SourceMapping:
    indicators, only = {}, {}
    for at, (name, categories) in enumerate(columns.items()):
        role = posted.text(f"role-{at}")
        if role == "indicator":
            for number, category in enumerate(categories):
                code = posted.text(f"indicator-{at}-{number}")
                if code:
                    indicators[category] = code
        elif role == "only":
            only[name] = request.form.getlist(f"only-{at}")
    roles = {posted.text(f"role-{at}"): name for at, name in enumerate(columns)}
    return SourceMapping(
        unit=roles.get("unit", ""),
        indicator_from=roles.get("indicator"),
        indicator=posted.text("indicator") or None,
        indicators=indicators,
        period_from=roles.get("period"),
        only={name: kept for name, kept in only.items() if kept},
        ignored=[name for at, name in enumerate(columns) if posted.text(f"role-{at}") == "ignored"],
    )


def _role_choices(few: bool) -> list[tuple[str, str]]:
    """What a column may be; only where it has few categories can these be told apart in the form."""
    choices = [
        ("unit", N_("the unit")),
        ("period", N_("the period")),
        ("ignored", N_("the same as another column, in other words")),
    ]
    if few:
        choices += [
            ("indicator", N_("the indicator")),
            ("only", N_("a breakdown, of which only some categories count")),
        ]
    return [(role, said(Sentence(text))) for role, text in choices]
