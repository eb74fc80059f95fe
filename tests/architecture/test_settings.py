"""What the process table gives is what the services read: a setting added on one side only is found here."""

import dataclasses

import pytest

from deploy.processes import PROCESSES, Process
from services.intake.settings import IntakeSettings
from services.ranking.settings import BallotSettings, RankingSettings
from services.verify.settings import VerifySettings
from shared.plumbing.settings import ServiceSettings

SETTINGS: dict[str, type[ServiceSettings]] = {
    "intake": IntakeSettings,
    "verify": VerifySettings,
    "ranking": RankingSettings,
    "ballot": BallotSettings,
}
READERS = [process for process in PROCESSES if process.issuer is not None]


@pytest.mark.parametrize("process", READERS, ids=lambda process: process.name)
def test_a_process_is_given_what_its_service_reads(process: Process) -> None:
    fields = dataclasses.fields(SETTINGS[str(process.issuer)])
    read = {field.name.upper() for field in fields}
    required = {field.name.upper() for field in fields if field.default is dataclasses.MISSING}
    assert required <= set(process.settings)
    assert set(process.optional) <= read - required
    # OMP_NUM_THREADS is read by the numeric libraries.
    assert set(process.settings) - read <= {"OMP_NUM_THREADS"}
