"""What tests do with ranking, one call a step: actions and queries bound to a store."""

import uuid
from collections.abc import Sequence
from typing import Any

from services.ranking.cycles.queries import CycleOverview, overview
from services.ranking.editions import actions as editions
from services.ranking.editions import queries as edition_queries
from services.ranking.editions.model import StoredEdition
from services.ranking.editions.queries import PublishedEdition
from services.ranking.editions.rules.keys import SigningKey
from services.ranking.scoring import actions as scoring
from services.ranking.scoring import queries as scoring_queries
from services.ranking.scoring.model import ClusterStandings, Cycle, FrozenSheet
from services.ranking.store import SqlStore
from services.ranking.voting import actions as voting
from services.ranking.voting import queries as voting_queries
from services.ranking.voting.model import AnnouncedTally, Box, BoxView, Opening, Paper, Snapshot
from services.ranking.voting.ports import BoxKeys
from services.ranking.voting.store.ballots import SqlVotingStore
from shared.people import Actor


class Scoring:
    """Steps of scoring."""

    def __init__(self, store: SqlStore) -> None:
        self.store = store

    def cycles(self, actor: Actor) -> list[Cycle]:
        with self.store.view() as view:
            return scoring_queries.cycles(view, actor)

    def overview(self, actor: Actor, cycle: str) -> CycleOverview:
        with self.store.view() as view:
            return overview(view, actor, cycle)

    def standings(self, actor: Actor, cycle: str, cluster: str) -> ClusterStandings:
        with self.store.view() as view:
            return scoring_queries.standings(view, actor, cycle, cluster)

    def freeze_cluster(
        self, actor: Actor, cycle: str, cluster: str, absent: Sequence[str] = (), reason: str | None = None
    ) -> FrozenSheet:
        return scoring.freeze_cluster(self.store, actor, cycle, cluster, absent, reason)


class Editions:
    """Steps of editions."""

    def __init__(self, store: SqlStore, key: SigningKey) -> None:
        self.store = store
        self.key = key

    def issue_edition(self, actor: Actor, cycle: str, audience: str, reason: str | None = None) -> StoredEdition:
        return editions.issue_edition(self.store, self.key, actor, cycle, audience, reason)

    def publish_edition(self, *arguments: Any) -> StoredEdition:
        return editions.publish_edition(self.store, *arguments)

    def editions(self, actor: Actor, cycle: str) -> tuple[StoredEdition, ...]:
        with self.store.view() as view:
            return edition_queries.editions(view, actor, cycle)

    def edition(self, actor: Actor, cycle: str, audience: str, number: int) -> tuple[StoredEdition, bytes]:
        with self.store.view() as view:
            found = edition_queries.edition(view, actor, cycle, audience, number)
        return found.edition, found.document

    def published(self) -> tuple[PublishedEdition, ...]:
        with self.store.view() as view:
            return edition_queries.published(view)


class Voting:
    """Steps of voting."""

    def __init__(self, store: SqlVotingStore, keys: BoxKeys) -> None:
        self.store = store
        self.keys = keys

    def openable(self, actor: Actor) -> list[Snapshot]:
        with self.store.view() as view:
            return voting_queries.openable(view, actor)

    def boxes(self, actor: Actor) -> list[Box]:
        with self.store.view() as view:
            return voting_queries.boxes(view, actor)

    def view(self, actor: Actor, box: uuid.UUID) -> BoxView:
        with self.store.view() as view:
            return voting_queries.box_view(view, actor, box)

    def tally(self, actor: Actor, box: uuid.UUID) -> AnnouncedTally:
        with self.store.view() as view:
            return voting_queries.tally(view, actor, box)

    def receipt_included(self, actor: Actor, box: uuid.UUID, receipt: str) -> Box:
        with self.store.view() as view:
            return voting_queries.receipt_included(view, actor, box, receipt)

    def open_box(self, actor: Actor, opening: Opening) -> Box:
        return voting.open_box(self.store, self.keys, actor, opening)

    def cast(self, actor: Actor, box: uuid.UUID, unit: str, paper: Paper) -> str:
        return voting.cast(self.store, self.keys, actor, box, unit, paper)

    def close_box(self, actor: Actor, box: uuid.UUID) -> AnnouncedTally:
        return voting.close_box(self.store, self.keys, actor, box)
