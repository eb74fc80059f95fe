"""Every API answers what its OpenAPI document says, whatever it is sent: no 5xx, no undocumented status.

The documents are kept in `openapi/`, so that a change of an API shows in review and each operation is a test of its
own. `UPDATE_SNAPSHOTS=1 make test ARGS="-k document"` writes them anew.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from deploy.demo.person import Person
from shared.people import UNIT_ROLES, Role
from tests.played import PlayedSuite
from tests.sizes import examples

DOCUMENTS = Path(__file__).parent / "openapi"
SERVICES = ("intake", "verify", "ranking", "ballot")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
METHODS = ("get", "put", "post", "delete", "patch")
# Enough for every operation to be sent something absurd, little enough for the whole suite to stay quick.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", examples(20)))


@cache
def document(service: str) -> dict[str, Any]:
    """The document as it was kept."""
    path = DOCUMENTS / f"{service}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {"paths": {}}


@cache
def schema_of(service: str) -> Any:
    """The document as Schemathesis reads it."""
    return schemathesis.openapi.from_dict(document(service))


def operations() -> list[Any]:
    """Every operation of every service, as a test of its own; every tenth is asked by `make test` as well."""
    found = [
        (service, path, method)
        for service in SERVICES
        for path, item in document(service)["paths"].items()
        for method in METHODS
        if method in item
    ]
    return [
        pytest.param(*asked, id=f"{asked[0]} {asked[2].upper()} {asked[1]}", marks=marks)
        for number, asked in enumerate(found)
        for marks in [() if number % 10 == 0 else pytest.mark.whole]
    ]


@pytest.fixture(scope="session")
def everybody(played: PlayedSuite) -> Person:
    """One person with every role, so that requests get as far into the services as they can."""
    units = [unit.code for unit in played.cycle.units[:3]]
    return played.account(
        *({"role": str(role), "units": units} if role in UNIT_ROLES else {"role": str(role)} for role in Role)
    )


@pytest.mark.parametrize("service", SERVICES)
def test_document_is_the_one_that_is_kept(service: str, played: PlayedSuite) -> None:
    served = played.administrator.get(f"/{service}/openapi.json")
    served.pop("servers", None)
    path = DOCUMENTS / f"{service}.json"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(json.dumps(served, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    assert served == json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("service", "path", "method"), operations())
def test_operation_keeps_its_word(service: str, path: str, method: str, played: PlayedSuite, everybody: Person) -> None:
    address = f"{played.suite.address}/{service}"

    @given(case=schema_of(service)[path][method].as_strategy())
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    def send(case: Any) -> None:
        headers = {"Authorization": f"Bearer {everybody.token()}"}
        case.call_and_validate(base_url=address, headers=headers, checks=CHECKS, timeout=30)

    send()
    assert everybody.get(f"/{service}/health/ready")["ok"] is True
