"""One database for many tests, put back between them by its rows.

A copy of a template database costs half a second of processor time, and TRUNCATE of fifty tables nearly as much: each
makes hundreds of files. Deleting the few rows that a test wrote, and copying those of a prepared state in, takes ten
milliseconds.
"""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from tests.servers import TestDatabase

# Never touched: which migration this is, and whose feed.
LEFT_ALONE = ("alembic_version", "feed_identity")
MIGRATED = "migrated"
TABLES = """
    SELECT schemaname, tablename FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename <> ALL (%s)
    ORDER BY 1, 2
"""
USED_SEQUENCES = """
    SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename), last_value
    FROM pg_sequences WHERE last_value IS NOT NULL
"""
RESTART_SEQUENCES = """
    SELECT setval((quote_ident(schemaname) || '.' || quote_ident(sequencename))::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL
"""


@dataclass(frozen=True)
class _State:
    rows: list[tuple[sql.Identifier, bytes]]
    sequences: list[tuple[str, int]]
    companion: Any


class KeptDatabase:
    """`keep("ready")` remembers the rows there are; `put_back("ready")` makes them, and no others, be there again."""

    def __init__(self, database: TestDatabase) -> None:
        self.database = database
        self._connection = psycopg.connect(database.admin_url, options="-c lock_timeout=20000")
        # The rows come and go whole: no trigger of the product has a say, and foreign keys hold at the end.
        self._connection.execute("SET session_replication_role = replica")
        found = self._connection.execute(TABLES, [list(LEFT_ALONE)]).fetchall()
        self._connection.commit()
        self._tables = [sql.Identifier(*names) for names in found]
        self._deletion = sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(table) for table in self._tables)
        self._states: dict[str, _State] = {}
        self.keep(MIGRATED)

    def empty(self) -> None:
        """Make it what its migrations left."""
        self.put_back(MIGRATED)

    def keep(self, state: str, companion: Any = None) -> None:
        """Remember the rows and sequences under a name, with whatever belongs to them outside the database."""
        rows = []
        with self._connection.transaction():
            for table in self._tables:
                with self._connection.cursor().copy(sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(table)) as copy:
                    content = b"".join(bytes(block) for block in copy)
                if len(content) > EMPTY_COPY:
                    rows.append((table, content))
            sequences = self._connection.execute(USED_SEQUENCES).fetchall()
        self._states[state] = _State(rows, sequences, companion)

    def keeps(self, state: str) -> bool:
        """Whether `keep(state)` was called."""
        return state in self._states

    def put_back(self, state: str) -> Any:
        """Make the rows and sequences what they were at `keep(state)`, and no others; returns its companion."""
        kept = self._states[state]
        with self._connection.transaction():
            self._connection.execute(self._deletion)
            self._connection.execute(RESTART_SEQUENCES)
            for table, content in kept.rows:
                statement = sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(table)
                with self._connection.cursor().copy(statement) as copy:
                    copy.write(content)
            for name, value in kept.sequences:
                self._connection.execute("SELECT setval(%s::regclass, %s)", [name, value])
        return kept.companion

    def close(self) -> None:
        self._connection.close()


# A binary copy of no rows: the signature, flags, length of the extension, end mark.
EMPTY_COPY = 11 + 4 + 4 + 2
