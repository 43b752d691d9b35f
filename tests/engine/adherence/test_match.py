from datetime import UTC, date, datetime

import pytest
from intakes import a_report, at, planned

from engine.adherence.definition import DEFAULT
from engine.adherence.match import Matching, match
from engine.adherence.report import Report
from schemas.adherence import Definition, MatchKind
from schemas.delivery import ReportedIntake
from schemas.finding import FindingCode
from schemas.intake import Author, AuthorRole, Intake, IntakeStatus
from schemas.people import Identifier
from schemas.schedule import PlannedIntake

MONDAY = date(2026, 1, 5)
LATER = datetime(2026, 2, 1, tzinfo=UTC)
TWICE = planned(MONDAY, 1, "08:00", "20:00")


def matched(
    *reports: Report,
    plan: tuple[PlannedIntake, ...] = TWICE,
    until: datetime = LATER,
    definition: Definition = DEFAULT,
    zone: str = "UTC",
) -> Matching:
    return match(plan, reports, definition=definition, zone=zone, until=until)


def kinds(matching: Matching) -> list[MatchKind]:
    return [slot.match.kind for slot in matching.slots]


def test_silence_is_no_record_and_never_not_taken() -> None:
    assert kinds(matched()) == [MatchKind.NO_RECORD, MatchKind.NO_RECORD]


@pytest.mark.parametrize(
    ("taken_at", "kind", "minutes"),
    [
        ("07:00", MatchKind.ON_TIME, -60),
        ("06:59", MatchKind.EARLY, -61),
        ("09:00", MatchKind.ON_TIME, 60),
        ("09:01", MatchKind.LATE, 61),
    ],
)
def test_the_window_includes_its_ends(taken_at: str, kind: MatchKind, minutes: int) -> None:
    found = matched(a_report("R1", f"2026-01-05 {taken_at}")).slots[0].match

    assert (found.kind, found.minutes_apart, found.intake) == (kind, minutes, "R1")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (IntakeStatus.PARTIAL, MatchKind.PARTIAL),
        (IntakeStatus.REFUSED, MatchKind.REFUSED),
        (IntakeStatus.NOT_GIVEN, MatchKind.NOT_GIVEN),
        (IntakeStatus.HELD, MatchKind.HELD),
        (IntakeStatus.UNKNOWN, MatchKind.UNKNOWN),
        (IntakeStatus.IN_PROGRESS, MatchKind.UNKNOWN),
    ],
)
def test_each_status_keeps_its_own_kind(status: IntakeStatus, kind: MatchKind) -> None:
    matching = matched(a_report("R1", "2026-01-05 08:05", status=status))

    assert kinds(matching) == [kind, MatchKind.NO_RECORD]


def test_a_planned_time_that_the_author_names_wins_over_the_nearest_one() -> None:
    matching = matched(a_report("R1", "2026-01-05 09:30", planned_at="2026-01-05 20:00"))

    assert kinds(matching) == [MatchKind.NO_RECORD, MatchKind.EARLY]


def test_an_intake_whose_time_nobody_stated_is_taken_neither_on_time_nor_late() -> None:
    matching = matched(a_report("R1", planned_at="2026-01-05 08:00"))

    assert kinds(matching) == [MatchKind.TAKEN, MatchKind.NO_RECORD]


def test_a_nurse_and_a_carer_who_report_one_intake_make_one_and_the_nurse_counts() -> None:
    matching = matched(
        a_report("R1", "2026-01-05 08:20", role=AuthorRole.CARER),
        a_report("R2", "2026-01-05 08:00", role=AuthorRole.NURSE),
    )

    assert matching.slots[0].match.intake == "R2"
    assert matching.slots[0].match.others == ("R1",)
    assert matching.extras == ()
    assert matching.findings == ()


def test_two_authors_who_disagree_are_a_finding_and_the_stronger_counts() -> None:
    matching = matched(
        a_report("R1", "2026-01-05 08:20", role=AuthorRole.PATIENT),
        a_report("R2", "2026-01-05 08:00", role=AuthorRole.NURSE, status=IntakeStatus.REFUSED),
    )

    assert kinds(matching)[0] is MatchKind.REFUSED
    assert [finding.code for finding in matching.findings] == [FindingCode.INTAKE_CONFLICT]
    assert matching.findings[0].quoted == "nurse: refused / patient: taken"


def test_who_does_not_know_overrules_nobody() -> None:
    matching = matched(
        a_report("R1", "2026-01-05 08:20", role=AuthorRole.PATIENT),
        a_report("R2", "2026-01-05 08:00", role=AuthorRole.NURSE, status=IntakeStatus.UNKNOWN),
    )

    assert matching.slots[0].match.intake == "R1"


def test_the_precedence_is_that_of_the_definition() -> None:
    reports = (
        a_report("R1", "2026-01-05 08:20", role=AuthorRole.PATIENT),
        a_report("R2", "2026-01-05 08:00", role=AuthorRole.NURSE),
    )
    patient_first = DEFAULT.model_copy(
        update={"precedence": (AuthorRole.PATIENT, AuthorRole.NURSE)}
    )

    assert matched(*reports, definition=patient_first).slots[0].match.intake == "R1"


def test_the_last_word_of_one_author_on_one_planned_intake_counts() -> None:
    matching = matched(
        a_report(
            "R1",
            status=IntakeStatus.REFUSED,
            planned_at="2026-01-05 08:00",
            recorded_at="2026-01-05 08:05",
        ),
        a_report(
            "R2",
            "2026-01-05 08:40",
            planned_at="2026-01-05 08:00",
            recorded_at="2026-01-05 08:41",
        ),
    )

    assert matching.slots[0].match.intake == "R2"
    assert matching.slots[0].match.others == ("R1",)


def test_a_refusal_and_then_an_intake_do_not_spend_the_next_planned_intake() -> None:
    matching = matched(
        a_report("R1", "2026-01-05 08:00", status=IntakeStatus.REFUSED),
        a_report("R2", "2026-01-05 08:30"),
    )

    assert kinds(matching) == [MatchKind.ON_TIME, MatchKind.NO_RECORD]
    assert matching.slots[0].match.others == ("R1",)


def test_one_intake_serves_one_planned_intake_only() -> None:
    matching = matched(
        a_report("R1", "2026-01-05 08:30"), plan=planned(MONDAY, 1, "08:00", "09:00")
    )

    assert kinds(matching) == [MatchKind.ON_TIME, MatchKind.NO_RECORD]


def test_as_many_planned_intakes_as_possible_are_found_on_time() -> None:
    # 08:00 can only be served by 08:55, so 09:00 must take 09:50.
    matching = matched(
        a_report("R1", "2026-01-05 08:55"),
        a_report("R2", "2026-01-05 09:50"),
        plan=planned(MONDAY, 1, "08:00", "09:00"),
    )

    assert kinds(matching) == [MatchKind.ON_TIME, MatchKind.ON_TIME]


def test_a_second_intake_near_the_same_time_is_beyond_the_plan_and_said() -> None:
    matching = matched(a_report("R1", "2026-01-05 08:00"), a_report("R2", "2026-01-05 10:00"))

    assert kinds(matching) == [MatchKind.ON_TIME, MatchKind.NO_RECORD]
    assert [extra.report.id for extra in matching.extras] == ["R2"]
    assert [finding.code for finding in matching.findings] == [FindingCode.INTAKE_UNMATCHED]


def test_an_intake_beyond_the_plan_that_two_authors_report_is_counted_once() -> None:
    off = planned(MONDAY, 1)
    matching = matched(
        a_report("R1", "2026-01-05 12:00", role=AuthorRole.NURSE),
        a_report("R2", "2026-01-05 12:20", role=AuthorRole.PATIENT),
        plan=off,
    )

    assert [extra.report.id for extra in matching.extras] == ["R1"]
    assert len(matching.findings) == 2


def test_what_was_entered_in_error_does_not_count() -> None:
    matching = matched(a_report("R1", "2026-01-05 08:00", status=IntakeStatus.ENTERED_IN_ERROR))

    assert kinds(matching)[0] is MatchKind.NO_RECORD


def test_a_corrected_report_gives_way_to_its_correction() -> None:
    matching = matched(
        a_report("R1", "2026-01-05 08:00", identifier="A1"),
        a_report(
            "R2", "2026-01-05 08:00", status=IntakeStatus.REFUSED, identifier="A2", corrects="A1"
        ),
    )

    assert kinds(matching) == [MatchKind.REFUSED, MatchKind.NO_RECORD]
    assert matching.slots[0].match.others == ()


def test_a_report_in_error_takes_back_what_it_corrects() -> None:
    matching = matched(
        a_report("R1", "2026-01-05 08:00", identifier="A1"),
        a_report("R2", status=IntakeStatus.ENTERED_IN_ERROR, corrects="A1"),
    )

    assert kinds(matching)[0] is MatchKind.NO_RECORD


def test_the_last_version_under_one_identifier_of_the_sender_counts() -> None:
    matching = matched(
        a_report("R1", "2026-01-05 08:00", identifier="A1", recorded_at="2026-01-05 08:01"),
        a_report(
            "R2",
            "2026-01-05 08:00",
            identifier="A1",
            recorded_at="2026-01-05 09:00",
            status=IntakeStatus.NOT_GIVEN,
        ),
    )

    assert kinds(matching)[0] is MatchKind.NOT_GIVEN


def test_an_update_under_its_own_identifier_replaces_what_it_names() -> None:
    # HL7 v2 RXA-21 = U names the administration that it changes by the same identifier.
    matching = matched(
        a_report("R1", "2026-01-05 08:00", identifier="A1"),
        a_report("R2", "2026-01-05 08:30", identifier="A1", corrects="A1").model_copy(
            update={"received_at": LATER.replace(year=2031)}
        ),
    )

    assert matching.slots[0].match.intake == "R2"
    assert matching.slots[0].match.others == ()


def test_a_sender_that_gives_every_intake_one_identifier_loses_none_of_them() -> None:
    matching = matched(
        a_report("R1", "2026-01-05 08:00", identifier="ORD1/1"),
        a_report("R2", "2026-01-05 20:00", identifier="ORD1/1"),
    )

    assert kinds(matching) == [MatchKind.ON_TIME, MatchKind.ON_TIME]
    assert [(f.code, f.quoted) for f in matching.findings] == [
        (FindingCode.IDENTIFIER_DUPLICATE, "ORD1/1")
    ]


def test_a_deletion_among_reports_of_one_identifier_takes_back_the_one_of_its_time() -> None:
    matching = matched(
        a_report("R1", "2026-01-05 08:00", identifier="ORD1/1"),
        a_report("R2", "2026-01-05 20:00", identifier="ORD1/1"),
        a_report(
            "R3",
            "2026-01-05 08:00",
            identifier="ORD1/1",
            corrects="ORD1/1",
            status=IntakeStatus.ENTERED_IN_ERROR,
        ),
    )

    assert kinds(matching) == [MatchKind.NO_RECORD, MatchKind.ON_TIME]


def test_a_correction_of_the_time_replaces_the_report_it_names() -> None:
    matching = matched(
        a_report("R1", "2026-01-05 08:00", identifier="A1"),
        a_report("R2", "2026-01-05 20:00", identifier="A1", corrects="A1"),
    )

    assert kinds(matching) == [MatchKind.NO_RECORD, MatchKind.ON_TIME]
    assert matching.findings == ()


def test_an_update_that_names_the_planned_time_alone_is_of_that_planned_time() -> None:
    matching = matched(
        a_report("R1", planned_at="2026-01-05 08:00", identifier="A1"),
        a_report("R2", planned_at="2026-01-05 08:00", identifier="A1", status=IntakeStatus.REFUSED),
    )

    assert kinds(matching) == [MatchKind.REFUSED, MatchKind.NO_RECORD]


def test_a_refusal_on_a_day_without_plan_is_said_and_counts_nowhere() -> None:
    matching = matched(a_report("R1", "2026-01-09 08:00", status=IntakeStatus.REFUSED))

    assert matching.extras == ()
    assert [f.code for f in matching.findings] == [FindingCode.INTAKE_UNMATCHED]


def test_a_planned_time_that_the_line_does_not_have_is_said() -> None:
    matching = matched(a_report("R1", planned_at="2026-01-05 11:00"))

    assert kinds(matching) == [MatchKind.NO_RECORD, MatchKind.NO_RECORD]
    assert [f.code for f in matching.findings] == [FindingCode.INTAKE_UNMATCHED]


def test_without_the_time_of_every_writing_the_last_received_is_the_last_word() -> None:
    first = a_report("R1", "2026-01-05 08:00", identifier="A1")
    second = a_report(
        "R2", "2026-01-05 08:10", identifier="A1", recorded_at="2026-01-05 08:11"
    ).model_copy(update={"received_at": LATER.replace(year=2031)})

    assert matched(first, second).slots[0].match.intake == "R2"


def test_a_correction_of_another_authority_names_another_report() -> None:
    own = Identifier(value="A1", authority="urn:oid:1.2.3")
    report = a_report("R1", "2026-01-05 08:00").model_copy(update={"identifiers": (own,)})
    correction = a_report("R2", status=IntakeStatus.ENTERED_IN_ERROR).model_copy(
        update={"corrects": Identifier(value="A1", authority="urn:oid:9.9.9")}
    )

    assert matched(report, correction).slots[0].match.intake == "R1"


def test_device_openings_within_ten_minutes_of_the_one_before_are_one() -> None:
    # 08:08 is 8 minutes after 08:00, 08:16 is 8 minutes after 08:08: both go.
    openings = [
        a_report(f"R{minute}", f"2026-01-05 08:{minute:02}", role=AuthorRole.DEVICE)
        for minute in (0, 8, 16, 26)
    ]

    assert [extra.report.id for extra in matched(*openings).extras] == ["R26"]
    by_hand = [report.model_copy(update={"role": AuthorRole.NURSE}) for report in openings]
    assert len(matched(*by_hand).extras) == 3


def test_the_future_is_not_planned_yet_unless_it_was_already_taken() -> None:
    half_past_seven = at("2026-01-05 19:30")

    assert kinds(matched(until=half_past_seven)) == [MatchKind.NO_RECORD]
    early = matched(a_report("R1", "2026-01-05 19:15"), until=half_past_seven)
    assert kinds(early) == [MatchKind.NO_RECORD, MatchKind.ON_TIME]


def test_what_happens_after_the_moment_of_looking_is_not_seen() -> None:
    assert kinds(matched(a_report("R1", "2026-01-05 08:30"), until=at("2026-01-05 08:15"))) == [
        MatchKind.NO_RECORD
    ]


def test_an_intake_after_midnight_counts_for_the_evening_before() -> None:
    plan = planned(MONDAY, 2, "22:00")

    matching = matched(a_report("R1", "2026-01-06 01:30"), plan=plan)

    assert kinds(matching) == [MatchKind.LATE, MatchKind.NO_RECORD]


def test_an_intake_within_the_window_counts_over_the_start_of_the_day() -> None:
    # 03:00 begins Tuesday; 02:50 is still Monday, and is the intake of 03:00.
    matching = matched(a_report("R1", "2026-01-06 02:50"), plan=planned(MONDAY, 2, "03:00"))

    assert kinds(matching) == [MatchKind.NO_RECORD, MatchKind.ON_TIME]


@pytest.mark.parametrize("zone", ["Indian/Reunion", "America/Martinique", "Pacific/Noumea"])
def test_days_are_those_of_the_place_overseas_too(zone: str) -> None:
    plan = planned(MONDAY, 1, "22:00", zone=zone)

    matching = matched(a_report("R1", "2026-01-06 02:30", zone=zone), plan=plan, zone=zone)

    assert kinds(matching) == [MatchKind.LATE]


def test_a_stored_intake_becomes_a_report() -> None:
    stored = ReportedIntake(
        id="I1",
        intake=Intake(
            location="MedicationAdministration",
            identifiers=(Identifier(value="A1"),),
            status=IntakeStatus.TAKEN,
            taken_at=at("2026-01-05 08:00"),
            author=Author(role=AuthorRole.NURSE),
        ),
        received_at=LATER,
    )

    report = Report.of(stored)

    assert (report.id, report.role, report.taken_at) == (
        "I1",
        AuthorRole.NURSE,
        at("2026-01-05 08:00"),
    )
