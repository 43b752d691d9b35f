"""PN13 messages for tests: each argument is the XML that matters to the test."""

from connectors.pn13.read import read
from mappings.catalogue import load_site
from schemas.connector import Reading
from schemas.finding import Finding
from schemas.posology import Phase
from schemas.prescription import Line, Prescription
from schemas.site import Site

REFERENCE = load_site("reference")
PRESCRIPTION = "/Messages/M_Prescription_médicaments/Prescription"
LINE = f"{PRESCRIPTION}/Elément_prescr_médic"
POSOLOGY = f"{LINE}/Elément_posologie"
TABLET = """
<Composant_prescrit>
  <Type_composant_1>1</Type_composant_1>
  <Code_composant_1>3400894000310</Code_composant_1>
  <Libellé_composant>PARACETAMOL EXEMPLE 1000 mg, comprimé</Libellé_composant>
</Composant_prescrit>
"""
ONE_TABLET = "<Quantité><Nombre>1</Nombre><Unité>cpr</Unité></Quantité>"
PATIENT = "<Patient><Ipp>0000451</Ipp><Nom_naissance>EXEMPLE</Nom_naissance></Patient>"
ACTIVITY = """
<Type_événement_début>2</Type_événement_début>
<Evt_structuré_début><Evénement_structuré>
  <Evt_objet><Evt_nature>2</Evt_nature>
    <Evt_activité><Evt_activité_code>{activity}</Evt_activité_code></Evt_activité></Evt_objet>
  <Evt_opérateur>{operator}</Evt_opérateur>
</Evénement_structuré></Evt_structuré_début>
"""
CLINICAL = """
<Type_événement_début>3</Type_événement_début>
<Evt_structuré_début><Evénement_structuré>
  <Evt_objet><Evt_nature>1</Evt_nature>
    <Evt_clinique><Evt_clinique_code>{code}</Evt_clinique_code></Evt_clinique></Evt_objet>
  <Evt_libellé>{words}</Evt_libellé>
</Evénement_structuré></Evt_structuré_début>
"""
DAILY_FREQUENCY = """<Fréquence_structurée><Frq_échelle>4</Frq_échelle></Fréquence_structurée>"""
PRESCRIBER = "<Id_prescripteur>899700012349</Id_prescripteur>"
BOUNDS = "<Dh_début>20260302060000</Dh_début><Dh_fin>20260308235959</Dh_fin>"


def a_document(inside: str) -> bytes:
    """The envelope around messages."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Messages xmlns="http://www.phast.fr/SIPhII" Phast-id_message="M1">{inside}</Messages>""".encode()


def a_message(
    *lines: str, patient: str = PATIENT, header: str = "", written: str = "20260301173000"
) -> bytes:
    """A message of these lines; without any, of one line with one tablet and no timing."""
    return a_document(
        f"""<M_Prescription_médicaments>{patient}<Prescription>
<Dh_prescription>{written}</Dh_prescription>{header}{"".join(lines or (a_line(),))}
</Prescription></M_Prescription_médicaments>"""
    )


def a_line(
    posology: str = f"<Elément_posologie>{ONE_TABLET}</Elément_posologie>",
    *,
    inside: str = "",
    bounds: str = BOUNDS,
    components: str = TABLET,
    prescriber: str = PRESCRIBER,
    number: str = "L1",
) -> str:
    """A line; `inside` are further elements of it."""
    return f"""<Elément_prescr_médic><Id_élément_prescr>{number}</Id_élément_prescr>
{prescriber}{bounds}{inside}{components}{posology}</Elément_prescr_médic>"""


def a_posology(inside: str, dose: str = ONE_TABLET) -> str:
    """A posology element of one tablet, or of another dose."""
    return f"<Elément_posologie>{inside}{dose}</Elément_posologie>"


def amount(number: str, unit: str, attributes: str = "") -> str:
    """A quantity; `attributes` are those of its unit, as XML."""
    return f"<Quantité><Nombre>{number}</Nombre><Unité{attributes}>{unit}</Unité></Quantité>"


def reading_of(data: bytes, site: Site = REFERENCE) -> Reading:
    """What is read, at the reference site or another."""
    return read(data, site)


def prescription_of(data: bytes) -> Prescription:
    """The only prescription of a message."""
    (prescription,) = reading_of(data).prescriptions
    return prescription


def line_of(line: str) -> Line:
    """The only line of a message."""
    (read_line,) = prescription_of(a_message(line)).lines
    return read_line


def phase_of(posology: str, *, site: Site = REFERENCE, components: str = TABLET) -> Phase:
    """The only phase of a line."""
    data = a_message(a_line(posology, components=components))
    (phase,) = reading_of(data, site).prescriptions[0].lines[0].posology.phases
    return phase


def said(findings: tuple[Finding, ...]) -> list[tuple[str, str | None]]:
    """The codes with the values quoted."""
    return [(finding.code.value, finding.quoted) for finding in findings]
