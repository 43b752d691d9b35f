"""HL7 v2 orders from the message to their dated doses, at the reference site, worked out by hand.

The site has MORN, ACM and PCM at 08:00, NOON at 12:00, EVE and PCV at 19:00, HS at 22:00.
"""

import shutil
from datetime import date
from pathlib import Path

import pytest
from constructs_hl7v2 import message
from explained import MIDNIGHT, blocked, dated, explained_line

import mappings.catalogue
from schemas.explanation import ExplainedLine


def explained(
    example: str, days: int = 2, start: str = MIDNIGHT, site: str = "reference"
) -> ExplainedLine:
    first = date.fromisoformat(start[:10])
    return explained_line(message(example, start), "hl7v2", first=first, days=days, site=site)


def held_by(line: ExplainedLine) -> list[str]:
    return sorted(set(blocked(line)))


def codes(line: ExplainedLine) -> set[str]:
    return {finding.code.value for finding in line.findings}


def test_n_a_day_is_at_the_moments_of_the_site_and_says_so() -> None:
    line = explained("TQ1|1||BID||||20260302")

    assert dated(line) == [
        "03-02 08:00 MORN 1",
        "03-02 19:00 EVE 1",
        "03-03 08:00 MORN 1",
        "03-03 19:00 EVE 1",
    ]
    assert "distribution-used" in codes(line)


def test_five_a_day_has_no_moments_at_this_site() -> None:
    assert held_by(explained("TQ1|1||5ID||||20260302")) == ["distribution-missing"]


def test_every_other_day_counts_from_the_start() -> None:
    line = explained("TQ1|1||QOD|0800|||20260303", days=6)

    assert dated(line) == ["03-03 08:00 1", "03-05 08:00 1", "03-07 08:00 1"]


def test_hours_count_from_the_instant_of_the_start() -> None:
    line = explained("TQ1|1||Q8H||||202603020600", days=1)

    assert dated(line) == ["03-02 06:00 1", "03-02 14:00 1", "03-02 22:00 1"]


def test_hours_without_an_instant_have_no_first_dose() -> None:
    assert held_by(explained("TQ1|1||Q8H||||20260302")) == ["start-missing"]


def test_minutes_are_not_planned() -> None:
    assert held_by(explained("TQ1|1||Q30M||||202603020600")) == ["period-too-short"]


def test_weeks_keep_the_weekday_of_the_start() -> None:
    line = explained("TQ1|1||Q2W||||20260304", days=21)

    assert dated(line) == ["03-04 08:00 MORN 1", "03-18 08:00 MORN 1"]
    assert "weekday-from-start" in codes(line)


def test_every_second_tuesday() -> None:
    line = explained("TQ1|1||Q2J2|0800|||20260303", days=21)

    assert dated(line) == ["03-03 08:00 1", "03-17 08:00 1"]


def test_the_example_of_the_conjunction_a_runs_both_statements() -> None:
    line = explained(
        "TQ1|1|1^CPR|QJ135|0800|||20260302|||||A\nTQ1|2|0.5^CPR|QJ2467|0800|||20260302\n"
        "RXE||(product)|||",
        days=7,
    )

    assert dated(line) == [
        "03-02 08:00 1",
        "03-03 08:00 0.5",
        "03-04 08:00 1",
        "03-05 08:00 0.5",
        "03-06 08:00 1",
        "03-07 08:00 0.5",
        "03-08 08:00 0.5",
    ]


def test_the_conjunction_s_puts_the_steps_of_a_taper_one_after_the_other() -> None:
    line = explained(
        "TQ1|1||BID|0800~1900||2^d|20260302|||||S\nTQ1|2||QD|0800||2^d|20260304", days=6
    )

    assert dated(line) == [
        "03-02 08:00 1",
        "03-02 19:00 1",
        "03-03 08:00 1",
        "03-03 19:00 1",
        "03-04 08:00 1",
        "03-05 08:00 1",
    ]


def test_a_timing_in_parallel_starts_with_the_one_before_and_not_on_the_day_of_writing() -> None:
    line = explained("TQ1|1||QAM||||20260303|||||A\nTQ1|2||QPM", days=2)

    assert dated(line) == ["03-03 08:00 MORN 1", "03-03 19:00 EVE 1"]
    assert "start-from-writing" not in codes(line)


def test_a_timing_in_parallel_keeps_a_start_of_its_own() -> None:
    line = explained("TQ1|1||QAM||||20260302|||||A\nTQ1|2||QPM||||20260303", days=2)

    assert dated(line) == ["03-02 08:00 MORN 1", "03-03 08:00 MORN 1", "03-03 19:00 EVE 1"]


def test_steps_that_follow_and_start_together_block() -> None:
    line = explained("TQ1|1||QID||||20260302|||||S\nTQ1|2||TID||||20260302")

    assert "timing-contradicted" in held_by(line)


def test_a_dose_at_bedtime_with_its_hour_is_at_that_hour() -> None:
    line = explained("TQ1|1||QHS|2130|||20260302", days=1)

    assert dated(line) == ["03-02 21:30 1"]


def test_repetitions_of_the_pattern_are_several_moments() -> None:
    line = explained("TQ1|1||QAM~QHS||||20260302", days=1)

    assert dated(line) == ["03-02 08:00 MORN 1", "03-02 22:00 HS 1"]


def test_a_meal_keeps_its_minutes() -> None:
    line = explained("TQ1|1||ACM^^^^^^^ACM^30^min||||20260302", days=1)

    assert dated(line) == ["03-02 08:00 ACM 1"]
    (intake,) = line.planned
    assert intake.offset_minutes == 30


def test_before_meals_are_the_meals_of_the_site() -> None:
    line = explained("TQ1|1||AC||||20260302", days=1)

    assert dated(line) == ["03-02 08:00 ACM 1", "03-02 12:00 ACD 1", "03-02 19:00 ACV 1"]


def test_a_length_is_half_open_from_the_start() -> None:
    line = explained("TQ1|1||BID|||1^d|202603021200", days=4)

    assert dated(line) == ["03-02 19:00 EVE 1", "03-03 08:00 MORN 1"]


def test_an_end_that_is_a_day_is_that_whole_day() -> None:
    line = explained("TQ1|1||QHS||||20260302|20260303", days=5)

    assert dated(line) == ["03-02 22:00 HS 1", "03-03 22:00 HS 1"]


def test_an_end_that_is_an_instant_is_the_last_one() -> None:
    line = explained("TQ1|1||BID|0800~2000|||20260302|202603031200", days=5)

    assert dated(line) == ["03-02 08:00 1", "03-02 20:00 1", "03-03 08:00 1"]


def test_an_end_and_a_length_that_part_block() -> None:
    assert held_by(explained("TQ1|1||QD|0800||7^d|20260302|20260304")) == ["bounds-invalid"]


def test_a_total_of_occurrences_ends_a_dose_a_day() -> None:
    line = explained("TQ1|1||QHS||||20260302|||||||2", days=5)

    assert dated(line) == ["03-02 22:00 HS 1", "03-03 22:00 HS 1"]


def test_a_total_beside_several_a_day_is_ambiguous() -> None:
    assert held_by(explained("TQ1|1||BID||||20260302|||||||4")) == ["count-ambiguous"]


def test_the_duration_of_one_occurrence_moves_no_dose() -> None:
    line = explained("TQ1|1||QHS||||20260302||||||1^h", days=1)

    assert dated(line) == ["03-02 22:00 HS 1"]


def test_once_with_its_hour_is_one_dose() -> None:
    line = explained("TQ1|1||ONCE|0800|||20260303", days=5)

    assert dated(line) == ["03-03 08:00 1"]


def test_once_without_an_hour_has_no_place() -> None:
    assert held_by(explained("TQ1|1||ONCE||||20260303")) == ["timing-missing"]


@pytest.mark.parametrize("timing", ["PRNQ6H", "PRN", "BID|||||||PRN"])
def test_as_needed_is_listed_and_never_planned(timing: str) -> None:
    example = "TQ1|1||BID||||||PRN" if timing.startswith("BID") else f"TQ1|1||{timing}"

    line = explained(example)

    assert line.planned == ()
    assert held_by(line) == []
    assert line.schedule is not None
    assert len(line.schedule.as_needed) == 1


def test_the_order_requested_with_another_dose_and_hours_than_the_encoded_one_blocks() -> None:
    line = explained(
        "TQ1|1|2^CPR|TID||||20260302\nRXO|(product)|2||CPR^comprimé\nRXR|PO\n"
        "RXE||(product)|1||CPR^comprimé\nTQ1|1|1^CPR|TID|0700~1500~2300|||20260302"
    )

    assert held_by(line) == ["dose-several", "timing-contradicted"]


def test_the_old_field_is_read_with_its_length_and_hours() -> None:
    line = explained("RXE|1^BID&0800,2000^D1^20260302|(product)|1||CPR^comprimé", days=3)

    assert dated(line) == ["03-02 08:00 1", "03-02 20:00 1"]


def test_x_is_a_number_of_times_and_d_a_number_of_days() -> None:
    line = explained(
        "RXE|1^QAM^X3^20260302^^^^^S~1^QOD&0800^D4|(product)|1||CPR^comprimé",
        days=9,
    )

    assert dated(line) == [
        "03-02 08:00 MORN 1",
        "03-03 08:00 MORN 1",
        "03-04 08:00 MORN 1",
        "03-05 08:00 1",
        "03-07 08:00 1",
    ]


def test_a_range_and_a_rate_are_no_dose() -> None:
    a_range = explained("RXE||(product)|1|2|CPR^comprimé\nTQ1|1||BID||||20260302")
    a_rate = explained("RXE||(product)|1||CPR^comprimé|||||||||||||||||H1\nTQ1|1||BID||||20260302")

    assert held_by(a_range) == ["dose-range"]
    assert held_by(a_rate) == ["dose-rate"]


def test_the_same_least_and_most_amount_is_one_dose() -> None:
    line = explained("RXE||(product)|2|2|CPR^comprimé\nTQ1|1||QHS||||20260302", days=1)

    assert dated(line) == ["03-02 22:00 HS 2"]


def test_the_daily_total_that_dose_and_timing_do_not_make_blocks() -> None:
    agreeing = "RXE||(product)|1||CPR^comprimé||||||||||||||2^CPR\nTQ1|1||BID||||20260302"
    parting = "RXE||(product)|1||CPR^comprimé||||||||||||||6^CPR\nTQ1|1||BID||||20260302"

    assert len(dated(explained(agreeing, days=1))) == 2
    assert held_by(explained(parting)) == ["dose-total"]


def test_every_second_tuesday_from_a_monday_is_uncertain() -> None:
    assert held_by(explained("TQ1|1||Q2J2|0800|||20260302", days=21)) == ["anchor-uncertain"]


def test_no_pattern_at_all_is_not_once() -> None:
    assert held_by(explained("TQ1|1||||||20260302")) == ["timing-missing"]


def test_an_order_without_a_timing_is_not_planned() -> None:
    assert held_by(explained("RXE||(product)|1||CPR^comprimé")) == ["timing-missing"]


def test_a_start_that_is_not_stated_is_the_day_of_writing() -> None:
    line = explained("TQ1|1||QHS", days=1)

    assert dated(line) == ["03-02 22:00 HS 1"]
    assert "start-from-writing" in codes(line)


def test_the_text_of_the_timing_is_compared_with_it() -> None:
    same = explained("TQ1|1||BID||||20260302||||deux fois par jour", days=1)
    other = explained("TQ1|1||BID||||20260302||||trois fois par jour")

    assert dated(same) == ["03-02 08:00 MORN 1", "03-02 19:00 EVE 1"]
    assert held_by(other) == ["text-contradicts"]


def test_the_words_of_the_code_are_compared_with_it() -> None:
    line = explained("TQ1|1||TID&deux fois par jour&HL70335||||20260302")

    assert held_by(line) == ["text-contradicts"]


def test_the_instructions_of_the_order_are_compared_with_its_timing() -> None:
    line = explained(
        "RXE||(product)|1||CPR^comprimé||^un comprimé le lundi seulement\nTQ1|1||BID||||20260302"
    )

    assert "text-adds" in held_by(line)


def test_an_amount_without_a_unit_is_no_dose() -> None:
    assert held_by(explained("RXE||(product)|1\nTQ1|1||QHS||||20260302")) == ["unit-missing"]


def test_an_amount_by_kilogram_is_no_dose() -> None:
    line = explained("RXE||(product)|5||mg/kg\nTQ1|1||QHS||||20260302")

    assert held_by(line) == ["dose-per-body"]


def test_a_request_alone_is_planned_as_it_states() -> None:
    line = explained("TQ1|1||QHS||||20260302\nRXO|(product)|1||CPR^comprimé", days=1)

    assert dated(line) == ["03-02 22:00 HS 1"]


def test_a_length_in_minutes_is_no_length_of_a_treatment() -> None:
    line = explained("RXE|1^QHS^M2^20260302|(product)|1||CPR^comprimé")

    assert held_by(line) == ["bounds-invalid"]


def test_a_mixture_is_not_planned() -> None:
    line = explained("TQ1|1||QHS||||20260302\nRXR|PO\nRXC|B|S1^EAU^L|100|ML\nRXC|A|S2^X^L|5|MG")

    assert held_by(line) == ["product-compound"]


def test_the_tables_of_a_site_give_hours_and_days_to_its_own_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = Path(mappings.catalogue.__file__).parent / "sites" / "reference"
    shutil.copytree(reference, tmp_path / "hl7-codes")
    own = tmp_path / "hl7-codes" / "hl7v2" / "repeat_patterns.csv"
    own.parent.mkdir()
    own.write_text(
        "# table: hl7-codes/hl7v2/repeat_patterns  target: mappings.timing  version: 1\n"
        "code;text;target;source;read_by\n"
        "BID;twice a day;2/1d 09:00 16:00;protocol of the home;\n"
        "99DPI|LM;lu 1 me 1;mon wed 08:30;list of the sender;\n"
    )
    monkeypatch.setenv("SEMAINIER_SITES", str(tmp_path))

    twice = explained("TQ1|1||BID||||20260302", days=1, site="hl7-codes")
    days = explained("TQ1|1||LM&lu 1 me 1&99DPI||||20260302", days=7, site="hl7-codes")

    assert dated(twice) == ["03-02 09:00 1", "03-02 16:00 1"]
    assert dated(days) == ["03-02 08:30 1", "03-04 08:30 1"]


@pytest.mark.parametrize(
    "example",
    [
        "RXO|(product)|||||^1 comprimé matin et soir",
        "RXO|(product)||||||^1 comprimé matin et soir",
        "RXE||(product)|||||^1 comprimé matin et soir",
        "RXE||(product)\nNTE|1||1 comprimé matin et soir",
    ],
)
def test_an_order_in_words_is_a_posology_in_words(example: str) -> None:
    line = explained(example)

    assert held_by(line) == ["posology-text-only"]
    assert line.line.posology.text == "1 comprimé matin et soir"


def test_an_order_without_dose_timing_and_words_has_no_posology() -> None:
    assert held_by(explained("RXE||(product)")) == ["posology-missing"]


@pytest.mark.parametrize("control", ["XO", "RL"])
def test_a_change_keeps_the_rhythm_of_its_order_and_plans_from_its_effective_date(
    control: str,
) -> None:
    line = explained(
        f"ORC|{control}|L1^DPI||G1^DPI|||||||||||20260303\nRXE||(product)|1||CPR^comprimé\n"
        "TQ1|1||QOD|0800|||20260226",
        days=7,
    )

    assert dated(line) == ["03-04 08:00 1", "03-06 08:00 1", "03-08 08:00 1"]
