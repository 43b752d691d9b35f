"""PN13 bytes as a reading: every `M_Prescription_médicaments` of the file."""

from collections.abc import Iterator
from typing import NamedTuple

from connectors.markup import namespace
from connectors.pn13 import values
from connectors.pn13.analysis import tell_analysis
from connectors.pn13.connector import NAMESPACE
from connectors.pn13.encoding import open_document
from connectors.pn13.leftovers import tell_leftovers
from connectors.pn13.line import read_line, structured_comments
from connectors.pn13.measures import read_measures
from connectors.pn13.people import read_patient, read_prescriber, read_stay
from connectors.pn13.tree import Cursor, Notebook, folded, tree
from schemas.connector import Reading
from schemas.finding import Finding, FindingCode
from schemas.people import Identifier, Practitioner
from schemas.prescription import Chain, Coverage, Line, LinkKind, Note, Prescription
from schemas.site import Site

FORMAT = "pn13"
_ENVELOPE = folded("Messages")
_PRESCRIPTION = folded("M_Prescription_médicaments")
_ANALYSIS = folded("M_Compte_rendu_analyse_pharm")
_PROTOCOL = folded("Protocole_prescrit_médic")


def read(data: bytes, site: Site) -> Reading:
    """The prescriptions of a PN13 file. Other messages are named and not read.

    Raises: nothing for what a sender may send; bytes that are no document give a reading
    with nothing but the finding that says so.
    """
    root, findings = open_document(data)
    if root is None:
        return Reading(format=FORMAT, findings=findings)
    notebook = Notebook(site)
    top = tree(root, notebook)
    if namespace(root) not in (None, NAMESPACE):
        top.doubt(FindingCode.STRUCTURE_INVALID, "the namespace is not that of PN13")
    number = top.attribute("Phast-id_message", "control_id")
    messages = _messages(top)
    wanted = [at for at in messages if folded(at.name) == _PRESCRIPTION]
    parts = [part for at in wanted for part in _parts(at)]
    own = number if len(parts) == 1 else None
    prescriptions = tuple(_prescription(part, own) for part in parts)
    _refuse_others(top, messages, wanted)
    return Reading(
        format=FORMAT,
        kind=messages[0].name if messages else None,
        control_id=number,
        prescriptions=prescriptions,
        findings=(*findings, *notebook.collected()),
        sources=notebook.trail.sources(),
    )


def _messages(top: Cursor) -> list[Cursor]:
    """The messages of the envelope; a message may also stand alone, without one."""
    if _is_message(top):
        return [top]
    return [child for child in top.children() if _is_message(child)]


def _is_message(at: Cursor) -> bool:
    return folded(at.name).startswith("m_")


def _refuse_others(top: Cursor, messages: list[Cursor], wanted: list[Cursor]) -> None:
    """Names what is in the envelope and was not read, and an envelope with nothing in it."""
    for at in messages:
        if at not in wanted:
            at.doubt(FindingCode.MESSAGE_UNSUPPORTED, f"{at.name} is not read", at.name)
        if folded(at.name) == _ANALYSIS:
            tell_analysis(at)
    if not messages and _is_envelope(top):
        top.doubt(FindingCode.MESSAGE_EMPTY, "the envelope holds no message")
    elif not messages:
        top.doubt(FindingCode.MESSAGE_UNSUPPORTED, "the root is no envelope of PN13", top.name)
    for other in top.children() if _is_envelope(top) else ():
        if not _is_message(other) and next(other.unread(), None) is not None:
            other.doubt(FindingCode.ELEMENT_UNREAD, f"{other.name} is not read", other.name)


def _is_envelope(top: Cursor) -> bool:
    return folded(top.name) == _ENVELOPE


class _Part(NamedTuple):
    """One prescription of a message, and the place that stands for both."""

    message: Cursor
    header: Cursor | None
    place: str


def _parts(message: Cursor) -> list[_Part]:
    """The prescriptions of a message: one in every published message, but none is left out."""
    headers = list(message.children("Prescription"))
    if len(headers) > 1:
        return [_Part(message, header, header.place) for header in headers]
    return [_Part(message, headers[0] if headers else None, message.place)]


def _prescription(part: _Part, number: str | None) -> Prescription:
    """One prescription. `number` is the id of the envelope, when it names this one alone.

    It names no group: a later message has another id, and it is the lines that keep theirs
    (`Id_élément_prescr`), so versions are found by the lines.
    """
    message, header = part.message, part.header
    notebook = message.notebook
    mark = notebook.mark()
    patient = message.child("Patient")
    if patient is None:
        message.doubt(FindingCode.PATIENT_MISSING, "the message has no Patient")
    if len(list(message.children("Patient"))) > 1:
        message.doubt(FindingCode.PATIENT_CONTRADICTED, "the message has several Patient")
    if header is None:
        message.doubt(FindingCode.ELEMENT_MISSING, "the message has no Prescription")
    written = header.take("Dh_prescription", gives="authored_at") if header else None
    lines = list(header.children("Elément_prescr_médic")) if header else []
    if header is not None and not lines:
        header.doubt(FindingCode.MESSAGE_EMPTY, "Prescription has no line")
    prescription = Prescription(
        location=part.place,
        identifiers=(Identifier(value=number),) if number else (),
        chain=Chain(complete=_complete(header)),
        patient=read_patient(patient) if patient else None,
        stay=read_stay(message, header),
        prescriber=_prescriber(message, lines),
        authored_at=values.timestamp(message, written, FindingCode.VALUE_INVALID)
        if written
        else None,
        notes=tuple(_notes(header)) if header else (),
        lines=tuple(_with_doubtful_links([read_line(line) for line in lines])),
        measures=tuple(read_measures(header)) if header else (),
    )
    _tell_what_was_not_read(header)
    return prescription.model_copy(update={"findings": notebook.collected(mark)})


def _with_doubtful_links(lines: list[Line]) -> Iterator[Line]:
    """The lines, with a doubt at each link that names the line itself, and at an alternative to a
    line that is not here: which one is given cannot be chosen then.
    """
    known = {line.identifier for line in lines}
    for line in lines:
        doubts = [
            Finding(
                code=FindingCode.REFERENCE_UNRESOLVED,
                location=link.location,
                message="Id_élément_lié must name another line of the message",
                quoted=link.line,
            )
            for link in line.links
            if link.line
            and (
                link.line == line.identifier
                or (link.kind is LinkKind.ALTERNATIVE and link.line not in known)
            )
        ]
        yield line.model_copy(update={"findings": (*line.findings, *doubts)}) if doubts else line


def _complete(header: Cursor | None) -> bool | None:
    """Whether lines that are not here have ended: only when the site's table says what the
    mode means. Published messages carry `1` and `2`, whose meaning is not public.
    """
    mode = header.take("Mode_communication", gives="chain.complete") if header else None
    if header is None:
        return None
    rule = (
        "Mode_communication has no row in the site's table pn13/modes: "
        "whether the lines left out have ended is not known"
    )
    known = values.known(header, mode, "pn13/modes", rule, FindingCode.ELEMENT_UNREAD)
    return None if known is None else Coverage(known) is Coverage.WHOLE


def _prescriber(message: Cursor, lines: list[Cursor]) -> Practitioner | None:
    """The prescriber, whom every line of a prescription must name alike."""
    named = [person for line in lines if (person := read_prescriber(line)) is not None]
    if lines and not named:
        message.doubt(FindingCode.PRESCRIBER_MISSING, "no line names its prescriber")
    for other in named[1:]:
        if other.identifiers != named[0].identifiers:
            message.notebook.doubt(
                FindingCode.PRESCRIBER_CONTRADICTED,
                other.location,
                "the lines name different prescribers",
            )
    return named[0] if named else None


def _notes(header: Cursor) -> list[Note]:
    stated = header.take("Commentaire", gives="prescription.notes")
    own = [Note(text=stated.text, scope="Commentaire", location=stated.place)] if stated else []
    return own + structured_comments(header, "prescription.notes")


def _tell_what_was_not_read(header: Cursor | None) -> None:
    """A protocol may hold lines of its own, and an unknown element may hold anything.

    The lines have told of themselves.
    """
    for at in header.children() if header is not None else ():
        if folded(at.name) == _PROTOCOL and next(at.unread(), None) is not None:
            at.doubt(FindingCode.MESSAGE_UNSUPPORTED, "the lines of a protocol are not read")
        else:
            tell_leftovers(at)
