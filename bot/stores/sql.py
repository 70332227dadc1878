"""The store: all its parts, on whatever database the driver reaches."""

from bot.stores.cases import Cases
from bot.stores.memory import Memory
from bot.stores.outbox import Outbox
from bot.stores.reports import Reports
from bot.stores.workers import Workers


class SqlStore(Cases, Reports, Outbox, Memory, Workers):
    """See bot.ports.Store for what each method promises."""
