"""`make mutants`: changes the pure rules one place at a time, and says which changes no unit test notices.

`MODULES` are patterns of files below the checkout, `TESTS` what is asked of each change. The work is done on a copy in
`mutants/`, which may be deleted; a second run goes on from it.
"""

import argparse
import dataclasses
import os
import sys
from pathlib import Path

from mutmut import configuration
from mutmut.__main__ import SourceFileMutationData, _run, get_diff_for_mutant, status_by_exit_code, walk_mutatable_files

ROOT = Path(__file__).resolve().parent.parent
KILLED = ("killed", "timeout", "caught by type check")


def main() -> int:
    """Exit status 0 whatever survives: a survivor is a question to whoever reads the list."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="default: tool.mutmut.only_mutate of pyproject")
    parser.add_argument("--tests", nargs="*", default=[], metavar="TEST", help="default: all unit tests")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    os.chdir(ROOT)
    os.environ["HYPOTHESIS_PROFILE"] = "small"
    chosen = configuration.config()
    if options.modules:
        chosen = dataclasses.replace(chosen, only_mutate=options.modules)
    if options.tests:
        chosen = dataclasses.replace(chosen, pytest_add_cli_args_test_selection=options.tests)
    configuration._config = chosen
    _run((), options.processes)
    report()
    return 0


def report() -> None:
    """Counts by module, and each survivor as a difference."""
    survivors: list[tuple[str, Path]] = []
    print()
    for path in walk_mutatable_files():
        if not configuration.config().should_mutate(path):
            continue
        data = SourceFileMutationData(path=path)
        data.load()
        found = {name: status_by_exit_code[code] for name, code in data.exit_code_by_key.items()}
        killed = sum(status in KILLED for status in found.values())
        left = [name for name, status in found.items() if status not in KILLED]
        print(f"{path}: {len(found)} mutants, {killed} killed, {len(left)} survived")
        survivors += [(name, path) for name in left]
    for name, path in survivors:
        print(f"\nsurvived: {name}\n{get_diff_for_mutant(name, path=path)}")


if __name__ == "__main__":
    sys.exit(main())
