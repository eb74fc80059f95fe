"""A cycle that rolls up shorter ones: four quarters make a year, by a declared rule. A gap is never a number."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.intake.domain.cycles import Cycle
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.model import Framework

SUM, MEAN, LAST = "sum", "mean", "last"
RULES = (SUM, MEAN, LAST)
MOST_PARTS = 12
RULE_NAMES: Mapping[str, Sentence] = {
    SUM: sentence("their sum"),
    MEAN: sentence("their mean"),
    LAST: sentence("the last one"),
}
# How many months each kind of period has; a longer one rolls shorter ones up.
MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}


@dataclass(frozen=True)
class RollUp:
    """The shorter cycles in the order of their periods, and the rule: of all criteria, or of single ones."""

    parts: tuple[str, ...]
    rule: str
    rules: Mapping[str, str] = field(default_factory=dict)

    def rule_of(self, criterion: str) -> str:
        """How the values of one criterion are joined."""
        return self.rules.get(criterion, self.rule)

    def document(self) -> dict[str, Any]:
        return {"parts": list(self.parts), "rule": self.rule, "rules": dict(self.rules)}


@dataclass(frozen=True)
class Rolled:
    """What the shorter cycles come to for one criterion. `value` None: a part is missing."""

    criterion: str
    rule: str
    value: float | None
    parts: tuple[tuple[str, float | None], ...]  # cycle, value
    is_verified: bool  # every part's value was verified

    def differs(self, value: float | None) -> bool:
        """Whether a value is another one, beyond what floats cannot say."""
        if value is None or self.value is None:
            return False
        return not math.isclose(value, self.value, rel_tol=1e-9, abs_tol=1e-9)


def joined(values: Sequence[float | None], rule: str) -> float | None:
    """The values by the rule; None where one that the rule needs is missing."""
    if rule == LAST:
        return values[-1] if values else None
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return None
    total = math.fsum(known)
    return total if rule == SUM else total / len(known)


def months_of(period: str, period_kind: str) -> tuple[int, int]:
    """The first month of a period and the one after its last, counted from year 0."""
    year, _, rest = period.partition("-")
    number = int(rest.lstrip("HQ")) if rest else 1
    first = int(year) * 12 + (number - 1) * MONTHS[period_kind]
    return first, first + MONTHS[period_kind]


def in_order(whole: Cycle, parts: Sequence[Cycle]) -> list[Cycle]:
    """The parts by their periods; raises BadInput for one that does not lie inside the whole, or overlaps another."""
    begin, end = months_of(whole.period, whole.period_kind)
    faults: list[Fault] = []
    ordered = sorted(parts, key=lambda part: months_of(part.period, part.period_kind))
    reached = begin
    for part in ordered:
        first, after = months_of(part.period, part.period_kind)
        said = None
        if part.council != whole.council or MONTHS[part.period_kind] >= MONTHS[whole.period_kind]:
            said = sentence("%(cycle)s is no shorter cycle of this council.", cycle=part.code)
        elif first < begin or after > end:
            said = sentence(
                "%(cycle)s does not lie within the period %(period)s.", cycle=part.code, period=whole.period
            )
        elif first < reached:
            said = sentence("%(cycle)s covers months that another one covers already.", cycle=part.code)
        if said is not None:
            faults.append(Fault(said, path=f"parts.{[one.code for one in parts].index(part.code)}"))
        reached = max(reached, after)
    if faults:
        raise BadInput(faults)
    return ordered


def check_rules(framework: Framework, rule: str, rules: Mapping[str, str]) -> None:
    """Refuse unknown rules, and rules of criteria that the framework does not have."""
    known = {one.code for one in framework.criteria}
    faults = [
        Fault(sentence("The framework has no criterion %(criterion)s.", criterion=code), path=f"rules.{code}")
        for code in rules
        if code not in known
    ]
    if not {rule, *rules.values()} <= set(RULES):
        faults.append(Fault(sentence("Choose one of the list."), path="rule"))
    if faults:
        raise BadInput(faults)


def rolled_up(
    roll_up: RollUp, framework: Framework, values: Mapping[str, Mapping[str, float]], verified: frozenset[str]
) -> dict[str, Rolled]:
    """By criterion, where any part says a value. `values`: by cycle and criterion; `verified`: cycles that are."""
    found: dict[str, Rolled] = {}
    for criterion in framework.criteria:
        code = criterion.code
        parts = tuple((part, values.get(part, {}).get(code)) for part in roll_up.parts)
        if all(value is None for _part, value in parts):
            continue
        rule = roll_up.rule_of(code)
        whole = joined([value for _part, value in parts], rule)
        found[code] = Rolled(code, rule, whole, parts, verified.issuperset(roll_up.parts))
    return found
