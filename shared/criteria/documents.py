"""Reads YAML and JSON text into plain data and remembers where every value stood.

YAML is read by the core schema of YAML 1.2 (what JSON can say, no more): `no` is text, `1:30` is text, dates are
text. Aliases are refused, so a short file cannot unfold into a huge one.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from shared.contracts.refusals import BadInput, Fault, Kind
from shared.contracts.sentences import Sentence, sentence

LARGEST = 5_000_000  # bytes of a document
DEEPEST = 60  # levels of nesting
MOST_FAULTS = 200  # of one kind of reading

Place = tuple[int, int]  # line and column, both from 1
Path_ = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\Z")
_CONSTANTS: Mapping[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass
class Places:
    """Where the values (and the keys) of a document stand, by path."""

    file: str | None = None
    values: dict[Path_, Place] = field(default_factory=dict)
    keys: dict[Path_, Place] = field(default_factory=dict)

    def fault(self, path: Path_, message: Sentence, *, key: bool = False) -> Fault:
        """A fault at `path`, at its key if asked; what has no place of its own takes the nearest one above."""
        place = self.keys.get(path) if key else None
        for length in range(len(path), -1, -1):
            place = place or self.values.get(path[:length])
        line, column = place or (None, None)
        return Fault(message, file=self.file, line=line, column=column, path=pointer(path) if path else None)


def pointer(path: Path_) -> str:
    """A path as people read it: `groups[0].criteria[1].rule`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def read_bytes(path: Path, largest: float = LARGEST) -> bytes:
    """A file's bytes. Raises BadInput if it cannot be read or is larger than `largest` bytes."""
    name = str(path)
    try:
        if path.stat().st_size > largest:
            raise BadInput([Fault(sentence("The file is larger than %(most)s bytes.", most=LARGEST), file=name)])
        return path.read_bytes()
    except OSError as error:
        message = sentence("The file cannot be read (%(why)s).", why=error.strerror or type(error).__name__)
        raise BadInput([Fault(message, file=name)], kind=Kind.MALFORMED) from None


def read_json(path: Path) -> Any:
    """The plain data of a JSON file of any size, without places. Raises BadInput; repeated keys and NaN are refused."""
    name = str(path)
    data, repeated, not_finite = _parsed_json(decoded(read_bytes(path, math.inf), name), name)
    if repeated:
        message = sentence("The key “%(key)s” is given twice.", key=repeated[0])
        raise BadInput([Fault(message, file=name)], kind=Kind.MALFORMED)
    if not_finite:
        message = sentence("Expected a finite number, not “%(found)s”.", found=not_finite[0])
        raise BadInput([Fault(message, file=name)], kind=Kind.MALFORMED)
    return data


def yaml_text(document: Mapping[str, Any]) -> str:
    """The document as YAML that this module reads back as the same data, in the order of its keys."""

    class Dumper(yaml.SafeDumper):
        """Quotes whatever YAML 1.1 would leave plain but YAML 1.2 takes for a number or a constant; no aliases."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
        plain = not (value in _CONSTANTS or any(p.match(value) for p in (_INTEGER, _FLOAT, _NOT_FINITE)))
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=None if plain else '"')

    Dumper.add_representer(str, text)
    return yaml.dump(dict(document), Dumper=Dumper, allow_unicode=True, sort_keys=False, width=120)


def parse_document(raw: bytes | str, name: str | None = None, *, is_json: bool = False) -> tuple[Any, Places]:
    """The plain data of YAML or JSON text and its places. Raises BadInput with located faults."""
    text = decoded(raw, name) if isinstance(raw, bytes) else raw
    if len(text) > LARGEST:
        raise BadInput([Fault(sentence("The file is larger than %(most)s bytes.", most=LARGEST), file=name)])
    if is_json:
        return _read_json(text, name)
    return _read_yaml(text, name)


def decoded(raw: bytes, name: str | None) -> str:
    """UTF-8 text (a BOM is dropped) without control characters. Raises BadInput where it is not."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput([encoding_fault(raw, error.start, name)], kind=Kind.MALFORMED) from None
    control = re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text)
    if control:
        line, column = _place_of(text, control.start())
        message = sentence("A control character (code %(code)s) does not belong here.", code=ord(control.group()))
        raise BadInput([Fault(message, file=name, line=line, column=column)], kind=Kind.MALFORMED)
    return text


def encoding_fault(raw: bytes, position: int, name: str | None) -> Fault:
    """The fault of bytes that are not UTF-8, at the first wrong one."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Fault(sentence("The file is UTF-16; expected UTF-8."), file=name, line=1, column=1)
    before = raw[:position]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace").lstrip("\ufeff")) + 1
    return Fault(sentence("The text is not UTF-8."), file=name, line=line, column=column)


def _place_of(text: str, position: int) -> Place:
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def _parsed_json(text: str, name: str | None) -> tuple[Any, list[str], list[str]]:
    """The data, the keys given twice in one table, and the words that are no finite number."""

    def malformed(message: Sentence, line: int | None = None, column: int | None = None) -> BadInput:
        return BadInput([Fault(message, file=name, line=line, column=column)], kind=Kind.MALFORMED)

    repeated: list[str] = []
    not_finite: list[str] = []

    def pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        made: dict[str, Any] = dict(members)
        if len(made) < len(members):
            keys = [key for key, _ in members]
            repeated.extend(key for key in made if keys.count(key) > 1)
        return made

    def constant(word: str) -> None:
        not_finite.append(word)

    def number(word: str) -> float:
        value = float(word)
        if not math.isfinite(value):
            not_finite.append(word[:40])
        return value

    try:
        data = json.loads(text, object_pairs_hook=pairs, parse_constant=constant, parse_float=number)
    except json.JSONDecodeError as error:
        raise malformed(sentence("This is not JSON."), error.lineno, error.colno) from None
    except (RecursionError, ValueError):
        raise malformed(sentence("The document is nested too deeply or holds a number that is too long.")) from None
    return data, repeated, not_finite


def _read_json(text: str, name: str | None) -> tuple[Any, Places]:
    data, repeated, not_finite = _parsed_json(text, name)
    try:
        # JSON is YAML once its tabs (never inside a string) are blanks: this finds places and repeated keys.
        builder = _Builder(name, json_words=True)
        builder.build(text.replace("\t", " "))
    except yaml.YAMLError:  # an escape that YAML does not know: the data is good, but without places
        faults = [sentence("The key “%(key)s” is given twice.", key=key) for key in repeated]
        faults += [sentence("Expected a finite number, not “%(found)s”.", found=word) for word in not_finite]
        if faults:
            raise BadInput([Fault(message, file=name) for message in faults], kind=Kind.MALFORMED) from None
        return data, Places(name)
    return data, builder.places


def _read_yaml(text: str, name: str | None) -> tuple[Any, Places]:
    builder = _Builder(name)
    try:
        return builder.build(text), builder.places
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (None, None)
        message = sentence("This is not YAML (%(why)s).", why=getattr(error, "problem", None) or "unreadable")
        raise BadInput([Fault(message, file=name, line=line, column=column)], kind=Kind.MALFORMED) from None


class _Builder:
    """Turns the events of PyYAML into plain data, places and located faults."""

    def __init__(self, name: str | None, *, json_words: bool = False) -> None:
        self.places = Places(name)
        self.faults: list[Fault] = []
        self.json_words = json_words

    def build(self, text: str) -> Any:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        events = iter(yaml.parse(text, Loader=loader))
        next(events)  # stream start
        event = next(events)
        if isinstance(event, yaml.StreamEndEvent):
            raise BadInput([Fault(sentence("The document is empty."), file=self.places.file, line=1, column=1)])
        data = self._value(next(events), events, ())
        next(events)  # document end
        event = next(events)
        if not isinstance(event, yaml.StreamEndEvent):
            self._complain(event, sentence("Only one document is expected in a file."))
        if self.faults:
            raise BadInput(self.faults[:MOST_FAULTS], kind=Kind.MALFORMED)
        return data

    def _complain(self, event: yaml.Event, message: Sentence) -> None:
        line, column = _mark(event)
        self.faults.append(Fault(message, file=self.places.file, line=line, column=column))

    def _value(self, event: yaml.Event, events: Iterator[yaml.Event], path: Path_) -> Any:
        self.places.values[path] = _mark(event)
        if len(path) > DEEPEST:
            self._complain(event, sentence("The document is nested deeper than %(most)s levels.", most=DEEPEST))
            raise BadInput(self.faults[:MOST_FAULTS], kind=Kind.MALFORMED)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._complain(event, sentence("Anchors and aliases (& and *) are not used in these files."))
            raise BadInput(self.faults[:MOST_FAULTS], kind=Kind.MALFORMED)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._complain(event, sentence("Tags (%(tag)s) are not used in these files.", tag=tag))
        if isinstance(event, yaml.SequenceStartEvent):
            members: list[Any] = []
            while not isinstance(event := next(events), yaml.SequenceEndEvent):
                members.append(self._value(event, events, (*path, len(members))))
            return members
        return self._mapping(events, path)

    def _mapping(self, events: Iterator[yaml.Event], path: Path_) -> dict[str, Any]:
        made: dict[str, Any] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self._complain(event, sentence("A key is a word, not a list or a table."))
                raise BadInput(self.faults[:MOST_FAULTS], kind=Kind.MALFORMED)
            key = event.value
            if key in made:
                self._complain(event, sentence("The key “%(key)s” is given twice.", key=key))
            self.places.keys[*path, key] = _mark(event)
            made[key] = self._value(next(events), events, (*path, key))
        return made

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        text: str = event.value
        if event.tag is not None and event.tag not in ("!", "tag:yaml.org,2002:str"):
            self._complain(event, sentence("Tags (%(tag)s) are not used in these files.", tag=event.tag))
        if not event.implicit[0]:  # quoted or tagged: text
            return text
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _NOT_FINITE.match(text) or (self.json_words and text in ("NaN", "Infinity", "-Infinity")):
            self._complain(event, sentence("Expected a finite number, not “%(found)s”.", found=text))
            return None
        if _INTEGER.match(text) or _FLOAT.match(text):
            number = float(text)
            if not math.isfinite(number) or (_INTEGER.match(text) and abs(number) > 2**53):
                self._complain(event, sentence("The number “%(found)s” is too large.", found=_short(text)))
                return None
            return int(text) if _INTEGER.match(text) else number
        return text


def _mark(event: yaml.Event) -> Place:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}…"
