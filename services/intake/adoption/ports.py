"""What actions on proposals need from the outside."""

from collections.abc import Sequence
from typing import Protocol

from services.intake.adoption.model import Confirmation, Position, Proposal
from shared.criteria.model import Framework


class Adoption(Protocol):
    """Proposals of criteria with positions and confirmation; nothing of it is ever changed."""

    def proposals(self, cycle: str) -> Sequence[Proposal]:
        """Of a cycle, oldest first."""
        ...

    def add(self, proposal: Proposal, framework: Framework) -> None: ...
    def add_position(self, proposal: Proposal, position: Position) -> None: ...
    def confirm(self, proposal: Proposal, confirmation: Confirmation) -> None: ...
