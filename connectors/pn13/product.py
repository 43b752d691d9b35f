"""What is prescribed: the components of a line."""

import re
from dataclasses import dataclass

from connectors.pn13 import values
from connectors.pn13.tree import Cursor
from mappings.authorities import product_code
from schemas.codes import ProductCode, ProductCodeSystem
from schemas.finding import FindingCode
from schemas.keys import ean13_is_valid
from schemas.prescription import Ingredient, Product
from schemas.quantity import Quantity

_CODE = re.compile(r"code_composant_([0-9]{1,2})")
_SHAPES = {
    ProductCodeSystem.UCD13: re.compile(r"34008[0-9]{8}|9[0-9]{6}"),
    ProductCodeSystem.SMS: re.compile(r"1000[0-9]{8}"),
    ProductCodeSystem.MV: re.compile(r"MV[0-9]{8}"),
}
"""What the codes of a list look like. Sources: arrêté of 30/12/2021 (UCD13); EMA (SMS)."""


@dataclass(frozen=True, slots=True)
class Component:
    """One prescribed component. `refers` says that the dose is counted in this one."""

    codes: tuple[ProductCode, ...]
    text: str | None
    quantity: Quantity | None
    carrier: bool
    refers: bool
    substitutable: bool | None


def read_components(line: Cursor) -> tuple[Component, ...]:
    """The components of a line, in the order of the message."""
    return tuple(_component(at) for at in line.children("Composant_prescrit"))


def _component(at: Cursor) -> Component:
    label = at.take("Libellé_composant", gives="product.text")
    amount = at.child("Quantité_composant_prescrite")
    blocked = values.boolean(at, "Non_substituable", "line.substitution_allowed")
    return Component(
        codes=tuple(_codes(at)),
        text=label.text if label else None,
        quantity=values.quantity(amount, "product.ingredients.quantity") if amount else None,
        carrier=values.boolean(at, "Véhicule", "product.ingredients.carrier") or False,
        refers=values.boolean(at, "Référent_poso", "posology.dose") or False,
        substitutable=None if blocked is None else not blocked,
    )


def _codes(at: Cursor) -> list[ProductCode]:
    found = []
    for child in at.children():
        shape = _CODE.fullmatch(child.name.lower())
        stated = child.taken("product.codes") if shape else None
        if shape is None or stated is None:
            continue
        kind = at.take(f"Type_composant_{shape[1]}", gives="product.codes.system")
        if kind is not None and kind.text != shape[1]:
            child.doubt(FindingCode.PRODUCT_CODE_WRONG, "Type_composant contradicts its own rank")
        found.append(_code(child, shape[1]))
    return found


def _code(at: Cursor, rank: str) -> ProductCode:
    """The code with the list that its rank announces, when it looks like a code of that list.

    Its authority is the nomenclature as sent, else the rank, which names a kind of list.
    """
    list_name = at.attribute("Phast-nomenclature", "product.codes.authority")
    code = product_code(at.text, list_name, at.notebook.site.name)
    if list_name is None:
        code = code.model_copy(update={"authority": f"Type_composant_{rank}"})
    announced = at.table("pn13/components").target_of(rank)
    if announced is None:
        at.doubt(FindingCode.PRODUCT_CODE_WRONG, "no public list belongs to this Type_composant")
        return code
    system = ProductCodeSystem(announced)
    if system is ProductCodeSystem.LOCAL:
        return code
    if system in _SHAPES and _SHAPES[system].fullmatch(at.text):
        if system is ProductCodeSystem.UCD13 and len(at.text) == 7:
            system = ProductCodeSystem.UCD7
        code = code.model_copy(update={"system": system})
    elif system is ProductCodeSystem.UCD13:
        at.doubt(FindingCode.PRODUCT_CODE_WRONG, "must be an UCD of seven or thirteen digits")
    if len(at.text) == 13 and code.system in _EAN and not ean13_is_valid(at.text):
        at.doubt(FindingCode.PRODUCT_CODE_WRONG, "thirteen digits must end in their key")
    return code


_EAN = frozenset({ProductCodeSystem.UCD13, ProductCodeSystem.CIP13})


def read_product(line: Cursor, components: tuple[Component, ...]) -> Product:
    """The product of a line. Several components make a mixture, which no organiser holds."""
    form = values.coding(line.child("Forme"), "pn13/forms", "product.form")
    location = line.place
    first = line.child("Composant_prescrit")
    if first is not None:
        location = first.place
    if not any(component.codes or component.text for component in components):
        line.notebook.doubt(
            FindingCode.PRODUCT_MISSING, location, "Composant_prescrit has no code and no label"
        )
    if len(components) > 1:
        line.notebook.doubt(
            FindingCode.PRODUCT_COMPOUND, line.place, "the line has several Composant_prescrit"
        )
    alone = components[0] if len(components) == 1 else None
    return Product(
        codes=alone.codes if alone else (),
        text=alone.text if alone else _mixture(components),
        form=form,
        ingredients=tuple(_ingredient(component) for component in components),
        location=location,
    )


def _mixture(components: tuple[Component, ...]) -> str | None:
    return " + ".join(component.text for component in components if component.text) or None


def _ingredient(component: Component) -> Ingredient:
    return Ingredient(
        codes=component.codes,
        text=component.text,
        quantity=component.quantity,
        carrier=component.carrier,
        refers=component.refers,
    )


def substitution_allowed(components: tuple[Component, ...]) -> bool | None:
    """Whether all may be substituted: one that may not forbids it for the line."""
    said = [c.substitutable for c in components if c.substitutable is not None]
    return all(said) if said else None
