"""What stands on screens and papers asks and never accuses, and promises no procedure of law that this is not."""

import re
from collections.abc import Iterator

import pytest

from tests.architecture.test_translations import FOLDERS, ROOT, translated

# What must not stand there → what to write instead.
REFUSED = {
    "nghi vấn": "mức ưu tiên rà soát",
    "nghi ngờ": "mức ưu tiên rà soát",
    "kết luận": "ý kiến thẩm định",
    "khiếu nại": "đề nghị làm rõ (of a member), đề nghị xem xét lại (of the unit)",
    "tố cáo": "đề nghị làm rõ",
    "phản biện": "đề nghị làm rõ",
    "kiểm tra ngẫu nhiên": "rà soát ngẫu nhiên",
    "kiểm toán": "rà soát ngẫu nhiên",
    "thanh tra": "rà soát",
    "đơn vị yếu": "đơn vị có chuyển biến tiến bộ",
    "yếu kém": "đơn vị có chuyển biến tiến bộ",
    "đơn vị bạn": "đơn vị",
    "đơn vị của bạn": "đơn vị",
    "gian lận": "chênh lệch",
    "gian dối": "chênh lệch",
    "khai man": "chênh lệch",
    "khai khống": "chênh lệch",
    "sai phạm": "chênh lệch",
    "vi phạm": "chênh lệch",
}


def refused_in(text: str) -> set[str]:
    """The refused words that stand in a text, however they are broken over lines."""
    plain = re.sub(r"\s+", " ", text).lower()
    return {word for word in REFUSED if re.search(rf"\b{word}\b", plain)}


def shown() -> Iterator[tuple[str, str]]:
    """(where, what) of all Vietnamese that people meet: the catalogues, templates of pages and of papers."""
    yield from translated().items()
    for folder in FOLDERS:
        for pattern in ("**/templates/**/*.*", "**/prints/**/*.typ"):
            for path in sorted((ROOT / folder).glob(pattern)):
                yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def test_nothing_on_screens_accuses() -> None:
    found = {where: {word: REFUSED[word] for word in words} for where, text in shown() if (words := refused_in(text))}
    assert found == {}


@pytest.mark.parametrize("text", ["Mức nghi vấn", "các\n kết  luận", "Của đơn vị bạn", "KHIẾU NẠI."])
def test_a_refused_word_is_found(text: str) -> None:
    assert refused_in(text)


@pytest.mark.parametrize("text", ["mức ưu tiên rà soát", "ý kiến thẩm định của đơn vị", "Bạn bỏ phiếu cho đơn vị"])
def test_other_words_are_let_through(text: str) -> None:
    assert not refused_in(text)


def test_pages_and_papers_are_among_what_is_read() -> None:
    places = {where.rsplit(".", 1)[-1] for where, _ in shown()}
    assert {"html", "typ"} <= places
