"""The settings of a process that serves many workspaces, and from them those of one workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, field_validator

from bot.settings import Settings, Shared, load_as
from bot.settings.addresses import base_url
from bot.settings.storage_url import file_of, storage_url
from bot.workspaces.vault import Vault

if TYPE_CHECKING:
    from pathlib import Path

    from bot.workspaces.secrets import AccountSecret

# Stands in the place of the keys in a workspace that has no account. Nothing is sent there: its bot only offers to
# connect one.
NOT_CONNECTED = "not-connected"


def load(env_file: Path | None) -> HostSettings:
    """Read the settings. Raises SettingsError with one line for each wrong or missing setting."""
    return load_as(HostSettings, env_file)


def _served_by_http(value: str) -> str:
    if value != "http":
        raise ValueError("must be http where SLACK_CLIENT_ID is set: many workspaces are served by HTTP")
    return value


def _keys(value: SecretStr) -> SecretStr:
    Vault(_parts(value))
    return value


def _postgres(value: SecretStr) -> SecretStr:
    checked = storage_url(value.get_secret_value())
    if file_of(checked) is not None:
        raise ValueError("must be postgresql://… where SLACK_CLIENT_ID is set: each workspace has a schema of its own")
    return value


def _public(value: str) -> str:
    return base_url(value) if value else ""


def _parts(joined: SecretStr) -> list[str]:
    return [part.strip() for part in joined.get_secret_value().split(",") if part.strip()]


class HostSettings(Shared):
    """All settings of the process."""

    slack_mode: Annotated[Literal["socket", "http"], AfterValidator(_served_by_http)] = Field(
        default="socket", validate_default=True
    )
    slack_client_id: str = Field(min_length=1)
    slack_client_secret: SecretStr
    pandabot_keys: Annotated[SecretStr, AfterValidator(_keys)]
    storage_url: Annotated[SecretStr, AfterValidator(_postgres)] = Field()
    public_url: Annotated[str, AfterValidator(_public)] = ""
    workspaces_seconds: float = Field(default=5.0, ge=0.1, le=300)

    @field_validator("approvals_channel")
    @classmethod
    def _no_single_channel(cls, value: str) -> str:
        if value:
            raise ValueError("is a channel of one workspace, so it cannot be set where SLACK_CLIENT_ID is")
        return value

    @property
    def keys(self) -> list[str]:
        """The keys of the vault, the newest first."""
        return _parts(self.pandabot_keys)

    def secrets(self) -> tuple[str, ...]:
        """Return every secret value, for the log's redaction."""
        return (self.slack_client_secret.get_secret_value(), *self.keys, *super().secrets())

    def of_workspace(self, bot_token: str, account: AccountSecret | None, rate_per_second: float | None) -> Settings:
        """Return the settings of one workspace's bot. ``account`` None: it has none yet.

        Its secrets were checked when they were stored; nothing is read from the environment.
        """
        shared = {name: getattr(self, name) for name in Shared.model_fields}
        if rate_per_second is not None:
            shared["pandapon_rate_per_second"] = rate_per_second
        return Settings.model_construct(
            **shared,
            slack_bot_token=SecretStr(bot_token),
            slack_app_token=None,
            pandapon_access_key=SecretStr(account.access_key if account else NOT_CONNECTED),
            pandapon_access_secret=SecretStr(account.access_secret if account else NOT_CONNECTED),
            pandapon_user_id=account.user_id if account else NOT_CONNECTED,
            pandapon_login_name="",
            pandapon_login_password=None,
            callback_token=SecretStr(account.callback_token) if account else None,
        )
