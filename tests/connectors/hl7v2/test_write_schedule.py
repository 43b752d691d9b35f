"""A released schedule as encoded orders: whoever reads them plans the same intakes, or none."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import constructs_hl7v2
import pytest
from builders import a_line, a_prescription
from hl7v2_messages import SITE
from hypothesis import event, given, settings
from hypothesis import strategies as st

from connectors.hl7v2.read import read
from connectors.hl7v2.write import write_answer
from engine.posology.expand import expand
from engine.posology.normalise import normalise
from schemas.decision import Decider, Decision, DecisionKind, Role
from schemas.delivery import ReleasedLine, ReleasedSchedule
from schemas.errors import Refused
from schemas.export import Envelope
from schemas.ids import DecisionId, DeliveryId, Sha256, UserName
from schemas.moment import Moment
from schemas.people import Organization
from schemas.posology import Weekday
from schemas.quantity import Quantity
from schemas.schedule import DoseSchedule, EveryDays, LineSchedule, OnWeekdays, Slot, Step

PARIS = ZoneInfo("Europe/Paris")
FIRST = datetime(2026, 3, 2, tzinfo=PARIS)
DECISION = Decision(
    id=DecisionId("DEC-1"),
    kind=DecisionKind.VALIDATE,
    decided_by=Decider(
        user=UserName("p"), name="PHARMA Paul", role=Role.PHARMACIST, finess="350001236"
    ),
    decided_at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    content_sha256=Sha256("0" * 64),
    source_sha256=Sha256("1" * 64),
    software="semainier",
)
ENVELOPE = Envelope(
    id=DeliveryId("D-1"),
    created_at=datetime(2026, 3, 1, 10, tzinfo=UTC),
    sender="PHARMACIE",
    receiver="DPI",
    answers_control_id="M1",
)
DAYS_OF_WEEK = st.sets(st.sampled_from(list(Weekday)), min_size=1, max_size=7)
MOMENTS = st.sets(
    st.sampled_from([Moment.MORNING, Moment.NOON, Moment.EVENING, Moment.BEDTIME]), min_size=1
)
ANCHORS = st.just(date(2026, 3, 2)) | st.dates(date(2026, 2, 2), date(2026, 3, 20))
RULES = st.builds(EveryDays, every=st.integers(1, 9), anchor=ANCHORS) | st.builds(
    OnWeekdays, weekdays=DAYS_OF_WEEK.map(tuple), every=st.integers(1, 3), anchor=ANCHORS
)
AMOUNTS = st.sampled_from(["0.25", "0.5", "1", "1.50", "2"]).map(Decimal)


def written(schedule: DoseSchedule) -> bytes:
    line = a_line()
    planned = tuple(expand(schedule, SITE, FIRST, 60))
    release = ReleasedSchedule(
        prescription=a_prescription(line),
        lines=(ReleasedLine(line=line, schedule=schedule, planned=planned),),
        decision=DECISION,
        pharmacy=Organization(name="Pharmacie du Mail"),
        first_day=FIRST,
        days=60,
    )
    return write_answer(release, ENVELOPE)


def read_back(data: bytes) -> LineSchedule:
    """The encoded orders in a message of their own, as a reader plans them."""
    lines = data.decode().split("\r")
    example = "\n".join(line for line in lines if line[:3] in {"RXE", "TQ1"})
    [prescription] = read(constructs_hl7v2.message(example, FIRST.isoformat()), SITE).prescriptions
    [line] = prescription.lines
    return normalise(line.posology, SITE).schedule


def dated(schedule: DoseSchedule) -> list[tuple[datetime, Decimal]]:
    intakes = expand(schedule, SITE, FIRST - timedelta(days=1), 60)
    return sorted((intake.due_at, intake.quantity.value) for intake in intakes)


@settings(max_examples=300)
@given(
    rule=RULES,
    moments=MOMENTS,
    amount=AMOUNTS,
    hour=st.integers(0, 23),
    days=st.none() | st.integers(1, 40),
    count=st.none() | st.integers(1, 12),
)
def test_what_is_written_of_any_rhythm_is_planned_the_same_by_whoever_reads_it(
    rule: EveryDays | OnWeekdays,
    moments: set[Moment],
    amount: Decimal,
    hour: int,
    days: int | None,
    count: int | None,
) -> None:
    start = datetime(2026, 3, 2, hour, tzinfo=PARIS)
    step = Step(
        location="s",
        start=start,
        end=start + timedelta(days=days) if days else None,
        count=count,
        rule=rule,
        slots=tuple(Slot(moment=moment) for moment in sorted(moments)),
        quantity=Quantity(value=amount, unit="comprimé"),
    )
    schedule = DoseSchedule(site=SITE.name, zone=SITE.zone, steps=(step,))
    try:
        data = written(schedule)
    except Refused:
        event("refused")
        return

    again = read_back(data)

    event(type(again).__name__)
    if isinstance(again, DoseSchedule):
        assert dated(again) == dated(schedule)


def test_a_tablet_on_mondays_and_thursdays_is_read_back_on_those_mornings() -> None:
    """2 March 2026 is a Monday; the reference site has its morning at 08:00."""
    step = Step(
        location="s",
        start=FIRST,
        end=FIRST + timedelta(days=10),
        rule=OnWeekdays(weekdays=(Weekday("mon"), Weekday("thu")), every=1, anchor=FIRST.date()),
        slots=(Slot(moment=Moment.MORNING),),
        quantity=Quantity(value=Decimal("0.5"), unit="comprimé"),
    )

    again = read_back(written(DoseSchedule(site=SITE.name, zone=SITE.zone, steps=(step,))))

    assert isinstance(again, DoseSchedule)
    assert dated(again) == [
        (datetime(2026, 3, day, 8, tzinfo=PARIS), Decimal("0.5")) for day in (2, 5, 9)
    ]


def test_a_rhythm_that_begins_after_its_treatment_is_refused() -> None:
    step = Step(
        location="s",
        start=FIRST,
        rule=EveryDays(every=1, anchor=date(2026, 3, 3)),
        slots=(Slot(moment=Moment.MORNING),),
        quantity=Quantity(value=Decimal(1), unit="comprimé"),
    )

    with pytest.raises(Refused, match="TQ1-7"):
        written(DoseSchedule(site=SITE.name, zone=SITE.zone, steps=(step,)))
