"""Offline command `read`: any statistics file becomes one row per cell. Starts without numpy, flask and the like."""

import argparse
import csv
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from services.verify.sources.readers.formats import AUTO, FORMATS, read_table
from services.verify.sources.readers.table import STATUS, VALUE, Notes, Table
from services.verify.sources.readers.text import mended
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import language_of_terminal, sentence
from shared.criteria.command_line import run as run_command
from shared.criteria.documents import read_bytes


def main(arguments: Sequence[str]) -> int:
    """Runs `read` alone; 0 when the file was read, 2 (and nothing written) when it could not be."""
    parser = argparse.ArgumentParser(prog="python -m services.verify")
    add_command(parser.add_subparsers(required=True, metavar="COMMAND"))
    options = parser.parse_args(arguments)
    language = language_of_terminal()
    return run_command(lambda: run(options, language))


def add_command(commands: Any) -> None:
    """Adds `read` to the commands of `python -m services.verify`."""
    command = commands.add_parser(
        "read",
        help="turn a statistics file into one row per cell",
        description="Writes one column per dimension, then value and status; cells that cannot be read are reported.",
    )
    command.add_argument("file", metavar="FILE", help="CSV, XLSX, JSON-stat, PX-Web, SDMX or PC-Axis")
    command.add_argument("--format", choices=(AUTO, *FORMATS), default=AUTO, help="default: what the file looks like")
    command.add_argument("--out", metavar="TIDY.csv", help="default: the terminal")
    command.set_defaults(run=run)


def run(options: argparse.Namespace, language: str) -> int:
    """Reads the file and writes it tidily; what is wrong in cells goes to stderr."""
    notes = Notes(options.file)
    table = read_table(read_bytes(Path(options.file), math.inf), notes, options.format)
    folder = Path(options.out).parent if options.out else None
    try:
        handle, name = tempfile.mkstemp(prefix=".tidy.", dir=folder)
    except OSError as error:
        raise _unwritable(options.out, error) from None
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:
            write_tidy(file, table)
        _hand_over(name, options.out)
    except OSError as error:
        raise _unwritable(options.out, error) from None
    finally:
        Path(name).unlink(missing_ok=True)
    for fault in (*notes.remarks, *notes.bad.listed()):
        print(fault.in_language(language), file=sys.stderr)
    return 0


def write_tidy(file: TextIO, table: Table) -> None:
    """Writes TIDY: a column per dimension, then value and status."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([mended(name) for name in (*table.dimensions, VALUE, STATUS)])
    writer.writerows(table.rows)


def _hand_over(name: str, out: str | None) -> None:
    """Only a file that was read to its end is seen: under its name, or on the terminal, as UTF-8 on any terminal."""
    if out:
        os.chmod(name, 0o644)
        os.replace(name, out)
        return
    try:
        with open(name, "rb") as file:
            shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough (head)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _unwritable(out: str | None, error: OSError) -> BadInput:
    message = sentence("The file cannot be written (%(why)s).", why=error.strerror or type(error).__name__)
    return BadInput([Fault(message, file=out)])
