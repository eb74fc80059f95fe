"""Settings: one frozen typed dataclass per service, from the environment only, built once."""

import dataclasses
import os
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

SettingsType = TypeVar("SettingsType")


class SettingsError(Exception):
    """The environment lacks something; the message lists every name."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class ServiceSettings:
    """What every process of a service needs. A field's variable is its name in capitals."""

    database_url: str
    redis_url: str
    secret_key: str
    signing_key_file: Path
    trusted_keys_file: Path
    public_url: str
    intake_url: str
    verify_url: str
    ranking_url: str
    log_format: str = "json"
    release: str = "unreleased"
    database_pool_size: int = 8


def read_settings(cls: type[SettingsType], environ: Mapping[str, str] | None = None) -> SettingsType:
    """Build `cls` from environment variables; raises `SettingsError` naming every missing or unreadable one."""
    given = os.environ if environ is None else environ
    hints = typing.get_type_hints(cls)
    values: dict[str, Any] = {}
    faults: list[str] = []
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        name = field.name.upper()
        text = given.get(name)
        if text is None or text == "":
            if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
                faults.append(f"{name} is missing")
            continue
        try:
            values[field.name] = _READERS[hints[field.name]](text)
        except (ValueError, KeyError):
            faults.append(f"{name} is not a {getattr(hints[field.name], '__name__', hints[field.name])}")
    if faults:
        raise SettingsError("settings: " + "; ".join(faults))
    return cls(**values)


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


_READERS: dict[Any, Any] = {str: str, int: int, float: float, bool: _boolean, Path: Path, Path | None: Path}
