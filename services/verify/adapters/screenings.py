"""Screenings as rows of work."""

from collections.abc import Mapping
from typing import Any

from shared.plumbing import work
from shared.plumbing.database import UnitOfWork


class SqlScreenings:
    """`ports.Screenings` over a unit of work."""

    def __init__(self, uow: UnitOfWork) -> None:
        self.uow = uow

    def request(self, kind: str, key: str, payload: Mapping[str, Any]) -> bool:
        """Ask for a piece of work once; False if it was asked for before."""
        return work.enqueue(self.uow, kind, key, payload)
