"""Django's SQLite, whose transactions stand in line.

SQLite itself lets those who wait for the writer sleep and try again, ever longer, so that under load somebody is always
overtaken and waits for seconds. Here they wait at a lock file beside the database, threads and processes alike; the
kernel wakes them in turn, and frees the place of one that was killed.
"""

# mypy: disable-error-code="misc"
# The stubs lack the methods overridden here.

import fcntl
from io import TextIOWrapper

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    _line: TextIOWrapper | None = None

    def _start_transaction_under_autocommit(self) -> None:
        self._queue_up()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._leave()
            raise

    def _commit(self) -> None:
        super()._commit()
        self._leave()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._leave()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._leave()

    def _queue_up(self) -> None:
        self._line = open(f"{self.settings_dict['NAME']}.line", "a")  # noqa: SIM115 - held until the transaction ends
        fcntl.flock(self._line, fcntl.LOCK_EX)

    def _leave(self) -> None:
        if self._line:
            self._line.close()
            self._line = None
