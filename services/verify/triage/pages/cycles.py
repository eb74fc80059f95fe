"""Pages for staff: cycles and their progress, the review queue. Server-rendered; no JavaScript is needed."""

import re
from typing import Any

from flask import redirect, render_template, request, url_for

from services.verify.claims.rules.frameworks import read_framework
from services.verify.ports import Store
from services.verify.renewal.actions.screen_again import screen_again
from services.verify.reviews.model.item import ReviewItem
from services.verify.roles import AUDITORS, LOOKERS, councils_of, units_spoken_for
from services.verify.sources.queries import open_cycle
from services.verify.triage.model import BadCursor, Line, QueueFilter
from services.verify.triage.queries.progress import (
    cycle_list,
    cycle_progress,
    living_progress,
    materiality,
    members,
    memberships,
    owed_and_waiting,
    queue_page,
)
from services.verify.web import words
from services.verify.web.messages import say_good
from shared.contracts.fields import CODE
from shared.contracts.sentences import sentence
from shared.web.access import current_actor

QUEUE_PAGE = 50
SHOWN_GAPS = 10


class CyclePages:
    """The cycles, one cycle, and its queue."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def home(self) -> Any:
        """The cycles somebody looks after; who only brings figures begins at the sources."""
        actor = current_actor()
        looks = bool(councils_of(actor, LOOKERS))
        with self.store.view() as view:
            own = memberships(view, actor)
            known = cycle_list(view, actor) if looks else []
            living = living_progress(view, actor, known)
        if not looks and not units_spoken_for(actor):
            return redirect(url_for("pages.sources"), 303)
        over = [cycle for cycle in known if cycle.archived]
        return render_template("triage/home.html", cycles=living, over=over, own=own)

    def cycle(self, cycle: str) -> str:
        """How far a cycle is, and the largest differences to ask about."""
        actor = current_actor()
        with self.store.view() as view:
            found = open_cycle(view, actor, cycle)
            progress = cycle_progress(view, actor, found, SHOWN_GAPS)
            duties, waiting = owed_and_waiting(view, actor, found)
        return render_template(
            "triage/cycle.html",
            cycle=progress,
            framework=read_framework(found),
            duties=duties,
            waiting=waiting,
            audits=actor.may(AUDITORS, council=found.council),
        )

    def screen_again(self, cycle: str) -> Any:
        """Have everything screened again."""
        screen_again(self.store, current_actor(), cycle)
        say_good(sentence("Everything that was received is being screened again."))
        return redirect(url_for("pages.cycle", cycle=cycle), 303)

    def queue(self, cycle: str) -> str:
        """The review queue, filtered and page by page."""
        actor = current_actor()
        with self.store.view() as view:
            found = open_cycle(view, actor, cycle)
            limit = materiality(view, found)
            wanted = _filter(limit)
            after = request.args.get("after") or None
            try:
                listed, following = queue_page(view, actor, found, wanted, after, QUEUE_PAGE)
            except BadCursor:
                after = None
                listed, following = queue_page(view, actor, found, wanted, None, QUEUE_PAGE)
            progress = cycle_progress(view, actor, found, 0)
            units = members(view, cycle)
        line = progress.capacity.line
        return render_template(
            "triage/queue.html",
            cycle=progress,
            framework=read_framework(found),
            items=listed,
            is_beyond=lambda item: _is_beyond(item, line),
            wanted=wanted,
            limit=limit,
            members=units,
            following=following,
            continued=after is not None,
            queue_path=_queue_path,
        )


def _is_beyond(item: ReviewItem, line: Line | None) -> bool:
    """Whether an item stands beyond the place where capacity ends; what was drawn at random never does."""
    if line is None or item.audit or item.review != "open":
        return False
    return (-item.priority, item.unit, item.criterion) >= (-line.priority, line.unit, line.criterion)


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
