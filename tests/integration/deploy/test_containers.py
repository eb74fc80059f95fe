"""The image's entrance on real processes: it becomes the process of the table, and names what is missing."""

import os
import subprocess
import sys
from pathlib import Path

from deploy.embedded import EmbeddedPostgres, EmbeddedRedis, free_port
from deploy.processes import GATEWAY_SETTINGS
from deploy.runner import http_status
from tests.suite import ROOT, wait_for

ENTRYPOINT = ["sh", str(ROOT / "deploy" / "entrypoint.sh")]


def environment(**settings: str) -> dict[str, str]:
    binaries = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {"PATH": binaries, "HOME": os.environ.get("HOME", "/tmp"), **settings}


def enter(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ENTRYPOINT, *words], cwd=ROOT, env=environment(**settings), capture_output=True, text=True, check=False
    )


def test_the_entrance_becomes_the_gateway() -> None:
    port = free_port()
    addresses = dict.fromkeys(GATEWAY_SETTINGS, "http://127.0.0.1:1")
    process = subprocess.Popen(
        [*ENTRYPOINT, "process", "gateway"], cwd=ROOT, env=environment(BIND=f"127.0.0.1:{port}", **addresses)
    )
    try:
        assert wait_for(lambda: http_status(f"http://127.0.0.1:{port}/health/live") == 200, 30)
        assert http_status(f"http://127.0.0.1:{port}/intake/") == 503
    finally:
        process.terminate()
        assert process.wait(20) == 0, "the shell made way, so that signals reach gunicorn"


def test_the_entrance_makes_the_databases_and_reads_secrets_from_files(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "postgres")
    server.start()
    secret = tmp_path / "url"
    secret.write_text(server.url + "\n")
    (tmp_path / "state" / "secrets").mkdir(parents=True)
    try:
        for _again in range(2):
            done = enter("databases", DATABASE_URL_FILE=str(secret), STATE_FOLDER=str(tmp_path / "state"))
            assert done.returncode == 0, done.stderr
    finally:
        server.stop()
    assert (tmp_path / "state" / "secrets" / "databases.json").stat().st_mode & 0o777 == 0o600


def test_a_worker_that_is_not_there_does_not_answer(tmp_path: Path) -> None:
    server = EmbeddedRedis(tmp_path / "redis")
    server.start()
    try:
        assert enter("ping", "verify-worker", REDIS_URL=server.url).returncode == 1
    finally:
        server.stop()


def test_what_is_missing_is_named_in_one_line() -> None:
    for words, said in (
        (("process", "beat"), "deploy: settings: REDIS_URL is missing"),
        (("process", "nobody"), "deploy: There is no process nobody; there are: intake, verify"),
        (("migrate", "intake"), "deploy: settings: MIGRATION_DATABASE_URL is missing"),
        (("databases",), "deploy: settings: DATABASE_URL is missing"),
        (("elsewhere",), "entrypoint: expected process NAME"),
    ):
        done = enter(*words)
        assert done.returncode != 0
        assert done.stderr.startswith(said), done.stderr
        assert len(done.stderr.splitlines()) == 1
    done = enter("databases", DATABASE_URL_FILE="/nowhere")
    assert done.stderr == "entrypoint: DATABASE_URL_FILE: /nowhere cannot be read\n"
