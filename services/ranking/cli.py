"""Commands of ranking. `rank` and `check-edition` work offline; `retry-parked` is for whoever runs the service."""

import argparse
from collections.abc import Sequence

from services.ranking.editions import commands as editions
from shared.plumbing import parked


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0; 1 if an edition does not hold or the database does not answer; 2 for bad input."""
    chosen = parser().parse_args(arguments)
    if chosen.command == parked.NAME:
        return parked.run_command("scoring")
    return editions.run_command(chosen)


def parser() -> argparse.ArgumentParser:
    """The commands and their arguments."""
    top = argparse.ArgumentParser(prog="python -m services.ranking", description="Rank offline; check editions.")
    commands = top.add_subparsers(dest="command", required=True)
    editions.add_commands(commands)
    parked.add_command(commands)
    return top
