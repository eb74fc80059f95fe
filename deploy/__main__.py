"""`python -m deploy COMMAND`: run, status, backup, restore, demo, migrate."""

import argparse
import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.children import StartFailure
from deploy.state import State, chosen_folder
from shared.plumbing.logs import configure_logs


def say(text: str) -> None:
    """A line for the person at the terminal; nothing stops because that terminal was closed."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m deploy", description="Runs the suite on one machine.")
    commands = top.add_subparsers(dest="command", required=True)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.add_argument("--folder", help="state folder (default: STATE_FOLDER, else .local in the checkout)")
        return made

    run = command("run", "Start everything and keep it running. DATABASE_URL and REDIS_URL name other servers.")
    port = os.environ.get("PORT") or None
    run.add_argument("--port", type=int, default=port, help="the port people use (default: PORT, else a free one)")
    run.add_argument("--log-format", choices=("json", "console"), default="json")
    command("status", "Say which processes run and whether they are ready.")
    backup = command("backup", "Write databases, evidence and keys of a suite into a new folder.")
    backup.add_argument("--to", type=Path, help="the folder to make (default: backups/TIME in the state folder)")
    restore = command("restore", "Replace databases, evidence and keys by those of a backup.")
    restore.add_argument("--from", dest="origin", type=Path, required=True, help="the folder a backup made")
    prepare = command("prepare", "Write secrets, keys and environment files for deploy/compose.yaml.")
    prepare.add_argument("--public-url", required=True, help="the address people use, such as https://congtam.example")
    prepare.add_argument("--trusted-proxies", type=int, default=0, help="proxies of your own before the gateway")
    command("databases", "Make roles and databases on the server of DATABASE_URL (an administrator's).")
    process = command("process", "Become one process of the table, with the environment as it is.")
    process.add_argument("name")
    ping = command("ping", "Exit 0 when this machine's worker answers.")
    ping.add_argument("name")
    demo = commands.add_parser("demo", help="Run one whole cycle to a published edition.", add_help=False)
    demo.add_argument("rest", nargs=argparse.REMAINDER)
    migrate = commands.add_parser("migrate", help="Bring one database up to date (as MIGRATION_DATABASE_URL).")
    migrate.add_argument("service", choices=("intake", "verify", "ranking"))
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 one line says why not."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["demo"]:  # everything after it belongs to the demo's own command line
        return int(importlib.import_module("deploy.demo.__main__").main(words[1:]))
    given = parser().parse_args(words)
    try:
        return _do(given)
    except StartFailure as failure:
        print(f"deploy: {failure}", file=sys.stderr)
        return 1


def _do(given: argparse.Namespace) -> int:
    if given.command == "migrate":
        from deploy.databases import MIGRATION_URL, migrate

        url = os.environ.get(MIGRATION_URL)
        if not url:
            raise StartFailure(f"settings: {MIGRATION_URL} is missing (the URL of the database's owner).")
        migrate(given.service, url)
        return 0
    state = State(chosen_folder(os.environ, given.folder))
    if given.command == "run":
        from deploy.runner import Options, Runner

        configure_logs(given.log_format)
        options = Options(
            port=given.port,
            database_url=os.environ.get("DATABASE_URL") or None,
            redis_url=os.environ.get("REDIS_URL") or None,
            log_format=given.log_format,
        )
        return Runner(state, options, say).run()
    if given.command == "status":
        from deploy.status import report

        return report(state, say)
    if given.command in ("prepare", "databases", "process", "ping"):
        return _in_containers(given, state)
    from deploy import backup

    if given.command == "backup":
        say(f"Backup: {backup.back_up(state, given.to, os.environ.get('DATABASE_URL') or None)}")
        return 0
    replaced = backup.restore(state, given.origin.resolve(), os.environ.get("DATABASE_URL") or None)
    say("Restored." + (f" What was there before lies in {replaced}; delete it when all is well." if replaced else ""))
    return 0


def _in_containers(given: argparse.Namespace, state: State) -> int:
    from deploy import containers

    if given.command == "process":
        containers.become(given.name)
    if given.command == "ping":
        return 0 if containers.worker_answers(given.name) else 1
    if given.command == "databases":
        containers.make_databases(state)
        return 0
    files = containers.prepare(state, given.public_url.rstrip("/"), given.trusted_proxies)
    say(f"{len(files)} environment files are in {files[0].parent}. Start with:")
    say(f"  SUITE_FOLDER={state.folder} docker compose -f deploy/compose.yaml up --build --detach")
    return 0


if __name__ == "__main__":
    sys.exit(main())
