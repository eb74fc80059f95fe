"""Real tokens for the people of a council, and verify's application that believes them."""

import json
from pathlib import Path
from typing import Any

from flask import Flask

from services.verify.app import create_app
from services.verify.settings import VerifySettings
from shared.people import Actor, Grant, Role
from shared.plumbing.database import Database
from shared.plumbing.tokens import TokenSigner, create_signing_key, load_signing_key


class Town:
    """An application with its keys; `intake` signs for people, `ranking` for itself."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.database = database
        self.signers: dict[str, TokenSigner] = {}
        for issuer in ("intake", "verify", "ranking"):
            create_signing_key(folder / f"{issuer}.pem")
            self.signers[issuer] = TokenSigner(issuer, load_signing_key(folder / f"{issuer}.pem"))
        trusted = folder / "trusted.json"
        trusted.write_text(json.dumps({issuer: signer.jwks() for issuer, signer in self.signers.items()}))
        self.settings = VerifySettings(
            database_url="unused://",
            redis_url="redis://127.0.0.1:1/0",
            secret_key="not secret in a test",
            signing_key_file=folder / "verify.pem",
            trusted_keys_file=trusted,
            public_url="http://localhost/verify",
            intake_url="http://localhost/intake",
            verify_url="http://localhost/verify",
            ranking_url="http://localhost/ranking",
        )
        self.app: Flask = create_app(self.settings, database)

    def token(self, actor: Actor) -> str:
        """A fresh token for a person."""
        return self.signers["intake"].person_token(actor)

    def client(self, actor: Actor | None = None, service: str | None = None, language: str = "en") -> Any:
        """A client that sends this person's (or service's) bearer token with everything."""
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        if actor is not None:
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.token(actor)}"
        if service is not None:
            client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {self.signers[service].service_token('verify')}"
        return client

    def browser(self, actor: Actor, language: str = "vi") -> Any:
        """A client that carries this person's cookie, as a browser does."""
        client = self.app.test_client()
        client.set_cookie("cong_tam_token", self.token(actor))
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        client.environ_base["HTTP_ACCEPT"] = "text/html"
        return client


def person(*roles: Role, council: str = "central", home: str | None = None, name: str = "", **narrowed: Any) -> Actor:
    """Somebody with these roles in a council."""
    return Actor(
        account=f"account-{'-'.join(roles) or 'nobody'}-{council}",
        name=name or "Trần Thị B",
        home_units=((council, home),) if home else (),
        grants=tuple(Grant(role, council, **narrowed) for role in roles),
        session="session-1",
    )


ADMINISTRATOR = person(Role.ADMINISTRATOR)
RATER = person(Role.MINISTRY_RATER)
REVIEWER = person(Role.REVIEWER)
LEAD = person(Role.LEAD_REVIEWER)
SUPPORT = person(Role.SUPPORT_TEAM)
STRANGER = person(Role.REVIEWER, council="elsewhere")
