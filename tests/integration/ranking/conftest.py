"""A small cycle on a real database: what intake and verify would publish, handed to ranking's own feed readers."""

import copy
import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient

from services.ranking import app, ballot_app
from services.ranking.editions import tables
from services.ranking.editions.rules.keys import SigningKey
from services.ranking.scoring.tasks import feed_readers
from services.ranking.settings import BallotSettings, RankingSettings
from services.ranking.store import SqlStore, SqlUnitOfWork
from services.ranking.voting.store.ballots import SqlVotingStore
from services.ranking.voting.store.box_keys import BoxKeyFiles
from shared.clock import FrozenClock
from shared.contracts.events import Event
from shared.criteria.loader import load_document
from shared.people import Actor, Grant, Role
from shared.plumbing.database import Database
from shared.plumbing.tokens import TokenSigner, create_signing_key, load_signing_key, public_jwk
from tests.integration.ranking.steps import Editions, Scoring, Voting
from tests.kept import KeptDatabase
from tests.servers import Databases, TestDatabase

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
COUNCIL, CYCLE = "trung-uong", "nam-2025"
CLUSTERS = {"BAC": ("HN", "HP", "BN", "TN", "LC"), "NAM": ("CT", "AG", "DT", "VL")}
FRAMEWORK: dict[str, Any] = {
    "framework": "thu",
    "version": 1,
    "title": {"vi": "Khung thử", "en": "Trial framework"},
    "total": 100,
    "rounding": 2,
    "missing": "error",
    "groups": [
        {
            "code": "I",
            "title": {"vi": "Kinh tế", "en": "Economy"},
            "criteria": [
                {
                    "code": "E01",
                    "title": {"vi": "Tăng trưởng", "en": "Growth"},
                    "unit": "%",
                    "kind": "quantitative",
                    "max_points": 60,
                    "rule": {"name": "goalposts", "low": 0, "high": 10},
                },
            ],
        },
        {
            "code": "II",
            "title": {"vi": "Xã hội", "en": "Society"},
            "criteria": [
                {
                    "code": "S01",
                    "title": {"vi": "Hộ nghèo", "en": "Poverty"},
                    "unit": "%",
                    "kind": "quantitative",
                    "max_points": 30,
                    "rule": {"name": "goalposts", "low": 20, "high": 0},
                },
                {"code": "S02", "title": {"vi": "Sổ theo dõi", "en": "Register"}, "kind": "binary", "max_points": 10,
                 "rule": {"name": "binary"}},
            ],
        },
    ],
}  # fmt: skip


def sha(text: str) -> str:
    """A hash-shaped name for a made-up content."""
    return hashlib.sha256(text.encode()).hexdigest()


def person(role: Role, *, council: str = COUNCIL, units: tuple[str, ...] | None = None, name: str = "") -> Actor:
    """Somebody with one grant."""
    label = f"{role}-{'-'.join(units or ())}"
    return Actor(account=label, name=name or label, grants=(Grant(role, council, units),))


ADMINISTRATOR = person(Role.ADMINISTRATOR)
LEAD = person(Role.LEAD_REVIEWER)
TELLER = person(Role.TELLER)
COUNCIL_MEMBER = person(Role.COUNCIL_MEMBER)
NOBODY = Actor(account="x", name="x", grants=(Grant(Role.ADMINISTRATOR, "another-council"),))


def leader(unit: str) -> Actor:
    """Who holds the vote of a unit."""
    return person(Role.SIGNING_LEADER, units=(unit,))


class RecordedFeed:
    """A feed whose events the test records; pages as the HTTP feed gives them."""

    def __init__(self) -> None:
        self.feed = uuid.uuid4()
        self.events: list[dict[str, Any]] = []
        self.versions: dict[str, int] = {}

    def publish(self, type_: str, subject: str, data: Mapping[str, Any]) -> None:
        self.versions[subject] = self.versions.get(subject, 0) + 1
        event = Event(type_, subject, self.versions[subject], NOW, data, position=len(self.events) + 1)
        self.events.append({**vars(event), "id": str(event.id), "occurred_at": NOW.isoformat(), "data": dict(data)})

    def get_json(self, path: str, **params: Any) -> Any:
        assert path == "/v1/events"
        events = [e for e in self.events if e["position"] > params["after"]][: params["limit"]]
        return {
            "feed": str(self.feed),
            "events": events,
            "next": events[-1]["position"] if events else params["after"],
        }


@dataclass
class World:
    """Ranking with its two processes' databases, and the feeds it reads."""

    urls: Mapping[str, str]
    box_keys: Path
    clock: FrozenClock = field(default_factory=lambda: FrozenClock(NOW))

    def __post_init__(self) -> None:
        self.begin_anew()
        self.database = Database(self.urls["ranking_scoring"], schema="scoring", clock=self.clock)
        self.ballots = Database(self.urls["ranking_voting"], schema="voting", clock=self.clock)
        self.store = SqlStore(self.database)
        self.scoring = Scoring(self.store)
        self.edition_key = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
        self.editions = Editions(self.store, self.edition_key)
        self.keys = BoxKeyFiles(self.box_keys)
        self.voting = Voting(SqlVotingStore(self.ballots), self.keys)

    def begin_anew(self) -> None:
        """Everything outside the database as it was at first."""
        self.clock.moment = NOW
        self.intake, self.verify = RecordedFeed(), RecordedFeed()
        self.framework: dict[str, Any] = FRAMEWORK
        self.state = "intake_closed"
        for key in self.box_keys.glob("*"):
            key.unlink()

    def close(self) -> None:
        self.database.close()
        self.ballots.close()

    def drain(self) -> int:
        return sum(reader.drain(self.database) for reader in feed_readers(self.intake, self.verify, SqlUnitOfWork))

    @property
    def framework_sha256(self) -> str:
        return load_document(self.framework).sha256

    def record_cycle(self, cycle: str = CYCLE, **changes: Any) -> None:
        """The cycle as intake records it; the southern cluster decides by scores alone."""
        clusters = [
            {
                "cluster": code,
                "title": {"vi": f"Cụm {code}", "en": f"Cluster {code}"},
                "method": "score_then_vote" if code == "BAC" else "score_only",
                "head": units[0],
                "deputies": [],
                "members": [
                    {"unit": unit, "title": {"vi": f"Tỉnh {unit}", "en": f"{unit} province"}} for unit in units
                ],
            }
            for code, units in CLUSTERS.items()
        ]
        data = {
            "council": COUNCIL,
            "council_title": {"vi": "Hội đồng Thi đua - Khen thưởng Trung ương", "en": "Central Council"},
            "cycle": cycle,
            "title": {"vi": "Năm 2025", "en": "Year 2025"},
            "period": "2025",
            "period_kind": "year",
            "deadline_at": "2026-02-28T17:00:00+00:00",
            "state": self.state,
            "synthetic": True,
            "notice": {"vi": "Số liệu giả lập để thử.", "en": "Invented figures for trials."},
            "framework": self.framework,
            "framework_sha256": self.framework_sha256,
            "clusters": clusters,
        } | changes
        self.intake.publish("cycle_recorded", f"cycle:{cycle}", data)

    def send(self, unit: str, cluster: str, number: int = 1, cycle: str = CYCLE) -> None:
        """A self-assessment as intake records it."""
        self.intake.publish(
            "submission_sent",
            f"submission:{cycle}/{unit}",
            {
                "cycle": cycle,
                "unit": unit,
                "cluster": cluster,
                "number": number,
                "content_sha256": sha(f"{unit}{number}"),
                "framework_sha256": self.framework_sha256,
                "submitted_at": NOW.isoformat(),
                "late": False,
                "items": [],
            },
        )

    def verified(self, unit: str, cluster: str, values: Mapping[str, Any], number: int = 1, **changes: Any) -> None:
        """What counts for a unit as verify records it; a value may be a mapping of what differs from a plain item."""
        items = []
        for criterion, value in values.items():
            item = {
                "criterion": criterion,
                "state": "verified",
                "basis": "source",
                "blocks_freeze": False,
                "left_out": False,
                "value": None,
                "points": None,
                "claimed_value": None,
                "self_points": None,
                "observation": None,
                "decision": None,
            }
            items.append(item | (dict(value) if isinstance(value, Mapping) else {"value": value}))
        data = {
            "cycle": CYCLE,
            "unit": unit,
            "cluster": cluster,
            "framework_sha256": self.framework_sha256,
            "submission_number": number,
            "submission_sha256": sha(f"{unit}{number}"),
            "cohort_screened": True,
            "items": items,
        } | changes
        self.verify.publish("unit_verified", f"verification:{CYCLE}/{unit}", data)

    def everything_arrives(self) -> None:
        """A whole cycle, ready to be frozen; the first unit of each cluster is the best."""
        self.record_cycle()
        for cluster, units in CLUSTERS.items():
            for place, unit in enumerate(units):
                self.send(unit, cluster)
                status = {"state": "documented"} if unit == "HP" else {}
                self.verified(unit, cluster, {"E01": 9.0 - place, "S01": {"value": 4 + place, **status}, "S02": 1})
        self.drain()

    def freeze_again_as(self, cycle: str) -> None:
        """The frozen voting cluster once more, under another cycle's name."""
        with self.store.unit_of_work() as uow:
            sheet = uow.scoring.sheet(CYCLE, "BAC")
            assert sheet is not None
            again = replace(sheet, cycle=cycle, sheet_sha256=sha(cycle))
            uow.scoring.add_sheet(again, cycle.encode(), uow.scoring.frozen_units(sheet))
            uow.commit()

    def fingerprint(self) -> dict[str, str]:
        """Schema.table -> a hash of every row of scoring, with the transaction that wrote it."""
        prints = {}
        with self.database.engine.connect() as connection:
            for table in tables.metadata.sorted_tables:
                query = f"SELECT md5(string_agg(t.xmin || t::text, '|' ORDER BY t::text)) FROM {table.fullname} t"
                prints[table.fullname] = str(connection.execute(sa.text(query)).scalar_one())
        return prints

    def freeze_everything(self) -> None:
        for cluster in CLUSTERS:
            self.scoring.freeze_cluster(ADMINISTRATOR, CYCLE, cluster)


@dataclass
class Applications:
    """Both web applications of one world, and tokens that intake would sign."""

    world: World
    scoring: Flask
    voting: Flask
    signer: TokenSigner

    def headers(self, actor: Actor | None) -> dict[str, str]:
        return {} if actor is None else {"Authorization": f"Bearer {self.signer.person_token(actor)}"}

    def service(self, issuer: str, audience: str = "ranking") -> dict[str, str]:
        signer = TokenSigner(issuer, self.signer.key, self.world.clock)
        return {"Authorization": f"Bearer {signer.service_token(audience)}"}

    def browser(self, app: Flask, actor: Actor | None, language: str = "en") -> FlaskClient:
        """A browser: the token in its cookie, a language chosen."""
        client = app.test_client()
        client.set_cookie("cong_tam_language", language)
        if actor is not None:
            client.set_cookie("cong_tam_token", self.signer.person_token(actor))
        return client


def create_applications(world: World, folder: Path) -> Applications:
    """Web applications with keys of their own."""
    keys = {}
    for name in ("intake", "verify", "ranking", "ballot"):
        create_signing_key(folder / f"{name}.pem")
        keys[name] = load_signing_key(folder / f"{name}.pem")
    # One key for all who call in, so that a test can speak for each of them.
    trusted = {name: {"keys": [public_jwk(keys["intake"])]} for name in keys}
    (folder / "trusted.json").write_text(json.dumps(trusted))
    pem = world.edition_key.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "edition.pem").write_bytes(pem)
    common = {
        "redis_url": "redis://127.0.0.1:1/0",
        "secret_key": "s" * 32,
        "trusted_keys_file": folder / "trusted.json",
        "public_url": "http://localhost",
        "intake_url": "http://127.0.0.1:1",
        "verify_url": "http://127.0.0.1:1",
        "ranking_url": "http://127.0.0.1:1",
    }
    ranking = RankingSettings(
        database_url=world.urls["ranking_scoring"],
        signing_key_file=folder / "ranking.pem",
        edition_key_file=folder / "edition.pem",
        **common,  # type: ignore[arg-type]
    )
    ballot = BallotSettings(
        database_url=world.urls["ranking_voting"],
        signing_key_file=folder / "ballot.pem",
        box_key_dir=world.box_keys,
        **common,  # type: ignore[arg-type]
    )
    return Applications(
        world,
        app.create_app(ranking, database=world.database),
        ballot_app.create_app(ballot, database=world.ballots),
        TokenSigner("intake", keys["intake"], world.clock),
    )


@pytest.fixture(scope="session")
def fresh(databases: Databases) -> Iterator[TestDatabase]:
    """A database of ranking's own at the newest migration."""
    made = databases.make("ranking")
    yield made
    databases.drop(made)


@pytest.fixture(scope="session")
def kept(fresh: TestDatabase) -> Iterator[KeptDatabase]:
    """The same, to be put back between tests."""
    kept = KeptDatabase(fresh)
    yield kept
    kept.close()


@pytest.fixture(scope="session")
def one_world(fresh: TestDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(fresh.urls, tmp_path_factory.mktemp("world") / "box-keys")
    yield made
    made.close()


@pytest.fixture(scope="session")
def one_applications(one_world: World, tmp_path_factory: pytest.TempPathFactory) -> Applications:
    return create_applications(one_world, tmp_path_factory.mktemp("apps"))


@pytest.fixture
def world(kept: KeptDatabase, one_world: World) -> World:
    """An empty ranking."""
    kept.empty()
    one_world.begin_anew()
    return one_world


def prepared(kept: KeptDatabase, world: World, state: str, prepare: Callable[[], None]) -> World:
    """`world` after `prepare`, which happens once a session."""
    if kept.keeps(state):
        world.intake, world.verify = copy.deepcopy(kept.put_back(state))
    else:
        prepare()
        kept.keep(state, copy.deepcopy((world.intake, world.verify)))
    return world


@pytest.fixture
def ready(kept: KeptDatabase, world: World) -> World:
    """A cycle whose clusters can be frozen."""
    return prepared(kept, world, "ready", world.everything_arrives)


@pytest.fixture
def frozen(kept: KeptDatabase, world: World) -> World:
    """A cycle whose clusters are frozen."""

    def prepare() -> None:
        world.everything_arrives()
        world.freeze_everything()

    return prepared(kept, world, "frozen", prepare)


@pytest.fixture(scope="module")
def shared_world(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A frozen cycle for tests of one module that leave it as it is, or use a cycle of their own."""
    made = databases.make("ranking")
    world = World(made.urls, tmp_path_factory.mktemp("box-keys"))
    world.everything_arrives()
    world.freeze_everything()
    yield world
    world.close()
    databases.drop(made)


@pytest.fixture
def apps(frozen: World, one_applications: Applications) -> Applications:
    """The applications of a frozen cycle."""
    assert one_applications.world is frozen
    return one_applications


@pytest.fixture(scope="module")
def shared_apps(shared_world: World, tmp_path_factory: pytest.TempPathFactory) -> Applications:
    """The applications of a frozen cycle, for tests of one module that leave it as it is."""
    return create_applications(shared_world, tmp_path_factory.mktemp("apps"))
