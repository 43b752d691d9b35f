"""Movements of a patient through the inbox: who is away is not counted, who is one is one."""

from collections import Counter
from datetime import UTC, date, datetime

from messages import (
    IPP_AUTHORITY,
    Clock,
    a_bundle,
    a_context,
    a_request,
    open_items,
    taken_in,
    the_item,
)

from engine.pipeline.adherence import compute
from engine.pipeline.consult import shown
from engine.pipeline.context import Context
from engine.pipeline.decide import decide_on
from engine.store import audit, patients, releases
from engine.store.tables import findings
from engine.store.unit import Store
from engine.terminal.answers import verdicts
from engine.validation.decide import Request
from schemas.adherence import AdherenceResult, Fraction, PeriodReason, Unmonitored
from schemas.decision import DecisionKind
from schemas.events import AuditEvent
from schemas.finding import FindingCode
from schemas.message import MessageState

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 8)
OID = IPP_AUTHORITY.removeprefix("urn:oid:")
NUMBERS = iter(range(1, 1000))


def adt(event: str, at: str, *segments: str, ipp: str = "000123", born: str = "19380412") -> bytes:
    """An ADT message; `at` is `2 08:05`, a day of March 2026 on the clock of Paris."""
    day, hour = at.split()
    stamp = f"2026030{day}{hour.replace(':', '')}00+0100"
    lines = (
        f"MSH|^~\\&|DPI|EHPAD|X|Y|{stamp}||ADT^{event}|ADT{next(NUMBERS)}|P|2.5",
        f"EVN||{stamp}||||{stamp}",
        f"PID|||{ipp}^^^EHPAD&{OID}&ISO^PI||EXEMPLE^Odette||{born}|F",
        *segments,
    )
    return "\r".join((*lines, "")).encode()


def mrg(ipp: str) -> str:
    return f"MRG|{ipp}^^^EHPAD&{OID}&ISO^PI"


def a_validated_line(store: Store, ipp: str = "000123") -> Context:
    """One tablet every morning at 08:00, validated; today is 20 March 2026."""
    context = a_context(store)
    taken_in(context, a_bundle(a_request("A"), ipp=ipp))
    validate_all(context)
    clock = context.clock
    assert isinstance(clock, Clock)
    clock.now = datetime(2026, 3, 20, tzinfo=UTC)
    return context


def validate_all(context: Context) -> None:
    item = the_item(context)
    request = Request(
        kind=DecisionKind.VALIDATE, expected_sha256=item.content_sha256, lines=verdicts(1, ())
    )
    decide_on(context, "pharm", item.id, request)


def result_of(context: Context, patient: str = "000123") -> AdherenceResult:
    return compute(context, "pharm", patient, FIRST, LAST)[1]


def silent_days(result: AdherenceResult) -> int:
    """Monitored days on which an intake was expected and nobody reported one."""
    [line] = result.lines
    return Counter({str(kind): count for kind, count in line.counts.items()})["no-record"]


def test_the_days_of_a_leave_are_not_counted_and_are_said(store: Store) -> None:
    context = a_validated_line(store)
    for message in (adt("A21", "3 14:00"), adt("A22", "5 17:00")):
        assert taken_in(context, message).state is MessageState.READ

    result = result_of(context)

    assert result.unmonitored == (
        Unmonitored(first=date(2026, 3, 3), last=date(2026, 3, 5), reason=PeriodReason.ABSENCE),
    )
    assert silent_days(result) == 4
    assert result.findings == ()


def test_a_leave_that_is_cancelled_counts_every_day(store: Store) -> None:
    context = a_validated_line(store)
    for message in (adt("A21", "3 14:00"), adt("A52", "3 14:00")):
        taken_in(context, message)

    result = result_of(context)

    assert result.unmonitored == ()
    assert silent_days(result) == 7


def test_a_leave_without_return_is_told_with_the_result(store: Store) -> None:
    context = a_validated_line(store)
    taken_in(context, adt("A21", "6 10:00"))

    result = result_of(context)

    assert silent_days(result) == 4
    assert [found.code for found in result.findings] == [FindingCode.ABSENCE_OPEN]


def test_what_was_stored_of_a_merged_patient_is_found_with_the_one_who_stays(store: Store) -> None:
    context = a_validated_line(store, ipp="000999")
    taken_in(context, adt("A21", "3 14:00", ipp="000999"))
    taken_in(context, adt("A22", "5 17:00", ipp="000999"))

    taken_in(context, adt("A40", "6 10:00", mrg("000999")))

    for number in ("000123", "000999"):
        assert silent_days(result_of(context, number)) == 4


def test_a_patient_with_a_new_number_is_the_same_one(store: Store) -> None:
    context = a_validated_line(store, ipp="000999")

    taken_in(context, adt("A47", "6 10:00", mrg("000999")))

    assert [line.taking for line in result_of(context, "000123").lines] == [
        Fraction(numerator=0, denominator=7)
    ]


def test_two_people_of_other_birth_dates_are_not_merged(store: Store) -> None:
    context = a_validated_line(store, ipp="000999")

    message = taken_in(context, adt("A40", "6 10:00", mrg("000999"), born="19500101"))

    with context.store.unit(context.tenant) as unit:
        assert len(patients.patients_named(unit, "000999")) == 1
        assert patients.patients_named(unit, "000999") != patients.patients_named(unit, "000123")
        told = unit.connection.execute(
            findings.select().where(findings.c.message_id == message.id)
        ).all()
    assert [row.code for row in told] == [FindingCode.PATIENT_CONTRADICTED]


def test_one_product_in_two_records_of_one_patient_waits_for_a_person(store: Store) -> None:
    """Both were validated, each for itself; both stay in force until somebody has looked."""
    context = a_context(store)
    for ipp, group in (("000123", "G1"), ("000999", "G2")):
        taken_in(context, a_bundle(a_request("A"), ipp=ipp, group=group, bundle=group))
        validate_all(context)

    taken_in(context, adt("A40", "6 10:00", mrg("000999")))

    waiting = [shown(context, "pharm", item.id) for item in open_items(context)]
    codes = [{found.code for _, found in each.findings if found.blocks} for each in waiting]
    assert codes == [{FindingCode.LINE_ELSEWHERE}, {FindingCode.LINE_ELSEWHERE}]
    with context.store.unit(context.tenant) as unit:
        [kept] = patients.patients_named(unit, "000123")
        assert len(releases.released_prescriptions(unit, kept)) == 2


def test_two_records_with_nothing_in_common_ask_nobody(store: Store) -> None:
    context = a_context(store)
    for name, ipp, group in (("A", "000123", "G1"), ("B", "000999", "G2")):
        taken_in(context, a_bundle(a_request(name), ipp=ipp, group=group, bundle=group))
        validate_all(context)

    taken_in(context, adt("A40", "6 10:00", mrg("000999")))

    assert open_items(context) == ()


def test_a_merge_is_in_the_journal(store: Store) -> None:
    context = a_validated_line(store, ipp="000999")
    with context.store.unit(context.tenant) as unit:
        [gone] = patients.patients_named(unit, "000999")

    taken_in(context, adt("A40", "6 10:00", mrg("000999")))

    with context.store.unit(context.tenant) as unit:
        assert [entry.event for entry in audit.entries_about(unit, (gone,))] == [
            AuditEvent.PATIENT_MERGED
        ]
