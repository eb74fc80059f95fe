"""Command `check-audit`: recomputes the trail of every step of the reviews and names the first row that is broken."""

import argparse
from typing import Any

from services.verify.ports import View
from services.verify.reviews.queries.trail import trails
from shared.contracts.sentences import sentence
from shared.criteria.command_line import say

HOLDS, BROKEN = 0, 3  # exit status


def add_command(commands: Any) -> argparse.ArgumentParser:
    """Adds `check-audit` to the commands of `python -m services.verify`."""
    command: argparse.ArgumentParser = commands.add_parser(
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
    return command


def run(view: View, options: argparse.Namespace) -> int:
    """Checks and says so; 0 all hold, 3 broken."""
    status = HOLDS
    for report in trails(view, options.cycle):
        if report.fault is None:
            message = sentence(
                "%(cycle)s: %(rows)s rows hold; last hash %(hash)s",
                cycle=report.cycle,
                rows=report.rows,
                hash=report.head_sha256,
            )
            say(message)
            continue
        status = BROKEN
        message = sentence(
            "%(cycle)s: broken at row %(number)s: %(why)s",
            cycle=report.cycle,
            number="–" if report.fault.number is None else report.fault.number,
            why=report.fault.said,
        )
        say(message, error=True)
    return status
