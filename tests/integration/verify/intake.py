"""What intake would say: a feed kept in memory, read through the same reader as the real one."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from shared.criteria.loader import load_document

MOMENT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def framework(**changes: Any) -> dict[str, Any]:
    """Three criteria of 100 points: C1 has a `same` source, C2 a `related` one, C3 none and must have evidence."""
    goalposts = {"name": "goalposts", "low": 0, "high": 100}
    document: dict[str, Any] = {
        "framework": "health-security",
        "version": 1,
        "title": {"vi": "An ninh y tế", "en": "Health security"},
        "uncorroborated": "documented",
        "missing": "zero",
        "criteria": [
            {
                "code": "C1",
                "title": {"vi": "Phòng xét nghiệm", "en": "Laboratory"},
                "unit": "%",
                "kind": "quantitative",
                "max_points": 100,
                "rule": goalposts,
                "sources": [
                    {"id": "jee", "indicator": "C1", "relation": "same", "tolerance": {"absolute": 20}},
                ],
            },
            {
                "code": "C2",
                "title": {"vi": "Giám sát", "en": "Surveillance"},
                "unit": "%",
                "kind": "quantitative",
                "max_points": 100,
                "rule": goalposts,
                "sources": [{"id": "index", "indicator": "C2", "relation": "related"}],
            },
            {
                "code": "C3",
                "title": {"vi": "Nhân lực", "en": "Workforce"},
                "unit": "%",
                "kind": "quantitative",
                "max_points": 100,
                "rule": goalposts,
                "evidence": "required",
            },
        ],
    }
    return document | changes


def cycle(
    name: str = "ihr-2018", clusters: Mapping[str, Sequence[str]] | None = None, **changes: Any
) -> dict[str, Any]:
    """A `cycle_recorded` as data: two clusters unless told otherwise."""
    clusters = clusters if clusters is not None else {"NORTH": ["AA", "BB"], "SOUTH": ["CC"]}
    document = changes.pop("framework", None) or framework()
    return {
        "council": "central",
        "council_title": {"vi": "Hội đồng Trung ương", "en": "Central Council"},
        "cycle": name,
        "title": {"vi": "Chu kỳ 2018", "en": "Cycle 2018"},
        "period": "2018",
        "period_kind": "year",
        "deadline_at": "2026-12-31T17:00:00+00:00",
        "state": "open",
        "synthetic": False,
        "notice": {"vi": "Số liệu thật của WHO.", "en": "Real figures of WHO."},
        "framework": document,
        "framework_sha256": load_document(document).sha256,
        "clusters": [
            {
                "cluster": cluster,
                "title": {"vi": f"Cụm {cluster}", "en": f"Cluster {cluster}"},
                "method": "score_only",
                "head": units[0] if units else None,
                "deputies": [],
                "members": [{"unit": unit, "title": {"vi": f"Tỉnh {unit}", "en": unit}} for unit in units],
            }
            for cluster, units in clusters.items()
        ],
    } | changes


DOCUMENT = {
    "sha256": "a" * 64,
    "size": 1000,
    "media_type": "application/pdf",
    "document_number": "12/BC-UBND",
    "issuer": "UBND tỉnh",
    "issued_on": "2026-01-15",
    "signer": "Nguyễn Văn A",
    "reference_only": False,
}


def submission(
    unit: str,
    values: Mapping[str, float | None],
    number: int = 1,
    cycle: Mapping[str, Any] | None = None,
    cluster: str = "NORTH",
    evidence: Sequence[Mapping[str, Any]] = (DOCUMENT,),
    points: Mapping[str, float | None] | None = None,
) -> dict[str, Any]:
    """A `submission_sent` as data; self-points are the values unless told otherwise."""
    items = [
        {
            "criterion": criterion,
            "value": value,
            "self_points": (points or values).get(criterion),
            "target": None,
            "note": "",
            "evidence": [dict(document) for document in evidence],
        }
        for criterion, value in values.items()
    ]
    return {
        "cycle": (cycle or {}).get("cycle", "ihr-2018"),
        "unit": unit,
        "cluster": cluster,
        "number": number,
        "content_sha256": hashlib.sha256(json.dumps([unit, items], sort_keys=True).encode()).hexdigest(),
        "framework_sha256": (cycle or {}).get("framework_sha256", load_document(framework()).sha256),
        "submitted_at": MOMENT.isoformat(),
        "late": False,
        "items": items,
    }


def covenant(unit: str, targets: Mapping[str, float], revised: float | None = None, **more: Any) -> dict[str, Any]:
    """A `covenant_recorded` as data; `revised` changes the first target, recognised with `recognised=True`."""
    recognition = {
        "ground": "force_majeure",
        "document_number": "7/QĐ-BTĐKT",
        "issued_on": "2026-02-20",
        "reason": "Thiên tai",
        "recognised_at": MOMENT.isoformat(),
    }
    revision = {
        "number": 1,
        "criterion": next(iter(targets)),
        "value": revised,
        "document_number": "15/QĐ-TTg",
        "issued_on": "2026-02-01",
        "reason": "Bão lũ",
        "revised_at": MOMENT.isoformat(),
        "recognition": recognition if more.get("recognised") else None,
    }
    return {
        "cycle": more.get("cycle", "ihr-2018"),
        "unit": unit,
        "cluster": more.get("cluster", "NORTH"),
        "framework_sha256": load_document(framework()).sha256,
        "content_sha256": "c" * 64,
        "signed_at": MOMENT.isoformat(),
        "targets": [
            {"criterion": code, "value": value, "unit": "%", "note": ""}
            | dict.fromkeys(("baseline", "assigned", "national"))
            for code, value in targets.items()
        ],
        "revisions": [] if revised is None else [revision],
    }


class Intake:
    """A feed in memory: says things, repeats itself, is restored from a backup."""

    def __init__(self) -> None:
        self.feed = uuid.uuid4()
        self.events: list[dict[str, Any]] = []

    def says(self, type_: str, subject: str, subject_version: int, data: Mapping[str, Any]) -> None:
        """Append one event."""
        self.events.append(
            {
                "id": str(uuid.uuid4()),
                "position": len(self.events) + 1,
                "type": type_,
                "version": 1,
                "occurred_at": MOMENT.isoformat(),
                "subject": subject,
                "subject_version": subject_version,
                "data": dict(data),
            }
        )

    def records(self, data: Mapping[str, Any]) -> None:
        """Append the state of a cycle."""
        subject = f"cycle:{data['cycle']}"
        self.says("cycle_recorded", subject, 1 + sum(e["subject"] == subject for e in self.events), data)

    def receives(self, *submissions: Mapping[str, Any]) -> None:
        """Append self-assessments."""
        for data in submissions:
            self.says("submission_sent", f"submission:{data['cycle']}/{data['unit']}", data["number"], data)

    def signs(self, data: Mapping[str, Any]) -> None:
        """Append a covenant, newer each time."""
        subject = f"covenant:{data['cycle']}/{data['unit']}"
        self.says("covenant_recorded", subject, 1 + sum(e["subject"] == subject for e in self.events), data)

    def restore(self, position: int) -> None:
        """Forget what came after a position and become another feed, as after a restore."""
        self.feed = uuid.uuid4()
        del self.events[position:]

    def get_json(self, path: str, **params: Any) -> Any:
        """A page of the feed, as JSON would carry it."""
        assert path == "/v1/events"
        events = [e for e in self.events if e["position"] > params["after"]][: params["limit"]]
        page = {
            "feed": str(self.feed),
            "events": events,
            "next": events[-1]["position"] if events else params["after"],
        }
        return json.loads(json.dumps(page))
