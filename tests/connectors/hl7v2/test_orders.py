from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hl7v2_messages import (
    ORC,
    PID,
    an_order,
    doubts,
    joined,
    line_doubts,
    msh,
    read_text,
    rxe,
    the_line,
    the_phase,
)

from schemas.codes import ProductCodeSystem
from schemas.prescription import LineAction, LinkKind
from schemas.quantity import Quantity

BID = "TQ1|1||BID"
RXR = "RXR|PO^orale^HL70162"
TABLET = {"unit": "comprimé", "code": "TAB"}


def amount(value: str) -> Quantity:
    return Quantity(value=Decimal(value), **TABLET)


def test_the_least_amount_alone_is_exact() -> None:
    phase = the_phase(rxe("0.50"), BID, RXR)

    assert phase.dose is not None
    assert phase.dose.exact == amount("0.50")
    assert str(phase.dose.low.value if phase.dose.low else "") == "0.50"


def test_two_amounts_are_a_range() -> None:
    phase = the_phase(rxe("1", "2"), BID, RXR)

    assert phase.dose is not None
    assert (phase.dose.low, phase.dose.high) == (amount("1"), amount("2"))
    assert phase.dose.exact is None


@pytest.mark.parametrize("said", ["0,5", "un", "1/2", "1E3", "0", "-1", "0.0"])
def test_an_amount_that_is_no_number_above_zero_is_no_dose(said: str) -> None:
    order = an_order(rxe(said), BID, RXR)

    assert the_line(order).posology.phases[0].dose is None
    assert line_doubts(order) == [("value-invalid", "RXE[1]-3")]


def test_an_amount_deleted_by_the_sender_is_missing() -> None:
    assert line_doubts(an_order(rxe('""'), BID, RXR)) == [("dose-missing", "RXE[1]-3")]


def test_an_amount_by_time_is_a_rate_and_no_dose_of_an_intake() -> None:
    detail = rxe("500", unit="mL") + "|" * 16 + "|h"

    phase = the_phase(detail, BID, RXR)

    assert phase.dose is not None
    assert (phase.dose.low, phase.dose.rate) == (None, "500 mL per h")


def test_an_amount_by_weight_is_by_body() -> None:
    phase = the_phase(rxe("5", unit="mg/kg"), BID, RXR)

    assert phase.dose is not None
    assert phase.dose.per_body
    assert phase.dose.exact is None


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [("1", []), ("1^TAB", []), ("1^TAB&comprimé", [])],
)
def test_a_quantity_of_one_beside_an_amount_is_one_administration(
    quantity: str, expected: list[tuple[str, str]]
) -> None:
    order = an_order(rxe("2"), f"TQ1|1|{quantity}|BID", RXR)

    assert line_doubts(order) == expected
    assert the_line(order).posology.phases[0].dose is not None


@pytest.mark.parametrize("quantity", ["2", "2^TAB", "1^mg", "0"])
def test_another_quantity_beside_an_amount_is_never_multiplied(quantity: str) -> None:
    order = an_order(rxe("2"), f"TQ1|1|{quantity}|BID", RXR)

    phase = the_line(order).posology.phases[0]
    assert phase.dose is not None
    assert phase.dose.exact == amount("2")
    assert [finding.code.value for finding in phase.findings] == ["dose-several"]


def test_a_quantity_with_a_unit_is_the_dose_where_the_order_states_none() -> None:
    phase = the_phase(rxe("", unit=""), "TQ1|1|0.5^TAB&comprimé|HS", RXR)

    assert phase.dose is not None
    assert phase.dose.exact == amount("0.5")
    assert [finding.code.value for finding in phase.findings] == ["structure-invalid"]


def test_a_bare_quantity_is_no_dose() -> None:
    phase = the_phase(rxe("", unit=""), "TQ1|1|2|BID", RXR)

    assert phase.dose is None
    assert [finding.code.value for finding in phase.findings] == ["dose-missing"]


def test_the_dose_of_a_pharmacy_order_is_that_of_rxo() -> None:
    order = an_order(BID, "RXO|P1^PRODUIT^L|2||TAB^comprimé", RXR, header=msh("OMP^O09"))

    line = the_line(order)
    assert line.posology.phases[0].dose is not None
    assert line.posology.phases[0].dose.exact == amount("2")
    assert line.product.location == "RXO[1]-1"


def test_the_requested_amount_never_fills_in_for_the_encoded_one() -> None:
    order = an_order("RXO|P1^PRODUIT^L|2||TAB", RXR, rxe(""), BID, RXR)

    assert the_line(order).posology.phases[0].dose is None


def test_the_requested_amount_in_the_same_unit_must_agree() -> None:
    order = an_order("RXO|P1^PRODUIT^L|2||TAB^comprimé", RXR, rxe("1"), BID, RXR)
    other_word = an_order("RXO|P1^PRODUIT^L|2||CPR^cp", RXR, rxe("1"), BID, RXR)
    other_unit = an_order("RXO|P1^PRODUIT^L|500||mg", RXR, rxe("1"), BID, RXR)

    assert line_doubts(order) == [("dose-several", "RXE[1]-3")]
    assert line_doubts(other_word) == [("dose-several", "RXE[1]-3")]
    assert line_doubts(other_unit) == []


@pytest.mark.parametrize(
    ("requested", "unit", "given", "differs"),
    [
        ("1", "g", "1000", False),
        ("1", "g", "500", True),
        ("5", "mg", "5", False),
        ("5", "g", "5", True),
        ("250", "µg", "0.25", False),
        ("10", "mL", "10", False),
    ],
)
def test_masses_requested_and_encoded_in_two_units_are_compared(
    requested: str, unit: str, given: str, differs: bool
) -> None:
    order = an_order(f"RXO|P1^PRODUIT^L|{requested}||{unit}", RXR, rxe(given, unit="mg"), BID, RXR)

    assert (("dose-several", "RXE[1]-3") in line_doubts(order)) == differs


def test_every_code_of_the_product_is_kept_with_its_list() -> None:
    detail = "RXE||3400932320189^DOLIPRANE^CIP13^63368332^autre^CIS^^^mots|1||TAB"

    product = the_line(an_order(detail + "|" * 26 + "3232018^^CIP7~X9^^LGO", BID, RXR)).product

    assert [(code.system, code.value) for code in product.codes] == [
        (ProductCodeSystem.CIP13, "3400932320189"),
        (ProductCodeSystem.CIS, "63368332"),
        (ProductCodeSystem.CIP7, "3232018"),
        (ProductCodeSystem.LOCAL, "X9"),
    ]
    assert product.text == "mots"


def test_a_strength_is_read_with_its_volume() -> None:
    detail = rxe() + "|" * 20 + "250|mg" + "|" * 7 + "5|mL"

    (strength,) = the_line(an_order(detail, BID, RXR)).product.strengths

    assert strength.numerator == Quantity(value=Decimal(250), unit="mg", code="mg")
    assert strength.denominator == Quantity(value=Decimal(5), unit="mL", code="mL")


def test_the_parts_of_a_mixture_are_listed_and_the_base_is_its_carrier() -> None:
    order = an_order(rxe(), BID, RXR, "RXC|B|S^Sérum^L|500|mL", "RXC|A|K^Potassium^L|1|g")

    assert [(part.text, part.carrier) for part in the_line(order).product.ingredients] == [
        ("Sérum", True),
        ("Potassium", False),
    ]


def test_words_are_kept_with_their_place() -> None:
    order = an_order(
        rxe() + "||^1 comprimé matin et soir" + "|" * 14 + "^ne pas écraser",
        "NTE|1|L|à jeun|RE^Remarque",
        BID,
        RXR,
    )

    line = the_line(order)
    assert line.text == "1 comprimé matin et soir"
    assert [(note.scope, note.text, note.location) for note in line.notes] == [
        ("RXE-21", "ne pas écraser", "RXE[1]-21"),
        ("Remarque", "à jeun", "NTE[1]-3"),
    ]


def test_a_request_for_human_review_blocks() -> None:
    order = an_order(rxe() + "|" * 15 + "Y", BID, RXR)

    assert line_doubts(order) == [("review-asked", "RXE[1]-20")]


def test_an_order_that_is_no_medication_blocks() -> None:
    order = an_order(rxe() + "|" * 39 + "A", BID, RXR)

    assert line_doubts(order) == [("code-invalid", "RXE[1]-44")]


@pytest.mark.parametrize(
    ("control", "action"),
    [
        ("NW", LineAction.START),
        ("XO", LineAction.CHANGE),
        ("DC", LineAction.STOP),
        ("CA", LineAction.CANCEL),
        ("HD", LineAction.HOLD),
        ("RL", LineAction.RESUME),
        ("RP", LineAction.CANCEL),
        ("RO", LineAction.REPLACE),
        ("OP", LineAction.INFORM),
        ("PY", LineAction.INFORM),
    ],
)
def test_an_order_control_is_an_action(control: str, action: LineAction) -> None:
    line = the_line(an_order(rxe(), BID, RXR, orc=f"ORC|{control}|L1"))

    assert line.action is action
    assert line.findings == ()


@pytest.mark.parametrize("control", ["OK", "RE", "RF", "SC", "UA", "CR", "NA"])
def test_a_reply_or_a_report_is_never_a_new_prescription(control: str) -> None:
    order = an_order(rxe(), BID, RXR, orc=f"ORC|{control}|L1")

    assert the_line(order).action is LineAction.INFORM
    assert line_doubts(order) == [("status-not-active", "ORC[1]-1")]


@pytest.mark.parametrize("control", ["", "XY", "SU", "MC"])
def test_an_order_control_without_meaning_here_informs_and_blocks(control: str) -> None:
    order = an_order(rxe(), BID, RXR, orc=f"ORC|{control}|L1")

    assert the_line(order).action is LineAction.INFORM
    assert line_doubts(order) == [("order-control-unknown", "ORC[1]-1")]


def test_a_new_order_whose_status_denies_it_blocks() -> None:
    order = an_order(rxe(), BID, RXR, orc="ORC|NW|L1|||DC")

    assert line_doubts(order) == [("status-not-active", "ORC[1]-5")]


def test_a_stop_takes_effect_when_orc_15_says_else_when_it_happened() -> None:
    stated = the_line(an_order("RXE", orc="ORC|DC|L1|||||||20260106||||||20260110"))
    happened = the_line(an_order("RXE", orc="ORC|DC|L1|||||||20260106"))
    sent = the_line(an_order("RXE", orc="ORC|DC|L1"))

    assert stated.effective_at == date(2026, 1, 10)
    assert happened.effective_at == date(2026, 1, 6)
    assert sent.effective_at == datetime(2026, 1, 5, 8, tzinfo=UTC)
    assert sent.findings == ()


def test_an_order_that_plans_has_no_effective_date_but_its_own() -> None:
    order = an_order(rxe(), BID, RXR, orc="ORC|NW|L1|||||||20260106080000+0100")

    (prescription,) = read_text(order).prescriptions
    assert prescription.lines[0].effective_at is None
    assert prescription.authored_at == datetime(2026, 1, 6, 7, tzinfo=UTC)


def test_a_timing_that_starts_before_the_order_takes_effect_contradicts_it() -> None:
    order = an_order(rxe(), "TQ1|1||BID||||20260103", RXR, orc="ORC|NW|L1|||||||||||||20260105")

    assert line_doubts(order) == [("timing-contradicted", "ORC[1]-15")]


def test_a_replacement_names_the_orders_that_it_replaces() -> None:
    text = joined(
        msh(),
        PID,
        *("ORC|RP|OLD1||G", rxe(), BID, RXR),
        *("ORC|RP|OLD2||G", rxe(), BID, RXR),
        *("ORC|RO|NEW||G", rxe(), BID, RXR),
    )

    (prescription,) = read_text(text).prescriptions

    assert [line.action for line in prescription.lines] == [
        LineAction.CANCEL,
        LineAction.CANCEL,
        LineAction.REPLACE,
    ]
    assert [(link.kind, link.line) for link in prescription.lines[2].links] == [
        (LinkKind.REPLACES, "OLD1"),
        (LinkKind.REPLACES, "OLD2"),
    ]


def test_an_escaped_separator_inside_an_order_number_is_part_of_it() -> None:
    line = the_line(an_order(rxe(), BID, RXR, orc="ORC|NW|L1^DPI|EHPAD\\F\\P7\\F\\RX9"))

    assert [(one.value, one.authority) for one in line.identifiers] == [
        ("L1", "DPI"),
        ("EHPAD|P7|RX9", None),
    ]


def test_orders_of_one_placer_group_are_one_prescription() -> None:
    text = joined(
        msh(),
        PID,
        *("ORC|NW|A||G1", rxe(), BID, RXR),
        *("ORC|NW|B||G2", rxe(), BID, RXR),
        *("ORC|NW|C||G1", rxe(), BID, RXR),
    )

    found = read_text(text).prescriptions

    assert [[line.identifier for line in one.lines] for one in found] == [["A", "C"], ["B"]]
    assert [one.chain.group.value for one in found if one.chain.group] == ["G1", "G2"]


def test_orders_of_one_number_and_different_groups_are_not_duplicates() -> None:
    text = joined(
        msh(),
        PID,
        *("ORC|NW|A||A_01", rxe("3"), BID, RXR),
        *("ORC|NW|A||A_02", rxe("1"), BID, RXR),
    )

    assert [one.location for one in read_text(text).prescriptions] == ["ORC[1]", "ORC[2]"]


def test_an_order_without_orc_is_read_and_is_said() -> None:
    reading = read_text(joined(msh(), PID, rxe(), BID, RXR))

    assert doubts(reading.findings) == [("element-missing", "RXE[1]")]
    assert reading.prescriptions[0].lines[0].action is LineAction.INFORM


def test_two_encoded_orders_of_one_orc_are_two_lines() -> None:
    reading = read_text(an_order(rxe("1"), BID, RXR, rxe("2"), BID, RXR))

    (prescription,) = reading.prescriptions
    assert [line.product.location for line in prescription.lines] == ["RXE[1]-2", "RXE[2]-2"]
    assert doubts(reading.findings) == [("structure-invalid", "ORC[1]")]


def test_a_group_without_detail_is_said_and_is_no_line() -> None:
    reading = read_text(joined(msh(), PID, ORC))

    assert reading.prescriptions == ()
    assert doubts(reading.findings) == [("element-missing", "ORC[1]")]


def test_a_bare_stop_is_a_line_without_product() -> None:
    line = the_line(joined(msh(), PID, "ORC|DC|L1"))

    assert line.action is LineAction.STOP
    assert line.posology.phases == ()


def test_a_general_order_for_an_examination_is_no_prescription() -> None:
    reading = read_text(joined(msh("ORM^O01", version="2.3.1"), PID, ORC, "OBR|1|A||X"))

    assert reading.is_empty
    assert doubts(reading.findings) == [("message-unsupported", "OBR[1]")]


def test_another_prescriber_in_the_same_group_is_said() -> None:
    text = joined(
        msh(),
        PID,
        *("ORC|NW|A||G||||||||1^UN", rxe(), BID, RXR),
        *("ORC|NW|B||G||||||||2^DEUX", rxe(), BID, RXR),
    )

    (prescription,) = read_text(text).prescriptions

    assert prescription.prescriber is not None
    assert prescription.prescriber.family_name == "UN"
    assert doubts(prescription.findings) == [("prescriber-contradicted", "ORC[2]-12.1")]


def test_several_routes_are_said() -> None:
    assert line_doubts(an_order(rxe(), BID, "RXR|PO", "RXR|SL")) == [("element-unread", "RXR[2]-1")]


@pytest.mark.parametrize("kind", ["RDE^O11", "RDE^O11^RDE_O11", "RDE^O25^RDE_O25", "RDE^O01"])
def test_an_encoded_order_is_read_however_its_structure_is_named(kind: str) -> None:
    reading = read_text(an_order(rxe(), BID, RXR, header=msh(kind)))

    assert len(reading.prescriptions) == 1


@pytest.mark.parametrize("kind", ["RDEX", "RDE^Z99", "QRY^Q01", ""])
def test_other_kinds_are_refused_by_their_name(kind: str) -> None:
    reading = read_text(an_order(rxe(), BID, RXR, header=msh(kind)))

    assert reading.is_empty
    assert reading.findings[0].code.value == "message-unsupported"
    assert reading.findings[0].quoted == (kind or None)


@pytest.mark.parametrize("version", ["2.1", "2.3.1", "2.4", "2.5^FRA^2.11", "2.8"])
def test_versions_from_2_1_to_2_8_are_read(version: str) -> None:
    order = an_order(rxe(timing="1^BID"), RXR, header=msh(version=version))

    assert read_text(order).findings == ()


@pytest.mark.parametrize("version", ["", "2.9", "12", "HL7 2.5", "2.50"])
def test_an_unknown_version_is_said(version: str) -> None:
    reading = read_text(an_order(rxe(), BID, RXR, header=msh(version=version)))

    assert doubts(reading.findings) == [("version-unknown", "MSH[1]-12")]
    assert len(reading.prescriptions) == 1


def test_a_message_for_training_is_not_in_force_and_neither_is_what_it_orders() -> None:
    header = msh().replace("|P|", "|T|")

    reading = read_text(an_order(rxe(), BID, RXR, header=header))

    assert doubts(reading.findings) == [("status-not-active", "MSH[1]-11")]
    assert reading.prescriptions[0].findings == reading.findings


def test_a_doubt_about_one_message_of_a_batch_is_not_one_about_the_others() -> None:
    order = (PID, ORC, rxe(), BID, RXR)
    text = joined("BHS|^~\\&|A", msh(), *order, msh(version="9.9"), *order, "BTS|2")

    first, second = read_text(text).prescriptions

    assert doubts(first.findings) == []
    assert doubts(second.findings) == [("version-unknown", "message[2]/MSH[1]-12")]


def test_a_second_patient_in_one_message_is_a_doubt_about_each_order() -> None:
    order = an_order(rxe(), BID, RXR, "PID|2||000999^^^EHPAD^PI||AUTRE")

    (prescription,) = read_text(order).prescriptions

    assert doubts(prescription.findings) == [("patient-contradicted", "PID[2]-3.1")]


def test_times_without_an_offset_from_a_sender_in_another_zone_are_doubtful() -> None:
    header = msh().replace("20260105090000", "20260105090000-0500")
    timing = "TQ1|1||BID|0800~1900|||20260105080000|20260110080000+0100"

    order = an_order(rxe(), timing, RXR, header=header)

    assert line_doubts(order) == [
        ("zone-missing", "TQ1[1]-4"),
        ("zone-missing", "TQ1[1]-4[2]"),
        ("zone-missing", "TQ1[1]-7"),
    ]


def test_times_from_a_sender_in_the_zone_of_the_site_are_its_own() -> None:
    header = msh().replace("20260105090000", "20260105090000+0100")

    order = an_order(rxe(), "TQ1|1||BID|0800~1900|||20260105080000", RXR, header=header)

    assert line_doubts(order) == []


def test_a_fragment_that_others_continue_is_said() -> None:
    reading = read_text(an_order(rxe(), BID, RXR, "DSC|12"))

    assert doubts(reading.findings) == [("message-truncated", "DSC[1]")]


def test_every_leaf_is_on_the_trail_with_the_field_it_gave() -> None:
    reading = read_text(an_order(rxe("1"), "TQ1|1||BID", RXR, "ZXX|propre"))

    given = {source.location: source.gives for source in reading.sources}
    assert given["RXE[1]-3"] == "phase.dose"
    assert given["RXE[1]-2.2"] == "product.codes"
    assert given["TQ1[1]-3"] == "phase.rhythm"
    assert given["ORC[1]-1"] == "line.action"
    assert ("ZXX[1]-1", "propre") in [(one.location, one.value) for one in reading.unused]


@pytest.mark.parametrize("status", ["dc", "SUSPENDU"])
def test_a_status_that_is_in_no_table_may_end_the_order(status: str) -> None:
    """Table 0038 is a list of HL7: `dc` is not `DC`, and nobody here knows that it is harmless."""
    order = an_order(rxe(), BID, RXR, orc=f"ORC|NW|L1^DPI|||{status}")

    assert line_doubts(order) == [("code-invalid", "ORC[1]-5")]


def test_a_status_of_the_table_that_lets_the_order_run_raises_no_doubt() -> None:
    assert line_doubts(an_order(rxe(), BID, RXR, orc="ORC|NW|L1^DPI|||IP")) == []


@pytest.mark.parametrize(
    ("dead", "place"),
    [("|20260104|Y", "PID[1]-30"), ("|20260104|", "PID[1]-29"), ("||Y", "PID[1]-30")],
)
def test_an_order_for_a_patient_who_is_stated_as_dead_is_blocked(dead: str, place: str) -> None:
    pid = PID + "|" * (28 - PID.count("|")) + dead

    reading = read_text(an_order(rxe(), BID, RXR).replace(PID, pid))

    assert ("status-not-active", place) in doubts(reading.findings)


def test_a_patient_who_is_stated_as_alive_raises_no_doubt() -> None:
    pid = PID + "|" * (30 - PID.count("|")) + "N"

    reading = read_text(an_order(rxe(), BID, RXR).replace(PID, pid))

    assert "status-not-active" not in {code for code, _ in doubts(reading.findings)}
