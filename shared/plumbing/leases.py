"""A piece of work that somebody holds: what the rules and actions see of a row of work (see `work`)."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Work:
    """A claimed row. `lease` names this claim: a claim that was lost cannot finish the work of its successor."""

    id: uuid.UUID
    kind: str
    key: str
    payload: Mapping[str, Any]
    attempts: int
    lease: uuid.UUID


class LeaseLost(Exception):
    """Somebody else holds the work now; nothing of this attempt may be kept."""
