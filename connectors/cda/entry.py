"""One line: a `substanceAdministration` that an e-prescription orders or that a summary tells of.

Source: ANS, CI-SIS eP-MED-DM 2024.01, FR-Traitement-prescrit (1.2.250.1.213.1.1.3.83) and
FR-Traitement (1.2.250.1.213.1.1.3.42).
"""

from typing import TYPE_CHECKING

from connectors.cda.closed import check_closed
from connectors.cda.force import check_in_force
from connectors.cda.narrative import BLANKS
from connectors.cda.posology.mode import steps_of
from connectors.cda.posology.said import LineWords, line_words, printed_range
from connectors.cda.posology.steps import read_phases
from connectors.cda.product import is_named, read_product
from connectors.cda.scribe import Scribe, child, children, templates_of
from connectors.cda.supply import read_relations, read_renewals
from connectors.cda.templates import Mode
from mappings.authorities import identifier
from schemas.codes import Coding, ProductCodeSystem
from schemas.finding import FindingCode
from schemas.people import Identifier
from schemas.posology import Phase, Posology
from schemas.prescription import Ingredient, Line, LineAction, Note, Product

if TYPE_CHECKING:
    from lxml.etree import _Element


def read_line(document: Scribe, entry: "_Element", *, ordered: bool = True) -> Line:
    """The line that an entry states, with every doubt met on the way.

    What a summary tells of (not `ordered`) informs only, and says so.
    """
    scribe = document.part()
    check_in_force(scribe, entry, is_step=False, ordered=ordered)
    if not ordered:
        rule = "a summary tells of a treatment, it orders none"
        scribe.doubt(FindingCode.STATUS_NOT_ACTIVE, scribe.at(entry), rule, entry.get("moodCode"))
    product = _product(scribe, entry)
    said = line_words(scribe, entry, product.text)
    _read_text(scribe, entry)
    relations = read_relations(scribe, entry)
    phases = _phases(scribe, entry, said, relations.instructions, ordered)
    route, notes = _route(scribe, entry)
    identifiers, renewals = _identifiers(scribe, entry), read_renewals(scribe, entry)
    met = [*scribe.findings, *(finding for phase in phases for finding in phase.findings)]
    check_closed(scribe, entry, {finding.location for finding in met if finding.blocks})
    apart = said.by_columns and len(phases) > 1 and all(phase.text for phase in phases)
    text = None if apart else said.text
    return Line(
        location=scribe.at(entry),
        identifiers=identifiers,
        action=LineAction.START if ordered else LineAction.INFORM,
        product=product,
        text=text,
        posology=Posology(phases=phases, text=text),
        route=route,
        quantity_to_supply=relations.quantity,
        renewals=renewals,
        substitution_allowed=relations.substitution_allowed,
        indication=relations.indication,
        notes=(*relations.notes, *notes, *_printed(scribe, entry, said, apart)),
        findings=tuple(scribe.findings),
    )


def _product(scribe: Scribe, entry: "_Element") -> Product:
    """The product of the line; the products that combined steps name are its components."""
    product = read_product(scribe, entry)
    named = (
        read_product(scribe, step)
        for relation in steps_of(entry)
        for step in children(relation, "substanceAdministration")
    )
    parts = [part for part in named if is_named(part) and not _is_same(part, product)]
    if parts or Mode.COMBINED in templates_of(entry):
        scribe.doubt(
            FindingCode.PRODUCT_COMPOUND,
            product.location,
            "a line with other products on its steps is a mixture",
        )
    components = tuple(Ingredient(codes=part.codes, text=part.text) for part in parts)
    return product.model_copy(update={"ingredients": product.ingredients + components})


def _is_same(part: Product, product: Product) -> bool:
    """Whether a step names the product of its line again: by each of its codes, or its very words.

    A class (ATC) names no product.
    """
    stated, known = ({(code.system, code.value) for code in each.codes} for each in (part, product))
    exact = {code for code in stated if code[0] is not ProductCodeSystem.ATC}
    return stated <= known if exact else part.text == product.text


def _read_text(scribe: Scribe, entry: "_Element") -> None:
    """What the line points at must exist: without it nobody sees what was signed."""
    scribe.original(child(entry, "text"), "line.text", FindingCode.REFERENCE_UNRESOLVED)


def _phases(
    line: Scribe,
    entry: "_Element",
    said: LineWords,
    instructions: tuple[str, ...],
    ordered: bool,
) -> tuple[Phase, ...]:
    scribe = line.part()
    phases = [
        phase.model_copy(update={"instructions": (*instructions, *phase.instructions)})
        for phase in read_phases(scribe, entry, said, ordered=ordered)
    ]
    for phase in phases:
        _check_range(scribe, phase, phase.text or said.text)
    findings = (*scribe.findings, *phases[0].findings)
    phases[0] = phases[0].model_copy(update={"findings": findings})
    return tuple(phases)


def _check_range(scribe: Scribe, phase: Phase, text: str | None) -> None:
    """Words that print two amounts must have them in the structure too."""
    printed = printed_range(text)
    dose = phase.dose
    if printed is not None and dose is not None and dose.low is not None and dose.low == dose.high:
        rule = "the narrative prints a range and doseQuantity one amount"
        scribe.doubt(FindingCode.DOSE_RANGE, phase.location, rule, printed)


def _printed(scribe: Scribe, entry: "_Element", said: LineWords, apart: bool) -> tuple[Note, ...]:
    """What is printed and is not the line's text: period, rate, columns that are no sentence."""
    notes = {
        "period": said.period,
        "rate": said.rate,
        "narrative": said.text if apart else None,
    }
    return tuple(
        Note(text=text, scope=scope, location=scribe.at(entry))
        for scope, text in notes.items()
        if text
    )


def _identifiers(scribe: Scribe, entry: "_Element") -> tuple[Identifier, ...]:
    read = []
    for stated in children(entry, "id"):
        root = scribe.take(stated, "root", "line.identifiers")
        extension = scribe.take(stated, "extension", "line.identifiers")
        if extension:
            read.append(identifier(extension, root, scribe.site.name))
        elif root:
            read.append(Identifier(value=root))
    return tuple(read)


def _route(scribe: Scribe, entry: "_Element") -> tuple[Coding | None, tuple[Note, ...]]:
    """The route, and the words of a route or a body site that has no code."""
    notes = []
    route = scribe.coding(child(entry, "routeCode"), "line.route")
    for name in ("routeCode", "approachSiteCode"):
        for stated in children(entry, name):
            coded = route if name == "routeCode" else scribe.coding(stated, "line.notes")
            said = scribe.original(child(stated, "originalText"), "line.notes")
            text = said or (coded.display or coded.code if coded is not None else None)
            scribe.take(stated, "nullFlavor", "line.notes")
            if text and text not in BLANKS and (name == "approachSiteCode" or route is None):
                notes.append(Note(text=text, scope=name, location=scribe.at(stated)))
    return route, tuple(notes)
