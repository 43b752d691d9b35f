"""TLS of both sides: 1.2 and above, and no certificate is taken on trust.

Paths are those of PEM files. A certificate file may hold the chain after the certificate.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ValidationInfo

from schemas.base import Value
from schemas.errors import Refused

FOLDER = "folder"
"""In the context of a validation: where a path begins that does not begin at the root."""


def _in_folder(path: Path, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get(FOLDER)
    return folder / path if isinstance(folder, Path) else path


File = Annotated[Path, AfterValidator(_in_folder)]


class ServerTls(Value):
    """What a listener shows, and whose certificates its senders must have.

    Without `clients`, a file of authorities, every sender that trusts us may connect.
    """

    certificate: File
    key: File
    clients: File | None = None


class ClientTls(Value):
    """Whom a sender trusts, and what it shows.

    Without `authorities` those of the system are trusted. `name` is the name in the receiver's
    certificate where it is not the address.
    """

    authorities: File | None = None
    certificate: File | None = None
    key: File | None = None
    name: str | None = None


def server_context(tls: ServerTls) -> ssl.SSLContext:
    """What a listener encrypts with. Raises: `Refused` that names the setting."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with _named("certificate and key"):
        context.load_cert_chain(tls.certificate, tls.key, _no_password)
    if tls.clients is not None:
        with _named("clients"):
            context.load_verify_locations(tls.clients)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_context(tls: ClientTls) -> ssl.SSLContext:
    """What a sender encrypts with; names and certificates are checked, always.

    Raises: `Refused` that names the setting.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if tls.authorities is None:
        context.load_default_certs()
    else:
        with _named("authorities"):
            context.load_verify_locations(tls.authorities)
    if tls.certificate is not None:
        with _named("certificate and key"):
            context.load_cert_chain(tls.certificate, tls.key, _no_password)
    return context


def _no_password() -> str:
    """A key with a password would ask for it at a terminal where nobody sits."""
    raise Refused("tls: the key has a password")


@contextmanager
def _named(setting: str) -> Iterator[None]:
    """Trouble with a file, in words that name the setting and no path."""
    try:
        yield
    except ssl.SSLError as error:
        raise Refused(f"tls: {setting}: {(error.reason or 'no PEM').lower()}") from None
    except OSError as error:
        raise Refused(f"tls: {setting}: {error.strerror}") from None


def expires_at(certificate: Path) -> datetime:
    """When the first certificate of the file ends. Raises: `Refused` when it cannot be read."""
    with _named("certificate"):
        text = certificate.read_text("ascii", errors="replace")
    start, end = text.find(ssl.PEM_HEADER), text.find(ssl.PEM_FOOTER)
    try:
        der = ssl.PEM_cert_to_DER_cert(text[start : end + len(ssl.PEM_FOOTER)])
        return _not_after(der)
    except (ValueError, IndexError):
        raise Refused("tls: certificate: no PEM") from None


def _not_after(der: bytes) -> datetime:
    """The end of the validity in a certificate. Source: RFC 5280 §4.1 and §4.1.2.5.

    Raises: `ValueError` or `IndexError` for bytes that are none.
    """
    _, at, _ = _element(der, 0)
    _, at, _ = _element(der, at)
    tag, _, end = _element(der, at)
    skipped = 4 if tag == _VERSION else 3  # the version when stated; serial, algorithm, issuer
    for _ in range(skipped):
        _, _, at = _element(der, at)
    _, at, _ = _element(der, at)
    _, _, at = _element(der, at)
    tag, at, end = _element(der, at)
    written = der[at:end].decode("ascii")
    if tag == _UTC_TIME:
        written = ("19" if written >= "50" else "20") + written
    return datetime.strptime(written, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


_VERSION, _UTC_TIME = 0xA0, 0x17
"""Tags of the distinguished encoding."""


def _element(der: bytes, at: int) -> tuple[int, int, int]:
    """The tag of the element here, where its content begins and where it ends."""
    tag, size, begin = der[at], der[at + 1], at + 2
    if size & 0x80:
        begin += size & 0x7F
        size = int.from_bytes(der[at + 2 : begin])
    return tag, begin, begin + size
