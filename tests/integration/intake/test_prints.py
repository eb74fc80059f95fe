"""The official papers: who may print them, what stands on every page, and that they are the same every time."""

import io
from datetime import date
from typing import Any

import pypdf
import pytest

from services.intake.assessments.actions import save_items
from services.intake.covenants.actions import GivenRecognition, recognise_revision, revise_target
from services.intake.ports import EvidenceFiles
from services.intake.store import SqlStore
from services.intake.submissions.actions import GivenDossier, save_dossier, submit, take_step
from shared.criteria.model import Title
from tests.behaviours.intake_covenants import FRAMEWORK as TARGETS
from tests.behaviours.intake_covenants import RECOGNITION, REVISION, signed
from tests.builders.intake import (
    CYCLE,
    administrator,
    an_open_cycle,
    attach,
    contributor,
    leader,
    officer,
    reviewer,
    said,
)
from tests.integration.intake.web import Web

UNIT = f"/cycles/{CYCLE}/units/HN"
HOSTILE = '#panic("x") [Tỉnh] $x$ <b> \\ */ // "'


def pages_of(content: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def printed(web: Web, path: str, actor: Any = None) -> bytes:
    answer = web.browser(actor or officer()).get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.get_data(as_text=True)[:300]
    return answer.data


def fill(intake: SqlStore, files: EvidenceFiles) -> None:
    items = [said("C1", 5.25, 20.5), said("C2", 3, 15), said("B1", 2, 4), said("X1", 0)]
    save_items(intake, officer(), CYCLE, "HN", items, 0)
    attach(intake, files)
    given = GivenDossier("21/BC-UBND", date(2026, 2, 3), "Lê Văn Ký", "Phó Chủ tịch", "KT. CHỦ TỊCH")
    save_dossier(intake, officer(), CYCLE, "HN", given, 2)


def test_the_table_of_a_draft_and_of_what_was_sent(web: Web, intake: SqlStore, files: EvidenceFiles) -> None:
    an_open_cycle(intake)
    fill(intake, files)
    [draft] = pages_of(printed(web, f"{UNIT}/assessment.pdf"))
    for words in (
        "BẢN NHÁP",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "BẢNG TỰ CHẤM ĐIỂM",
        "ngày 03 tháng 02 năm 2026",
        "Số: 21/BC-UBND",
        "12/BC-CTK, 01/11/2026, Cục Thống kê",
        "TỔNG ĐIỂM TỰ CHẤM",
        "39,50",
        "5,25",
        "KT. CHỦ TỊCH",
        "Lưu: VT.",
        "Hội đồng TĐKT Trung ương",
        "Trang 1/1",
    ):
        assert words in draft, (words, draft)
    assert "GIẢ ĐỊNH" not in draft
    submit(intake, leader(), CYCLE, "HN", seen=3)
    first = printed(web, f"{UNIT}/submissions/1/assessment.pdf", reviewer())
    [sent] = pages_of(first)
    assert "BẢN NHÁP" not in sent
    assert "SHA-256" in sent
    assert printed(web, f"{UNIT}/submissions/1/assessment.pdf") == first
    assert web.browser(officer("HP", account="hp")).get(f"{UNIT}/submissions/1/assessment.pdf").status_code == 403
    assert web.browser(contributor("C1")).get(f"{UNIT}/assessment.pdf").status_code == 403
    assert web.browser(officer()).get(f"{UNIT}/submissions/2/assessment.pdf").status_code == 404


def test_the_receipt_says_how_it_stands(web: Web, intake: SqlStore, files: EvidenceFiles) -> None:
    an_open_cycle(intake)
    fill(intake, files)
    submit(intake, leader(), CYCLE, "HN", seen=3)
    [before] = pages_of(printed(web, f"{UNIT}/submissions/1/receipt.pdf"))
    assert "đã gửi, chờ tiếp nhận" in before
    take_step(intake, reviewer(), CYCLE, "HN", 1, "received")
    [after] = pages_of(printed(web, f"{UNIT}/submissions/1/receipt.pdf"))
    for words in (
        "PHIẾU TIẾP NHẬN",
        "HỘI ĐỒNG TĐKT TRUNG ƯƠNG",
        "đã tiếp nhận",
        "Phạm Thẩm Định",
        "39,50",
        "trong hạn",
    ):
        assert words in after, (words, after)


def test_the_covenant_with_its_revisions(web: Web, intake: SqlStore) -> None:
    an_open_cycle(intake, framework=TARGETS)
    [draft] = pages_of(printed(web, f"{UNIT}/covenant.pdf"))
    assert "BẢN NHÁP" in draft


def test_a_signed_covenant_is_no_draft(web: Web, intake: SqlStore) -> None:
    signed(intake)
    revise_target(intake, officer(), CYCLE, "HN", REVISION)
    given: GivenRecognition = RECOGNITION
    recognise_revision(intake, administrator(), CYCLE, "HN", 1, given)
    [page] = pages_of(printed(web, f"{UNIT}/covenant.pdf", reviewer()))
    assert "BẢN NHÁP" not in page
    for words in ("GIAO ƯỚC THI ĐUA", "Số: 20/GƯ", "3,5", "15/QĐ-TTg", "7/QĐ-BTĐKT", "Lê Văn Ký"):
        assert words in page, (words, page)


def test_a_made_up_cycle_says_so_on_every_page(web: Web, intake: SqlStore) -> None:
    many = {
        **TARGETS,
        "groups": [
            {
                "code": "I",
                "title": {"vi": "Nhóm một", "en": "One"},
                "criteria": [
                    {
                        "code": f"T{number}",
                        "title": {"vi": f"Tiêu chí thứ {number} với một tên khá dài để xuống dòng", "en": "x"},
                        "max_points": 1,
                        "rule": {"name": "proportional"},
                        "target": "registered",
                    }
                    for number in range(100)
                ],
            }
        ],
    }
    notice = Title(vi="Số liệu chỉ để minh họa.", en="To show only.")
    an_open_cycle(intake, framework=many, synthetic=True, notice=notice)
    for paper in ("assessment", "covenant"):
        pages = pages_of(printed(web, f"{UNIT}/{paper}.pdf"))
        assert len(pages) > 2
        assert all("DỮ LIỆU GIẢ ĐỊNH. Số liệu chỉ để minh họa." in page and "BẢN NHÁP" in page for page in pages)


def test_what_people_typed_is_printed_and_never_interpreted(web: Web, intake: SqlStore, files: EvidenceFiles) -> None:
    an_open_cycle(intake)
    save_items(intake, officer(), CYCLE, "HN", [said("C1", 5, 20, note=HOSTILE)], 0)
    [page] = pages_of(printed(web, f"{UNIT}/assessment.pdf"))
    assert HOSTILE.replace(" ", "") in page.replace(" ", "")


@pytest.mark.parametrize("paper", ["assessment", "receipt", "covenant"])
def test_the_typefaces_have_every_vietnamese_letter(paper: str, web: Web, intake: SqlStore) -> None:
    """Printed with the machine's fonts left out, every page still comes with its own."""
    letters = "ĂÂĐÊÔƠƯăâđêôơư ẮẰẲẴẶẤẦẨẪẬẾỀỂỄỆỐỒỔỖỘỚỜỞỠỢỨỪỬỮỰ ắằẳẵặấầẩẫậếềểễệốồổỗộớờởỡợứừửữự ỲÝỶỸỴỳýỷỹỵ"
    an_open_cycle(intake, framework=TARGETS, title=Title(vi=letters, en="x"))
    path = f"{UNIT}/{paper}.pdf"
    if paper == "receipt":
        save_items(intake, officer(), CYCLE, "HN", [said("T1", 5, 20)], 0)
        submit(intake, leader(), CYCLE, "HN", seen=1)
        path = f"{UNIT}/submissions/1/receipt.pdf"
    content = printed(web, path)
    assert letters.split()[0] in pages_of(content)[0]
    assert b"/FontFile3" in content or b"/FontFile2" in content
