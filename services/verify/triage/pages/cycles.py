"""Pages for staff: cycles and their progress, the review queue. Server-rendered; no JavaScript is needed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from services.verify.claims.store.views import members_of
from services.verify.renewal.actions.screen_again import screen_again
from services.verify.reviews.pages.items import ItemPages
from services.verify.reviews.pages.steps import ReviewPages
from services.verify.reviews.queries.item import materiality, open_cycle, read_framework
from services.verify.reviews.queries.scores import homes_of
from services.verify.reviews.store import item_views as items
from services.verify.reviews.store import step_views as reviews
from services.verify.reviews.store.item_views import BadCursor, QueueFilter
from services.verify.roles import AUDITORS, LOOKERS, councils_of
from services.verify.sources.pages.due_dates import DutyPages
from services.verify.sources.pages.fetching import FetchingPage
from services.verify.sources.pages.letters import LetterPages
from services.verify.sources.pages.mappings import MappingPages
from services.verify.sources.pages.ratings import RatingPages
from services.verify.sources.pages.sources import SourcePages
from services.verify.sources.store.due_date_views import duties_of, is_blinded
from services.verify.triage.pages.triage import TriagePages
from services.verify.triage.queries.progress import cycle_list, cycle_progress
from services.verify.web import words
from services.verify.web.dependencies import Parts
from services.verify.web.messages import say_good
from shared.contracts.fields import CODE
from shared.contracts.sentences import Sentence, sentence, sentence_from_json
from shared.web.access import current_actor
from shared.web.formats import written_title
from shared.web.languages import current_language, said

QUEUE_PAGE = 50
SHOWN_GAPS = 10


def pages(parts: Parts) -> Blueprint:
    """The blueprint `pages`."""
    blueprint = Blueprint("pages", __name__)
    general, item, sources = _GeneralPages(parts), ItemPages(parts), SourcePages(parts)
    mappings, ratings, letters = MappingPages(parts), RatingPages(parts), LetterPages(parts)
    duties = DutyPages(parts)
    steps = ReviewPages(parts, item)
    triage = TriagePages(parts)
    cycle = "/cycles/<code:cycle>"
    for path, name, view, methods in (
        ("/", "home", general.home, ["GET"]),
        (cycle, "cycle", general.cycle, ["GET"]),
        (cycle + "/screenings", "screen_again", general.screen_again, ["POST"]),
        (cycle + "/queue", "queue", general.queue, ["GET"]),
        (cycle + "/units/<code:unit>/items/<code:criterion>", "item", item.item, ["GET", "POST"]),
        (cycle + "/units/<code:unit>/items/<code:criterion>/steps", "item_step", steps.item_step, ["POST"]),
        (cycle + "/units/<code:unit>/scores", "scores", steps.scores, ["GET"]),
        (cycle + "/units/<code:unit>/scores/<code:criterion>", "objection", steps.objection, ["GET", "POST"]),
        (cycle + "/rules", "rules", steps.rules, ["GET", "POST"]),
        (cycle + "/audit", "trail", steps.trail, ["GET"]),
        (cycle + "/clusters/<code:cluster>/settlement", "settlement", item.settlement, ["GET", "POST"]),
        (cycle + "/quality", "quality", triage.quality, ["GET"]),
        (cycle + "/audits", "draw", triage.draw, ["POST"]),
        (cycle + "/plan", "plan", triage.plan, ["GET", "POST"]),
        (cycle + "/clusters/<code:cluster>/minor", "minor", triage.minor, ["GET", "POST"]),
        (cycle + "/units/<code:unit>/record", "record", triage.record, ["GET"]),
        ("/sources", "sources", sources.sources, ["GET"]),
        ("/sources/new", "new_source", sources.new_source, ["GET", "POST"]),
        ("/sources/<code:source>", "source", sources.source, ["GET"]),
        ("/sources/<code:source>/upload", "upload", sources.upload, ["GET", "POST"]),
        ("/sources/<code:source>/mapping", "mapping", mappings.mapping, ["GET", "POST"]),
        ("/sources/<code:source>/spellings", "spellings", mappings.spellings, ["GET", "POST"]),
        ("/sources/<code:source>/rating", "rating", ratings.rating, ["GET", "POST"]),
        ("/sources/<code:source>/rating.xlsx", "rating_template", ratings.template, ["GET"]),
        ("/sources/<code:source>/fetching", "fetching", FetchingPage(parts).fetching, ["GET", "POST"]),
        (cycle + "/sources", "cycle_sources", duties.cycle_sources, ["GET"]),
        ("/sources/<code:source>/due-date", "due_date", duties.due_date, ["GET", "POST"]),
        ("/sources/<code:source>/lock", "lock", duties.lock, ["POST"]),
        ("/corrections/<uuid:correction>", "correction", duties.correction, ["GET", "POST"]),
        ("/corrections/<uuid:correction>/file", "correction_file", duties.correction_file, ["GET"]),
        ("/letters/<uuid:letter>", "letter", letters.letter, ["GET", "POST"]),
        ("/letters/<uuid:letter>/scan", "letter_scan", letters.scan, ["GET"]),
        ("/releases/<uuid:release>", "release", sources.release, ["GET"]),
    ):
        blueprint.add_url_rule(path, name, view, methods=methods)
    for name in (
        "REVIEWS",
        "STATES",
        "BASES",
        "VERDICTS",
        "SEVERITIES",
        "CHALLENGE_STATES",
        "CYCLE_STATES",
        "RELEASE_STATES",
        "CODES",
        "FETCH_OUTCOMES",
        "DUTIES",
        "ROLES",
        "ACTIONS",
        "CLASSES",
    ):
        blueprint.app_template_global(f"words_{name.lower()}")(getattr(words, name).get)
    blueprint.app_template_global("kept")(sentence_from_json)
    blueprint.app_template_global("moment_of")(datetime.fromisoformat)
    blueprint.app_template_global("queue_path")(_queue_path)
    blueprint.app_template_global("state_choices")(_state_choices)
    blueprint.app_template_global("code_choices")(lambda: _choices(words.CODES))
    blueprint.app_template_global("class_choices")(lambda: _choices(words.CLASSES))
    blueprint.app_template_filter("zip_titles")(_zip_titles)
    blueprint.app_template_filter("zip_same")(lambda codes: [(code, code) for code in codes])
    blueprint.app_template_filter("named_items")(
        lambda found, language: [(item.code, f"{item.code} · {item.named(language)}") for item in found]
    )
    return blueprint


def _zip_titles(codes: Iterable[str], rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Choices of a select: code and title in the reader's language."""
    return [(code, written_title(row["title"], current_language())) for code, row in zip(codes, rows, strict=True)]


def _choices(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(code, said(Sentence(text))) for code, text in texts.items()]


def _state_choices() -> list[tuple[str, str]]:
    """Where a review stands, then what counts."""
    return [
        (code, said(Sentence(text))) for table in (words.REVIEWS, words.STATES) for code, (text, _) in table.items()
    ]


def _queue_path(cycle: str, wanted: QueueFilter, after: str | None = None) -> str:
    """The queue with the same filter, after an item."""
    given: dict[str, Any] = {
        "cluster": wanted.cluster,
        "unit": wanted.unit,
        "criterion": wanted.criterion,
        "state": wanted.state or "",
        "code": wanted.code,
        "risk_class": wanted.risk_class,
        "flagged": "1" if wanted.flagged else None,
        "contender": "1" if wanted.contender else None,
        "audit": "1" if wanted.audit else None,
        "minor": "1" if wanted.below is not None else None,
        "after": after,
    }
    return url_for("pages.queue", cycle=cycle, **{name: value for name, value in given.items() if value is not None})


class _GeneralPages:
    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def home(self) -> Any:
        """The cycles somebody looks after; who only brings figures begins at the sources."""
        councils, homes = councils_of(current_actor(), LOOKERS), homes_of(current_actor())
        with self.parts.database.reader() as connection:
            own = reviews.units_of(connection, homes) if homes else []
        if not councils and homes:
            return render_template("triage/home.html", cycles=[], over=[], own=own)
        if not councils:
            return redirect(url_for("pages.sources"), 303)
        with self.parts.database.reader() as connection:
            known = cycle_list(connection, councils)
            # Few cycles live at a time; of those that are over a link is enough.
            living = [
                cycle_progress(connection, current_actor(), cycle, 0)
                for cycle in known
                if cycle["state"] != "archived"
                and not is_blinded(connection, current_actor(), cycle["council"], cycle["cycle"])
            ]
        over = [cycle for cycle in known if cycle["state"] == "archived"]
        return render_template("triage/home.html", cycles=living, over=over, own=own)

    def cycle(self, cycle: str) -> str:
        """How far a cycle is, and the largest differences to ask about."""
        actor = current_actor()
        with self.parts.database.reader() as connection:
            found = open_cycle(connection, actor, cycle)
            progress = cycle_progress(connection, actor, found, SHOWN_GAPS)
            now = self.parts.database.clock.now()
            duties = duties_of(connection, [found["council"]], now, cycle=cycle)
            waiting = reviews.waiting_steps(connection, actor, cycle, found["council"])
        return render_template(
            "triage/cycle.html",
            cycle=progress,
            framework=read_framework(found),
            duties=duties,
            waiting=waiting,
            audits=actor.may(AUDITORS, council=found["council"]),
        )

    def screen_again(self, cycle: str) -> Any:
        """Have everything screened again."""
        screen_again(self.parts.store, current_actor(), cycle)
        say_good(sentence("Everything that was received is being screened again."))
        return redirect(url_for("pages.cycle", cycle=cycle), 303)

    def queue(self, cycle: str) -> str:
        """The review queue, filtered and page by page."""
        actor = current_actor()
        with self.parts.database.reader() as connection:
            found = open_cycle(connection, actor, cycle)
            limit = materiality(connection, found)
            wanted = _filter(limit)
            after = request.args.get("after") or None
            try:
                listed, following = items.queue(connection, actor, cycle, found["council"], wanted, after, QUEUE_PAGE)
            except BadCursor:
                after = None
                listed, following = items.queue(connection, actor, cycle, found["council"], wanted, None, QUEUE_PAGE)
            progress = cycle_progress(connection, actor, found, 0)
            members = members_of(connection, cycle)
        return render_template(
            "triage/queue.html",
            cycle=progress,
            framework=read_framework(found),
            items=[item | {"beyond": _is_beyond(item, progress["capacity"]["line"])} for item in listed],
            wanted=wanted,
            limit=limit,
            members=members,
            following=following,
            continued=after is not None,
        )


def _is_beyond(item: Mapping[str, Any], line: Mapping[str, Any] | None) -> bool:
    """Whether an item stands beyond the place where capacity ends; what was drawn at random never does."""
    if line is None or item["audit"] or item["review"] != "open":
        return False
    places = [(-one["priority"], one["unit"], one["criterion"]) for one in (item, line)]
    return bool(places[0] >= places[1])


def _filter(limit: float) -> QueueFilter:
    """The filter of the address; what is no code or no word of ours is left out, as an empty choice is."""

    def chosen(name: str) -> str | None:
        text = request.args.get(name, "")
        return text if re.match(CODE, text) else None

    state = request.args.get("state", "open" if not request.args else "")
    return QueueFilter(
        cluster=chosen("cluster"),
        unit=chosen("unit"),
        criterion=chosen("criterion"),
        state=state if state in (*words.REVIEWS, *words.STATES) else None,
        code=code if (code := request.args.get("code")) in words.CODES else None,
        risk_class=risk_class if (risk_class := request.args.get("risk_class")) in words.CLASSES else None,
        below=limit if request.args.get("minor") == "1" else None,
        **{name: True for name in ("flagged", "contender", "audit") if request.args.get(name) == "1"},
    )
