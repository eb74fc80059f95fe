"""EVIDENCE_MISSING: no document. EVIDENCE_INSUFFICIENT: none with number, issuer, date, signer and file."""

from abc import ABC, abstractmethod

from services.verify.claims.model import EvidenceDocument
from services.verify.screening.model import EVIDENCE_INSUFFICIENT, EVIDENCE_MISSING, Finding, Severity
from services.verify.screening.rules.checks.check import Result, View
from services.verify.screening.rules.cohort import Cohort
from shared.contracts.sentences import N_, Sentence, sentence

PARTS = {
    "document_number": N_("document number"),
    "issuer": N_("issuer"),
    "issued_on": N_("date of issue"),
    "signer": N_("signer"),
    "file": N_("file"),
}


class _Evidence(ABC):
    """Only where the framework requires evidence, and only of those who claim something."""

    code: str
    compares = False

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Needs to know which evidence there is, if any."""
        if cohort.evidence is not None:
            return None
        return sentence("Nothing is known about evidence.")

    @abstractmethod
    def said(self, documents: tuple[EvidenceDocument, ...]) -> Sentence | None:
        """What is wrong with these documents, if anything."""

    def run(self, view: View) -> Result:
        """One finding per claimed item whose documents do not do."""
        cohort = view.cohort
        given = cohort.evidence or {}
        findings: list[Finding] = []
        for column, item in enumerate(cohort.framework.items):
            if getattr(item, "evidence", "none") != "required":
                continue
            for row in range(len(cohort.units)):
                if not cohort.given[row, column] or nothing_claimed(cohort, row, column):
                    continue
                message = self.said(given.get((row, column), ()))
                if message is not None:
                    findings.append(view.finding(self.code, Severity.QUESTION, row, column, message))
        return Result(tuple(findings))


class EvidenceMissingCheck(_Evidence):
    """No document at all."""

    code = EVIDENCE_MISSING

    def said(self, documents: tuple[EvidenceDocument, ...]) -> Sentence | None:
        """What is wrong with these documents, if anything."""
        return None if documents else sentence("No document supports this claim.")


class EvidenceInsufficientCheck(_Evidence):
    """Documents, but none complete; one complete document is enough."""

    code = EVIDENCE_INSUFFICIENT

    def said(self, documents: tuple[EvidenceDocument, ...]) -> Sentence | None:
        """What is wrong with these documents, if anything."""
        gaps = min((document.lacks() for document in documents), key=len, default=())
        if not gaps:
            return None
        if len(gaps) == 1:
            return sentence("The document lacks its %(part)s.", part=Sentence(PARTS[gaps[0]]))
        return sentence(
            "The document lacks %(count)s of its particulars, among them its %(part)s.",
            count=len(gaps),
            part=Sentence(PARTS[gaps[0]]),
        )


def nothing_claimed(cohort: Cohort, row: int, column: int) -> bool:
    """Whether the unit claims neither points nor a value above nothing."""
    points, value = cohort.claimed_points[row, column], cohort.value[row, column]
    return not points > 0 and not value > 0
