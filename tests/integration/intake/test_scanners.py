"""A daemon that speaks ClamAV's protocol, the page of the period, and the states people see."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.intake.files.clients.scanners import ClamdScanner, CommandScanner, read_scanner
from services.intake.files.model import Verdict
from services.intake.files.ports import ScannerAway
from services.intake.store import SqlStore
from shared.plumbing.settings import SettingsError
from tests.behaviours.intake_keeping import EICAR
from tests.builders.intake import CYCLE, administrator, an_open_cycle, attach, officer
from tests.integration.intake.forms import open_form, send
from tests.integration.intake.web import Web


class Daemon(socketserver.StreamRequestHandler):
    """INSTREAM as clamd speaks it: chunks with their length before, nothing at the end, one line back."""

    def handle(self) -> None:
        command = b""
        while not command.endswith((b"\n", b"\0")):
            command += self.rfile.read(1)
        content = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        said = b"stream: Eicar-Signature FOUND" if EICAR in content else b"stream: OK"
        self.wfile.write(said + (b"\0" if command.startswith(b"z") else b"\n"))


@pytest.fixture
def daemon() -> Iterator[ClamdScanner]:
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Daemon)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield ClamdScanner("127.0.0.1", server.server_address[1])
    server.shutdown()
    server.server_close()


def test_the_daemon_is_asked_in_its_own_protocol(daemon: ClamdScanner, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(b"%PDF-" + b"x" * 300_000)
    assert daemon.scan(file) == Verdict(True)
    file.write_bytes(b"%PDF-" + EICAR)
    assert daemon.scan(file) == Verdict(False, "Eicar-Signature")


def test_a_daemon_that_is_away_has_not_said_anything(daemon: ClamdScanner, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(b"%PDF-")
    with pytest.raises(ScannerAway):
        ClamdScanner("127.0.0.1", 1).scan(file)


def test_the_setting_names_a_scanner() -> None:
    assert read_scanner("") is None
    assert read_scanner("clamd://scanner:3311") == ClamdScanner("scanner", 3311)
    assert read_scanner("clamd://scanner") == ClamdScanner("scanner", 3310)
    assert read_scanner("command:clamdscan --no-summary") == CommandScanner(("clamdscan", "--no-summary"))
    for wrong in ("clamd", "command:", "http://scanner"):
        with pytest.raises(SettingsError):
            read_scanner(wrong)


def test_people_see_what_became_of_files_and_how_long_they_are_kept(web: Web, intake: SqlStore, files: Any) -> None:
    an_open_cycle(intake)
    attach(intake, files)
    page = web.browser(officer()).get(f"/cycles/{CYCLE}/units/HN/items/C1/evidence").get_data(as_text=True)
    assert "chưa quét" in page
    admin = web.browser(administrator())
    path = f"/cycles/{CYCLE}/keeping"
    form = open_form(admin, path, "/keeping")
    wrong = send(admin, form, years="mười", legal_source="")
    assert wrong.status_code == 422
    assert "Cần số năm nguyên" in wrong.get_data(as_text=True)
    assert send(admin, form, years="10", legal_source="Thông tư 10/2022/TT-BNV").status_code == 303
    page = web.browser(officer()).get(path).get_data(as_text=True)
    assert "Thông tư 10/2022/TT-BNV" in page
    assert "20/12/2036" in page or "21/12/2036" in page
    assert "Đặt thời hạn" not in page
    document = web.api(officer()).get(f"/v1{path}").get_json()
    assert document["rule"] == {"years": 10, "legal_source": "Thông tư 10/2022/TT-BNV"}
    assert web.api(officer()).put(f"/v1{path}", json=document["rule"]).status_code == 403
