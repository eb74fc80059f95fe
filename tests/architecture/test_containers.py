"""The container files describe the processes of the table: same names, same settings, own secrets only."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.containers import INSIDE, environment_files, prepare
from deploy.embedded import INITDB_OPTIONS
from deploy.processes import PROCESSES, Kind, Process
from deploy.state import State

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OTHERS = {
    "postgres",
    "redis",
    "databases",
    "intake-migrations",
    "verify-migrations",
    "ranking-migrations",
    "operations",
}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    state = State(tmp_path_factory.mktemp("suite") / "state")
    prepare(state, "https://congtam.example", trusted_proxies=1)
    return state


def settings_in(path: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def env_files(service: str) -> list[str]:
    return [path.rsplit("/", 1)[1].removesuffix(".env") for path in SERVICES[service].get("env_file", [])]


def mounted(service: str) -> dict[str, bool]:
    """Path inside → whether it may be written, of every file or folder of the state folder the service sees."""
    found = {}
    for volume in SERVICES[service].get("volumes", []):
        outside, inside, *mode = volume.replace("${SUITE_FOLDER:?", "").rsplit(":", 2 if volume.endswith(":ro") else 1)
        if outside.startswith("${SUITE_FOLDER"):
            found[inside] = "ro" not in mode
    return found


def test_compose_names_the_processes_of_the_table() -> None:
    assert set(SERVICES) - OTHERS == {process.name for process in PROCESSES}


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_a_container_runs_its_process_with_its_settings(process: Process, state: State) -> None:
    assert SERVICES[process.name]["command"] == ["process", process.name]
    assert env_files(process.name) == [process.name]
    settings = settings_in(state.folder / "environment" / f"{process.name}.env")
    own = set(settings) - {"BIND", "WEB_WORKERS", "WEB_THREADS", "TRUSTED_PROXIES"}
    assert own == set(process.settings)
    # Without this setting the suite fetches from no host of its own network.
    assert {name for name, value in settings.items() if not value} <= {"FETCH_ALLOWED_HOSTS"}


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_a_container_sees_the_files_its_settings_name_and_no_others(process: Process, state: State) -> None:
    settings = settings_in(state.folder / "environment" / f"{process.name}.env")
    named = {value for name, value in settings.items() if name.endswith(("_FILE", "_DIR"))}
    writable = {value for name, value in settings.items() if name.endswith("_DIR")}
    assert set(mounted(process.name)) == named
    assert {path for path, may_write in mounted(process.name).items() if may_write} == writable
    for path in named:
        assert (state.folder / Path(path).relative_to(INSIDE)).exists(), path


def test_only_the_gateway_is_reachable_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["gateway"]
    assert [name for name, service in SERVICES.items() if "outside" in service["networks"]] == ["gateway"]
    # Mail goes out from one process, questions to publishers from another; nobody can come in that way.
    ways_out = {name: service["networks"] for name, service in SERVICES.items() if service["networks"] != ["inside"]}
    assert set(ways_out) == {"gateway", "intake-worker", "verify-worker"}
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert all("network_mode" not in service and not service.get("privileged") for service in SERVICES.values())


def test_postgres_is_made_with_the_runners_options() -> None:
    postgres = SERVICES["postgres"]
    assert postgres["image"].startswith("postgres:18")
    options = postgres["environment"]["POSTGRES_INITDB_ARGS"].split()
    assert options == list(INITDB_OPTIONS[2:]), "all but the administrator's name, which is the image's default"
    assert postgres["volumes"] == ["postgres:/var/lib/postgresql"], "the folder of the image since version 18"


def test_every_environment_file_is_made_and_used(state: State) -> None:
    made = set(environment_files(state, "https://congtam.example", 0))
    used = {name for service in SERVICES for name in env_files(service)}
    assert used == made
    files = list((state.folder / "environment").iterdir())
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_processes_wait_for_their_database_and_servers() -> None:
    for process in PROCESSES:
        needs = SERVICES[process.name]["depends_on"]
        if process.role is not None:
            database = process.role.split("_")[0]
            assert needs[f"{database}-migrations"] == {"condition": "service_completed_successfully"}
            assert {"postgres", "redis"} <= set(needs)
        if process.kind is Kind.WEB:
            assert "healthcheck" in SERVICES[process.name]


def test_preparing_again_keeps_every_secret(state: State) -> None:
    before = {path: path.read_text() for path in state.secrets.rglob("*") if path.is_file()}
    addresses = settings_in(state.folder / "environment" / "intake.env")
    prepare(state, "https://congtam.example", trusted_proxies=0)
    assert {path: path.read_text() for path in state.secrets.rglob("*") if path.is_file()} == before
    assert settings_in(state.folder / "environment" / "intake.env") == addresses
    assert settings_in(state.folder / "environment" / "gateway.env")["TRUSTED_PROXIES"] == "0"


def test_the_image_holds_what_the_processes_import_and_no_secret() -> None:
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    copied = {word for line in lines if line.startswith("COPY") for word in line.split()[1:-1]}
    assert copied == {"requirements.txt", "requirements-all.txt", "pyproject.toml", "shared", "services", "deploy"}
    kept_out = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert kept_out[0] == "*"
    assert {line.removeprefix("!") for line in kept_out if line.startswith("!")} == copied
    assert any("--require-hashes" in line for line in lines)
    assert "USER suite" in lines
