"""What actions and queries need of the results."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from services.verify.results.model import DecisionRecord, FeedPage, Published, SettlementRecord


class Results(Protocol):
    """Decisions, and what the feed last said."""

    def decisions(self, identities: Collection[uuid.UUID]) -> Mapping[uuid.UUID, DecisionRecord]:
        """Decisions by identifier."""

    def add_decisions(self, decisions: Sequence[DecisionRecord]) -> None:
        """Append decisions."""

    def add_settlement(self, settlement: SettlementRecord) -> None:
        """Append a settlement."""

    def published(self, cycle: str, units: Collection[str]) -> Mapping[str, Published]:
        """What the feed last said of these units."""

    def save_published(self, cycle: str, published: Sequence[Published], now: datetime) -> None:
        """Remember what the feed says now."""

    def decisions_about(self, cycle: str, unit: str, criterion: str) -> Sequence[DecisionRecord]:
        """All decisions ever taken on an item, newest first."""

    def events(self, after: int, limit: int) -> FeedPage:
        """A page of verify's feed after a position, oldest first."""
