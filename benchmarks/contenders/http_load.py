"""The load over HTTP, in a process of its own: connections that stay open and send one request after the other.

It POSTs to one path, or takes the six steps of claims, each with the token of whoever takes it and a key of its
own; or it GETs pages, of claims drawn from so many. The claims of the steps begin with number FIRST.
python -m benchmarks.contenders.http_load CLAIMS [FIRST]
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import uvloop

from benchmarks.city import Filed
from benchmarks.six_steps import bodies

ECHO: Final = {"effective_on": "2026-05-22", "note": "x" * 60, "amount": 42_000_000}


class Refused(Exception):
    """An answer that is no success."""


class Connection:
    """One connection that is kept."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def to(cls, address: str) -> "Connection":
        place = urlsplit(address)
        return cls(*await asyncio.open_connection(place.hostname, place.port))

    async def send(self, method: str, path: str, body: bytes, headers: str = "") -> bytes:
        """Send a request and return the body of its answer. Raises `Refused`."""
        head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{headers}"
        self._writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        head_read = await self._reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.partition(b":")[2])
            for line in head_read.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        )
        answer = await self._reader.readexactly(length)
        if int(head_read[9:12]) >= 300:
            raise Refused(f"{path}: {answer.decode()}")
        return answer

    def close(self) -> None:
        self._writer.close()


class Load:
    """Requests of a kind, sent by so many connections until time is up."""

    def __init__(self, claims: range) -> None:
        self._claims = iter(claims)

    async def run(self, asked: dict[str, Any]) -> dict[str, Any]:
        connections = [await Connection.to(asked["address"]) for _ in range(asked["connections"])]
        began = time.perf_counter()
        until = began + asked["seconds"]
        parts = await asyncio.gather(*(self._caller(one, asked, until) for one in connections))
        seconds = time.perf_counter() - began
        for connection in connections:
            connection.close()
        waits = [wait for part in parts for wait in part]
        return {"requests": len(waits), "seconds": seconds, "waits": waits}

    async def _caller(self, connection: Connection, asked: dict[str, Any], until: float) -> list[float]:
        waits: list[float] = []
        for method, path, body, headers in self._requests(asked):
            began = time.perf_counter()
            if began >= until:
                break
            await connection.send(method, path, body, headers)
            waits.append(time.perf_counter() - began)
        return waits

    def _requests(self, asked: dict[str, Any]) -> Iterator[tuple[str, str, bytes, str]]:
        if "cases" in asked:
            token = f"Authorization: Bearer {asked['token']}\r\n"
            while True:
                claim = Filed(random.randrange(asked["cases"])).claim
                yield "GET", asked["path"].format(claim=claim), b"", token
        if "path" in asked:
            body = json.dumps(ECHO).encode()
            while True:
                yield "POST", asked["path"], body, ""
        while True:
            claim = Filed(next(self._claims)).claim
            for step, fields in bodies(claim):
                token = asked["tokens"][step]
                headers = f"Authorization: Bearer {token}\r\nIdempotency-Key: {uuid4()}\r\n"
                yield "POST", f"/v1/claims/{claim}/steps/{step}", json.dumps(fields).encode(), headers


async def main(claims: int, first: int = 0) -> None:
    load = Load(range(first, first + claims))
    print(json.dumps({"ready": True}), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await load.run(json.loads(line))), flush=True)


if __name__ == "__main__":
    uvloop.run(main(*map(int, sys.argv[1:])))
