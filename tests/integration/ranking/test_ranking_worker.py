"""The worker's task: it drains what answers and leaves the rest for the next wake-up."""

from typing import Any

from services.ranking.scoring.tasks import feed_readers, register_tasks
from services.ranking.store import SqlUnitOfWork
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.plumbing.celery import make_celery
from tests.integration.ranking.conftest import LEAD, World


class Silent:
    """A service that does not answer."""

    def get_json(self, path: str, **params: Any) -> Any:
        raise Refusal("service_unavailable", Kind.UNAVAILABLE, sentence("Please wait a little and try again."))


def test_one_silent_service_does_not_stop_the_other(world: World) -> None:
    world.record_cycle()
    app = make_celery("ranking", "redis://127.0.0.1:1/0")
    register_tasks(app, world.database, feed_readers(world.intake, Silent(), SqlUnitOfWork))
    app.tasks["ranking.drain_feeds"]()
    assert [cycle.cycle for cycle in world.scoring.cycles(LEAD)] == ["nam-2025"]


def test_a_second_wake_up_changes_nothing(world: World) -> None:
    world.everything_arrives()
    before = world.fingerprint()
    app = make_celery("ranking", "redis://127.0.0.1:1/0")
    register_tasks(app, world.database, feed_readers(world.intake, world.verify, SqlUnitOfWork))
    app.tasks["ranking.drain_feeds"]()
    after = world.fingerprint()
    # The cursor's time of its last look moves on; nothing that was read does.
    assert {name: value for name, value in after.items() if "cursor" not in name} == {
        name: value for name, value in before.items() if "cursor" not in name
    }
