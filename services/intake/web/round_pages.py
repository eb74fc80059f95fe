"""The cluster round as pages: its days, what there is to read, challenges and answers."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.intake.domain.assessment import REFERENCE_ONLY
from services.intake.domain.challenges import LONGEST_TEXT
from services.intake.domain.cluster_round import LONGEST_SOURCE, STANDING_NAMES
from services.intake.domain.evidence import ENDINGS, LARGEST_FILE
from services.intake.domain.vietnamese import sort_key
from services.intake.usecases import challenges, cluster_page, cluster_round
from services.intake.usecases.challenges import ItemView
from services.intake.usecases.cluster_round import GivenRound
from services.intake.usecases.drafts import GivenEvidence
from services.intake.web.api_assessments import as_download
from services.intake.web.parts import (
    IN_CLUSTER,
    IN_CYCLE,
    NUMBER,
    OF_UNIT,
    SHOWN_IN_PLACE,
    Parts,
    Routes,
    read_document_fields,
)
from services.intake.web.round_schemas import SHARE
from services.intake.web.session_pages import flash_good
from services.intake.web.submission_pages import with_dates
from services.intake.web.typed import clean, one_line, read_day
from shared.contracts.refusals import Refusal
from shared.contracts.sentences import N_, Sentence, sentence
from shared.criteria.model import Criterion
from shared.web.access import current_actor
from shared.web.languages import current_language

CHALLENGE_BADGES = {
    "open": (N_("not answered yet"), "attention"),
    "answered": (N_("answered"), "info"),
    "withdrawn": (N_("withdrawn"), "neutral"),
}
Errors = dict[str, Sentence]


class RoundPages:
    """Pages of the cluster round but for its meetings."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def round(self, cycle: str, errors: Errors | None = None) -> str:
        """The days, the quorum and its source; administrators declare them."""
        view = cluster_round.read_round(self.parts.intake, current_actor(), cycle)
        return render_template(
            "intake/round.html",
            view=view,
            cycle=view.cycle,
            declared=view.declared,
            standings=STANDING_NAMES,
            errors=errors or {},
            form=request.form,
            longest_source=LONGEST_SOURCE,
        )

    def declare(self, cycle: str) -> Any:
        """The form that declares the days."""
        given, errors = _read_round()
        if given is not None:
            errors = _tried(lambda: cluster_round.declare_round(self.parts.intake, current_actor(), cycle, given))
        if errors:
            return make_response(self.round(cycle, errors), 422)
        flash_good(sentence("The days of the cluster round are declared."))
        return redirect(url_for("pages.round", cycle=cycle), 303)


class ClusterPages:
    """Pages of one cluster in its round."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def cluster(self, cycle: str, cluster: str) -> str:
        """What there is to read in one cluster, what was challenged, and the meetings."""
        view = cluster_page.read_cluster(self.parts.intake, current_actor(), cycle, cluster)
        place = view.place
        return render_template(
            "intake/cluster_round.html",
            view=view,
            place=place,
            cycle=place.cycle,
            members=sorted(place.cluster.members, key=lambda one: sort_key(one.title.in_language("vi"))),
            titles={one.unit: one.title for one in place.cluster.members},
            items={item.code: item for item in place.framework.items},
            states=CHALLENGE_BADGES,
        )

    def file(self, cycle: str, cluster: str, sha256: str) -> Any:
        """A file of the round, as a download."""
        path, brought = cluster_page.find_file(
            self.parts.intake, self.parts.files, current_actor(), cycle, cluster, sha256
        )
        return as_download(path, brought.file, brought.label)


class ChallengePages:
    """Pages of challenges to one item."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

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
                challenges.challenge(
                    self.parts.intake, current_actor(), cycle, unit, criterion, by_unit, reason, document
                )

            errors = _tried(enter)
        return self._done(cycle, unit, criterion, errors, sentence("The challenge is on record."))

    def answer(self, cycle: str, unit: str, criterion: str, number: int) -> Any:
        """The form with which the unit answers."""
        errors, text, given = _read_said("text")
        file = request.files.get("file")
        named = given if _names_something(given) or (file and file.filename) else None
        if not errors:

            def enter() -> None:
                document = named and self._with_file(cycle, unit, unit, named)
                challenges.answer(self.parts.intake, current_actor(), cycle, unit, criterion, number, text, document)

            errors = _tried(enter)
        return self._done(cycle, unit, criterion, errors, sentence("The answer is on record."), number)

    def withdraw(self, cycle: str, unit: str, criterion: str, number: int) -> Any:
        """The form with which the challenger takes it back."""
        reason = clean(request.form.get("reason", ""))[:LONGEST_TEXT]
        challenges.withdraw(self.parts.intake, current_actor(), cycle, unit, criterion, number, reason)
        return self._done(cycle, unit, criterion, {}, sentence("The challenge was withdrawn."))

    def _with_file(self, cycle: str, unit: str, by_unit: str, given: GivenEvidence) -> GivenEvidence:
        """Keep a chosen file first; what is said of the document then names it."""
        file = request.files.get("file")
        if not file or not file.filename:
            return given
        cluster = challenges.cluster_of(self.parts.intake, current_actor(), cycle, unit)
        brought = cluster_round.bring_file(
            self.parts.intake,
            self.parts.files,
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
        view = challenges.read_item(self.parts.intake, current_actor(), cycle, unit, criterion)
        titles = {one.unit: one.title for one in view.place.cluster.members}
        return render_template(
            "intake/challenges.html",
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


def _tried(step: Callable[[], object]) -> Errors:
    """What is wrong, by field, where the page can say it beside the form."""
    try:
        step()
    except Refusal as refusal:
        if refusal.kind not in SHOWN_IN_PLACE:
            raise
        if not refusal.faults:
            return {"file": refusal.said}
        return {_field(fault.path): fault.said for fault in refusal.faults}
    return {}


def _field(path: str | None) -> str:
    name = (path or "").removeprefix("document.")
    return "file" if name == "sha256" else name


def _read_said(name: str) -> tuple[Errors, str, GivenEvidence]:
    """A text with its document, as typed."""
    errors: Errors = {}
    text = clean(request.form.get(name, ""))
    if len(text) > LONGEST_TEXT:
        errors[name] = sentence("At most %(most)s characters.", most=LONGEST_TEXT)
    fields, wrong = read_document_fields()
    return errors | wrong, text, GivenEvidence(**fields)


def _read_round() -> tuple[GivenRound | None, Errors]:
    errors: Errors = {}
    days = {
        name: read_day(request.form.get(name, ""), name, errors) for name in ("reads_from", "reads_to", "answers_to")
    }
    for name, day in days.items():
        if day is None and name not in errors:
            errors[name] = sentence("Give the day.")
    typed = request.form.get("quorum", "").replace(" ", "")
    if not re.match(SHARE, typed):
        errors["quorum"] = sentence("Write the share as a fraction, for example 2/3.")
    source, reason = one_line(request.form.get("quorum_source", "")), clean(request.form.get("reason", ""))
    for name, text, longest in (("quorum_source", source, LONGEST_SOURCE), ("reason", reason, 1000)):
        if len(text) > longest:
            errors[name] = sentence("At most %(most)s characters.", most=longest)
    standing = request.form.get("quorum_standing", "")
    if standing not in STANDING_NAMES:
        errors["quorum_standing"] = sentence("Say whether it is law, a regulation or an assumption.")
    if errors:
        return None, errors
    return GivenRound(**days, quorum=Fraction(typed), quorum_source=source, quorum_standing=standing, reason=reason), {}  # type: ignore[arg-type]


def round_routes(parts: Parts) -> Routes:
    """The days of the round."""
    pages = RoundPages(parts)
    return (
        (IN_CYCLE + "/round", "round", pages.round, ["GET"]),
        (IN_CYCLE + "/round/days", "declare_round", pages.declare, ["POST"]),
    )


def cluster_routes(parts: Parts) -> Routes:
    """One cluster's round."""
    pages = ClusterPages(parts)
    return (
        (IN_CLUSTER + "/round", "cluster_round", pages.cluster, ["GET"]),
        (IN_CLUSTER + "/files/<sha256:sha256>", "round_file", pages.file, ["GET"]),
    )


def challenge_routes(parts: Parts) -> Routes:
    """Challenges."""
    pages = ChallengePages(parts)
    item = OF_UNIT + "/items/<code:criterion>/challenges"
    return (
        (item, "challenges", pages.challenges, ["GET"]),
        (item + "/new", "challenge", pages.challenge, ["POST"]),
        (item + f"/{NUMBER}/answer", "answer_challenge", pages.answer, ["POST"]),
        (item + f"/{NUMBER}/withdrawal", "withdraw_challenge", pages.withdraw, ["POST"]),
    )
