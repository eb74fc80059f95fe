"""The official papers as PDF: who may read the page may print it."""

from flask import Response

from services.intake.assessments.queries import read_draft
from services.intake.cycles.queries import title_of_cluster
from services.intake.directory.queries import title_of_council
from services.intake.ports import WebDependencies
from services.intake.submissions.prints import assessment_data, receipt_data
from services.intake.submissions.queries import read_submission
from services.intake.submissions.rules import content_of
from services.intake.web import NUMBER, OF_UNIT, Routes, as_paper
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.web.access import current_actor


class PrintPages:
    """Papers of one unit in one cycle."""

    def __init__(self, web: WebDependencies) -> None:
        self.web = web

    def draft(self, cycle: str, unit: str) -> Response:
        """The self-assessment table as the form stands now, marked as a draft."""
        view = read_draft(self.web.store, current_actor(), cycle, unit)
        if not view.sees_everything:
            raise Refusal("not_allowed", Kind.FORBIDDEN, sentence("Your role does not allow this."))
        content = content_of(view.draft, view.framework, view.targets, synthetic=view.cycle.synthetic)
        council = title_of_council(self.web.store, current_actor(), view.cycle.council)
        data = assessment_data(view.cycle, council, view.framework, view.member, content, None)
        return as_paper(self.web, "submissions/assessment", data, f"{cycle}-{unit}-draft")

    def assessment(self, cycle: str, unit: str, number: int) -> Response:
        """The self-assessment table of a version that was sent."""
        view = read_submission(self.web.store, current_actor(), cycle, unit, number)
        [sent] = view.submissions
        council = title_of_council(self.web.store, current_actor(), view.cycle.council)
        data = assessment_data(view.cycle, council, view.framework, view.member, sent.content, sent)
        return as_paper(self.web, "submissions/assessment", data, f"{cycle}-{unit}-v{number}")

    def receipt(self, cycle: str, unit: str, number: int) -> Response:
        """The receipt of a version that was sent."""
        view = read_submission(self.web.store, current_actor(), cycle, unit, number)
        [sent] = view.submissions
        data = receipt_data(
            view.cycle,
            title_of_council(self.web.store, current_actor(), view.cycle.council),
            view.framework,
            view.member,
            title_of_cluster(self.web.store, current_actor(), cycle, view.member.cluster),
            sent,
            view.steps_of(number),
        )
        return as_paper(self.web, "submissions/receipt", data, f"{cycle}-{unit}-v{number}-receipt")


def paper_routes(web: WebDependencies) -> Routes:
    """Papers."""
    pages = PrintPages(web)
    version = OF_UNIT + f"/submissions/{NUMBER}"
    return (
        (OF_UNIT + "/assessment.pdf", "draft_paper", pages.draft, ["GET"]),
        (version + "/assessment.pdf", "assessment_paper", pages.assessment, ["GET"]),
        (version + "/receipt.pdf", "receipt_paper", pages.receipt, ["GET"]),
    )
