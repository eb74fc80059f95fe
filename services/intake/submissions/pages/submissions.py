"""Sending, receipts, versions side by side and the steps of the staff, as pages."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import make_response, redirect, render_template, request, url_for

from services.intake.assessments.model import ACCEPTED
from services.intake.assessments.queries import DraftView, read_draft
from services.intake.assessments.rules import missing_parts, self_score, unexplained
from services.intake.people.rules import administers
from services.intake.ports import WebDependencies
from services.intake.submissions.actions import submit, take_step
from services.intake.submissions.model import FOLLOWING, LONGEST_REASON, RETURNED, STEPS
from services.intake.submissions.queries import compare_submissions, read_submission, read_submissions
from services.intake.submissions.rules import left_blank, without_evidence
from services.intake.typed import clean, read_day, read_number
from services.intake.web import NUMBER, OF_UNIT, Routes, dated, flash_good, with_dates
from shared.contracts.refusals import BadInput, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence
from shared.web.access import current_actor


class SubmissionPages:
    """Pages of what one unit sends in one cycle."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def send(self, cycle: str, unit: str) -> Any:
        """Look once more, then send."""
        view = read_draft(self.web.store, current_actor(), cycle, unit)
        if request.method == "GET":
            return _send_page(view)
        seen = read_number(request.form.get("seen", ""))
        try:
            submission, _created = submit(self.web.store, current_actor(), cycle, unit, seen=seen)
        except Refusal as refusal:
            if refusal.kind is not Kind.STALE:
                raise
            view = read_draft(self.web.store, current_actor(), cycle, unit)
            return make_response(_send_page(view, refusal), 412)
        flash_good(sentence("The self-assessment was sent. This is your receipt."))
        return redirect(url_for("pages.receipt", cycle=cycle, unit=unit, number=submission.number), 303)

    def submissions(self, cycle: str, unit: str) -> str:
        """Everything that was sent."""
        view = read_submissions(self.web.store, current_actor(), cycle, unit)
        return render_template("submissions/submissions.html", view=view, cycle=view.cycle, member=view.member)

    def receipt(self, cycle: str, unit: str, number: int, errors: Mapping[str, Sentence] | None = None) -> str:
        """One version that was sent, to read and to print."""
        view = read_submission(self.web.store, current_actor(), cycle, unit, number)
        submission = view.submissions[0]
        return render_template(
            "submissions/receipt.html",
            view=view,
            cycle=view.cycle,
            member=view.member,
            submission=submission,
            claims=with_dates(submission.content["items"]),
            dossier=dated(submission.content.get("dossier")),
            items={item.code: item for item in view.framework.items},
            state=view.state_of(number),
            steps=view.steps_of(number),
            next_steps=FOLLOWING[view.state_of(number)] if view.may_receive else (),
            errors=errors or {},
            form=request.form,
            longest_reason=LONGEST_REASON,
            may_extend=administers(current_actor(), view.cycle.council),
        )

    def changes(self, cycle: str, unit: str, number: int) -> str:
        """What a version says differently from an earlier one."""
        since = read_number(request.args.get("since", "")) or None
        view, changes = compare_submissions(self.web.store, current_actor(), cycle, unit, number, since)
        return render_template(
            "submissions/changes.html",
            view=view,
            cycle=view.cycle,
            member=view.member,
            after=view.submissions[0],
            before=view.submissions[1],
            changes=[
                change if change.criterion else replace(change, before=dated(change.before), after=dated(change.after))
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
            take_step(self.web.store, current_actor(), cycle, unit, number, state, reason, until_on)
        except BadInput as bad:
            places = {"deadline_on": "until_on"}
            errors = {places.get(fault.path or "", fault.path or ""): fault.said for fault in bad.faults}
            return make_response(self.receipt(cycle, unit, number, errors), 422)
        flash_good(sentence("Noted."))
        return redirect(url_for("pages.receipt", cycle=cycle, unit=unit, number=number), 303)


def _send_page(view: DraftView, refusal: Refusal | None = None) -> str:
    claims = view.scored_claims
    return render_template(
        "submissions/send.html",
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


def submission_routes(web: WebDependencies) -> Routes:
    """What was sent."""
    pages = SubmissionPages(web)
    version = OF_UNIT + f"/submissions/{NUMBER}"
    return (
        (OF_UNIT + "/send", "send", pages.send, ["GET", "POST"]),
        (OF_UNIT + "/submissions", "submissions", pages.submissions, ["GET"]),
        (version, "receipt", pages.receipt, ["GET"]),
        (version + "/changes", "changes", pages.changes, ["GET"]),
        (version + "/reception", "reception", pages.reception, ["POST"]),
    )
