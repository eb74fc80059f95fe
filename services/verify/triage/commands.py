"""The command `check-audits`: draws every random audit again by its cycle's salt, and says where they differ."""

import argparse
import sys
from typing import Any

from services.verify.triage.rules.draws import drawn_again, wrong_draws
from shared.contracts.sentences import sentence
from shared.plumbing.parked import BAD_INPUT, UNREACHABLE, CommandSettings
from shared.plumbing.settings import SettingsError, read_settings

NAME = "check-audits"


def add_command(commands: Any) -> argparse.ArgumentParser:
    """Add the command to verify's subcommands."""
    parser: argparse.ArgumentParser = commands.add_parser(
        NAME,
        help="draw all random audits again and compare",
        description=(
            "Which items were audited at random follows from a recorded salt, the cycle, the unit and the item's code."
            " This draws all of them again from the database of DATABASE_URL; exit status 1 where one differs."
        ),
    )
    return parser


def run_command(language: str) -> int:
    """0 all as drawn, 1 one differs or no database, 2 no DATABASE_URL."""
    # Imported late: the other commands need no database.
    from sqlalchemy.exc import OperationalError

    from services.verify.triage.store.triage import draws_of, salts_of
    from shared.plumbing.database import Database

    try:
        settings = read_settings(CommandSettings)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    database = Database(settings.database_url, pool_size=1)
    try:
        with database.reader() as connection:
            salts, draws = salts_of(connection), draws_of(connection)
    except OperationalError:
        print(sentence("The database does not answer.").in_language(language), file=sys.stderr)
        return UNREACHABLE
    finally:
        database.close()
    wrong = wrong_draws(salts, draws)
    for draw in wrong:
        said = sentence(
            "%(cycle)s, %(unit)s: drawn %(drawn)s, the salt gives %(again)s.",
            cycle=draw.cycle,
            unit=draw.unit,
            drawn=" ".join(draw.drawn) or "–",
            again=" ".join(drawn_again(salts.get(draw.cycle, ""), draw)) or "–",
        )
        print(said.in_language(language), file=sys.stderr)
    if wrong:
        return 1
    said = sentence(
        "What was drawn is what the salts give: %(units)s units, %(items)s items.",
        units=len(draws),
        items=sum(len(draw.drawn) for draw in draws),
    )
    print(said.in_language(language))
    return 0
