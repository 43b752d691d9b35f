"""Codes as senders give them: drug codes of the French market, and any other coding."""

from enum import StrEnum

from schemas.base import Value


class ProductCodeSystem(StrEnum):
    """Which list a drug code comes from. `LOCAL` is a list that only its sender knows."""

    CIP13 = "cip13"
    CIP7 = "cip7"
    UCD13 = "ucd13"
    UCD7 = "ucd7"
    CIS = "cis"
    MV = "mv"
    SMS = "sms"
    ATC = "atc"
    LOCAL = "local"


class ProductCode(Value):
    """One code of a product, word for word. `authority` is the system as the sender wrote it."""

    system: ProductCodeSystem
    value: str
    display: str | None = None
    authority: str | None = None


class Coding(Value):
    """A code of any list. `system` is a URI, an OID or a table name, as the sender wrote it."""

    code: str
    system: str | None = None
    display: str | None = None
