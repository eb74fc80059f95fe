"""What the official papers say, as data for their templates (`web/prints`). They are Vietnamese papers: figures and
days are written the Vietnamese way, whatever language the reader's pages are in."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.intake.domain.covenant import Covenant, targeted
from services.intake.domain.cycles import Cycle, Member
from services.intake.domain.dossier import Dossier
from services.intake.domain.preview import sum_of_points
from services.intake.domain.reception import Reception, state_of
from services.intake.domain.submissions import Submission
from services.intake.usecases.covenants import CovenantView
from shared.clock import VIETNAM
from shared.contracts.sentences import sentence
from shared.criteria.model import Criterion, Framework, Gate, Group, Item, Title
from shared.web.formats import written_date, written_moment, written_number, written_points

ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def assessment_data(
    cycle: Cycle,
    council: Title,
    framework: Framework,
    member: Member,
    content: Mapping[str, Any],
    submission: Submission | None,
) -> dict[str, Any]:
    """The self-assessment table, of a version that was sent or (None) of the draft as it stands."""
    said = {item["criterion"]: item for item in content["items"]}
    printed = _Table(framework, member.cluster, said)
    dossier = content.get("dossier") or Dossier().document()
    return {
        **_frame(cycle, dossier, _vi(member.title), draft=submission is None),
        "about": _vi(cycle.title),
        "authority": "",
        "recipients": [_vi(council)],
        "footer": "" if submission is None else f"v{submission.number} · SHA-256 {submission.content_sha256}",
        "rows": printed.rows(),
        "total-maximum": written_number(framework.total, "vi"),
        "total-points": printed.written(sum_of_points(framework, printed.points)),
    }


def receipt_data(
    cycle: Cycle,
    council: Title,
    framework: Framework,
    member: Member,
    cluster: Title,
    submission: Submission,
    steps: Sequence[Reception],
) -> dict[str, Any]:
    """The receipt of a version that was sent, and what staff did with it."""
    content = submission.content
    dossier = content.get("dossier") or Dossier().document()
    points = {item["criterion"]: item["self_points"] for item in content["items"]}
    total = sum_of_points(framework, points)
    received = next((step for step in steps if step.state == "received"), steps[0] if steps else None)
    return {
        **_frame(cycle, Dossier().document(), _vi(council), draft=False),
        "about": _vi(cycle.title),
        "authority": "",
        "day": _day(received.at.astimezone(VIETNAM).date() if received else None),
        "footer": f"v{submission.number} · SHA-256 {submission.content_sha256}",
        "unit": _vi(member.title),
        "cluster": _vi(cluster),
        "cycle": _vi(cycle.title),
        "version": str(submission.number),
        "sent-at": written_moment(submission.submitted_at, "vi"),
        "late": submission.late,
        "sent-by": submission.name,
        "dossier": _named(dossier),
        "items": str(len(content["items"])),
        "documents": str(sum(len(item["evidence"]) for item in content["items"])),
        "total-points": written_points(total, "vi", framework.rounding),
        "state": state_of(steps),
        "hash": submission.content_sha256,
        "steps": [
            {"state": one.state, "name": one.name, "at": written_moment(one.at, "vi"), "reason": one.reason or "–"}
            for one in steps
        ],
        "received-by": received.name if received else "",
    }


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
        **_frame(view.cycle, shown, _vi(view.member.title), draft=signature is None),
        "about": _vi(view.cycle.title),
        "authority": "",
        "recipients": [_vi(council), _vi(cluster)],
        "footer": f"SHA-256 {signature.content_sha256}" if signature else "",
        "unit": _vi(view.member.title),
        "cluster": _vi(cluster),
        "cycle": _vi(view.cycle.title),
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


class _Table:
    """The rows of a self-assessment table: each group with its sum, then its criteria; then bonuses and the rest."""

    def __init__(self, framework: Framework, cluster: str, said: Mapping[str, Any]) -> None:
        self.framework = framework
        self.cluster = cluster
        self.said = said
        self.points: dict[str, float | None] = {code: item["self_points"] for code, item in said.items()}

    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for number, child in enumerate(self.framework.root.children, 1):
            rows += self._group(child, ROMAN[number] if number < len(ROMAN) else str(number))
        beside: tuple[tuple[str, Sequence[Item]], ...] = (
            ("bonuses", self.framework.bonuses),
            ("penalties", self.framework.penalties),
            ("gates", self.framework.gates),
        )
        for section, items in beside:
            if items:
                total = "" if section == "gates" else self.written(self._sum(items))
                rows.append({"kind": "section", "section": section, "number": "", "points": total})
                rows += [self._item(one, str(number)) for number, one in enumerate(items, 1)]
        return rows

    def written(self, points: float | None) -> str:
        """Points with the framework's decimals."""
        return written_points(points, "vi", self.framework.rounding)

    def _group(self, child: Group | Criterion, number: str) -> list[dict[str, Any]]:
        if isinstance(child, Criterion):
            return [self._item(child, number)]
        adds_up = all(group.aggregation == "sum" for group in child.walk())
        inside = [criterion for group in child.walk() for criterion in group.criteria]
        maxima = [self.framework.maximum(one.code, self.cluster) for one in inside]
        rows = [
            {
                "kind": "group",
                "number": number,
                "title": child.named("vi"),
                "maximum": written_number(math.fsum(maxima) if adds_up else child.max_points, "vi"),
                "points": self.written(self._sum(inside)) if adds_up else "–",
            }
        ]
        for position, one in enumerate(child.children, 1):
            rows += self._group(one, str(position) if number in ROMAN else f"{number}.{position}")
        return rows

    def _sum(self, items: Sequence[Item]) -> float:
        figures = [self.points.get(one.code) for one in items]
        return math.fsum(figure for figure in figures if figure is not None)

    def _item(self, item: Item, number: str) -> dict[str, Any]:
        said = self.said.get(item.code, {})
        maximum = ""
        if isinstance(item, Criterion):
            maximum = written_number(self.framework.maximum(item.code, self.cluster), "vi")
        elif not isinstance(item, Gate):
            maximum = written_number(getattr(item, "cap", getattr(item, "floor", None)), "vi")
        return {
            "kind": "item",
            "number": number,
            "title": item.named("vi"),
            "unit": getattr(item, "unit", ""),
            "maximum": maximum,
            "target": _figure(said.get("target")),
            "value": _figure(said.get("value")),
            "points": "" if isinstance(item, Gate) else self.written(said.get("self_points")),
            "evidence": [
                *(_named(entry) for entry in said.get("evidence", ())),
                *(text for text in (said.get("explanation"), said.get("note")) if text),
            ],
        }


def _frame(cycle: Cycle, dossier: Mapping[str, Any], organisation: str, *, draft: bool) -> dict[str, Any]:
    issued_on = dossier["issued_on"]
    made_up = sentence("This cycle serves to show and to try; none of its figures are real.").in_language("vi")
    return {
        "organisation": organisation,
        "number": dossier["document_number"],
        "day": _day(date.fromisoformat(issued_on) if issued_on else None),
        "signer": dossier["signer"],
        "position": dossier["position"],
        "mandate": dossier["mandate"],
        "draft": draft,
        "synthetic": (_vi(cycle.notice) if cycle.notice else made_up) if cycle.synthetic else "",
    }


def _day(day: date | None) -> list[str]:
    """Day, month and year as a paper's heading writes them: small ones with a zero before."""
    if day is None:
        return ["", "", ""]
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return [f"{day.day:02d}", month, str(day.year)]


def _named(entry: Mapping[str, Any]) -> str:
    """A document in one line: number, day, who issued it."""
    issued_on = entry.get("issued_on")
    parts = [
        entry.get("document_number") or "",
        written_date(date.fromisoformat(issued_on), "vi") if issued_on else "",
        entry.get("issuer") or "",
        sentence("classified, kept by the unit").in_language("vi") if entry.get("reference_only") else "",
    ]
    return ", ".join(part for part in parts if part)


def _figure(value: float | None) -> str:
    return "" if value is None else written_number(value, "vi")


def _vi(title: Title) -> str:
    return title.in_language("vi")
