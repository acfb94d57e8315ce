"""The settings of traces and error reports: where they are sent. Both are off by default, and each needs an extra."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, SecretStr
from pydantic_settings import BaseSettings

from bot.settings.addresses import web_address

Protocol = Literal["http/protobuf"]


def _installed(module: str, extra: str) -> None:
    """Raise ValueError unless an extra of the package is installed."""
    try:
        is_there = find_spec(module) is not None
    except ModuleNotFoundError:  # a parent package is missing
        is_there = False
    if not is_there:
        raise ValueError(f"needs pandabot[{extra}], which is not installed; `make extras` adds it")


def _collector(value: str) -> str:
    if web_address(value).username is not None:
        raise ValueError("must not hold a user or a password: OTEL_EXPORTER_OTLP_HEADERS is for these")
    _installed("opentelemetry.exporter.otlp.proto.http", "otel")
    return value


def _dsn(value: SecretStr) -> SecretStr:
    if not _is_dsn(value.get_secret_value()):
        raise ValueError("must be a project's DSN such as https://key@sentry.example/1")
    _installed("sentry_sdk", "sentry")
    return value


def _is_dsn(value: str) -> bool:
    try:
        parts = web_address(value)
    except ValueError:
        return False
    return bool(parts.username) and parts.path.rpartition("/")[2].isdigit()


Collector = Annotated[str, AfterValidator(_collector)]


class Observability(BaseSettings):
    """The settings of traces and error reports, a part of all settings."""

    otel_exporter_otlp_endpoint: Collector | None = None
    otel_exporter_otlp_traces_endpoint: Collector | None = None
    otel_exporter_otlp_headers: SecretStr | None = None
    otel_exporter_otlp_traces_headers: SecretStr | None = None
    otel_exporter_otlp_protocol: Protocol = "http/protobuf"
    otel_exporter_otlp_traces_protocol: Protocol = "http/protobuf"
    otel_traces_exporter: Literal["otlp", "none"] = "otlp"
    otel_sdk_disabled: bool = False

    sentry_dsn: Annotated[SecretStr, AfterValidator(_dsn)] | None = None
    sentry_environment: str = "production"

    @property
    def collector(self) -> str:
        """The address of the collector of traces; empty: the process is not traced."""
        is_off = self.otel_sdk_disabled or self.otel_traces_exporter == "none"
        given = self.otel_exporter_otlp_traces_endpoint or self.otel_exporter_otlp_endpoint
        return "" if is_off or given is None else given

    def observability_secrets(self) -> tuple[str, ...]:
        """Return the keys of the collector and of the error reports, for the log's redaction."""
        headers = (self.otel_exporter_otlp_headers, self.otel_exporter_otlp_traces_headers)
        pairs = (pair for given in headers if given for pair in given.get_secret_value().split(","))
        values = (unquote(pair.partition("=")[2].strip()) for pair in pairs)
        dsn = urlsplit(self.sentry_dsn.get_secret_value()).username if self.sentry_dsn else None
        return (*filter(None, values), *filter(None, [dsn]))
