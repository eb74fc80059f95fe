"""Pages of what is sent: the legal dossier, sending, receipts, versions side by side, and what staff do with them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.intake.domain import permissions
from services.intake.domain.contributions import ACCEPTED
from services.intake.domain.dossier import missing_parts
from services.intake.domain.evidence import LARGEST_FILE
from services.intake.domain.preview import self_score, unexplained
from services.intake.domain.reception import FOLLOWING, LONGEST_REASON, RETURNED, STEPS
from services.intake.domain.submissions import left_blank, without_evidence
from services.intake.usecases import dossiers, drafts, receiving, submissions
from services.intake.usecases.dossiers import GivenDossier
from services.intake.usecases.drafts import DraftView
from services.intake.web.parts import NUMBER, OF_UNIT, SHOWN_IN_PLACE, Parts, Routes
from services.intake.web.session_pages import flash_good
from services.intake.web.typed import clean, one_line, read_day, read_number
from shared.contracts.refusals import BadInput, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.web.access import current_actor

LONGEST = {"document_number": 200, "signer": 200, "position": 200, "mandate": 300}


class SubmissionPages:
    """Pages of what one unit sends in one cycle."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def send(self, cycle: str, unit: str) -> Any:
        """Look once more, then send."""
        view = drafts.read_draft(self.parts.intake, current_actor(), cycle, unit)
        if request.method == "GET":
            return _send_page(view)
        seen = read_number(request.form.get("seen", ""))
        try:
            submission, _created = submissions.submit(self.parts.intake, current_actor(), cycle, unit, seen=seen)
        except Refusal as refusal:
            if refusal.kind is not Kind.STALE:
                raise
            view = drafts.read_draft(self.parts.intake, current_actor(), cycle, unit)
            return make_response(_send_page(view, refusal), 412)
        flash_good(sentence("The self-assessment was sent. This is your receipt."))
        return redirect(url_for("pages.receipt", cycle=cycle, unit=unit, number=submission.number), 303)

    def submissions(self, cycle: str, unit: str) -> str:
        """Everything that was sent."""
        view = submissions.read_submissions(self.parts.intake, current_actor(), cycle, unit)
        return render_template("intake/submissions.html", view=view, cycle=view.cycle, member=view.member)

    def receipt(self, cycle: str, unit: str, number: int, errors: Mapping[str, Sentence] | None = None) -> str:
        """One version that was sent, to read and to print."""
        view = submissions.read_submission(self.parts.intake, current_actor(), cycle, unit, number)
        submission = view.submissions[0]
        return render_template(
            "intake/receipt.html",
            view=view,
            cycle=view.cycle,
            member=view.member,
            submission=submission,
            claims=with_dates(submission.content["items"]),
            dossier=_dated(submission.content.get("dossier")),
            items={item.code: item for item in view.framework.items},
            state=view.state_of(number),
            steps=view.steps_of(number),
            next_steps=FOLLOWING[view.state_of(number)] if view.may_receive else (),
            errors=errors or {},
            form=request.form,
            longest_reason=LONGEST_REASON,
            may_extend=permissions.administers(current_actor(), view.cycle.council),
        )

    def changes(self, cycle: str, unit: str, number: int) -> str:
        """What a version says differently from an earlier one."""
        since = read_number(request.args.get("since", "")) or None
        view, changes = submissions.compare_submissions(self.parts.intake, current_actor(), cycle, unit, number, since)
        return render_template(
            "intake/changes.html",
            view=view,
            cycle=view.cycle,
            member=view.member,
            after=view.submissions[0],
            before=view.submissions[1],
            changes=[
                change
                if change.criterion
                else replace(change, before=_dated(change.before), after=_dated(change.after))
                for change in changes
            ],
            items={item.code: item for item in view.framework.items},
        )

    def reception(self, cycle: str, unit: str, number: int) -> Any:
        """The buttons of the staff: received, accepted, returned."""
        state, reason = request.form.get("state", ""), clean(request.form.get("reason", ""))
        if state not in STEPS:
            raise Refusal("not_found", Kind.NOT_FOUND, sentence("There is nothing here under this name."))
        errors: dict[str, Sentence] = {}
        if len(reason) > LONGEST_REASON:
            errors["reason"] = sentence("At most %(most)s characters.", most=LONGEST_REASON)
        until_on = read_day(request.form.get("until_on", ""), "until_on", errors) if state == RETURNED else None
        if errors:
            return make_response(self.receipt(cycle, unit, number, errors), 422)
        try:
            receiving.take_step(self.parts.intake, current_actor(), cycle, unit, number, state, reason, until_on)
        except BadInput as bad:
            places = {"deadline_on": "until_on"}
            errors = {places.get(fault.path or "", fault.path or ""): fault.said for fault in bad.faults}
            return make_response(self.receipt(cycle, unit, number, errors), 422)
        flash_good(sentence("Noted."))
        return redirect(url_for("pages.receipt", cycle=cycle, unit=unit, number=number), 303)


class DossierPages:
    """Pages of the document under which one unit sends."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def dossier(self, cycle: str, unit: str) -> Any:
        """Number, date, signature and file of the document under which the self-assessment is sent."""
        view = drafts.read_draft(self.parts.intake, current_actor(), cycle, unit)
        if not view.sees_everything:
            raise Refusal("not_allowed", Kind.FORBIDDEN, sentence("Your role does not allow this."))
        if request.method == "GET":
            return _dossier_page(view)
        given, errors = _read_dossier(view)
        status = 422
        if not errors:
            try:
                self._save_dossier(cycle, unit, given)
                flash_good(sentence("The legal dossier is saved."))
                return redirect(
                    url_for("pages.send" if view.may_send else "pages.assessment", cycle=cycle, unit=unit), 303
                )
            except Refusal as refusal:
                if refusal.kind not in SHOWN_IN_PLACE:
                    raise
                said = refusal.faults[0].said if refusal.faults else refusal.said
                errors = {"" if refusal.kind is Kind.STALE else "file": said}
                status = 412 if refusal.kind is Kind.STALE else 422
        view = drafts.read_draft(self.parts.intake, current_actor(), cycle, unit)
        return make_response(_dossier_page(view, given, errors), status)

    def _save_dossier(self, cycle: str, unit: str, given: GivenDossier) -> None:
        """Keep a new file first, then the data that names it."""
        file = request.files.get("file")
        sha256 = given.sha256
        if file and file.filename:
            sha256 = dossiers.bring_signed_file(
                self.parts.intake, self.parts.files, current_actor(), cycle, unit, file.stream, file.filename
            ).file.sha256
        seen = read_number(request.form.get("seen", ""))
        named = GivenDossier(**{**vars(given), "sha256": sha256})
        dossiers.save_dossier(self.parts.intake, current_actor(), cycle, unit, named, seen)


def _send_page(view: DraftView, refusal: Refusal | None = None) -> str:
    claims = view.scored_claims
    return render_template(
        "intake/send.html",
        view=view,
        cycle=view.cycle,
        member=view.member,
        draft=view.draft,
        refusal=refusal,
        said=len(claims),
        blank=left_blank(view.draft, view.framework),
        bare=without_evidence(view.draft, view.framework),
        unexplained=unexplained(view.framework, claims, view.member.cluster),
        unlike_shorter=view.unlike_shorter,
        waiting=[code for code, one in view.draft.contributions.items() if one.state != ACCEPTED],
        dossier_lacks=missing_parts(view.draft.dossier),
        self_score=self_score(view.framework, claims),
    )


def _dossier_page(
    view: DraftView, given: GivenDossier | None = None, errors: Mapping[str, Sentence] | None = None
) -> str:
    return render_template(
        "intake/dossier.html",
        view=view,
        cycle=view.cycle,
        member=view.member,
        draft=view.draft,
        dossier=view.draft.dossier,
        given=given or view.draft.dossier,
        errors=errors or {},
        editable=view.editable,
        megabytes=LARGEST_FILE // (1024 * 1024),
    )


def _read_dossier(view: DraftView) -> tuple[GivenDossier, dict[str, Sentence]]:
    errors: dict[str, Sentence] = {}
    texts = {name: one_line(request.form.get(name, "")) for name in LONGEST}
    for name, longest in LONGEST.items():
        if len(texts[name]) > longest:
            errors[name] = sentence("At most %(most)s characters.", most=longest)
    issued_on = read_day(request.form.get("issued_on", ""), "issued_on", errors)
    kept = None if request.form.get("without_file") == "1" else view.draft.dossier.sha256
    return GivenDossier(issued_on=issued_on, sha256=kept, **texts), errors


def with_dates(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The items that were sent, their documents' dates as dates."""
    return [{**item, "evidence": [_dated(entry) for entry in item["evidence"]]} for item in items]


def _dated(entry: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A document with its date as a date."""
    if entry is None:
        return None
    return {**entry, "issued_on": date.fromisoformat(entry["issued_on"]) if entry["issued_on"] else None}


def dossier_routes(parts: Parts) -> Routes:
    """The legal dossier."""
    pages = DossierPages(parts)
    return ((OF_UNIT + "/dossier", "dossier", pages.dossier, ["GET", "POST"]),)


def submission_routes(parts: Parts) -> Routes:
    """What was sent."""
    pages = SubmissionPages(parts)
    version = OF_UNIT + f"/submissions/{NUMBER}"
    return (
        (OF_UNIT + "/send", "send", pages.send, ["GET", "POST"]),
        (OF_UNIT + "/submissions", "submissions", pages.submissions, ["GET"]),
        (version, "receipt", pages.receipt, ["GET"]),
        (version + "/changes", "changes", pages.changes, ["GET"]),
        (version + "/reception", "reception", pages.reception, ["POST"]),
    )
