"""What the framework itself costs: a pydantic echo, and the same route with one plain INSERT for each request.

python -m benchmarks.contenders.http_echo URL
"""

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import uvicorn
import uvloop
from fastapi import FastAPI, Request
from pydantic import BaseModel


class Body(BaseModel):
    effective_on: str
    note: str
    amount: int


def app_on(url: str) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(url, min_size=8, max_size=32) as pool:
            app.state.pool = pool
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/echo")
    async def echo(body: Body) -> Body:
        return body

    @app.post("/insert")
    async def insert(body: Body, request: Request) -> Body:
        pool: asyncpg.Pool[Any] = request.app.state.pool
        await pool.execute("insert into plain (body) values ($1)", body.model_dump_json())
        return body

    return app


async def main(url: str) -> None:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app_on(url), log_config=None, access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    print(json.dumps({"ready": True}), flush=True)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps({"address": address}), flush=True)
    server.should_exit = True
    await serving


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1]))
