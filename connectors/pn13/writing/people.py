"""Patient, pharmacist and prescriber of an analysis that leaves."""

from datetime import tzinfo
from typing import TYPE_CHECKING

from connectors.pn13.people import IDNPS
from connectors.pn13.writing.build import add, add_if, stamp
from schemas.decision import Decision
from schemas.errors import Refused
from schemas.people import IdentifierKind, Patient, Practitioner

if TYPE_CHECKING:
    from lxml.etree import _Element


def add_patient(message: "_Element", patient: Patient | None) -> None:
    """The patient, by the identifier of the receiver. Raises: `Refused` for one without an IPP."""
    ipp = patient.identifier(IdentifierKind.IPP) if patient is not None else None
    if patient is None or ipp is None:
        raise Refused("patient.identifiers: an analysis in PN13 names the patient by IPP")
    at = add(message, "Patient")
    add(at, "Ipp", ipp.value)
    add_if(at, "Nom_usuel", patient.used_name)
    add_if(at, "Nom_naissance", patient.birth_name)
    add_if(at, "Prénoms", " ".join(patient.given_names))
    if patient.birth_date is not None:
        add(at, "Date_naissance", f"{stamp(patient.birth_date)}000000")


def add_pharmacist(report: "_Element", decision: Decision, clock: tzinfo | None) -> None:
    """Who validated, when, on this clock. Raises: `Refused` for a pharmacist without RPPS."""
    rpps = decision.decided_by.rpps
    if rpps is None:
        raise Refused("decision.decided_by.rpps: PN13 names the pharmacist by RPPS")
    add(report, "Dh_validation", stamp(decision.decided_at, clock))
    person = add(report, "Identification_pharmacien")
    add(person, "Identifiant", f"8{rpps}")
    add(person, "Domaine_identification", IDNPS)


def add_prescriber(at: "_Element", prescriber: Practitioner) -> None:
    """An identity with its domain, or the bare number when nothing else was sent."""
    named = prescriber.family_name or prescriber.given_name
    if prescriber.identifiers and not named and prescriber.identifiers[0].authority is None:
        add(at, "Id_prescripteur", prescriber.identifiers[0].value)
        return
    person = add(at, "Identification_prescripteur")
    if prescriber.identifiers:
        sent = prescriber.identifiers[0]
        add(person, "Identifiant", sent.value)
        coded, found, domain = (sent.authority or "").rpartition("|")
        add_if(person, "Domaine_identification", domain, nomenclature=coded if found else None)
    add_if(person, "Nom_usage", prescriber.family_name)
    add_if(person, "Prénom_usage", prescriber.given_name)
    add_if(person, "Civilité", prescriber.prefix)
    add_if(person, "Titre", prescriber.suffix)
    add_if(person, "Nom_famille", prescriber.birth_name)
    add_if(person, "Prénoms", prescriber.first_names)
