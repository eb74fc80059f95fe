"""What the documentation names exists: files that it links to, paths, make targets, modules that are run."""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.needs import ROOT

LONGEST_SERVICE_PAGE = 80  # lines
TOP_FOLDERS = ("services/", "shared/", "deploy/", "docs/", "tests/", ".ci/")
DOCUMENTS = sorted(
    path for path in (*ROOT.glob("*.md"), *(p for top in TOP_FOLDERS for p in (ROOT / top).rglob("*.md")))
)


@cache
def text_of(document: Path) -> str:
    """The whole document."""
    return document.read_text(encoding="utf-8")


@cache
def anchors_of(document: Path) -> frozenset[str]:
    """Its headings, as links name them."""
    headings = re.findall(r"^#+ (.+)$", text_of(document), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)


def missing(document: Path) -> list[str]:
    """Everything that the document names and that does not exist."""
    text, lost = text_of(document), []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        file, _, anchor = target.partition("#")
        found = (document.parent / file).resolve() if file else document
        if "://" in target:
            continue
        if not found.exists() or (anchor and anchor not in anchors_of(found)):
            lost.append(target)
    for path in re.findall(r"`([^`\s]+)`", text):
        # Capitals stand for a name that the reader puts in; braces and dots for several or for the rest.
        stands_for_others = re.search(r"[*{…]|[A-Z]{2}", path.removesuffix("README.md"))
        if path.startswith(TOP_FOLDERS) and not stands_for_others and not (ROOT / path).exists():
            lost.append(path)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"(?:`make |^make (?=[a-z-]+ +#))([a-z-]+)", text, re.MULTILINE):
        if not re.search(rf"^{target}:", makefile, re.MULTILINE):
            lost.append(f"make {target}")
    for module in re.findall(r"python -m ((?:services|shared|deploy|tests)[\w.]*)", text):
        if find_spec(module) is None:
            lost.append(module)
    return lost


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_the_documentation_names_exists(document: Path) -> None:
    assert missing(document) == []


def test_something_is_read() -> None:
    assert ROOT / "README.md" in DOCUMENTS
    assert "the-feeds" in anchors_of(ROOT / "ARCHITECTURE.md")


@pytest.mark.parametrize("service", ["intake", "verify", "ranking"])
def test_a_services_page_names_its_subjects_and_is_one_page(service: str) -> None:
    page = text_of(ROOT / "services" / service / "README.md")
    subjects = {
        folder.name
        for folder in (ROOT / "services" / service).iterdir()
        if any(
            (folder / f"{layer}.py").exists() or (folder / layer).is_dir() for layer in ("queries", "actions", "rules")
        )
    }
    assert subjects
    assert {name for name in subjects if f"`{name}`" not in page} == set()
    assert len(page.splitlines()) <= LONGEST_SERVICE_PAGE


def test_every_decision_has_a_number_of_its_own_and_stands_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    names = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [name[:4] for name in names] == [f"{number:04d}" for number in range(1, len(names) + 1)]
    assert {name for name in names if f"]({name})" not in text_of(folder / "README.md")} == set()
