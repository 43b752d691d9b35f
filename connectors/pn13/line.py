"""One prescription line (`Elément_prescr_médic`)."""

import re
from collections.abc import Iterator

from connectors.pn13 import values
from connectors.pn13.leftovers import tell_leftovers, tell_other_lists
from connectors.pn13.people import read_person
from connectors.pn13.posology.of_line import read_posology
from connectors.pn13.product import read_components, read_product, substitution_allowed
from connectors.pn13.tree import Cursor, Value
from connectors.remarks import with_remarks
from schemas.finding import FindingCode
from schemas.people import Identifier
from schemas.posology import Posology
from schemas.prescription import Line, LineAction, LineLink, LinkKind, Note

_NOTES = (
    "Commentaire",
    "Motif_attente",
    "Conditions_application",
    "Lieu_administration",
    "Dispositif_associé",
)
_CONDITION = re.compile(r"\b(?:si|s'il|en cas|selon|quand|lorsque?|sinon)\b", re.IGNORECASE)
_NO_REMARKS = ("Indication", "Lieu_administration", "Dispositif_associé", "Urgent")


def read_line(at: Cursor) -> Line:
    """The line with every doubt about it."""
    mark = at.notebook.mark()
    number = at.take("Id_élément_prescr", gives="line.identifiers")
    if number is None:
        at.doubt(FindingCode.ELEMENT_MISSING, "the line has no Id_élément_prescr")
    components = read_components(at)
    text = at.take("Libellé_élément_prescr", gives="line.text")
    indication = at.take("Indication", gives="line.indication")
    kind = _kind(at)
    _check_shift(at)
    urgent = values.boolean(at, "Urgent", "line.urgent")
    posology, notes = read_posology(at, components), tuple(_notes(at, urgent=bool(urgent)))
    standing = _standing(at)
    line = Line(
        location=at.place,
        identifiers=(Identifier(value=number.text),) if number else (),
        action=_action(at, standing),
        product=read_product(at, components),
        text=text.text if text else None,
        posology=with_remarks(posology, _remarks(posology, notes, indication)),
        route=values.coding(at.child("Voie_administration"), "pn13/routes", "line.route"),
        substitution_allowed=substitution_allowed(components),
        supplied=values.boolean(at, "Fourniture", "line.supplied"),
        indication=indication.text if indication else None,
        links=tuple(_links(at)),
        notes=notes,
        kind=kind,
        status=standing,
        urgent=urgent,
    )
    tell_other_lists(at)
    tell_leftovers(at)
    return line.model_copy(update={"findings": at.notebook.collected(mark)})


def _remarks(
    posology: Posology, notes: tuple[Note, ...], indication: Value | None
) -> Iterator[str]:
    """The words of the line that may change what is planned.

    An indication is one of them only where it holds a condition of something that is planned.
    One that begins with it ("en cas de douleur"), where nothing is as needed, is doubted for
    every format alike.
    """
    needed = [phase.as_needed for phase in posology.phases]
    condition = _CONDITION.search(indication.text) if indication is not None else None
    if indication and condition and not all(needed) and (any(needed) or condition.start() > 0):
        yield indication.text
    yield from (note.text for note in notes if note.scope not in _NO_REMARKS)


def _kind(at: Cursor) -> str | None:
    """The type of the line; no table says what one beside the public ones asks of its product."""
    stated = at.take("Type_élément_prescr", gives="line.kind")
    rule = "Type_élément_prescr has no row in the table pn13/line_types"
    values.known(at, stated, "pn13/line_types", rule, FindingCode.ELEMENT_UNREAD)
    return stated.text if stated else None


def _check_shift(at: Cursor) -> None:
    """Dates that count from a reference of a protocol are none of the calendar; a shift of
    zero moves nothing.
    """
    for shifted in at.children("Delta_dh_référence"):
        for stated in list(shifted.unread()):
            stated.taken("posology.bounds")
            if stated.text.strip("0.,"):
                stated.doubt(FindingCode.BOUNDS_INVALID, "Delta_dh_référence shifts the dates")


def _action(at: Cursor, standing: str | None) -> LineAction:
    """What `Cré_arr_mod_val` asks, unless `GoNogo` says that the line waits or is cancelled."""
    stated = at.take("Cré_arr_mod_val", gives="line.action")
    rule = "Cré_arr_mod_val must be C, A or M"
    known = values.known(at, stated, "pn13/actions", rule, FindingCode.ORDER_CONTROL_UNKNOWN)
    return _STANDING.get(standing or "") or LineAction(known or LineAction.START)


_STANDING = {"on-hold": LineAction.HOLD, "cancelled": LineAction.CANCEL}


def _standing(at: Cursor) -> str | None:
    """The status that `GoNogo` gives the line, in the words of FHIR; `None` when it is silent."""
    stated = at.take("GoNogo", gives="line.status")
    known = values.known(at, stated, "pn13/statuses", "GoNogo must be 0 to 4")
    if stated is not None and known not in (None, "active"):
        at.notebook.doubt(
            FindingCode.STATUS_NOT_ACTIVE,
            stated.place,
            "GoNogo says that the line is not an order in force",
            stated.text,
        )
    return known


def _links(at: Cursor) -> list[LineLink]:
    found = []
    for linked in at.children("Elément_lié"):
        other = linked.take("Id_élément_lié", gives="line.links")
        kind = linked.take("Type_liaison_élément", gives="line.links")
        known = at.table("pn13/links").target_of(kind.text) if kind else None
        if known is None:
            linked.doubt(
                FindingCode.CODE_INVALID,
                "Type_liaison_élément has no public meaning for a prescription",
                kind.text if kind else None,
            )
        if other is None:
            linked.doubt(FindingCode.ELEMENT_MISSING, "Elément_lié names no line")
        link = LinkKind(known) if known else LinkKind.OTHER
        if link is LinkKind.ALTERNATIVE:
            linked.doubt(
                FindingCode.LINE_ALTERNATIVE,
                "the line and the one it names are never both given",
                other.text if other else None,
            )
        found.append(LineLink(kind=link, line=other.text if other else "", location=linked.place))
    return found


def _notes(at: Cursor, *, urgent: bool) -> list[Note]:
    found = []
    for name in _NOTES:
        stated = at.take(name, gives="line.notes")
        if stated is not None:
            found.append(Note(text=stated.text, scope=name, location=stated.place))
    found.extend(structured_comments(at, "line.notes"))
    if urgent:
        found.append(Note(text="Urgent", scope="Urgent", location=f"{at.place}/Urgent"))
    found.extend(_component_notes(at))
    if at.child("Conditions_application") is not None and any(
        note.scope == "Conditions_application" for note in found
    ):
        at.doubt(
            FindingCode.EVENT_CONDITION, "the line has Conditions_application", "see the notes"
        )
    return found


def structured_comments(at: Cursor, gives: str) -> list[Note]:
    """The texts of `Commentaire_structuré`, each with the person who wrote it."""
    found = []
    for comment in at.children("Commentaire_structuré"):
        stated = comment.take("Texte", gives=gives)
        if stated is None:
            continue
        person = comment.child("Identification_auteur")
        named = person is not None and next(person.unread(), None) is not None
        author = read_person(person, f"{gives}.author") if person is not None and named else None
        note = Note(text=stated.text, scope=comment.name, location=stated.place, author=author)
        found.append(note)
    return found


def _component_notes(at: Cursor) -> list[Note]:
    found = []
    for component in at.children("Composant_prescrit"):
        for name in ("Commentaire", "Indication"):
            stated = component.take(name, gives="line.notes")
            if stated is not None:
                found.append(Note(text=stated.text, scope=name, location=stated.place))
        found.extend(structured_comments(component, "line.notes"))
    return found
