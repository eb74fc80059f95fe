"""The self-assessment and its receipt on paper, as data for their templates."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from services.intake.assessments.model import ITEM_TEXTS, Dossier
from services.intake.assessments.rules import sum_of_points
from services.intake.cycles.model import Cycle, Member
from services.intake.papers.rules import day_of_paper, figure, frame, in_vietnamese, named_document
from services.intake.submissions.model import Reception, Submission
from services.intake.submissions.rules import state_of
from shared.clock import VIETNAM
from shared.criteria.model import Criterion, Framework, Gate, Group, Item, Title
from shared.web.formats import written_moment, written_number, written_points

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
        **frame(cycle, dossier, in_vietnamese(member.title), draft=submission is None),
        "about": in_vietnamese(cycle.title),
        "authority": "",
        "recipients": [in_vietnamese(council)],
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
        **frame(cycle, Dossier().document(), in_vietnamese(council), draft=False),
        "about": in_vietnamese(cycle.title),
        "authority": "",
        "day": day_of_paper(received.at.astimezone(VIETNAM).date() if received else None),
        "footer": f"v{submission.number} · SHA-256 {submission.content_sha256}",
        "unit": in_vietnamese(member.title),
        "cluster": in_vietnamese(cluster),
        "cycle": in_vietnamese(cycle.title),
        "version": str(submission.number),
        "sent-at": written_moment(submission.submitted_at, "vi"),
        "late": submission.late,
        "sent-by": submission.name,
        "dossier": named_document(dossier),
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
            "target": figure(said.get("target")),
            "value": figure(said.get("value")),
            "points": "" if isinstance(item, Gate) else self.written(said.get("self_points")),
            "evidence": [
                *(named_document(entry) for entry in said.get("evidence", ())),
                *(text for one in reversed(ITEM_TEXTS) if (text := said.get(one.name))),
            ],
        }
