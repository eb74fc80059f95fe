"""Editions in the database; they are only ever added."""

import sqlalchemy as sa
from sqlalchemy import Connection, RowMapping

from services.ranking.editions import tables
from services.ranking.editions.model import StoredEdition, StoredPublication
from services.ranking.scoring.tables import cycle


class SqlEditionRecords:
    """`services.ranking.editions.ports.EditionRecords` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def editions(self, cycle: str) -> list[StoredEdition]:
        """All editions of a cycle, without their documents, newest first."""
        return self._editions(tables.edition.c.cycle == cycle)

    def published_editions(self) -> list[StoredEdition]:
        """The newest published edition for the public of every cycle, newest first."""
        editions = self._editions(
            tables.edition.c.audience == "public", tables.publication.c.record_number.is_not(None)
        )
        newest: dict[str, StoredEdition] = {}
        for edition in editions:
            newest.setdefault(edition.cycle, edition)
        return list(newest.values())

    def edition(self, cycle: str, audience: str, number: int) -> StoredEdition | None:
        """One edition without its document."""
        table = tables.edition.c
        return next(
            iter(self._editions(table.cycle == cycle, table.audience == audience, table.number == number)), None
        )

    def last_edition(self, cycle: str, audience: str) -> StoredEdition | None:
        """The end of a chain."""
        table = tables.edition.c
        return max(
            self._editions(table.cycle == cycle, table.audience == audience), key=lambda e: e.number, default=None
        )

    def _editions(self, *conditions: sa.ColumnElement[bool]) -> list[StoredEdition]:
        edition, publication = tables.edition, tables.publication
        columns = [column for column in edition.columns if column.name != "document"]
        joined = edition.outerjoin(publication).join(cycle, cycle.c.cycle == edition.c.cycle)
        rows = self.connection.execute(
            sa.select(
                *columns,
                cycle.c.synthetic,
                *(publication.c[name] for name in ("record_number", "decided_on", "recorded_at")),
            )
            .select_from(joined)
            .where(*conditions)
            .order_by(edition.c.issued_at.desc(), edition.c.number.desc(), edition.c.audience)
        )
        return [_edition(row) for row in rows.mappings()]

    def edition_document(self, cycle: str, audience: str, number: int) -> bytes:
        """The bytes as they were signed."""
        table = tables.edition
        document: bytes = self.connection.execute(
            sa.select(table.c.document).where(
                table.c.cycle == cycle, table.c.audience == audience, table.c.number == number
            )
        ).scalar_one()
        return bytes(document)

    def add_edition(self, edition: StoredEdition, document: bytes) -> None:
        """Keep an edition for ever."""
        values = {name: value for name, value in vars(edition).items() if name not in ("publication", "synthetic")}
        self.connection.execute(sa.insert(tables.edition).values(**values, document=document))

    def add_publication(self, edition: StoredEdition, publication: StoredPublication, account: str) -> None:
        """Keep the Council's act for ever."""
        self.connection.execute(
            sa.insert(tables.publication).values(
                cycle=edition.cycle,
                audience=edition.audience,
                number=edition.number,
                recorded_by=account,
                **vars(publication),
            )
        )


def _edition(row: RowMapping) -> StoredEdition:
    publication = None
    if row["record_number"] is not None:
        publication = StoredPublication(row["record_number"], row["decided_on"], row["recorded_at"])
    names = [name for name in StoredEdition.__dataclass_fields__ if name != "publication"]
    return StoredEdition(**{name: row[name] for name in names}, publication=publication)
