"""Many clients of one server at once, each with what it was answered."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2

from tests.acceptance import stories
from tests.acceptance.office_client import Person


@dataclass
class Crowd:
    """Clients in threads. Each works until told to stop, or until the server is gone.

    work: one request of one client, given a key of its own; returns the answer.
    """

    people: list[Person]
    work: Callable[[Person, str], httpx2.Response]
    goes_on: bool = False  # when the server is gone: wait a moment and send the same again
    acknowledged: dict[str, dict[str, Any]] = field(default_factory=dict)  # body by Idempotency-Key
    sent_by: dict[str, str] = field(default_factory=dict)  # name of who got the acknowledgement, by key
    instants: list[float] = field(default_factory=list)
    answers: Counter[tuple[int, str]] = field(default_factory=Counter)  # by status and code
    longest: float = 0.0  # seconds
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        for person in self.people:
            thread = threading.Thread(target=self._run, args=(person,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive(), "a client was never answered"

    def rate(self, seconds: float = 1.0) -> int:
        """Return how many commands were acknowledged in the last so many seconds."""
        last = self.instants[-1] if self.instants else 0.0
        return sum(instant > last - seconds for instant in self.instants)

    def _run(self, person: Person) -> None:
        key = str(uuid4())
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                answer = self.work(person, key)
            except httpx2.TransportError:
                if not self.goes_on:
                    return
                time.sleep(0.05)
                continue
            now = time.monotonic()
            self.longest = max(self.longest, now - began)
            body = answer.json()
            self.answers[answer.status_code, body.get("code", "")] += 1
            if answer.status_code < 300:
                self.acknowledged[key] = body
                self.sent_by[key] = person.name
                self.instants.append(now)
            if answer.status_code == 503:
                time.sleep(0.05)  # the same key again
            else:
                key = str(uuid4())


def opens_programmes(person: Person, key: str) -> httpx2.Response:
    """Send a command on a stream of its own, under a key."""
    body = stories.PROGRAMME | {"name": key}
    return person.call("POST", "/v1/programmes", json=body, headers={"Idempotency-Key": key})
