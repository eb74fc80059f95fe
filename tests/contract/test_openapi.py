"""Every API answers what its OpenAPI document says, whatever it is sent: no 5xx, no undocumented status."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from deploy.demo.doors import Person
from shared.plumbing.identity import UNIT_ROLES, Role
from tests.played import PlayedSuite

SERVICES = ("intake", "verify", "ranking", "ballot")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="session")
def everybody(played: PlayedSuite) -> Person:
    """One person with every role, so that requests get as far into the services as they can."""
    units = [unit.code for unit in played.cycle.units[:3]]
    return played.account(
        *({"role": str(role), "units": units} if role in UNIT_ROLES else {"role": str(role)} for role in Role)
    )


def schema_of(service: str, played: PlayedSuite) -> Any:
    address = f"{played.suite.address}/{service}"
    document = played.administrator.get(f"/{service}/openapi.json")
    # The gateway's prefix is the server's address.
    document["servers"] = [{"url": address}]
    return schemathesis.openapi.from_dict(document)


@pytest.fixture(scope="session")
def intake_schema(played: PlayedSuite) -> Any:
    return schema_of("intake", played)


@pytest.fixture(scope="session")
def verify_schema(played: PlayedSuite) -> Any:
    return schema_of("verify", played)


@pytest.fixture(scope="session")
def ranking_schema(played: PlayedSuite) -> Any:
    return schema_of("ranking", played)


@pytest.fixture(scope="session")
def ballot_schema(played: PlayedSuite) -> Any:
    return schema_of("ballot", played)


def fuzz(case: Any, somebody: Person) -> None:
    """One generated request, as somebody with every role; and the answer held against the document."""
    case.call_and_validate(headers={"Authorization": f"Bearer {somebody.token()}"}, checks=CHECKS, timeout=30)


settled = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


@schemathesis.pytest.from_fixture("intake_schema").parametrize()
@settled
def test_intake_keeps_its_word(case: Any, everybody: Person) -> None:
    fuzz(case, everybody)


@schemathesis.pytest.from_fixture("verify_schema").parametrize()
@settled
def test_verify_keeps_its_word(case: Any, everybody: Person) -> None:
    fuzz(case, everybody)


@schemathesis.pytest.from_fixture("ranking_schema").parametrize()
@settled
def test_ranking_keeps_its_word(case: Any, everybody: Person) -> None:
    fuzz(case, everybody)


@schemathesis.pytest.from_fixture("ballot_schema").parametrize()
@settled
def test_ballot_keeps_its_word(case: Any, everybody: Person) -> None:
    fuzz(case, everybody)
