"""Who prescribed and where: named at all, and with identifiers that end in their key.

Sources: ANS (RPPS, FINESS: Luhn); CI-SIS (IDNPS is 8 and the RPPS, IDNST is 1 and the FINESS).
"""

from collections.abc import Iterator

from engine.review.case import HeaderCase, doubt
from schemas.finding import Finding, FindingCode
from schemas.keys import finess_is_valid, rpps_is_valid
from schemas.people import Identifier, IdentifierKind, Organization


def prescriber_is_named(case: HeaderCase) -> Iterator[Finding]:
    """An identifier or a family name."""
    prescriber = case.prescription.prescriber
    if prescriber is None:
        place, rule = case.prescription.location, "prescriber: nobody is named"
    elif not prescriber.identifiers and prescriber.family_name is None:
        place = prescriber.location or case.prescription.location
        rule = "prescriber: needs an identifier or a family name"
    else:
        return
    yield doubt(FindingCode.PRESCRIBER_MISSING, place, rule)


def prescriber_key_is_right(case: HeaderCase) -> Iterator[Finding]:
    """RPPS, alone or inside an IDNPS."""
    prescriber = case.prescription.prescriber
    if prescriber is None:
        return
    for identifier in prescriber.identifiers:
        if not _rpps_is_right(identifier):
            yield doubt(
                FindingCode.IDENTIFIER_KEY_WRONG,
                prescriber.location or case.prescription.location,
                f"prescriber.identifiers: {identifier.kind.value} must hold 11 digits with their "
                "Luhn key",
                identifier.value,
            )


def _rpps_is_right(identifier: Identifier) -> bool:
    match identifier.kind:
        case IdentifierKind.RPPS:
            return rpps_is_valid(identifier.value)
        case IdentifierKind.IDNPS if identifier.value.startswith("8"):
            return rpps_is_valid(identifier.value[1:])
        case _:
            return True


def establishment_key_is_right(case: HeaderCase) -> Iterator[Finding]:
    """FINESS, alone or inside an IDNST, of the establishment and of the stay."""
    stay = case.prescription.stay
    for establishment in (case.prescription.establishment, stay.establishment if stay else None):
        if establishment is not None:
            yield from _finess_doubts(case, establishment)


def _finess_doubts(case: HeaderCase, establishment: Organization) -> Iterator[Finding]:
    for identifier in establishment.identifiers:
        if not _finess_is_right(identifier):
            yield doubt(
                FindingCode.IDENTIFIER_KEY_WRONG,
                establishment.location or case.prescription.location,
                f"establishment.identifiers: {identifier.kind.value} must hold 9 characters with "
                "their Luhn key",
                identifier.value,
            )


def _finess_is_right(identifier: Identifier) -> bool:
    match identifier.kind:
        case IdentifierKind.FINESS:
            return finess_is_valid(identifier.value)
        case IdentifierKind.IDNST if identifier.value.startswith("1"):
            return finess_is_valid(identifier.value[1:])
        case _:
            return True
