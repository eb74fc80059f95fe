"""The suite's processes, as data. The local runner starts them and the container files name the same ones."""

import enum
from dataclasses import dataclass

# What every process of a service reads (shared.plumbing.settings.ServiceSettings).
SERVICE_SETTINGS = (
    "DATABASE_URL",
    "REDIS_URL",
    "PUBLIC_URL",
    "SECRET_KEY",
    "SIGNING_KEY_FILE",
    "TRUSTED_KEYS_FILE",
    "INTAKE_URL",
    "VERIFY_URL",
    "RANKING_URL",
    "LOG_FORMAT",
    "RELEASE",
)


class Kind(enum.Enum):
    """What a process is: a web server, a Celery worker, or the one schedule."""

    WEB = "web"
    WORKER = "worker"
    BEAT = "beat"


@dataclass(frozen=True)
class Process:
    """One long-running process.

    `target` is what gunicorn (`module:variable`) or Celery (`module`) loads. `role` is the database role it works
    under, `issuer` the name its tokens carry. A worker's queue has the name `queue`. `workers` counts the processes
    that do the work at once, `threads` those of a web process's each. `optional`: settings it may do without.
    """

    name: str
    kind: Kind
    target: str
    settings: tuple[str, ...]
    role: str | None = None
    issuer: str | None = None
    queue: str | None = None
    workers: int = 1
    threads: int = 4
    optional: tuple[str, ...] = ()


INTAKE_SETTINGS = (*SERVICE_SETTINGS, "EVIDENCE_DIR")
# Where mail goes; taken from the environment in which the suite is started or prepared.
MAIL_SETTINGS = ("SMTP_HOST", "SMTP_PORT", "SMTP_SECURITY", "SMTP_USER", "SMTP_PASSWORD", "MAIL_SENDER")
INTAKE_OPTIONS = (*MAIL_SETTINGS, "MAIL_CATCHER_DIR", "EVIDENCE_SCANNER")
RANKING_SETTINGS = (*SERVICE_SETTINGS, "EDITION_KEY_FILE")
BALLOT_SETTINGS = (*SERVICE_SETTINGS, "BOX_KEY_DIR")
WORKER_SETTINGS = ("OMP_NUM_THREADS",)
FETCH_SETTINGS = ("FETCH_ALLOWED_HOSTS",)
GATEWAY_SETTINGS = ("INTAKE_URL", "VERIFY_URL", "RANKING_URL", "BALLOT_URL")

PROCESSES = (
    Process(
        *("intake", Kind.WEB, "services.intake.wsgi:application", INTAKE_SETTINGS, "intake", "intake"),
        workers=2,
        optional=INTAKE_OPTIONS,
    ),
    Process("verify", Kind.WEB, "services.verify.wsgi:application", SERVICE_SETTINGS, "verify", "verify"),
    Process("ranking", Kind.WEB, "services.ranking.wsgi:application", RANKING_SETTINGS, "ranking_scoring", "ranking"),
    Process(
        "ballot", Kind.WEB, "services.ranking.ballot_wsgi:application", BALLOT_SETTINGS, "ranking_voting", "ballot"
    ),
    Process(
        *("intake-worker", Kind.WORKER, "services.intake.worker", (*INTAKE_SETTINGS, *WORKER_SETTINGS)),
        *("intake", "intake", "intake"),
        optional=INTAKE_OPTIONS,
    ),
    Process(
        *("verify-worker", Kind.WORKER, "services.verify.worker"),
        (*SERVICE_SETTINGS, *WORKER_SETTINGS, *FETCH_SETTINGS),
        *("verify", "verify", "verify"),
        workers=2,
    ),
    Process(
        *("ranking-worker", Kind.WORKER, "services.ranking.worker", (*RANKING_SETTINGS, *WORKER_SETTINGS)),
        *("ranking_scoring", "ranking", "ranking"),
    ),
    Process("beat", Kind.BEAT, "deploy.beat", ("REDIS_URL",)),
    Process("gateway", Kind.WEB, "deploy.gateway:application", GATEWAY_SETTINGS, threads=16),
)
# Whose tokens are trusted: every process that signs.
ISSUERS = tuple(dict.fromkeys(process.issuer for process in PROCESSES if process.issuer))
