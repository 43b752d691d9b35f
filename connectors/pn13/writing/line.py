"""A line of an analysis: what the sender ordered, and what the pharmacist says of it."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connectors.pn13.writing.build import add, add_if, add_quantity, stamp
from connectors.pn13.writing.people import add_prescriber
from connectors.pn13.writing.posology import add_posology
from schemas.codes import Coding, ProductCode, ProductCodeSystem
from schemas.people import Practitioner
from schemas.posology import Bounds
from schemas.prescription import Ingredient, Line

if TYPE_CHECKING:
    from lxml.etree import _Element

_RANK = re.compile(r"Type_composant_([0-9]+)")
_RANKS = {
    ProductCodeSystem.UCD13: "1",
    ProductCodeSystem.UCD7: "1",
    ProductCodeSystem.SMS: "13",
    ProductCodeSystem.MV: "14",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What the pharmacist says of a line: verdict and words, or the kind of proposal it is."""

    verdict: str
    words: str | None = None
    proposal: str | None = None
    action: str | None = None
    prescriber: Practitioner | None = None
    links: tuple[tuple[str, str], ...] = ()


def add_line(report: "_Element", line: Line, told: Told) -> None:
    """The line as one element; what is empty in every published message is empty here."""
    at = add(report, "Elément_prescr_pharm")
    add_if(at, "Id_élément_prescr", line.identifier)
    add_if(at, "Type_élément_prescr", line.kind)
    add_if(at, "Libellé_élément_prescr", line.text)
    add(at, "Cré_arr_mod_val", told.action)
    add(at, "Urgent")
    add(at, "Validation_pharm", told.verdict)
    add(at, "Proposition_pharm", told.proposal)
    if told.prescriber is not None:
        add_prescriber(at, told.prescriber)
    _add_code(at, "Voie_administration", line.route)
    _add_code(at, "Forme", line.product.form)
    _add_bounds(at, line)
    add_if(at, "Indication", line.indication)
    add_if(at, "Commentaire_pharmacien", told.words)
    for component in _components(line):
        _add_component(at, component)
    add_posology(at, line)
    for other, code in told.links:
        linked = add(at, "Elément_lié")
        add(linked, "Id_Elément_lié", other)
        add(linked, "Type_liaison_élément", code)


def _add_code(at: "_Element", name: str, code: Coding | None) -> None:
    if code is not None:
        add(at, name, code.code, nomenclature=code.system)


def _add_bounds(at: "_Element", line: Line) -> None:
    """The dates of the line: those of its phases, when all have the same."""
    bounds = {phase.bounds for phase in line.posology.phases}
    own = bounds.pop() if len(bounds) == 1 else Bounds()
    if own.start is not None:
        add(at, "Dh_début", stamp(own.start))
    if own.end is not None:
        add(at, "Dh_fin", stamp(own.end))


def _components(line: Line) -> tuple[Ingredient, ...]:
    """The components as listed, else the product as the only one."""
    product = line.product
    return product.ingredients or (Ingredient(codes=product.codes, text=product.text),)


def _add_component(at: "_Element", component: Ingredient) -> None:
    holder = add(at, "Composant_prescrit")
    for code in component.codes:
        rank = _rank_of(code)
        if rank is not None:
            add(holder, f"Type_composant_{rank}", rank)
            listed = None if _RANK.fullmatch(code.authority or "") else code.authority
            add(holder, f"Code_composant_{rank}", code.value, nomenclature=listed)
    add_if(holder, "Libellé_composant", component.text)
    if component.quantity is not None:
        add_quantity(holder, "Quantité_composant_prescrite", component.quantity)
    if component.refers:
        add(holder, "Référent_poso", "1")
    if component.carrier:
        add(holder, "Véhicule", "1")


def _rank_of(code: ProductCode) -> str | None:
    """The kind of list of PN13 that the code is of; `None` when the message cannot say it."""
    stated = _RANK.fullmatch(code.authority or "")
    return stated[1] if stated else _RANKS.get(code.system)
