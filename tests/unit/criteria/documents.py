"""Framework documents at random: every rule, nesting, sources, bonuses, penalties, gates, overlays."""

from typing import Any

from hypothesis import strategies as st

FIGURES = st.one_of(
    st.integers(-10_000, 10_000),
    st.decimals("-999.9999", "999.9999", places=4).map(float),
    st.just(1234),
    st.just(1.234),
)
POSITIVE = st.one_of(st.integers(1, 1000), st.decimals("0.0001", "999", places=4).map(float))
SHARES = st.decimals("0", "1", places=3).map(float)
# Texts that a spreadsheet or YAML could take for something else.
WORDS = st.one_of(
    st.sampled_from(
        ["no", "1:30", "1e5", "08", "null", "=1+1", "-", "@x", "ngành: “a”, b;", "# no comment", "TRUE", "_x41_", "5,1"]
    ),
    st.text(
        st.characters(min_codepoint=32, max_codepoint=0x1EF9, exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")),
        min_size=1,
        max_size=12,
    ),
)


def titles() -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({"vi": WORDS}, optional={"en": WORDS})


def choices(*words: str) -> st.SearchStrategy[str]:
    return st.sampled_from(words)


def _bands(thresholds: list[float], shares: list[float], key: str) -> dict[str, Any]:
    ordered = sorted(set(thresholds), reverse=key == "at_least")
    falling = sorted(shares, reverse=True)
    bands = [{key: limit, "share": share} for limit, share in zip(ordered, falling, strict=False)]
    return {"name": "bands", "bands": bands}


RULES = st.one_of(
    st.just({"name": "proportional"}),
    st.just({"name": "binary"}),
    st.just({"name": "rubric"}),
    st.builds(lambda shares: {"name": "rubric", "shares": shares}, st.lists(SHARES, min_size=1, max_size=5)),
    st.builds(lambda name: {"name": name}, choices("leader_relative", "share_of_best", "minmax")),
    st.builds(
        lambda name, scope: {"name": name, "scope": scope},
        choices("leader_relative", "minmax"),
        choices("cluster", "all"),
    ),
    st.builds(lambda low, width: {"name": "goalposts", "low": low, "high": low + width}, FIGURES, POSITIVE),
    st.builds(lambda low: {"name": "goalposts", "low": low, "high": low + 7, "transform": "log"}, POSITIVE),
    st.builds(lambda each: {"name": "per_count", "points_each": each}, POSITIVE),
    st.builds(
        _bands,
        st.lists(FIGURES, min_size=1, max_size=4),
        st.lists(SHARES, min_size=4, max_size=4),
        choices("at_least", "at_most"),
    ),
)


@st.composite
def sources(draw: st.DrawFn) -> dict[str, Any]:
    source: dict[str, Any] = {
        "id": draw(choices("nso", "moha", "pci")),
        "indicator": draw(WORDS),
        "relation": draw(choices("same", "related")),
    }
    if source["relation"] == "same" and draw(st.booleans()):
        source["tolerance"] = {draw(choices("absolute", "relative")): abs(draw(FIGURES))}
    if draw(st.booleans()):
        source["disclosure"] = draw(choices("public", "council", "reference_only"))
    return source


CRITERION_KEYS = st.fixed_dictionaries(
    {"max_points": POSITIVE},
    optional={
        "title": titles(),
        "unit": WORDS,
        "kind": choices("quantitative", "qualitative", "binary", "count"),
        "weight": POSITIVE,
        "rule": RULES,
        "target": choices("registered", "assigned", "stricter"),
        "evidence": st.one_of(
            choices("required", "optional", "none"),
            st.just({"rule": "required", "disclosure": "council"}),
            st.just({"disclosure": "reference_only"}),
        ),
        "sources": st.lists(sources(), min_size=1, max_size=2),
        "disclosure": choices("public", "council", "reference_only"),
    },
)
TOP_KEYS = st.fixed_dictionaries(
    {"total": POSITIVE},
    optional={
        "version": st.integers(1, 99),
        "title": titles(),
        "rounding": st.integers(0, 8),
        "missing": choices("error", "zero", "exclude"),
        "uncorroborated": choices("documented", "left_out"),
        "quantified": st.just("all"),
        "aggregation": choices("sum", "weighted_arithmetic", "weighted_geometric"),
        "bonuses": st.just([{"code": "B01", "points_each": 5, "cap": 15.5}, {"code": "B02", "points_each": 0.5}]),
        "penalties": st.just([{"code": "P01", "points_each": -2, "floor": -10, "evidence": "none"}]),
        "gates": st.just([{"code": "X01", "effect": "hold", "disclosure": "council"}]),
        "bonus_cap": st.integers(0, 50),
        "penalty_floor": st.integers(-100, 0),
    },
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A valid document whose keys hold something (no empty lists or tables)."""
    numbers = iter(range(1, 1000))

    def criterion() -> dict[str, Any]:
        made = {"code": f"C{next(numbers)}", **draw(CRITERION_KEYS)}
        if made.get("rule", {}).get("name") in ("proportional", "leader_relative", "share_of_best", "minmax"):
            made |= draw(st.fixed_dictionaries({}, optional={"direction": choices("higher", "lower")}))
        return made

    def node(depth: int) -> dict[str, Any]:
        groups = [group(depth - 1) for _ in range(draw(st.integers(0, 2)))] if depth else []
        criteria = [criterion() for _ in range(draw(st.integers(0 if groups else 1, 2)))]
        return {**({"criteria": criteria} if criteria else {}), **({"groups": groups} if groups else {})}

    def group(depth: int) -> dict[str, Any]:
        keys = draw(st.fixed_dictionaries({}, optional={"title": titles(), "weight": POSITIVE}))
        return {"code": f"G{next(numbers)}", **keys, **node(depth)}

    document = {"framework": "random-1", **node(2), **draw(TOP_KEYS)}
    codes = _criteria(document)
    document |= draw(st.fixed_dictionaries({}, optional={"tie_breakers": st.permutations(list(codes))}))
    if len(codes) >= 2 and draw(st.booleans()):
        document["overlays"] = [draw(_overlay(codes))]
    return document


@st.composite
def _overlay(draw: st.DrawFn, codes: dict[str, float]) -> dict[str, Any]:
    change = draw(st.sampled_from([1.0, 0.5, 0.25])) * min(codes.values()) / 2
    first, second = list(codes)[:2]
    return {
        "clusters": ["north", "5-cities"],
        "changes": {first: change, second: -change},
        "legal_reference": draw(WORDS),
        "reason": draw(WORDS),
        "bound": 1000,
        "title": draw(titles()),
    }


def _criteria(node: dict[str, Any]) -> dict[str, float]:
    found = {criterion["code"]: criterion["max_points"] for criterion in node.get("criteria", ())}
    for group in node.get("groups", ()):
        found |= _criteria(group)
    return found
