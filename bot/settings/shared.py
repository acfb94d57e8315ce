"""The settings that are the same for one workspace and for many."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import SettingsConfigDict

from bot.settings.addresses import passwords
from bot.settings.fields import (
    ApprovalChannel,
    ApprovalRules,
    BaseUrl,
    Certificates,
    FilePath,
    Glosses,
    Hours,
    Minutes,
    Paths,
    People,
    ProxyUrl,
    RefundCodes,
    Rest,
    SlackUrl,
    StorageUrl,
)
from bot.settings.observability import Observability
from bot.settings.storage_url import file_of, passwords_of
from storage.pace import Pace, Rate
from tracking.approvals import ApprovalPolicy, read_rules
from tracking.cadence import Cadence
from tracking.rest_days import parse as parse_rest
from tracking.stalls import Limits
from tracking.values import Filter
from tracking.write_policy import WritePolicy, WriteScope, read_ids

ENV_FILE = Path(".env")
WORKSPACE_BURST = 20  # posts to all channels that may go at once
NEEDED_BY = {
    "slack_app_token": ("socket", "Socket Mode needs an app-level token (xapp-…)"),
    "slack_signing_secret": ("http", "HTTP mode needs it to verify Slack's requests"),
}


class Shared(Observability):
    """The settings of the process that do not depend on whether it serves one workspace or many.

    Field names in upper case are the variables' names; .env.example explains each.
    """

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        defer_build=True,  # a process reads only one of this class and its two subclasses
    )

    slack_mode: Literal["socket", "http"] = "socket"
    slack_signing_secret: SecretStr | None = Field(default=None, validate_default=True)
    slack_outsiders: Literal["none", "guests", "all"] = "none"
    slack_api_url: SlackUrl = "https://slack.com/api/"

    pandapon_base_url: BaseUrl = "https://api.pandapon.com"
    pandapon_timestamp_unit: Literal["s", "ms"] = "s"
    pandapon_paths: Paths = Field(default_factory=dict)
    pandapon_taobao_amounts: Literal["fen", "yuan"] = "fen"
    pandapon_taobao_refund_codes: RefundCodes = Field(default_factory=dict)
    pandapon_freight_signature: Literal["query", "all"] = "query"
    pandapon_named_parcels: bool = True
    pandapon_rate_per_second: float = Field(default=200.0, ge=0)
    pandapon_concurrency: int = Field(default=64, ge=1, le=1000)
    pandapon_read_timeout_seconds: float = Field(default=8.0, gt=0, le=60)

    writes: WriteScope = WriteScope.OFF
    writers: People = ""
    auditors: People = ""
    approvals: ApprovalRules = ""
    approvals_channel: ApprovalChannel = ""
    approval_days: float = Field(default=3.0, ge=0.01, le=60)

    https_proxy: ProxyUrl | None = None
    http_proxy: ProxyUrl | None = None
    all_proxy: ProxyUrl | None = None
    no_proxy: str = ""
    ssl_cert_file: Certificates | None = None
    requests_ca_bundle: Certificates | None = None

    storage_url: StorageUrl | None = None
    storage_pooler: Literal["on", "off"] = "off"
    storage_notify: Literal["on", "off"] = "on"
    storage_connections: int = Field(default=4, ge=1, le=100)
    worker: Annotated[str, Field(pattern=r"^[\w.,-]{0,120}$")] = ""
    database_path: FilePath = Path("data/pandabot.db")

    backup_path: FilePath | None = None
    news_days: int = Field(default=60, ge=7, le=60)
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
    stall_rest: Rest = ""
    language: Literal["en", "zh_CN", "th"] = "en"
    glosses: Glosses | None = None
    default_filter: Filter = Filter.ALL
    channel_messages_per_second: float = Field(default=1.0, gt=0, le=20)
    channel_burst: int = Field(default=4, ge=1, le=20)
    slack_messages_per_second: float = Field(default=4.0, gt=0, le=1000)
    digest_from: int = Field(default=8, ge=2, le=100_000)

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["line", "json"] = "line"

    @field_validator("slack_app_token", "slack_signing_secret", check_fields=False)  # the first is a field of Settings
    @classmethod
    def _mode_has_its_secret(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """Require the mode's secret. Each field is checked by itself, so that one start names all missing settings."""
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
        return Limits(rest_days=parse_rest(self.stall_rest), **hours)  # type: ignore[arg-type]  # its names are checked

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
        """The file of certificates that are trusted beside the system's, such as those of an inspecting proxy."""
        return self.ssl_cert_file or self.requests_ca_bundle
