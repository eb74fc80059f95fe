"""Frameworks as actions and queries need them: a cycle carries the document, most callers want it read."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from services.verify.claims.model import CycleRecord, ShownCycle
from shared.criteria.loader import load_document
from shared.criteria.model import Criterion, Framework, SourceReference

_KEPT = 32
_read: OrderedDict[str, Framework] = OrderedDict()
_lock = threading.Lock()


def framework_of(document: Mapping[str, Any], sha256: str) -> Framework:
    """The framework of a cycle; reading a document again is saved by its hash.

    Raises BadInput for a document that is none, ValueError for one with another hash.
    """
    with _lock:
        if sha256 in _read:
            _read.move_to_end(sha256)
            return _read[sha256]
    framework = load_document(document)
    if framework.sha256 != sha256:
        raise ValueError("the framework's hash is not the one it was announced with")
    with _lock:
        _read[sha256] = framework
        while len(_read) > _KEPT:
            _read.popitem(last=False)
    return framework


def criteria_of_source(framework: Framework, source: str) -> Mapping[str, tuple[Criterion, SourceReference]]:
    """Indicator → the criterion that rests on it and how; only the indicators of one source."""
    return {
        reference.indicator: (criterion, reference)
        for criterion in framework.criteria
        for reference in criterion.sources
        if reference.id == source
    }


def read_framework(cycle: CycleRecord | ShownCycle) -> Framework:
    """The framework of a cycle."""
    return framework_of(cycle.framework, cycle.framework_sha256)


def maximum_of(framework: Framework, criterion: str, cluster: str) -> float:
    """The most points an item can earn in a cluster."""
    about = framework.items[framework.columns[criterion]] if criterion in framework.columns else None
    if isinstance(about, Criterion):
        return framework.maximum(criterion, cluster)
    return abs(float(getattr(about, "cap", getattr(about, "floor", 1.0))))
