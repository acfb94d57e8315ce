"""The operations on the tables that all workspaces share, by aggregate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.operation import Aggregate, Operation
from storage.outages import OutageTable
from storage.paces import PaceTable
from storage.store import Outages, Paces, Workers
from storage.workers import SHARED as PROCESSES
from storage.workspaces import accounts, installations, marks, oauth_states, restoring

if TYPE_CHECKING:
    from storage.engine import Engine


PACES, OUTAGES = PaceTable("account_paces"), OutageTable("account_outages")


class Installations(Aggregate):
    """The installations of the app."""

    save = Operation(installations.save)
    get = Operation(installations.get, only_reads=True)
    listed = Operation(installations.listed, only_reads=True)
    revoke = Operation(installations.revoke)
    replace = Operation(installations.replace)
    claim_renewal = Operation(installations.claim_renewal)
    put_off_renewal = Operation(installations.put_off_renewal)
    renew = Operation(installations.renew)
    remove = Operation(installations.remove)
    marks = Operation(marks.read, only_reads=True)


class Accounts(Aggregate):
    """The PandaPon account of each installation."""

    save = Operation(accounts.save)
    get = Operation(accounts.get, only_reads=True)
    listed = Operation(accounts.listed, only_reads=True)
    replace = Operation(accounts.replace)


class AccountPaces(Paces):
    """The pace at which all workspaces of an account together may call it."""

    reserve = Operation(PACES.reserve)
    pause = Operation(PACES.pause)


class AccountOutages(Outages):
    """The shared knowledge of all workspaces of an account about its outages and pauses."""

    get = Operation(OUTAGES.get, only_reads=True)
    put = Operation(OUTAGES.put)


class Processes(Workers):
    """The processes that serve the workspaces."""

    seen = Operation(PROCESSES.seen)
    left = Operation(PROCESSES.left)
    at_work = Operation(PROCESSES.at_work, only_reads=True)


class OAuthStates(Aggregate):
    """The OAuth states of installations under way."""

    put = Operation(oauth_states.put)
    take = Operation(oauth_states.take)


class Restoring(Aggregate):
    """The workspaces that have still to be marked after a failover."""

    pending = Operation(restoring.pending, only_reads=True)
    done = Operation(restoring.done)


class Directory:
    """The shared tables of one database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.installations = Installations(engine)
        self.accounts = Accounts(engine)
        self.paces = AccountPaces(engine)
        self.outages = AccountOutages(engine)
        self.processes = Processes(engine)
        self.oauth_states = OAuthStates(engine)
        self.restoring = Restoring(engine)
