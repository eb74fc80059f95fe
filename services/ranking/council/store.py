"""The one thing scoring's role may read of voting: announced tallies."""

import sqlalchemy as sa
from sqlalchemy import Connection

from services.ranking.council.model import AnnouncedTally
from services.ranking.voting.tables import announced_tally


class SqlTallies:
    """`services.ranking.council.ports.Tallies` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def announced(self, cycle: str, cluster: str) -> list[AnnouncedTally]:
        table = announced_tally
        rows = self.connection.execute(
            sa.select(table.c.round, table.c.sheet_sha256, table.c.document)
            .where(table.c.cycle == cycle, table.c.cluster == cluster)
            .order_by(table.c.round.desc())
        )
        return [AnnouncedTally(**row) for row in rows.mappings()]
