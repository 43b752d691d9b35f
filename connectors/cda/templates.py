"""The OIDs that say what a part of a document is. Source: ANS, CI-SIS eP-MED-DM 2024.01."""

from enum import StrEnum

HL7_V3 = "urn:hl7-org:v3"
E_PRESCRIPTION = "1.2.250.1.213.1.1.1.39"
"""Document template; its extension is the edition of the guide."""
EDITIONS = ("2022.01", "2023.01", "2024.01")
PRESCRIPTION_LOINC = "57833-6"

SECTION_MEDICINES = "1.2.250.1.213.1.1.2.171"
SECTION_COMMENT_LOINC = "55112-7"
SECTIONS_WITHOUT_CARE = ("57723-9", "55108-5")
"""The bar code and the PDF copy: they repeat the document."""

DISPENSATION = "1.2.250.1.213.1.1.1.54"
"""Document template of eDISP-MED."""
DISPENSATION_EDITIONS = ("2024.01",)
DISPENSATION_LOINC = "60593-1"
SECTION_DISPENSED = "1.2.250.1.213.1.1.2.236"
SECTION_DISPENSED_LOINC = "60590-7"
DISPENSED = "1.2.250.1.213.1.1.3.204"
ORDERED_LINE = "1.2.250.1.213.1.1.3.90"
"""What a dispensed product points at: the line of the prescription."""
SUBSTITUTED = "1.2.250.1.213.1.1.3.206"

TREATMENT = "1.2.250.1.213.1.1.3.42"
"""FR-Traitement: a treatment that a summary states. Its steps are 1.2.250.1.213.1.1.3.42.1."""
TREATMENT_TERMS = {
    f"{TREATMENT}.3": "Traitement au long cours",
    f"{TREATMENT}.4": "Traitement aigu",
}
SECTIONS_OF_TREATMENTS = ("1.2.250.1.213.1.1.2.143", "1.2.250.1.213.1.1.2.146")
"""Current treatments, treatments at discharge."""
LAST_INTAKE = "1.2.250.1.213.1.1.1.23"
"""DLU-EHPAD-FLUDT, which states when the usual treatment was last taken."""
COMMENT = "1.2.250.1.213.1.1.3.32"

LINE = "1.2.250.1.213.1.1.3.83"
STEP = "1.2.250.1.213.1.1.3.83.1"
STRUCTURED = "1.3.6.1.4.1.19376.1.9.1.3.6"
INSTRUCTION_PATIENT = "PINSTRUCT"
INSTRUCTION_PHARMACIST = "FINSTRUCT"
QUANTITY = "1.2.250.1.213.1.1.3.86"
SUBSTITUTION = "1.2.250.1.213.1.1.3.87"
SIMPLE_OBSERVATION = "1.2.250.1.213.1.1.3.48"

E_PRESCRIPTION_NUMBER = "1.2.250.1.215.500.1.1"
UCUM = "http://unitsofmeasure.org"
EDQM = "0.4.0.127.0.16.1.1.2.1"


class Mode(StrEnum):
    """How the steps of a line make its posology. Exactly one is declared on each line."""

    NORMAL = "1.3.6.1.4.1.19376.1.5.3.1.4.7.1"
    TAPERED = "1.3.6.1.4.1.19376.1.5.3.1.4.8"
    SPLIT = "1.3.6.1.4.1.19376.1.5.3.1.4.9"
    CONDITIONAL = "1.3.6.1.4.1.19376.1.5.3.1.4.10"
    COMBINED = "1.3.6.1.4.1.19376.1.5.3.1.4.11"
    DELAYED = "1.3.6.1.4.1.19376.1.5.3.1.4.21"
