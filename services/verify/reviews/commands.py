"""Command `check-audit`: recomputes the trail of every step of the reviews and names the first row that is broken."""

import argparse
from typing import TYPE_CHECKING, Any

from shared.contracts.sentences import sentence
from shared.criteria.command_line import say
from shared.plumbing.database_command import on_database

if TYPE_CHECKING:
    from shared.plumbing.database import Database

HOLDS, BROKEN = 0, 3  # exit status


def add_command(commands: Any) -> None:
    """Adds `check-audit` to the commands of `python -m services.verify`."""
    command = commands.add_parser(
        "check-audit",
        help="recompute the trail of all review steps",
        description=(
            "Every step of a review is a row that holds the hash of the row before it. This recomputes all of them,"
            " compares the decisions, signatures and objections they record with those that are kept, prints each"
            " cycle's last hash (to be noted elsewhere), and names the first row that does not hold. The database is"
            " that of DATABASE_URL. Exit status 3: a trail is broken."
        ),
    )
    command.add_argument("--cycle", metavar="CYCLE", help="only this cycle (default: all)")
    command.set_defaults(run=run)


def run(options: argparse.Namespace, language: str) -> int:
    """Checks and says so; 0 all hold, 1 no database, 2 no DATABASE_URL, 3 broken."""
    return on_database(lambda database: _check(database, options.cycle))


def _check(database: "Database", only: str | None) -> int:
    from services.verify.reviews.store import trail as audit

    status = HOLDS
    with database.reader() as connection:
        for cycle in [only] if only else audit.trails(connection):
            report = audit.check(connection, cycle)
            if report.fault is None:
                say(sentence("%(cycle)s: %(rows)s rows hold; last hash %(hash)s", cycle=cycle, rows=report.rows,
                             hash=report.head_sha256))  # fmt: skip
                continue
            status = BROKEN
            number = "–" if report.fault.number is None else report.fault.number
            broken = sentence("%(cycle)s: broken at row %(number)s: %(why)s", cycle=cycle, number=number,
                              why=report.fault.said)  # fmt: skip
            say(broken, error=True)
    return status
