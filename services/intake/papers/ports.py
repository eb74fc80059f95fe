"""What makes official papers."""

from collections.abc import Mapping
from typing import Any, Protocol


class Printer(Protocol):
    """Official papers."""

    def pdf(self, paper: str, data: Mapping[str, Any]) -> bytes: ...
