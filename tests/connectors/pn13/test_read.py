"""A PN13 message as a whole: envelope, mode, what was not used and what was not read."""

import pytest
from pn13_messages import (
    LINE,
    PATIENT,
    PRESCRIPTION,
    a_document,
    a_line,
    a_message,
    line_of,
    prescription_of,
    reading_of,
    said,
)

from schemas.finding import FindingCode
from schemas.site import Site

MESSAGE = "/Messages/M_Prescription_médicaments"


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


def test_the_trail_says_what_each_value_became_and_what_nothing_used() -> None:
    reading = reading_of(a_message(a_line(inside="<Rang_élément_prescr>3</Rang_élément_prescr>")))

    places = {source.location: source.gives for source in reading.sources}
    assert places[f"{LINE}/Id_élément_prescr"] == "line.identifiers"
    assert places[f"{LINE}/Elément_posologie/Quantité/Nombre"] == "dose.value"
    assert places["/Messages/@Phast-id_message"] == "control_id"
    assert [source.location for source in reading.unused] == [f"{LINE}/Rang_élément_prescr"]


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
    line = line_of(a_line(inside="<Suspendu_jusque>J3</Suspendu_jusque>"))

    assert [(f.code.value, f.location, f.quoted) for f in line.findings] == [
        ("element-unread", f"{LINE}/Suspendu_jusque", "J3")
    ]


def test_an_unknown_element_of_a_posology_is_told_once() -> None:
    inside = "<Elément_posologie><Saut>2</Saut></Elément_posologie>"

    prescription = prescription_of(a_message(a_line(inside)))

    assert prescription.findings == ()
    assert said(prescription.lines[0].posology.phases[0].findings) == [("timing-unsupported", "2")]


def test_a_site_may_state_that_a_mode_is_complete(own_site: Site) -> None:
    data = a_message(header="<Mode_communication>2</Mode_communication>")

    (prescription,) = reading_of(data, own_site).prescriptions

    assert prescription.chain.complete is True
    assert prescription.findings == ()


def test_a_root_that_is_no_envelope_is_named_once() -> None:
    reading = reading_of(b"<Patients><Patient>1</Patient><Patient>2</Patient></Patients>")

    assert [(f.code, f.location, f.quoted) for f in reading.findings] == [
        (FindingCode.MESSAGE_UNSUPPORTED, "/Patients", "Patients")
    ]


def test_another_element_of_the_envelope_is_told_and_blocks_nothing() -> None:
    data = a_message().replace(b"</Messages>", b"<Pied><Nombre>1</Nombre></Pied></Messages>")

    reading = reading_of(data)

    assert len(reading.prescriptions) == 1
    assert [(f.code.value, f.location) for f in reading.findings] == [
        ("element-unread", "/Messages/Pied")
    ]


def test_a_text_between_two_elements_is_told() -> None:
    data = a_message(a_line(inside="<Fourniture>1</Fourniture> sauf le lundi "))

    reading = reading_of(data)

    assert [(f.code.value, f.location, f.quoted) for f in reading.findings] == [
        ("value-invalid", f"{LINE}/Fourniture/following-text", "sauf le lundi")
    ]


def test_labels_that_repeat_the_name_of_an_element_are_not_counted_as_unused() -> None:
    data = a_message().replace(b"<Ipp>", '<Ipp Phast-libellé="IPP" Phast-type="S">'.encode())

    assert reading_of(data).unused == ()


def test_a_finding_shows_the_beginning_of_a_long_value_and_the_trail_the_whole() -> None:
    reading = reading_of(a_message(a_line(inside=f"<Inconnu>{'x' * 5000}</Inconnu>")))

    (finding,) = reading.prescriptions[0].lines[0].findings
    assert finding.quoted == "x" * 200
    assert [len(source.value) for source in reading.unused] == [5000]


def test_an_analysis_that_comes_in_is_told_line_by_line_and_is_no_order() -> None:
    line = """<Elément_prescr_pharm><Id_élément_prescr>{}</Id_élément_prescr>
    <Validation_pharm>{}</Validation_pharm><Proposition_pharm>{}</Proposition_pharm>
    <Commentaire_pharmacien>{}</Commentaire_pharmacien></Elément_prescr_pharm>"""
    lines = line.format("L1", "2", "", "Doublon") + line.format("L2", "1", "3", "")
    report = f"<Compte_rendu_pharm>{lines}</Compte_rendu_pharm>"
    name = "M_Compte_rendu_analyse_pharm"

    reading = reading_of(a_document(f"<{name}>{report}</{name}>"))

    assert reading.is_empty
    assert [(f.code.value, f.message, f.quoted) for f in reading.findings[1:]] == [
        ("analysis-received", "Elément_prescr_pharm: intervention", "L1: Doublon"),
        ("analysis-received", "Elément_prescr_pharm: validation, substitution", "L2"),
    ]
    assert reading.unused == ()
