"""The command `check-audits`: draws every random audit again by its cycle's salt, and says where they differ."""

import argparse
from typing import Any

from services.verify.ports import View
from services.verify.triage.queries.quality import draws_and_salts
from services.verify.triage.rules.draws import drawn_again, wrong_draws
from shared.contracts.sentences import sentence
from shared.criteria.command_line import say

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


def run(view: View, options: argparse.Namespace) -> int:
    """0 all as drawn, 1 one differs."""
    draws, salts = draws_and_salts(view)
    wrong = wrong_draws(salts, draws)
    for draw in wrong:
        differs = sentence(
            "%(cycle)s, %(unit)s: drawn %(drawn)s, the salt gives %(again)s.",
            cycle=draw.cycle,
            unit=draw.unit,
            drawn=" ".join(draw.drawn) or "–",
            again=" ".join(drawn_again(salts.get(draw.cycle, ""), draw)) or "–",
        )
        say(differs, error=True)
    if wrong:
        return 1
    say(
        sentence(
            "What was drawn is what the salts give: %(units)s units, %(items)s items.",
            units=len(draws),
            items=sum(len(draw.drawn) for draw in draws),
        )
    )
    return 0
