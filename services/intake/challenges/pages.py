"""Challenges to one item as pages."""

from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.intake.assessments.model import REFERENCE_ONLY, GivenEvidence
from services.intake.challenges.actions import answer, challenge, withdraw
from services.intake.challenges.model import CHALLENGE_BADGES, LONGEST_TEXT
from services.intake.challenges.queries import ItemView, cluster_of, read_item
from services.intake.files.model import ENDINGS, LARGEST_FILE
from services.intake.ports import WebDependencies
from services.intake.rounds.actions import bring_file
from services.intake.typed import clean
from services.intake.web import NUMBER, OF_UNIT, Errors, Routes, errors_of, flash_good, read_document_fields, with_dates
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.model import Criterion
from shared.web.access import current_actor
from shared.web.languages import current_language


class ChallengePages:
    """Pages of challenges to one item."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def challenges(self, cycle: str, unit: str, criterion: str) -> str:
        """One item as it was received, with what the others ask and the unit's answers."""
        return self._item(cycle, unit, criterion)

    def challenge(self, cycle: str, unit: str, criterion: str) -> Any:
        """The form that challenges the item."""
        by_unit = request.form.get("by_unit", "")
        errors, reason, given = _read_said("reason")
        if not errors:

            def enter() -> None:
                document = self._with_file(cycle, unit, by_unit, given)
                challenge(self.web.store, current_actor(), cycle, unit, criterion, by_unit, reason, document)

            errors = errors_of(enter)
        return self._done(cycle, unit, criterion, errors, sentence("The challenge is on record."))

    def answer(self, cycle: str, unit: str, criterion: str, number: int) -> Any:
        """The form with which the unit answers."""
        errors, text, given = _read_said("text")
        file = request.files.get("file")
        named = given if _names_something(given) or (file and file.filename) else None
        if not errors:

            def enter() -> None:
                document = named and self._with_file(cycle, unit, unit, named)
                answer(self.web.store, current_actor(), cycle, unit, criterion, number, text, document)

            errors = errors_of(enter)
        return self._done(cycle, unit, criterion, errors, sentence("The answer is on record."), number)

    def withdraw(self, cycle: str, unit: str, criterion: str, number: int) -> Any:
        """The form with which the challenger takes it back."""
        reason = clean(request.form.get("reason", ""))[:LONGEST_TEXT]
        withdraw(self.web.store, current_actor(), cycle, unit, criterion, number, reason)
        return self._done(cycle, unit, criterion, {}, sentence("The challenge was withdrawn."))

    def _with_file(self, cycle: str, unit: str, by_unit: str, given: GivenEvidence) -> GivenEvidence:
        """Keep a chosen file first; what is said of the document then names it."""
        file = request.files.get("file")
        if not file or not file.filename:
            return given
        cluster = cluster_of(self.web.store, current_actor(), cycle, unit)
        brought = bring_file(
            self.web.store,
            self.web.files,
            current_actor(),
            cycle,
            cluster,
            by_unit,
            file.stream,
            file.filename,
        )
        return GivenEvidence(**{**vars(given), "sha256": brought.file.sha256})

    def _done(
        self, cycle: str, unit: str, criterion: str, errors: Errors, said: Sentence, number: int | None = None
    ) -> Any:
        if errors:
            return make_response(self._item(cycle, unit, criterion, errors, number), 422)
        flash_good(said)
        return redirect(url_for("pages.challenges", cycle=cycle, unit=unit, criterion=criterion), 303)

    def _item(
        self, cycle: str, unit: str, criterion: str, errors: Errors | None = None, number: int | None = None
    ) -> str:
        view = read_item(self.web.store, current_actor(), cycle, unit, criterion)
        titles = {one.unit: one.title for one in view.place.cluster.members}
        return render_template(
            "challenges/challenges.html",
            view=view,
            place=view.place,
            cycle=view.place.cycle,
            unit=unit,
            titles=titles,
            item=view.item,
            received=view.submission,
            said=_said_of(view),
            is_classified=_is_classified(view),
            states=CHALLENGE_BADGES,
            choices=[(one, titles[one].in_language(current_language())) for one in view.challenges_for],
            errors=errors or {},
            answering=number,
            form=request.form,
            longest=LONGEST_TEXT,
            endings=ENDINGS,
            megabytes=LARGEST_FILE // (1024 * 1024),
        )


def _names_something(given: GivenEvidence) -> bool:
    """Whether something was typed about a document (that of a classified item is marked so from the start)."""
    return GivenEvidence(reference_only=given.reference_only) != given


def _said_of(view: ItemView) -> dict[str, Any] | None:
    """What was received about the item, as far as the reader may see it."""
    sent = [] if view.submission is None else with_dates(view.submission.content["items"])
    return next((one for one in sent if one["criterion"] == view.item.code), None)


def _is_classified(view: ItemView) -> bool:
    item = view.item
    evidence = item.evidence_disclosure if isinstance(item, Criterion) else ""
    return REFERENCE_ONLY in (item.disclosure, evidence)


def _read_said(name: str) -> tuple[Errors, str, GivenEvidence]:
    """A text with its document, as typed."""
    errors: Errors = {}
    text = clean(request.form.get(name, ""))
    if len(text) > LONGEST_TEXT:
        errors[name] = sentence("At most %(most)s characters.", most=LONGEST_TEXT)
    fields, wrong = read_document_fields()
    return errors | wrong, text, GivenEvidence(**fields)


def challenge_routes(web: WebDependencies) -> Routes:
    """Challenges."""
    pages = ChallengePages(web)
    item = OF_UNIT + "/items/<code:criterion>/challenges"
    return (
        (item, "challenges", pages.challenges, ["GET"]),
        (item + "/new", "challenge", pages.challenge, ["POST"]),
        (item + f"/{NUMBER}/answer", "answer_challenge", pages.answer, ["POST"]),
        (item + f"/{NUMBER}/withdrawal", "withdraw_challenge", pages.withdraw, ["POST"]),
    )
