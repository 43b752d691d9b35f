"""A pharmacist's analysis as `M_Compte_rendu_analyse_pharm`.

The structure is that of the published examples (IG médicament of Interop'Santé). PN13 carries
the verdict and the pharmacist's words on each line, and neither the code of the problem nor
that of the intervention: those stay here. Its times have no offset: they are written on the
clock of `Envelope.created_at`, so its offset must be that of the receiver.
"""

import re
from datetime import tzinfo
from typing import TYPE_CHECKING

from connectors.pn13.connector import NAMESPACE
from connectors.pn13.people import IDNPS
from connectors.pn13.writing.build import add, add_if, add_quantity, clean, stamp
from connectors.pn13.writing.posology import add_posology
from schemas.codes import Coding, ProductCode, ProductCodeSystem
from schemas.decision import Decision, DecisionKind, LineVerdict
from schemas.delivery import Analysis
from schemas.errors import Refused
from schemas.export import Envelope
from schemas.people import IdentifierKind, Patient, Practitioner
from schemas.posology import Bounds
from schemas.prescription import Ingredient, Line, LinkKind

if TYPE_CHECKING:
    from lxml.etree import _Element

VALIDATED, INTERVENTION = "1", "2"
_RANK = re.compile(r"Type_composant_([0-9]+)")
_RANKS = {
    ProductCodeSystem.UCD13: "1",
    ProductCodeSystem.UCD7: "1",
    ProductCodeSystem.SMS: "13",
    ProductCodeSystem.MV: "14",
}
_LINKS = {LinkKind.ALTERNATIVE: "3", LinkKind.MODIFIES: "6", LinkKind.REPLACES: "7"}


def write_analysis(analysis: Analysis, envelope: Envelope) -> bytes:
    """The message, in UTF-8.

    Raises: `Refused` for a decision that is no analysis (a hold), for a pharmacist without
    RPPS, a patient without identifier, or a line that the decision does not speak of.
    """
    from lxml import etree

    decision, prescription = analysis.decision, analysis.prescription
    if decision.kind is DecisionKind.HOLD:
        raise Refused("decision.kind: a hold is no result of an analysis")
    clock = envelope.created_at.tzinfo
    root = etree.fromstring(f'<Messages xmlns="{NAMESPACE}"/>')
    root.set("Phast-id_message", clean(envelope.id))
    root.set("Phast-dh_émission", stamp(envelope.created_at))
    message = add(root, "M_Compte_rendu_analyse_pharm")
    _add_patient(message, prescription.patient)
    stay = prescription.stay
    if stay is not None and stay.visit is not None:
        add(add(message, "Séjour"), "Id_séjour", stay.visit.value)
    report = add(message, "Compte_rendu_pharm")
    _add_pharmacist(report, decision, clock)
    for rank, line in enumerate(prescription.lines, start=1):
        verdict, words = _verdict(decision, rank, line)
        _add_line(report, line, verdict, words, prescription.prescriber)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _add_patient(message: "_Element", patient: Patient | None) -> None:
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


def _add_pharmacist(report: "_Element", decision: Decision, clock: tzinfo | None) -> None:
    rpps = decision.decided_by.rpps
    if rpps is None:
        raise Refused("decision.decided_by.rpps: PN13 names the pharmacist by RPPS")
    add(report, "Dh_validation", stamp(decision.decided_at, clock))
    person = add(report, "Identification_pharmacien")
    add(person, "Identifiant", f"8{rpps}")
    add(person, "Domaine_identification", IDNPS)


def _verdict(decision: Decision, rank: int, line: Line) -> tuple[str, str | None]:
    """The verdict on a line, and the pharmacist's words. A decision names lines by their rank.

    A prescription that is sent back as a whole is an intervention on each of its lines.
    """
    if decision.kind is not DecisionKind.VALIDATE:
        return INTERVENTION, _joined(decision.reason, decision.comment)
    own = next((one for one in decision.lines if one.line == str(rank)), None)
    if own is None:
        raise Refused(f"decision.lines: no verdict on line {rank}")
    words = _joined(own.comment, *_intervention_comments(decision, line))
    if own.verdict is LineVerdict.VALIDATED:
        return VALIDATED, words
    return INTERVENTION, words or _joined(decision.reason, decision.comment)


def _intervention_comments(decision: Decision, line: Line) -> list[str | None]:
    """What the pharmacist wrote with the interventions on this line; their codes stay here."""
    return [
        answer.intervention.comment
        for answer in decision.answers
        if answer.intervention is not None
        and (answer.location == line.location or answer.location.startswith(f"{line.location}/"))
    ]


def _joined(*texts: str | None) -> str | None:
    return " ; ".join(dict.fromkeys(text for text in texts if text)) or None


def _add_line(
    report: "_Element",
    line: Line,
    verdict: str,
    words: str | None,
    prescriber: Practitioner | None,
) -> None:
    at = add(report, "Elément_prescr_pharm")
    add_if(at, "Id_élément_prescr", line.identifier)
    add_if(at, "Libellé_élément_prescr", line.text)
    add(at, "Cré_arr_mod_val")
    add(at, "Urgent")
    add(at, "Validation_pharm", verdict)
    add(at, "Proposition_pharm")
    if prescriber is not None:
        _add_prescriber(at, prescriber)
    _add_code(at, "Voie_administration", line.route)
    _add_code(at, "Forme", line.product.form)
    _add_bounds(at, line)
    add_if(at, "Indication", line.indication)
    add_if(at, "Commentaire_pharmacien", words)
    for component in _components(line):
        _add_component(at, component)
    add_posology(at, line)
    for link in line.links:
        if link.kind in _LINKS:
            linked = add(at, "Elément_lié")
            add(linked, "Id_Elément_lié", link.line)
            add(linked, "Type_liaison_élément", _LINKS[link.kind])


def _add_code(at: "_Element", name: str, code: Coding | None) -> None:
    if code is not None:
        add(at, name, code.code, nomenclature=code.system)


def _add_prescriber(at: "_Element", prescriber: Practitioner) -> None:
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
    if component.carrier:
        add(holder, "Véhicule", "1")


def _rank_of(code: ProductCode) -> str | None:
    """The kind of list of PN13 that the code is of; `None` when the message cannot say it."""
    stated = _RANK.fullmatch(code.authority or "")
    return stated[1] if stated else _RANKS.get(code.system)
