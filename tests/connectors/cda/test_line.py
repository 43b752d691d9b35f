"""What a line of the e-prescription becomes, and what a person is told about it."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from schemas.connector import Reading
from schemas.finding import FindingCode
from schemas.people import IdentifierKind
from schemas.posology import Phase

Phases = Callable[..., tuple[Phase, ...]]
Readings = Callable[..., Reading]
DOSE = (
    '<doseQuantity><low value="1" unit="{tablet}"/><high value="1" unit="{tablet}"/></doseQuantity>'
)
STEP = """<entryRelationship typeCode="COMP">{number}
  <substanceAdministration><templateId root="1.2.250.1.213.1.1.3.83.1"/>
  <effectiveTime xsi:type="IVL_TS"><low value="{low}"/><width value="2" unit="d"/></effectiveTime>
  {more}</substanceAdministration></entryRelationship>"""
TAPERED, SPLIT, CONDITIONAL, COMBINED, DELAYED = (
    f"1.3.6.1.4.1.19376.1.5.3.1.4.{number}" for number in (8, 9, 10, 11, 21)
)
PERIOD = (
    '<effectiveTime xsi:type="IVL_TS"><low value="20260105"/><high value="{}"/></effectiveTime>'
)


def step(number: int | None, low: str, more: str = DOSE) -> str:
    stated = f'<sequenceNumber value="{number}"/>' if number is not None else ""
    return STEP.format(number=stated, low=low, more=more)


def codes(phases: tuple[Phase, ...]) -> list[FindingCode]:
    return [finding.code for phase in phases for finding in phase.findings]


def condition(text: str) -> str:
    return f"<precondition><criterion><text>{text}</text></criterion></precondition>"


def test_a_range_keeps_both_ends_and_the_unit_as_coded(phases_of: Phases) -> None:
    (phase,) = phases_of(
        '<doseQuantity><low value="0.5" unit="{tablet}"/><high value="1" unit="{tablet}"/>'
        "</doseQuantity>"
    )

    assert phase.dose is not None
    assert phase.dose.low is not None
    assert phase.dose.high is not None
    assert (phase.dose.low.value, phase.dose.high.value) == (Decimal("0.5"), Decimal(1))
    assert (phase.dose.low.unit, phase.dose.low.code) == ("comprimé", "{tablet}")
    assert phase.dose.exact is None


def test_a_unit_outside_the_table_keeps_its_code_and_gets_no_name(phases_of: Phases) -> None:
    (phase,) = phases_of('<doseQuantity value="2" unit="{spoon}"/>')

    assert phase.dose is not None
    assert phase.dose.low is not None
    assert (phase.dose.low.unit, phase.dose.low.code) == (None, "{spoon}")


@pytest.mark.parametrize("unit", ["{spoon}", "{count}", "732936001", "mg/actuat"])
def test_a_unit_outside_the_table_is_told(phases_of: Phases, unit: str) -> None:
    (phase,) = phases_of(f'<doseQuantity value="2" unit="{unit}"/>')

    assert [(one.code, one.quoted) for one in phase.findings] == [(FindingCode.UNIT_UNKNOWN, unit)]


def test_the_unit_one_is_no_unit(phases_of: Phases) -> None:
    (phase,) = phases_of('<doseQuantity value="2" unit="1"/>')

    assert phase.dose is not None
    assert phase.dose.low is not None
    assert phase.dose.low.unit_label is None


@pytest.mark.parametrize("value", ["1,5", "-1", "1e3", "un", "١"])
def test_an_amount_that_is_no_plain_decimal_is_refused(phases_of: Phases, value: str) -> None:
    (phase,) = phases_of(f'<doseQuantity value="{value}" unit="mg"/>')

    assert phase.dose is None
    assert codes((phase,)) == [FindingCode.VALUE_INVALID]
    assert phase.findings[0].quoted == value


def test_a_rate_stays_text_beside_the_dose(phases_of: Phases) -> None:
    (phase,) = phases_of(
        DOSE + '<rateQuantity><low value="1500" unit="mg/d"/><high value="3000" unit="mg/d"/>'
        "</rateQuantity>"
    )

    assert phase.dose is not None
    assert phase.dose.rate == "1500 mg/d - 3000 mg/d"
    assert phase.dose.exact is None


def test_the_words_of_a_rate_stay_with_it_and_are_no_posology(phases_of: Phases) -> None:
    words = "<translation><originalText>{}</originalText></translation>"
    (phase,) = phases_of(
        f'<doseQuantity value="1" unit="{{tablet}}">{words.format("1 cp")}</doseQuantity>'
        f'<rateQuantity value="1500" unit="mg/d">{words.format("1500 mg/j")}</rateQuantity>'
    )

    assert phase.text == "1 cp"
    assert phase.dose is not None
    assert phase.dose.rate == "1500 mg/d (1500 mg/j)"


def test_a_rate_in_a_column_is_a_note(reading_of: Readings) -> None:
    row = (
        "<table><thead><tr><th>Médicament</th><th>Dose prescrite</th>"
        "<th>Fréquence d'administration</th><th>Rythme d'administration</th></tr></thead>"
        '<tbody><tr><td><content ID="m">PARACETAMOL</content></td><td>1 cp</td><td>3 fois/j</td>'
        "<td>1500 mg/j</td></tr></tbody></table>"
    )

    line = (
        reading_of('<text><reference value="#m"/></text>', narrative=row).prescriptions[0].lines[0]
    )

    assert line.text == "1 cp ; 3 fois/j"
    assert [(note.scope, note.text) for note in line.notes] == [("rate", "1500 mg/j")]


def test_a_ceiling_without_period_is_a_finding(phases_of: Phases) -> None:
    (phase,) = phases_of('<maxDoseQuantity><numerator value="4"/></maxDoseQuantity>')

    assert phase.limits.per_period == ()
    assert codes((phase,)) == [FindingCode.MAXIMUM_NOT_COMPARABLE]


@pytest.mark.parametrize("text", ["si besoin", "Si douleur", "en cas d’insomnie", "à la demande"])
def test_words_of_need_make_the_line_as_needed(phases_of: Phases, text: str) -> None:
    (phase,) = phases_of(DOSE + condition(text))

    assert phase.as_needed
    assert phase.as_needed_for == (text,)
    assert codes((phase,)) == []


@pytest.mark.parametrize("text", ["à jeun", "simultanément au repas", "avant la dialyse"])
def test_any_other_condition_waits_for_a_person(phases_of: Phases, text: str) -> None:
    (phase,) = phases_of(DOSE + condition(text))

    assert not phase.as_needed
    assert codes((phase,)) == [FindingCode.EVENT_CONDITION]
    assert phase.findings[0].quoted == text


def test_a_dash_is_no_condition(phases_of: Phases) -> None:
    (phase,) = phases_of(DOSE + condition("-"))

    assert codes((phase,)) == []


def test_tapered_steps_follow_in_the_order_of_their_numbers(phases_of: Phases) -> None:
    phases = phases_of(
        PERIOD.format("20260108") + step(1, "20260105") + step(2, "20260107"), mode=TAPERED
    )

    assert [phase.sequence for phase in phases] == [1, 2]
    assert codes(phases) == []


def test_steps_that_end_before_the_line_contradict_it(phases_of: Phases) -> None:
    # 2 days from the 5th and 2 days from the 7th end on the 8th, and the line says the 9th.
    phases = phases_of(
        PERIOD.format("20260109") + step(1, "20260105") + step(2, "20260107"), mode=TAPERED
    )

    assert codes(phases) == [FindingCode.TIMING_CONTRADICTED]


def test_tapered_steps_without_numbers_are_a_finding(phases_of: Phases) -> None:
    phases = phases_of(step(1, "20260105") + step(None, "20260107"), mode=TAPERED)

    assert codes(phases) == [FindingCode.SEQUENCE_INCOMPLETE]


def test_split_steps_stand_side_by_side(phases_of: Phases) -> None:
    phases = phases_of(step(1, "20260105") + step(2, "20260105"), mode=SPLIT)

    assert [phase.sequence for phase in phases] == [1, 1]


def test_a_condition_of_the_line_holds_for_each_step(phases_of: Phases) -> None:
    phases = phases_of(
        step(1, "20260105") + step(2, "20260105") + condition("si besoin"), mode=SPLIT
    )

    assert [phase.as_needed for phase in phases] == [True, True]


def test_a_conditional_step_without_condition_is_a_finding(phases_of: Phases) -> None:
    phases = phases_of(
        step(1, "20260105", DOSE + condition("si glycémie > 2 g/L")) + step(2, "20260105"),
        mode=CONDITIONAL,
    )

    assert [phase.as_needed for phase in phases] == [True, False]
    assert codes(phases) == [FindingCode.EVENT_CONDITION]


def test_combined_products_are_a_mixture(reading_of: Readings) -> None:
    other = (
        "<consumable><manufacturedProduct><manufacturedMaterial><name>GLUCOSE 5 %</name>"
        "</manufacturedMaterial></manufacturedProduct></consumable>"
    )
    line = reading_of(step(1, "20260105", DOSE + other), mode=COMBINED).prescriptions[0].lines[0]

    assert [part.text for part in line.product.ingredients] == ["GLUCOSE 5 %"]
    assert FindingCode.PRODUCT_COMPOUND in [finding.code for finding in line.findings]


def test_a_delayed_treatment_without_start_is_a_finding(phases_of: Phases) -> None:
    assert codes(phases_of(DOSE, mode=DELAYED)) == [FindingCode.START_MISSING]


@pytest.mark.parametrize(
    ("mode", "entry", "expected"),
    [
        ("1.2.3", DOSE, FindingCode.STRUCTURE_INVALID),
        ("1.2.3", step(1, "20260105"), FindingCode.TIMING_INVALID),
        ("1.3.6.1.4.1.19376.1.5.3.1.4.7.1", step(1, "20260105"), FindingCode.TIMING_INVALID),
        (TAPERED, DOSE, FindingCode.TIMING_INVALID),
    ],
    ids=["no mode", "steps without mode", "normal with steps", "tapered without steps"],
)
def test_a_mode_that_its_steps_deny_is_a_finding(
    phases_of: Phases, mode: str, entry: str, expected: FindingCode
) -> None:
    assert expected in codes(phases_of(entry, mode=mode))


def test_a_dose_on_the_line_and_on_its_steps_is_a_finding(phases_of: Phases) -> None:
    phases = phases_of(DOSE + step(1, "20260105"), mode=TAPERED)

    assert FindingCode.TIMING_UNSUPPORTED in codes(phases)


def test_a_line_that_points_at_nothing_is_a_finding(reading_of: Readings) -> None:
    line = reading_of('<text><reference value="#gone"/></text>').prescriptions[0].lines[0]

    assert [(one.code, one.quoted) for one in line.findings] == [
        (FindingCode.REFERENCE_UNRESOLVED, "#gone")
    ]


def test_an_id_that_two_elements_share_is_not_chosen_between(reading_of: Readings) -> None:
    line = (
        reading_of(
            '<text><reference value="#t"/></text>',
            narrative='<content ID="t">1 le matin</content><content ID="t">2 le soir</content>',
        )
        .prescriptions[0]
        .lines[0]
    )

    assert line.text is None
    assert line.findings[0].code is FindingCode.REFERENCE_UNRESOLVED


def test_the_words_of_a_list_item_are_those_of_the_line(reading_of: Readings) -> None:
    line = (
        reading_of(
            '<text><reference value="#t"/></text>',
            narrative='<list><item ID="t">PARACETAMOL<br/>1 comprimé\n le matin</item></list>',
        )
        .prescriptions[0]
        .lines[0]
    )

    assert line.text == "PARACETAMOL\n1 comprimé le matin"


@pytest.mark.parametrize(
    ("entry", "quoted"),
    [('<statusCode code="aborted"/>', "aborted"), ('<statusCode code="held"/>', "held")],
)
def test_a_line_in_another_status_is_not_in_force(
    reading_of: Readings, entry: str, quoted: str
) -> None:
    line = reading_of(entry).prescriptions[0].lines[0]

    assert [(one.code, one.quoted) for one in line.findings] == [
        (FindingCode.STATUS_NOT_ACTIVE, quoted)
    ]


def test_an_unknown_relation_is_shown_and_not_dropped(reading_of: Readings) -> None:
    line = (
        reading_of(
            '<entryRelationship typeCode="REFR"><act><code code="XX"/></act></entryRelationship>'
        )
        .prescriptions[0]
        .lines[0]
    )

    assert [finding.code for finding in line.findings] == [FindingCode.ELEMENT_UNREAD]
    assert line.findings[0].location.endswith("/entryRelationship/act")


def test_a_signer_with_another_number_is_told(reading_of: Readings) -> None:
    person = "<assignedPerson><name><family>MODÈLE</family></name></assignedPerson>"
    author = (
        '<author><assignedAuthor><id root="1.2.250.1.71.4.2.1" extension="810004152632"/>'
        f"{person}</assignedAuthor></author>"
    )
    signer = (
        '<legalAuthenticator><assignedEntity><id root="1.2.250.1.71.4.2.1" '
        f'extension="801234567897"/>{person}</assignedEntity></legalAuthenticator>'
    )

    prescription = reading_of(DOSE, header=author + signer).prescriptions[0]

    found = [one for one in prescription.findings if one.code.value.startswith("prescriber")]
    assert [(one.code, one.quoted) for one in found] == [
        (FindingCode.PRESCRIBER_CONTRADICTED, "801234567897")
    ]


@pytest.mark.parametrize(
    ("oid", "kind"),
    [
        ("1.2.250.1.213.1.4.8", IdentifierKind.INS_NIR),
        ("1.2.250.1.213.1.4.9", IdentifierKind.INS_NIA),
        ("1.2.250.1.213.1.4.10", IdentifierKind.INS_TEST),
        ("1.2.250.1.999.1.4", IdentifierKind.IPP),
    ],
)
def test_a_patient_number_is_known_by_its_oid(
    reading_of: Readings, oid: str, kind: IdentifierKind
) -> None:
    header = (
        f'<recordTarget><patientRole><id root="{oid}" extension="239067511604207"/>'
        "</patientRole></recordTarget>"
    )

    patient = reading_of(DOSE, header=header).prescriptions[0].patient

    assert patient is not None
    assert [one.kind for one in patient.identifiers] == [kind]


def test_two_patients_in_one_document_are_told(reading_of: Readings) -> None:
    header = (
        '<recordTarget><patientRole><id root="1.2" extension="1"/></patientRole></recordTarget>'
    )

    findings = reading_of(DOSE, header=header * 2).prescriptions[0].findings

    assert FindingCode.PATIENT_CONTRADICTED in [finding.code for finding in findings]


def test_a_sex_outside_the_table_is_told_and_not_guessed(reading_of: Readings) -> None:
    header = (
        '<recordTarget><patientRole><id root="1.2" extension="1"/><patient>'
        '<administrativeGenderCode code="X"/></patient></patientRole></recordTarget>'
    )

    prescription = reading_of(DOSE, header=header).prescriptions[0]

    assert prescription.patient is not None
    assert prescription.patient.sex is None
    assert [(one.code, one.quoted) for one in prescription.findings] == [
        (FindingCode.ELEMENT_UNREAD, "X")
    ]


def test_a_line_of_words_alone_says_so(phases_of: Phases) -> None:
    (phase,) = phases_of(
        PERIOD.format("20260111") + '<text><reference value="#t"/></text>',
        narrative='<content ID="t">1 comprimé matin et soir</content>',
    )

    assert [(one.code, one.quoted) for one in phase.findings] == [
        (FindingCode.POSOLOGY_TEXT_ONLY, "1 comprimé matin et soir")
    ]


def test_a_replaced_document_is_named(reading_of: Readings) -> None:
    header = (
        '<setId root="2.25.9"/><versionNumber value="2"/><relatedDocument typeCode="RPLC">'
        '<parentDocument><id root="2.25.6"/></parentDocument></relatedDocument>'
    )

    chain = reading_of(DOSE, header=header).prescriptions[0].chain

    assert chain.group is not None
    assert (chain.group.value, chain.version) == ("2.25.9", "2")
    assert [one.value for one in chain.replaces] == ["2.25.6"]


def test_a_step_in_another_status_is_not_in_force(phases_of: Phases) -> None:
    phases = phases_of(
        step(1, "20260105") + step(2, "20260107", DOSE + '<statusCode code="aborted"/>'),
        mode=TAPERED,
    )

    assert [(one.code, one.quoted) for one in phases[1].findings] == [
        (FindingCode.STATUS_NOT_ACTIVE, "aborted")
    ]


def test_a_part_that_is_not_known_is_shown_and_not_dropped(reading_of: Readings) -> None:
    line = reading_of('<administrationUnitCode code="1"/>').prescriptions[0].lines[0]

    assert [finding.code for finding in line.findings] == [FindingCode.ELEMENT_UNREAD]
    assert line.findings[0].location.endswith("/administrationUnitCode")


def test_two_doses_are_told(phases_of: Phases) -> None:
    assert codes(phases_of(DOSE + DOSE)) == [FindingCode.DOSE_SEVERAL]


def test_a_step_that_forgets_its_template_is_not_lost(phases_of: Phases) -> None:
    bare = step(1, "20260105").replace('<templateId root="1.2.250.1.213.1.1.3.83.1"/>', "")

    (phase,) = phases_of(bare)

    assert phase.sequence == 1
    assert FindingCode.TIMING_INVALID in codes((phase,))
