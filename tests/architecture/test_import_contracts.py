"""The contract types of our own refuse what they are for."""

import pytest
from grimp import ImportGraph

from tests.architecture.import_contracts import SubjectBorders

REVIEWS, CLAIMS = "services.verify.reviews", "services.verify.claims"


def kept(importer: str, imported: str) -> bool:
    """Whether the contract stands in a graph with one import."""
    graph = ImportGraph()
    for module in (importer, imported):
        parts = module.split(".")
        for end in range(1, len(parts) + 1):
            graph.add_module(".".join(parts[:end]))
    graph.add_import(importer=importer, imported=imported)
    options = {"subjects": ["services.verify.*", "services.intake.*"]}
    return SubjectBorders("borders", {"root_packages": ["services"]}, options).check(graph, verbose=False).kept


@pytest.mark.parametrize("own", ["actions", "queries", "pages", "pages.form", "store", "rules"])
@pytest.mark.parametrize("other", ["model", "rules", "actions", "queries", "queries.lists"])
def test_subjects_show_each_other_what_they_are_and_can(own: str, other: str) -> None:
    assert kept(f"{REVIEWS}.{own}", f"{CLAIMS}.{other}")


@pytest.mark.parametrize("own", ["actions", "pages", "pages.form", "store"])
@pytest.mark.parametrize("other", ["store", "ports", "schemas", "pages", "pages.form", "api", "clients", "tasks"])
def test_the_rest_of_a_subject_is_its_own(own: str, other: str) -> None:
    assert not kept(f"{REVIEWS}.{own}", f"{CLAIMS}.{other}")


@pytest.mark.parametrize("own", ["api", "schemas"])
def test_documents_hold_documents_of_other_subjects(own: str) -> None:
    assert kept(f"{REVIEWS}.{own}", f"{CLAIMS}.schemas")
    assert not kept(f"{REVIEWS}.{own}", f"{CLAIMS}.api")
    assert not kept(f"{REVIEWS}.{own}", f"{CLAIMS}.store")


def test_tables_are_for_stores_and_tables_only() -> None:
    assert kept(f"{REVIEWS}.store", f"{CLAIMS}.tables")
    assert kept(f"{REVIEWS}.store.lists", f"{CLAIMS}.tables")
    assert kept(f"{REVIEWS}.tables", f"{CLAIMS}.tables")
    assert not kept(f"{REVIEWS}.queries", f"{CLAIMS}.tables")


def test_names_with_one_beginning_are_kept_apart() -> None:
    assert not kept(f"{CLAIMS}.pages", "services.verify.claims_history.store")


def test_other_imports_are_no_matter_of_this_contract() -> None:
    assert kept(f"{REVIEWS}.actions", f"{REVIEWS}.store")
    assert kept(f"{REVIEWS}.pages", "services.verify.web")
    assert kept("services.verify.store", f"{CLAIMS}.store")
    assert kept(f"{REVIEWS}.pages", "services.intake.cycles.store")
