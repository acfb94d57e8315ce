"""The PandaPon client's configuration, from the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.process.proxies import proxy_for
from pandapon.config import Config

if TYPE_CHECKING:
    from bot.settings import Settings


def api_config(settings: Settings) -> Config:
    """Return the PandaPon client's configuration."""
    return Config(
        base_url=settings.pandapon_base_url,
        access_key=settings.pandapon_access_key.get_secret_value(),
        access_secret=settings.pandapon_access_secret.get_secret_value(),
        user_id=settings.pandapon_user_id,
        timestamp_unit=settings.pandapon_timestamp_unit,
        paths=settings.pandapon_paths,
        rate_per_second=settings.pandapon_rate_per_second,
        concurrency=settings.pandapon_concurrency,
        read_timeout=settings.pandapon_read_timeout_seconds,
        taobao_amounts=settings.pandapon_taobao_amounts,
        taobao_refund_codes=settings.pandapon_taobao_refund_codes,
        freight_signature=settings.pandapon_freight_signature,
        proxy=proxy_for(settings.pandapon_base_url, settings),
        certificates=str(settings.certificates) if settings.certificates else None,
    )
