"""A PN13 message as prescriptions: people, lines, products, links, and what was not used."""

from datetime import date

import pytest
from pn13_messages import (
    LINE,
    PATIENT,
    PRESCRIPTION,
    TABLET,
    a_document,
    a_line,
    a_message,
    line_of,
    prescription_of,
    reading_of,
    said,
)

from schemas.codes import ProductCodeSystem
from schemas.finding import FindingCode
from schemas.people import IdentifierKind, IdentityStatus, Patient, Sex
from schemas.prescription import LineAction, LinkKind

MESSAGE = "/Messages/M_Prescription_médicaments"
INS = "249087510812396"


def patient_of(inside: str) -> tuple[Patient, list[tuple[str, str | None]]]:
    prescription = prescription_of(a_message(patient=f"<Patient>{inside}</Patient>"))
    assert prescription.patient is not None
    return prescription.patient, said(prescription.findings)


def test_the_envelope_gives_kind_and_control_id() -> None:
    reading = reading_of(a_message())

    assert (reading.format, reading.kind, reading.control_id) == (
        "pn13",
        "M_Prescription_médicaments",
        "M1",
    )
    assert reading.findings == ()


def test_a_prescription_has_the_message_as_identifier_and_no_group() -> None:
    prescription = prescription_of(a_message())

    assert [identifier.value for identifier in prescription.identifiers] == ["M1"]
    assert prescription.chain.group is None
    assert prescription.location == MESSAGE
    assert str(prescription.authored_at) == "2026-03-01 17:30:00+01:00"


def test_several_messages_of_one_file_are_several_prescriptions() -> None:
    one = a_message().decode().partition('M1">')[2].removesuffix("</Messages>")

    reading = reading_of(a_document(one + one))

    assert [p.location for p in reading.prescriptions] == [f"{MESSAGE}[1]", f"{MESSAGE}[2]"]
    assert [p.identifiers for p in reading.prescriptions] == [(), ()]


def test_a_message_without_envelope_or_namespace_is_read() -> None:
    prescription = f"<Prescription>{a_line()}</Prescription>"
    bare = f"<M_Prescription_médicaments>{PATIENT}{prescription}</M_Prescription_médicaments>"

    (found,) = reading_of(bare.encode()).prescriptions

    assert found.location == "/M_Prescription_médicaments"
    assert len(found.lines) == 1


def test_another_namespace_is_read_and_said() -> None:
    data = a_message().replace(b"http://www.phast.fr/SIPhII", b"urn:other")

    reading = reading_of(data)

    assert len(reading.prescriptions) == 1
    assert [f.code for f in reading.findings] == [FindingCode.STRUCTURE_INVALID]


def test_names_are_known_without_accents_and_case() -> None:
    data = (
        a_message()
        .replace("Elément_posologie".encode(), b"ELEMENT_POSOLOGIE")
        .replace("Quantité".encode(), "Quantité".encode())
        .replace("Id_élément_prescr".encode(), b"id_element_prescr")
    )

    (line,) = reading_of(data).prescriptions[0].lines

    assert line.identifier == "L1"
    assert line.posology.phases[0].location == f"{LINE}/ELEMENT_POSOLOGIE"
    assert line.posology.phases[0].dose is not None


@pytest.mark.parametrize("kind", ["M_Compte_rendu_analyse_pharm", "M_Autre"])
def test_another_message_is_named_and_not_read(kind: str) -> None:
    reading = reading_of(a_document(f"<{kind}><Patient/></{kind}>"))

    assert reading.is_empty
    assert [(f.code, f.location) for f in reading.findings] == [
        (FindingCode.MESSAGE_UNSUPPORTED, f"/Messages/{kind}")
    ]


def test_an_envelope_without_message_and_a_prescription_without_line_are_empty() -> None:
    envelope = reading_of(a_document(""))
    prescription = reading_of(
        a_document(
            f"<M_Prescription_médicaments>{PATIENT}<Prescription/></M_Prescription_médicaments>"
        )
    ).prescriptions[0]

    assert [f.code for f in envelope.findings] == [FindingCode.MESSAGE_EMPTY]
    assert FindingCode.MESSAGE_EMPTY in [f.code for f in prescription.findings]


def test_a_message_without_its_parts_says_so() -> None:
    (prescription,) = reading_of(a_document("<M_Prescription_médicaments/>")).prescriptions

    assert [f.code.value for f in prescription.findings] == ["patient-missing", "element-missing"]


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


@pytest.mark.parametrize(
    ("sent", "action"),
    [
        ("C", LineAction.START),
        ("A", LineAction.STOP),
        ("M", LineAction.CHANGE),
        ("", LineAction.START),
    ],
)
def test_a_line_is_created_stopped_or_changed(sent: str, action: LineAction) -> None:
    line = line_of(a_line(inside=f"<Cré_arr_mod_val>{sent}</Cré_arr_mod_val>"))

    assert line.action is action
    assert line.findings == ()


@pytest.mark.parametrize("sent", ["V", "X"])
def test_an_action_whose_meaning_is_not_public_blocks(sent: str) -> None:
    line = line_of(a_line(inside=f"<Cré_arr_mod_val>{sent}</Cré_arr_mod_val>"))

    assert said(line.findings) == [("order-control-unknown", sent)]


@pytest.mark.parametrize(
    ("sent", "action", "doubts"),
    [
        ("0", LineAction.START, [("status-not-active", "0")]),
        ("1", LineAction.HOLD, [("status-not-active", "1")]),
        ("2", LineAction.START, []),
        ("3", LineAction.START, []),
        ("4", LineAction.CANCEL, [("status-not-active", "4")]),
        ("5", LineAction.START, [("code-invalid", "5")]),
    ],
)
def test_a_line_that_is_not_in_force_says_so(
    sent: str, action: LineAction, doubts: list[tuple[str, str]]
) -> None:
    line = line_of(a_line(inside=f"<GoNogo>{sent}</GoNogo>"))

    assert line.action is action
    assert said(line.findings) == doubts


@pytest.mark.parametrize(
    ("sent", "supplied", "doubts"),
    [
        ("0", False, []),
        ("false", False, []),
        ("1", True, []),
        ("", None, []),
        ("N", None, [("code-invalid", "N")]),
    ],
)
def test_what_is_asked_of_the_pharmacy_is_read(
    sent: str, supplied: bool | None, doubts: list[tuple[str, str]]
) -> None:
    line = line_of(a_line(inside=f"<Fourniture>{sent}</Fourniture>"))

    assert line.supplied is supplied
    assert said(line.findings) == doubts


def test_the_words_of_a_line_are_kept_each_in_its_place() -> None:
    line = line_of(
        a_line(
            inside="""<Libellé_élément_prescr>1 comprimé le matin</Libellé_élément_prescr>
            <Posologie>1-0-0</Posologie><Indication>Douleur</Indication><Urgent>1</Urgent>
            <Commentaire>Avec un verre d'eau</Commentaire>
            <Commentaire_structuré><Texte>À jeun</Texte></Commentaire_structuré>
            <Lieu_administration>Chambre</Lieu_administration>"""
        )
    )

    assert (line.text, line.posology.text, line.indication) == (
        "1 comprimé le matin",
        "1-0-0",
        "Douleur",
    )
    assert [(note.scope, note.text) for note in line.notes] == [
        ("Commentaire", "Avec un verre d'eau"),
        ("Lieu_administration", "Chambre"),
        ("Commentaire_structuré", "À jeun"),
        ("Urgent", "Urgent"),
    ]
    assert line.notes[0].location == f"{LINE}/Commentaire"


def test_a_condition_of_application_blocks() -> None:
    line = line_of(a_line(inside="<Conditions_application>Si TA > 14</Conditions_application>"))

    assert [f.code for f in line.findings] == [FindingCode.EVENT_CONDITION]
    assert [note.text for note in line.notes] == ["Si TA > 14"]


def test_route_and_form_have_the_label_of_the_table_or_of_the_sender() -> None:
    known = line_of(a_line(inside="<Voie_administration>54</Voie_administration><Forme>29</Forme>"))
    own = line_of(
        a_line(
            inside="""<Voie_administration Phast-nomenclature="LOCAL" Phast-signification="Orale">
            PO</Voie_administration><Forme>999</Forme>"""
        )
    )

    assert known.route is not None
    assert known.product.form is not None
    assert (known.route.code, known.route.system, known.route.display) == ("54", None, "voie orale")
    assert (known.product.form.code, known.product.form.display) == ("29", "comprimé")
    assert own.route is not None
    assert own.product.form is not None
    assert (own.route.code, own.route.system, own.route.display) == ("PO", "LOCAL", "Orale")
    assert own.product.form.display is None


def a_component(rank: str, code: str, inside: str = "", attributes: str = "") -> str:
    return f"""<Composant_prescrit><Type_composant_{rank}>{rank}</Type_composant_{rank}>
    <Code_composant_{rank}{attributes}>{code}</Code_composant_{rank}>
    <Libellé_composant>PRODUIT</Libellé_composant>{inside}</Composant_prescrit>"""


@pytest.mark.parametrize(
    ("rank", "code", "system"),
    [
        ("1", "9216902", ProductCodeSystem.UCD7),
        ("1", "3400894000310", ProductCodeSystem.UCD13),
        ("3", "1181", ProductCodeSystem.LOCAL),
        ("3", "100000091372", ProductCodeSystem.SMS),
        ("8", "100000091372", ProductCodeSystem.SMS),
        ("13", "100000091372", ProductCodeSystem.SMS),
        ("14", "MV00000557", ProductCodeSystem.MV),
        ("4", "9216902", ProductCodeSystem.LOCAL),
        ("7", "M12", ProductCodeSystem.LOCAL),
        ("12", "3400894000310", ProductCodeSystem.UCD13),
    ],
)
def test_a_code_is_of_the_list_that_its_type_and_shape_say(
    rank: str, code: str, system: ProductCodeSystem
) -> None:
    line = line_of(a_line(components=a_component(rank, code)))

    assert [(c.system, c.value, c.authority) for c in line.product.codes] == [
        (system, code, f"Type_composant_{rank}")
    ]
    assert line.findings == ()


@pytest.mark.parametrize(
    ("rank", "code"),
    [("1", "ABC"), ("1", "3400894000311"), ("1", "3400949497294"), ("15", "123")],
)
def test_a_code_that_is_not_of_its_list_is_kept_and_doubted(rank: str, code: str) -> None:
    line = line_of(a_line(components=a_component(rank, code)))

    assert [c.value for c in line.product.codes] == [code]
    assert said(line.findings) == [("product-code-wrong", code)]


def test_a_code_keeps_the_nomenclature_of_its_sender() -> None:
    named = a_component("1", "9216902", attributes=' Phast-nomenclature="SIPh-CIO_UCD"')

    line = line_of(a_line(components=named))

    assert [(c.system, c.authority) for c in line.product.codes] == [
        (ProductCodeSystem.UCD7, "SIPh-CIO_UCD")
    ]


@pytest.mark.parametrize(
    ("flags", "allowed"),
    [(("0", "0"), True), (("0", "1"), False), (("", "1"), False), (("", ""), None)],
)
def test_one_component_that_may_not_be_replaced_forbids_it_for_the_line(
    flags: tuple[str, str], allowed: bool | None
) -> None:
    parts = "".join(
        a_component("1", "9216902", f"<Non_substituable>{flag}</Non_substituable>")
        for flag in flags
    )

    assert line_of(a_line(components=parts)).substitution_allowed is allowed


def test_several_components_are_a_mixture_and_block() -> None:
    line = line_of(
        a_line(components=TABLET + a_component("1", "9216902", "<Véhicule>1</Véhicule>"))
    )

    assert line.product.codes == ()
    assert line.product.text == "PARACETAMOL EXEMPLE 1000 mg, comprimé + PRODUIT"
    assert [part.carrier for part in line.product.ingredients] == [False, True]
    assert [f.code for f in line.findings] == [FindingCode.PRODUCT_COMPOUND]


def test_a_line_without_product_or_number_says_so() -> None:
    line = line_of(a_line(components="", number=""))

    assert [f.code.value for f in line.findings] == ["element-missing", "product-missing"]


@pytest.mark.parametrize(
    ("sent", "kind", "doubts"),
    [
        ("3", LinkKind.ALTERNATIVE, [("line-alternative", "L2")]),
        ("6", LinkKind.MODIFIES, []),
        ("7", LinkKind.REPLACES, []),
        ("1", LinkKind.OTHER, [("code-invalid", "1")]),
        ("2", LinkKind.OTHER, [("code-invalid", "2")]),
    ],
)
def test_a_link_is_of_a_known_kind_or_blocks(
    sent: str, kind: LinkKind, doubts: list[tuple[str, str]]
) -> None:
    line = line_of(
        a_line(
            inside=f"""<Elément_lié><Id_Elément_lié>L2</Id_Elément_lié>
            <Type_liaison_élément>{sent}</Type_liaison_élément></Elément_lié>"""
        )
    )

    assert [(link.kind, link.line) for link in line.links] == [(kind, "L2")]
    assert said(line.findings) == doubts


def test_the_trail_says_what_each_value_became_and_what_nothing_used() -> None:
    reading = reading_of(a_message(a_line(inside="<Type_élément_prescr>0</Type_élément_prescr>")))

    places = {source.location: source.gives for source in reading.sources}
    assert places[f"{LINE}/Id_élément_prescr"] == "line.identifiers"
    assert places[f"{LINE}/Elément_posologie/Quantité/Nombre"] == "dose.value"
    assert places["/Messages/@Phast-id_message"] == "control_id"
    assert [source.location for source in reading.unused] == [f"{LINE}/Type_élément_prescr"]


def test_a_protocol_is_said_not_to_be_read() -> None:
    prescription = prescription_of(
        a_message(header="<Protocole_prescrit_médic><Id>P</Id></Protocole_prescrit_médic>")
    )

    assert [(f.code.value, f.location) for f in prescription.findings] == [
        ("message-unsupported", f"{PRESCRIPTION}/Protocole_prescrit_médic")
    ]


def test_a_comment_of_the_file_does_not_cut_a_number() -> None:
    data = a_message().replace(b"<Nombre>1</Nombre>", b"<Nombre>1<!-- ? -->0</Nombre>")

    (line,) = reading_of(data).prescriptions[0].lines

    dose = line.posology.phases[0].dose
    assert dose is not None
    assert dose.exact is not None
    assert str(dose.exact.value) == "10"


def test_no_message_of_a_finding_quotes_the_patient() -> None:
    reading = reading_of(
        a_message(patient="<Patient><Nom_naissance>SECRET</Nom_naissance>"
                          "<INS>SECRET</INS><Sexe>SECRET</Sexe>"
                          "<Date_naissance>SECRET</Date_naissance></Patient>",
                  written="SECRET")
    )  # fmt: skip

    (prescription,) = reading.prescriptions
    assert len(prescription.findings) >= 4
    assert all("SECRET" not in finding.message for finding in prescription.findings)


def test_two_prescriptions_of_one_message_are_both_read() -> None:
    parts = "".join(f"<Prescription>{a_line(number=number)}</Prescription>" for number in "AB")

    reading = reading_of(
        a_document(f"<M_Prescription_médicaments>{PATIENT}{parts}</M_Prescription_médicaments>")
    )

    assert [p.location for p in reading.prescriptions] == [
        f"{MESSAGE}/Prescription[1]",
        f"{MESSAGE}/Prescription[2]",
    ]
    assert [p.lines[0].identifier for p in reading.prescriptions] == ["A", "B"]


def test_two_patients_of_one_message_contradict_each_other() -> None:
    prescription = prescription_of(a_message(patient=PATIENT + PATIENT))

    assert [f.code for f in prescription.findings] == [FindingCode.PATIENT_CONTRADICTED]


def test_an_element_that_nobody_knows_is_told_with_its_value() -> None:
    prescription = prescription_of(
        a_message(a_line(inside="<Suspendu_jusque>J3</Suspendu_jusque>"))
    )

    assert [(f.code.value, f.location, f.quoted) for f in prescription.findings] == [
        ("element-unread", f"{LINE}/Suspendu_jusque", "J3")
    ]


def test_an_unknown_element_of_a_posology_is_told_once() -> None:
    inside = "<Elément_posologie><Saut>2</Saut></Elément_posologie>"

    prescription = prescription_of(a_message(a_line(inside)))

    assert prescription.findings == ()
    assert said(prescription.lines[0].posology.phases[0].findings) == [("timing-unsupported", "2")]
