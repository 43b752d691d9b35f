"""The section of a written dispensation: a table in French, and an entry for each of its rows.

The table says what the entries say, in the same order: every value that is not known is printed as
such, and is a null value in the structure.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from connectors.cda.templates import (
    DISPENSED,
    ORDERED_LINE,
    SECTION_DISPENSED,
    SECTION_DISPENSED_LOINC,
)
from connectors.cda.writing.build import PHARM, add, add_code, add_id, add_templates, stamp
from connectors.cda.writing.header import LOINC
from connectors.cda.writing.prepared import COUNT, LISTS
from schemas.base import plain_decimal
from schemas.codes import Coding, ProductCodeSystem
from schemas.dispense import Dispense
from schemas.prescription import Product
from schemas.quantity import Quantity

if TYPE_CHECKING:
    from lxml.etree import _Element

_TITLE = "Médicaments délivrés"
_SUPPLY = (
    "2.16.840.1.113883.10.20.1.34",
    "1.3.6.1.4.1.19376.1.5.3.1.4.7.3",
    "1.3.6.1.4.1.19376.1.9.1.3.4",
    DISPENSED,
)
_PRODUCT = (
    "2.16.840.1.113883.10.20.1.53",
    "1.3.6.1.4.1.19376.1.5.3.1.4.7.2",
    "1.2.250.1.213.1.1.3.43",
)
_MATERIAL = "1.3.6.1.4.1.19376.1.9.1.3.1"
_ITEM_TEMPLATES = ("1.3.6.1.4.1.19376.1.9.1.3.11", ORDERED_LINE)
_ITEM = Coding(code="PREItem", system="1.3.6.1.4.1.19376.1.9.2.2", display="Prescription Item")
_UNKNOWN = "non connu"
_PLURAL = 2
"""French counts in the plural from two on."""
_COLUMNS = (
    "Médicament",
    "Quantité préparée",
    "Période couverte",
    "Première prise",
    "Ligne de la prescription",
    "Boîte (CIP)",
    "Numéro de lot",
    "Péremption",
)


def add_section(section: "_Element", facts: tuple[Dispense, ...], identifier: str) -> None:
    """The section: its table, then one supply for each fact."""
    add_templates(
        section, "1.3.6.1.4.1.19376.1.9.1.2.3", "2.16.840.1.113883.10.20.1.8", SECTION_DISPENSED
    )
    add(section, "id", root=identifier)
    add_code(section, "code", Coding(code=SECTION_DISPENSED_LOINC, system=LOINC, display=_TITLE))
    add(section, "title", _TITLE)
    table = add(add(section, "text"), "table")
    heads = add(add(table, "thead"), "tr")
    for column in _COLUMNS:
        add(heads, "th", column)
    rows = add(table, "tbody")
    for rank, fact in enumerate(facts, start=1):
        _add_row(add(rows, "tr", ID=f"prep-{rank}"), fact, rank)
    for rank, fact in enumerate(facts, start=1):
        _add_supply(add(section, "entry"), fact, rank)


def _add_row(row: "_Element", fact: Dispense, rank: int) -> None:
    lines = ", ".join(identifier.value for identifier in fact.line)
    product = add(row, "td")
    add(product, "content", _label(fact), ID=f"prep-{rank}-produit")
    for text in (
        amount_words(fact.quantity),
        _period(fact),
        _first(fact.planned_at),
        lines or _UNKNOWN,
        *(_UNKNOWN,) * 3,
    ):
        add(row, "td", text)


def _label(fact: Dispense) -> str:
    return fact.product.label if fact.product else _UNKNOWN


def amount_words(amount: Quantity | None) -> str:
    """`1 unité`, `7,5 unités`: the number as French writes it."""
    if amount is None:
        return _UNKNOWN
    said = plain_decimal(amount.value).replace(".", ",")
    return f"{said} {amount.unit_label}{'s' if abs(amount.value) >= _PLURAL else ''}"


def _period(fact: Dispense) -> str:
    """`du 02/03/2026 au 08/03/2026 (7 jours)`: the days of the first dose and of the last one."""
    if fact.days_of_supply is None or fact.planned_at is None:
        return _UNKNOWN
    days = int(fact.days_of_supply)
    last = fact.planned_at + timedelta(days=days - 1)
    length = f"{days} jour{'s' if days >= _PLURAL else ''}"
    return f"du {fact.planned_at:%d/%m/%Y} au {last:%d/%m/%Y} ({length})"


def _first(at: datetime | None) -> str:
    return f"{at:%d/%m/%Y à %H:%M}" if at else _UNKNOWN


def _add_supply(entry: "_Element", fact: Dispense, rank: int) -> None:
    """One product, in the order of the schema. It is `active`: made ready, not handed over."""
    supply = add(entry, "supply", classCode="SPLY", moodCode="EVN")
    add_templates(supply, *_SUPPLY)
    for identifier in fact.identifiers:
        add_id(supply, identifier)
    add(add(supply, "text"), "reference", value=f"#prep-{rank}")
    add(supply, "statusCode", code="active")
    if fact.quantity is not None:
        add(supply, "quantity", value=plain_decimal(fact.quantity.value), unit=COUNT)
    if fact.planned_at is not None and fact.days_of_supply is not None:
        use = add(supply, "expectedUseTime")
        add(use, "low", value=stamp(fact.planned_at))
        add(use, "width", value=plain_decimal(fact.days_of_supply), unit="d")
    made = add(add(supply, "product"), "manufacturedProduct", classCode="MANU")
    add_templates(made, *_PRODUCT)
    if fact.product is not None:
        _add_material(made, fact.product, f"#prep-{rank}-produit")
    for identifier in fact.line[:1]:
        relation = add(supply, "entryRelationship", typeCode="REFR", inversionInd="false")
        line = add(relation, "substanceAdministration", classCode="SBADM", moodCode="INT")
        add_templates(line, *_ITEM_TEMPLATES)
        add_id(line, identifier)
        add_code(line, "code", _ITEM)
        nothing = add(add(add(line, "consumable"), "manufacturedProduct"), "manufacturedMaterial")
        nothing.set("nullFlavor", "NA")
        add(nothing, "name", nullFlavor="NA")


def _add_material(made: "_Element", product: Product, printed: str) -> None:
    """The product ordered; box, lot and expiry are null values."""
    material = add(made, "manufacturedMaterial", classCode="MMAT", determinerCode="KIND")
    add_templates(material, _MATERIAL)
    codes = {code.system: code for code in product.codes}
    cis = codes.get(ProductCodeSystem.CIS)
    code = add(
        material,
        "code",
        nullFlavor=None if cis else "UNK",
        code=cis.value if cis else None,
        codeSystem=LISTS[ProductCodeSystem.CIS] if cis else None,
        displayName=cis.display if cis else None,
    )
    add(add(code, "originalText"), "reference", value=printed)
    virtual = codes.get(ProductCodeSystem.MV)
    if virtual is not None:
        add_code(code, "translation", _coding(virtual.value, virtual.display, virtual.system))
    add(material, "name", product.label)
    if product.form is not None:
        add_code(material, "formCode", product.form, PHARM)
    add(material, "lotNumberText", nullFlavor="UNK")
    add(material, "expirationTime", space=PHARM, nullFlavor="UNK")
    box = add(material, "asContent", space=PHARM, classCode="CONT")
    packed = add(box, "containerPackagedMedicine", space=PHARM)
    packed.set("classCode", "CONT")
    packed.set("determinerCode", "INSTANCE")
    add(packed, "code", space=PHARM, nullFlavor="UNK")
    atc = codes.get(ProductCodeSystem.ATC)
    if atc is not None:
        kind = add(material, "asSpecializedKind", space=PHARM, classCode="GRIC")
        general = add(kind, "generalizedMedicineClass", space=PHARM, classCode="MMAT")
        add_code(general, "code", _coding(atc.value, atc.display, atc.system), PHARM)


def _coding(code: str, display: str | None, system: ProductCodeSystem) -> Coding:
    return Coding(code=code, system=LISTS[system], display=display)
