"""The scoring rules as Excel formulas, so that a workbook shows the points while it is filled in.

Each gives what `shared.criteria.rules` gives; a test computes both. What only the whole cluster can decide has none.
"""

from decimal import Decimal

from shared.criteria.model import (
    Bands,
    Binary,
    Bonus,
    Criterion,
    Framework,
    Gate,
    Goalposts,
    Item,
    Penalty,
    PerCount,
    Proportional,
    Rubric,
)


def points_formula(framework: Framework, item: Item, cluster: str, value: str, target: str, yes: str) -> str | None:
    """The points of the figure in cell `value` (target in cell `target`, `yes` the word for 1); None: no formula."""
    if isinstance(item, Gate) or item.compares != "nobody":
        return None
    if isinstance(item, Bonus):
        return _of_number(value, f"MIN({value}*{_n(item.points_each)},{_n(item.cap)})")
    if isinstance(item, Penalty):
        return _of_number(value, f"MAX({value}*{_n(item.points_each)},{_n(item.floor)})")
    if item.rule is None:
        return None
    maximum = framework.maximum(item.code, cluster)
    if isinstance(item.rule, Binary):
        return f'=IF({value}="","",IF({value}="{yes}",{_n(maximum)},0))'
    return _of_number(value, _criterion(item, maximum, value, target))


def _criterion(item: Criterion, maximum: float, value: str, target: str) -> str:
    most = _n(maximum)
    match item.rule:
        case Proportional():
            share = f"IF({value}<={target},1,{target}/{value})"
            if item.direction == "higher":
                share = f"MAX(0,MIN(1,{value}/{target}))"
            return f'IF(ISNUMBER({target}),IF({target}>0,{most}*{share},""),"")'
        case Goalposts() as rule:
            return f"{most}*{_goalposts(rule, value)}"
        case Bands() as rule:
            sign = ">=" if rule.direction == "higher" else "<="
            share = "0"
            for threshold, part in reversed(rule.limits):
                share = f"IF({value}{sign}{_n(threshold)},{_n(part)},{share})"
            return f"{most}*{share}"
        case Rubric() as rule:
            shares = ",".join(_n(share) for share in rule.shares)
            level = f"AND({value}>=1,{value}<={len(rule.shares)},INT({value})={value})"
            return f'IF({level},{most}*CHOOSE({value},{shares}),"")'
        case PerCount() as rule:
            return f"MAX(0,MIN({most},{value}*{_n(rule.points_each)}))"
    raise AssertionError(f"no formula for {item.rule}")


def _goalposts(rule: Goalposts, value: str) -> str:
    low, high = _n(rule.low), _n(rule.high)
    clamped = f"MIN(MAX({value},{_n(min(rule.low, rule.high))}),{_n(max(rule.low, rule.high))})"
    if rule.transform == "none":
        return f"({clamped}-{low})/({high}-{low})"
    return f"(LN({clamped})-LN({low}))/(LN({high})-LN({low}))"


def _of_number(value: str, points: str) -> str:
    return f'=IF(ISNUMBER({value}),{points},"")'


def _n(number: float) -> str:
    """A number as a formula writes it: no exponent, negative ones in brackets."""
    text = format(Decimal(repr(float(number))), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"({text})" if text.startswith("-") else text
