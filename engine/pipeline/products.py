"""What the reference in force says of the products of one message: each code is asked once."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.pipeline.context import open_context
from engine.store import reference
from engine.store.unit import Unit
from schemas.codes import ProductCode, ProductCodeSystem
from schemas.finding import Finding, FindingCode
from schemas.prescription import Prescription, Product
from schemas.reference import ProductRecord

System = ProductCodeSystem
ASKED = frozenset({System.CIS, System.CIP13, System.CIP7, System.UCD13, System.UCD7})
"""The lists whose codes the reference knows to name one product."""


class Lookup:
    """Answers for every product of a message after one statement for all of its codes."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit
        self._known: dict[tuple[ProductCodeSystem, str], tuple[ProductRecord, ...]] = {}

    def ask(self, prescriptions: Iterable[Prescription]) -> None:
        """Ask for every code of these prescriptions that was not asked before."""
        lines = (line for prescription in prescriptions for line in prescription.lines)
        self._ask(code for line in lines for code in line.product.codes)

    def _ask(self, codes: Iterable[ProductCode]) -> None:
        new = {
            (code.system, code.value): code
            for code in codes
            if code.system in ASKED and (code.system, code.value) not in self._known
        }
        if new:
            found = reference.products(self._unit, new.values())
            self._known |= {key: found.get(code, ()) for key, code in new.items()}

    def __call__(self, product: Product) -> ProductRecord | tuple[Finding, ...] | None:
        """The record of the product; `None` when no code of it is known, doubts when several are.

        Codes that are known must all lead to one product: those that do not are the sender's
        contradiction, a code that leads to several is one of the reference.
        """
        self._ask(product.codes)
        known = [
            {record.cis: record for record in records}
            for code in product.codes
            if (records := self._known.get((code.system, code.value)))
        ]
        if not known:
            return None
        shared = set.intersection(*(set(records) for records in known))
        if len(shared) == 1:
            return known[0][shared.pop()]
        return (_several(product, shared),)


def _several(product: Product, shared: set[str]) -> Finding:
    quoted = ", ".join(code.value for code in product.codes if code.system in ASKED)
    place = product.location or "product"
    if shared:
        return Finding(
            code=FindingCode.PRODUCT_AMBIGUOUS,
            location=place,
            message="product.codes: the reference knows several products of these codes",
            quoted=quoted,
        )
    return Finding(
        code=FindingCode.PRODUCT_CONTRADICTED,
        location=place,
        message="product.codes: the reference gives them to different products",
        quoted=quoted,
    )


@contextmanager
def looking_up(data: Path) -> Iterator[Lookup]:
    """The look-up of the installation in this folder; nothing is stored."""
    context = open_context(data)
    with context.store.unit(context.tenant) as unit:
        yield Lookup(unit)
    context.store.close()
