"""How a contender is asked: a line of JSON in, a line of JSON out, a process of its own."""

import asyncio
import io
import json
import os
from contextlib import suppress

import pytest

from benchmarks.contender import contender
from benchmarks.contenders import answering


class Counter:
    """A server that answers every request with an empty object, and counts them."""

    def __init__(self) -> None:
        self.requests = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next(int(line.split()[1]) for line in head.splitlines() if b"Content-Length" in line)
                await reader.readexactly(length)
                self.requests += 1
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
        writer.close()


def test_a_contender_says_that_it_is_ready_and_answers_each_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[tuple[int, float]] = []

    def run(callers: int, seconds: float) -> int:
        asked.append((callers, seconds))
        return 6 * callers

    monkeypatch.setattr(
        "sys.stdin", io.StringIO('{"callers": 8, "seconds": 0.5}\n{"callers": 1, "seconds": 2}\n')
    )
    answering.answer(run)
    ready, *answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert ready == {"ready": True}
    assert asked == [(8, 0.5), (1, 2)]
    assert [one["steps"] for one in answers] == [48, 6]
    assert all(one["seconds"] >= 0 for one in answers)


async def test_what_a_contender_tells_is_what_it_did() -> None:
    """The load of the HTTP program, a process of its own, against a server that counts."""
    counter = Counter()
    server = await asyncio.start_server(counter.serve, "127.0.0.1", 0)
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, contender("http_load", "1") as load:
        told = await load.ask(address=address, path="/echo", connections=3, seconds=0.05)
        again = await load.ask(address=address, path="/echo", connections=1, seconds=0.05)
    assert told["requests"] == len(told["waits"])
    assert told["requests"] + again["requests"] == counter.requests
    assert again["requests"] >= 1


async def test_one_that_ends_without_an_answer_is_told_of() -> None:
    async with contender("http_load", "1") as load:
        load.kill()
        with pytest.raises(RuntimeError, match="a contender ended with -9"):
            await load.told()


async def test_a_contender_ends_with_the_program_that_asked_it() -> None:
    async with contender("http_load", "1") as load:
        pid = load.pid
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_one_that_cannot_start_is_told_of(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(RuntimeError, match="a contender ended with 1"):
        async with contender("nobody"):
            pytest.fail("there is no such program")
    assert "No module named benchmarks.contenders.nobody" in capfd.readouterr().err
