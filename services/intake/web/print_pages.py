"""The official papers as PDF: who may read the page may print it."""

from typing import Any

from flask import Response

from services.intake.domain.submissions import content_of
from services.intake.usecases import covenants, cycles, directory, drafts, submissions
from services.intake.web.parts import Parts
from services.intake.web.print_documents import assessment_data, covenant_data, receipt_data
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.model import Title
from shared.web.access import current_actor


class PrintPages:
    """Papers of one unit in one cycle."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def draft(self, cycle: str, unit: str) -> Response:
        """The self-assessment table as the form stands now, marked as a draft."""
        view = drafts.read_draft(self.parts.intake, current_actor(), cycle, unit)
        if not view.sees_everything:
            raise Refusal("not_allowed", Kind.FORBIDDEN, sentence("Your role does not allow this."))
        content = content_of(view.draft, view.framework, view.targets, synthetic=view.cycle.synthetic)
        council = self._council(view.cycle.council)
        data = assessment_data(view.cycle, council, view.framework, view.member, content, None)
        return self._pdf("assessment", data, f"{cycle}-{unit}-draft")

    def assessment(self, cycle: str, unit: str, number: int) -> Response:
        """The self-assessment table of a version that was sent."""
        view = submissions.read_submission(self.parts.intake, current_actor(), cycle, unit, number)
        [sent] = view.submissions
        council = self._council(view.cycle.council)
        data = assessment_data(view.cycle, council, view.framework, view.member, sent.content, sent)
        return self._pdf("assessment", data, f"{cycle}-{unit}-v{number}")

    def receipt(self, cycle: str, unit: str, number: int) -> Response:
        """The receipt of a version that was sent."""
        view = submissions.read_submission(self.parts.intake, current_actor(), cycle, unit, number)
        [sent] = view.submissions
        data = receipt_data(
            view.cycle,
            self._council(view.cycle.council),
            view.framework,
            view.member,
            self._cluster(cycle, view.member.cluster),
            sent,
            view.steps_of(number),
        )
        return self._pdf("receipt", data, f"{cycle}-{unit}-v{number}-receipt")

    def covenant(self, cycle: str, unit: str) -> Response:
        """The covenant, marked as a draft until it is signed."""
        view = covenants.read_covenant(self.parts.intake, current_actor(), cycle, unit)
        data = covenant_data(view, self._council(view.cycle.council), self._cluster(cycle, view.member.cluster))
        return self._pdf("covenant", data, f"{cycle}-{unit}-covenant")

    def _council(self, code: str) -> Title:
        known = directory.read_councils(self.parts.intake, current_actor())
        return next((one.title for one in known if one.code == code), Title(vi=code, en=code))

    def _cluster(self, cycle: str, code: str) -> Title:
        clusters = cycles.read_cycle(self.parts.intake, current_actor(), cycle).clusters
        return next((one.title for one in clusters if one.code == code), Title(vi=code, en=code))

    def _pdf(self, paper: str, data: dict[str, Any], name: str) -> Response:
        answer = Response(self.parts.printer.pdf(paper, data), mimetype="application/pdf")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
        answer.headers["Cache-Control"] = "private, no-store"
        return answer
