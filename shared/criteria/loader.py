"""From the plain data of a document to a Framework; every fault located and all of them reported together."""

import difflib
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import marshmallow as ma

from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import N_, Sentence, sentence
from shared.criteria import consistency, model
from shared.criteria.documents import DEEPEST, Path_, Places
from shared.criteria.schema import KNOWN_KEYS, FrameworkSchema


def load_document(document: Mapping[str, Any], name: str | None = None) -> model.Framework:
    """The framework in plain data. Raises BadInput; faults carry the path in the document (`groups[0].code`)."""
    places = Places(name)
    faults = list(_not_plain(document, (), places))
    if faults:
        raise BadInput(faults)
    return load_placed(document, places)


def load_placed(document: Any, places: Places) -> model.Framework:
    """The framework in data that were read from a file, where everything stands at `places`. Raises BadInput."""
    if not isinstance(document, dict):
        raise BadInput([places.fault((), sentence("Expected a table with the keys of a framework."))])
    try:
        loaded = FrameworkSchema().load(document)
    except ma.ValidationError as error:
        raise BadInput(sorted(_located(error.messages, (), places), key=_by_place)) from None
    faults = [places.fault(path, message) for path, message in consistency.faults(loaded)]
    if faults:
        raise BadInput(sorted(faults, key=_by_place))
    return _framework(loaded, document)


def _by_place(fault: Fault) -> tuple[int, int]:
    return (fault.line or 0, fault.column if isinstance(fault.column, int) else 0)


def _not_plain(value: Any, path: Path_, places: Places) -> Iterator[Fault]:
    """Plain data is what RFC 8785 can write: text, whole numbers up to 2**53, finite numbers, lists, tables."""
    if len(path) > DEEPEST:
        yield places.fault(path, sentence("The document is nested deeper than %(most)s levels.", most=DEEPEST))
    elif isinstance(value, dict):
        for key, member in value.items():
            if isinstance(key, str):
                yield from _not_plain(member, (*path, key), places)
            else:
                yield places.fault(path, sentence("A key is a word, not a list or a table."))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _not_plain(member, (*path, index), places)
    elif isinstance(value, bool | str | None):
        return
    elif not isinstance(value, int | float) or not math.isfinite(value) or (abs(value) > 2**53):
        yield places.fault(path, sentence("Expected a finite number, not “%(found)s”.", found=str(value)[:40]))


_MARSHMALLOW: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"Missing data for required field\."), N_("This key is missing.")),
    (re.compile(r"Field may not be null\."), N_("Expected a value.")),
    (re.compile(r"Not a valid number\."), N_("Expected a finite number.")),
    (re.compile(r"Not a valid integer\."), N_("Expected a whole number.")),
    (re.compile(r"Not a valid (string|utf-8 string)\."), N_("Expected text (put it in quotes).")),
    (re.compile(r"Not a valid list\."), N_("Expected a list.")),
    (re.compile(r"(Not a valid mapping type|Invalid input type|Invalid type)\."), N_("Expected a table of keys.")),
    (
        re.compile(r"String does not match expected pattern\."),
        N_("A code has 1 to 63 letters without diacritics, digits, dots, hyphens or underscores."),
    ),
    (re.compile(r"Contains a NUL character\."), N_("The text holds a NUL character.")),
    (re.compile(r"(Longer|Shorter) than .*|Length must be .*"), N_("The text is empty or too long.")),
    (re.compile(r"Give the title in Vietnamese .*"), N_("Give the title in Vietnamese (vi) or English (en).")),
)


def _in_our_words(message: object) -> Sentence:
    if isinstance(message, Sentence):
        return message
    for pattern, template in _MARSHMALLOW:
        if pattern.match(str(message)):
            return Sentence(template)
    return sentence("This value cannot stand here.")


def _located(messages: Any, path: Path_, places: Places) -> Iterator[Fault]:
    """Flattens marshmallow's tree of messages."""
    if isinstance(messages, dict):
        for key, below in messages.items():
            # `_schema` is about the table itself; `key` and `value` are marshmallow's words inside a Dict field.
            inside_dict = len(path) >= 2 and path[-2] == "changes" and key in ("key", "value")
            yield from _located(below, path if key == "_schema" or inside_dict else (*path, key), places)
        return
    for message in messages if isinstance(messages, list) else [messages]:
        if message == "Unknown field.":
            yield places.fault(path, _unknown_key(str(path[-1])), key=True)
        elif isinstance(message, str) and message.startswith("Missing data"):
            yield places.fault(path[:-1], sentence("The key “%(key)s” is missing.", key=str(path[-1])))
        else:
            yield places.fault(path, _in_our_words(message))


def _unknown_key(key: str) -> Sentence:
    close = difflib.get_close_matches(key, KNOWN_KEYS, n=1)
    if close:
        return sentence("Unknown key “%(key)s”; did you mean “%(close)s”?", key=key, close=close[0])
    return sentence("Unknown key “%(key)s”.", key=key)


def _title(loaded: Mapping[str, Any]) -> model.Title:
    return model.Title(**loaded.get("title", {}))


def _given(loaded: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """The keys that the author gave; the others keep the model's defaults."""
    return {key: loaded[key] for key in keys if key in loaded}


def _framework(loaded: Mapping[str, Any], document: Mapping[str, Any]) -> model.Framework:
    root = _group({"code": loaded["framework"], **_given(loaded, "criteria", "groups", "aggregation")}, "sum")
    return model.Framework(
        code=loaded["framework"],
        version=loaded.get("version", 1),
        title=_title(loaded),
        total=loaded.get("total", root.max_points),
        rounding=loaded.get("rounding", 2),
        missing=loaded.get("missing", "error"),
        uncorroborated=loaded.get("uncorroborated", "documented"),
        root=root,
        bonuses=tuple(_bonus(bonus) for bonus in loaded.get("bonuses", ())),
        penalties=tuple(_penalty(penalty) for penalty in loaded.get("penalties", ())),
        gates=tuple(
            model.Gate(title=_title(gate), **_given(gate, "code", "effect", "disclosure"))
            for gate in loaded.get("gates", ())
        ),
        tie_breakers=tuple(loaded.get("tie_breakers", ())),
        overlays=tuple(_overlay(overlay) for overlay in loaded.get("overlays", ())),
        document=document,
        **_given(loaded, "bonus_cap", "penalty_floor", "quantified"),
    )


def _group(loaded: Mapping[str, Any], inherited: model.Aggregation) -> model.Group:
    aggregation: model.Aggregation = loaded.get("aggregation", inherited)
    criteria = tuple(_criterion(criterion) for criterion in loaded.get("criteria", ()))
    groups = tuple(_group(group, aggregation) for group in loaded.get("groups", ()))
    children: tuple[model.Criterion | model.Group, ...] = (*criteria, *groups)
    if aggregation == "sum":
        worth = math.fsum(child.max_points for child in children)
    else:
        weights = math.fsum(child.weight for child in children)
        worth = math.fsum(child.weight * child.max_points for child in children) / weights
    return model.Group(
        code=loaded["code"],
        title=_title(loaded),
        aggregation=aggregation,
        criteria=criteria,
        groups=groups,
        weight=loaded.get("weight", 1.0),
        max_points=loaded.get("max_points", worth),
    )


def _criterion(loaded: Mapping[str, Any]) -> model.Criterion:
    evidence = loaded.get("evidence", {})
    return model.Criterion(
        title=_title(loaded),
        rule=_rule(loaded["rule"]) if "rule" in loaded else None,
        evidence=evidence.get("rule", "optional"),
        evidence_disclosure=evidence.get("disclosure", "public"),
        sources=tuple(_source(source) for source in loaded.get("sources", ())),
        **_given(loaded, "code", "unit", "kind", "direction", "max_points", "weight", "target", "disclosure"),
    )


def _source(loaded: Mapping[str, Any]) -> model.SourceReference:
    return model.SourceReference(
        tolerance=model.Tolerance(**loaded.get("tolerance", {})),
        **_given(loaded, "id", "indicator", "relation", "disclosure"),
    )


def _rule(loaded: Mapping[str, Any]) -> model.Rule:
    settings = {key: value for key, value in loaded.items() if key != "name"}
    match loaded["name"]:
        case "proportional":
            return model.Proportional()
        case "leader_relative":
            return model.LeaderRelative(**settings)
        case "share_of_best":
            return model.ShareOfBest(**settings)
        case "goalposts":
            return model.Goalposts(**settings)
        case "minmax":
            return model.MinMax(**settings)
        case "bands":
            key: str = "at_least" if "at_least" in settings["bands"][0] else "at_most"
            limits = tuple((band[key], band["share"]) for band in settings["bands"])
            return model.Bands(limits, "higher" if key == "at_least" else "lower")
        case "rubric":
            return model.Rubric(tuple(settings["shares"])) if "shares" in settings else model.Rubric()
        case "binary":
            return model.Binary()
        case _:
            return model.PerCount(**settings)


def _bonus(loaded: Mapping[str, Any]) -> model.Bonus:
    cap = loaded.get("cap", loaded["points_each"])
    return model.Bonus(title=_title(loaded), cap=cap, **_given(loaded, "code", "points_each", "evidence", "disclosure"))


def _penalty(loaded: Mapping[str, Any]) -> model.Penalty:
    floor = loaded.get("floor", loaded["points_each"])
    return model.Penalty(
        title=_title(loaded), floor=floor, **_given(loaded, "code", "points_each", "evidence", "disclosure")
    )


def _overlay(loaded: Mapping[str, Any]) -> model.Overlay:
    return model.Overlay(
        clusters=tuple(loaded["clusters"]),
        title=_title(loaded),
        **_given(loaded, "changes", "legal_reference", "reason", "bound"),
    )
