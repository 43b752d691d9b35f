"""`semainier run`: the whole engine in one process, with nothing else to install."""

import asyncio
import logging
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from engine.pipeline.answer import Promise
from engine.pipeline.context import Context, open_context
from engine.pipeline.sweep import sweep

if TYPE_CHECKING:
    import uvicorn

    from engine.workers.bell import Bell

SWEEP_EVERY = 5.0
"""Seconds between two looks for what waits without anybody knowing."""

MLLP_CHANNEL = "mllp"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where it listens, on loopback. 0 takes a free port."""

    http: int
    mllp: int


def run_engine(data: Path, ports: Ports, promise: Promise) -> None:
    """Run until SIGTERM or SIGINT, then finish the work in hand.

    Raises: `Refused` before a port is opened when the settings lack one of the two channels.
    """
    from engine.http.messages import CHANNEL
    from engine.workers.bell import Bell

    context = open_context(data)
    for name in (CHANNEL, MLLP_CHANNEL):
        context.channel(name)
    bell = Bell(context)
    bell.start()
    try:
        asyncio.run(_serve(context, bell, ports, promise))
    finally:
        bell.stop()
        context.store.close()


async def _serve(context: Context, bell: "Bell", ports: Ports, promise: Promise) -> None:
    import uvicorn

    from engine.http.app import make_app
    from engine.listeners.mllp import MllpListener

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    listener = MllpListener(context, bell, MLLP_CHANNEL, ports.mllp, promise)
    mllp_port = await listener.start()
    server = uvicorn.Server(
        uvicorn.Config(
            make_app(context, bell),
            host="127.0.0.1",
            port=ports.http,
            log_level="warning",
            access_log=False,
        )
    )
    web = asyncio.create_task(server.serve())
    sweeping = asyncio.create_task(_sweep_on(context, bell))
    while not server.started and not web.done():
        await asyncio.sleep(0.01)
    typer.echo(f"semainier: http 127.0.0.1:{_port_of(server)} mllp 127.0.0.1:{mllp_port}")
    await asyncio.wait(
        (asyncio.create_task(stopping.wait()), web), return_when=asyncio.FIRST_COMPLETED
    )
    sweeping.cancel()
    await listener.stop()
    server.should_exit = True
    await web


async def _sweep_on(context: Context, bell: "Bell") -> None:
    while True:
        if await asyncio.to_thread(sweep, context):
            bell.ring("sweep")
        await asyncio.sleep(SWEEP_EVERY)


def _port_of(server: "uvicorn.Server") -> int:
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port
