"""`semainier run`: the whole engine in one process, with nothing else to install."""

import asyncio
import logging
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from engine.pipeline.answer import Promise
from engine.pipeline.context import Context, open_context
from engine.pipeline.sweep import sweep
from engine.settings import Listen
from engine.transports.tls import server_context
from schemas.errors import Unavailable

if TYPE_CHECKING:
    import uvicorn

    from engine.listeners.mllp import MllpListener
    from engine.workers.bell import Bell

    Listeners = dict[str, tuple[MllpListener, str]]

SWEEP_EVERY = 5.0
"""Seconds between two looks for what waits without anybody knowing."""

MLLP_CHANNEL = "mllp"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where it listens, on loopback, if no channel states an address. 0 takes a free port."""

    http: int
    mllp: int


def run_engine(data: Path, ports: Ports, promise: Promise) -> None:
    """Run until SIGTERM or SIGINT, then finish the work in hand.

    Raises: `Refused` before a port is opened when the settings lack one of the two channels;
    `Unavailable` when a port cannot be taken.
    """
    from engine.http.messages import CHANNEL
    from engine.workers.bell import Bell

    context = open_context(data)
    context.channel(CHANNEL)
    listens = _listens(context, ports)
    bell = Bell(context)
    bell.start()
    try:
        asyncio.run(_serve(context, bell, ports.http, _listeners(context, bell, listens, promise)))
    finally:
        bell.stop()
        context.store.close()


def _listens(context: Context, ports: Ports) -> dict[str, Listen]:
    """Where each channel listens; the one named `mllp` needs no address of its own.

    Raises: `Refused` when no channel would listen.
    """
    channels = context.settings.channels
    found = {name: each.listen for name, each in channels.items() if each.listen is not None}
    if not found or MLLP_CHANNEL in channels:
        context.channel(MLLP_CHANNEL)
        found.setdefault(MLLP_CHANNEL, Listen(port=ports.mllp))
    return found


def _listeners(
    context: Context, bell: "Bell", listens: dict[str, Listen], promise: Promise
) -> "Listeners":
    """A listener for each, by its channel. Raises: `Refused` for certificates of no use."""
    from engine.listeners.mllp import Limits, MllpListener

    return {
        name: (
            MllpListener(
                context,
                bell,
                name,
                listen.port,
                Promise(listen.promise) if listen.promise else promise,
                Limits(listen.largest_bytes, listen.idle_seconds, listen.connections),
                server_context(listen.tls) if listen.tls else None,
            ),
            listen.host,
        )
        for name, listen in listens.items()
    }


async def _start(listeners: "Listeners") -> str:
    """Every channel with its address. Raises: `Unavailable` that names the one that has none."""
    told = []
    for name, (listener, host) in listeners.items():
        try:
            port = await listener.start(host)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else type(error).__name__
            raise Unavailable(f"channels.{name}.listen: {reason}") from None
        told.append(f"{name} {host}:{port}")
    return " ".join(told)


async def _serve(context: Context, bell: "Bell", http: int, listeners: "Listeners") -> None:
    import uvicorn

    from engine.http.app import make_app

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    addresses = await _start(listeners)
    server = uvicorn.Server(
        uvicorn.Config(
            make_app(context, bell),
            host="127.0.0.1",
            port=http,
            log_level="warning",
            access_log=False,
        )
    )
    web = asyncio.create_task(server.serve())
    sweeping = asyncio.create_task(_sweep_on(context, bell))
    while not server.started and not web.done():
        await asyncio.sleep(0.01)
    typer.echo(f"semainier: http 127.0.0.1:{_port_of(server)} {addresses}")
    await asyncio.wait(
        (asyncio.create_task(stopping.wait()), web), return_when=asyncio.FIRST_COMPLETED
    )
    sweeping.cancel()
    await asyncio.gather(*(listener.stop() for listener, _ in listeners.values()))
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
