"""A sender over TLS and mutual TLS, with certificates that the test makes."""

import asyncio
import ssl
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from certificates import Authority
from messages import a_context

from engine.listeners.mllp import MllpListener
from engine.pipeline.answer import Promise
from engine.store import inbox
from engine.store.unit import Store
from engine.transports.framing import END, START
from engine.transports.tls import ClientTls, ServerTls, client_context, server_context
from engine.workers.bell import Bell

PATIENCE = 30
MESSAGE = (
    START
    + b"MSH|^~\\&|EHPAD|LILAS|PHARM|X|20260301100000+0100||ADT^A01|C1|P|2.5\r"
    + b"PID|||1^^^LILAS^PI||EXEMPLE^ODETTE\r"
    + END
)
REFUSED = (ssl.SSLError, ConnectionError, asyncio.IncompleteReadError)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("certificates")


@pytest.fixture(scope="module")
def ours(folder: Path) -> Authority:
    return Authority(folder / "ours")


@pytest.fixture(scope="module")
def server(ours: Authority) -> ServerTls:
    made = ours.sign("pharmacy")
    return ServerTls(certificate=made.certificate, key=made.key)


def exchange(store: Store, tls: ServerTls, client: ssl.SSLContext | None) -> bytes:
    """The answer to one message; raises what the client meets. A refused one leaves no message."""
    context = a_context(store)

    async def talk(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client)
        try:
            writer.write(MESSAGE)
            return await reader.readuntil(END)
        finally:
            writer.close()

    async def scene() -> bytes:
        listener = MllpListener(
            context, Bell(context), "mllp", 0, Promise.ACCEPT, tls=server_context(tls)
        )
        port = await listener.start()
        try:
            return await talk(port)
        finally:
            await listener.stop()

    try:
        return run(scene())
    except REFUSED:
        with context.store.unit(context.tenant) as unit:
            assert list(inbox.listed(unit)) == []
        raise


def run(scene: Coroutine[Any, Any, bytes]) -> bytes:
    return asyncio.run(asyncio.wait_for(scene, PATIENCE))


def test_a_message_is_answered_over_tls(
    sqlite_store: Store, ours: Authority, server: ServerTls
) -> None:
    client = client_context(ClientTls(authorities=ours.file))

    assert b"MSA|AA|C1" in exchange(sqlite_store, server, client)


def test_a_sender_without_tls_is_not_served(sqlite_store: Store, server: ServerTls) -> None:
    with pytest.raises(REFUSED):
        exchange(sqlite_store, server, None)


def test_a_sender_that_knows_only_tls_1_1_is_not_served(
    sqlite_store: Store, ours: Authority, server: ServerTls
) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.load_verify_locations(ours.file)
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1

    with pytest.raises(REFUSED):
        exchange(sqlite_store, server, old)


def test_tls_1_2_is_served(sqlite_store: Store, ours: Authority, server: ServerTls) -> None:
    client = client_context(ClientTls(authorities=ours.file))
    client.maximum_version = ssl.TLSVersion.TLSv1_2

    assert b"MSA|AA|C1" in exchange(sqlite_store, server, client)


def test_with_mutual_tls_a_sender_shows_a_certificate_of_the_authority(
    sqlite_store: Store, ours: Authority, server: ServerTls
) -> None:
    mutual = server.model_copy(update={"clients": ours.file})
    home = ours.sign("ehpad")
    shown = ClientTls(authorities=ours.file, certificate=home.certificate, key=home.key)

    assert b"MSA|AA|C1" in exchange(sqlite_store, mutual, client_context(shown))


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("shown", ["none", "another authority's", "one that has ended"])
def test_with_mutual_tls_nobody_else_is_served(
    sqlite_store: Store,
    ours: Authority,
    server: ServerTls,
    folder: Path,
    shown: str,
    version: ssl.TLSVersion,
) -> None:
    mutual = server.model_copy(update={"clients": ours.file})
    tls = ClientTls(authorities=ours.file)
    if shown != "none":
        other = shown == "another authority's"
        signer = Authority(folder / "theirs", "other") if other else ours
        made = signer.sign("stranger", days=10 if other else -1)
        tls = tls.model_copy(update={"certificate": made.certificate, "key": made.key})
    client = client_context(tls)
    client.minimum_version = client.maximum_version = version

    with pytest.raises(REFUSED):
        exchange(sqlite_store, mutual, client)
