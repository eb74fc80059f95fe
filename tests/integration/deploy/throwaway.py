"""A suite of three tiny processes for the runner's own tests: `python throwaway.py FOLDER` runs it on FOLDER.

The runner takes its processes from a table; this is another table. The web process writes each request into
PostgreSQL and counts in Redis, so that a kill shows what is kept; the worker counts the tasks it ran.
"""

import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path

import psycopg
import redis

ROOT = Path(__file__).resolve().parents[3]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from deploy.processes import GATEWAY_SETTINGS, SERVICE_SETTINGS, Kind, Process  # noqa: E402
from shared.plumbing.celery import make_celery  # noqa: E402

WORKER_SETTINGS = (*SERVICE_SETTINGS, "OMP_NUM_THREADS")
HERE = "throwaway"
TABLE = (
    *(
        Process(name, Kind.WEB, f"{HERE}:application", SERVICE_SETTINGS, role, name)
        for name, role in (("intake", "intake"), ("verify", "verify"), ("ranking", "ranking_scoring"))
    ),
    Process("ballot", Kind.WEB, f"{HERE}:application", SERVICE_SETTINGS, "ranking_voting", "ballot"),
    Process("verify-worker", Kind.WORKER, HERE, WORKER_SETTINGS, "verify", "verify", "verify", workers=2),
    Process("beat", Kind.BEAT, "deploy.beat", ("REDIS_URL",)),
    Process("gateway", Kind.WEB, "deploy.gateway:application", GATEWAY_SETTINGS),
)

app = make_celery("verify", os.environ.get("REDIS_URL", "redis://"))


@app.task(name="verify.drain_feeds")
def count() -> None:
    """Beat sends this name: counted, so that a test sees beat and worker meet."""
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as client:
        client.incr("tasks")


def application(environ: dict[str, object], start_response: object) -> Iterable[bytes]:
    """Answers /health/ready, echoes what arrived, and at /write keeps a row."""
    path = str(environ["PATH_INFO"])
    answer: dict[str, object]
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        (role,) = connection.execute("SELECT current_user::text").fetchone() or ("",)
        if path == "/write":
            connection.execute("INSERT INTO kept DEFAULT VALUES")
        if path == "/rows":
            answer = {"rows": (connection.execute("SELECT count(*) FROM kept").fetchone() or (0,))[0]}
        else:
            shown = ("PATH_INFO", "RAW_URI", "QUERY_STRING", "REQUEST_METHOD", "HTTP_HOST", "CONTENT_LENGTH")
            answer = {name: value for name, value in environ.items() if name in shown or name.startswith("HTTP_X_")}
            body = environ["wsgi.input"].read()  # type: ignore[attr-defined]
            answer |= {"role": role, "body": len(body), "settings": sorted(os.environ), "pid": os.getpid()}
    headers = [("Content-Type", "application/json"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    start_response("200 OK", headers)  # type: ignore[operator]
    return [json.dumps(answer).encode()]


if __name__ == "__main__":
    from deploy.children import StartFailure
    from deploy.runner import Options, Runner
    from deploy.state import State

    os.environ["PYTHONPATH"] = str(Path(__file__).parent)
    try:
        options = Options(
            database_url=os.environ.get("DATABASE_URL"),
            redis_url=os.environ.get("REDIS_URL"),
            processes=TABLE,
            migrated=(),
        )
        sys.exit(Runner(State(Path(sys.argv[1])), options, print).run())
    except StartFailure as failure:
        sys.exit(f"deploy: {failure}")
