"""Voting for people: opening a box, filling in a paper, the receipt, the count. No score stands on any of them."""

import re
import uuid
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for

from services.ranking.voting.actions import Voting
from services.ranking.voting.model import (
    MOST_ROUNDS,
    QUORUM,
    THRESHOLD,
    Base,
    Box,
    Opening,
    Rule,
    Share,
    Snapshot,
    State,
    Status,
)
from services.ranking.voting.rules.methods import METHODS, method_named
from services.ranking.web.voting.casting import cast_paper
from services.ranking.voting.schemas import LARGEST_DENOMINATOR, MOST_PLACES
from shared.clock import VIETNAM
from shared.contracts.refusals import Fault, Kind, Refusal
from shared.contracts.sentences import N_, Sentence, sentence
from shared.web.access import current_actor
from shared.web.frame import Place
from shared.web.languages import said as in_words
from shared.web.problems import STATUS

NAVIGATION = (Place("ballot_pages.home", N_("Ballots")),)
LONGEST_SOURCE = 500
RECEIPT = re.compile(r"[0-9a-f]{64}\Z")


def ballot_pages(voting: Voting) -> Blueprint:
    """The blueprint `ballot_pages`."""
    blueprint = Blueprint("ballot_pages", __name__)
    pages = _Pages(voting)
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
    def __init__(self, voting: Voting) -> None:
        self.voting = voting

    def home(self) -> str:
        """Ballots the reader may know of, and clusters in which they may open one."""
        actor = current_actor()
        boxes = self.voting.boxes(actor)
        openable = [snapshot for snapshot in self.voting.openable(actor) if _may_open_another(snapshot, boxes)]
        return render_template("ballot/home.html", boxes=boxes, openable=openable, now=self._now())

    def open_box(self, cycle: str, cluster: str) -> Any:
        """The form that opens a ballot."""
        actor = current_actor()
        snapshot = next((s for s in self.voting.openable(actor) if (s.cycle, s.cluster) == (cycle, cluster)), None)
        if snapshot is None:
            raise Refusal("nothing_to_open", Kind.NOT_FOUND, sentence("No ballot can be opened here by you."))
        refusal = None
        if request.method == "POST":
            try:
                box = self.voting.open_box(actor, _opening(cycle, cluster))
            except Refusal as refused:
                refusal = refused
            else:
                _say(sentence("The ballot is open."))
                return redirect(url_for(".box", box=box.id), 303)
        page = render_template(
            "ballot/open.html",
            snapshot=snapshot,
            form=request.form,
            methods=METHODS,
            quorum=QUORUM,
            threshold=THRESHOLD,
            suggested_end=(self._now() + timedelta(hours=24)).astimezone(VIETNAM).strftime("%Y-%m-%dT%H:%M"),
            most_places=min(MOST_PLACES, len(snapshot.members)),
            refusal=refusal,
        )
        return (page, STATUS[refusal.kind]) if refusal else page

    def box(self, box: uuid.UUID, refusal: Refusal | None = None, receipt: str | None = None) -> Any:
        """A ballot: the paper to fill in, how many came in, or the count."""
        actor = current_actor()
        view = self.voting.view(actor, box)
        looked_up = request.args.get("receipt", "").strip().lower()
        page = render_template(
            "ballot/box.html",
            view=view,
            box=view.box,
            takes_papers=view.box.takes_papers(self._now()),
            may_close=view.conducts and (view.box.everybody_voted or self._now() >= view.box.plan.closes_at),
            waiting=[entry.unit for entry in view.own if not entry.voted],
            form=request.form,
            looked_up=looked_up,
            included=self._is_included(box, looked_up),
            receipt=receipt,
            refusal=refusal,
        )
        answer = make_response(page, STATUS[refusal.kind] if refusal else 200)
        # Neither the paper nor the receipt stays in a shared browser.
        answer.headers["Cache-Control"] = "no-store"
        return answer

    def _is_included(self, box: uuid.UUID, receipt: str) -> bool | None:
        if not receipt:
            return None
        try:
            return RECEIPT.match(receipt) is not None and bool(
                self.voting.receipt_included(current_actor(), box, receipt)
            )
        except Refusal:
            return False

    def cast(self, box: uuid.UUID) -> Response:
        """Put in the paper; the receipt is shown once, on the answer itself."""
        names = [name or None for name in request.form.getlist("name")]
        while names and names[-1] is None:
            names.pop()
        try:
            receipt = cast_paper(self.voting, box, request.form.get("unit", ""), tuple(names))
        except Refusal as refusal:
            if refusal.kind in (Kind.NOT_FOUND, Kind.FORBIDDEN):
                raise
            return self.box(box, refusal=refusal)
        return self.box(box, receipt=receipt)

    def close(self, box: uuid.UUID) -> Any:
        """Close and count."""
        try:
            self.voting.close_box(current_actor(), box)
        except Refusal as refusal:
            if refusal.kind in (Kind.NOT_FOUND, Kind.FORBIDDEN):
                raise
            return self.box(box, refusal=refusal)
        _say(sentence("The ballot is closed and counted."))
        return redirect(url_for(".box", box=box), 303)

    def _now(self) -> datetime:
        return self.voting.database.clock.now()


def _may_open_another(snapshot: Snapshot, boxes: list[Box]) -> bool:
    """Whether the cluster's ballots so far leave room for another one."""
    place = (snapshot.cycle, snapshot.cluster)
    held = [box for box in boxes if (box.snapshot.cycle, box.snapshot.cluster) == place]
    return len(held) < MOST_ROUNDS and all(box.state is State.CLOSED and not box.decided for box in held)


def _opening(cycle: str, cluster: str) -> Opening:
    """The form as a command. Raises a Refusal that names every field to look at."""
    form = request.form
    faults: list[Fault] = []
    closes_at = _moment(form.get("closes_at", ""))
    if closes_at is None:
        faults.append(Fault(sentence("Give the day and the time when the ballot closes."), path="closes_at"))
    places = _whole(form.get("places", ""), MOST_PLACES)
    if not places:
        faults.append(Fault(sentence("Give how many units a paper names."), path="places"))
    method = form.get("method", "")
    if method not in METHODS:
        faults.append(Fault(sentence("Choose how a paper is filled in."), path="method"))
    quorum = _rule("quorum", QUORUM, Base.ROLL, faults)
    threshold = _rule("threshold", THRESHOLD, THRESHOLD.base, faults)
    if faults or closes_at is None or not places or quorum is None or threshold is None:
        raise Refusal("bad_opening", Kind.INVALID, sentence("Please look at these points of the form."), faults)
    return Opening(cycle, cluster, method_named(method, places), None, closes_at, quorum, threshold)


def _rule(name: str, otherwise: Rule, base: Base, faults: list[Fault]) -> Rule | None:
    """The rule of the form; the assumption where its fraction and source were left as they are."""
    numerator = _whole(request.form.get(f"{name}_numerator", ""), LARGEST_DENOMINATOR)
    denominator = _whole(request.form.get(f"{name}_denominator", ""), LARGEST_DENOMINATOR)
    more_than = request.form.get(f"{name}_comparison") == "more_than"
    source = request.form.get(f"{name}_source", "").strip().replace("\x00", "")[:LONGEST_SOURCE]
    status = request.form.get(f"{name}_status", "")
    try:
        if numerator is None or denominator is None:
            raise ValueError(name)
        share = Share(numerator, denominator, more_than)
    except ValueError:
        faults.append(Fault(sentence("A share is a fraction between 0 and 1, such as 2/3."), path=name))
        return None
    if not source:
        if share == otherwise.share:
            return otherwise
        faults.append(Fault(sentence("Say where this share is written."), path=f"{name}_source"))
        return None
    if status not in list(Status):
        faults.append(Fault(sentence("Say how firmly this rule stands."), path=f"{name}_status"))
        return None
    return Rule(share, base, source, Status(status))


def _moment(text: str) -> datetime | None:
    """A moment typed in Vietnamese time."""
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=VIETNAM)
    except ValueError:
        return None
    return moment if 2000 <= moment.year <= 3000 else None


def _whole(text: str, most: int) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,7}", text.strip()) and int(text) <= most else None


def _say(said: Sentence) -> None:
    flash(in_words(said), "good")
