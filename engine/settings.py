"""Settings: read once, typed, every wrong value reported together.

A file `semainier.toml` names the pharmacy and its channels:

```toml
[pharmacy]
finess = "750000010"
name = "Pharmacie Exemple"

[channels.ehpad]
site = "lilas"
format = "hl7v2"

[channels.ehpad.listen]
port = 2576
```
Without a file there are the channels `import`, `http` and `mllp` at the site `reference`, and
no pharmacy: then nothing can be exported, because an export names the pharmacy that answers for it.
"""

import ipaddress
import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from connectors import registry
from engine.settings_check import (
    SettingFault,
    SettingProblem,
    in_order,
    joint_problems,
    problems_in,
    toml_problem,
)
from engine.transports.framing import LARGEST
from engine.transports.tls import FOLDER, ClientTls, ServerTls, client_context, server_context
from mappings.catalogue import REFERENCE, load_site
from mappings.table import TableError
from schemas.base import Value
from schemas.errors import Refused
from schemas.ids import TenantId
from schemas.keys import finess_is_valid
from schemas.people import Identifier, IdentifierKind, Organization

FILE = "semainier.toml"
UNNAMED = "local"
"""The tenant of an installation whose pharmacy is not named yet."""


class Pharmacy(Value):
    """The pharmacy that this installation works for."""

    finess: str
    name: str

    @field_validator("finess")
    @classmethod
    def _has_its_key(cls, finess: str) -> str:
        if not finess_is_valid(finess):
            raise SettingFault.FINESS.error()
        return finess


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Port = Annotated[int, Field(ge=0, le=65535, strict=True)]
Seconds = Annotated[float, Field(gt=0, le=86400, strict=True)]
FILES = "files"
"""In the context of a validation: whether the files of TLS are opened too."""


def _agreed(plain: bool, info: ValidationInfo) -> bool:
    """Raises: `PydanticCustomError` where other machines would read along."""
    # What is stated and wrong is not among the data.
    encrypted, host = info.data.get("tls", True) is not None, info.data.get("host")
    if encrypted and plain:
        raise SettingFault.PLAIN_AND_TLS.error()
    if not encrypted and not plain and host is not None and not _is_loopback(host):
        raise SettingFault.PLAIN.error(host)
    return plain


Plain = Annotated[bool, Field(strict=True, validate_default=True), AfterValidator(_agreed)]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _usable(tls: ServerTls | ClientTls | None, info: ValidationInfo) -> None:
    if tls is None or not (info.context or {}).get(FILES):
        return
    try:
        if isinstance(tls, ServerTls):
            server_context(tls)
        else:
            client_context(tls)
    except Refused as error:
        raise SettingFault.PEM.error(error) from None


class Listen(Value):
    """An MLLP port of one channel: who may connect, how much is taken, what an answer says.

    `port` 0 takes a free one. `promise` is that of `semainier run --ack` where it is not stated.
    """

    port: Port
    host: Text = "127.0.0.1"
    promise: Literal["accept", "processed"] | None = None
    largest_bytes: Annotated[int, Field(ge=1024, le=1024**3, strict=True)] = LARGEST
    idle_seconds: Seconds = 600.0
    connections: Annotated[int, Field(ge=1, le=10_000, strict=True)] = 200
    tls: ServerTls | None = None
    plain: Plain = False

    @field_validator("tls")
    @classmethod
    def _is_usable(cls, tls: ServerTls | None, info: ValidationInfo) -> ServerTls | None:
        _usable(tls, info)
        return tls


class Send(Value):
    """The MLLP address of the partner: how long a connection and an answer may take."""

    port: Annotated[int, Field(ge=1, le=65535, strict=True)]
    host: Text
    connect_seconds: Seconds = 10.0
    answer_seconds: Seconds = 30.0
    tls: ClientTls | None = None
    plain: Plain = False

    @field_validator("tls")
    @classmethod
    def _is_usable(cls, tls: ClientTls | None, info: ValidationInfo) -> ClientTls | None:
        if tls is not None and (tls.certificate is None) != (tls.key is None):
            raise SettingFault.HALF_A_PAIR.error()
        _usable(tls, info)
        return tls


class Channel(Value):
    """Where messages come in. Its site decides zone, moments and code tables.

    `format` restricts what is accepted; without it each message is recognised by its first
    bytes. `conformance` strict refuses what `lint` finds. `acknowledgment` enhanced answers HL7 v2
    senders as MSH-15 asks; original answers AA, AE or AR to everybody; by-order is original with
    the answer to each order in it (RRE^O12 for RDE^O11). `listen` is its own MLLP port, `send` the
    MLLP port of the same partner.
    """

    site: str
    format: str | None = None
    conformance: Literal["tolerant", "strict"] = "tolerant"
    acknowledgment: Literal["original", "enhanced", "by-order"] = "enhanced"
    listen: Listen | None = None
    send: Send | None = None

    @field_validator("site")
    @classmethod
    def _exists(cls, site: str) -> str:
        try:
            load_site(site)
        except TableError:
            raise SettingFault.SITE.error(site) from None
        return site

    @field_validator("format")
    @classmethod
    def _is_known(cls, name: str | None) -> str | None:
        if name is not None and name not in registry.connectors():
            raise SettingFault.FORMAT.error(f"{name!r}; {', '.join(registry.connectors())}")
        return name


def _default_channels() -> dict[str, Channel]:
    return {
        "import": Channel(site=REFERENCE),
        "http": Channel(site=REFERENCE),
        # Many senders fill MSH-15 out of habit and take CA for a failure.
        "mllp": Channel(site=REFERENCE, format="hl7v2", acknowledgment="original"),
    }


class Settings(Value):
    """All that an installation states of itself."""

    pharmacy: Pharmacy | None = None
    channels: dict[str, Channel] = Field(default_factory=_default_channels)
    database: str | None = None

    @property
    def tenant(self) -> TenantId:
        """The FINESS of the pharmacy: every row is its own."""
        return TenantId(self.pharmacy.finess if self.pharmacy else UNNAMED)

    @property
    def organization(self) -> Organization | None:
        """The pharmacy as exports name it."""
        if self.pharmacy is None:
            return None
        return Organization(
            identifiers=(
                Identifier(
                    value=self.pharmacy.finess,
                    kind=IdentifierKind.FINESS,
                    authority="https://finess.esante.gouv.fr",
                ),
            ),
            name=self.pharmacy.name,
        )


def load_settings(folder: Path) -> Settings:
    """The settings in this folder, or those without a file.

    Raises: `Refused` that lists every wrong value with its place.
    """
    settings, problems = read_settings(folder)
    if problems or settings is None:
        raise Refused(f"{FILE}: {'; '.join(map(str, problems))}")
    return settings


def read_settings(
    folder: Path, *, files: bool = False
) -> tuple[Settings | None, list[SettingProblem]]:
    """The settings, `None` when they cannot be used, and every mistake in them.

    `files` opens the certificates and keys too, whose paths are those in this folder.
    """
    path = folder / FILE
    if not path.is_file():
        return Settings(), []
    try:
        text = path.read_text(encoding="utf-8")
        stated = tomllib.loads(text)
    except UnicodeDecodeError:
        return None, [SettingProblem(1, (), SettingFault.ENCODING)]
    except tomllib.TOMLDecodeError as error:
        return None, [toml_problem(error)]
    joint = list(joint_problems(stated, text))
    try:
        context = {FOLDER: folder.absolute(), FILES: files}
        settings = Settings.model_validate(stated, context=context)
    except ValidationError as error:
        return None, in_order(problems_in(error, text), joint)
    return settings, in_order(joint)
