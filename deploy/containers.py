"""What the container files need from the process table: an environment file per process, and the commands behind them.

`python -m deploy prepare` writes the environment files into the state folder; `deploy/compose.yaml` reads them. The
settings names are those of the local runner, because the same table makes them.
"""

import os
import socket
from collections.abc import Mapping
from pathlib import Path

from deploy.children import StartFailure
from deploy.commands import command_of, environment_of, mail_settings
from deploy.databases import DATABASES, MIGRATION_URL, create_databases, role_url
from deploy.embedded import kept_password, write_secret
from deploy.processes import PROCESSES, Kind, Process
from deploy.runner import ADDRESS_SETTINGS, release
from deploy.state import State
from shared.plumbing.celery import make_celery

INSIDE = Path("/state")  # where the containers see the state folder, each only its own files
PORT = 8000
POSTGRES_HOST = "postgres:5432"
REDIS_HOST = "redis:6379"


def find_process(name: str) -> Process:
    """The row of the table named `name`."""
    for process in PROCESSES:
        if process.name == name:
            return process
    raise StartFailure(f"There is no process {name}; there are: {', '.join(each.name for each in PROCESSES)}.")


def environment_files(state: State, public_url: str, trusted_proxies: int) -> dict[str, dict[str, str]]:
    """File name (without `.env`) → settings, for every process, the two servers and the jobs that run once."""
    administrator = kept_password(_servers(state) / "postgres_password")
    redis_password = kept_password(_servers(state) / "redis_password")
    admin_url = f"postgresql://postgres:{administrator}@{POSTGRES_HOST}/postgres"
    suite = {
        **{setting: f"http://{name}:{PORT}" for name, setting in ADDRESS_SETTINGS.items()},
        "REDIS_URL": f"redis://:{redis_password}@{REDIS_HOST}/0",
        "PUBLIC_URL": public_url,
        "LOG_FORMAT": "json",
        "RELEASE": os.environ.get("RELEASE") or release(),
        **mail_settings(os.environ),
    }
    passwords = state.passwords()
    files: dict[str, dict[str, str]] = {}
    for process in PROCESSES:
        settings = _as_seen_inside(environment_of(process, state, suite, admin_url, passwords), state)
        if process.kind is Kind.WEB:
            settings |= {"BIND": f"0.0.0.0:{PORT}", "WEB_WORKERS": "2", "WEB_THREADS": str(process.threads)}
        if process.name == "gateway":
            settings["TRUSTED_PROXIES"] = str(trusted_proxies)
        files[process.name] = settings
    for service, database in DATABASES.items():
        url = role_url(admin_url, database.owner, passwords[database.owner], database.name)
        files[f"{service}-migrations"] = {MIGRATION_URL: url}
    files["postgres"] = {"POSTGRES_PASSWORD": administrator}
    files["operations"] = {"DATABASE_URL": admin_url, "STATE_FOLDER": str(INSIDE)}
    return files


def _servers(state: State) -> Path:
    """The servers' own passwords: not part of a backup, which may be restored beside another server."""
    folder = state.folder / "servers"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _as_seen_inside(settings: Mapping[str, str], state: State) -> dict[str, str]:
    outside = str(state.folder)
    return {
        name: str(INSIDE / Path(value).relative_to(outside)) if name.endswith(("_FILE", "_DIR")) else value
        for name, value in settings.items()
    }


def prepare(state: State, public_url: str, trusted_proxies: int) -> list[Path]:
    """Make secrets, keys and environment files where they are missing or out of date; the files."""
    state.prepare()
    folder = state.folder / "environment"
    folder.mkdir(mode=0o700, exist_ok=True)
    written = []
    for name, settings in environment_files(state, public_url, trusted_proxies).items():
        path = folder / f"{name}.env"
        write_secret(path, "".join(f"{key}={value}\n" for key, value in sorted(settings.items())))
        written.append(path)
    write_secret(_servers(state) / "redis.conf", redis_configuration(kept_password(_servers(state) / "redis_password")))
    return written


def redis_configuration(password: str) -> str:
    """Redis as the local runner starts it; the queue survives a restart, and nothing is thrown away when full."""
    return (
        f'requirepass {password}\nappendonly yes\nappendfsync always\nsave ""\nmaxmemory-policy noeviction\ndir /data\n'
    )


def become(name: str) -> None:
    """Turn into one process of the table, with the environment as it is. Returns only by raising."""
    process = find_process(name)
    missing = [setting for setting in process.settings if not os.environ.get(setting)]
    if missing:
        raise StartFailure(f"settings: {'; '.join(f'{setting} is missing' for setting in missing)}")
    command = command_of(process, Path(os.environ.get("BEAT_FOLDER", "/tmp")), socket.gethostname())
    os.execv(command[0], command)


def make_databases(state: State) -> None:
    """Make roles and databases on the server of DATABASE_URL (an administrator's)."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        raise StartFailure("settings: DATABASE_URL is missing (an administrator's URL).")
    create_databases(url, state.passwords())


def worker_answers(name: str) -> bool:
    """Whether this container's worker takes orders: what its health check asks."""
    node = f"{find_process(name).name}@{socket.gethostname()}"
    app = make_celery("health", os.environ["REDIS_URL"])
    return bool(app.control.ping(destination=[node], timeout=5, limit=1))
