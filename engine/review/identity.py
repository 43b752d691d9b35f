"""Whose prescription it is: named at all, by a qualified INS, without contradiction.

Sources: FR Core 2.2.0 and PAM.fr PID-32 (an INS serves as identity with status VALI only);
INSEE (key of the NIR).
"""

from collections.abc import Iterator

from engine.review.case import HeaderCase, doubt
from schemas.finding import Finding, FindingCode
from schemas.keys import nir_is_valid
from schemas.people import IdentifierKind, IdentityStatus, Patient

_INS = (
    IdentifierKind.INS_NIR,
    IdentifierKind.INS_NIA,
    IdentifierKind.INS_TEST,
    IdentifierKind.INS_DEMO,
)
_KEYED = frozenset({*_INS, IdentifierKind.NIR, IdentifierKind.NIA})


def patient_is_named(case: HeaderCase) -> Iterator[Finding]:
    """An identifier, or a name with a birth date; a name alone names many people."""
    patient = case.prescription.patient
    if patient is None:
        yield doubt(
            FindingCode.PATIENT_MISSING, case.prescription.location, "patient: nobody is named"
        )
    elif not patient.identifiers and not _has_name_and_birth_date(patient):
        yield doubt(
            FindingCode.PATIENT_MISSING,
            place_of(case, patient),
            "patient: needs an identifier, or a name with a birth date",
        )


def _has_name_and_birth_date(patient: Patient) -> bool:
    named = patient.birth_name is not None or patient.used_name is not None
    return named and patient.birth_date is not None


def ins_is_qualified(case: HeaderCase) -> Iterator[Finding]:
    """An INS that is given must be a real one and of status VALI."""
    patient = case.prescription.patient
    if patient is None or patient.qualified_ins is not None:
        return
    ins = patient.identifier(*_INS)
    if ins is None:
        return
    if patient.identity_status is not IdentityStatus.VALIDATED:
        rule = "patient.identity_status: an INS is the national identity with status VALI only"
        yield doubt(
            FindingCode.IDENTITY_UNQUALIFIED,
            place_of(case, patient),
            rule,
            patient.identity_status,
        )
    else:
        rule = (
            "patient.identifiers: an INS of the test or demonstration authority identifies nobody"
        )
        yield doubt(FindingCode.IDENTITY_UNQUALIFIED, place_of(case, patient), rule, ins.authority)


def ins_key_is_right(case: HeaderCase) -> Iterator[Finding]:
    """Every NIR ends in its key."""
    patient = case.prescription.patient
    if patient is None:
        return
    for identifier in patient.identifiers:
        if identifier.kind in _KEYED and not nir_is_valid(identifier.value.replace(" ", "")):
            yield doubt(
                FindingCode.IDENTIFIER_KEY_WRONG,
                place_of(case, patient),
                f"patient.identifiers: {identifier.kind.value} must be 13 characters and their key",
                identifier.value,
            )


def ins_is_one(case: HeaderCase) -> Iterator[Finding]:
    """Two different INS of one kind are those of two people."""
    patient = case.prescription.patient
    if patient is None:
        return
    for kind in _INS:
        values = [i.value.replace(" ", "") for i in patient.identifiers if i.kind is kind]
        if len(set(values)) > 1:
            yield doubt(
                FindingCode.PATIENT_CONTRADICTED,
                place_of(case, patient),
                f"patient.identifiers: two different values of {kind.value}",
                " / ".join(dict.fromkeys(values)),
            )


def place_of(case: HeaderCase, patient: Patient) -> str:
    """Where the patient stands in the source, else the prescription."""
    return patient.location or case.prescription.location
