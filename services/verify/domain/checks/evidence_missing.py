"""EVIDENCE_MISSING: no document, or one without number, issuer, date, signer or file."""

from services.verify.domain.checks.check import Result, View
from services.verify.domain.cohort import Cohort
from services.verify.domain.findings import EVIDENCE_MISSING, Finding, Severity
from services.verify.domain.items import EvidenceDocument
from shared.contracts.sentences import N_, Sentence, sentence

PARTS = {
    "document_number": N_("document number"),
    "issuer": N_("issuer"),
    "issued_on": N_("date of issue"),
    "signer": N_("signer"),
    "file": N_("file"),
}


class EvidenceMissingCheck:
    """One complete document is enough; only where the framework requires evidence."""

    code = EVIDENCE_MISSING
    compares = False

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Wants to have been told which evidence there is."""
        if cohort.evidence is not None:
            return None
        return sentence("Nothing is known about evidence.")

    def run(self, view: View) -> Result:
        """One finding per claimed item that lacks a complete document."""
        cohort = view.cohort
        told = cohort.evidence or {}
        findings: list[Finding] = []
        for column, item in enumerate(cohort.framework.items):
            if getattr(item, "evidence", "none") != "required":
                continue
            for row in range(len(cohort.units)):
                if not cohort.given[row, column] or self._nothing_claimed(cohort, row, column):
                    continue
                said = _lacking(told.get((row, column), ()))
                if said is not None:
                    findings.append(view.finding(self.code, Severity.QUESTION, row, column, said))
        return Result(tuple(findings))

    def _nothing_claimed(self, cohort: Cohort, row: int, column: int) -> bool:
        points, value = cohort.claimed_points[row, column], cohort.value[row, column]
        return not points > 0 and not value > 0


def _lacking(documents: tuple[EvidenceDocument, ...]) -> Sentence | None:
    if not documents:
        return sentence("No document supports this claim.")
    gaps = min((document.lacks() for document in documents), key=len)
    if not gaps:
        return None
    if len(gaps) == 1:
        return sentence("The document lacks its %(part)s.", part=Sentence(PARTS[gaps[0]]))
    return sentence(
        "The document lacks %(count)s of its particulars, among them its %(part)s.",
        count=len(gaps),
        part=Sentence(PARTS[gaps[0]]),
    )
