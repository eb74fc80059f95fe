"""The rules of this repository that tools check: directions of imports, lint, format, types, sizes."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARIES = Path(sys.executable).parent
FOLDERS = ("deploy", "services", "shared", "tests")
LONGEST_MODULE = 450
LONGEST_FUNCTION = 80


@pytest.mark.lint
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "command",
    ["lint-imports", "ruff check .", "ruff format --check .", "mypy"],
)
def test_tool_finds_nothing(command: str) -> None:
    program, *words = command.split()
    done = subprocess.run([BINARIES / program, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"


def modules() -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((ROOT / folder).rglob("*.py"))


def modules_to_read() -> Iterator[Path]:
    """All but migrations: those are lists of tables that nobody edits again."""
    return (path for path in modules() if "migrations" not in path.parts)


def test_modules_fit_a_reader() -> None:
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules_to_read()}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_MODULE} == {}


def test_functions_fit_a_screen() -> None:
    long = {}
    for path in modules_to_read():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
                lines = node.end_lineno - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = lines
    assert long == {}


def test_package_inits_hold_a_docstring_only() -> None:
    for path in modules():
        if path.name == "__init__.py":
            body = ast.parse(path.read_text()).body
            only_docstring = (
                len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
            )
            assert not body or only_docstring, f"{path.relative_to(ROOT)} holds more than a docstring"


def test_names_say_what_is_inside() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "misc", "common"}
    assert [str(path.relative_to(ROOT)) for path in modules() if path.stem in vague or path.parent.name in vague] == []
