"""Moves one part of a database to another engine: the rows of a bot, of a workspace, or those that workspaces share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.commands.parts import name_of
from bot.process.failpoints import point
from storage import moved
from storage.move import copy_rows
from storage.workspaces import moves

if TYPE_CHECKING:
    from datetime import datetime

    from bot.commands.parts import Part
    from storage.move import End, Move

PASSWORD = re.compile(r"((?:://[^/@:]*:|[?&](?:ssl)?password=))[^@/&]+(?=@|&|$)")
STOP_ALL = "Stop every process of the bot that works on {name} before this, and start none until it is done."


def lines_for_env(url: str) -> list[str]:
    """Return the lines that say what to put into .env: the setting of the database, without its password."""
    shown, passwords = PASSWORD.subn(r"\1PASSWORD", url)
    hint = ", with the password in its place" if passwords else ""
    return [
        f"Put this line into .env{hint}, and no DATABASE_PATH; then start the bot:",
        f"STORAGE_URL={shown}",
    ]


def move(source: Part, target: Part, now: datetime, *, dry_run: bool, move_id: str = "") -> Move:
    """Move the rows. Raises StorageError.

    The target is committed before the source is marked as moved, so a process that dies in between leaves both whole.
    ``move_id``: the id of the move of many parts, which is stored in the target; empty: this part is moved alone.
    ``dry_run``: the target keeps nothing, and the source is not marked.
    """
    with source.source() as old:
        with target.target(is_rehearsal=dry_run) as new:
            done = copy_rows(old, new, now, point)
            if not dry_run:
                if move_id:
                    moves.arrive(new.conn, new.form, move_id, now)
                new.commit()
                point("after_commit")
        if not dry_run:
            point("after_move")
            _leave(old, target, now)
    return done


def move_once(source: Part, target: Part, now: datetime, *, dry_run: bool, move_id: str) -> Move | None:
    """Move the rows. If an earlier run of the same move did, only complete the source's mark, and return None."""
    if not move_id or target.fact(moves.ARRIVED) != move_id:
        return move(source, target, now, dry_run=dry_run, move_id=move_id)
    if not dry_run:
        with source.present() as old:
            if not moved.destination(old.conn, old.form.facts):
                _leave(old, target, now)
    return None


def _leave(old: End, target: Part, now: datetime) -> None:
    """Mark the source as moved, with the target's address."""
    if old.form.is_shared:
        moves.end(old.conn, name_of(target.url), now)
    else:
        moved.mark(old.conn, name_of(target.url), now)
    old.commit()


def words(move: Move) -> list[str]:
    """Return further sentences about a move, which do not count its rows."""
    lines = []
    if move.nuls:
        lines.append(f"{move.nuls} NUL characters were left out: PostgreSQL stores none in a text.")
    if move.in_doubt:
        lines.append(f"{move.in_doubt} posts were being sent: each is looked up in its channel before it is sent.")
    return lines
