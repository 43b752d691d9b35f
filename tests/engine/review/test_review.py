from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from builders import a_frequency, a_line, a_patient, a_phase, a_prescription

from engine.review.review import review
from schemas.codes import ProductCode, ProductCodeSystem
from schemas.finding import Finding, FindingCode
from schemas.people import (
    Identifier,
    IdentifierKind,
    IdentityStatus,
    Organization,
    Patient,
    Practitioner,
)
from schemas.posology import Bounds, Dose, Phase, Posology, Rhythm, Weekday
from schemas.prescription import (
    Chain,
    Ingredient,
    Line,
    LineAction,
    LineLink,
    LinkKind,
    Prescription,
    Product,
)
from schemas.quantity import Quantity
from schemas.review import Review
from schemas.schedule import DoseSchedule, Normalised, NotComputable

CIP13 = ProductCode(system=ProductCodeSystem.CIP13, value="3400949497294")
UCD13 = ProductCode(system=ProductCodeSystem.UCD13, value="3400893080184")
INS = Identifier(value="279035121518989", kind=IdentifierKind.INS_NIR)
PLANNED = Normalised(schedule=DoseSchedule(site="reference", zone="Europe/Paris"))
RPPS = Identifier(value="10003879623", kind=IdentifierKind.RPPS)
PRESCRIBER = Practitioner(identifiers=(RPPS,), family_name="MODELE", location="prescriber")


def a_right_patient(**changes: object) -> Patient:
    known = a_patient()
    right = {
        "identifiers": (*known.identifiers, INS),
        "identity_status": IdentityStatus.VALIDATED,
        "location": "patient",
    }
    return known.model_copy(update={**right, **changes})


def a_right_line(*phases: Phase, name: str = "L1", **changes: object) -> Line:
    line = a_line(*(phases or (a_phase(moments=["MORN"]),)))
    product = line.product.model_copy(update={"codes": (CIP13,), "location": f"{name}.product"})
    right = {
        "location": name,
        "identifiers": (Identifier(value=name),),
        "product": product,
    }
    return line.model_copy(update={**right, **changes})


def a_right_prescription(*lines: Line, **changes: object) -> Prescription:
    right = a_prescription(*(lines or (a_right_line(),)), patient=a_right_patient())
    return right.model_copy(update={"prescriber": PRESCRIBER, **changes})


def reviewed(
    prescription: Prescription,
    *,
    schedules: Sequence[Normalised] | None = None,
    comparisons: Sequence[tuple[Finding, ...]] | None = None,
    previous: Prescription | None = None,
) -> Review:
    count = len(prescription.lines)
    return review(
        prescription,
        schedules or [PLANNED] * count,
        comparisons or [()] * count,
        previous,
    )


def of_header(**changes: object) -> list[FindingCode]:
    found = reviewed(a_right_prescription(**changes)).prescription
    return [finding.code for finding in found]


def of_line(*lines: Line, index: int = 0) -> list[FindingCode]:
    found = reviewed(a_right_prescription(*lines)).lines[index]
    return [finding.code for finding in found]


def with_product(**changes: object) -> Line:
    product = a_right_line().product.model_copy(update=changes)
    return a_right_line(product=product)


def test_a_right_prescription_raises_no_doubt() -> None:
    assert reviewed(a_right_prescription()) == Review(lines=((),), prescription=())


# Identity and prescriber


def test_nobody_named_is_a_missing_patient() -> None:
    assert of_header(patient=None) == [FindingCode.PATIENT_MISSING]


def test_a_name_alone_names_many_people_and_a_birth_date_makes_it_one() -> None:
    named = Patient(birth_name="EXEMPLE", location="patient")

    assert of_header(patient=named) == [FindingCode.PATIENT_MISSING]
    dated = named.model_copy(update={"birth_date": date(1934, 5, 6)})
    assert of_header(patient=dated) == []


@pytest.mark.parametrize(
    "status", [None, IdentityStatus.PROVISIONAL, IdentityStatus.DOUBTFUL], ids=str
)
def test_an_ins_without_a_validated_identity_is_not_qualified(
    status: IdentityStatus | None,
) -> None:
    assert of_header(patient=a_right_patient(identity_status=status)) == [
        FindingCode.IDENTITY_UNQUALIFIED
    ]


def test_an_ins_of_the_test_authority_identifies_nobody() -> None:
    test = INS.model_copy(update={"kind": IdentifierKind.INS_TEST})

    assert of_header(patient=a_right_patient(identifiers=(test,))) == [
        FindingCode.IDENTITY_UNQUALIFIED
    ]


def test_a_patient_known_by_an_ipp_alone_has_no_ins_to_qualify() -> None:
    assert of_header(patient=a_patient()) == []


def test_a_wrong_key_of_the_ins_is_quoted_but_not_in_the_message() -> None:
    wrong = INS.model_copy(update={"value": "276037510669380"})

    (finding,) = reviewed(
        a_right_prescription(patient=a_right_patient(identifiers=(wrong,)))
    ).prescription

    assert finding.code is FindingCode.IDENTIFIER_KEY_WRONG
    assert (finding.location, finding.quoted) == ("patient", "276037510669380")
    assert "276037510669380" not in finding.message


def test_a_printed_nir_with_spaces_has_its_key() -> None:
    spaced = INS.model_copy(update={"value": "2790351215189 89"})

    assert of_header(patient=a_right_patient(identifiers=(spaced,))) == []


def test_two_ins_are_two_people() -> None:
    other = INS.model_copy(update={"value": "274075176079430"})

    assert of_header(patient=a_right_patient(identifiers=(INS, other))) == [
        FindingCode.PATIENT_CONTRADICTED
    ]
    assert of_header(patient=a_right_patient(identifiers=(INS, INS))) == []


@pytest.mark.parametrize("prescriber", [None, Practitioner()])
def test_nobody_who_prescribes_is_a_missing_prescriber(prescriber: Practitioner | None) -> None:
    assert of_header(prescriber=prescriber) == [FindingCode.PRESCRIBER_MISSING]


@pytest.mark.parametrize(
    ("kind", "value", "right"),
    [
        (IdentifierKind.RPPS, "10003879623", True),
        (IdentifierKind.RPPS, "10101201234", False),
        (IdentifierKind.IDNPS, "801234567897", True),
        (IdentifierKind.IDNPS, "807505123456", False),
        (IdentifierKind.IDNPS, "0751234567", True),
        (IdentifierKind.ADELI, "751234567", True),
    ],
)
def test_the_rpps_key_of_the_prescriber_is_checked(
    kind: IdentifierKind, value: str, right: bool
) -> None:
    prescriber = Practitioner(identifiers=(Identifier(value=value, kind=kind),))

    expected = [] if right else [FindingCode.IDENTIFIER_KEY_WRONG]
    assert of_header(prescriber=prescriber) == expected


@pytest.mark.parametrize(
    ("kind", "value", "right"),
    [
        (IdentifierKind.FINESS, "350005179", True),
        (IdentifierKind.FINESS, "000897406", False),
        (IdentifierKind.IDNST, "1750512345", True),
        (IdentifierKind.IDNST, "1750512346", False),
        (IdentifierKind.OTHER, "anything", True),
    ],
)
def test_the_finess_key_of_the_establishment_is_checked(
    kind: IdentifierKind, value: str, right: bool
) -> None:
    establishment = Organization(identifiers=(Identifier(value=value, kind=kind),))

    expected = [] if right else [FindingCode.IDENTIFIER_KEY_WRONG]
    assert of_header(establishment=establishment) == expected


# Product


def test_a_product_without_code_and_words_is_missing() -> None:
    assert of_line(a_right_line(product=Product())) == [FindingCode.PRODUCT_MISSING]


@pytest.mark.parametrize(
    "codes",
    [
        (),
        (ProductCode(system=ProductCodeSystem.LOCAL, value="DOLI500"),),
        (ProductCode(system=ProductCodeSystem.ATC, value="N02BE01"),),
    ],
    ids=["none", "local", "class"],
)
def test_a_local_code_or_a_class_names_no_product(codes: tuple[ProductCode, ...]) -> None:
    assert of_line(with_product(codes=codes)) == [FindingCode.PRODUCT_UNCODED]


@pytest.mark.parametrize(
    ("system", "value", "right"),
    [
        ("cip13", "3400949497294", True),
        ("cip13", "3400949497295", False),
        ("cip13", "3400893080184", False),
        ("cip13", "340094949729", False),
        ("ucd13", "3400893080184", True),
        ("ucd13", "3400893080185", False),
        ("ucd13", "3400949497294", False),
        ("cip7", "4949729", True),
        ("cip7", "494972", False),
        ("ucd7", "9308018", True),
        ("ucd7", "3308018", False),
        ("cis", "60390455", True),
        ("cis", "70390455", False),
        ("mv", "MV00000557", True),
        ("mv", "00000557", False),
    ],
)
def test_each_code_has_the_shape_and_the_key_of_its_list(
    system: str, value: str, right: bool
) -> None:
    code = ProductCode(system=ProductCodeSystem(system), value=value)

    expected = [] if right else [FindingCode.PRODUCT_CODE_WRONG]
    assert of_line(with_product(codes=(code,))) == expected


@pytest.mark.parametrize(("short", "right"), [("4949729", True), ("3351639", False)])
def test_a_seven_digit_code_stands_inside_the_thirteen_digit_one(short: str, right: bool) -> None:
    seven = ProductCode(system=ProductCodeSystem.CIP7, value=short)

    expected = [] if right else [FindingCode.PRODUCT_CODE_WRONG]
    assert of_line(with_product(codes=(CIP13, seven))) == expected


def test_a_vehicle_makes_a_mixture() -> None:
    parts = (Ingredient(text="A"), Ingredient(text="eau", carrier=True))

    assert of_line(with_product(ingredients=parts)) == [FindingCode.PRODUCT_COMPOUND]


def test_several_products_are_a_mixture_and_several_substances_are_not() -> None:
    substance = ProductCode(system=ProductCodeSystem.SMS, value="100000092629")
    products = tuple(Ingredient(text=text) for text in ("A", "B"))
    substances = tuple(Ingredient(text=text, codes=(substance,)) for text in ("A", "B"))

    assert FindingCode.PRODUCT_COMPOUND in of_line(with_product(codes=(), ingredients=products))
    combination = of_line(with_product(codes=(), ingredients=substances))
    assert FindingCode.PRODUCT_COMPOUND not in combination
    assert of_line(with_product(ingredients=substances)) == []


# Lines


def test_the_second_line_of_one_product_is_a_duplicate_and_names_the_first() -> None:
    prescription = a_right_prescription(a_right_line(), a_right_line(name="L2"))

    first, second = reviewed(prescription).lines

    assert first == ()
    assert [f.code for f in second] == [FindingCode.LINE_DUPLICATE]
    assert second[0].location == "L2.product"
    assert "L1" in second[0].message


def _dated(name: str, start: str, end: str) -> Line:
    bounds = Bounds(start=date.fromisoformat(start), end=date.fromisoformat(end))
    return a_right_line(a_phase(moments=["MORN"], bounds=bounds), name=name)


def test_two_lines_of_one_product_that_follow_each_other_are_no_duplicate() -> None:
    first = _dated("L1", "2026-03-02", "2026-03-05")
    second = _dated("L2", "2026-03-06", "2026-03-09")

    assert of_line(first, second, index=1) == []
    assert of_line(second, first, index=1) == []


def test_two_lines_of_one_product_that_share_a_day_are_a_duplicate() -> None:
    first = _dated("L1", "2026-03-02", "2026-03-06")
    second = _dated("L2", "2026-03-06", "2026-03-09")

    assert of_line(first, second, index=1) == [FindingCode.LINE_DUPLICATE]


def test_a_seven_digit_code_and_its_thirteen_digits_are_one_product() -> None:
    seven = ProductCode(system=ProductCodeSystem.CIP7, value="4949729")
    second = a_right_line(name="L2", product=Product(text="autre nom", codes=(seven,)))

    assert of_line(a_right_line(), second, index=1) == [FindingCode.LINE_DUPLICATE]


def test_two_strengths_are_two_products_and_never_merged() -> None:
    second = a_right_line(name="L2", product=Product(text="DOLIPRANE", codes=(UCD13,)))

    assert of_line(a_right_line(), second, index=1) == []


def test_words_alone_make_a_duplicate_when_neither_line_is_coded() -> None:
    lines = [
        a_right_line(name=name, product=Product(text=text))
        for name, text in (("L1", "Doliprane  500 mg"), ("L2", "DOLIPRANE 500 MG"))
    ]

    assert FindingCode.LINE_DUPLICATE in of_line(*lines, index=1)


def test_a_stopped_line_is_no_duplicate_of_the_one_that_replaces_it() -> None:
    stopped = a_right_line(action=LineAction.STOP)

    assert of_line(stopped, a_right_line(name="L2"), index=1) == []
    assert of_line(stopped, a_right_line(name="L2"), index=0) == [FindingCode.LINE_STOPPED]


@pytest.mark.parametrize("action", [LineAction.STOP, LineAction.CANCEL, LineAction.HOLD], ids=str)
def test_a_line_that_the_sender_ends_or_suspends_is_said(action: LineAction) -> None:
    assert of_line(a_right_line(action=action)) == [FindingCode.LINE_STOPPED]


def test_a_line_not_to_supply_is_said() -> None:
    assert of_line(a_right_line(supplied=False)) == [FindingCode.NOT_SUPPLIED]
    assert of_line(a_right_line(action=LineAction.INFORM)) == [FindingCode.NOT_SUPPLIED]
    assert of_line(a_right_line(supplied=True)) == []


def test_both_lines_of_an_alternative_wait_for_a_person() -> None:
    link = LineLink(kind=LinkKind.ALTERNATIVE, line="L1", location="L2.link")
    second = a_right_line(name="L2", product=Product(text="autre", codes=(UCD13,)), links=(link,))

    first_found, second_found = reviewed(a_right_prescription(a_right_line(), second)).lines

    assert [(f.code, f.location) for f in first_found] == [(FindingCode.LINE_ALTERNATIVE, "L1")]
    assert [(f.code, f.location) for f in second_found] == [
        (FindingCode.LINE_ALTERNATIVE, "L2.link")
    ]


@pytest.mark.parametrize("kind", [LinkKind.REPLACES, LinkKind.MODIFIES])
@pytest.mark.parametrize("both", [False, True])
def test_a_line_and_the_one_that_it_replaces_are_never_both_given(
    kind: LinkKind, both: bool
) -> None:
    back = (LineLink(kind=kind, line="L2"),) if both else ()
    first = a_right_line(links=back)
    second = a_right_line(
        name="L2",
        product=Product(text="autre", codes=(UCD13,)),
        links=(LineLink(kind=kind, line="L1"),),
    )

    found = reviewed(a_right_prescription(first, second)).lines

    assert [[(f.code, f.location) for f in each] for each in found] == [
        [(FindingCode.LINE_ALTERNATIVE, "L1")],
        [(FindingCode.LINE_ALTERNATIVE, "L2")],
    ]


def test_a_line_that_ends_with_the_one_that_replaces_it_is_in_nobodys_way() -> None:
    first = a_right_line(action=LineAction.STOP)
    second = a_right_line(
        name="L2",
        product=Product(text="autre", codes=(UCD13,)),
        links=(LineLink(kind=LinkKind.REPLACES, line="L1"),),
    )

    assert of_line(first, second, index=1) == []


def test_two_lines_under_one_identifier_are_said() -> None:
    second = a_right_line(
        name="L2",
        identifiers=(Identifier(value="L1"),),
        product=Product(text="autre", codes=(UCD13,)),
    )

    assert of_line(a_right_line(), second, index=1) == [FindingCode.IDENTIFIER_DUPLICATE]


@pytest.mark.parametrize(
    ("first", "second", "blocked"),
    [
        (LineAction.START, LineAction.STOP, 0),
        (LineAction.HOLD, LineAction.START, 1),
        (LineAction.CHANGE, LineAction.CANCEL, 0),
        (LineAction.HOLD, LineAction.RESUME, None),
        (LineAction.RESUME, LineAction.HOLD, 0),
        (LineAction.CANCEL, LineAction.REPLACE, None),
    ],
)
def test_an_order_that_its_own_message_ends_is_not_prepared(
    first: LineAction, second: LineAction, blocked: int | None
) -> None:
    """One number, told twice: placed and stopped together, it must not run unasked."""
    lines = [
        a_right_line().model_copy(update={"action": action, "location": f"ORC[{rank}]"})
        for rank, action in enumerate((first, second), start=1)
    ]

    found = [FindingCode.STATUS_NOT_ACTIVE in of_line(*lines, index=index) for index in (0, 1)]

    assert found == [blocked == 0, blocked == 1]


# Schedule


def test_an_amount_without_unit_may_be_tablets_or_milligrams() -> None:
    bare = a_phase(moments=["MORN"], dose="2")

    (found,) = reviewed(a_right_prescription(a_right_line(bare))).lines

    assert [(f.code, f.quoted) for f in found] == [(FindingCode.UNIT_MISSING, "2")]


def test_a_unit_given_as_a_code_is_a_unit() -> None:
    amount = Quantity(value=Decimal(1), code="15054000", system="EDQM")
    coded = a_phase(moments=["MORN"]).model_copy(update={"dose": Dose(low=amount, high=amount)})

    assert of_line(a_right_line(coded)) == []


@pytest.mark.parametrize(
    ("first", "second", "right"),
    [
        ("1 comprimé", "2 comprimés", True),
        ("1 comprimé(s)", "2 Comprimé", True),
        ("1 comprimé", "500 mg", False),
    ],
)
def test_two_units_in_one_line_contradict_each_other(first: str, second: str, right: bool) -> None:
    line = a_right_line(
        a_phase(moments=["MORN"], dose=first), a_phase(moments=["EVE"], dose=second)
    )

    assert of_line(line) == ([] if right else [FindingCode.UNIT_CONTRADICTED])


def weekly(period: str, unit: str, times: int = 1, **rhythm: object) -> Phase:
    phase = a_phase(moments=["MORN"])
    frequency = a_frequency(times, period, unit)
    return phase.model_copy(update={"rhythm": Rhythm(frequency=frequency, **rhythm)})


@pytest.mark.parametrize(("period", "unit"), [("1", "wk"), ("7", "d"), ("1.0", "wk")])
def test_once_a_week_without_a_weekday_is_blocked(period: str, unit: str) -> None:
    assert of_line(a_right_line(weekly(period, unit))) == [FindingCode.WEEKDAY_UNCONFIRMED]


def test_once_a_week_on_a_stated_day_is_right() -> None:
    assert of_line(a_right_line(weekly("1", "wk", weekdays=(Weekday.TUESDAY,)))) == []


@pytest.mark.parametrize(("times", "period", "unit"), [(1, "1", "d"), (3, "1", "wk")])
def test_other_rhythms_are_not_weekly(times: int, period: str, unit: str) -> None:
    assert of_line(a_right_line(weekly(period, unit, times))) == []


def test_a_period_without_unit_is_not_weekly() -> None:
    frequency = a_frequency(1).model_copy(update={"unit": None, "period": Decimal(7)})
    phase = a_phase(moments=["MORN"]).model_copy(update={"rhythm": Rhythm(frequency=frequency)})

    assert of_line(a_right_line(phase)) == []


# What is already known, what is handed in, and the last validated version


def test_the_comparison_of_text_and_structure_comes_first_in_its_line() -> None:
    contradiction = Finding(
        code=FindingCode.TEXT_CONTRADICTS, location="L1.text", message="text: other dose"
    )
    prescription = a_right_prescription(a_right_line(supplied=False))

    (found,) = reviewed(prescription, comparisons=[(contradiction,)]).lines

    assert found[0] == contradiction
    assert [f.code for f in found] == [FindingCode.TEXT_CONTRADICTS, FindingCode.NOT_SUPPLIED]


def test_what_a_reader_or_the_schedule_said_is_not_said_again() -> None:
    bare = a_phase(moments=["MORN"], dose="2")
    doubt = Finding(code=FindingCode.UNIT_MISSING, location="RXE[1]-5", message="unit: missing")
    by_reader = a_right_line(bare, findings=(doubt,))
    by_phase = a_right_line(bare.model_copy(update={"findings": (doubt,)}))
    by_schedule = Normalised(schedule=NotComputable(reasons=(doubt,)))
    by_normalise = Normalised(schedule=PLANNED.schedule, findings=(doubt,))

    assert of_line(by_reader) == []
    assert of_line(by_phase) == []
    prescription = a_right_prescription(a_right_line(bare))
    assert reviewed(prescription, schedules=[by_schedule]).lines == ((),)
    assert reviewed(prescription, schedules=[by_normalise]).lines == ((),)


def test_what_a_reader_said_of_the_header_is_not_said_again() -> None:
    doubt = Finding(code=FindingCode.PATIENT_MISSING, location="PID", message="patient: missing")

    assert of_header(patient=None, findings=(doubt,)) == []


def test_another_wrong_code_than_the_one_that_a_reader_found_is_still_said() -> None:
    doubt = Finding(
        code=FindingCode.PRODUCT_CODE_WRONG, location="code", message="code: key", quoted="1"
    )
    wrong = ProductCode(system=ProductCodeSystem.CIP13, value="3400949497295")
    line = with_product(codes=(wrong,)).model_copy(update={"findings": (doubt,)})

    assert of_line(line) == [FindingCode.PRODUCT_CODE_WRONG]


def test_a_line_that_differs_from_the_last_validated_version_says_how() -> None:
    old = a_right_prescription(a_right_line(a_phase(moments=["MORN"], dose="1 comprimé")))
    new = a_right_prescription(a_right_line(a_phase(moments=["MORN"], dose="2 comprimé")))

    ((finding,),) = reviewed(new, previous=old).lines

    assert finding.code is FindingCode.LINE_CHANGED
    assert finding.quoted == (
        "posology.phases[1].dose.low.value: 1 -> 2; posology.phases[1].dose.high.value: 1 -> 2"
    )


@pytest.mark.parametrize(
    ("complete", "said"),
    [
        (True, "lines which are not here have ended"),
        (False, "not the whole treatment"),
        (None, "does not say whether it has ended"),
    ],
)
def test_a_line_that_is_gone_is_said_with_what_its_sender_means(
    complete: bool | None, said: str
) -> None:
    second = a_right_line(name="L2", product=Product(text="autre", codes=(UCD13,)))
    new = a_right_prescription(a_right_line(), chain=Chain(complete=complete))

    found = reviewed(new, previous=a_right_prescription(a_right_line(), second))

    assert found.lines == ((),)
    assert [f.code for f in found.prescription] == [FindingCode.LINE_REMOVED]
    assert said in found.prescription[0].message


def test_the_same_version_again_raises_no_doubt() -> None:
    same = a_right_prescription()

    assert reviewed(same, previous=same) == Review(lines=((),), prescription=())


def test_schedules_of_other_lines_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        review(a_right_prescription(), [], [])


def test_a_prescription_without_lines_is_reviewed() -> None:
    empty = a_right_prescription().model_copy(update={"lines": ()})

    assert review(empty, [], []) == Review()


def test_a_line_without_posology_raises_no_doubt_of_its_own() -> None:
    assert of_line(a_right_line(posology=Posology())) == []
