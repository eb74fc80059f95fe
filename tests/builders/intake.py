"""A small council, cycle and people for intake's tests; override by keyword."""

import io
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from services.intake.administration.actions import NewCycle, create_cycle, open_cycle
from services.intake.assessments.actions import attach_evidence
from services.intake.assessments.model import GivenClaim, GivenEvidence
from services.intake.directory.actions import (
    record_clusters,
    record_council,
    record_headships,
    record_memberships,
    record_units,
)
from services.intake.directory.model import Cluster, Council, Headship, Membership, Unit, Validity
from services.intake.ports import EvidenceFiles, Store
from shared.criteria.model import Title
from shared.people import Actor, ActorKind, Grant, Role

COUNCIL = "central"
CYCLE = "year-2026"
LONG_AGO = date(2020, 1, 1)
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"

FRAMEWORK: Mapping[str, Any] = {
    "framework": "example",
    "version": 1,
    "title": {"vi": "Khung tiêu chí mẫu", "en": "Example framework"},
    "total": 100,
    "rounding": 2,
    "missing": "zero",
    "groups": [
        {
            "code": "I",
            "title": {"vi": "Phát triển kinh tế", "en": "Economic development"},
            "criteria": [
                {
                    "code": "C1",
                    "title": {"vi": "Tốc độ tăng trưởng kinh tế", "en": "Economic growth"},
                    "unit": "%",
                    "kind": "quantitative",
                    "max_points": 40,
                    "rule": {"name": "goalposts", "low": 0, "high": 10},
                    "evidence": "required",
                },
                {
                    "code": "C2",
                    "title": {"vi": "Số mô hình mới", "en": "New models"},
                    "kind": "count",
                    "max_points": 20,
                    "rule": {"name": "per_count", "points_each": 5},
                },
            ],
        },
        {
            "code": "II",
            "title": {"vi": "Quản trị", "en": "Governance"},
            "criteria": [
                {
                    "code": "C3",
                    "title": {"vi": "Công khai ngân sách", "en": "Budget published"},
                    "kind": "binary",
                    "max_points": 20,
                    "rule": {"name": "binary"},
                },
                {
                    "code": "C4",
                    "title": {"vi": "Nhiệm vụ quốc phòng", "en": "Defence tasks"},
                    "kind": "qualitative",
                    "max_points": 20,
                    "disclosure": "reference_only",
                    "evidence": "required",
                },
            ],
        },
    ],
    "bonuses": [
        {"code": "B1", "title": {"vi": "Sáng kiến", "en": "Initiative"}, "points_each": 2, "cap": 10},
    ],
    "gates": [{"code": "X1", "title": {"vi": "Có vụ án", "en": "Criminal case"}, "effect": "hold"}],
}


def person(*grants: Grant, account: str = "a-1", name: str = "Nguyễn Thị Lan") -> Actor:
    """A signed-in person with these grants."""
    return Actor(account=account, name=name, grants=grants)


def administrator(council: str = COUNCIL) -> Actor:
    return person(Grant(Role.ADMINISTRATOR, council), account="admin", name="Trần Quản Trị")


def officer(unit: str = "HN", *, account: str = "officer", name: str = "Nguyễn Thị Lan") -> Actor:
    return person(Grant(Role.PROVINCE_OFFICER, COUNCIL, units=(unit,)), account=account, name=name)


def leader(unit: str = "HN") -> Actor:
    return person(Grant(Role.SIGNING_LEADER, COUNCIL, units=(unit,)), account="leader", name="Lê Văn Ký")


def contributor(*criteria: str, unit: str = "HN") -> Actor:
    return person(
        Grant(Role.CONTRIBUTOR, COUNCIL, units=(unit,), criteria=criteria), account="dept", name="Sở Tài chính"
    )


def department(name: str, unit: str = "HN") -> Actor:
    """A contributor whose grant names no criteria: what the unit's officers assign is what it sees."""
    account = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{unit}/{name}"))
    return person(Grant(Role.CONTRIBUTOR, COUNCIL, units=(unit,)), account=account, name=name)


def reviewer(**narrowed: Any) -> Actor:
    return person(Grant(Role.REVIEWER, COUNCIL, **narrowed), account="reviewer", name="Phạm Thẩm Định")


def verify_service() -> Actor:
    return Actor(account="verify", name="", kind=ActorKind.SERVICE)


def unit(code: str, title: str = "", since: date = LONG_AGO, until: date | None = None) -> Unit:
    return Unit(code, Title(vi=title or f"Tỉnh {code}", en=title or f"Province {code}"), Validity(since, until))


def cluster(code: str = "K1", method: str = "score_only", since: date = LONG_AGO) -> Cluster:
    return Cluster(code, Title(vi=f"Cụm {code}", en=f"Cluster {code}"), method, Validity(since))


def membership(
    unit_code: str, cluster_code: str = "K1", since: date = LONG_AGO, until: date | None = None
) -> Membership:
    return Membership(unit_code, cluster_code, Validity(since, until))


def headship(unit_code: str, cluster_code: str = "K1", position: str = "head", since: date = LONG_AGO) -> Headship:
    return Headship(cluster_code, unit_code, position, Validity(since))


def new_cycle(**changed: Any) -> NewCycle:
    given: dict[str, Any] = {
        "code": CYCLE,
        "council": COUNCIL,
        "title": Title(vi="Thi đua năm 2026", en="Emulation 2026"),
        "period": "2026",
        "period_kind": "year",
        "deadline_on": date(2026, 12, 20),
        "framework": FRAMEWORK,
    }
    return NewCycle(**{**given, **changed})


def a_directory(intake: Store, units: tuple[str, ...] = ("HN", "HP", "QN")) -> None:
    """A council with one cluster of these units; the first is its head."""
    admin = administrator()
    record_council(intake, admin, Council(COUNCIL, Title(vi="Hội đồng TĐKT Trung ương", en="Central Council")))
    record_units(intake, admin, COUNCIL, [unit(code) for code in units])
    record_clusters(intake, admin, COUNCIL, [cluster()])
    record_memberships(intake, admin, COUNCIL, [membership(code) for code in units])
    record_headships(intake, admin, COUNCIL, [headship(units[0])])


def an_open_cycle(intake: Store, **changed: Any) -> None:
    """The directory above with an open cycle."""
    a_directory(intake)
    create_cycle(intake, administrator(), new_cycle(**changed))
    open_cycle(intake, administrator(), changed.get("code", CYCLE))


def said(criterion: str, value: float | None = None, self_points: float | None = None, **more: Any) -> GivenClaim:
    """A claim as a person gives it."""
    return GivenClaim(criterion, value, self_points, **more)


def attach(intake: Store, files: EvidenceFiles, criterion: str = "C1", number: str = "12/BC-CTK") -> str:
    """Attach a small document as the unit's officer; the entry's identifier."""
    given = GivenEvidence(document_number=number, issuer="Cục Thống kê", issued_on=date(2026, 11, 1), signer="Ông A")
    _after, entry = attach_evidence(
        intake, files, officer(), CYCLE, "HN", criterion, given, io.BytesIO(PDF), "Báo cáo.pdf"
    )
    return entry.id
