"""Commands of intake: `create-administrator`, `retry-parked`. Settings come from the environment."""

import argparse
import getpass
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from services.intake.accounts.actions.accounts import create_administrator
from services.intake.store import SqlAccountStore
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import language_of_terminal, sentence
from shared.criteria.command_line import BAD_INPUT, run
from shared.plumbing import parked
from shared.plumbing.database import Database
from shared.plumbing.settings import SettingsError, read_settings


@dataclass(frozen=True, kw_only=True)
class CommandSettings:
    """What these commands need of the environment."""

    database_url: str
    secret_key: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when done, 2 (and nothing changed) when something given is not acceptable."""
    options = _parser().parse_args(arguments)
    language = language_of_terminal()
    try:
        return run(lambda: int(options.run(options, language)))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.intake", description="Commands of the intake service.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser(
        "create-administrator",
        help="open the first account of a council",
        description="Opens an account that administers a council. The password is asked for, or read from a pipe.",
    )
    command.add_argument("--login", required=True, help="the sign-in name")
    command.add_argument("--name", required=True, help="the person's name as others read it")
    command.add_argument("--council", required=True, help="the council's code, such as trung-uong")
    command.set_defaults(run=_create_administrator)
    parked.add_command(commands).set_defaults(run=lambda options, language: parked.run_command())
    return parser


def _create_administrator(options: argparse.Namespace, language: str) -> int:
    settings = read_settings(CommandSettings)
    password = _password(language)
    database = Database(settings.database_url, pool_size=1)
    try:
        account_store = SqlAccountStore(database, settings.secret_key)
        account = create_administrator(account_store, options.login, options.name, password, options.council)
    finally:
        database.close()
    said = sentence("Account %(login)s administers council %(council)s.", login=account.login, council=options.council)
    print(said.in_language(language))
    return 0


def _password(language: str) -> str:
    """Typed twice at a terminal; one line of a pipe otherwise. Never an argument, which others could see."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(sentence("Password: ").in_language(language))
    if getpass.getpass(sentence("Once more: ").in_language(language)) != first:
        raise Refusal("passwords_differ", Kind.INVALID, sentence("The two passwords differ."))
    return first
