"""The store: all its parts, on whatever database the driver reaches."""

from bot.stores.asking import Asking
from bot.stores.cases import Cases
from bot.stores.cipher import Cipher
from bot.stores.listing import Listing
from bot.stores.memory import Memory
from bot.stores.outbox import Outbox
from bot.stores.privacy import Privacy
from bot.stores.reports import Reports
from bot.stores.workers import Workers


class SqlStore(Cases, Listing, Reports, Outbox, Asking, Memory, Privacy, Workers):
    """See bot.ports.Store for what each method promises."""

    def sealed_with(self, box: Cipher) -> "SqlStore":
        """The same store, with texts sealed by `box`."""
        return SqlStore(self._db, box)
