"""Every text people can meet has its Vietnamese, with the same placeholders; nothing in the catalogues is left over."""

import io
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from shared.contracts.sentences import catalogue_files

ROOT = Path(__file__).parents[2]
FOLDERS = ("shared", "services", "deploy")
KEYWORDS = {
    "sentence": None,
    "Sentence": None,
    "N_": None,
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)|%%")
# Words that are the same in both languages need no entry of their own.
SAME_IN_BOTH = re.compile(r"[\W\d_]*\Z|(CSV|JSON|SHA-256|Ed25519|English|Tiếng Việt|Công Tâm)\Z")


@cache
def used() -> dict[str, set[str]]:
    """Each text of the code and templates -> the places where it stands."""
    places: dict[str, set[str]] = defaultdict(set)
    for folder in FOLDERS:
        found = extract_from_dir(
            ROOT / folder,
            method_map=[("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.svg", "jinja2")],
            options_map={"**/templates/**": {"silent": "false"}},
            keywords=KEYWORDS,
        )
        for name, line, message, _comments, _context in found:
            for text in (message,) if isinstance(message, str) else message:
                if text and not SAME_IN_BOTH.match(text):
                    places[text].add(f"{folder}/{name}:{line}")
    return places


@cache
def translated() -> dict[str, str]:
    """Each text with its Vietnamese, over all catalogues."""
    texts: dict[str, str] = {}
    for path in catalogue_files("vi"):
        for message in read_po(io.BytesIO(path.read_bytes()), locale="vi"):
            if message.id and not message.fuzzy:
                pairs = (
                    [(message.id, message.string)]
                    if isinstance(message.id, str)
                    # Vietnamese has one form where English has two.
                    else [(text, message.string[0]) for text in message.id]
                )
                texts.update({text: string for text, string in pairs if string})
    return texts


def test_every_text_has_its_vietnamese() -> None:
    missing = {text: sorted(places)[0] for text, places in used().items() if text not in translated()}
    assert not missing, "\n".join(f"{place}: {text!r}" for text, place in sorted(missing.items(), key=lambda m: m[1]))


def test_translations_keep_the_placeholders() -> None:
    wrong = [
        text
        for text, vietnamese in translated().items()
        if not set(PLACEHOLDER.findall(vietnamese)) <= set(PLACEHOLDER.findall(text))
    ]
    assert not wrong


def test_catalogues_hold_nothing_left_over() -> None:
    left_over = sorted(set(translated()) - set(used()))
    assert not left_over


def test_extraction_finds_what_it_should() -> None:
    assert any(place.startswith("shared/contracts") for places in used().values() for place in places)
    assert len(used()) > 100
