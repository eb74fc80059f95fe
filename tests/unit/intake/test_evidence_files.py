"""Files as they come: judged by what they are, kept under their hash, their names never trusted."""

import hashlib
import io
import os
import unicodedata
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.files.clients.folder import OOXML_MAIN, EvidenceFolder
from services.intake.files.model import DOCUMENT, LARGEST_FILE, LONGEST_LABEL, MOST_PARTS, UNSAFE, WORKBOOK
from services.intake.files.rules import cleaned_label
from shared.contracts.refusals import Kind, Refusal

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc00000030101"
    "00c9fe92ef0000000049454e44ae426082"
)
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb004300") + bytes(64) + b"\xff\xd9"


def archive(parts: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", compression) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return raw.getvalue()


def office(media_type: str, **more: bytes) -> bytes:
    listed = b'<Types><Override ContentType="' + OOXML_MAIN[media_type] + b'"/></Types>'
    return archive({"[Content_Types].xml": listed, "word/document.xml": b"<w/>", **more})


def open_document(kind: str) -> bytes:
    return archive({"mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(), "content.xml": b"<o/>"})


@pytest.fixture
def folder(tmp_path: Path) -> EvidenceFolder:
    return EvidenceFolder(tmp_path)


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (PDF, "Báo cáo.PDF", "application/pdf"),
        (PNG, "a.png", "image/png"),
        (JPEG, "a.jpeg", "image/jpeg"),
        (office(DOCUMENT), "a.docx", DOCUMENT),
        (office(WORKBOOK), "a.xlsx", WORKBOOK),
        (open_document("text"), "a.odt", "application/vnd.oasis.opendocument.text"),
        (open_document("spreadsheet"), "a.ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ],
)
def test_what_is_taken_lies_under_its_hash(folder: EvidenceFolder, content: bytes, name: str, media_type: str) -> None:
    stored = folder.store(io.BytesIO(content), name)
    digest = hashlib.sha256(content).hexdigest()
    assert (stored.sha256, stored.size, stored.media_type) == (digest, len(content), media_type)
    path = folder.path(digest)
    assert path == folder.folder / digest[:2] / digest[2:4] / digest
    assert path.read_bytes() == content
    # The same file again, under whatever name: one file.
    assert folder.store(io.BytesIO(content), "x" + name) == stored
    assert [found for found in folder.folder.rglob("*") if found.is_file()] == [path]
    assert path.stat().st_mode & 0o777 == 0o400


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (PDF, "a.docx", "evidence_ending"),
        (PDF, "a", "evidence_ending"),
        (PDF, None, "evidence_ending"),
        (office(WORKBOOK), "a.docx", "evidence_ending"),
        (b"just text", "a.pdf", "evidence_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "a.png", "evidence_type"),
        (b"GIF89a" + bytes(40), "a.png", "evidence_type"),
        (archive({"a.txt": b"hello"}), "a.docx", "evidence_type"),
        (archive({"mimetype": b"application/epub+zip"}), "a.odt", "evidence_type"),
        (b" " + PDF, "a.pdf", "evidence_type"),
        (office(DOCUMENT, **{"word/vbaProject.bin": b"x"}), "a.docx", "evidence_unsafe"),
        (b"PK\x03\x04", "a.docx", "evidence_unsafe"),
        (office(DOCUMENT)[:-30], "a.docx", "evidence_unsafe"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "a.docx", "evidence_unsafe"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "evidence_unsafe"),
        (b"", "a.pdf", "evidence_unsafe"),
    ],
)
def test_what_is_not_taken_leaves_nothing(folder: EvidenceFolder, content: bytes, name: str | None, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        folder.store(io.BytesIO(content), name)
    assert (caught.value.code, caught.value.kind) == (code, Kind.UNSUPPORTED)
    assert [found for found in folder.folder.rglob("*") if found.is_file()] == []


def test_a_bomb_is_not_unfolded(folder: EvidenceFolder) -> None:
    bomb = office(DOCUMENT, **{f"word/media/{number}": bytes(30 * 1024 * 1024) for number in range(7)})
    assert len(bomb) < 1024 * 1024
    with pytest.raises(Refusal) as caught:
        folder.store(io.BytesIO(bomb), "a.docx")
    assert caught.value.said == UNSAFE["unfolds"]
    crowd = archive({f"{number}": b"" for number in range(MOST_PARTS + 1)}, zipfile.ZIP_STORED)
    with pytest.raises(Refusal) as caught:
        folder.store(io.BytesIO(crowd), "a.docx")
    assert caught.value.said == UNSAFE["unfolds"]


def test_the_limit_holds_while_reading(folder: EvidenceFolder) -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            Endless.taken += size
            return b"x" * size

    with pytest.raises(Refusal) as caught:
        folder.store(Endless(), "a.pdf")  # type: ignore[arg-type]
    assert caught.value.kind is Kind.TOO_LARGE
    assert Endless.taken < LARGEST_FILE + 1024 * 1024
    exact = PDF + b"\n" * (LARGEST_FILE - len(PDF))
    assert folder.store(io.BytesIO(exact), "a.pdf").size == LARGEST_FILE


def test_an_unknown_hash_is_nowhere(folder: EvidenceFolder) -> None:
    assert folder.path("0" * 64) is None


@pytest.mark.parametrize(
    ("given_name", "label"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\Báo cáo.pdf", "Báo cáo.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ('"><script>.pdf', "script .pdf"),
        ("...", "document"),
        ("", "document"),
        (None, "document"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        (unicodedata.normalize("NFD", "Hà Nội.pdf"), "Hà Nội.pdf"),
    ],
)
def test_names_are_cleaned(given_name: str | None, label: str) -> None:
    assert cleaned_label(given_name) == label


@given(st.text())
def test_a_label_is_never_a_path_nor_empty(name: str) -> None:
    label = cleaned_label(name)
    assert 0 < len(label) <= LONGEST_LABEL
    assert os.path.basename(label) == label
    assert label not in (".", "..")
    assert label.isprintable()
