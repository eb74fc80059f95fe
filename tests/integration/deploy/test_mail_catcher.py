"""The runner's own mail server keeps every mail and sends none; a mail server of the environment takes its place."""

import smtplib
import time
from email.message import EmailMessage
from pathlib import Path

from deploy.commands import mail_catcher, mail_settings
from deploy.embedded import free_port
from deploy.state import State
from deploy.supervisor import Supervisor
from services.intake.inbox.readers import CaughtMails


def hand_over(port: int) -> None:
    message = EmailMessage()
    message["To"], message["Subject"] = "lan@tinh.gov.vn", "Công Tâm: có thông báo mới"
    message.set_content("Kính gửi")
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as session:
        session.send_message(message, "cong-tam@suite.invalid", ["lan@tinh.gov.vn"])


def test_what_is_sent_lies_in_the_folder(tmp_path: Path) -> None:
    state, port, supervisor = State(tmp_path / "suite"), free_port(), Supervisor()
    state.prepare()
    assert CaughtMails(state.mail).newest() == []
    supervisor.start(mail_catcher(state, port))
    try:
        for _ in range(300):
            try:
                hand_over(port)
                break
            except OSError:
                time.sleep(0.1)
    finally:
        supervisor.stop(lambda: False)
    [caught] = CaughtMails(state.mail).newest()
    assert (caught.to, caught.subject) == ("lan@tinh.gov.vn", "Công Tâm: có thông báo mới")
    assert caught.text.strip() == "Kính gửi"


def test_a_mail_server_of_the_environment_is_taken_as_it_is() -> None:
    assert mail_settings({"SMTP_PORT": "25"}) == {}
    given = {"SMTP_HOST": "mail.tdkt.gov.vn", "SMTP_USER": "", "MAIL_SENDER": "a@tdkt.gov.vn", "HOME": "/root"}
    assert mail_settings(given) == {"SMTP_HOST": "mail.tdkt.gov.vn", "MAIL_SENDER": "a@tdkt.gov.vn"}
