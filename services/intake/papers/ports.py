"""What intake's use cases need from the outside. The real ones: `adapters/`; the fakes: `tests/fakes/intake.py`."""

from collections.abc import Mapping
from typing import Any, Protocol


class Printer(Protocol):
    """Official papers."""

    def pdf(self, paper: str, data: Mapping[str, Any]) -> bytes: ...
