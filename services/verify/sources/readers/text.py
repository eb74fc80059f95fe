"""Turns the bytes of a file into text, whatever encoding an office saved it in, and says what was guessed or lost."""

import codecs
import re
import unicodedata

from services.verify.sources.readers.table import BROKEN, Notes
from shared.contracts.sentences import sentence

_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_TONES = "\u0300\u0301\u0303\u0309\u0323"  # windows-1258 writes the five tones as letters of their own
_TONED = re.compile(f"[aăâeêioôơuưyAĂÂEÊIOÔƠUƯY][{_TONES}]")
_PADDING = "\x00\x1a"  # after the text: what C programs and DOS leave behind


def decoded(raw: bytes, notes: Notes, declared: str | None = None) -> str:
    """The text of a file without BOM and padding; where letters cannot be read there is the replacement sign."""
    text = located(raw, notes, declared)
    if text.isascii():
        return text
    broken = BROKEN.search(text)
    if broken:
        message = sentence("Some letters cannot be read; they stand as “%(sign)s”.", sign="\ufffd")
        notes.remark(message, text.count("\n", 0, broken.start()) + 1)
    return mended(text) if broken else text


def located(raw: bytes, notes: Notes, declared: str | None = None) -> str:
    """The text of a file without BOM and padding.

    UTF-8 unless the bytes say otherwise; then `declared`, then the windows code page that fits. In text that is UTF-8
    but for some places, bytes that are none stay as lone surrogates (`table.BROKEN`), for the caller to locate.
    """
    text = _by_mark(raw, notes)
    if text is None:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = _not_utf8(raw, notes, declared)
    text = text.rstrip(_PADDING)
    lost = text.find("\ufffd")
    if lost >= 0:
        message = sentence(
            "Some letters were lost before this file was saved; they stand as “%(sign)s”.", sign="\ufffd"
        )
        notes.remark(message, text.count("\n", 0, lost) + 1)
    return text


def mended(text: str) -> str:
    """Text that can be written: bytes that are none become the replacement sign."""
    return BROKEN.sub("\ufffd", text)


def known_encoding(name: str) -> str | None:
    """Python's name of an encoding as files name it (`iso-8859-15`, `windows-1252`, `1252`); None if it knows none."""
    for candidate in (name.strip(), f"cp{name.strip()}"):
        try:
            found = codecs.lookup(candidate).name
        except (LookupError, ValueError):
            continue
        # Python also has codecs that are no encodings of text (zip, rot13).
        return found if getattr(codecs.lookup(found), "_is_text_encoding", True) else None
    return None


def _by_mark(raw: bytes, notes: Notes) -> str | None:
    if raw.startswith(codecs.BOM_UTF8):
        return raw[3:].decode("utf-8", "surrogateescape")
    wide = None
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        wide = "utf-16"
    elif raw[:400].count(0) > len(raw[:400]) // 3:  # every other byte of Latin letters in UTF-16 is zero
        wide = "utf-16-le" if raw[1:400:2].count(0) > raw[0:400:2].count(0) else "utf-16-be"
    if wide is None:
        return None
    try:
        return raw.decode(wide)
    except UnicodeDecodeError:
        raise notes.unreadable(sentence("The file is neither UTF-8 nor whole UTF-16."), 1) from None


def _not_utf8(raw: bytes, notes: Notes, declared: str | None) -> str:
    encoding = known_encoding(declared) if declared else None
    if encoding and encoding != "utf-8":
        return raw.decode(encoding, "replace")
    stray = len(_MULTIBYTE.sub(b"", raw).translate(None, bytes(range(128))))
    if len(_MULTIBYTE.findall(raw)) > stray:
        return raw.decode("utf-8", "surrogateescape")
    encoding = "windows-1258" if _is_vietnamese(raw) else "windows-1252"
    notes.remark(sentence("The text is not UTF-8; it is read as %(encoding)s.", encoding=encoding))
    return unicodedata.normalize("NFC", raw.decode(encoding, "replace"))


def _is_vietnamese(raw: bytes) -> bool:
    text = raw.decode("windows-1258", "replace")
    tones = sum(map(text.count, _TONES))
    return tones > 0 and tones == len(_TONED.findall(text))
