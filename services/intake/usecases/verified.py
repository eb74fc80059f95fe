"""What verification found, as its feed tells it; the feed reader commits."""

from collections.abc import Mapping
from typing import Any

from services.intake.ports import UnitOfWork
from services.intake.usecases.recording import NotArrivedYet


def record_verified(uow: UnitOfWork, data: Mapping[str, Any]) -> None:
    """`unit_verified`: keep the values that count. They are final once the unit was compared with its cluster and
    nothing is left to decide."""
    if uow.cycles.member(data["cycle"], data["unit"]) is None:
        raise NotArrivedYet(f"{data['cycle']}/{data['unit']}")
    items = data["items"]
    values = {item["criterion"]: item["value"] for item in items if item["value"] is not None}
    is_final = data["cohort_screened"] and not any(item["blocks_freeze"] for item in items)
    uow.verified.save(data["cycle"], data["unit"], values, is_final=is_final)
