"""Tries what a channel is set to do: its port, its certificates, its receiver."""

import asyncio
import os
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from engine.settings import Channel, Listen, Send
from engine.transports.mllp import Facts, Receiver, facts
from engine.transports.tls import expires_at, server_context
from schemas.errors import EngineError, Kind
from schemas.installation import ChannelTrial, Seen

SOON = timedelta(days=30)
"""A certificate that ends earlier is told, and is no fault yet."""


def trials(channel: Channel, now: datetime) -> Iterator[ChannelTrial]:
    """One after the other; nothing for a channel that neither listens nor sends."""
    if channel.listen is not None:
        yield from _of_listener(channel.listen, now)
    if channel.send is not None:
        yield from _of_sender(channel.send, now)


def _of_listener(listen: Listen, now: datetime) -> Iterator[ChannelTrial]:
    yield _port(listen)
    if listen.tls is None:
        yield ChannelTrial(part="listen.tls", good=True, seen=Seen.NO_TLS)
        return
    try:
        server_context(listen.tls)
    except EngineError as error:
        yield _unusable("listen.tls", error)
        return
    yield _in_force("listen.tls.certificate", listen.tls.certificate, now)
    if listen.tls.clients is not None:
        yield _in_force("listen.tls.clients", listen.tls.clients, now)


def _port(listen: Listen) -> ChannelTrial:
    address, seen = f"{listen.host}:{listen.port}", Seen.PORT_FREE
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    try:
        with socket.create_server((listen.host, listen.port), family=family):
            pass
    except OSError as error:
        address += f" {os.strerror(error.errno) if error.errno else type(error).__name__}"
        seen = Seen.PORT_TAKEN
    good = seen is Seen.PORT_FREE
    return ChannelTrial(part="listen.port", good=good, seen=seen, quoted=address, retry=not good)


def _unusable(part: str, error: EngineError) -> ChannelTrial:
    return ChannelTrial(part=part, good=False, seen=Seen.UNUSABLE, quoted=str(error))


def _in_force(part: str, certificate: Path, now: datetime) -> ChannelTrial:
    try:
        return _ends(part, expires_at(certificate), now)
    except EngineError as error:
        return _unusable(part, error)


def _ends(part: str, end: datetime, now: datetime) -> ChannelTrial:
    seen = Seen.ENDED if end <= now else Seen.ENDS_SOON if end <= now + SOON else Seen.ENDS
    return ChannelTrial(part=part, good=end > now, seen=seen, quoted=f"{end:%Y-%m-%d %H:%M} UTC")


def _of_sender(send: Send, now: datetime) -> Iterator[ChannelTrial]:
    if send.tls is not None and send.tls.certificate is not None:
        yield _in_force("send.tls.certificate", send.tls.certificate, now)
    address, part = f"{send.host}:{send.port}", "send.connection"
    receiver = Receiver(send.host, send.port, send.tls, send.connect_seconds, send.answer_seconds)
    try:
        shown = asyncio.run(facts(receiver))
    except EngineError as error:
        words, retry = f"{address} {error}", error.kind is Kind.TRANSIENT
        seen = Seen.NOT_REACHED
        yield ChannelTrial(part=part, good=False, seen=seen, quoted=words, retry=retry)
        return
    yield ChannelTrial(part=part, good=True, seen=Seen.REACHED, quoted=address)
    yield from _of_tls(shown, now)


def _of_tls(shown: Facts, now: datetime) -> Iterator[ChannelTrial]:
    if shown.tls is None:
        yield ChannelTrial(part="send.tls", good=True, seen=Seen.NO_TLS)
        return
    words = ", ".join((shown.tls, shown.cipher or "", *shown.names))
    yield ChannelTrial(part="send.tls", good=True, seen=Seen.TLS, quoted=words)
    if shown.expires_at is not None:
        yield _ends("send.receiver.certificate", shown.expires_at, now)
