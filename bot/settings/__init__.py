"""All settings of the process, read from the environment and .env and checked once. Secrets are masked."""

from __future__ import annotations

from bot.settings.loading import SettingsError, is_hosted, load, load_as, public_url, read
from bot.settings.shared import ENV_FILE, Shared
from bot.settings.single import Settings

__all__ = ["ENV_FILE", "Settings", "SettingsError", "Shared", "is_hosted", "load", "load_as", "public_url", "read"]
