"""The cluster round through pages and API."""

from io import BytesIO
from typing import Any

from services.intake.challenges.queries import read_item
from services.intake.cluster_round.queries import read_cluster
from services.intake.files.clients.folder import EvidenceFolder
from services.intake.meetings.queries import read_meeting
from services.intake.store import SqlStore
from tests.builders.intake import CYCLE, PDF, administrator, leader, officer, reviewer
from tests.builders.intake_rounds import a_closed_cycle, a_running_round, challenged, deputy, head, signed
from tests.integration.intake.forms import open_form, send
from tests.integration.intake.web import Web, multipart

API = f"/v1/cycles/{CYCLE}"
ROUND = f"/cycles/{CYCLE}/round"
CLUSTER = f"/cycles/{CYCLE}/clusters/K1"
ITEM = f"/cycles/{CYCLE}/units/HN/items/C1/challenges"
DAYS = {
    "reads_from": "2026-11-22",
    "reads_to": "2026-11-26",
    "answers_to": "2026-11-28",
    "quorum": "2/3",
    "quorum_source": "Quy chế cụm, Điều 5",
    "quorum_standing": "regulation",
}
LETTER = {"document_number": "45/CTK-TH", "issuer": "Cục Thống kê", "issued_on": "2026-11-10", "signer": "Bà B"}
MEETING: dict[str, Any] = {
    "held_on": "2026-11-22",
    "place": "Hà Nội",
    "chair_unit": "HN",
    "chair": "Trần Văn Chủ",
    "own_file_chair_unit": "HP",
    "own_file_chair": "Lê Thị Phó",
    "attendance": [
        {"unit": "HN", "attended": True, "representative": "Trần Văn Chủ", "position": "Chủ tịch"},
        {"unit": "HP", "attended": True, "representative": "Lê Thị Phó", "position": "Phó Chủ tịch"},
        {"unit": "QN", "attended": False},
    ],
    "agreed": True,
}


def test_an_administrator_declares_the_days_by_form(web: Web, intake: SqlStore) -> None:
    a_closed_cycle(intake)
    admin = web.browser(administrator())
    form = open_form(admin, ROUND, "/days")
    wrong = send(admin, form, **{**DAYS, "quorum": "hai phần ba", "reads_to": "hôm nay", "quorum_standing": ""})
    text = wrong.get_data(as_text=True)
    assert wrong.status_code == 422
    for field in ("quorum", "reads_to", "quorum_standing"):
        assert f'href="#field-{field}"' in text
    assert send(admin, form, **{**DAYS, "answers_to": "25/11/2026"}).status_code == 422
    assert send(admin, form, **DAYS).status_code == 303
    page = web.browser(officer("QN")).get(ROUND).get_data(as_text=True)
    assert "22/11/2026 – 26/11/2026" in page
    assert "Quy chế cụm, Điều 5" in page
    assert ("/days" in page, f"{CLUSTER}/round" in page, "/clusters/K2/" in page) == (False, True, False)
    assert send(admin, open_form(admin, ROUND, "/days"), reads_to="2026-11-27").status_code == 422  # without a reason


def test_a_member_reads_challenges_and_is_answered_by_form(web: Web, intake: SqlStore, files: EvidenceFolder) -> None:
    a_running_round(intake, files)
    hp, hn, qn = web.browser(officer("HP")), web.browser(officer("HN")), web.browser(officer("QN"))
    listed = hp.get(f"{CLUSTER}/round").get_data(as_text=True)
    receipt = f"/cycles/{CYCLE}/units/HN/submissions/1"
    assert (receipt in listed, "38" in listed) == (True, True)
    read = hp.get(receipt).get_data(as_text=True)
    assert ("Theo báo cáo" in read, "Hoàn thành tốt" in read, ITEM in read) == (True, False, True)
    form = open_form(hp, ITEM, "/new")
    bare = send(hp, form, reason="Số của Cục Thống kê là 4,8")
    assert (bare.status_code, 'href="#field-document_number"' in bare.get_data(as_text=True)) == (422, True)
    whole = {**form.fields, **LETTER, "reason": "Số của Cục Thống kê là 4,8"}
    assert hp.post(form.action, data=whole).status_code == 422  # neither file nor reference
    entered = hp.post(form.action, data={**whole, "file": (BytesIO(PDF), "Công văn.pdf")})
    assert entered.status_code == 303
    assert "/new" not in hp.get(ITEM).get_data(as_text=True)
    answer = open_form(hn, ITEM, "/1/answer")
    assert send(hn, answer, text="").status_code == 422
    assert send(hn, answer, text="Số sơ bộ, sẽ theo số chính thức").status_code == 303
    page = qn.get(ITEM)
    text = page.get_data(as_text=True)
    for said in ("Số của Cục Thống kê là 4,8", "45/CTK-TH", "Số sơ bộ, sẽ theo số chính thức"):
        assert said in text
    view = read_item(intake, officer("QN"), CYCLE, "HN", "C1")
    file = qn.get(f"{CLUSTER}/files/{view.challenges[0].document.sha256}")
    assert (file.data, file.headers["Content-Security-Policy"]) == (PDF, "sandbox; default-src 'none'")
    assert "attachment" in file.headers["Content-Disposition"]
    file.close()
    assert send(hp, open_form(hp, ITEM, "/1/withdrawal"), reason="Đã thống nhất").status_code == 303
    assert "Đã thống nhất" in hn.get(ITEM).get_data(as_text=True)


def test_a_classified_item_takes_no_file_and_shows_only_numbers(web: Web, intake: SqlStore) -> None:
    a_running_round(intake)
    page = ITEM.replace("/C1/", "/C4/")
    hp = web.browser(officer("HP"))
    form = open_form(hp, page, "/new")
    assert form.fields["reference_only"] == "1"
    assert send(hp, form, **LETTER, reason="Chưa hoàn thành").status_code == 303
    seen = web.browser(officer("QN")).get(page).get_data(as_text=True)
    assert ("45/CTK-TH" in seen, "Chưa hoàn thành" in seen, "Cục Thống kê" in seen) == (True, False, False)
    assert "Chưa hoàn thành" in web.browser(reviewer()).get(page).get_data(as_text=True)
    hn = web.browser(officer("HN"))
    assert send(hn, open_form(hn, page, "/1/answer"), text="Đã hoàn thành").status_code == 303  # without a document


def test_the_head_records_signs_and_corrects_by_form(web: Web, intake: SqlStore) -> None:
    a_running_round(intake)
    chief = web.browser(head())
    form = open_form(chief, f"{CLUSTER}/meetings/new")
    assert (form.fields["points-HN"], form.fields["basis-HN"], form.fields["chair_unit"]) == ("38", "submitted", "HN")
    said = {
        "place": "Hà Nội",
        "chair": "Trần Văn Chủ",
        "own_file_chair": "Lê Thị Phó",
        "agreed": "1",
        "attended-HN": "1",
        "representative-HN": "Trần Văn Chủ",
        "position-HN": "Chủ tịch UBND",
        "points-HN": "36,5",
        "basis-HN": "verified",
        "dissent-by-0": "HP",
        "dissent-unit-0": "HN",
        "dissent-criterion-0": "C1",
        "dissent-reason-0": "Chưa thống nhất số liệu",
    }
    path = f"{CLUSTER}/meetings/new"
    alone = chief.post(path, data={**form.fields, **said})
    text = alone.get_data(as_text=True)
    assert (alone.status_code, 'href="#field-agreed"' in text, 'href="#field-dissent-by-0"' in text) == (
        422,
        True,
        True,
    )
    assert "Chưa thống nhất số liệu" in text  # nothing typed is lost
    half = chief.post(path, data={**form.fields, **said, "agreed": "", "dissent-by-4": "HN"})
    assert 'href="#field-dissent-reason-4"' in half.get_data(as_text=True)
    said |= {"attended-HP": "1", "representative-HP": "Lê Thị Phó"}
    lacking = chief.post(path, data={**form.fields, **said})
    assert (lacking.status_code, 'href="#field-position-HP"' in lacking.get_data(as_text=True)) == (422, True)
    said |= {"position-HP": "Phó Chủ tịch UBND", "mandate-HP": "12/GUQ-UBND"}
    assert chief.post(path, data={**form.fields, **said}).status_code == 303
    sign = {
        "sign": "1",
        "document_number": "01/BB-CTĐ",
        "issued_on": "22/11/2026",
        "signer-0": "Trần Văn Chủ",
        "signer-position-0": "Cụm trưởng",
    }
    path = f"{CLUSTER}/meetings/1/versions"
    form = open_form(chief, path)
    assert form.fields["dissent-reason-0"] == "Chưa thống nhất số liệu"
    assert chief.post(path, data={**form.fields, **said, **sign}).status_code == 422  # the PDF is missing
    done = chief.post(path, data={**form.fields, **said, **sign, "file": (BytesIO(PDF), "Biên bản.pdf")})
    assert done.status_code == 303
    stale = chief.post(path, data={**form.fields, **said, "place": "Huế"})
    assert stale.status_code == 412
    form = open_form(chief, path)
    changed = {**form.fields, **said, **sign, "place": "Huế", "correction": "Sửa nơi họp"}
    assert chief.post(path, data={**changed, "file": (BytesIO(PDF), "Biên bản.pdf")}).status_code == 303
    page = web.browser(officer("QN")).get(f"{CLUSTER}/meetings/1").get_data(as_text=True)
    for text in ("Huế", "Sửa nơi họp", "01/BB-CTĐ", "12/GUQ-UBND", "36,5", "Quy chế hoạt động của cụm, Điều 5"):
        assert text in page
    earlier = web.browser(officer("QN")).get(f"{CLUSTER}/meetings/1?version=2").get_data(as_text=True)
    assert ("Hà Nội" in earlier, "có phiên bản mới hơn" in earlier.lower()) == (True, True)


def test_members_that_came_speak_by_form(web: Web, intake: SqlStore, files: EvidenceFolder) -> None:
    a_running_round(intake)
    signed(intake, files)
    page = f"{CLUSTER}/meetings/1"
    hp = web.browser(officer("HP"))
    form = open_form(hp, page, "/position")
    assert send(hp, form, kind="dissent").status_code == 422
    assert send(hp, form, kind="dissent", about_unit="HN", criterion="C1", reason="Chưa rõ").status_code == 303
    assert send(hp, form, kind="confirm").status_code == 303
    for actor in (head(), officer("QN"), administrator()):
        assert "/position" not in web.browser(actor).get(page).get_data(as_text=True)
    assert "Chưa rõ" in web.browser(officer("QN")).get(page).get_data(as_text=True)


def test_programs_take_part_too(web: Web, intake: SqlStore) -> None:
    a_closed_cycle(intake)
    admin, hp, hn, chief = (web.api(one) for one in (administrator(), officer("HP"), officer("HN"), head()))
    assert admin.post(f"{API}/round", json={**DAYS, "quorum": "0.66"}).status_code == 422
    bad = admin.post(f"{API}/round", json={**DAYS, "answers_to": "2026-11-25"})
    assert (bad.status_code, bad.mimetype) == (422, "application/problem+json")
    assert admin.post(f"{API}/round", json=DAYS).status_code == 201
    seen = hp.get(f"{API}/clusters/K1/round").get_json()
    assert (seen["reads"], seen["members"][0]["self_score"]) == (True, 38)
    assert hp.get(f"{API}/units/HN/submissions/1").get_json()["content"]["items"][1]["self_points"] is None
    brought = hp.post(f"{API}/clusters/K1/files", **multipart(("Công văn.pdf", PDF), unit="HP"))
    assert brought.status_code == 201, brought.get_json()
    sha256 = brought.get_json()["sha256"]
    path = f"{API}/units/HN/items/C1/challenges"
    asked = {"by_unit": "HP", "reason": "Số khác", "document": {**LETTER, "sha256": sha256}}
    bare = hp.post(path, json={**asked, "document": {"document_number": "1"}})
    assert bare.status_code == 422
    made = hp.post(path, json=asked)
    assert (made.status_code, made.get_json()["state"]) == (201, "open")
    assert hp.post(path, json=asked).get_json() == made.get_json()
    assert hn.post(f"{path}/1/answer", json={"text": "Đã rõ"}).get_json()["answer"]["text"] == "Đã rõ"
    assert hn.post(f"{path}/1/answer", json={"text": "Khác"}).status_code == 409
    assert hp.post(f"{path}/1/withdrawal", json={}).get_json()["state"] == "withdrawn"
    assert len(hp.get(path).get_json()["challenges"]) == 1
    file = hn.get(f"{API}/clusters/K1/files/{sha256}")
    assert file.data == PDF
    file.close()
    _a_meeting_by_programs(web, chief, hn, hp)


def _a_meeting_by_programs(web: Web, chief: Any, hn: Any, hp: Any) -> None:
    path = f"{API}/clusters/K1/meetings"
    made = chief.post(path, json=MEETING)
    assert (made.status_code, made.get_json()["newest"]["minutes"]) == (201, None)
    assert [one["points"] for one in made.get_json()["newest"]["table"]] == [38, 39, 40]
    pdf = chief.post(f"{API}/clusters/K1/files", **multipart(("Biên bản.pdf", PDF)))
    minutes = {
        "document_number": "01/BB",
        "issued_on": "2026-11-22",
        "signers": [{"name": "Trần Văn Chủ", "position": "Cụm trưởng"}],
        "sha256": pdf.get_json()["sha256"],
    }
    signed_ = {"meeting": {**MEETING, "minutes": minutes}, "seen": 1}
    assert chief.post(f"{path}/1/versions", json=signed_).status_code == 201
    assert chief.post(f"{path}/1/versions", json={**signed_, "meeting": MEETING, "seen": 1}).status_code == 412
    assert hn.post(f"{path}/1/positions", json={"version": 2, "unit": "HN", "kind": "confirm"}).status_code == 201
    assert hn.post(f"{path}/1/positions", json={"version": 2, "unit": "HP", "kind": "confirm"}).status_code == 403
    read = web.api(officer("QN")).get(f"{path}/1").get_json()
    assert (read["newest"]["positions"][0]["unit"], len(read["versions"])) == ("HN", 2)


def test_the_pages_say_it_in_both_languages(web: Web, intake: SqlStore, files: EvidenceFolder) -> None:
    a_running_round(intake)
    challenged(intake)
    signed(intake, files)
    for path, vietnamese, english in (
        (ROUND, "Vòng kiểm tra chéo trong cụm", "Cluster round"),
        (f"{CLUSTER}/round", "Đề nghị làm rõ", "Challenges"),
        (ITEM, "Đề nghị làm rõ", "Challenges"),
        (f"{CLUSTER}/meetings/1", "Biên bản họp cụm", "Minutes of the cluster"),
        (f"{CLUSTER}/meetings/new", "Ghi biên bản cuộc họp", "Record a meeting"),
    ):
        for language, said in (("vi", vietnamese), ("en", english)):
            page = web.browser(deputy(), language).get(path)
            assert (page.status_code, said in page.get_data(as_text=True)) == (200, True), (path, language)


def test_nothing_of_a_refused_form_stays(web: Web, intake: SqlStore) -> None:
    a_running_round(intake)
    chief = web.browser(head())
    form = open_form(chief, f"{CLUSTER}/meetings/new")
    assert chief.post(f"{CLUSTER}/meetings/new", data=form.fields).status_code == 422
    hp = web.browser(leader("HP"))
    assert send(hp, open_form(hp, ITEM, "/new"), reason="Vì").status_code == 422
    view = read_cluster(intake, administrator(), CYCLE, "K1")
    assert (view.meetings, view.challenges) == ([], [])
    assert read_meeting(intake, head(), CYCLE, "K1", None).meeting is None
