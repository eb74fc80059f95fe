"""The rating form on screen (units × the levels of a criterion), and its workbook to be filled in elsewhere."""

import io
from collections.abc import Sequence
from typing import Any

from flask import make_response, redirect, render_template, request, send_file, url_for

from services.verify.ports import Store, View
from services.verify.sources import queries
from services.verify.sources.actions.corrections import propose_correction
from services.verify.sources.actions.letters import Letter, key_letter
from services.verify.sources.actions.rate import Rating, rate, upload_of
from services.verify.sources.model import RatedMember
from services.verify.sources.readers.rating_workbook import READERS
from services.verify.sources.workbooks import MEDIA_TYPE, Rated, written_template
from services.verify.web.forms import Posted, read_day
from services.verify.web.messages import say_good
from services.verify.web.uploads import read_limited, shown_file_name
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.model import Binary, Criterion, Rubric
from shared.criteria.periods import is_period
from shared.web.access import current_actor
from shared.web.formats import written_title
from shared.web.languages import current_language, said

_OWN_FIELDS = ("published_on", "document_number", "issued_on", "scan", "correction")
IN_PLACE = (Kind.INVALID, Kind.MALFORMED, Kind.CONFLICT)


class RatingPages:
    """Pages on which figures are given unit by unit."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def rating(self, source: str) -> Any:
        """Choose a cycle and an indicator, then give the figures."""
        with self.store.view() as view:
            setting = self._setting(view, source)
        found, cycles, cycle, asked = setting.source, setting.cycles, setting.cycle, setting.asked
        indicator = request.values.get("indicator") or next(iter(asked), None)
        posted, status = Posted(request.form), 200
        criterion = asked.get(indicator or "")
        if criterion is None or indicator is None:
            page = render_template("sources/rating_none.html", source=found, cycles=cycles)
            return make_response(page, 200 if not asked else 404)
        period = posted.text("period") or request.args.get("period") or cycle.period
        if not is_period(period):
            posted.errors["period"] = sentence("Expected a period like 2025, 2025-H1, 2025-Q1 or 2025-03.")
            period = cycle.period
        with self.store.view() as view:
            units, lock = queries.rated_units(view, current_actor(), setting, indicator, period)
        if request.method == "POST":
            rows = self._take(posted, source, cycle.cycle, indicator, period, units)
            if rows is not None:
                if not posted.text("document_number") and not posted.text("correction"):
                    say_good(sentence("The figures of %(rows)s units are taken in.", rows=rows))
                return redirect(url_for("pages.source", source=source), 303)
            status = 422
        page = render_template(
            "sources/rating.html",
            source=found,
            cycles=cycles,
            cycle=cycle,
            asked=[(code, f"{code} · {one.named(current_language())}") for code, one in asked.items()],
            indicator=indicator,
            criterion=criterion,
            levels=_level_choices(criterion),
            period=period,
            units=units,
            posted=posted,
            lock=lock,
        )
        return make_response(page, status)

    def template(self, source: str) -> Any:
        """The workbook of all indicators that a cycle asks this source for."""
        language = current_language()
        with self.store.view() as view:
            setting = self._setting(view, source)
            members = queries.units_of_cycle(view, current_actor(), setting.cycle)
        units = [(member.unit, written_title(member.title, language)) for member in members]
        rated = [Rated(code, one.named(language), one.unit, _levels(one)) for code, one in setting.asked.items()]
        words = [
            said(text)
            for text in (sentence("Indicator"), sentence("Title"), sentence("Unit of measure"), sentence("Levels"))
        ]
        return send_file(
            io.BytesIO(written_template(units, rated, words)),
            mimetype=MEDIA_TYPE,
            as_attachment=True,
            download_name=f"{source}-{setting.cycle.cycle}.xlsx",
        )

    def _setting(self, view: View, source: str) -> queries.RatingSetting:
        return queries.rating_setting(view, current_actor(), source, request.values.get("cycle", ""))

    def _take(
        self, posted: Posted, source: str, cycle: str, indicator: str, period: str, units: Sequence[RatedMember]
    ) -> int | None:
        """How many figures were taken in; None if the form has errors, which then stand at their fields."""
        figures: dict[str, float] = {}
        for at, member in enumerate(units):
            name = f"figure-{at}"
            figure = posted.figure(name) if posted.text(name) else None
            if figure is not None:
                figures[member.unit] = figure
        published_on = read_day(posted, "published_on")
        if published_on is None:
            posted.errors["published_on"] = sentence("Give the day on which the figures were published.")
        if posted.text("status") not in ("final", "preliminary"):
            posted.errors["status"] = sentence("Say whether the figures are final or preliminary.")
        letter = _letter(posted)
        if posted.errors or published_on is None:
            return None
        rating = Rating(source, cycle, indicator, period, published_on, posted.text("status"), figures)
        try:
            if letter is not None:
                key_letter(self.store, current_actor(), rating, letter)
                say_good(
                    sentence(
                        "The letter is kept. The figures count once a second person has compared them with the scan."
                    )
                )
                return len(figures)
            if posted.text("correction"):
                upload, why = upload_of(rating), posted.text("correction")
                propose_correction(self.store, current_actor(), upload, why, READERS)
                say_good(sentence("The correction is kept. It counts once a second person agrees."))
                return len(figures)
            return rate(self.store, current_actor(), rating, READERS).rows
        except Refusal as refusal:
            if refusal.kind not in IN_PLACE:
                raise
            for fault in refusal.faults:
                posted.errors[fault.path if fault.path in _OWN_FIELDS else ""] = fault.said
            if not refusal.faults:
                posted.errors["correction" if refusal.code == "rating_locked" else ""] = refusal.said
            return None


def _letter(posted: Posted) -> Letter | None:
    """The signed letter that the form names; None if it names none. What is wrong with it stands at its fields."""
    file = request.files.get("scan")
    has_scan = file is not None and bool(file.filename)
    if not posted.text("document_number") and not posted.text("issued_on") and not has_scan:
        return None
    issued_on = read_day(posted, "issued_on")
    if not posted.text("document_number"):
        posted.errors["document_number"] = sentence("Give the number of the letter.")
    if issued_on is None:
        posted.errors["issued_on"] = sentence("Give the date of the letter.")
    if file is None or not has_scan:
        posted.errors["scan"] = sentence("Add the scan of the letter.")
    if posted.errors or issued_on is None or file is None:
        return None
    try:
        return Letter(
            posted.text("document_number"),
            issued_on,
            shown_file_name(file.filename),
            read_limited(file),
            posted.text("correction"),
        )
    except Refusal as refusal:
        posted.errors["scan"] = refusal.faults[0].said
        return None


def _levels(criterion: Criterion) -> list[int]:
    if isinstance(criterion.rule, Rubric):
        return list(range(1, len(criterion.rule.shares) + 1))
    return [0, 1] if isinstance(criterion.rule, Binary) else []


def _level_choices(criterion: Criterion) -> list[tuple[str, str]]:
    """The levels of a rubric with what each is worth; not done and done; nothing where any figure may be given."""
    rule = criterion.rule
    if isinstance(rule, Rubric):
        worth = [round(share * criterion.max_points, 4) for share in rule.shares]
        return [
            (str(level), said(sentence("Level %(level)s: %(points)s points", level=level, points=points)))
            for level, points in enumerate(worth, 1)
        ]
    if isinstance(rule, Binary):
        return [("0", said(sentence("not done"))), ("1", said(sentence("done")))]
    return []
