"""What stands on every official paper. They are Vietnamese papers: figures and days are written the Vietnamese way,
whatever language the reader's pages are in.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.intake.cycles.model import Cycle
from shared.contracts.sentences import sentence
from shared.criteria.model import Title
from shared.web.formats import written_date, written_number


def frame(cycle: Cycle, dossier: Mapping[str, Any], organisation: str, *, draft: bool) -> dict[str, Any]:
    issued_on = dossier["issued_on"]
    made_up = sentence("This cycle serves to show and to try; none of its figures are real.").in_language("vi")
    return {
        "organisation": organisation,
        "number": dossier["document_number"],
        "day": day_of_paper(date.fromisoformat(issued_on) if issued_on else None),
        "signer": dossier["signer"],
        "position": dossier["position"],
        "mandate": dossier["mandate"],
        "draft": draft,
        "synthetic": (in_vietnamese(cycle.notice) if cycle.notice else made_up) if cycle.synthetic else "",
    }


def day_of_paper(day: date | None) -> list[str]:
    """Day, month and year as a paper's heading writes them: small ones with a zero before."""
    if day is None:
        return ["", "", ""]
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return [f"{day.day:02d}", month, str(day.year)]


def named_document(entry: Mapping[str, Any]) -> str:
    """A document in one line: number, day, who issued it."""
    issued_on = entry.get("issued_on")
    parts = [
        entry.get("document_number") or "",
        written_date(date.fromisoformat(issued_on), "vi") if issued_on else "",
        entry.get("issuer") or "",
        sentence("classified, kept by the unit").in_language("vi") if entry.get("reference_only") else "",
    ]
    return ", ".join(part for part in parts if part)


def figure(value: float | None) -> str:
    return "" if value is None else written_number(value, "vi")


def in_vietnamese(title: Title) -> str:
    return title.in_language("vi")
