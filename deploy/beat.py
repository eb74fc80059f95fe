"""The one schedule of the suite. Beat sends task names to queues and knows nothing else."""

import os

from shared.plumbing.celery import make_celery

# Seconds between wake-ups. A service wakes a worker at once when something happens; these find what a lost message
# left behind.
SCHEDULE = {
    "intake.close_due_cycles": ("intake", 30.0),
    "intake.send_mail": ("intake", 30.0),
    "intake.remind": ("intake", 600.0),
    "intake.scan_evidence": ("intake", 30.0),
    "intake.delete_expired_files": ("intake", 3600.0),
    "intake.carry_out_handovers": ("intake", 300.0),
    "verify.drain_feeds": ("verify", 5.0),
    "verify.wake_up_for_open_work": ("verify", 5.0),
    "intake.drain_feeds": ("intake", 5.0),
    "verify.watch_reviews": ("verify", 60.0),
    "verify.fetch_due_sources": ("verify", 300.0),
    "verify.attend_due_dates": ("verify", 60.0),
    "verify.draw_due_audits": ("verify", 60.0),
    "ranking.drain_feeds": ("ranking", 5.0),
}

app = make_celery("beat", os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"))
app.conf.beat_schedule = {
    # A message that no worker took in time is worthless: the next one comes soon.
    name: {"task": name, "schedule": seconds, "options": {"queue": queue, "expires": seconds}}
    for name, (queue, seconds) in SCHEDULE.items()
}
