"""The context of the handlers: what a listener may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.process.proxies import proxy_for
from handlers.access.admission import Admission
from handlers.access.approvers import Approvers
from handlers.access.user_groups import UserGroups
from handlers.access.writers import WriteGate
from handlers.interactions.context import ChatLogin, Context
from handlers.interactions.public_web import PublicWeb
from pandapon.transport import trusted

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.settings import Settings
    from bot.wiring.resources import Resources
    from bot.wiring.setup import Setup
    from bot.wiring.workers import Workers
    from handlers.interactions.ports import Report


def build_context(setup: Setup, resources: Resources, workers: Workers, report: Callable[[], Report]) -> Context:
    """Return the handlers' context. ``report`` calls the bot, which is built later."""
    settings, groups = setup.settings, UserGroups()
    return Context(
        api=resources.api,
        store=resources.store,
        commands=setup.commands,
        tracker=workers.tracker,
        preview_digest=workers.digester.preview,
        subscribe=workers.discoverer.subscribe,
        clock=setup.clock,
        report=report,
        wake=workers.deliverer.wake,
        writer=workers.writer,
        default_filter=settings.default_filter,
        answer_seconds=settings.answer_seconds,
        answered=resources.figures.answered,
        languages=resources.languages,
        admission=Admission(settings.slack_outsiders),
        gate=WriteGate(settings.write_policy, groups),
        approvers=Approvers(settings.approval_policy, groups),
        people=resources.people,
        links=resources.links,
        public_web=_public_web(setup),
        chat_login=_chat_login(settings),
        connector=setup.hosting.connector if setup.hosting else None,
    )


def _chat_login(settings: Settings) -> ChatLogin | None:
    password = settings.pandapon_login_password
    return ChatLogin(settings.pandapon_login_name, password) if password else None


def _public_web(setup: Setup) -> PublicWeb:
    certificates = setup.settings.certificates
    return PublicWeb(
        ssl=trusted(str(certificates)) if certificates else None,
        is_closed=proxy_for("https://example.com", setup.settings) is not None,
        stand_ins=setup.stand_ins,
    )
