"""What the actions about people need."""

from datetime import datetime
from typing import Protocol


class SignIns(Protocol):
    """The sign-ins that were ended."""

    def end(self, account: str, before: datetime) -> None:
        """Tokens of the account issued before the moment are void; the moment only moves on."""
        ...
