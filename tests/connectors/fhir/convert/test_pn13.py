"""PN13 in FHIR row by row, as the ConceptMaps of the ANS e-prescription guide ask for it."""

import json
from decimal import Decimal
from typing import Any

import pytest
from pn13_messages import ACTIVITY, CLINICAL, PATIENT, a_line, a_message, a_posology

from connectors import registry
from mappings.catalogue import load_site, table
from schemas.conversion import Conversion

REFERENCE = load_site("reference")
EDQM, UCUM = "http://standardterms.edqm.eu", "http://unitsofmeasure.org"
Json = dict[str, Any]


def converted(message: bytes) -> Conversion:
    reading = registry.connector("pn13").read(message, REFERENCE)
    return registry.connector("fhir").converter("json").convert(reading, REFERENCE, "s")


def resources(message: bytes, kind: str) -> list[Json]:
    bundle = json.loads(converted(message).content, parse_float=Decimal)
    listed = [entry["resource"] for entry in bundle["entry"]]
    return [resource for resource in listed if resource["resourceType"] == kind]


def request_of(message: bytes) -> Json:
    [request] = resources(message, "MedicationRequest")
    return request


def dosage_of(message: bytes) -> Json:
    [dosage] = request_of(message)["dosageInstruction"]
    return dosage


def a_limit(kind: str, amount: str, unit: str) -> str:
    return f"""<Elément_posologie><Type_événement_début>4</Type_événement_début>
<Evénement_début>{kind}</Evénement_début>
<Quantité><Nombre>{amount}</Nombre><Unité>{unit}</Unité></Quantité></Elément_posologie>"""


def test_every_unit_of_the_free_set_is_one_of_ucum_or_edqm() -> None:
    for row in table("pn13/units"):
        amount = f"<Quantité><Nombre>2</Nombre><Unité>{row.code}</Unité></Quantité>"

        [dose] = dosage_of(a_message(a_line(a_posology("", amount))))["doseAndRate"]

        name, _, code = row.text.partition(" ")
        system = {"UCUM": UCUM, "EDQM": EDQM}[name]
        quantity = dose["doseQuantity"]
        assert (quantity["value"], quantity["code"], quantity["system"]) == (2, code, system)


def test_a_unit_route_and_form_of_edqm_stay_their_codes() -> None:
    amount = """<Quantité><Nombre>2</Nombre>
<Unité Phast-nomenclature="EDQM">15054000</Unité></Quantité>"""
    inside = """<Voie_administration Phast-nomenclature="EDQM">20053000</Voie_administration>
<Forme Phast-nomenclature="EDQM">10219000</Forme>"""
    message = a_message(a_line(a_posology("", amount), inside=inside))

    dosage = dosage_of(message)
    [medication] = resources(message, "Medication")

    assert dosage["doseAndRate"][0]["doseQuantity"]["code"] == "15054000"
    assert dosage["route"]["coding"][0]["system"] == EDQM
    assert dosage["route"]["coding"][0]["code"] == "20053000"
    assert medication["form"]["coding"][0]["code"] == "10219000"


@pytest.mark.parametrize("list_name", ["", ' Phast-nomenclature="SIPh-Voie_administration"'])
def test_a_route_of_the_free_set_is_the_one_of_edqm(list_name: str) -> None:
    inside = f"<Voie_administration{list_name}>54</Voie_administration>"

    route = dosage_of(a_message(a_line(inside=inside)))["route"]

    assert route == {"coding": [{"system": EDQM, "code": "20053000", "display": "Voie orale"}]}


@pytest.mark.parametrize(
    ("inside", "priority"),
    [("<Urgent>1</Urgent>", "urgent"), ("<Urgent>0</Urgent>", "routine"), ("", "routine")],
)
def test_urgency_is_the_priority(inside: str, priority: str) -> None:
    assert request_of(a_message(a_line(inside=inside)))["priority"] == priority


def test_a_line_that_the_pharmacy_does_not_supply_has_a_first_fill_of_zero() -> None:
    held = request_of(a_message(a_line(inside="<Fourniture>0</Fourniture>")))
    supplied = request_of(a_message(a_line(inside="<Fourniture>1</Fourniture>")))

    assert held["dispenseRequest"] == {"initialFill": {"quantity": {"value": 0}}}
    assert "dispenseRequest" not in supplied


@pytest.mark.parametrize(
    ("stated", "status"),
    [
        ("0", "unknown"),
        ("1", "on-hold"),
        ("2", "active"),
        ("3", "active"),
        ("4", "cancelled"),
    ],
)
def test_gonogo_is_the_status(stated: str, status: str) -> None:
    request = request_of(a_message(a_line(inside=f"<GoNogo>{stated}</GoNogo>")))

    assert (request["status"], request["intent"]) == (status, "order")


def test_the_words_of_a_line_have_the_scope_and_the_beginning_of_the_concept_map() -> None:
    inside = """<Libellé_élément_prescr>1 comprimé</Libellé_élément_prescr>
<Indication>fièvre</Indication><Commentaire>à jeun</Commentaire>
<Conditions_application>après avis</Conditions_application>"""
    header = "<Commentaire>entrée du jour</Commentaire>"

    notes = request_of(a_message(a_line(inside=inside), header=header))["note"]

    said = {note["extension"][0]["valueCode"]: note["text"] for note in notes}
    assert said == {
        "LIPRESCTXT": "Prescription textuelle: 1 comprimé",
        "LIPRESCIND": "Indication sur la ligne de prescription: fièvre",
        "LIPRESCCOMM": "Commentaire sur la ligne de prescription: à jeun",
        "LIPRESCCONDAPPL": "Condition d'application sur la ligne de prescription: après avis",
        "PRESCCOM": "Commentaire sur la prescription: entrée du jour",
    }


def test_the_author_of_a_structured_comment_is_that_of_the_note() -> None:
    comment = """<Commentaire_structuré><Identification_auteur>
<Identifiant>899700012349</Identifiant>
<Domaine_identification>1.2.250.1.71.4.2.1</Domaine_identification>
<Nom_usage>MODELE</Nom_usage><Prénom_usage>Claude</Prénom_usage>
</Identification_auteur><Texte>à revoir</Texte></Commentaire_structuré>"""

    [note] = request_of(a_message(a_line(inside=comment)))["note"]

    assert note["authorReference"]["identifier"]["value"] == "899700012349"
    assert note["authorReference"]["identifier"]["system"] == "urn:oid:1.2.250.1.71.4.2.1"
    assert note["authorReference"]["display"] == "Claude MODELE"


def test_place_device_reason_of_waiting_and_posology_in_words_have_their_elements() -> None:
    inside = """<Lieu_administration>à domicile</Lieu_administration>
<Dispositif_associé>pompe</Dispositif_associé><Motif_attente>bilan attendu</Motif_attente>
<Posologie>un le matin</Posologie>"""

    request = request_of(a_message(a_line(inside=inside)))

    assert request["dispenseRequest"]["performer"] == {"display": "à domicile"}
    assert {"type": "Device", "display": "pompe"} in request["supportingInformation"]
    assert request["statusReason"] == {"text": "bilan attendu"}
    assert request["extension"][0]["valueMarkdown"] == "un le matin"


@pytest.mark.parametrize(
    ("activity", "operator", "repeat"),
    [
        ("5", "5", {"when": ["CD"]}),
        ("4", "4", {"when": ["ACM"], "offset": 0}),
        ("6", "6", {"when": ["PCV"], "offset": 0}),
    ],
)
def test_an_activity_and_its_operator_are_a_moment(
    activity: str, operator: str, repeat: Json
) -> None:
    event = ACTIVITY.format(activity=activity, operator=operator)

    timing = dosage_of(a_message(a_line(a_posology(event), bounds="")))["timing"]

    assert timing["repeat"] == repeat


def test_a_moment_that_fhir_lacks_is_said_by_the_french_extension() -> None:
    event = ACTIVITY.format(activity="10", operator="3")

    repeat = dosage_of(a_message(a_line(a_posology(event), bounds="")))["timing"]["repeat"]

    [extension] = repeat["extension"]
    assert extension["url"].endswith("/fr-additional-when-values")
    assert extension["valueCode"] == "ABT"
    assert "when" not in repeat


def test_the_limits_of_a_line_stand_on_its_dosage_as_the_concept_map_has_them() -> None:
    needed = a_posology(CLINICAL.format(code="0", words="Si besoin"))
    limits = a_limit("1", "6", "h") + a_limit("2", "2", "cpr")
    limits += a_limit("3", "6", "cpr") + a_limit("7", "40", "cpr")

    dosage = dosage_of(a_message(a_line(needed + limits, bounds="")))

    assert dosage["asNeededBoolean"] is True
    assert dosage["timing"]["repeat"] == {"frequencyMax": 1, "period": 6, "periodUnit": "h"}
    assert dosage["maxDosePerAdministration"]["value"] == 2
    most = dosage["maxDosePerPeriod"]
    assert (most["numerator"]["value"], most["denominator"]["value"]) == (6, 1)
    assert most["denominator"]["code"] == "d"
    assert dosage["maxDosePerLifetime"]["value"] == 40


def test_a_mixture_names_each_component_its_vehicle_and_what_the_dose_is_counted_in() -> None:
    def component(code: str, label: str, inside: str) -> str:
        return f"""<Composant_prescrit><Type_composant_1>1</Type_composant_1>
<Code_composant_1>{code}</Code_composant_1><Libellé_composant>{label}</Libellé_composant>
{inside}</Composant_prescrit>"""

    holder = "Quantité_composant_prescrite"
    amount = f"<{holder}><Nombre>{{}}</Nombre><Unité>{{}}</Unité></{holder}>"
    active = component(
        "3400894000310",
        "ACTIF",
        amount.format(2, "amp") + "<Référent_poso>1</Référent_poso>"
        "<Non_substituable>1</Non_substituable>",
    )
    vehicle = component(
        "3400894000174",
        "SOLUTION",
        amount.format(1, "poche") + "<Véhicule>1</Véhicule><Non_substituable>0</Non_substituable>",
    )
    message = a_message(a_line(components=active + vehicle))

    request = request_of(message)
    named = {m["code"]["text"]: m for m in resources(message, "Medication")}
    bundle = json.loads(converted(message).content)
    urls = {e["fullUrl"]: e["resource"] for e in bundle["entry"]}

    whole = named["ACTIF + SOLUTION"]
    assert named["ACTIF"]["amount"]["numerator"]["code"] == "15002000"
    assert named["SOLUTION"]["amount"]["numerator"]["code"] == "15005000"
    marks = [part.get("extension", [{}])[0].get("valueBoolean") for part in whole["ingredient"]]
    assert marks == [None, True]
    [dose] = request["dosageInstruction"][0]["doseAndRate"]
    basis = dose["extension"][0]["valueReference"]["reference"]
    assert urls[basis]["code"]["text"] == "ACTIF"
    assert request["substitution"] == {"allowedBoolean": False}


def test_the_units_and_the_measures_of_the_patient_come_with_the_order() -> None:
    header = """<Unité_hébergement Phast-nomenclature="UF">603</Unité_hébergement>
<Unité_resp_médicale Phast-nomenclature="UF">506</Unité_resp_médicale>
<Rens_compl><Code_rens_compl_1>1</Code_rens_compl_1><Dh_rens_compl>20260301080000</Dh_rens_compl>
<Valeur_rens_compl_1><Nombre>62.5</Nombre><Unité>kg</Unité></Valeur_rens_compl_1></Rens_compl>"""
    message = a_message(header=header)

    supporting = request_of(message)["supportingInformation"]
    [weight] = resources(message, "Observation")

    roles = {
        each["extension"][0]["valueCode"]: each["identifier"]["value"]
        for each in supporting
        if "extension" in each
    }
    assert roles == {"UFHEB": "603", "UFMED": "506"}
    assert weight["code"]["coding"] == [{"system": "http://loinc.org", "code": "29463-7"}]
    assert weight["valueQuantity"] == {
        "value": Decimal("62.5"),
        "unit": "kg",
        "system": UCUM,
        "code": "kg",
    }
    assert weight["effectiveDateTime"] == "2026-03-01T08:00:00+01:00"


def test_somebody_born_abroad_has_the_list_of_countries() -> None:
    born = PATIENT.replace("</Patient>", "<Lieu_naissance>99352</Lieu_naissance></Patient>")

    [patient] = resources(a_message(patient=born), "Patient")

    [place] = patient["extension"]
    [insee] = place["valueAddress"]["extension"]
    assert insee["valueCoding"]["system"].endswith("TRE-R20-Pays")


def test_a_code_of_seven_digits_is_the_one_of_thirteen_with_its_key() -> None:
    component = """<Composant_prescrit><Type_composant_1>1</Type_composant_1>
<Code_composant_1>9400031</Code_composant_1><Libellé_composant>EXEMPLE</Libellé_composant>
</Composant_prescrit>"""

    medication = request_of(a_message(a_line(components=component)))["medicationCodeableConcept"]

    assert medication["coding"] == [
        {"system": "http://data.esante.gouv.fr/ansm/medicament/UCD", "code": "3400894000310"}
    ]


def test_a_rate_is_an_amount_by_time() -> None:
    rate = "<Débit><Nombre>5</Nombre><Unité>mg/h</Unité></Débit>"
    event = "<Type_événement_début>1</Type_événement_début>"

    [dose] = dosage_of(a_message(a_line(a_posology(event, rate))))["doseAndRate"]

    assert dose == {"rateQuantity": {"value": 5, "unit": "mg/h", "system": UCUM, "code": "mg/h"}}
