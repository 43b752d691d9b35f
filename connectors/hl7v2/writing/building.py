"""Builds a message of version 2.5.1 with hl7apy, and checks it before it leaves.

Values are escaped first: hl7apy takes a raw `|` or `^` as structure. What was built must pass
its validation and come out of our own tokeniser with as many segments.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from connectors.hl7v2.er7.separators import STANDARD
from connectors.hl7v2.er7.tokeniser import tokenise
from schemas.base import plain_decimal
from schemas.codes import Coding, ProductCode
from schemas.errors import Defect
from schemas.export import Envelope
from schemas.people import Identifier, IdentifierKind, Patient, Practitioner

if TYPE_CHECKING:
    from hl7apy.core import Message, Segment

VERSION = "2.5.1"
_OID = re.compile(r"[0-2](?:\.\d+)+")
_FOR_PATIENT = {IdentifierKind.IPP: "PI"}
_INS = (IdentifierKind.INS_NIR, IdentifierKind.INS_NIA, IdentifierKind.INS_TEST)
_INS_NAME = "ASIP-SANTE-INS-NIR"
_PROFESSIONALS = "ASIP-SANTE-PS&1.2.250.1.71.4.2.1&ISO"
"""Authorities as IHE PAM.fr 2.11 writes them (PID-3, XCN-9)."""


def leaf(text: str | None) -> str:
    """A text as one leaf; empty for nothing. Line ends become spaces.

    hl7apy escapes the escape of a line end once more: texts with lines go by `words`.
    """
    return STANDARD.escaped(" ".join(text.splitlines())) if text else ""


def words(text: str | None, *before: str) -> str:
    """A text as repetitions of a field, one for each line, after the components `before`."""
    lines = [line for line in (text or "").splitlines() if line.strip()]
    return "~".join(hat(*before, leaf(line)) for line in lines)


def hat(*components: str) -> str:
    """Components that are already leaves, without empty ones at the end."""
    return "^".join(components).rstrip("^")


def stamp(when: date | datetime | None) -> str:
    """A TS: a day, or an instant with its offset to the second."""
    if when is None:
        return ""
    if isinstance(when, datetime):
        return when.strftime("%Y%m%d%H%M%S%z")
    return when.strftime("%Y%m%d")


def number(amount: Decimal) -> str:
    """An NM with the precision of the amount."""
    return plain_decimal(amount)


def authority(name: str | None) -> tuple[str, str, str]:
    """An assigning authority as name, universal id and its type."""
    bare = (name or "").removeprefix("urn:oid:")
    if _OID.fullmatch(bare):
        return "", bare, "ISO"
    if "://" in bare:
        return "", leaf(bare), "URI"
    return leaf(bare), "", ""


def entity(identifier: Identifier | None) -> str:
    """An EI."""
    if identifier is None:
        return ""
    return hat(leaf(identifier.value), *authority(identifier.authority))


def order_numbers(
    numbers: Sequence[Identifier],
) -> tuple[Identifier | None, Identifier | None]:
    """The numbers of the placer and of the filler.

    Where nobody says whose they are (formats that know no sides), the first is the placer's.
    """
    placer, filler = (
        next((each for each in numbers if each.kind is side), None)
        for side in (IdentifierKind.PLACER, IdentifierKind.FILLER)
    )
    if placer or filler:
        return placer, filler
    first, second, *_ = (*numbers, None, None)
    return first, second


def patient_identifier(identifier: Identifier) -> str:
    """A CX with its authority and its type."""
    name, oid, kind = authority(identifier.authority)
    if identifier.kind in _INS:
        name = _INS_NAME
    issuer = "&".join((name, oid, kind)).rstrip("&")
    code = "INS" if identifier.kind in _INS else _FOR_PATIENT.get(identifier.kind, "")
    return hat(leaf(identifier.value), "", "", issuer, code)


def person(one: Practitioner) -> str:
    """An XCN of a practitioner."""
    first = one.identifiers[0] if one.identifiers else None
    family, given = leaf(one.family_name), leaf(one.given_name)
    if first is None:
        return hat("", family, given)
    return professional(first.value, family, given, first.kind)


def professional(
    value: str, family: str, given: str = "", kind: IdentifierKind = IdentifierKind.RPPS
) -> str:
    """An XCN whose number the French register of professionals gave, when `kind` is RPPS."""
    if kind is not IdentifierKind.RPPS:
        return hat(leaf(value), family, given)
    return hat(leaf(value), family, given, "", "", "", "", "", _PROFESSIONALS, "L", "", "", "RPPS")


def coded_product(codes: Iterable[ProductCode], text: str | None) -> str:
    """A CE with up to two codes of the product; the words stand beside the first."""
    listed = [
        (leaf(code.value), leaf(code.display), leaf(code.authority or code.system.value.upper()))
        for code in codes
    ][:2]
    if not listed:
        return hat("", leaf(text))
    first = (listed[0][0], leaf(text) or listed[0][1], listed[0][2])
    return hat(*first, *(listed[1] if len(listed) > 1 else ()))


def route(stated: Coding | None) -> dict[int, str]:
    """RXR, which the structures require: without a stated route its words say so."""
    if stated is None:
        return {1: hat("", "non précisée")}
    return {1: hat(leaf(stated.code), leaf(stated.display), leaf(stated.system))}


def begin(structure: str, kind: str, envelope: Envelope) -> "Message":
    """A message with its MSH: ids and clock are those of the envelope."""
    from hl7apy.core import Message

    message = Message(structure, version=VERSION)
    fields = {
        3: leaf(envelope.sender),
        5: leaf(envelope.receiver),
        7: stamp(envelope.created_at),
        9: kind,
        10: leaf(envelope.id),
        11: "P",
        18: "UNICODE UTF-8",
    }
    for field, content in fields.items():
        setattr(message.msh, f"msh_{field}", content)
    return message


def segment(name: str, fields: dict[int, str]) -> "Segment":
    """A segment of these fields; each content is escaped and separated already."""
    from hl7apy.parser import parse_segment

    cells = [fields.get(at, "") for at in range(1, max(fields) + 1)]
    built: Segment = parse_segment("|".join([name, *cells]).rstrip("|"), version=VERSION)
    return built


def pid_fields(patient: Patient) -> dict[int, str]:
    """PID of a patient: identifiers, names by their type, birth, sex, status."""
    given = patient.given_names[0] if patient.given_names else None
    birth = hat(leaf(patient.birth_name), leaf(given), "", "", "", "", "L")
    used = hat(leaf(patient.used_name), leaf(given), "", "", "", "", "D")
    sexes = {"male": "M", "female": "F", "other": "O", "unknown": "U"}
    return {
        3: "~".join(patient_identifier(one) for one in patient.identifiers),
        5: "~".join([birth, *([used] if patient.used_name else [])]),
        7: stamp(patient.birth_date),
        8: sexes[patient.sex.value] if patient.sex else "",
        32: patient.identity_status.value if patient.identity_status else "",
    }


def finished(message: "Message", segments: int) -> bytes:
    """The bytes of a message of so many segments.

    Raises: `Defect` when hl7apy finds it against the standard, or when our own tokeniser does
    not find in it what was put in.
    """
    from hl7apy.exceptions import HL7apyException

    text = f"{str(message.to_er7()).rstrip(chr(13))}\r"
    try:
        message.validate()
    except HL7apyException as error:
        raise Defect(f"{message.name}: {type(error).__name__}") from None
    file = tokenise(text)
    found = [len(one.segments) for one in file.messages]
    if found != [segments] or file.findings:
        raise Defect(f"{message.name} does not come out of the tokeniser as it was built")
    return text.encode()
