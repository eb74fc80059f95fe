"""The covenant on paper, as data for its template."""

from typing import Any

from services.intake.covenants.model import Covenant, targeted
from services.intake.covenants.queries import CovenantView
from services.intake.papers.rules import frame, in_vietnamese
from shared.criteria.model import Criterion, Title
from shared.web.formats import written_date, written_number


def covenant_data(view: CovenantView, council: Title, cluster: Title) -> dict[str, Any]:
    """The covenant, signed or as it stands."""
    covenant, titles = view.covenant, {one.code: one for one in view.framework.criteria}
    signature = covenant.signature
    signed_on = signature.issued_on if signature else None
    shown = {
        "document_number": signature.document_number if signature else "",
        "issued_on": signed_on.isoformat() if signed_on else None,
        "signer": signature.name if signature else "",
        "position": "",
        "mandate": "",
    }
    return {
        **frame(view.cycle, shown, in_vietnamese(view.member.title), draft=signature is None),
        "about": in_vietnamese(view.cycle.title),
        "authority": "",
        "recipients": [in_vietnamese(council), in_vietnamese(cluster)],
        "footer": f"SHA-256 {signature.content_sha256}" if signature else "",
        "unit": in_vietnamese(view.member.title),
        "cluster": in_vietnamese(cluster),
        "cycle": in_vietnamese(view.cycle.title),
        "rows": [_line(number, one, covenant) for number, one in enumerate(targeted(view.framework), 1)],
        "revisions": [
            {
                "title": titles[one.criterion].named("vi") if one.criterion in titles else one.criterion,
                "value": written_number(one.value, "vi"),
                "document": f"{one.document_number}, {written_date(one.issued_on, 'vi')}: {one.reason}",
                "recognition": "–"
                if one.recognition is None
                else f"{one.recognition.document_number}, {written_date(one.recognition.issued_on, 'vi')}: "
                f"{one.recognition.reason}",
            }
            for one in covenant.revisions
        ],
    }


def _line(number: int, criterion: Criterion, covenant: Covenant) -> dict[str, str]:
    line = covenant.line(criterion.code)
    figures = {name: getattr(line, name) for name in ("baseline", "assigned", "national", "value")}
    return {
        "number": str(number),
        "title": criterion.named("vi"),
        "unit": criterion.unit,
        "note": line.note,
        **{name: written_number(figure, "vi") for name, figure in figures.items()},
    }
