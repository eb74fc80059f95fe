"""`python -m deploy run`: the whole suite on one machine, from the process table, until it is asked to stop."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import structlog

from deploy.children import ROOT, StartFailure, last_lines, start_child
from deploy.commands import NODE, base_environment, environment_of, mail_catcher, mail_settings, supervised
from deploy.databases import DATABASES, MIGRATION_URL, create_databases, role_url
from deploy.embedded import EmbeddedPostgres, EmbeddedRedis, free_port, held_port
from deploy.processes import PROCESSES, Kind, Process
from deploy.state import FolderLock, State
from deploy.supervisor import Supervisor
from shared.plumbing.celery import make_celery

log = structlog.get_logger(__name__)
FIRST_PORT = 8080
PATIENCE = 120.0  # seconds until everybody is ready
LOOK_EVERY = 0.2
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
ADDRESS_SETTINGS = {"intake": "INTAKE_URL", "verify": "VERIFY_URL", "ranking": "RANKING_URL", "ballot": "BALLOT_URL"}


class StopRequested(Exception):
    """A stop signal came while the suite was still starting."""


@dataclass(frozen=True)
class Options:
    """What the person at the terminal chose. URLs name servers to use instead of the embedded ones."""

    port: int | None = None
    database_url: str | None = None
    redis_url: str | None = None
    log_format: str = "json"
    processes: Sequence[Process] = PROCESSES
    migrated: Sequence[str] = tuple(DATABASES)


class Runner:
    """Starts the suite in one state folder and keeps it running."""

    def __init__(self, state: State, options: Options, say: Callable[[str], None]) -> None:
        self.state = state
        self.options = options
        self.say = say
        self.supervisor = Supervisor()
        self.postgres = None if options.database_url else EmbeddedPostgres(state.postgres)
        self.redis = None if options.redis_url else EmbeddedRedis(state.redis)
        self.ports: dict[str, int] = {}
        self._held: dict[str, socket.socket] = {}
        self.ready = False
        self._signals = 0

    @property
    def address(self) -> str:
        """Where people go."""
        return f"http://127.0.0.1:{self.ports['gateway']}"

    @property
    def admin_url(self) -> str:
        return self.options.database_url or (self.postgres.url if self.postgres else "")

    @property
    def redis_url(self) -> str:
        return self.options.redis_url or (self.redis.url if self.redis else "")

    def run(self) -> int:
        """Start, look after and stop the suite; the exit code. Call it from the main thread."""
        with FolderLock(self.state.folder):
            before = {number: signal.signal(number, self._on_signal) for number in STOP_SIGNALS}
            self.state.running.unlink(missing_ok=True)
            try:
                self._start()
                while not self._signals:
                    self._look_after_everybody()
                    time.sleep(LOOK_EVERY)
            except StopRequested:
                pass
            finally:
                self._stop()
                for number, handler in before.items():
                    signal.signal(number, handler)
        return 0

    def _on_signal(self, _number: int, _frame: object) -> None:
        self._signals += 1

    def _check_signals(self) -> None:
        if self._signals:
            raise StopRequested

    # --- starting -------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        begun = time.monotonic()
        self.state.prepare()
        self._pick_ports()
        self._start_servers()
        passwords = self.state.passwords()
        create_databases(self.admin_url, passwords)
        self._check_signals()
        self._migrate(passwords)
        suite = {**self._suite_settings(), **self._mail()}
        for process in self.options.processes:
            environment = environment_of(process, self.state, suite, self.admin_url, passwords)
            if process.name in self._held:
                self._held.pop(process.name).close()
            self.supervisor.start(supervised(process, self.state, environment, self.ports.get(process.name)))
        self._write_running()
        self._wait_until_ready()
        self.ready = True
        self._write_running()
        self.say(f"Ready after {time.monotonic() - begun:.0f} s: {self.address}/")
        self.say(f"Logs: {self.state.logs}. Ctrl-C stops everything; the data stays in {self.state.folder}.")

    def _start_servers(self) -> None:
        if self.postgres:
            begun = time.monotonic()
            self.postgres.start()
            self.say(f"PostgreSQL runs on port {self.postgres.port} ({time.monotonic() - begun:.1f} s)")
        if self.redis:
            self.redis.start()
            self.say(f"Redis runs on port {self.redis.port}")
        self._check_signals()

    def _migrate(self, passwords: Mapping[str, str]) -> None:
        """Every service's migrations at once, each under its owner role, in a process of its own."""
        begun = time.monotonic()
        running: dict[str, subprocess.Popen[bytes]] = {}
        for service in self.options.migrated:
            owner = DATABASES[service].owner
            url = role_url(self.admin_url, owner, passwords[owner], service)
            running[service] = start_child(
                [sys.executable, "-m", "deploy", "migrate", service],
                log=self.state.logs / f"{service}-migrations.log",
                environment={**base_environment(), MIGRATION_URL: url},
            )
        for service, child in running.items():
            while child.poll() is None:
                self._check_signals()
                time.sleep(0.05)
            if child.returncode:
                reason = last_lines(self.state.logs / f"{service}-migrations.log", 3)
                raise StartFailure(f"The migrations of {service} failed: {reason}")
        if running:
            self.say(f"Databases are up to date ({time.monotonic() - begun:.1f} s)")

    def _pick_ports(self) -> None:
        for process in self.options.processes:
            if process.kind is Kind.WEB:
                preferred = None
                if process.name == "gateway":
                    preferred = self.options.port or self.state.last_port() or FIRST_PORT
                # Until its process starts, so that another suite that starts meanwhile picks another port.
                held = self._held[process.name] = held_port(preferred)
                self.ports[process.name] = int(held.getsockname()[1])
        if self.options.port and self.ports["gateway"] != self.options.port:
            raise StartFailure(f"Port {self.options.port} is taken: choose another with --port, or none.")
        self.state.remember_port(self.ports["gateway"])

    def _suite_settings(self) -> dict[str, str]:
        addresses = {
            setting: f"http://127.0.0.1:{self.ports[name]}"
            for name, setting in ADDRESS_SETTINGS.items()
            if name in self.ports
        }
        return {
            **addresses,
            "REDIS_URL": self.redis_url,
            "PUBLIC_URL": self.address,
            "LOG_FORMAT": self.options.log_format,
            "RELEASE": os.environ.get("RELEASE") or release(),
        }

    def _mail(self) -> dict[str, str]:
        """The mail server of our environment; where it names none, a catcher of our own that keeps all mail here."""
        given = mail_settings(os.environ)
        if given or not any("SMTP_HOST" in process.optional for process in self.options.processes):
            return given
        port = free_port()
        self.supervisor.start(mail_catcher(self.state, port))
        return {
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(port),
            "SMTP_SECURITY": "none",
            "MAIL_SENDER": "cong-tam@suite.invalid",
            "MAIL_CATCHER_DIR": str(self.state.mail),
        }

    def _wait_until_ready(self) -> None:
        waiting = {process.name: process for process in self.options.processes if process.kind is not Kind.BEAT}
        workers = make_celery("runner", self.redis_url)
        limit = time.monotonic() + PATIENCE
        while waiting:
            self._check_signals()
            self._look_after_everybody()
            for supervised_process in self.supervisor.processes:
                if supervised_process.restarts >= 2:
                    raise StartFailure(
                        f"{supervised_process.name} does not start; {supervised_process.log} ends with: "
                        + last_lines(supervised_process.log)
                    )
            for name, process in list(waiting.items()):
                if process.kind is Kind.WEB and is_ready(self.ports[name], process):
                    del waiting[name]
            asked = [f"{name}@{NODE}" for name, process in waiting.items() if process.kind is Kind.WORKER]
            if asked:
                for answer in workers.control.ping(destination=asked, timeout=0.5, limit=len(asked)):
                    for node in answer:
                        waiting.pop(node.removesuffix(f"@{NODE}"), None)
            if waiting and time.monotonic() > limit:
                names = ", ".join(waiting)
                reasons = "; ".join(f"{name}: {last_lines(self.state.logs / f'{name}.log', 2)}" for name in waiting)
                raise StartFailure(f"Not ready after {PATIENCE:.0f} s: {names}. {reasons}")
            time.sleep(0.1)
        workers.close()

    # --- running --------------------------------------------------------------------------------------------------

    def _look_after_everybody(self) -> None:
        changed = self.supervisor.look()
        for name, server in (("postgres", self.postgres), ("redis", self.redis)):
            if server and server.process is not None and not server.is_running():
                log.error("server_died", server=name, exit_code=server.process.returncode)
                try:
                    server.start()
                except StartFailure as failure:
                    log.error("server_not_restarted", server=name, reason=str(failure))
                    time.sleep(1)
                changed = True
        if changed:
            self._write_running()

    def _write_running(self) -> None:
        processes = {
            each.name: {
                "pid": each.child.pid if each.child and each.next_start_at is None else None,
                "address": f"http://127.0.0.1:{self.ports[each.name]}" if each.name in self.ports else None,
                "restarts": each.restarts,
            }
            for each in self.supervisor.processes
        }
        servers = {
            name: {"pid": server.process.pid if server.process else None, "port": server.port}
            for name, server in (("postgres", self.postgres), ("redis", self.redis))
            if server
        }
        self.state.write_running(
            {
                "pid": os.getpid(),
                "address": self.address,
                "ready": self.ready,
                "processes": processes,
                "servers": servers,
            }
        )

    # --- stopping -------------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        already = self._signals
        if self.supervisor.processes:
            self.say("Stopping (once more Ctrl-C: at once)")
        self.supervisor.stop(lambda: self._signals > max(already, 1))
        for held in self._held.values():
            held.close()
        if self.redis:
            self.redis.stop()
        if self.postgres:
            self.postgres.stop()
        self.state.running.unlink(missing_ok=True)
        self.say("Stopped.")


def is_ready(port: int, process: Process) -> bool:
    """Whether a web process and what it depends on answer."""
    path = "/health/live" if process.name == "gateway" else "/health/ready"
    return http_status(f"http://127.0.0.1:{port}{path}") == 200


def http_status(url: str, seconds: float = 5.0) -> int | None:
    """The status `url` answers with; None when nobody does. Asks directly, whatever proxies are configured."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=seconds)
    try:
        connection.request("GET", parts.path or "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def release() -> str:
    """The commit of this checkout, where there is one."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        return "unreleased"
    asked = ["git", "-C", str(ROOT), "rev-parse", "--short=12", "HEAD"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unreleased"
