"""Pages for people: what is to do, the cycle's overview, and its administration. Plain HTML, no script needed."""

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from services.intake.domain import permissions
from services.intake.domain.cycles import ARCHIVED, DRAFT, INTAKE_CLOSED, OPEN, CycleCluster, Member
from services.intake.domain.explanations import ExplanationRequest
from services.intake.domain.vietnamese import search_key, sort_key
from services.intake.ports import Standing
from services.intake.usecases import cycles, directory
from services.intake.usecases.cycles import CycleView
from services.intake.usecases.explanations import waiting_requests
from services.intake.web.adoption_pages import AdoptionPages
from services.intake.web.assessment_pages import AssessmentPages
from services.intake.web.calendar_pages import CalendarPages
from services.intake.web.contribution_pages import ContributionPages
from services.intake.web.copy_pages import CopyPages
from services.intake.web.covenant_pages import CovenantPages
from services.intake.web.directory_pages import DirectoryPages
from services.intake.web.directory_workbook_pages import DirectoryWorkbookPages
from services.intake.web.explanation_pages import BADGES as QUESTION_BADGES
from services.intake.web.explanation_pages import ExplanationPages
from services.intake.web.framework_pages import FrameworkPages
from services.intake.web.keeping_pages import KeepingPages
from services.intake.web.meeting_pages import MeetingPages
from services.intake.web.parts import Parts
from services.intake.web.print_pages import PrintPages
from services.intake.web.roll_up_pages import RollUpPages
from services.intake.web.round_pages import RoundPages
from services.intake.web.session_pages import flash_good
from services.intake.web.submission_pages import SubmissionPages
from services.intake.web.typed import one_line
from services.intake.web.workbook_pages import WorkbookPages
from shared.contracts.sentences import N_, Sentence, sentence
from shared.web.access import current_actor
from shared.web.frame import Place

NAVIGATION = (Place("pages.home", N_("What is to do")), Place("pages.administration", N_("Administration")))
RECEPTION_BADGES = {
    "submitted": (N_("sent"), "info"),
    "received": (N_("received"), "info"),
    "accepted": (N_("accepted"), "good"),
    "returned": (N_("returned"), "attention"),
}
STATE_BADGES = {
    DRAFT: (N_("being prepared"), "neutral"),
    OPEN: (N_("open for self-assessment"), "good"),
    INTAKE_CLOSED: (N_("closed for submissions"), "info"),
    "archived": (N_("archived"), "neutral"),
}


Doors = Iterable[tuple[str, str, Callable[..., Any], list[str]]]  # path, name, view, methods
_CYCLE = "/cycles/<slug:cycle>"
_COUNCIL = "/administration/<slug:council>"
_CLUSTER = _CYCLE + "/clusters/<code:cluster>"
_UNIT = _CYCLE + "/units/<code:unit>"
_NUMBER = "<int(min=1, max=1000000):number>"


def pages(parts: Parts) -> Blueprint:
    """The blueprint `pages`."""
    blueprint = Blueprint("pages", __name__)
    doors = (_set_up(parts), _agreed_and_discussed(parts), _assessed(parts), _sent(parts))
    for path, name, view, methods in itertools.chain(*doors):
        blueprint.add_url_rule(path, name, view, methods=methods)
    blueprint.app_template_global("cycle_badges")(lambda state: STATE_BADGES[state])
    blueprint.app_template_global("standing_badge")(standing_badge)
    blueprint.app_template_global("question_badge")(lambda state: QUESTION_BADGES[state])
    blueprint.app_template_global("reception_badge")(lambda state: RECEPTION_BADGES[state])
    blueprint.app_template_global("sees_everything")(
        lambda cycle, unit: permissions.looks_at_everything(current_actor(), cycle.council, unit)
    )
    return blueprint


def _set_up(parts: Parts) -> Doors:
    """Directory, cycles and what is declared about them."""
    general, frameworks, deadlines = _GeneralPages(parts), FrameworkPages(parts), CalendarPages(parts)
    listed, excel, copies = DirectoryPages(parts), DirectoryWorkbookPages(parts), CopyPages(parts)
    shorter, kept = RollUpPages(parts), KeepingPages(parts)
    return (
        ("/", "home", general.home, ["GET"]),
        (_CYCLE, "cycle", general.cycle, ["GET"]),
        (_COUNCIL + "/new-cycle", "new_cycle", frameworks.new_cycle, ["GET", "POST"]),
        (_CYCLE + "/framework", "framework", frameworks.framework, ["GET", "POST"]),
        (_CYCLE + "/framework.<any(xlsx, yaml):ending>", "framework_file", frameworks.file, ["GET"]),
        (_CYCLE + "/keeping", "keeping", kept.keeping, ["GET", "POST"]),
        (_CYCLE + "/calendar", "calendar", deadlines.calendar, ["GET"]),
        (_CYCLE + "/extensions", "extend", deadlines.extend, ["POST"]),
        ("/administration", "administration", general.administration, ["GET"]),
        (_COUNCIL + "/directory", "directory", listed.directory, ["GET"]),
        (_COUNCIL + "/directory/<code:kind>", "record_directory", listed.record, ["POST"]),
        (_COUNCIL + "/directory/workbook", "directory_workbook", excel.workbook, ["GET", "POST"]),
        (_COUNCIL + "/directory/workbook/file", "directory_file", excel.file, ["GET"]),
        (_COUNCIL + "/directory/workbook/take", "take_directory", excel.take, ["POST"]),
        (_CYCLE + "/copy", "copy_cycle", copies.copy_cycle, ["GET", "POST"]),
        (_CYCLE + "/roll-up", "roll_up", shorter.roll_up, ["GET", "POST"]),
        (_CYCLE + "/quotas", "quotas", copies.quotas, ["GET", "POST"]),
        ("/administration/<slug:cycle>/open", "open_cycle", general.open_cycle, ["POST"]),
        ("/administration/<slug:cycle>/close-intake", "close_intake", general.close_intake, ["POST"]),
    )


def _agreed_and_discussed(parts: Parts) -> Doors:
    """What a cluster agrees beforehand, and its round afterwards."""
    agreed, covenant = AdoptionPages(parts), CovenantPages(parts)
    round_, meeting = RoundPages(parts), MeetingPages(parts)
    challenges = _UNIT + "/items/<code:criterion>/challenges"
    return (
        (_CYCLE + "/criteria", "adoption", agreed.adoption, ["GET"]),
        (_CYCLE + "/criteria/proposals", "propose", agreed.propose, ["POST"]),
        (_CYCLE + f"/criteria/{_NUMBER}/position", "adoption_position", agreed.position, ["POST"]),
        (_CYCLE + f"/criteria/{_NUMBER}/confirmation", "adoption_confirm", agreed.confirm, ["POST"]),
        (_CYCLE + "/covenants", "covenants", covenant.overview, ["GET"]),
        (_UNIT + "/covenant", "covenant", covenant.covenant, ["GET", "POST"]),
        (_UNIT + "/covenant/signature", "sign_covenant", covenant.sign, ["GET", "POST"]),
        (_UNIT + "/covenant/revisions", "revise_target", covenant.revise, ["POST"]),
        (_UNIT + f"/covenant/revisions/{_NUMBER}/recognition", "recognise_revision", covenant.recognise, ["POST"]),
        (_CYCLE + "/round", "round", round_.round, ["GET"]),
        (_CYCLE + "/round/days", "declare_round", round_.declare, ["POST"]),
        (_CLUSTER + "/round", "cluster_round", round_.cluster, ["GET"]),
        (_CLUSTER + "/files/<sha256:sha256>", "round_file", round_.file, ["GET"]),
        (_CLUSTER + "/meetings/new", "new_meeting", meeting.new, ["GET", "POST"]),
        (_CLUSTER + f"/meetings/{_NUMBER}", "meeting", meeting.meeting, ["GET"]),
        (_CLUSTER + f"/meetings/{_NUMBER}/versions", "edit_meeting", meeting.edit, ["GET", "POST"]),
        (_CLUSTER + f"/meetings/{_NUMBER}/position", "meeting_position", meeting.position, ["POST"]),
        (challenges, "challenges", round_.challenges, ["GET"]),
        (challenges + "/new", "challenge", round_.challenge, ["POST"]),
        (challenges + f"/{_NUMBER}/answer", "answer_challenge", round_.answer, ["POST"]),
        (challenges + f"/{_NUMBER}/withdrawal", "withdraw_challenge", round_.withdraw, ["POST"]),
    )


def _assessed(parts: Parts) -> Doors:
    """A unit at work on its self-assessment, and on an answer to the reviewers."""
    assessment, shared, workbook = AssessmentPages(parts), ContributionPages(parts), WorkbookPages(parts)
    asked = ExplanationPages(parts)
    question = _UNIT + "/requests/<identifier:question>"
    return (
        (_UNIT, "assessment", assessment.form, ["GET", "POST"]),
        (_UNIT + "/items/<code:criterion>/evidence", "evidence", assessment.evidence, ["GET", "POST"]),
        (_UNIT + "/evidence/<identifier:evidence_id>/detach", "detach", assessment.detach, ["POST"]),
        (_UNIT + "/evidence/<sha256:sha256>", "download", assessment.download, ["GET"]),
        (_UNIT + "/contributions", "contributions", shared.contributions, ["GET", "POST"]),
        (_UNIT + "/contributions/steps", "contribution_step", shared.step, ["POST"]),
        (_UNIT + "/workbook", "workbook", workbook.workbook, ["GET", "POST"]),
        (_UNIT + "/workbook/file", "workbook_file", workbook.file, ["GET"]),
        (_UNIT + "/workbook/csv", "csv_file", workbook.csv_file, ["GET"]),
        (_UNIT + "/workbook/take", "take_workbook", workbook.take, ["POST"]),
        (_UNIT + "/requests", "requests", asked.requests, ["GET"]),
        (question, "request", asked.request, ["GET", "POST"]),
        (question + "/evidence", "request_evidence", asked.evidence, ["POST"]),
        (question + "/evidence/<identifier:evidence_id>/detach", "request_detach", asked.detach, ["POST"]),
    )


def _sent(parts: Parts) -> Doors:
    """What was sent, what became of it, and the papers."""
    sent, papers = SubmissionPages(parts), PrintPages(parts)
    version = _UNIT + f"/submissions/{_NUMBER}"
    return (
        (_UNIT + "/dossier", "dossier", sent.dossier, ["GET", "POST"]),
        (_UNIT + "/send", "send", sent.send, ["GET", "POST"]),
        (_UNIT + "/submissions", "submissions", sent.submissions, ["GET"]),
        (version, "receipt", sent.receipt, ["GET"]),
        (version + "/changes", "changes", sent.changes, ["GET"]),
        (version + "/reception", "reception", sent.reception, ["POST"]),
        (_UNIT + "/assessment.pdf", "draft_paper", papers.draft, ["GET"]),
        (_UNIT + "/covenant.pdf", "covenant_paper", papers.covenant, ["GET"]),
        (version + "/assessment.pdf", "assessment_paper", papers.assessment, ["GET"]),
        (version + "/receipt.pdf", "receipt_paper", papers.receipt, ["GET"]),
    )


def standing_badge(submissions: int, is_sent: bool, version: int, late: bool) -> tuple[str, str]:
    """A unit's state in words, and its tone."""
    if submissions and is_sent:
        return (N_("sent late"), "attention") if late else (N_("sent"), "good")
    if submissions:
        return N_("changed since it was sent"), "attention"
    return (N_("draft"), "info") if version else (N_("not begun"), "neutral")


def _listed(view: CycleView, standings: Sequence[Standing], search: str) -> list[tuple[CycleCluster, list[Member]]]:
    """Each cluster with those of its members whose name is looked for, in Vietnamese order."""
    wanted = search_key(search)
    order = {one.member.unit: number for number, one in enumerate(standings)}
    found = [
        (cluster, [member for member in cluster.members if wanted in member.search_key]) for cluster in view.clusters
    ]
    for _cluster, members in found:
        members.sort(key=lambda one: (order.get(one.unit, -1), sort_key(one.title.in_language("vi"))))
    return [(cluster, members) for cluster, members in found if members or not wanted]


class _GeneralPages:
    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def home(self) -> str:
        """What I have to do, and by when."""
        actor = current_actor()
        mine: list[tuple[Any, Standing]] = []
        administered: list[tuple[Any, list[Standing]]] = []
        questions: list[tuple[Any, ExplanationRequest]] = []
        known = cycles.read_cycles(self.parts.intake, actor)
        for cycle in known:
            if cycle.state == DRAFT:
                continue
            _, standings = cycles.read_standings(self.parts.intake, actor, cycle.code)
            mine += [(cycle, one) for one in standings if permissions.fills_in(actor, cycle.council, one.member.unit)]
            if cycle.state != ARCHIVED:
                questions += [(cycle, one) for one in waiting_requests(self.parts.intake, actor, cycle)]
            if permissions.administers(actor, cycle.council):
                administered.append((cycle, list(standings)))
        return render_template(
            "intake/home.html", mine=mine, administered=administered, known=known, questions=questions
        )

    def cycle(self, cycle: str) -> str:
        """A cycle: its members and where they stand, as far as one may see it."""
        actor = current_actor()
        search = one_line(request.args.get("search", ""))[:100]
        view, standings = cycles.read_standings(self.parts.intake, actor, cycle, search)
        return render_template(
            "intake/cycle.html",
            view=view,
            cycle=view.cycle,
            standings={one.member.unit: one for one in standings},
            clusters=_listed(view, standings, search),
            search=search,
            administers=permissions.administers(actor, view.cycle.council),
        )

    def administration(self) -> str:
        """Councils and cycles of an administrator."""
        actor = current_actor()
        councils = [
            directory.read_directory(self.parts.intake, actor, council.code)
            for council in directory.read_councils(self.parts.intake, actor)
            if permissions.administers(actor, council.code)
        ]
        known = cycles.read_cycles(self.parts.intake, actor)
        return render_template("intake/administration.html", councils=councils, cycles=known)

    def open_cycle(self, cycle: str) -> Any:
        """The button that opens a cycle."""
        cycles.open_cycle(self.parts.intake, current_actor(), cycle)
        return self._done(sentence("Cycle %(cycle)s is open; units can begin.", cycle=cycle))

    def close_intake(self, cycle: str) -> Any:
        """The button that ends the intake of a cycle."""
        cycles.close_intake(self.parts.intake, current_actor(), cycle)
        return self._done(sentence("Cycle %(cycle)s takes no more submissions.", cycle=cycle))

    def _done(self, said: Sentence) -> Any:
        flash_good(said)
        return redirect(url_for("pages.administration"), 303)
