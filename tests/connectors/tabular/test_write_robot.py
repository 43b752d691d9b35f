"""The 83 columns of pill robots, split by hand and counted from 1 as the layout does."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from placed import counted

from connectors.tabular.write_robot import write_robot
from schemas.delivery import ReleasedSchedule
from schemas.errors import Refused
from schemas.export import Envelope
from schemas.organiser import NOT_PLACED, BesideReason, Place, Placement
from schemas.quantity import Quantity

FIRST_HOUR, FIRST_DAY = 19, 43


def columns_of(data: bytes) -> list[dict[int, str]]:
    """Each line as its columns, the first being 1."""
    lines = data.decode("utf-8").split("\r\n")
    assert lines.pop() == ""
    return [dict(enumerate(line.split("\t"), start=1)) for line in lines]


def with_planned(release: ReleasedSchedule, *changes: object) -> ReleasedSchedule:
    """The release with the planned intakes of its first line changed one by one."""
    line = release.lines[0]
    planned = tuple(
        intake._replace(**change)
        for intake, change in zip(line.planned, changes, strict=False)
        if isinstance(change, dict)
    )
    changed = counted(line.model_copy(update={"planned": planned}))
    return release.model_copy(update={"lines": (changed,)})


def test_a_line_has_eighty_three_columns_and_no_empty_one(
    release: ReleasedSchedule, envelope: Envelope
) -> None:
    data = write_robot(release, envelope)

    for columns in columns_of(data):
        assert len(columns) == 83
        assert "" not in columns.values()


def test_the_columns_stand_where_the_layout_says(
    release: ReleasedSchedule, envelope: Envelope
) -> None:
    first = columns_of(write_robot(release, envelope))[0]

    assert {number: first[number] for number in range(1, 19)} == {
        1: "750512345",
        2: "EHPAD des Tilleuls",
        3: "2e étage",
        4: "2e étage",
        5: "000123",
        6: "EXEMPLE Odette",
        7: "10004152632",
        8: "MODÈLE Hélène",
        9: "20260105",
        10: "20260111",
        11: "3400938022209",
        12: "RAMIPRIL EG 5 mg, comprimé sécable",
        13: "0",
        14: "0",
        15: "10219000",
        16: "Comprimé",
        17: "5 mg",
        18: " ",
    }
    # 17:05 UTC is 18:05 in Paris in January.
    assert {number: first[number] for number in range(74, 84)} == {
        74: "239067511604207",
        75: "P-77",
        76: " ",
        77: "L1",
        78: "anne",
        79: "04/01/2026",
        80: "18:05",
        81: "au cours du repas",
        82: "12 bis",
        83: "12/06/1939",
    }


def test_hours_and_days_are_those_of_the_plan(
    release: ReleasedSchedule, envelope: Envelope
) -> None:
    first = columns_of(write_robot(release, envelope))[0]

    hours = {hour: first[FIRST_HOUR + hour - 1] for hour in range(1, 25)}
    days = {day: first[FIRST_DAY + day - 1] for day in range(1, 32)}
    assert {hour: amount for hour, amount in hours.items() if amount != "0"} == {8: "1", 22: "0.5"}
    assert [day for day, given in days.items() if given == "1"] == [1, 2]


def test_what_is_taken_as_needed_has_only_zeros(
    release: ReleasedSchedule, envelope: Envelope
) -> None:
    second = columns_of(write_robot(release, envelope))[1]

    assert second[14] == "1"
    assert {second[number] for number in range(19, 74)} == {"0"}
    assert second[77] == "L2"


def test_days_of_another_pattern_get_a_line_of_their_own(
    release: ReleasedSchedule, envelope: Envelope
) -> None:
    # The second day's morning dose is two tablets.
    two = Quantity(value=release.lines[0].planned[0].quantity.value * 2, unit="comprimé")
    changed = with_planned(release, {}, {}, {"quantity": two}, {})

    lines = columns_of(write_robot(changed, envelope))

    assert [line[FIRST_HOUR + 7] for line in lines] == ["1", "2"]
    assert [(line[FIRST_DAY], line[FIRST_DAY + 1]) for line in lines] == [("1", "0"), ("0", "1")]


def test_a_dose_that_is_not_counted_stays_outside_the_organiser(
    release: ReleasedSchedule, envelope: Envelope
) -> None:
    drops = Quantity(value=release.lines[0].planned[0].quantity.value, unit="gouttes")

    (line,) = columns_of(write_robot(with_planned(release, {"quantity": drops}), envelope))

    assert line[13] == "1"


@pytest.mark.parametrize(
    "change",
    [
        {"hours": -8},
        {"hours": 14},
        {"days": 9},
        {"days": -1},
    ],
    ids=["hour after midnight", "two in one hour", "after the period", "before the period"],
)
def test_what_the_layout_cannot_say_is_refused(
    release: ReleasedSchedule, envelope: Envelope, change: dict[str, int]
) -> None:
    moved = release.lines[0].planned[0].due_at + timedelta(**change)

    with pytest.raises(Refused):
        write_robot(with_planned(release, {"due_at": moved}, {}), envelope)


def test_an_intake_without_quantity_is_refused(
    release: ReleasedSchedule, envelope: Envelope
) -> None:
    with pytest.raises(Refused):
        write_robot(with_planned(release, {"quantity": None}), envelope)


def test_more_than_thirty_one_days_are_refused(
    release: ReleasedSchedule, envelope: Envelope
) -> None:
    with pytest.raises(Refused):
        write_robot(release.model_copy(update={"days": 32}), envelope)


@pytest.mark.parametrize("missing", [{"codes": ()}, {"text": None}, {"form": None}])
def test_a_product_without_code_name_or_form_is_refused(
    release: ReleasedSchedule, envelope: Envelope, missing: dict[str, object]
) -> None:
    released = release.lines[0]
    product = released.line.product.model_copy(update=missing)
    line = released.line.model_copy(update={"product": product})
    changed = release.model_copy(update={"lines": (released.model_copy(update={"line": line}),)})

    with pytest.raises(Refused) as refusal:
        write_robot(changed, envelope)

    assert "RAMIPRIL" not in str(refusal.value)


def test_a_tab_in_a_name_moves_no_column(release: ReleasedSchedule, envelope: Envelope) -> None:
    released = release.lines[0]
    product = released.line.product.model_copy(update={"text": "RAMIPRIL\t5 mg\r\ncomprimé"})
    line = released.line.model_copy(update={"product": product})
    changed = release.model_copy(update={"lines": (released.model_copy(update={"line": line}),)})

    (columns,) = columns_of(write_robot(changed, envelope))

    assert len(columns) == 83
    assert columns[12] == "RAMIPRIL 5 mg comprimé"


def test_an_amount_in_mg_is_written_in_the_units_that_were_counted_of_it(
    release: ReleasedSchedule, envelope: Envelope
) -> None:
    line = release.lines[0]
    grams = line.planned[0]._replace(quantity=Quantity(value=Decimal(1000), unit="mg"), step=0)
    placement = Placement(place=Place.INSIDE, counts=(Fraction(3, 2),))
    changed = line.model_copy(update={"planned": (grams,), "placement": placement})

    (first,) = columns_of(write_robot(release.model_copy(update={"lines": (changed,)}), envelope))

    assert first[13] == "0"
    assert first[FIRST_HOUR + 7] == "1.5"


@pytest.mark.parametrize(
    ("placement", "column"),
    [
        (Placement(place=Place.INSIDE, counts=(Fraction(1),)), "0"),
        (
            Placement(place=Place.PARTLY, reasons=(BesideReason.AS_NEEDED,), counts=(Fraction(1),)),
            "0",
        ),
        (
            Placement(
                place=Place.PARTLY, reasons=(BesideReason.NO_COMPARTMENT,), counts=(Fraction(1),)
            ),
            "1",
        ),
        (
            Placement(
                place=Place.BESIDE, reasons=(BesideReason.FORM_BESIDE,), counts=(Fraction(1),)
            ),
            "1",
        ),
        (NOT_PLACED, "1"),
    ],
)
def test_only_a_line_that_lies_wholly_in_compartments_goes_in(
    release: ReleasedSchedule, envelope: Envelope, placement: Placement, column: str
) -> None:
    line = release.lines[0]
    alone = line.model_copy(
        update={"planned": (line.planned[0]._replace(step=0),), "placement": placement}
    )

    (first,) = columns_of(write_robot(release.model_copy(update={"lines": (alone,)}), envelope))

    assert first[13] == column
