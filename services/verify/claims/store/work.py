"""Screenings as rows of work."""

from collections.abc import Mapping
from typing import Any

from shared.plumbing import work as work_rows
from shared.plumbing.database import UnitOfWork
from shared.plumbing.leases import Work


class SqlScreeningWork:
    """`ports.ScreeningWork` over a unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow

    def request(self, kind: str, key: str, payload: Mapping[str, Any]) -> bool:
        return work_rows.enqueue(self.uow, kind, key, payload)

    def hold(self, work: Work) -> None:
        work_rows.hold(self.uow, work)

    def finish(self, work: Work, state: str) -> None:
        work_rows.finish(self.uow, work, state)
