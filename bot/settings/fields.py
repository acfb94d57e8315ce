"""The types of settings. Each value is checked when it is read, so that a wrong one stops the start with a sentence."""

from __future__ import annotations

import re
import ssl
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from bot.settings.addresses import base_url, proxy_address
from bot.settings.paths import path_of
from bot.settings.storage_url import storage_url
from pandapon.config import TAOBAO_REFUND_CODES
from pandapon.signing import Signer
from tracking.approvals import read_channel, read_rules
from tracking.rest_days import parse as parse_rest
from tracking.write_policy import read_ids

_TOKEN = re.compile(r"[A-Za-z0-9_-]{24,200}")


def _starts_with(prefix: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(prefix):
            raise ValueError(f"must start with {prefix}")
        return value

    return AfterValidator(check)


def tokens(joined: SecretStr) -> tuple[str, ...]:
    """Return the comma-separated tokens of one setting."""
    return tuple(token.strip() for token in joined.get_secret_value().split(",") if token.strip())


def _hard_to_guess(value: SecretStr) -> SecretStr:
    if any(not _TOKEN.fullmatch(token) for token in tokens(value)):
        raise ValueError(
            "must have 24 characters or more of A-Z, a-z, 0-9, - and _; make one with "
            '`python3 -c "import secrets; print(secrets.token_urlsafe(32))"`'
        )
    return value


def _paths(value: dict[str, str]) -> dict[str, str]:
    if value:
        from pandapon.operations.catalogue import Catalogue  # noqa: PLC0415  it imports all operations, and the setting is rare

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
    from handlers.blocks.team_glosses import GlossFileError, load  # noqa: PLC0415  it imports the couriers' rules, which is slow

    try:
        load(value)
    except GlossFileError as error:
        raise ValueError(str(error).rstrip(".")) from None
    return value


def _slack_url(value: str) -> str:
    """Return the base address with a trailing slash, to which slack_sdk appends method names."""
    return base_url(value) + "/"


FilePath = Annotated[Path, AfterValidator(path_of)]  # of a file or a folder

Minutes = Annotated[float, Field(ge=1, le=10_080)]
Hours = Annotated[float, Field(ge=1, le=720)]

BotToken = Annotated[SecretStr, _starts_with("xoxb-")]
AppToken = Annotated[SecretStr, _starts_with("xapp-")]
SlackUrl = Annotated[str, AfterValidator(_slack_url)]

BaseUrl = Annotated[str, AfterValidator(base_url)]
AccessKey = Annotated[SecretStr, AfterValidator(_access_key)]
UserId = Annotated[str, AfterValidator(_user_id)]
CallbackToken = Annotated[SecretStr, AfterValidator(_hard_to_guess)]
Paths = Annotated[dict[str, str], AfterValidator(_paths)]
RefundCodes = Annotated[dict[str, int], AfterValidator(_refund_codes)]

People = Annotated[str, AfterValidator(_ids)]
ApprovalRules = Annotated[str, AfterValidator(_rules)]
ApprovalChannel = Annotated[str, AfterValidator(read_channel)]

ProxyUrl = Annotated[SecretStr, AfterValidator(_proxy)]
Certificates = Annotated[FilePath, AfterValidator(_certificates)]
StorageUrl = Annotated[SecretStr, AfterValidator(_storage_url)]
Rest = Annotated[str, AfterValidator(_rest)]
Glosses = Annotated[FilePath, AfterValidator(_glosses)]
