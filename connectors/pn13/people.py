"""Who a PN13 message speaks of: the patient, the stay, the prescriber."""

from collections.abc import Iterator

from connectors.pn13 import values
from connectors.pn13.tree import Cursor, Value
from mappings.authorities import identifier
from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.keys import nir_is_valid, rpps_is_valid
from schemas.people import (
    CareUnit,
    CareUnitRole,
    Identifier,
    IdentifierKind,
    IdentityStatus,
    Patient,
    Practitioner,
    Sex,
    Stay,
)

IDNPS = "1.2.250.1.71.4.2.1"
"""The national domain of professionals: one digit for the kind of number, then the number."""

_STATUSES = frozenset(status.value for status in IdentityStatus)


def read_patient(at: Cursor) -> Patient:
    """The patient as this message describes them; an INS counts only with the status `VALI`."""
    given = _given_names(at)
    birth = at.take("Date_naissance", gives="patient.birth_date")
    patient = Patient(
        identifiers=_identifiers(at),
        identity_status=_status(at),
        birth_name=_text(at, "Nom_naissance", "patient.birth_name"),
        used_name=_text(at, "Nom_usuel", "patient.used_name"),
        given_names=given,
        birth_date=values.calendar_day(at, birth) if birth else None,
        birth_place=_text(at, "Lieu_naissance", "patient.birth_place"),
        sex=_sex(at),
        location=at.place,
    )
    ins = at.child("INS")
    if ins is not None and ins.text and patient.qualified_ins is None:
        status = at.child("Statut_idpat")
        ins.doubt(
            FindingCode.IDENTITY_UNQUALIFIED,
            "INS counts only with Statut_idpat VALI and the domain of the INS",
            status.text if status is not None and status.text else None,
        )
    if not (patient.identifiers or patient.birth_name or patient.used_name):
        at.doubt(FindingCode.PATIENT_MISSING, "Patient has no Ipp, no INS and no name")
    return patient


def _text(at: Cursor, name: str, gives: str) -> str | None:
    stated = at.take(name, gives=gives)
    return stated.text if stated else None


def _identifiers(at: Cursor) -> tuple[Identifier, ...]:
    found = []
    site = at.notebook.site.name
    ipp = at.take("Ipp", gives="patient.identifiers")
    if ipp:
        domain = _text(at, "DI", "patient.identifiers.authority")
        found.append(identifier(ipp.text, domain, site, IdentifierKind.IPP))
    ins = at.take("INS", gives="patient.identifiers")
    if ins:
        domain = _text(at, "INS_OID", "patient.identifiers.authority")
        found.append(identifier(ins.text, domain, site))
        _check_ins(at, ins, found[-1])
    return tuple(found)


def _check_ins(at: Cursor, stated: Value, ins: Identifier) -> None:
    if not nir_is_valid(ins.value):
        at.notebook.doubt(
            FindingCode.IDENTIFIER_KEY_WRONG,
            stated.place,
            "INS must be fifteen characters that end in their key",
            stated.text,
        )


def _given_names(at: Cursor) -> tuple[str, ...]:
    """`Premier_prénom`, then what `Prénoms` says beside it; a list of names is never cut up."""
    first = _text(at, "Premier_prénom", "patient.given_names")
    every = _text(at, "Prénoms", "patient.given_names")
    if first is None:
        usual = every or _text(at, "Prénom_usuel", "patient.given_names")
        return (usual,) if usual else ()
    if every is None or every == first:
        return (first,)
    return first, every.removeprefix(f"{first} ")


def _status(at: Cursor) -> IdentityStatus | None:
    """The sender's word on the identity; another coding of it is not interpreted."""
    status = at.child("Statut_idpat")
    if status is None or status.text not in _STATUSES:
        return None
    status.taken("patient.identity_status")
    return IdentityStatus(status.text)


def _sex(at: Cursor) -> Sex | None:
    stated = at.take("Sexe", gives="patient.sex")
    known = values.known(at, stated, "pn13/sexes", "Sexe must be M, F, U or O")
    return Sex(known) if known else None


def read_stay(message: Cursor, header: Cursor | None) -> Stay | None:
    """The stay and the units of the patient, when the message says any of them."""
    number = message.take("Séjour", "Id_séjour", gives="stay.visit")
    domain = message.take("Séjour", "DI_séjour", gives="stay.visit.authority")
    units = tuple(_units(header)) if header is not None else ()
    if number is None and not units:
        return None
    authority = domain.text if domain else None
    site = message.notebook.site.name
    housing = (unit.code.code for unit in units if unit.role is CareUnitRole.HOUSING)
    return Stay(
        visit=identifier(number.text, authority, site, IdentifierKind.VISIT) if number else None,
        unit=next(housing, None),
        units=units,
    )


_UNITS = {
    "Unité_hébergement": CareUnitRole.HOUSING,
    "Unité_resp_médicale": CareUnitRole.MEDICAL,
}


def _units(header: Cursor) -> Iterator[CareUnit]:
    """The units of the header, each with the list of its code."""
    for name, role in _UNITS.items():
        stated = header.take(name, gives="stay.units")
        at = next((one for one in header.children(name) if one.text), None)
        if stated is not None and at is not None:
            said = at.attribute("Phast-signification", "stay.units.code.display")
            listed = at.attribute("Phast-nomenclature", "stay.units.code.system")
            yield CareUnit(role=role, code=Coding(code=stated.text, system=listed, display=said))


def read_prescriber(line: Cursor) -> Practitioner | None:
    """The prescriber of a line: a bare number, or an identity with its domain."""
    person = line.child("Identification_prescripteur")
    if person is None or next(person.unread(), None) is None:
        stated = line.take("Id_prescripteur", gives="prescriber.identifiers")
        if stated is None:
            return None
        return Practitioner(identifiers=_professional(line, stated, None), location=stated.place)
    return read_person(person, "prescriber")


def read_person(at: Cursor, gives: str) -> Practitioner:
    """A professional by number, domain and names; the names in use, and the civil ones as sent."""
    number = at.take("Identifiant", gives=f"{gives}.identifiers")
    used, civil = (_text(at, name, f"{gives}.family_name") for name in ("Nom_usage", "Nom_famille"))
    given, first = (_text(at, name, f"{gives}.given_name") for name in ("Prénom_usage", "Prénoms"))
    return Practitioner(
        identifiers=_professional(at, number, _domain(at)) if number else (),
        family_name=used or civil,
        given_name=given or first,
        birth_name=civil,
        first_names=first,
        prefix=_text(at, "Civilité", f"{gives}.prefix"),
        suffix=_text(at, "Titre", f"{gives}.suffix"),
        location=at.place,
    )


def _domain(person: Cursor) -> str | None:
    """The domain as sent: an OID, or a code of a list written `list|code`."""
    at = person.child("Domaine_identification")
    stated = at.taken("prescriber.identifiers.authority") if at is not None else None
    if at is None or stated is None:
        return None
    coded = at.attribute("Phast-nomenclature", "prescriber.identifiers.authority")
    return f"{coded}|{stated.text}" if coded else stated.text


def _professional(at: Cursor, stated: Value, domain: str | None) -> tuple[Identifier, ...]:
    """The number as sent, and the RPPS that the national form `8` + RPPS holds.

    Twelve digits that begin with 8 and end in an RPPS with its key are of the national form
    even where no domain is stated.
    """
    text = stated.text
    national = len(text) == 12 and text.startswith("8") and text.isascii() and text.isdecimal()
    sent = identifier(text, domain, at.notebook.site.name)
    if not national or (domain is not None and sent.kind is not IdentifierKind.IDNPS):
        return (sent,)
    if not rpps_is_valid(text[1:]):
        at.notebook.doubt(
            FindingCode.IDENTIFIER_KEY_WRONG,
            stated.place,
            "8 must be followed by an RPPS number with its key",
            text,
        )
        return (sent,)
    return (
        sent.model_copy(update={"kind": IdentifierKind.IDNPS}),
        Identifier(value=text[1:], kind=IdentifierKind.RPPS),
    )
