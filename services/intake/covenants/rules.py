"""What a covenant may register, and what deserves a second look in it. Pure."""

from collections.abc import Iterable, Sequence

from services.intake.covenants.model import TARGET_NAMES, Caution, Covenant, Line
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import N_, Sentence, sentence
from shared.criteria.model import Criterion, Framework


def target_name(criteria: Iterable[Criterion]) -> Sentence:
    """What the target of these criteria is called: by what counts, where that is the same for all of them."""
    kinds = {one.target for one in criteria if one.target is not None} or {"registered"}
    return TARGET_NAMES[kinds.pop()] if len(kinds) == 1 else sentence("Target that counts")


_COMPARED = (
    ("baseline", N_("%(criterion)s: the target %(value)s asks for less than last year's result %(other)s.")),
    ("assigned", N_("%(criterion)s: the target %(value)s asks for less than the assigned target %(other)s.")),
    ("national", N_("%(criterion)s: the target %(value)s asks for less than the national figure %(other)s.")),
)


def warnings_of(covenant: Covenant, framework: Framework) -> tuple[Caution, ...]:
    """What is shown before the lock, in the framework's order. A warning asks; it forbids nothing."""
    found: list[Caution] = []
    for criterion in framework.criteria:
        line = covenant.line(criterion.code)
        if line.value is None:
            continue
        for name, text in _COMPARED:
            other = getattr(line, name)
            if other is not None and (line.value > other if criterion.lower_is_better else line.value < other):
                said = Sentence(text, {"criterion": criterion.code, "value": line.value, "other": other})
                found.append(Caution(criterion.code, said))
    return tuple(found)


def check_lines(framework: Framework, lines: Sequence[Line]) -> None:
    """Refuse lines of items that are no criteria; raises BadInput, located by position."""
    known = {one.code for one in framework.criteria}
    faults = [
        Fault(
            sentence("The framework has no criterion %(criterion)s.", criterion=line.criterion),
            path=f"lines.{index}.criterion",
        )
        for index, line in enumerate(lines)
        if line.criterion not in known
    ]
    codes = [line.criterion for line in lines]
    faults += [
        Fault(sentence("Item %(criterion)s is given twice.", criterion=code), path=f"lines.{index}.criterion")
        for index, code in enumerate(codes)
        if code in codes[:index]
    ]
    if faults:
        raise BadInput(faults)
