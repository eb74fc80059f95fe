"""Voting for people: opening a box, filling in a paper, the receipt, the count. No score stands on any of them."""

import re
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for

from services.ranking.voting import actions, queries
from services.ranking.voting.model import QUORUM, THRESHOLD, Box, Opening, Rule, Snapshot
from services.ranking.voting.ports import BoxKeys, Store, View
from services.ranking.voting.rules.boxes import leave_room
from services.ranking.voting.rules.methods import METHODS
from services.ranking.voting.schemas import MOST_PLACES, OpeningSchema
from services.ranking.web import confirm, raise_if_out_of_reach, with_status
from shared.clock import VIETNAM, Clock
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import N_, sentence
from shared.web.access import current_actor
from shared.web.forms import load_form, typed
from shared.web.frame import Place
from shared.web.problems import STATUS

NAVIGATION = (Place("ballot_pages.home", N_("Ballots")),)
RECEIPT = re.compile(r"[0-9a-f]{64}\Z")


def ballot_pages(store: Store, keys: BoxKeys, clock: Clock) -> Blueprint:
    """The blueprint `ballot_pages`."""
    blueprint = Blueprint("ballot_pages", __name__)
    pages = _Pages(store, keys, clock)
    for path, name, view, methods in (
        ("/", "home", pages.home, ["GET"]),
        ("/open/<slug:cycle>/<code:cluster>", "open_box", pages.open_box, ["GET", "POST"]),
        ("/boxes/<uuid:box>", "box", pages.box, ["GET"]),
        ("/boxes/<uuid:box>/paper", "cast", pages.cast, ["POST"]),
        ("/boxes/<uuid:box>/close", "close", pages.close, ["POST"]),
    ):
        blueprint.add_url_rule(path, name, view, methods=methods)
    return blueprint


class _Pages:
    def __init__(self, store: Store, keys: BoxKeys, clock: Clock) -> None:
        self.store = store
        self.keys = keys
        self.clock = clock

    def home(self) -> str:
        """Ballots the reader may know of, and clusters in which they may open one."""
        actor = current_actor()
        with self.store.view() as view:
            boxes = queries.boxes(view, actor)
            openable = [one for one in queries.openable(view, actor) if leave_room(_held_on(one, boxes))]
        return render_template("voting/home.html", boxes=boxes, openable=openable, now=self.clock.now())

    def open_box(self, cycle: str, cluster: str) -> Any:
        """The form that opens a ballot."""
        actor = current_actor()
        with self.store.view() as view:
            openable = queries.openable(view, actor)
        snapshot = next((one for one in openable if (one.cycle, one.cluster) == (cycle, cluster)), None)
        if snapshot is None:
            raise Refusal("nothing_to_open", Kind.NOT_FOUND, sentence("No ballot can be opened here by you."))
        refusal = None
        if request.method == "POST":
            try:
                box = actions.open_box(self.store, self.keys, actor, _opening(cycle, cluster))
            except Refusal as refused:
                refusal = refused
            else:
                confirm(sentence("The ballot is open."))
                return redirect(url_for(".box", box=box.id), 303)
        page = render_template(
            "voting/open.html",
            snapshot=snapshot,
            form=request.form,
            methods=METHODS,
            quorum=QUORUM,
            threshold=THRESHOLD,
            suggested_end=(self.clock.now() + timedelta(hours=24)).astimezone(VIETNAM).strftime("%Y-%m-%dT%H:%M"),
            most_places=min(MOST_PLACES, len(snapshot.members)),
            refusal=refusal,
        )
        return with_status(page, refusal)

    def box(self, box: uuid.UUID, refusal: Refusal | None = None, receipt: str | None = None) -> Any:
        """A ballot: the paper to fill in, how many came in, or the count."""
        now = self.clock.now()
        looked_up = request.args.get("receipt", "").strip().lower()
        with self.store.view() as view:
            found = queries.box_view(view, current_actor(), box)
            included = _is_included(view, box, looked_up)
        page = render_template(
            "voting/box.html",
            view=found,
            box=found.box,
            takes_papers=found.box.takes_papers(now),
            may_close=found.conducts and (found.box.everybody_voted or now >= found.box.plan.closes_at),
            waiting=[entry.unit for entry in found.own if not entry.voted],
            form=request.form,
            looked_up=looked_up,
            included=included,
            receipt=receipt,
            refusal=refusal,
        )
        answer = make_response(page, STATUS[refusal.kind] if refusal else 200)
        # Neither the paper nor the receipt stays in a shared browser.
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def cast(self, box: uuid.UUID) -> Any:
        """Put in the paper; the receipt is shown once, on the answer itself."""
        names = [name or None for name in request.form.getlist("name")]
        while names and names[-1] is None:
            names.pop()
        unit = request.form.get("unit", "")
        try:
            receipt = actions.cast(self.store, self.keys, current_actor(), box, unit, tuple(names))
        except Refusal as refusal:
            raise_if_out_of_reach(refusal)
            return self.box(box, refusal=refusal)
        return self.box(box, receipt=receipt)

    def close(self, box: uuid.UUID) -> Any:
        """Close and count."""
        try:
            actions.close_box(self.store, self.keys, current_actor(), box)
        except Refusal as refusal:
            raise_if_out_of_reach(refusal)
            return self.box(box, refusal=refusal)
        confirm(sentence("The ballot is closed and counted."))
        return redirect(url_for(".box", box=box), 303)


def _is_included(view: View, box: uuid.UUID, receipt: str) -> bool | None:
    """Whether the paper of a receipt is in the box; None where nobody asked."""
    if not receipt:
        return None
    try:
        return RECEIPT.match(receipt) is not None and bool(
            queries.receipt_included(view, current_actor(), box, receipt)
        )
    except Refusal:
        return False


def _held_on(snapshot: Snapshot, boxes: Sequence[Box]) -> list[Box]:
    """The boxes of a snapshot's cluster."""
    place = (snapshot.cycle, snapshot.cluster)
    return [box for box in boxes if (box.snapshot.cycle, box.snapshot.cluster) == place]


def _opening(cycle: str, cluster: str) -> Opening:
    """The form as a command. Raises a Refusal that names every field to look at."""
    share = sentence("A share is a fraction between 0 and 1, such as 2/3.")
    source, status = sentence("Say where this share is written."), sentence("Say how firmly this rule stands.")
    closing = sentence("Give the day and the time when the ballot closes.")
    values = {
        "cycle": cycle,
        "cluster": cluster,
        "method": request.form.get("method", ""),
        "places": _whole("places"),
        "closes_at": _moment("closes_at"),
        "quorum": _rule("quorum", QUORUM),
        "threshold": _rule("threshold", THRESHOLD, base=str(THRESHOLD.base)),
    }
    wording = {
        "method": sentence("Choose how a paper is filled in."),
        "places": sentence("Give how many units a paper names."),
        **dict.fromkeys(("closes_at", "_schema"), closing),
        **dict.fromkeys(("quorum", "threshold"), share),
        **dict.fromkeys(("quorum.source", "threshold.source"), source),
        **dict.fromkeys(("quorum.status", "threshold.status"), status),
    }
    opening: Opening = load_form(OpeningSchema(), values, wording)
    return opening


def _rule(name: str, otherwise: Rule, **base: str) -> dict[str, Any] | None:
    """The rule of the form; None, the assumption, where its fraction and source were left as they are."""
    numerator, denominator = _whole(f"{name}_numerator"), _whole(f"{name}_denominator")
    more_than = request.form.get(f"{name}_comparison") == "more_than"
    source = typed(f"{name}_source")
    assumed = otherwise.share
    if source is None and (numerator, denominator, more_than) == (
        assumed.numerator,
        assumed.denominator,
        assumed.more_than,
    ):
        return None
    status = request.form.get(f"{name}_status", "")
    share = {"numerator": numerator, "denominator": denominator, "more_than": more_than}
    return {**share, "source": source or "", "status": status, **base}


def _moment(name: str) -> str:
    """A moment typed in Vietnamese time, in the notation of JSON; anything else as it was typed."""
    text = request.form.get(name, "")
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=VIETNAM).isoformat()
    except ValueError:
        return text


def _whole(name: str) -> int | str:
    """A whole number; anything else as it was typed."""
    text = request.form.get(name, "").strip()
    return int(text) if re.fullmatch(r"[0-9]{1,7}", text) else text
