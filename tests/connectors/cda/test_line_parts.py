"""What stands beside the posology of a line: supply, substitution, strengths, odd timings."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from schemas.connector import Reading
from schemas.finding import FindingCode
from schemas.people import IdentifierKind
from schemas.posology import Phase
from schemas.prescription import Line

Phases = Callable[..., tuple[Phase, ...]]
Readings = Callable[..., Reading]
WEEK = (
    '<effectiveTime xsi:type="IVL_TS"><low value="20260105"/><high value="20260111"/>'
    "</effectiveTime>"
)


def line_of(reading: Reading) -> Line:
    return reading.prescriptions[0].lines[0]


def related(template: str, inside: str, element: str = "act", kind: str = "COMP") -> str:
    return (
        f'<entryRelationship typeCode="{kind}"><{element}><templateId root="{template}"/>'
        f"{inside}</{element}></entryRelationship>"
    )


@pytest.mark.parametrize(
    ("code", "allowed", "told"),
    [("N", False, []), ("G", True, []), ("E", None, [FindingCode.ELEMENT_UNREAD])],
)
def test_a_substitution_code_is_read_by_its_table(
    reading_of: Readings, code: str, allowed: bool | None, told: list[FindingCode]
) -> None:
    line = line_of(reading_of(related("1.2.250.1.213.1.1.3.87", f'<code code="{code}"/>')))

    assert line.substitution_allowed is allowed
    assert [finding.code for finding in line.findings] == told


@pytest.mark.parametrize(
    ("stated", "renewals", "told"),
    [
        ('<repeatNumber value="3"/>', 3, []),
        ('<repeatNumber nullFlavor="NI"/>', None, []),
        ('<repeatNumber value="trois"/>', None, [FindingCode.ELEMENT_UNREAD]),
    ],
)
def test_renewals_are_a_whole_number_or_nothing(
    reading_of: Readings, stated: str, renewals: int | None, told: list[FindingCode]
) -> None:
    line = line_of(reading_of(stated))

    assert line.renewals == renewals
    assert [finding.code for finding in line.findings] == told


def test_a_yes_about_the_line_is_a_note_and_a_no_is_not(reading_of: Readings) -> None:
    observation = '<code code="{}" displayName="{}"/><value xsi:type="BL" value="{}"/>'
    template = "1.2.250.1.213.1.1.3.48"
    line = line_of(
        reading_of(
            related(template, observation.format("MED-574", "ALD", "true"), "observation")
            + related(template, observation.format("GEN-179", "Hors AMM", "false"), "observation")
        )
    )

    assert [(note.scope, note.text) for note in line.notes] == [("MED-574", "ALD")]


def test_a_reason_is_the_indication(reading_of: Readings) -> None:
    line = line_of(
        reading_of(related("1.2", '<code code="I10" displayName="Hypertension"/>', kind="RSON"))
    )

    assert line.indication == "Hypertension"


def test_instructions_reach_each_phase_and_the_notes(reading_of: Readings) -> None:
    line = line_of(
        reading_of(
            related("1.2", '<code code="PINSTRUCT"/><text>au cours du repas</text>')
            + related("1.2", '<code code="FINSTRUCT"/><text>reconditionner</text>')
        )
    )

    assert line.posology.phases[0].instructions == ("au cours du repas", "reconditionner")
    assert [(note.scope, note.text) for note in line.notes] == [
        ("PINSTRUCT", "au cours du repas"),
        ("FINSTRUCT", "reconditionner"),
    ]


def test_a_route_without_code_is_kept_in_its_words(reading_of: Readings) -> None:
    line = line_of(
        reading_of(
            '<routeCode nullFlavor="OTH"><originalText>par la sonde</originalText></routeCode>'
        )
    )

    assert line.route is None
    assert [(note.scope, note.text) for note in line.notes] == [("routeCode", "par la sonde")]


@pytest.mark.parametrize(
    ("timing", "expected"),
    [
        (
            '<effectiveTime xsi:type="PIVL_TS"><phase><high value="20260105"/></phase>'
            '<period value="1" unit="d"/></effectiveTime>',
            FindingCode.TIMING_UNSUPPORTED,
        ),
        (
            '<effectiveTime xsi:type="PIVL_TS" alignment="DM"><period value="1" unit="d"/>'
            "</effectiveTime>",
            FindingCode.TIMING_UNSUPPORTED,
        ),
        (
            '<effectiveTime xsi:type="PIVL_TS" institutionSpecified="true">'
            '<period value="5" unit="h"/></effectiveTime>',
            FindingCode.TIMING_UNSUPPORTED,
        ),
        (
            '<effectiveTime xsi:type="PIVL_TS" institutionSpecified="false"><phase>'
            '<low value="20260106080000"/></phase><period value="8" unit="h"/></effectiveTime>',
            FindingCode.TIMING_UNSUPPORTED,
        ),
        ('<effectiveTime xsi:type="EIVL_TS"><event/></effectiveTime>', FindingCode.TIMING_INVALID),
        (
            '<effectiveTime xsi:type="IVL_TS"><center value="20260105"/></effectiveTime>',
            FindingCode.TIMING_UNSUPPORTED,
        ),
        (
            '<effectiveTime xsi:type="IVL_TS"><low value="20260105" inclusive="false"/>'
            "</effectiveTime>",
            FindingCode.TIMING_UNSUPPORTED,
        ),
        ('<effectiveTime xsi:type="UVP_TS"/>', FindingCode.TIMING_UNSUPPORTED),
        ('<effectiveTime xsi:type="IVL_TS" value="20260105"/>', FindingCode.TIMING_UNSUPPORTED),
    ],
    ids=[
        "phase with an end",
        "calendar alignment",
        "left to the place and no divisor of a day",
        "hours from another day",
        "event without code",
        "period by its middle",
        "start left out",
        "unknown type",
        "period by one value",
    ],
)
def test_an_odd_timing_is_a_finding_and_not_a_guess(
    phases_of: Phases, timing: str, expected: FindingCode
) -> None:
    (phase,) = phases_of(timing)

    assert expected in [finding.code for finding in phase.findings]


def test_two_events_at_once_and_two_periods_are_not_computed(phases_of: Phases) -> None:
    event = '<effectiveTime xsi:type="EIVL_TS" operator="A"><event code="{}"/></effectiveTime>'
    (both,) = phases_of(WEEK + event.format("ACM") + event.format("ACV"))
    (twice,) = phases_of(WEEK + WEEK.replace("IVL_TS", "IVL_TS", 1))

    assert [one.code for one in both.findings] == [FindingCode.TIMING_UNSUPPORTED]
    assert FindingCode.TIMING_UNSUPPORTED in [one.code for one in twice.findings]


def test_a_type_that_is_not_declared_is_known_by_its_parts(phases_of: Phases) -> None:
    (phase,) = phases_of(
        '<effectiveTime><low value="20260105"/></effectiveTime>'
        '<effectiveTime operator="A"><event code="HS"/></effectiveTime>'
    )

    assert phase.bounds.start is not None
    assert [one.moment.value for one in phase.times.moments] == ["HS"]
    assert phase.findings == ()


def test_how_long_an_intake_lasts_is_read(phases_of: Phases) -> None:
    (phase,) = phases_of(
        '<effectiveTime xsi:type="PIVL_TS"><phase><low value="20260105080000"/>'
        '<width value="30" unit="min"/></phase><period value="1" unit="d"/></effectiveTime>'
    )

    assert phase.intake_lasts is not None
    assert phase.intake_lasts.value == Decimal(30)


def test_a_visit_number_is_that_of_the_stay(reading_of: Readings) -> None:
    header = (
        "<componentOf><encompassingEncounter>"
        '<id root="1.2.250.1.999.1.5" extension="V42"/></encompassingEncounter></componentOf>'
    )

    stay = reading_of(WEEK, header=header).prescriptions[0].stay

    assert stay is not None
    assert stay.visit is not None
    assert (stay.visit.value, stay.visit.kind) == ("V42", IdentifierKind.VISIT)


def test_an_unknown_edition_is_told(reading_of: Readings) -> None:
    header = '<templateId root="1.2.250.1.213.1.1.1.39" extension="2031.01"/>'

    findings = reading_of(WEEK, header=header).findings

    assert [(one.code, one.quoted) for one in findings] == [
        (FindingCode.VERSION_UNKNOWN, "2031.01")
    ]


def test_every_reason_is_kept(reading_of: Readings) -> None:
    reasons = (
        related("1.2", f'<code code="{code}" displayName="{name}"/>', kind="RSON")
        for code, name in (("I10", "Hypertension"), ("I50", "Insuffisance cardiaque"))
    )

    assert line_of(reading_of("".join(reasons))).indication == (
        "Hypertension ; Insuffisance cardiaque"
    )


def test_a_second_quantity_to_supply_is_told(reading_of: Readings) -> None:
    supply = related("1.2.250.1.213.1.1.3.86", '<quantity value="{}" unit="30009000"/>', "supply")

    line = line_of(reading_of(supply.format(1) + supply.format(2)))

    assert [finding.code for finding in line.findings] == [FindingCode.ELEMENT_UNREAD]


@pytest.mark.parametrize(
    ("name", "other"), [("PARACETAMOL 500 mg", False), ("PARACETAMOL 1 g", True)]
)
def test_a_step_may_name_the_product_of_its_line_again(
    reading_of: Readings, name: str, other: bool
) -> None:
    step = (
        '<entryRelationship typeCode="COMP"><substanceAdministration>'
        '<effectiveTime xsi:type="EIVL_TS"><event code="CM"/></effectiveTime>'
        '<doseQuantity value="1" unit="{tablet}"/><consumable><manufacturedProduct>'
        f"<manufacturedMaterial><name>{name}</name></manufacturedMaterial>"
        "</manufacturedProduct></consumable></substanceAdministration></entryRelationship>"
    )

    line = line_of(reading_of(WEEK + step, mode="1.3.6.1.4.1.19376.1.5.3.1.4.9"))

    told = [FindingCode.PRODUCT_COMPOUND] if other else []
    assert [finding.code for finding in line.findings] == told


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<organizer/>", FindingCode.ELEMENT_UNREAD),
        ("<organizer><component><substanceAdministration/></component></organizer>",
         FindingCode.ELEMENT_FOREIGN),
    ],
)  # fmt: skip
def test_a_medicine_in_another_kind_of_entry_is_not_passed_over(
    reading_of: Readings, inside: str, code: FindingCode
) -> None:
    more = (
        f"</substanceAdministration></entry><entry>{inside}</entry><entry><substanceAdministration>"
    )

    findings = reading_of(WEEK + more).prescriptions[0].findings

    assert [one.code for one in findings if one.location.endswith("/organizer")] == [code]
