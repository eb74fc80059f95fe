"""Celery as we use it: JSON, late acks, prefetch 1, time limits; a message only wakes a worker, it is no record."""

import os
import threading
import time
from contextvars import Context, copy_context
from typing import Any

import structlog
from celery import Celery, Task, signals

from shared.plumbing.request_id import bind_request_id, current_request_id

SOFT_TIME_LIMIT = 240
HARD_TIME_LIMIT = 300
# A message that a dead worker held is delivered again after this long; longer than any task may run.
VISIBILITY_TIMEOUT = HARD_TIME_LIMIT + 60
log = structlog.get_logger(__name__)


class ServiceTask(Task):
    """A task that may run twice and stands in the logs with its request id."""

    abstract = True
    acks_late = True
    reject_on_worker_lost = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        bind_request_id(getattr(self.request, "request_id", None), task=self.name, task_id=self.request.id or "-")
        return super().__call__(*args, **kwargs)


def make_celery(name: str, redis_url: str) -> Celery:
    """A Celery application whose default queue has the service's own name."""
    app = Celery(name, broker=redis_url, task_cls=ServiceTask, set_as_current=False)
    app.conf.update(
        task_default_queue=name,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_soft_time_limit=SOFT_TIME_LIMIT,
        task_time_limit=HARD_TIME_LIMIT,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "visibility_timeout": VISIBILITY_TIMEOUT,
            "unacked_restore_interval": 1,
            "unacked_restore_throttle": 1,
            # A wake-up must never keep a person waiting.
            "socket_connect_timeout": 0.5,
            "socket_timeout": 5,
            "retry_on_timeout": False,
        },
        timezone="UTC",
        enable_utc=True,
    )
    return app


@signals.before_task_publish.connect(weak=False)
def _send_request_id(headers: dict[str, Any], **_: Any) -> None:
    headers["request_id"] = current_request_id()


class CeleryWaker:
    """Wakes another worker by task name, from a thread of its own: who has committed does not wait for Redis.

    Wake-ups for the same task within `PAUSE_SECONDS` become one, sent after the last of them. If Redis is down it
    says so once and stays quiet for some seconds.
    """

    PAUSE_SECONDS = 0.02
    QUIET_SECONDS = 5.0

    def __init__(self, redis_url: str) -> None:
        self._celery = make_celery("waker", redis_url)
        self._waiting: dict[tuple[str, str], Context] = {}
        self._changed = threading.Condition()
        self._sender: int | None = None  # the process whose thread sends: a fork has to start its own

    def wake_up(self, task: str, queue: str) -> None:
        """Have the message sent soon; lost if the process ends before, for beat wakes the worker again anyway."""
        with self._changed:
            self._waiting.setdefault((task, queue), copy_context())  # the log context, with its request id
            if self._sender != os.getpid():
                self._sender = os.getpid()
                threading.Thread(target=self._send_on, name="waker", daemon=True).start()
            self._changed.notify()

    def _send_on(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                waiting, self._waiting = self._waiting, {}
            try:
                for (task, queue), context in waiting.items():
                    context.run(self._celery.send_task, task, queue=queue, retry=False, ignore_result=True, expires=60)
                time.sleep(self.PAUSE_SECONDS)
            except Exception as error:
                # Whatever the broker's client raises: a wake-up may be lost on purpose.
                log.warning("wake_up_failed", tasks=sorted(task for task, _ in waiting), error=type(error).__name__)
                time.sleep(self.QUIET_SECONDS)
