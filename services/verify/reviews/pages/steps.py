"""Pages of the steps of a review: buttons on an item's page, a unit's own scores, the rules, the trail."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.verify.ports import Store
from services.verify.reviews.actions.ask import Question, request_explanation, withdraw_request
from services.verify.reviews.actions.countersign import countersign_item
from services.verify.reviews.actions.declare_rules import declare_rules
from services.verify.reviews.actions.holding import claim_item, release_item
from services.verify.reviews.actions.objections import Objection, object_to
from services.verify.reviews.model.item import ItemName
from services.verify.reviews.model.steps import ReviewRules
from services.verify.reviews.pages.items import SHOWN_IN_PLACE, ItemPages
from services.verify.reviews.queries.item import no_such_item, review_rules
from services.verify.reviews.queries.scores import unit_scores
from services.verify.reviews.queries.trail import shown_trail
from services.verify.web.forms import Posted, read_day, whole
from services.verify.web.messages import say_good
from shared.contracts.refusals import BadInput, Fault, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.people import Role
from shared.web.access import current_actor
from shared.web.problems import STATUS

TRAIL_PAGE = 100


class ReviewPages:
    """What people do between a question and a final score."""

    def __init__(self, store: Store, items: ItemPages) -> None:
        self.store = store
        self.items = items

    def item_step(self, cycle: str, unit: str, criterion: str) -> Any:
        """The buttons on an item's page."""
        posted = Posted(request.form)
        taken = self._steps().get(posted.text("step"))
        if taken is None:
            raise no_such_item()
        step, message = taken
        if not posted.errors:
            try:
                step(ItemName(cycle, unit, criterion), posted, whole(posted.text("version")))
            except Refusal as refusal:
                if refusal.kind not in SHOWN_IN_PLACE:
                    raise
                posted.refuse(refusal)
                prefixed = {_FIELDS.get((posted.text("step"), name), name): e for name, e in posted.errors.items()}
                posted.errors = prefixed
                return self.items.show(cycle, unit, criterion, posted, STATUS[refusal.kind])
        say_good(message)
        return redirect(url_for("pages.item", cycle=cycle, unit=unit, criterion=criterion), 303)

    def _steps(self) -> Mapping[str, tuple[Callable[[ItemName, Posted, int], object], Sentence]]:
        store, actor = self.store, current_actor()

        def ask(name: ItemName, posted: Posted, version: int) -> object:
            due = posted.text("due_on")
            due_on = read_day(posted, "due_on")
            question = Question(posted.text("question"), posted.text("assignee_role"), posted.text("office"), due_on)
            if due and due_on is None:
                message = sentence("“%(typed)s” is not a date.", typed=due[:40])
                raise _fault("due_on", message)
            return request_explanation(store, actor, name, question, version)

        def sign(signed: bool) -> Callable[[ItemName, Posted, int], object]:
            return lambda name, posted, version: countersign_item(
                store, actor, name, signed=signed, reason=posted.text("signing_reason"), version=version
            )

        return {
            "claim": (
                lambda name, posted, version: claim_item(store, actor, name, version),
                sentence("You have the item in hand; others see that."),
            ),
            "release": (
                lambda name, posted, version: release_item(store, actor, name, version),
                sentence("The item is free for others again."),
            ),
            "ask": (ask, sentence("The question is on its way to the unit.")),
            "take_back": (
                lambda name, posted, version: withdraw_request(
                    store, actor, name, whole(posted.text("number")), posted.text("taking_back_reason"), version
                ),
                sentence("The question is taken back."),
            ),
            "sign": (sign(True), sentence("You have signed. The decision counts from now on.")),
            "send_back": (sign(False), sentence("The decision was sent back.")),
        }

    def scores(self, cycle: str, unit: str) -> str:
        """What is final of a unit's items."""
        return self._scores_page(cycle, unit)

    def _scores_page(self, cycle: str, unit: str) -> str:
        with self.store.view() as view:
            found = unit_scores(view, current_actor(), cycle, unit)
        return render_template("reviews/scores.html", cycle=found.found, view=found)

    def objection(self, cycle: str, unit: str, criterion: str) -> Any:
        """One score, and the form of an objection to it."""
        posted, status = Posted(request.form), 200
        if request.method == "POST":
            given = Objection(posted.text("reason"), posted.text("document_number"))
            name = ItemName(cycle, unit, criterion)
            try:
                object_to(self.store, current_actor(), name, given, whole(posted.text("version")))
            except Refusal as refusal:
                if refusal.kind not in SHOWN_IN_PLACE:
                    raise
                posted.refuse(refusal)
                status = STATUS[refusal.kind]
            else:
                say_good(sentence("The objection is recorded. Somebody else than who decided will answer it."))
                return redirect(url_for("pages.scores", cycle=cycle, unit=unit), 303)
        with self.store.view() as view:
            found = unit_scores(view, current_actor(), cycle, unit)
        score = next((one for one in found.scores if one.criterion == criterion), None)
        if score is None:
            raise no_such_item()
        page = render_template("reviews/objection.html", cycle=found.found, view=found, score=score, posted=posted)
        return make_response(page, status)

    def rules(self, cycle: str) -> Any:
        """What needs a second person, and how long everything may take; administrators declare it."""
        posted, status = Posted(request.form), 200
        with self.store.view() as view:
            found, rules = review_rules(view, current_actor(), cycle)
        if request.method == "POST":
            try:
                given = _read_rules(posted)
                whole_council = posted.text("whole_council") == "1"
                reason = posted.text("reason")
                declare_rules(self.store, current_actor(), cycle, given, reason, whole_council=whole_council)
            except Refusal as refusal:
                if refusal.kind not in SHOWN_IN_PLACE:
                    raise
                posted.refuse(refusal)
                status = STATUS[refusal.kind]
            else:
                say_good(sentence("The rules are declared. They apply to what is decided from now on."))
                return redirect(url_for("pages.rules", cycle=cycle), 303)
        administers = current_actor().may(Role.ADMINISTRATOR, council=found.council)
        values = asdict(rules) | {"countersign_percent": round(100 * rules.countersign_share, 4)}
        page = render_template("reviews/rules.html", cycle=found, rules=values, posted=posted, administers=administers)
        return make_response(page, status)

    def trail(self, cycle: str) -> str:
        """Whether every step still is what was written down."""
        before = whole(request.args.get("before", "")) or None
        with self.store.view() as view:
            found, trail = shown_trail(view, current_actor(), cycle, before, TRAIL_PAGE)
        return render_template("reviews/trail.html", cycle=found, view=trail)


# The names of the fields on the page, where another form has one of the same name.
_FIELDS = {
    ("ask", "reason"): "question",
    ("take_back", "reason"): "taking_back_reason",
    ("send_back", "reason"): "signing_reason",
    ("sign", "reason"): "signing_reason",
}


def _fault(path: str, said: Sentence) -> Refusal:
    return BadInput([Fault(said, path=path)])


def _read_rules(posted: Posted) -> ReviewRules:
    """The form of the rules; raises BadInput with every field that holds no number."""
    faults = []
    numbers: dict[str, Any] = {}
    for name in [field.name for field in fields(ReviewRules) if field.name.endswith("_days")]:
        text = posted.text(name)
        if not (text.isascii() and text.isdigit() and len(text) < 6):
            faults.append(Fault(sentence("Give a whole number of days."), path=name))
        numbers[name] = whole(text)
    percent = posted.figure("countersign_percent")
    if percent is None:
        faults.append(Fault(posted.errors.pop("countersign_percent"), path="countersign_percent"))
    elif not 0 <= percent <= 100:
        faults.append(Fault(sentence("A share lies between 0 and 100 percent."), path="countersign_percent"))
    if faults:
        raise BadInput(faults)
    assert percent is not None
    first = posted.text("countersign_first") == "1"
    return ReviewRules(countersign_share=percent / 100, countersign_first=first, **numbers)
