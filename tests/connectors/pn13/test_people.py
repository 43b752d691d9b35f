"""Patient, stay and prescriber of a PN13 message."""

from datetime import date

import pytest
from pn13_messages import (
    a_line,
    a_message,
    prescription_of,
    said,
)

from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.people import CareUnit, CareUnitRole, IdentifierKind, IdentityStatus, Patient, Sex

MESSAGE = "/Messages/M_Prescription_médicaments"

INS = "249087510812396"


def patient_of(inside: str) -> tuple[Patient, list[tuple[str, str | None]]]:
    prescription = prescription_of(a_message(patient=f"<Patient>{inside}</Patient>"))
    assert prescription.patient is not None
    return prescription.patient, said(prescription.findings)


def test_a_patient_is_read_with_every_identifier_and_its_authority() -> None:
    patient, doubts = patient_of(
        f"""<Ipp>0000451</Ipp><DI>1.2.250.1.999.1</DI><Nom_usuel>USAGE</Nom_usuel>
        <Nom_naissance>NAISSANCE</Nom_naissance><Premier_prénom>Odette</Premier_prénom>
        <Prénoms>Odette Marie</Prénoms><Date_naissance>19490812000000</Date_naissance>
        <Lieu_naissance>75108</Lieu_naissance><Sexe>F</Sexe>
        <INS>{INS}</INS><INS_OID>1.2.250.1.213.1.4.8</INS_OID>
        <Statut_idpat>VALI</Statut_idpat>"""
    )

    assert [(i.kind, i.value, i.authority) for i in patient.identifiers] == [
        (IdentifierKind.IPP, "0000451", "1.2.250.1.999.1"),
        (IdentifierKind.INS_NIR, INS, "1.2.250.1.213.1.4.8"),
    ]
    assert patient.identity_status is IdentityStatus.VALIDATED
    assert patient.qualified_ins is not None
    assert (patient.birth_name, patient.used_name) == ("NAISSANCE", "USAGE")
    assert patient.given_names == ("Odette", "Marie")
    assert (patient.birth_date, patient.birth_place, patient.sex) == (
        date(1949, 8, 12),
        "75108",
        Sex.FEMALE,
    )
    assert patient.location == f"{MESSAGE}/Patient"
    assert doubts == []


@pytest.mark.parametrize("status", ["3", "PROV", ""])
def test_an_ins_without_the_status_vali_is_not_qualified(status: str) -> None:
    patient, doubts = patient_of(
        f"""<Ipp>1</Ipp><INS>{INS}</INS><INS_OID>1.2.250.1.213.1.4.8</INS_OID>
        <Statut_idpat>{status}</Statut_idpat>"""
    )

    assert patient.qualified_ins is None
    assert doubts == [("identity-unqualified", status or INS)]


def test_an_ins_whose_key_is_wrong_is_kept_and_doubted() -> None:
    patient, doubts = patient_of(
        """<INS>249087510812397</INS><INS_OID>1.2.250.1.213.1.4.8</INS_OID>
        <Statut_idpat>VALI</Statut_idpat>"""
    )

    assert [i.value for i in patient.identifiers] == ["249087510812397"]
    assert doubts == [("identifier-key-wrong", "249087510812397")]


@pytest.mark.parametrize(
    ("first", "every", "given"),
    [
        ("", "Odette Marie", ("Odette Marie",)),
        ("Odette", "", ("Odette",)),
        ("Odette", "Odette", ("Odette",)),
        ("Odette", "Marie Odette", ("Odette", "Marie Odette")),
    ],
)
def test_a_list_of_given_names_is_never_cut_up(
    first: str, every: str, given: tuple[str, ...]
) -> None:
    patient, _ = patient_of(
        f"<Ipp>1</Ipp><Premier_prénom>{first}</Premier_prénom><Prénoms>{every}</Prénoms>"
    )

    assert patient.given_names == given


@pytest.mark.parametrize(
    ("sent", "sex"), [("M", Sex.MALE), ("U", Sex.UNKNOWN), ("O", Sex.OTHER), ("", None)]
)
def test_a_sex_is_that_of_the_table(sent: str, sex: Sex | None) -> None:
    patient, doubts = patient_of(f"<Ipp>1</Ipp><Sexe>{sent}</Sexe>")

    assert (patient.sex, doubts) == (sex, [])


def test_a_sex_and_a_birth_date_that_cannot_be_read_are_doubted() -> None:
    patient, doubts = patient_of(
        "<Ipp>1</Ipp><Date_naissance>19490012</Date_naissance><Sexe>1</Sexe>"
    )

    assert (patient.birth_date, patient.sex) == (None, None)
    assert doubts == [("value-invalid", "19490012"), ("code-invalid", "1")]


def test_a_patient_whom_nothing_names_is_missing() -> None:
    _, doubts = patient_of("<Ipp/><Sexe>F</Sexe>")

    assert doubts == [("patient-missing", None)]


def test_a_stay_has_its_number_and_unit() -> None:
    data = a_message(header="<Unité_hébergement>603</Unité_hébergement>").replace(
        b"</Patient>",
        "</Patient><Séjour><Id_séjour>26</Id_séjour><DI_séjour>1.2.3</DI_séjour></Séjour>".encode(),
    )

    stay = prescription_of(data).stay

    assert stay is not None
    assert stay.visit is not None
    assert (stay.visit.value, stay.visit.kind, stay.visit.authority, stay.unit) == (
        "26",
        IdentifierKind.VISIT,
        "1.2.3",
        "603",
    )


def test_a_prescriber_by_number_has_the_rpps_that_it_holds() -> None:
    prescriber = prescription_of(a_message()).prescriber

    assert prescriber is not None
    assert [(i.kind, i.value) for i in prescriber.identifiers] == [
        (IdentifierKind.IDNPS, "899700012349"),
        (IdentifierKind.RPPS, "99700012349"),
    ]


def a_person(number: str, domain: str = "") -> str:
    return f"""<Identification_prescripteur><Identifiant>{number}</Identifiant>{domain}
    <Nom_usage>MODELE</Nom_usage><Prénoms>Claude</Prénoms></Identification_prescripteur>"""


def test_a_prescriber_of_a_local_domain_has_no_rpps() -> None:
    name = "Domaine_identification"
    local = f'<{name} Phast-nomenclature="SIPh-IDP_Domaine_Id">0</{name}>'

    prescriber = prescription_of(
        a_message(a_line(prescriber=a_person("899700012349", local)))
    ).prescriber

    assert prescriber is not None
    assert [(i.kind, i.value, i.authority) for i in prescriber.identifiers] == [
        (IdentifierKind.OTHER, "899700012349", "SIPh-IDP_Domaine_Id|0")
    ]
    assert (prescriber.family_name, prescriber.given_name) == ("MODELE", "Claude")


def test_a_wrong_rpps_key_keeps_the_number_and_is_doubted() -> None:
    prescription = prescription_of(
        a_message(a_line(prescriber="<Id_prescripteur>899700012340</Id_prescripteur>"))
    )

    assert prescription.prescriber is not None
    assert [i.value for i in prescription.prescriber.identifiers] == ["899700012340"]
    assert said(prescription.findings) == [("identifier-key-wrong", "899700012340")]


def test_no_prescriber_and_two_prescribers_are_doubted() -> None:
    none = prescription_of(a_message(a_line(prescriber="")))
    two = prescription_of(a_message(a_line(), a_line(prescriber=a_person("X1"), number="L2")))

    assert said(none.findings) == [("prescriber-missing", None)]
    assert [f.code for f in two.findings] == [FindingCode.PRESCRIBER_CONTRADICTED]


@pytest.mark.parametrize(
    ("mode", "complete", "doubts"),
    [
        ("I", False, []),
        ("1", None, [("element-unread", "1")]),
        ("2", None, [("element-unread", "2")]),
        ("", None, []),
    ],
)
def test_a_message_is_complete_only_when_a_table_says_so(
    mode: str, complete: bool | None, doubts: list[tuple[str, str]]
) -> None:
    prescription = prescription_of(
        a_message(header=f"<Mode_communication>{mode}</Mode_communication>")
    )

    assert prescription.chain.complete is complete
    assert said(prescription.findings) == doubts


def test_the_units_of_a_stay_keep_their_role_and_their_list() -> None:
    prescription = prescription_of(
        a_message(
            header="""<Unité_hébergement Phast-nomenclature="HM_UF">603</Unité_hébergement>
            <Unité_resp_médicale Phast-nomenclature="LOCAL" Phast-signification="Gériatrie">506
            </Unité_resp_médicale>"""
        )
    )

    assert prescription.stay is not None
    assert prescription.stay.unit == "603"
    assert prescription.stay.units == (
        CareUnit(role=CareUnitRole.HOUSING, code=Coding(code="603", system="HM_UF")),
        CareUnit(
            role=CareUnitRole.MEDICAL,
            code=Coding(code="506", system="LOCAL", display="Gériatrie"),
        ),
    )


def test_a_prescriber_keeps_the_names_in_use_and_the_civil_ones() -> None:
    person = """<Identification_prescripteur><Identifiant>P1</Identifiant>
    <Nom_usage>MARTIN</Nom_usage><Prénom_usage>Zoé</Prénom_usage><Civilité>Mme</Civilité>
    <Titre>Dr</Titre><Nom_famille>DURAND</Nom_famille><Prénoms>Zoé Anne</Prénoms>
    </Identification_prescripteur>"""

    prescriber = prescription_of(a_message(a_line(prescriber=person))).prescriber

    assert prescriber is not None
    assert (prescriber.family_name, prescriber.given_name) == ("MARTIN", "Zoé")
    assert (prescriber.birth_name, prescriber.first_names) == ("DURAND", "Zoé Anne")
    assert (prescriber.prefix, prescriber.suffix) == ("Mme", "Dr")


def test_a_prescriber_without_names_in_use_is_called_by_the_civil_ones() -> None:
    person = """<Identification_prescripteur><Identifiant>P1</Identifiant>
    <Nom_famille>DURAND</Nom_famille><Prénoms>Zoé</Prénoms></Identification_prescripteur>"""

    prescriber = prescription_of(a_message(a_line(prescriber=person))).prescriber

    assert prescriber is not None
    assert (prescriber.family_name, prescriber.given_name) == ("DURAND", "Zoé")
