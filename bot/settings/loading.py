"""Reads the settings from the environment and .env, and says in a sentence what is wrong with one."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import AfterValidator, SecretStr, ValidationError
from pydantic_settings import BaseSettings

from bot.settings.addresses import base_url
from bot.settings.shared import ENV_FILE, Shared
from bot.settings.single import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

OBJECTS = {
    "pandapon_paths": '{"taobao.order.list": "/v2/taobao/order/page"}',
    "pandapon_taobao_refund_codes": '{"refund": 1, "return": 2, "not_received": 1, "received": 2}',
    "poll_minutes": '{"near": 5, "moving": 30}',
    "stall_hours": '{"domestic": 72, "not_shipped": 96}',
}


class SettingsError(Exception):
    """A setting is missing or malformed; the message says which, why, and what it should look like."""


class _Chosen(BaseSettings):
    """The two settings that turn the hosted mode on."""

    model_config = Shared.model_config
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None


def is_hosted(env_file: Path | None = ENV_FILE) -> bool:
    """Whether the process serves many workspaces: one of two settings is given, and a start then asks for the other.

    Raises SettingsError when the file cannot be read.
    """
    chosen = read(_Chosen, env_file)
    return bool(chosen.slack_client_id or chosen.slack_client_secret)


class _Address(BaseSettings):
    """The one setting that an app's manifest needs. All others come from the app, which is made from the manifest."""

    model_config = Shared.model_config
    public_url: Annotated[str, AfterValidator(base_url)]


def public_url(env_file: Path | None = ENV_FILE) -> str:
    """Read only the public address of an installation for many workspaces. Raises SettingsError."""
    return read(_Address, env_file).public_url


B = TypeVar("B", bound=BaseSettings)
S = TypeVar("S", bound=Shared)


def load(env_file: Path | None = ENV_FILE, **overrides: Any) -> Settings:
    """Read the settings. Raises SettingsError with one line for each wrong or missing setting."""
    return load_as(Settings, env_file, **overrides)


def load_as(form: type[S], env_file: Path | None, **overrides: Any) -> S:
    """Read the settings of one workspace or those of many. Raises as :func:`load` does."""
    return read(form, env_file, **overrides)


def read(form: type[B], env_file: Path | None = ENV_FILE, **overrides: Any) -> B:
    """Read some of the settings. Raises as :func:`load` does."""
    try:
        return form(_env_file=env_file, **overrides)
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(dict(item)) for item in error.errors())) from None
    except OSError as error:  # the file, or its folder, may not be read
        raise SettingsError(
            f"The file {env_file} cannot be read ({type(error).__name__}): start pandabot as a user who may, or in "
            "another folder."
        ) from None
    except UnicodeDecodeError:
        raise SettingsError(f"The file {env_file} is not in UTF-8: save it in that encoding.") from None
    except Exception as error:  # noqa: BLE001  pydantic-settings' own error for a value that is not JSON
        raise SettingsError(_unreadable(error)) from None


def _sentence(error: Mapping[str, Any]) -> str:
    name = ".".join(str(part) for part in error["loc"]).removesuffix(".[key]").upper()
    if error["type"] == "missing":
        why = "" if error["msg"] == "Field required" else f"{error['msg']}; "
        return f"{name} is missing: {why}set it in the environment or in .env (see .env.example)."
    if error["type"] == "string_type" and error["loc"][0] in OBJECTS:
        return _no_object(error["loc"][0])
    text = str(error["msg"]).removeprefix("Value error, ")
    return f"{name}: {text}." if name else f"{text}."


def _unreadable(error: Exception) -> str:
    field = re.search(r'field "(\w+)"', str(error))
    if field and isinstance(error.__cause__, json.JSONDecodeError):
        return _no_object(field[1])
    return f"The settings cannot be read: {type(error).__name__}."


def _no_object(field: str) -> str:
    return f"{field.upper()}: must be a JSON object such as {OBJECTS[field]}."
