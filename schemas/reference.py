"""What a published reference says of a product: its form, its strength, how it may be divided."""

from datetime import date
from enum import StrEnum

from schemas.base import Value
from schemas.codes import ProductCode
from schemas.quantity import Strength


class Divisibility(StrEnum):
    """Into which parts a unit may be divided, by what the reference publishes of it.

    A score line is no proof that halves are equal: only the published words count
    (*sécable*, *quadrisécable*).
    """

    WHOLE = "whole"
    HALVES = "halves"
    QUARTERS = "quarters"


class ProductRecord(Value):
    """One product of a reference. `release` is the day that the reference was published.

    `form` is word for word that of the reference. `strengths` are what one countable unit holds.
    `conditions` are those of prescription and supply, word for word. `divisibility` is `None`
    where the reference says nothing of it.
    """

    cis: str
    name: str
    form: str
    routes: tuple[str, ...] = ()
    divisibility: Divisibility | None = None
    strengths: tuple[Strength, ...] = ()
    conditions: tuple[str, ...] = ()
    marketed: bool | None = None
    codes: tuple[ProductCode, ...] = ()
    release: date
