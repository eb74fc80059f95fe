"""Mail by a real SMTP session: what it says, that it goes once, that nothing is lost when the server is away."""

import mailbox
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from services.intake.cycles import actions as cycles_actions
from services.intake.cycles.actions import GivenExtension
from services.intake.inbox.actions import mark_read, send_due_mail, set_mail
from services.intake.inbox.clients import SmtpPost, SmtpServer, smtp_server
from services.intake.inbox.model import Letter, MailSetting
from services.intake.inbox.ports import MailNotTaken, MailRefused
from services.intake.inbox.queries import read_inbox
from services.intake.inbox.readers import CaughtMails
from services.intake.inbox.rules import letter_of
from services.intake.inbox.store.mail import ATTEMPTS, SqlMailQueue
from services.intake.ports import EvidenceFiles
from services.intake.store import SqlStore
from services.intake.tasks import register_tasks
from shared.clock import FrozenClock
from shared.people import Actor
from shared.plumbing.celery import make_celery
from shared.plumbing.database import Database
from shared.plumbing.settings import SettingsError
from tests.builders.intake import CYCLE, administrator, an_open_cycle, officer
from tests.builders.intake_worker import surroundings
from tests.integration.intake.web import make_settings
from tests.servers import TestDatabase

Hire = Callable[[Actor], Actor]
REASON = "Lý do chỉ ghi trong hệ thống"
LETTER = Letter("k-1", "lan@tinh.gov.vn", "Nguyễn Thị Lan", "vi", "Công Tâm: có thông báo mới", "Kính gửi\n")


class Picky(Mailbox):
    """A mail server that refuses some addresses for good, and some for now."""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address.startswith("nobody"):
            return "550 5.1.1 No such mailbox"
        if address.startswith("busy"):
            return "451 4.7.1 Please come again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture
def box(tmp_path: Path) -> Path:
    return tmp_path / "mail"


@pytest.fixture
def post(box: Path, clock: FrozenClock) -> Iterator[SmtpPost]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Picky(box), hostname="127.0.0.1", port=port)
    controller.start()
    yield SmtpPost(SmtpServer("127.0.0.1", port, "none", "cong-tam@tdkt.gov.vn"), clock)
    controller.stop()


@pytest.fixture
def queue(database: Database) -> SqlMailQueue:
    return SqlMailQueue(database, "https://congtam.example/")


def received(box: Path) -> list[EmailMessage]:
    kept = mailbox.Maildir(box)
    found = [message_from_bytes(kept.get_bytes(key), EmailMessage, policy=policy.default) for key in kept.keys()]  # noqa: SIM118
    kept.close()
    return sorted(found, key=lambda one: str(one["Message-ID"]))


def extend(intake: SqlStore, day: int) -> None:
    cycles_actions.extend(intake, administrator(), CYCLE, GivenExtension(date(2026, 12, day), REASON))


def test_a_mail_says_what_waits_and_where_and_nothing_else(
    intake: SqlStore, hire: Hire, queue: SqlMailQueue, post: SmtpPost, box: Path
) -> None:
    own = hire(officer())
    set_mail(intake, own, "lan@tinh.gov.vn", "at_once")
    an_open_cycle(intake)
    extend(intake, 24)
    assert send_due_mail(queue, post) == 1
    assert send_due_mail(queue, post) == 0
    [message] = received(box)
    assert message["To"].addresses[0].display_name == "Nguyễn Thị Lan"
    assert message["To"].addresses[0].addr_spec == "lan@tinh.gov.vn"
    assert message["Subject"] == "Công Tâm: có việc đang chờ ông/bà"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "vi"
    text = message.get_content().replace("\r\n", "\n")
    assert "Kỳ đánh giá đã mở" in text
    assert f"https://congtam.example/intake/cycles/{CYCLE}/units/HN\n" in text
    assert f"https://congtam.example/intake/cycles/{CYCLE}/calendar" in text
    assert "https://congtam.example/intake/notices/mail" in text
    assert REASON not in text
    assert "24" not in text
    assert [one.subject for one in CaughtMails(box).newest()] == [message["Subject"]]


def test_many_events_make_one_mail_and_a_read_notice_none(
    intake: SqlStore, hire: Hire, queue: SqlMailQueue, post: SmtpPost, box: Path, clock: FrozenClock
) -> None:
    own, other = hire(officer()), hire(officer("HP", account="hp"))
    set_mail(intake, own, "lan@tinh.gov.vn", "at_once")
    set_mail(intake, other, "hai@tinh.gov.vn", "daily")
    an_open_cycle(intake)
    send_due_mail(queue, post)
    for day in (22, 23, 24):
        extend(intake, day)
        send_due_mail(queue, post)
    assert len(received(box)) == 1  # the pause after the first is not over
    clock.forward(minutes=11)
    assert send_due_mail(queue, post) == 1
    assert received(box)[-1].get_content().count("/calendar") <= 1
    # The 22nd is a Sunday; the daily mail comes at 07:30 on Monday, in Vietnam.
    clock.moment = clock.moment.replace(day=23, hour=0, minute=29)
    assert send_due_mail(queue, post) == 0
    clock.forward(minutes=2)
    mark_read(intake, other, [read_inbox(intake, other).entries[-1].number])
    assert send_due_mail(queue, post) == 1
    [daily] = [one for one in received(box) if one["To"].addresses[0].addr_spec == "hai@tinh.gov.vn"]
    assert "/calendar" in daily.get_content()
    assert "/units/HP" not in daily.get_content()  # that one was read before
    extend(intake, 28)
    clock.forward(days=1, minutes=30)
    mark_read(intake, own, None)
    mark_read(intake, other, None)
    assert send_due_mail(queue, post) == 0


def test_a_server_that_is_away_loses_nothing(
    intake: SqlStore, hire: Hire, queue: SqlMailQueue, post: SmtpPost, box: Path, clock: FrozenClock
) -> None:
    own = hire(officer())
    set_mail(intake, own, "lan@tinh.gov.vn", "at_once")
    an_open_cycle(intake)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        away = SmtpPost(SmtpServer("127.0.0.1", closed.getsockname()[1], "none", "cong-tam@tdkt.gov.vn"), clock)
    assert send_due_mail(queue, away) == 0
    assert (queue.report().waiting, queue.report().newest_error) == (1, "MailNotTaken")
    assert send_due_mail(queue, post) == 0  # not before the pause is over
    clock.forward(minutes=2)
    assert send_due_mail(queue, post) == 1
    assert (len(received(box)), queue.report().waiting) == (1, 0)


def test_attempts_end_are_shown_and_can_be_asked_for_again(
    intake: SqlStore, hire: Hire, queue: SqlMailQueue, post: SmtpPost, box: Path, clock: FrozenClock
) -> None:
    busy, gone = hire(officer()), hire(officer("HP", account="hp"))
    set_mail(intake, busy, "busy@tinh.gov.vn", "at_once")
    set_mail(intake, gone, "nobody@tinh.gov.vn", "at_once")
    an_open_cycle(intake)
    for _ in range(ATTEMPTS + 2):
        send_due_mail(queue, post)
        clock.forward(hours=3)
    assert (queue.report().waiting, queue.report().failed) == (0, 2)
    set_mail(intake, busy, "lan@tinh.gov.vn", "at_once")
    set_mail(intake, gone, "", "none")
    assert queue.retry_failed() == 2
    assert send_due_mail(queue, post) == 2  # the old one, and one that says that the address was changed
    assert {one["To"].addresses[0].addr_spec for one in received(box)} == {"lan@tinh.gov.vn"}
    assert queue.report().failed == 0


def test_two_workers_send_each_mail_once(
    intake: SqlStore, hire: Hire, queue: SqlMailQueue, post: SmtpPost, box: Path
) -> None:
    for number in range(4):
        own = hire(officer(account=f"officer-{number}"))
        set_mail(intake, own, f"lan{number}@tinh.gov.vn", "at_once")
    an_open_cycle(intake)
    assert (queue.gather(), queue.gather()) == (4, 0)
    first, second = queue.take(), queue.take()
    assert first is not None
    assert second is not None
    assert first.letter != second.letter
    assert send_due_mail(queue, post) == 2
    assert len(received(box)) == 2


def test_no_name_and_no_address_breaks_a_header(post: SmtpPost, box: Path) -> None:
    for wrong in (
        {"name": "Lan\r\nBcc: other@tinh.gov.vn"},
        {"address": "lan@tinh.gov.vn\r\nBcc: other@tinh.gov.vn"},
        {"subject": "A\nB: c"},
    ):
        with pytest.raises(MailRefused):
            post.send(Letter(**{**vars(LETTER), **wrong}))
    post.send(Letter(**{**vars(LETTER), "name": 'Lan "Bcc: a@b.vn", <c@d.vn>'}))
    [message] = received(box)
    assert [one.addr_spec for one in message["To"].addresses] == ["lan@tinh.gov.vn"]
    assert message["Bcc"] is None


def test_a_server_that_wants_encryption_is_not_spoken_to_without(post: SmtpPost) -> None:
    plain = SmtpServer(post.server.host, post.server.port, "starttls", "cong-tam@tdkt.gov.vn")
    with pytest.raises(MailNotTaken):
        SmtpPost(plain).send(LETTER)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The mail server's certificate, which this process trusts as it would trust the system's authorities."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "mail.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "mail.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "mail.pem")
    return context


def knows(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
    # Not handled: the server itself answers a wrong password, instead of leaving the sender to wait for an answer.
    return AuthResult(success=(given.login, given.password) == (b"cong-tam", b"a secret"), handled=False)


# The server does not see that its session is encrypted from the first byte.
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_session_is_encrypted_and_signed_in(security: str, authority: ssl.SSLContext, box: Path) -> None:
    more: dict[str, Any] = {"authenticator": knows, "auth_required": True, "auth_require_tls": security == "starttls"}
    more |= (
        {"tls_context": authority, "require_starttls": True} if security == "starttls" else {"ssl_context": authority}
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Mailbox(box), hostname="localhost", port=port, **more)
    controller.start()
    try:
        server = SmtpServer("localhost", port, security, "cong-tam@tdkt.gov.vn", "cong-tam", "a secret")
        SmtpPost(server).send(LETTER)
        with pytest.raises(MailNotTaken):
            SmtpPost(replace(server, password="another")).send(LETTER)
        with pytest.raises(MailNotTaken):  # the certificate is not for this name
            SmtpPost(replace(server, host="127.0.0.1")).send(LETTER)
    finally:
        controller.stop()
    assert [one["Subject"] for one in received(box)] == [LETTER.subject]


def test_settings_that_cannot_work_stop_the_start(tmp_path: Path, fresh: TestDatabase) -> None:

    settings = make_settings(tmp_path, fresh.url)
    assert smtp_server(settings) is None
    wrong = replace(settings, smtp_host="mail", smtp_security="ssl", mail_sender="Công Tâm")
    with pytest.raises(SettingsError) as caught:
        smtp_server(wrong)
    assert "SMTP_SECURITY" in str(caught.value)
    assert "MAIL_SENDER" in str(caught.value)
    clear = replace(settings, smtp_host="mail", smtp_security="none", smtp_user="u", mail_sender="a@b.vn")
    with pytest.raises(SettingsError):
        smtp_server(clear)


def test_the_task_sends_and_a_service_without_mail_keeps_quiet(
    intake: SqlStore,
    hire: Hire,
    queue: SqlMailQueue,
    post: SmtpPost,
    box: Path,
    fresh: TestDatabase,
    files: EvidenceFiles,
) -> None:
    own = hire(officer())
    set_mail(intake, own, "lan@tinh.gov.vn", "at_once")
    an_open_cycle(intake)
    app = make_celery("test", "redis://127.0.0.1:1/0")
    register_tasks(app, surroundings(intake, files=files, queue=queue))["intake.send_mail"]()
    assert (received(box), queue.report().waiting) == ([], 0)
    tasks = register_tasks(
        make_celery("other", "redis://127.0.0.1:1/0"), surroundings(intake, files=files, queue=queue, post=post)
    )
    tasks["intake.send_mail"]()
    assert len(received(box)) == 1
    # What waited for a week is not mailed.
    extend(intake, 24)
    with psycopg.connect(fresh.owner_url) as owner:
        owner.execute("UPDATE notice_recipient SET mail_due_at = mail_due_at - interval '8 days'")
        owner.execute("UPDATE mail_setting SET gathered_at = gathered_at - interval '1 day'")
    tasks["intake.send_mail"]()
    assert len(received(box)) == 1


def test_a_long_list_is_cut_with_a_word(intake: SqlStore, hire: Hire) -> None:
    own = hire(officer())
    an_open_cycle(intake)
    [entry] = read_inbox(intake, own).entries

    many = [replace(entry, unit=f"U{number}") for number in range(30)]
    apps = {"intake": "https://congtam.example/intake"}
    letter = letter_of("k", "Lan", "en", MailSetting("a@b.vn", "daily"), many, apps)
    assert letter.text.count("/units/") == 20
    assert "and more" in letter.text
