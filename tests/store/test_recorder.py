"""The library's own test cases for recorders, run against our log."""

import sys
from collections.abc import Iterator
from typing import ClassVar
from uuid import uuid4

import eventsourcing.cryptography
import pytest
from eventsourcing.persistence import IntegrityError, ProgrammingError

from store.recorder import LogRecorder, StreamRecorder
from tests.conftest import Database
from tests.store.facts import event

# The library's test module imports its other cipher, which needs a package that we do not; none of the
# cases used here touches either.
sys.modules.setdefault("eventsourcing.cipher", eventsourcing.cryptography)
from eventsourcing.tests import persistence as library  # noqa: E402


@pytest.fixture(autouse=True)
def recorders(request: pytest.FixtureRequest, database: Database) -> Iterator[None]:
    """Give the test cases, which are unittest classes, a database, and close what they opened."""
    _OnThisDatabase.url = database.app_url
    yield
    while _OnThisDatabase.opened:
        _OnThisDatabase.opened.pop().close()


class _OnThisDatabase:
    url: ClassVar[str]
    opened: ClassVar[list[StreamRecorder]] = []

    def keep(self, recorder: StreamRecorder) -> None:
        self.opened.append(recorder)


class TestStreamRecorder(_OnThisDatabase, library.AggregateRecorderTestCase):
    def create_recorder(self) -> StreamRecorder:
        recorder = StreamRecorder(self.url)
        self.keep(recorder)
        return recorder


class TestLogRecorder(_OnThisDatabase, library.ApplicationRecorderTestCase[LogRecorder]):
    def create_recorder(self) -> LogRecorder:
        recorder = LogRecorder(self.url)
        self.keep(recorder)
        return recorder

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestPositionsDoNotInterleave(_OnThisDatabase, library.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> LogRecorder:
        recorder = LogRecorder(self.url)
        self.keep(recorder)
        return recorder


def test_a_command_id_makes_a_repeat_harmless(database: Database) -> None:
    recorder, command_id, one = LogRecorder(database.app_url), uuid4(), event()
    try:
        assert recorder.insert_events([event(), one], command_id=command_id) == [1, 2]
        with pytest.raises(IntegrityError, match="reused"):
            recorder.insert_events([event()], command_id=command_id)
        other = [event()]
        again = uuid4()
        assert recorder.insert_events(other, command_id=again) == [3]
        assert recorder.insert_events(other, command_id=again) == [3]
    finally:
        recorder.close()


async def test_it_refuses_to_block_an_event_loop(database: Database) -> None:
    with pytest.raises(ProgrammingError, match="event loop"):
        LogRecorder(database.app_url)
