"""One item with everything around it, for the API and the page alike."""

from typing import Any

from sqlalchemy import Connection

from services.verify.adapters.reading import cycles, items
from services.verify.domain.review import REVIEWERS
from services.verify.usecases.decide import no_such_item
from services.verify.usecases.frameworks import framework_of
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.criteria.model import Criterion, Framework
from shared.plumbing.identity import Actor


def no_such_cycle() -> Refusal:
    """Whether it does not exist or is not theirs to see is not told."""
    return Refusal("cycle_not_found", Kind.NOT_FOUND, sentence("There is no such cycle open to you."))


def no_such_cluster() -> Refusal:
    """Whether it does not exist or is not theirs to settle is not told."""
    return Refusal("cluster_not_found", Kind.NOT_FOUND, sentence("There is no such cluster open to you."))


def open_cycle(connection: Connection, actor: Actor, cycle: str) -> dict[str, Any]:
    """A cycle with its framework. Raises a Refusal (not found)."""
    found = cycles.cycle_for(connection, actor, cycle)
    if found is None:
        raise no_such_cycle()
    return found


def read_framework(cycle: dict[str, Any]) -> Framework:
    """The framework of a cycle that was read from the database."""
    return framework_of(cycle["framework"], cycle["framework_sha256"])


def item_view(connection: Connection, actor: Actor, cycle: dict[str, Any], unit: str, criterion: str) -> dict[str, Any]:
    """Everything about an item. Raises a Refusal if there is none, or it is of the actor's own unit."""
    name, council = cycle["cycle"], cycle["council"]
    if actor.belongs_to(council, unit):
        said = sentence("This is an item of your own unit; other people look at it.")
        raise Refusal("own_unit", Kind.FORBIDDEN, said)
    found = items.one_item(connection, actor, name, council, unit, criterion)
    if found is None:
        raise no_such_item()
    framework = read_framework(cycle)
    about = framework.items[framework.columns[criterion]] if criterion in framework.columns else None
    references = list(about.sources) if isinstance(about, Criterion) else []
    findings = items.findings_of(connection, name, unit, found.pop("findings"))
    in_force = found.pop("decision")
    decisions = items.decisions_of(connection, name, unit, criterion)
    cluster = found["cluster"]
    return found | {
        "criterion_title": {"vi": about.title.vi, "en": about.title.en} if about else {"vi": criterion},
        "measure": about.unit if isinstance(about, Criterion) else "",
        "scored": not (isinstance(about, Criterion) and about.rule is None),
        "maximum": _maximum(framework, criterion, cluster),
        "references": references,
        "evidence": items.evidence_of(connection, found.pop("submission"), criterion),
        "challenges": items.challenges_of(connection, name, unit, criterion),
        "findings": [finding for finding in findings if finding["criterion"] in ("", criterion)],
        "figures": items.figures_of(connection, council, unit, [(r.id, r.indicator) for r in references]),
        "peers": items.peers_of(connection, name, cluster, criterion),
        "decisions": [decision | {"in_force": decision["id"] == in_force} for decision in decisions],
        "may_decide": found["review"] == "open"
        and actor.may(REVIEWERS, council=council, unit=unit, cluster=cluster, criterion=criterion),
    }


def _maximum(framework: Framework, criterion: str, cluster: str) -> float:
    about = framework.items[framework.columns[criterion]] if criterion in framework.columns else None
    if isinstance(about, Criterion):
        return framework.maximum(criterion, cluster)
    return abs(float(getattr(about, "cap", getattr(about, "floor", 1.0))))
