"""From the process table to commands and environments: the one place that knows how each kind is started."""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.databases import DATABASES, role_url
from deploy.processes import MAIL_SETTINGS, Kind, Process
from deploy.state import State
from deploy.supervisor import Supervised

NODE = "suite"
# What a child gets of our own environment; settings come from the table alone.
PASSED_ON = (
    "PATH",
    "PYTHONPATH",
    "HOME",
    "USER",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "TZ",
    "SSL_CERT_FILE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
)
# Who asks others stops before whom it asks.
STAGES = {Kind.BEAT: 0, Kind.WORKER: 0, Kind.WEB: 1}
GATEWAY_STAGE = 0


def base_environment() -> dict[str, str]:
    """What every child gets."""
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {
        **passed,
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": os.environ.get("PYTHONDONTWRITEBYTECODE", ""),
        "NO_PROXY": "127.0.0.1,localhost",
    }


def command_of(process: Process, beat_folder: Path, node: str) -> list[str]:
    """The command line of one process. A worker is known as `NAME@node`; beat keeps its schedule in `beat_folder`."""
    python = [sys.executable, "-m"]
    if process.kind is Kind.WEB:
        return [*python, "gunicorn", "--config", "python:deploy.gunicorn_settings", process.target]
    celery = [*python, "celery", "-A", process.target]
    if process.kind is Kind.BEAT:
        return [*celery, "beat", "--schedule", str(beat_folder / "schedule"), "--pidfile=", "--loglevel", "WARNING"]
    return [
        *(*celery, "worker", "-Q", str(process.queue), "-n", f"{process.name}@{node}"),
        *("--concurrency", str(process.workers), "--pool", "prefork", "--loglevel", "WARNING"),
        *("--without-gossip", "--without-mingle"),
    ]


def environment_of(
    process: Process, state: State, suite: Mapping[str, str], admin_url: str, passwords: Mapping[str, str]
) -> dict[str, str]:
    """The settings the table names for `process`, and of the optional ones those that `suite` holds, as for all."""
    known = {
        "EVIDENCE_SCANNER": os.environ.get("EVIDENCE_SCANNER", ""),
        **suite,
        "TRUSTED_KEYS_FILE": str(state.trusted_keys),
        "EVIDENCE_DIR": str(state.evidence),
        "EDITION_KEY_FILE": str(state.edition_key),
        "BOX_KEY_DIR": str(state.box_keys),
        "OMP_NUM_THREADS": "1",
        "FETCH_ALLOWED_HOSTS": os.environ.get("FETCH_ALLOWED_HOSTS", ""),
    }
    if process.role is not None:
        (database,) = [each.name for each in DATABASES.values() if process.role in each.applications]
        known["DATABASE_URL"] = role_url(admin_url, process.role, passwords[process.role], database)
    if process.issuer is not None:
        known["SIGNING_KEY_FILE"] = str(state.signing_key(process.issuer))
        known["SECRET_KEY"] = state.secret_key(process.issuer)
    given = {name: known[name] for name in process.optional if known.get(name)}
    return {name: known[name] for name in process.settings} | given


def mail_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Those of the settings for mail that are given; nothing where no mail server is."""
    if not environment.get("SMTP_HOST"):
        return {}
    return {name: environment[name] for name in MAIL_SETTINGS if environment.get(name)}


def mail_catcher(state: State, port: int) -> Supervised:
    """A mail server of our own on loopback that keeps every mail in `state.mail` and sends none of it."""
    catch = ("aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Mailbox", str(state.mail))
    return Supervised(
        name="mail-catcher",
        command=[sys.executable, "-m", *catch],
        environment=base_environment(),
        log=Path(state.logs / "mail-catcher.log"),
        stage=1,
    )


def supervised(process: Process, state: State, environment: Mapping[str, str], port: int | None) -> Supervised:
    """`process`, ready to be started. `port` is where a web process listens on loopback."""
    whole = {**base_environment(), **environment}
    if process.kind is Kind.WEB:
        whole |= {
            "BIND": f"127.0.0.1:{port}",
            "WEB_WORKERS": str(process.workers),
            "WEB_THREADS": str(process.threads),
        }
    return Supervised(
        name=process.name,
        command=command_of(process, state.folder / "beat", NODE),
        environment=whole,
        log=Path(state.logs / f"{process.name}.log"),
        stage=GATEWAY_STAGE if process.name == "gateway" else STAGES[process.kind],
        # Celery's own shutdown can wait for ever for a broker that is going away too. Its tasks are rows with leases.
        death_signal=signal.SIGTERM if process.kind is Kind.WEB else signal.SIGKILL,
        impatient_signal=signal.SIGQUIT,
    )
