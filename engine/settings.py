"""Settings: read once, typed, every wrong value reported together.

A file `semainier.toml` names the pharmacy and its channels:

```toml
[pharmacy]
finess = "750000010"
name = "Pharmacie Exemple"

[channels.ehpad]
site = "lilas"
format = "hl7v2"
```
Without a file there are the channels `import`, `http` and `mllp` at the site `reference`, and
no pharmacy: then nothing can be exported, because an export names the pharmacy that answers for it.
"""

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, field_validator

from connectors import registry
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
            raise ValueError("must be nine characters with their Luhn key")
        return finess


class Channel(Value):
    """Where messages come in. Its site decides zone, moments and code tables.

    `format` restricts what is accepted; without it each message is recognised by its first
    bytes. `conformance` strict refuses what `lint` finds. `acknowledgment` enhanced answers HL7 v2
    senders as MSH-15 asks; original answers AA, AE or AR to everybody; by-order is original with
    the answer to each order in it (RRE^O12 for RDE^O11).
    """

    site: str
    format: str | None = None
    conformance: Literal["tolerant", "strict"] = "tolerant"
    acknowledgment: Literal["original", "enhanced", "by-order"] = "enhanced"

    @field_validator("site")
    @classmethod
    def _exists(cls, site: str) -> str:
        try:
            load_site(site)
        except TableError as error:
            raise ValueError(str(error)) from None
        return site

    @field_validator("format")
    @classmethod
    def _is_known(cls, name: str | None) -> str | None:
        if name is not None and name not in registry.connectors():
            raise ValueError(f"must be one of {', '.join(registry.connectors())}")
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
    path = folder / FILE
    if not path.is_file():
        return Settings()
    try:
        return Settings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise Refused(f"{FILE}: {error}") from None
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}"
            for each in error.errors()
        )
        raise Refused(f"{FILE}: {wrong}") from None
