"""The settings of the bot of one workspace."""

from __future__ import annotations

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from bot.settings.fields import AccessKey, AppToken, BotToken, CallbackToken, UserId, tokens
from bot.settings.shared import Shared


class Settings(Shared):
    """All settings of the bot of one workspace."""

    slack_bot_token: BotToken
    slack_app_token: AppToken | None = Field(default=None, validate_default=True)

    pandapon_access_key: AccessKey
    pandapon_access_secret: SecretStr
    pandapon_user_id: UserId = Field(min_length=1)
    pandapon_login_name: str = ""
    pandapon_login_password: SecretStr | None = None

    callback_token: CallbackToken | None = None

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
        return tokens(self.callback_token) if self.callback_token else ()
