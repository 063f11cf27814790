"""A TCP proxy between a client and PostgreSQL that cuts, swallows or falls silent when a test says so."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit


class Proxy:
    """Forwards all bytes until `sabotage` says otherwise.

    "swallow the answer": the next answer to a statement that holds `marker` is dropped and the
    connection cut, so the server has done its work and the client does not know.
    "cut when sent": the connection is cut as soon as such a statement has been passed on.
    "silence": nothing passes any more, and nobody is told.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._writers: set[asyncio.StreamWriter] = set()
        self.sabotage: str | None = None
        self.marker = b""
        self.happened = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._port)
        both = (writer, server_writer)
        self._writers.update(both)
        struck = asyncio.Event()

        def outward(data: bytes) -> bool:
            """Pass on what the client sends; say whether to cut."""
            if self.sabotage == "silence":
                return False
            server_writer.write(data)
            if self.sabotage is not None and self.marker in data:
                struck.set()
            return struck.is_set() and self.sabotage == "cut when sent"

        def inward(data: bytes) -> bool:
            """Pass on what the server answers, or not; say whether to cut."""
            if struck.is_set() and self.sabotage == "swallow the answer":
                return True
            if self.sabotage != "silence":
                writer.write(data)
            return False

        with suppress(OSError):
            ways = {
                asyncio.create_task(self._pass(reader, outward)),
                asyncio.create_task(self._pass(server_reader, inward)),
            }
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            for end in both:
                if end.can_write_eof() and end is server_writer:
                    await end.drain()  # what was promised to the server arrives before the cut
                end.close()

    async def _pass(self, reader: asyncio.StreamReader, forward: Callable[[bytes], bool]) -> None:
        while data := await reader.read(65_536):
            if forward(data):
                self.sabotage = None  # once is enough; the next connection works
                self.happened.set()
                return

    def hang_up(self) -> None:
        for writer in self._writers:
            writer.transport.abort()


@asynccontextmanager
async def proxied(url: str) -> AsyncIterator[tuple[Proxy, str]]:
    """Put a proxy before the server of this URL; give it and the URL that leads through it."""
    parts = urlsplit(url)
    assert parts.port
    proxy = Proxy(parts.port)
    listening = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    userinfo = parts.netloc.rpartition("@")[0]
    try:
        yield proxy, urlunsplit(parts._replace(netloc=f"{userinfo}@127.0.0.1:{port}"))
    finally:
        listening.close()
        proxy.hang_up()
