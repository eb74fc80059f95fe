"""The official papers as PDF: who may read the page may print it."""

from typing import Any

from flask import Response

from services.intake.domain.submissions import content_of
from services.intake.usecases import covenants, cycles, directory, drafts, submissions
from services.intake.web.parts import NUMBER, OF_UNIT, Parts, Routes
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
        council = title_of_council(self.parts, view.cycle.council)
        data = assessment_data(view.cycle, council, view.framework, view.member, content, None)
        return as_paper(self.parts, "assessment", data, f"{cycle}-{unit}-draft")

    def assessment(self, cycle: str, unit: str, number: int) -> Response:
        """The self-assessment table of a version that was sent."""
        view = submissions.read_submission(self.parts.intake, current_actor(), cycle, unit, number)
        [sent] = view.submissions
        council = title_of_council(self.parts, view.cycle.council)
        data = assessment_data(view.cycle, council, view.framework, view.member, sent.content, sent)
        return as_paper(self.parts, "assessment", data, f"{cycle}-{unit}-v{number}")

    def receipt(self, cycle: str, unit: str, number: int) -> Response:
        """The receipt of a version that was sent."""
        view = submissions.read_submission(self.parts.intake, current_actor(), cycle, unit, number)
        [sent] = view.submissions
        data = receipt_data(
            view.cycle,
            title_of_council(self.parts, view.cycle.council),
            view.framework,
            view.member,
            title_of_cluster(self.parts, cycle, view.member.cluster),
            sent,
            view.steps_of(number),
        )
        return as_paper(self.parts, "receipt", data, f"{cycle}-{unit}-v{number}-receipt")


class CovenantPaperPages:
    """The covenant on paper."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def covenant(self, cycle: str, unit: str) -> Response:
        """The covenant, marked as a draft until it is signed."""
        view = covenants.read_covenant(self.parts.intake, current_actor(), cycle, unit)
        data = covenant_data(
            view,
            title_of_council(self.parts, view.cycle.council),
            title_of_cluster(self.parts, cycle, view.member.cluster),
        )
        return as_paper(self.parts, "covenant", data, f"{cycle}-{unit}-covenant")


def title_of_council(parts: Parts, code: str) -> Title:
    """The council's title for a paper."""
    known = directory.read_councils(parts.intake, current_actor())
    return next((one.title for one in known if one.code == code), Title(vi=code, en=code))


def title_of_cluster(parts: Parts, cycle: str, code: str) -> Title:
    """The cluster's title for a paper."""
    clusters = cycles.read_cycle(parts.intake, current_actor(), cycle).clusters
    return next((one.title for one in clusters if one.code == code), Title(vi=code, en=code))


def as_paper(parts: Parts, paper: str, data: dict[str, Any], name: str) -> Response:
    """A paper as a download."""
    answer = Response(parts.printer.pdf(paper, data), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def covenant_paper_routes(parts: Parts) -> Routes:
    """The covenant on paper."""
    pages = CovenantPaperPages(parts)
    return ((OF_UNIT + "/covenant.pdf", "covenant_paper", pages.covenant, ["GET"]),)


def paper_routes(parts: Parts) -> Routes:
    """Papers."""
    pages = PrintPages(parts)
    version = OF_UNIT + f"/submissions/{NUMBER}"
    return (
        (OF_UNIT + "/assessment.pdf", "draft_paper", pages.draft, ["GET"]),
        (version + "/assessment.pdf", "assessment_paper", pages.assessment, ["GET"]),
        (version + "/receipt.pdf", "receipt_paper", pages.receipt, ["GET"]),
    )
