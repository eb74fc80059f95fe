"""Contract types of our own for import-linter; `pyproject.toml` registers and configures them."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.helpers import module_expressions_to_modules

# What a subject shows to the other subjects of its service, and what its SQL may besides see of theirs.
SHOWN = frozenset({"model", "rules", "actions", "queries"})
SQL = frozenset({"store", "tables"})
# A document of the API may hold one of another subject.
JSON = frozenset({"api", "schemas"})


class SubjectBorders(Contract):
    """Subjects of one service import of each other only `SHOWN`; their stores and tables also the others' `tables`,
    their endpoints and schemas also the others' `schemas`.

    `subjects` are module expressions ("services.verify.*"); modules without children among them are no subjects.
    Subjects with the same parent belong to one service. Imports count where they stand: indirect ones are a matter of
    the layers.
    """

    subjects = fields.SetField(subfield=fields.ModuleExpressionField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Look at every import between two subjects of one service."""
        named = module_expressions_to_modules(graph, self.subjects)
        subjects = sorted(module.name for module in named if graph.find_children(module.name))
        broken = [
            (importer, imported)
            for subject in subjects
            for importer in sorted({subject} | graph.find_descendants(subject))
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            for other in subjects
            if other != subject and other.rpartition(".")[0] == subject.rpartition(".")[0]
            if imported == other or imported.startswith(f"{other}.")
            if not _may_see(_layer(importer, subject), _layer(imported, other))
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name the imports."""
        for importer, imported in check.metadata["broken"]:
            output.print_error(f"{importer} must not import {imported}", bold=True)


def _layer(module: str, subject: str) -> str:
    """The file of a subject that a module is or lies in: "pages" for services.verify.reviews.pages.form."""
    return module.removeprefix(subject).removeprefix(".").partition(".")[0]


def _may_see(own: str, other: str) -> bool:
    return other in SHOWN or (own in SQL and other == "tables") or (own in JSON and other == "schemas")
