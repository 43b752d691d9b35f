"""What is prescribed: named, coded, with codes of the right shape and key, and not a mixture.

Sources: arrêté of 30/12/2021 (CIP13: 3400, EAN-13 key, 34008 reserved for UCD); BDPM (CIS is 8
digits starting 6); ANSM (UCD7 starts with 9); WHO (ATC). CIP7 and UCD7 keys are not reliable
and are not checked.
"""

import re
from collections.abc import Iterator

from engine.review.case import LineCase, doubt
from schemas.codes import ProductCode, ProductCodeSystem
from schemas.finding import Finding, FindingCode
from schemas.keys import ean13_is_valid
from schemas.prescription import Ingredient

System = ProductCodeSystem

PRODUCT_SYSTEMS = frozenset(
    {System.CIP13, System.CIP7, System.UCD13, System.UCD7, System.CIS, System.MV}
)
"""Lists whose codes name one product. A substance (SMS) or a class (ATC) names many."""

_SHAPES = {
    System.CIP13: re.compile(r"3400(?!8)\d{9}"),
    System.CIP7: re.compile(r"\d{7}"),
    System.UCD13: re.compile(r"34008\d{8}"),
    System.UCD7: re.compile(r"9\d{6}"),
    System.CIS: re.compile(r"6\d{7}"),
    System.MV: re.compile(r"MV\d{8}"),
    System.SMS: re.compile(r"\d{12}"),
    System.ATC: re.compile(r"[A-Z](\d{2}([A-Z]([A-Z](\d{2})?)?)?)?"),
}
_SEVEN_OF = ((System.CIP13, System.CIP7), (System.UCD13, System.UCD7))


def product_is_named(case: LineCase) -> Iterator[Finding]:
    """A code or words, of the product or of what it is made of."""
    product = case.line.product
    if not product.codes and not (product.text or "").strip() and not product.ingredients:
        yield doubt(FindingCode.PRODUCT_MISSING, case.place, "product: has no code and no text")


def product_is_coded(case: LineCase) -> Iterator[Finding]:
    """A code that names one product."""
    product = case.line.product
    named = product.codes or (product.text or "").strip()
    if named and not _names_one_product(product.codes):
        yield doubt(
            FindingCode.PRODUCT_UNCODED,
            case.place,
            "product.codes: none is of CIP, UCD, CIS or Médicabase",
            product.text,
        )


def _names_one_product(codes: tuple[ProductCode, ...]) -> bool:
    return any(code.system in PRODUCT_SYSTEMS for code in codes)


def codes_are_well_formed(case: LineCase) -> Iterator[Finding]:
    """Each code has the shape of its list, and its key where the list has a reliable one."""
    product = case.line.product
    inside = (code for ingredient in product.ingredients for code in ingredient.codes)
    for code in (*product.codes, *inside):
        shape = _SHAPES.get(code.system)
        if shape is not None and not shape.fullmatch(code.value):
            yield _wrong_code(case, f"not the shape of a {code.system.value} code", code.value)
        elif code.system in {System.CIP13, System.UCD13} and not ean13_is_valid(code.value):
            yield _wrong_code(
                case, f"the EAN-13 key of the {code.system.value} code is wrong", code.value
            )


def codes_agree(case: LineCase) -> Iterator[Finding]:
    """A seven-digit code stands inside the thirteen-digit code given beside it."""
    codes = case.line.product.codes
    for long_system, short_system in _SEVEN_OF:
        inside = {code.value[5:12] for code in codes if code.system is long_system}
        for code in codes:
            if code.system is short_system and inside and code.value not in inside:
                rule = f"the {short_system.value} code is not inside the {long_system.value} code"
                yield _wrong_code(case, rule, code.value)


def _wrong_code(case: LineCase, rule: str, value: str) -> Finding:
    return doubt(FindingCode.PRODUCT_CODE_WRONG, case.place, f"product.codes: {rule}", value)


def product_is_single(case: LineCase) -> Iterator[Finding]:
    """No vehicle, and not several products; the substances of one product are no mixture, and
    neither is a product with its excipients.
    """
    product = case.line.product
    parts = [part for part in product.ingredients if part.active]
    has_carrier = any(part.carrier for part in product.ingredients)
    several = len(parts) > 1 and not _names_one_product(product.codes)
    if has_carrier or (several and not all(_is_substance(part) for part in parts)):
        yield doubt(
            FindingCode.PRODUCT_COMPOUND,
            case.place,
            f"product.ingredients: {len(parts)} components, no single product to prepare",
        )


def _is_substance(part: Ingredient) -> bool:
    return any(code.system in {System.SMS, System.ATC} for code in part.codes)
