"""Intake's whole web application on a real database, and people with real tokens."""

import json
import uuid
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from urllib3.filepost import encode_multipart_formdata
from werkzeug.test import TestResponse

from services.intake.accounts.model import Account
from services.intake.accounts.store.accounts import SqlAccounts
from services.intake.app import create_app
from services.intake.settings import IntakeSettings
from shared.people import Actor, ActorKind
from shared.plumbing.database import Database
from shared.plumbing.tokens import TokenSigner, create_signing_key, load_signing_key, public_jwk
from shared.web.browser import TOKEN_COOKIE

SERVICES = ("intake", "verify", "ranking")


def make_settings(folder: Path, database_url: str) -> IntakeSettings:
    """Settings with fresh keys in `folder`."""
    for name in SERVICES:
        create_signing_key(folder / f"{name}.pem")
    keys = {name: {"keys": [public_jwk(load_signing_key(folder / f"{name}.pem"))]} for name in SERVICES}
    (folder / "trusted_keys.json").write_text(json.dumps(keys))
    return IntakeSettings(
        database_url=database_url,
        redis_url="redis://127.0.0.1:1/0",
        secret_key="a secret for tests, long enough",
        signing_key_file=folder / "intake.pem",
        trusted_keys_file=folder / "trusted_keys.json",
        public_url="http://localhost",
        intake_url="http://localhost/intake",
        verify_url="http://localhost/verify",
        ranking_url="http://localhost/ranking",
        evidence_dir=folder / "evidence",
    )


@dataclass
class Web:
    """The application and ways to come in."""

    app: Flask
    folder: Path
    database: Database

    def token(self, actor: Actor, service: str = "intake") -> str:
        """What the actor carries, signed by that service; a person gets an account first."""
        signer = TokenSigner(service, load_signing_key(self.folder / f"{service}.pem"), self.database.clock)
        if actor.kind is ActorKind.SERVICE:
            return signer.service_token("intake")
        return signer.person_token(self.with_account(actor))

    def with_account(self, actor: Actor) -> Actor:
        """The same person under the identifier of a real account."""
        identity = str(uuid.uuid5(uuid.NAMESPACE_URL, actor.account))
        with self.database.unit_of_work() as uow:
            account = Account(
                id=identity,
                login=actor.account,
                name=actor.name,
                language="vi",
                home_units=actor.home_units,
                grants=actor.grants,
                active=True,
                created_at=uow.now,
            )
            SqlAccounts(uow.connection).add_account(account, "no password opens this")
            uow.commit()
        return replace(actor, account=identity)

    def api(self, actor: Actor) -> "ApiClient":
        """A program with the actor's bearer token."""
        service = actor.account if actor.kind is ActorKind.SERVICE else "intake"
        return ApiClient(self.app.test_client(), {"Authorization": f"Bearer {self.token(actor, service)}"})

    def api_of(self, actor: Actor) -> "ApiClient":
        """A program in the name of a person whose account exists already."""
        signer = TokenSigner("intake", load_signing_key(self.folder / "intake.pem"), self.database.clock)
        return ApiClient(self.app.test_client(), {"Authorization": f"Bearer {signer.person_token(actor)}"})

    def browser_of(self, actor: Actor, language: str = "vi") -> FlaskClient:
        """A browser of a person whose account exists already."""
        signer = TokenSigner("intake", load_signing_key(self.folder / "intake.pem"), self.database.clock)
        client = self.app.test_client()
        client.set_cookie(TOKEN_COOKIE, signer.person_token(actor))
        client.set_cookie("cong_tam_language", language)
        return client

    def browser(self, actor: Actor, language: str = "vi") -> FlaskClient:
        """A browser in which the actor is signed in."""
        client = self.app.test_client()
        client.set_cookie(TOKEN_COOKIE, self.token(actor))
        client.set_cookie("cong_tam_language", language)
        return client


@dataclass
class ApiClient:
    """Calls with a bearer token."""

    client: FlaskClient
    headers: dict[str, str]

    def call(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = {**self.headers, **more.pop("headers", {})}
        return self.client.open(path, method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.call("GET", path, **more)

    def post(self, path: str, **more: Any) -> TestResponse:
        return self.call("POST", path, **more)

    def put(self, path: str, **more: Any) -> TestResponse:
        return self.call("PUT", path, **more)


def multipart(file: tuple[str, bytes] | None = None, **fields: str) -> dict[str, Any]:
    """A multipart body as a browser sends it, without temporary files of the test's own."""
    named: dict[str, Any] = dict(fields)
    if file is not None:
        named["file"] = file
    data, content_type = encode_multipart_formdata(named)
    return {"data": data, "content_type": content_type}


def make_web(folder: Path, database_url: str, database: Database) -> Web:
    """The application of `database`, with its clock."""
    folder.mkdir(parents=True, exist_ok=True)
    return Web(create_app(make_settings(folder, database_url), database=database), folder, database)
