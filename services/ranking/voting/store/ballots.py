"""Voting in the database. Nothing it writes for a paper carries a time, an account or an order of arrival."""

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection, RowMapping
from sqlalchemy.exc import SQLAlchemyError

from services.ranking.voting import tables
from services.ranking.voting.model import (
    AnnouncedTally,
    Box,
    EarlierBox,
    Member,
    Plan,
    RollEntry,
    Snapshot,
    State,
    Tally,
)
from services.ranking.voting.ports import PaperNotConfirmed
from services.ranking.voting.rules.documents import (
    members_of,
    rule_document,
    rule_of,
    snapshot_document,
    tally_document,
)
from services.ranking.voting.rules.methods import method_named
from shared.plumbing import database as plumbing


class SqlVotingRecords:
    """`services.ranking.voting.ports.VotingRecords` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    # --- what may be known of scoring -------------------------------------------------------------------------

    def snapshot(self, cycle: str, cluster: str) -> Snapshot | None:
        """The newest frozen snapshot of a cluster."""
        view = tables.frozen_snapshot.c
        return next(iter(self._snapshots(view.cycle == cycle, view.cluster == cluster)), None)

    def snapshots(self) -> list[Snapshot]:
        """The newest frozen snapshot of every cluster."""
        return self._snapshots()

    def _snapshots(self, *conditions: sa.ColumnElement[bool]) -> list[Snapshot]:
        view = tables.frozen_snapshot
        rows = self.connection.execute(
            sa.select(view).where(*conditions).order_by(view.c.cycle, view.c.cluster, view.c.position, view.c.unit)
        )
        grouped: dict[tuple[str, str], list[RowMapping]] = {}
        for row in rows.mappings():
            grouped.setdefault((row["cycle"], row["cluster"]), []).append(row)
        names = [name for name in Snapshot.__dataclass_fields__ if name != "members"]
        return [
            Snapshot(
                **{name: group[0][name] for name in names},
                members=tuple(Member(row["unit"], row["unit_title"]) for row in group),
            )
            for group in grouped.values()
        ]

    # --- boxes ------------------------------------------------------------------------------------------------

    def boxes(self) -> list[Box]:
        """All boxes, newest first."""
        return self._boxes()

    def box(self, box: uuid.UUID) -> Box | None:
        """One box with how many papers came in."""
        return next(iter(self._boxes(tables.box.c.id == box)), None)

    def _boxes(self, *conditions: sa.ColumnElement[bool]) -> list[Box]:
        table, roll = tables.box, tables.roll
        cast = (
            sa.select(sa.func.count())
            .select_from(roll)
            .where(roll.c.box == table.c.id, roll.c.voted)
            .scalar_subquery()
            .label("cast")
        )
        rows = self.connection.execute(
            sa.select(table, cast).where(*conditions).order_by(table.c.opened_at.desc(), table.c.id)
        )
        return [_box(row) for row in rows.mappings()]

    def lock_for_casting(self, box: uuid.UUID) -> None:
        """Many papers may be put in at once, but none while the box is being closed."""
        self.connection.execute(sa.select(tables.box.c.id).where(tables.box.c.id == box).with_for_update(read=True))

    def lock_for_closing(self, box: uuid.UUID) -> None:
        """Wait until the last paper is in, and let no more in."""
        self.connection.execute(sa.select(tables.box.c.id).where(tables.box.c.id == box).with_for_update())

    def lock_cluster(self, cycle: str, cluster: str) -> None:
        """Openings of one cluster take turns."""
        digest = hashlib.sha256(f"voting/{cycle}/{cluster}".encode()).digest()
        key = int.from_bytes(digest[:8], "big") >> 1
        self.connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})

    def earlier(self, cycle: str, cluster: str) -> list[EarlierBox]:
        """The boxes there were on this cluster."""
        table = tables.box
        rows = self.connection.execute(
            sa.select(table.c.state, table.c.decided).where(table.c.cycle == cycle, table.c.cluster == cluster)
        )
        return [EarlierBox(State(row.state), bool(row.decided)) for row in rows]

    def add_box(
        self, box: uuid.UUID, snapshot: Snapshot, plan: Plan, number: int, public_key: bytes, at: datetime, by: str
    ) -> None:
        """Keep a new box and its roll."""
        self.connection.execute(
            sa.insert(tables.box).values(
                id=box,
                council=snapshot.council,
                cycle=snapshot.cycle,
                cluster=snapshot.cluster,
                round=number,
                sheet_version=snapshot.sheet_version,
                sheet_sha256=snapshot.sheet_sha256,
                snapshot=snapshot_document(snapshot),
                method=plan.method.name,
                places=plan.method.places,
                opens_at=plan.opens_at,
                closes_at=plan.closes_at,
                quorum=rule_document(plan.quorum),
                threshold=rule_document(plan.threshold),
                public_key=public_key,
                state=State.OPEN,
                opened_at=at,
                opened_by=by,
            )
        )
        self.connection.execute(
            sa.insert(tables.roll),
            [{"box": box, "unit": unit, "position": position} for position, unit in enumerate(snapshot.units)],
        )

    # --- papers -----------------------------------------------------------------------------------------------

    def roll(self, box: uuid.UUID) -> list[RollEntry]:
        """Who may vote, and whose paper came in."""
        table = tables.roll
        rows = self.connection.execute(
            sa.select(table.c.unit, table.c.voted).where(table.c.box == box).order_by(table.c.position)
        )
        return [RollEntry(row.unit, row.voted) for row in rows]

    def mark(self, box: uuid.UUID, unit: str) -> bool:
        """Mark a unit on the roll; False if it was marked before. The row's lock makes two at once take turns."""
        table = tables.roll
        marked = self.connection.execute(
            sa.update(table).where(table.c.box == box, table.c.unit == unit, ~table.c.voted).values(voted=True)
        )
        return marked.rowcount == 1

    def put_in(self, box: uuid.UUID, sealed: bytes, receipt: str) -> None:
        """Put a sealed paper into the box, under a random id."""
        self.connection.execute(
            sa.insert(tables.sealed_ballot).values(id=uuid.uuid4(), box=box, receipt=receipt, sealed=sealed)
        )

    def sealed(self, box: uuid.UUID) -> list[bytes]:
        """The sealed papers in the order of their random ids."""
        table = tables.sealed_ballot
        rows = self.connection.execute(sa.select(table.c.sealed).where(table.c.box == box).order_by(table.c.id))
        return [bytes(row.sealed) for row in rows]

    def knows_receipt(self, box: uuid.UUID, receipt: str) -> bool:
        """Whether a paper with this receipt lies in the box, or lay in it when it was closed."""
        for table in (tables.sealed_ballot, tables.receipt):
            found = self.connection.execute(
                sa.select(sa.literal(1)).where(table.c.box == box, table.c.receipt == receipt)
            ).first()
            if found:
                return True
        return False

    def close(
        self,
        box: Box,
        tally: Tally,
        ballots: Sequence[tuple[str, Sequence[str | None] | None]],
        receipts: Sequence[str],
        at: datetime,
        by: str,
    ) -> None:
        """Write what was opened in the order of its hashes, drop what was sealed, announce the tally."""
        connection = self.connection
        if ballots:
            connection.execute(
                sa.insert(tables.ballot),
                [
                    {"box": box.id, "ballot_sha256": sha256, "names": None if names is None else list(names)}
                    for sha256, names in sorted(ballots, key=lambda ballot: ballot[0])
                ],
            )
        if receipts:
            connection.execute(
                sa.insert(tables.receipt), [{"box": box.id, "receipt": receipt} for receipt in sorted(receipts)]
            )
        connection.execute(sa.delete(tables.sealed_ballot).where(tables.sealed_ballot.c.box == box.id))
        snapshot = box.snapshot
        connection.execute(
            sa.insert(tables.announced_tally).values(
                box=box.id,
                council=snapshot.council,
                cycle=snapshot.cycle,
                cluster=snapshot.cluster,
                round=box.round,
                sheet_sha256=snapshot.sheet_sha256,
                announced_at=at,
                document=tally_document(box, tally),
            )
        )
        connection.execute(
            sa.update(tables.box)
            .where(tables.box.c.id == box.id)
            .values(state=State.CLOSED, closed_at=at, closed_by=by, decided=tally.decided)
        )

    def tally(self, box: uuid.UUID) -> AnnouncedTally | None:
        """The announced tally of a closed box."""
        table = tables.announced_tally
        row = self.connection.execute(sa.select(table).where(table.c.box == box)).mappings().first()
        return AnnouncedTally(**row) if row else None


def _box(row: RowMapping) -> Box:
    kept = row["snapshot"]
    snapshot = Snapshot(
        council=row["council"],
        council_title=kept["council_title"],
        cycle=row["cycle"],
        cycle_title=kept["cycle_title"],
        cluster=row["cluster"],
        cluster_title=kept["cluster_title"],
        method=kept["method"],
        sheet_version=row["sheet_version"],
        sheet_sha256=row["sheet_sha256"],
        frozen_at=datetime.fromisoformat(kept["frozen_at"]),
        synthetic=kept["synthetic"],
        notice=kept["notice"],
        members=members_of(kept),
    )
    plan = Plan(
        method=method_named(row["method"], row["places"]),
        opens_at=row["opens_at"],
        closes_at=row["closes_at"],
        quorum=rule_of(row["quorum"]),
        threshold=rule_of(row["threshold"]),
    )
    return Box(
        id=row["id"],
        round=row["round"],
        snapshot=snapshot,
        plan=plan,
        state=State(row["state"]),
        opened_at=row["opened_at"],
        closed_at=row["closed_at"],
        public_key=bytes(row["public_key"]),
        cast=row["cast"],
        decided=bool(row["decided"]),
    )


class SqlView:
    """`services.ranking.voting.ports.View`."""

    def __init__(self, connection: Connection) -> None:
        self.voting = SqlVotingRecords(connection)


class SqlUnitOfWork(SqlView):
    """`services.ranking.voting.ports.UnitOfWork`."""

    def __init__(self, transaction: plumbing.UnitOfWork) -> None:
        super().__init__(transaction.connection)
        self.now = transaction.now
        self.commit = transaction.commit


class SqlVotingStore:
    """`services.ranking.voting.ports.Store` on voting's database role."""

    def __init__(self, database: plumbing.Database) -> None:
        self.database = database

    @contextmanager
    def view(self) -> Iterator[SqlView]:
        """A read-only transaction."""
        with self.database.reader() as connection:
            yield SqlView(connection)

    @contextmanager
    def unit_of_work(self) -> Iterator[SqlUnitOfWork]:
        """A transaction that rolls back unless `commit` is called."""
        with self.database.unit_of_work() as transaction:
            yield SqlUnitOfWork(transaction)

    @contextmanager
    def casting(self) -> Iterator[SqlUnitOfWork]:
        """A transaction whose database errors are kept from every log, for they would name unit and paper."""
        try:
            with self.unit_of_work() as uow:
                yield uow
        except SQLAlchemyError:
            raise PaperNotConfirmed from None
