from datetime import UTC, date, datetime

import pytest
from hl7v2_messages import doubts, joined, msh, read_text

from schemas.movement import Movement, MovementKind
from schemas.people import IdentifierKind, IdentityStatus, Sex

INS = "240053523800122^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS"
EVN = "EVN||20260106101500+0100||||20260106101000+0100"


def adt(event: str, *segments: str) -> str:
    return joined(msh(f"ADT^{event}", version="2.5^FRA^2.11"), EVN, *segments)


def movement(text: str) -> Movement:
    (found,) = read_text(text).movements
    return found


def pid(
    identifiers: str = "1^^^EHPAD^PI",
    names: str = "EXEMPLE^Odette",
    status: str = "",
    sex: str = "F",
    born: str = "19400512",
) -> str:
    places = "^^^^^^H~^^^^^^BDL^^35238"
    return f"PID|1||{identifiers}||{names}||{born}|{sex}|||{places}" + "|" * 21 + status


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("A01", MovementKind.ADMIT),
        ("A02", MovementKind.TRANSFER),
        ("A03", MovementKind.DISCHARGE),
        ("A04", MovementKind.REGISTER),
        ("A08", MovementKind.UPDATE),
        ("A28", MovementKind.ADD_PERSON),
        ("A31", MovementKind.UPDATE),
        ("A06", MovementKind.ADMIT),
        ("A21", MovementKind.LEAVE),
        ("A22", MovementKind.RETURN),
    ],
)
def test_an_event_is_a_movement(event: str, kind: MovementKind) -> None:
    found = movement(adt(event, pid()))

    assert found.kind is kind
    assert found.occurred_at == datetime(2026, 1, 6, 9, 10, tzinfo=UTC)


def test_an_event_that_we_do_not_read_is_refused() -> None:
    reading = read_text(adt("A17", pid()))

    assert reading.is_empty
    assert doubts(reading.findings) == [("message-unsupported", "MSH[1]-9.1")]


def test_identifiers_keep_their_authority_and_their_kind() -> None:
    ins_c = "0123456789^^^ASIP-SANTE-INS-C&1.2.250.1.213.1.4.2&ISO^INS-C"
    other = "77^^^X^ZZ"

    patient = movement(adt("A28", pid(f"1^^^EHPAD&1.2.3&ISO^PI~{INS}~{ins_c}~{other}"))).patient

    assert [(one.kind, one.value, one.authority) for one in patient.identifiers] == [
        (IdentifierKind.IPP, "1", "1.2.3"),
        (IdentifierKind.INS_NIR, "240053523800122", "1.2.250.1.213.1.4.8"),
        (IdentifierKind.INS_C, "0123456789", "1.2.250.1.213.1.4.2"),
        (IdentifierKind.OTHER, "77", "X"),
    ]


def test_names_are_taken_by_their_type() -> None:
    names = "USAGE^Odette^^^^^D~NAISSANCE^Odette^Odette Marie^^^^L"

    patient = movement(adt("A28", pid(names=names))).patient

    assert (patient.birth_name, patient.used_name) == ("NAISSANCE", "USAGE")
    assert patient.given_names == ("Odette", "Marie")
    assert (patient.birth_date, patient.birth_place) == (date(1940, 5, 12), "35238")
    assert patient.sex is Sex.FEMALE


def test_a_birth_date_with_a_time_keeps_its_day() -> None:
    patient = movement(adt("A28", pid(born="19400512003000"))).patient

    assert patient.birth_date == date(1940, 5, 12)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("VALI", IdentityStatus.VALIDATED),
        ("PROV", IdentityStatus.PROVISIONAL),
        ("VALI~DOUT", IdentityStatus.DOUBTED),
        ("VALI~FICT", IdentityStatus.FICTITIOUS),
        ("", None),
    ],
)
def test_the_status_of_the_identity_is_the_least_certain_one(
    said: str, status: IdentityStatus | None
) -> None:
    assert movement(adt("A28", pid(INS, status=said))).patient.identity_status is status


def test_a_status_or_a_sex_outside_its_table_is_said() -> None:
    reading = read_text(adt("A28", pid(status="SÛR", sex="1")))

    assert doubts(reading.findings) == [
        ("structure-invalid", "PID[1]-32"),
        ("structure-invalid", "PID[1]-8"),
    ]


def test_two_numbers_of_one_authority_are_two_patients() -> None:
    reading = read_text(adt("A28", pid("1^^^EHPAD^PI~2^^^EHPAD^PI")))

    assert doubts(reading.findings) == [("patient-contradicted", "PID[1]-3")]


def test_a_second_pid_that_differs_contradicts_the_first() -> None:
    reading = read_text(adt("A08", pid(), pid("2^^^EHPAD^PI")))

    assert doubts(reading.findings) == [("patient-contradicted", "PID[2]-3.1")]


def test_a_movement_without_a_patient_is_refused() -> None:
    reading = read_text(adt("A01", "PV1|1|I"))

    assert reading.is_empty
    assert doubts(reading.findings) == [("patient-missing", "MSH[1]")]


def test_the_french_movement_segment_dates_the_movement() -> None:
    dated = movement(adt("A02", pid(), "ZBE|M1|20260106080000+0100||INSERT|N"))

    assert dated.occurred_at == datetime(2026, 1, 6, 7, tzinfo=UTC)
    assert dated.findings == ()


def test_a_day_without_a_time_is_no_instant_of_a_movement() -> None:
    text = joined(msh("ADT^A01"), "EVN||20260106", pid())

    found = movement(text)

    assert found.occurred_at is None
    assert doubts(found.findings) == [("value-invalid", "EVN[1]-2")]


def test_where_the_patient_is() -> None:
    pv1 = "PV1|1|I|UHR^204^1^TILLEULS&350001236&N" + "|" * 16 + "V17^^^EHPAD^VN"

    stay = movement(adt("A01", pid(), pv1)).stay

    assert stay is not None
    assert (stay.unit, stay.room, stay.bed) == ("UHR", "204", "1")
    assert stay.visit is not None
    assert (stay.visit.value, stay.visit.kind) == ("V17", IdentifierKind.VISIT)
    assert stay.establishment is not None
    assert stay.establishment.name == "TILLEULS"


def test_each_pair_of_pid_and_mrg_is_a_merge() -> None:
    text = adt("A40", pid("1^^^E^PI"), "MRG|9^^^E^PI", pid("2^^^E^PI"), "MRG|8^^^E^PI")

    found = read_text(text).movements

    assert [
        (one.patient.identifiers[0].value, one.merged.identifiers[0].value)
        for one in found
        if one.merged
    ] == [("1", "9"), ("2", "8")]


def test_a_merge_that_does_not_say_who_disappears_is_said() -> None:
    without = movement(adt("A40", pid()))
    empty = movement(adt("A40", pid(), "MRG|"))

    assert doubts(without.findings) == [("element-missing", "PID[1]")]
    assert doubts(empty.findings) == [("element-missing", "MRG[1]-1")]
