"""EVIDENCE_REUSED: the same file supports another unit's claim, or supported one of last year."""

import re
from collections import defaultdict
from collections.abc import Mapping

from services.verify.claims.model import EvidenceDocument
from services.verify.screening.model import EVIDENCE_REUSED, Finding, Severity
from services.verify.screening.rules.checks.check import Result, View
from services.verify.screening.rules.cohort import Cohort
from shared.contracts.sentences import Sentence, sentence

OUTSIDE_UNITS = 3  # an issuer whose documents support the claims of so many units stands above them
# Plans, programmes, projects and resolutions by the kind in their number (15/KH-UBND): they serve several years.
_LASTING = re.compile(r"/(KH|CTr|CTR|CT|ĐA|QH|NQ|CL)(-|$)", re.IGNORECASE)


class EvidenceReusedCheck:
    """Not asked of documents of a body outside the units, nor (against last year) of plans for several years."""

    code = EVIDENCE_REUSED
    compares = True

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Needs to know which evidence there is, if any."""
        if cohort.evidence is not None:
            return None
        return sentence("Nothing is known about evidence.")

    def run(self, view: View) -> Result:
        """One finding per item that rests on such a file."""
        cohort = view.cohort
        given = cohort.evidence or {}
        users: dict[str, set[int]] = defaultdict(set)
        issuers: dict[str, set[int]] = defaultdict(set)
        for (row, _column), documents in given.items():
            for document in documents:
                issuers[_name(document.issuer)].add(row)
                if document.sha256 is not None:
                    users[document.sha256].add(row)
        earlier = cohort.context.earlier_documents or {}
        findings: list[Finding] = []
        for (row, column), documents in sorted(given.items()):
            message = None
            for document in documents:
                outside = bool(_name(document.issuer)) and len(issuers[_name(document.issuer)]) >= OUTSIDE_UNITS
                if document.sha256 is not None and not outside and message is None:
                    message = _said(cohort, row, document, users, earlier.get(row, {}))
            if message is not None and cohort.given[row, column]:
                findings.append(view.finding(self.code, Severity.QUESTION, row, column, message))
        return Result(tuple(findings))


def _said(
    cohort: Cohort,
    row: int,
    document: EvidenceDocument,
    users: Mapping[str, set[int]],
    earlier: Mapping[str, EvidenceDocument],
) -> Sentence | None:
    others = sorted(users[document.sha256 or ""] - {row})
    if others:
        return sentence(
            "The file of document “%(number)s” also supports a claim of %(unit)s; whose result does it show?",
            number=document.document_number,
            unit=cohort.units[others[0]],
        )
    if document.sha256 in earlier and not _LASTING.search(document.document_number):
        return sentence(
            "The file of document “%(number)s” already supported a claim of the cycle before; "
            "does it show this year's result?",
            number=document.document_number,
        )
    return None


def _name(issuer: str) -> str:
    return " ".join(issuer.casefold().split())
