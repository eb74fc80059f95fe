"""Declared days and the files of the round as rows."""

from collections.abc import Sequence
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.intake.cycles.tables import number_of_cycle
from services.intake.files.model import StoredFile
from services.intake.files.tables import evidence_file, round_file
from services.intake.rounds.model import Quorum, Round, RoundFile
from services.intake.rounds.tables import cycle_round
from services.intake.tables import made_values, maker_of


class SqlRounds:
    """`services.intake.rounds.ports.Rounds` on PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def declarations(self, cycle: str) -> Sequence[Round]:
        rows = self.connection.execute(
            sa.select(cycle_round).where(cycle_round.c.cycle_id == number_of_cycle(cycle)).order_by(cycle_round.c.id)
        ).mappings()
        return [
            Round(
                opens_at=row["opens_at"],
                closes_at=row["closes_at"],
                answers_until=row["answers_until"],
                quorum=Quorum(Fraction(row["quorum"]), row["quorum_source"], row["quorum_standing"]),
                reason=row["reason"],
                **maker_of(row),
            )
            for row in rows
        ]

    def declare(self, cycle: str, declared: Round) -> None:
        self.connection.execute(
            sa.insert(cycle_round).values(
                cycle_id=number_of_cycle(cycle),
                opens_at=declared.opens_at,
                closes_at=declared.closes_at,
                answers_until=declared.answers_until,
                quorum=str(declared.quorum.share),
                quorum_source=declared.quorum.source,
                quorum_standing=declared.quorum.standing,
                reason=declared.reason,
                **made_values(declared),
            )
        )

    def add_file(self, brought: RoundFile) -> None:
        file = brought.file
        self.connection.execute(
            postgresql.insert(evidence_file)
            .values(sha256=file.sha256, size=file.size, media_type=file.media_type, stored_at=brought.at)
            .on_conflict_do_nothing()
        )
        self.connection.execute(
            sa.insert(round_file).values(
                cycle_id=number_of_cycle(brought.cycle),
                cluster=brought.cluster,
                unit=brought.unit,
                sha256=file.sha256,
                label=brought.label,
                **made_values(brought),
            )
        )

    def files(self, cycle: str, cluster: str, sha256: str) -> Sequence[RoundFile]:
        file = evidence_file
        rows = self.connection.execute(
            sa.select(round_file, file.c.size, file.c.media_type)
            .join(file, file.c.sha256 == round_file.c.sha256)
            .where(
                round_file.c.cycle_id == number_of_cycle(cycle),
                round_file.c.cluster == cluster,
                round_file.c.sha256 == sha256,
            )
            .order_by(round_file.c.id)
        ).mappings()
        return [
            RoundFile(
                cycle=cycle,
                cluster=cluster,
                unit=row["unit"],
                file=StoredFile(row["sha256"], row["size"], row["media_type"]),
                label=row["label"],
                account=row["account"],
                at=row["at"],
            )
            for row in rows
        ]
