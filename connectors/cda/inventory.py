"""Every element and attribute that the schema of CDA allows in a prescribed line: a closed list.

For each type its parts, and for each part what its being left unread means: the code of a
finding, or `None` where it says nothing of a dose and the list of unused places is enough. A part
that is in no list is foreign. Source: POCD_MT000040 as extended by the ANS (CDA_extended.xsd),
datatypes of HL7 v3 Release 1, COCT_MT230100UV of IHE Pharmacy.
"""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from schemas.finding import FindingCode

_TIME, _AMOUNT = FindingCode.TIMING_UNSUPPORTED, FindingCode.VALUE_INVALID
_FORCE, _SHOWN = FindingCode.STATUS_NOT_ACTIVE, FindingCode.ELEMENT_UNREAD
_CONDITION, _MIXTURE = FindingCode.EVENT_CONDITION, FindingCode.PRODUCT_COMPOUND

ANYTHING = "ANY"
"""A part that is looked at as a whole: one finding when anything in it was left unread."""
TIMES = "SXCM_TS"
"""A time expression: its type is the one that the element declares, or whose parts it has."""


class Part(NamedTuple):
    """What is said when a part was left unread, and the type that its own parts are of."""

    unread: FindingCode | None = None
    type: str = ANYTHING


Parts: TypeAlias = Mapping[str, Part]


def _parts(unread: FindingCode | None, names: str, kind: str = ANYTHING) -> dict[str, Part]:
    return {name: Part(unread, kind) for name in names.split()}


_ROOT = {**_parts(None, "realmCode typeId templateId"), **_parts(_FORCE, "@nullFlavor")}
_CODE = {
    **_parts(None, "@nullFlavor @codeSystem @codeSystemName @codeSystemVersion @displayName"),
    **_parts(None, "@valueSet @valueSetVersion"),
    **_parts(_SHOWN, "@code qualifier translation"),
    **_parts(_SHOWN, "originalText", "ED"),
}
_CV = {name: part for name, part in _CODE.items() if name != "qualifier"}
_CODED_ONLY = {name: part for name, part in _CODE.items() if name.startswith("@")}
_POINT = _parts(_TIME, "@nullFlavor @value")
_TIMES = {**_POINT, **_parts(_TIME, "@operator")}
_LIMIT_OF_TIME = {**_POINT, **_parts(_TIME, "@inclusive")}
_AMOUNTS = {
    **_parts(_AMOUNT, "@nullFlavor @value @unit"),
    **_parts(_SHOWN, "translation", "PQR"),
}

TYPES: Mapping[str, Parts] = {
    "SubstanceAdministration": {
        **_ROOT,
        **_parts(_FORCE, "@classCode @moodCode @negationInd"),
        **_parts(None, "id"),
        **_parts(_SHOWN, "code", "CD"),
        **_parts(_SHOWN, "text", "ED"),
        **_parts(_FORCE, "statusCode", "CS"),
        **_parts(_TIME, "effectiveTime", TIMES),
        **_parts(_TIME, "priorityCode", "PriorityCode"),
        **_parts(_SHOWN, "repeatNumber", "IVL_INT"),
        **_parts(_SHOWN, "routeCode approachSiteCode", "CD"),
        **_parts(_AMOUNT, "doseQuantity rateQuantity", "IVL_PQ"),
        **_parts(_AMOUNT, "maxDoseQuantity", "RTO_PQ_PQ"),
        **_parts(_SHOWN, "administrationUnitCode"),
        **_parts(FindingCode.PATIENT_CONTRADICTED, "subject"),
        **_parts(_SHOWN, "specimen performer author informant participant reference"),
        **_parts(_MIXTURE, "consumable", "Consumable"),
        **_parts(_SHOWN, "entryRelationship", "EntryRelationship"),
        **_parts(_CONDITION, "precondition", "Precondition"),
        **_parts(_SHOWN, "inFulfillmentOf1"),
    },
    "EntryRelationship": {
        **_ROOT,
        **_parts(_FORCE, "@negationInd"),
        **_parts(None, "@typeCode @inversionInd @contextConductionInd"),
        **_parts(None, "sequenceNumber seperatableInd"),
        **_parts(None, "act encounter observation observationMedia organizer procedure"),
        **_parts(None, "regionOfInterest supply"),
        **_parts(_TIME, "substanceAdministration", "SubstanceAdministration"),
    },
    "Consumable": {
        **_ROOT,
        **_parts(None, "@typeCode"),
        **_parts(_MIXTURE, "manufacturedProduct", "ManufacturedProduct"),
    },
    "ManufacturedProduct": {
        **_ROOT,
        **_parts(None, "@classCode id manufacturerOrganization"),
        **_parts(_MIXTURE, "manufacturedLabeledDrug", "LabeledDrug"),
        **_parts(_MIXTURE, "manufacturedMaterial", "Material"),
        **_parts(_SHOWN, "subjectOf1 subjectOf2 subjectOf3 subjectOf4 subjectOf5"),
    },
    "LabeledDrug": {
        **_ROOT,
        **_parts(None, "@classCode @determinerCode"),
        **_parts(_MIXTURE, "code name"),
    },
    "Material": {
        **_ROOT,
        **_parts(None, "@classCode @determinerCode"),
        **_parts(_MIXTURE, "code", "CD"),
        **_parts(_MIXTURE, "name"),
        **_parts(_SHOWN, "desc riskCode handlingCode"),
        **_parts(_SHOWN, "formCode", "CD"),
        **_parts(None, "lotNumberText expirationTime stabilityTime asSpecializedKind"),
        **_parts(None, "asDistributedProduct asMedicineManufacturer asContent"),
        **_parts(_MIXTURE, "part"),
        **_parts(_SHOWN, "ingredient", "Ingredient"),
    },
    "Ingredient": {
        **_ROOT,
        **_parts(None, "@classCode"),
        **_parts(_MIXTURE, "@negationInd"),
        **_parts(None, "quantity ingredient"),
    },
    "Precondition": {
        **_ROOT,
        **_parts(None, "@typeCode"),
        **_parts(_CONDITION, "criterion", "Criterion"),
    },
    "Criterion": {
        **_ROOT,
        **_parts(None, "@classCode @moodCode"),
        **_parts(_CONDITION, "code value"),
        **_parts(_CONDITION, "text", "ED"),
    },
    "TS": _POINT,
    "IVL_TS": {
        **_TIMES,
        **_parts(_TIME, "low high", "IVXB_TS"),
        **_parts(_TIME, "width", "PQ"),
        **_parts(_TIME, "center", "TS"),
    },
    "IVXB_TS": _LIMIT_OF_TIME,
    "PIVL_TS": {
        **_TIMES,
        **_parts(_TIME, "@alignment @institutionSpecified"),
        **_parts(_TIME, "phase", "IVL_TS"),
        **_parts(_TIME, "period", "PQ"),
    },
    "EIVL_TS": {
        **_TIMES,
        **_parts(_TIME, "event", "EIVL.event"),
        **_parts(_TIME, "offset", "IVL_PQ"),
    },
    "EIVL.event": {**_CODED_ONLY, **_parts(_TIME, "@code @codeSystem")},
    "SXPR_TS": {**_TIMES, **_parts(_TIME, "comp", TIMES)},
    "PQ": _AMOUNTS,
    "IVXB_PQ": {**_AMOUNTS, **_parts(_AMOUNT, "@inclusive")},
    "IVL_PQ": {
        **_AMOUNTS,
        **_parts(_AMOUNT, "@operator"),
        **_parts(_AMOUNT, "low high", "IVXB_PQ"),
        **_parts(_AMOUNT, "width center", "PQ"),
    },
    "PQR": {**_CV, **_parts(_SHOWN, "@value")},
    "RTO_PQ_PQ": {
        **_parts(_AMOUNT, "@nullFlavor"),
        **_parts(_AMOUNT, "numerator denominator", "PQ"),
    },
    "IVL_INT": {
        **_parts(None, "@nullFlavor"),
        **_parts(_SHOWN, "@value @operator low high width center"),
    },
    "CD": _CODE,
    "PriorityCode": {**_CODE, **_parts(_TIME, "@code")},
    "CS": {
        **_parts(None, "@nullFlavor @valueSet @valueSetVersion"),
        **_parts(_FORCE, "@code"),
    },
    "ED": {
        **_parts(None, "@nullFlavor @mediaType @language @integrityCheck thumbnail"),
        **_parts(None, "@integrityCheckAlgorithm"),
        **_parts(_SHOWN, "@representation @compression #text"),
        **_parts(_SHOWN, "reference", "TEL"),
    },
    "TEL": {
        **_parts(None, "@nullFlavor @use useablePeriod"),
        **_parts(_SHOWN, "@value"),
    },
}
"""The types of a line by the name that the schema gives them, without `POCD_MT000040.`."""
