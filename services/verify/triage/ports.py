"""What triage needs from the outside: a cycle's review plan, its salt, what was drawn, what was accepted together."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from services.verify.claims.model import ItemKey
from services.verify.triage.model import Draw, JointAcceptance, Plan, Undrawn


class Triage(Protocol):
    """The tables behind `domain.triage`."""

    def plan(self, cycle: str) -> tuple[int, Plan]:
        """The newest plan and its version; the declared defaults are version 0."""
        ...

    def save_plan(self, cycle: str, plan: Plan, reason: str, now: datetime, account: str, name: str) -> int:
        """Keep a plan as the newest one; its version."""
        ...

    def salt(self, cycle: str) -> str | None:
        """The cycle's salt, if it was drawn."""
        ...

    def keep_salt(self, cycle: str, salt: str, now: datetime) -> None:
        """Keep the cycle's one salt for good."""
        ...

    def due(self) -> Sequence[str]:
        """Living cycles with a declared plan whose intake is closed and of some unit of which nothing was drawn yet."""
        ...

    def undrawn(self, cycle: str) -> Sequence[Undrawn]:
        """The units that were compared with their cluster and of which nothing was drawn yet, by code."""
        ...

    def differences(self, cycle: str, since: int) -> Mapping[str, int]:
        """Unit → how many differences were confirmed in earlier cycles of the council, from that year on."""
        ...

    def add_draws(self, draws: Sequence[Draw], now: datetime) -> None:
        """Append what was drawn."""
        ...

    def audit(self, cycle: str, keys: Collection[ItemKey], now: datetime) -> None:
        """Mark items as drawn at random; closed ones are opened."""
        ...

    def add_acceptance(self, acceptance: JointAcceptance) -> None:
        """Append a joint acceptance."""
        ...
