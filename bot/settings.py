"""All settings of the process, read from the environment and .env and checked once. Secrets are masked."""

from __future__ import annotations

import json
import re
import ssl
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.addresses import base_url, passwords, proxy_address
from bot.observability import Observability
from bot.storage_url import file_of, passwords_of, storage_url
from handlers.blocks.team_glosses import GlossFileError
from handlers.blocks.team_glosses import load as load_glosses
from pandapon.config import TAOBAO_REFUND_CODES
from pandapon.operations.catalogue import Catalogue
from pandapon.signing import Signer
from storage.lanes import Pace, Rate
from tracking.approvals import ApprovalPolicy, read_channel, read_rules
from tracking.cadence import Cadence
from tracking.rest_days import parse as parse_rest
from tracking.stalls import Limits
from tracking.values import Filter
from tracking.write_policy import WritePolicy, WriteScope, read_ids

if TYPE_CHECKING:
    from collections.abc import Mapping

ENV_FILE = Path(".env")
Minutes = Annotated[float, Field(ge=1, le=10_080)]
Hours = Annotated[float, Field(ge=1, le=720)]
_TOKEN = re.compile(r"[A-Za-z0-9_-]{24,200}")
WORKSPACE_BURST = 20  # posts to all channels that may go at once
OBJECTS = {
    "pandapon_paths": '{"taobao.order.list": "/v2/taobao/order/page"}',
    "pandapon_taobao_refund_codes": '{"refund": 1, "return": 2, "not_received": 1, "received": 2}',
    "poll_minutes": '{"near": 5, "moving": 30}',
    "stall_hours": '{"domestic": 72, "not_shipped": 96}',
}
NEEDED_BY = {
    "slack_app_token": ("socket", "Socket Mode needs an app-level token (xapp-…)"),
    "slack_signing_secret": ("http", "HTTP mode needs it to verify Slack's requests"),
}


class SettingsError(Exception):
    """A setting is missing or malformed; the message says which, why, and what it should look like."""


def _starts_with(prefix: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(prefix):
            raise ValueError(f"must start with {prefix}")
        return value

    return AfterValidator(check)


def _tokens(joined: SecretStr) -> tuple[str, ...]:
    return tuple(token.strip() for token in joined.get_secret_value().split(",") if token.strip())


def _hard_to_guess(value: SecretStr) -> SecretStr:
    if any(not _TOKEN.fullmatch(token) for token in _tokens(value)):
        raise ValueError(
            "must have 24 characters or more of A-Z, a-z, 0-9, - and _; make one with "
            '`python3 -c "import secrets; print(secrets.token_urlsafe(32))"`'
        )
    return value


def _paths(value: dict[str, str]) -> dict[str, str]:
    Catalogue(value)
    return value


def _refund_codes(value: dict[str, int]) -> dict[str, int]:
    if unknown := value.keys() - TAOBAO_REFUND_CODES.keys():
        raise ValueError(f"there is no {min(unknown)!r}; the names are {', '.join(TAOBAO_REFUND_CODES)}")
    return value


def _access_key(value: SecretStr) -> SecretStr:
    Signer(value.get_secret_value(), "")
    return value


def _user_id(value: str) -> str:
    Signer("", "", value)
    return value


def _rest(value: str) -> str:
    parse_rest(value)
    return value


def _ids(value: str) -> str:
    read_ids(value)
    return value


def _rules(value: str) -> str:
    read_rules(value)
    return value


def _proxy(value: SecretStr) -> SecretStr:
    return SecretStr(proxy_address(value.get_secret_value()))


def _storage_url(value: SecretStr) -> SecretStr:
    return SecretStr(storage_url(value.get_secret_value()))


def _certificates(value: Path) -> Path:
    """Load the file once: otherwise an unreadable file would only fail at the first connection."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(value)
    except OSError:
        raise ValueError("must be a file of certificates in PEM form that may be read") from None
    return value


def _glosses(value: Path) -> Path:
    """Read the file once: a bad line stops the start with a sentence, and not the first message that needs it."""
    try:
        load_glosses(value)
    except GlossFileError as error:
        raise ValueError(str(error).rstrip(".")) from None
    return value


def _slack_url(value: str) -> str:
    """Return the base address with a trailing slash, to which slack_sdk appends method names."""
    return base_url(value) + "/"


class Shared(Observability):
    """The settings of the process: with one workspace or with many, they are the same for all.

    Field names in upper case are the variables' names; .env.example explains each.
    """

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    slack_mode: Literal["socket", "http"] = "socket"
    slack_signing_secret: SecretStr | None = Field(default=None, validate_default=True)
    slack_outsiders: Literal["none", "guests", "all"] = "none"
    slack_api_url: Annotated[str, AfterValidator(_slack_url)] = "https://slack.com/api/"

    pandapon_base_url: Annotated[str, AfterValidator(base_url)] = "https://api.pandapon.com"
    pandapon_timestamp_unit: Literal["s", "ms"] = "s"
    pandapon_paths: Annotated[dict[str, str], AfterValidator(_paths)] = Field(default_factory=dict)
    pandapon_taobao_amounts: Literal["fen", "yuan"] = "fen"
    pandapon_taobao_refund_codes: Annotated[dict[str, int], AfterValidator(_refund_codes)] = Field(default_factory=dict)
    pandapon_freight_signature: Literal["query", "all"] = "query"
    pandapon_named_parcels: bool = True
    pandapon_rate_per_second: float = Field(default=200.0, ge=0)
    pandapon_concurrency: int = Field(default=64, ge=1, le=1000)
    pandapon_read_timeout_seconds: float = Field(default=8.0, gt=0, le=60)

    writes: WriteScope = WriteScope.OFF
    writers: Annotated[str, AfterValidator(_ids)] = ""
    auditors: Annotated[str, AfterValidator(_ids)] = ""
    approvals: Annotated[str, AfterValidator(_rules)] = ""
    approvals_channel: Annotated[str, AfterValidator(read_channel)] = ""
    approval_days: float = Field(default=3.0, ge=0.01, le=60)

    https_proxy: Annotated[SecretStr, AfterValidator(_proxy)] | None = None
    http_proxy: Annotated[SecretStr, AfterValidator(_proxy)] | None = None
    all_proxy: Annotated[SecretStr, AfterValidator(_proxy)] | None = None
    no_proxy: str = ""
    ssl_cert_file: Annotated[Path, AfterValidator(_certificates)] | None = None
    requests_ca_bundle: Annotated[Path, AfterValidator(_certificates)] | None = None

    storage_url: Annotated[SecretStr, AfterValidator(_storage_url)] | None = None
    storage_pooler: Literal["on", "off"] = "off"
    storage_notify: Literal["on", "off"] = "on"
    storage_connections: int = Field(default=4, ge=1, le=100)
    worker: Annotated[str, Field(pattern=r"^[\w.-]{0,60}$")] = ""
    database_path: Path = Path("data/pandabot.db")

    backup_path: Path | None = None
    backup_gb: float = Field(default=10.0, gt=0, le=100_000)

    http_host: str = "127.0.0.1"
    http_port: int = Field(default=8080, ge=0, le=65535)

    answer_seconds: float = Field(default=15.0, ge=5, le=120)

    poll_interval_seconds: float = Field(default=5.0, ge=0.05, le=3600)
    cadence_factor: float = Field(default=1.0, ge=0, le=100)
    poll_minutes: dict[Literal["near", "moving", "waiting", "final", "silent"], Minutes] = Field(default_factory=dict)
    stall_hours: dict[
        Literal["not_paid", "not_shipped", "first_scan", "domestic", "abroad", "pickup", "problem"], Hours
    ] = Field(default_factory=dict)
    stall_rest: Annotated[str, AfterValidator(_rest)] = ""
    language: Literal["en", "zh_CN", "th"] = "en"
    glosses: Annotated[Path, AfterValidator(_glosses)] | None = None
    default_filter: Filter = Filter.ALL
    channel_messages_per_second: float = Field(default=1.0, gt=0, le=20)
    channel_burst: int = Field(default=4, ge=1, le=20)
    slack_messages_per_second: float = Field(default=4.0, gt=0, le=1000)
    digest_from: int = Field(default=8, ge=2, le=100_000)

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["line", "json"] = "line"

    @field_validator("slack_app_token", "slack_signing_secret", check_fields=False)  # the first is Settings'
    @classmethod
    def _mode_has_its_secret(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """Require the mode's secret. A check for each field lets one start name all that is missing."""
        mode, why = NEEDED_BY[str(info.field_name)]
        if value is None and info.data.get("slack_mode") == mode:
            raise PydanticCustomError("missing", why)
        return value

    @model_validator(mode="after")
    def _one_database(self) -> Self:
        if self.storage_url is not None and "database_path" in self.model_fields_set:
            raise ValueError("STORAGE_URL and DATABASE_PATH both name a database: keep one of them")
        return self

    @property
    def storage_address(self) -> str:
        """The database's address, which may hold a password: it is for the driver alone."""
        return self.storage_url.get_secret_value() if self.storage_url else f"sqlite:///{self.database_path}"

    @property
    def database_file(self) -> Path | None:
        """The SQLite file; None: the data are on a PostgreSQL server."""
        return file_of(self.storage_url.get_secret_value()) if self.storage_url else self.database_path

    @property
    def poll_interval(self) -> timedelta:
        """How often the poller looks for due orders."""
        return timedelta(seconds=self.poll_interval_seconds)

    @property
    def pace(self) -> Pace:
        """How fast posts may follow each other in a channel, and in the workspace."""
        return Pace(
            channel=Rate(self.channel_messages_per_second, self.channel_burst),
            workspace=Rate(self.slack_messages_per_second, WORKSPACE_BURST),
        )

    @property
    def cadence(self) -> Cadence:
        """How often an order is read, by its state."""
        return Cadence(
            factor=self.cadence_factor,
            **{name: timedelta(minutes=value) for name, value in self.poll_minutes.items()},  # type: ignore[arg-type]  # its names are checked
        )

    @property
    def limits(self) -> Limits:
        """How long each leg may be silent before an alarm."""
        hours = {name: timedelta(hours=value) for name, value in self.stall_hours.items()}
        return Limits(rest=parse_rest(self.stall_rest), **hours)  # type: ignore[arg-type]  # its names are checked

    @property
    def write_policy(self) -> WritePolicy:
        """The policy of writes: those that are switched on, who may make them, and who may read the audit trail."""
        return WritePolicy(self.writes, read_ids(self.writers), read_ids(self.auditors))

    @property
    def approval_policy(self) -> ApprovalPolicy:
        """The amounts that need an approval, their approvers, the channel of the requests, and how long these wait."""
        lasts = timedelta(days=self.approval_days)
        return ApprovalPolicy(read_rules(self.approvals), self.approvals_channel, lasts)

    @property
    def backups(self) -> Path:
        """The folder of a SQLite file's copies: beside the file unless BACKUP_PATH is set."""
        return self.backup_path or (self.database_file or self.database_path).parent / "backups"

    @property
    def backup_bytes(self) -> int:
        """The bytes that the database's copies may take together."""
        return int(self.backup_gb * 1_000_000_000)

    def secrets(self) -> tuple[str, ...]:
        """Return every secret value, for the log's redaction."""
        signing = (self.slack_signing_secret.get_secret_value(),) if self.slack_signing_secret else ()
        proxies = [url.get_secret_value() for url in (self.https_proxy, self.http_proxy, self.all_proxy) if url]
        storage = passwords_of(self.storage_url.get_secret_value()) if self.storage_url else []
        return (*signing, *passwords(proxies), *storage, *self.observability_secrets())

    @property
    def certificates(self) -> Path | None:
        """The file of certificates that are trusted beside the system's, as for a company's inspecting proxy."""
        return self.ssl_cert_file or self.requests_ca_bundle


class _Chosen(BaseSettings):
    """The two settings that turn the hosted mode on."""

    model_config = Shared.model_config
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None


def is_hosted(env_file: Path | None = ENV_FILE) -> bool:
    """Whether the process serves many workspaces: one of two settings is there, and a start then asks for the other."""
    chosen = _Chosen(_env_file=env_file)
    return bool(chosen.slack_client_id or chosen.slack_client_secret)


class Settings(Shared):
    """All settings of the bot of one workspace."""

    slack_bot_token: Annotated[SecretStr, _starts_with("xoxb-")]
    slack_app_token: Annotated[SecretStr, _starts_with("xapp-")] | None = Field(default=None, validate_default=True)

    pandapon_access_key: Annotated[SecretStr, AfterValidator(_access_key)]
    pandapon_access_secret: SecretStr
    pandapon_user_id: Annotated[str, AfterValidator(_user_id)] = Field(min_length=1)
    pandapon_login_name: str = ""
    pandapon_login_password: SecretStr | None = None

    callback_token: Annotated[SecretStr, AfterValidator(_hard_to_guess)] | None = None

    @field_validator("pandapon_login_password")
    @classmethod
    def _login_has_a_name(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is not None and not info.data.get("pandapon_login_name"):
            raise ValueError("needs PANDAPON_LOGIN_NAME beside it")
        return value

    def secrets(self) -> tuple[str, ...]:
        """Return every secret value, for the log's redaction."""
        own = (
            self.slack_bot_token,
            self.slack_app_token,
            self.pandapon_access_key,
            self.pandapon_access_secret,
            self.pandapon_login_password,
        )
        values = (value.get_secret_value() for value in own if value is not None)
        return (*values, *self.callback_tokens, *super().secrets())

    @property
    def callback_tokens(self) -> tuple[str, ...]:
        """The valid tokens of the callback's address; two while a new one replaces the old."""
        return _tokens(self.callback_token) if self.callback_token else ()


S = TypeVar("S", bound=Shared)


def load(env_file: Path | None = ENV_FILE, **overrides: Any) -> Settings:
    """Read the settings. Raises SettingsError with one line for each wrong or missing setting."""
    return load_as(Settings, env_file, **overrides)


def load_as(form: type[S], env_file: Path | None, **overrides: Any) -> S:
    """Read the settings of one of the two forms. Raises as :func:`load` does."""
    try:
        return form(_env_file=env_file, **overrides)
    except ValidationError as error:
        raise SettingsError("\n".join(_sentence(dict(item)) for item in error.errors())) from None
    except Exception as error:  # noqa: BLE001  pydantic-settings' own error for a value that is not JSON
        raise SettingsError(_unreadable(error)) from None


def _sentence(error: Mapping[str, Any]) -> str:
    name = ".".join(str(part) for part in error["loc"]).removesuffix(".[key]").upper()
    if error["type"] == "missing":
        why = "" if error["msg"] == "Field required" else f"{error['msg']}; "
        return f"{name} is missing: {why}set it in the environment or in .env (see .env.example)."
    text = str(error["msg"]).removeprefix("Value error, ")
    return f"{name}: {text}." if name else f"{text}."


def _unreadable(error: Exception) -> str:
    field = re.search(r'field "(\w+)"', str(error))
    if field and isinstance(error.__cause__, json.JSONDecodeError):
        return f"{field[1].upper()}: must be a JSON object such as {OBJECTS[field[1]]}."
    return f"The settings cannot be read: {type(error).__name__}."
