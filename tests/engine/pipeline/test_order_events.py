"""The life of an HL7 v2 order as versions of its prescription, through the inbox.

Each message goes through receive and read; what is asserted are the versions on the desk, what
is released, and what was kept beside them.
"""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from messages import Clock, a_context, open_items, taken_in, the_item

from engine.pipeline.adherence import compute
from engine.pipeline.answer import Promise, answer
from engine.pipeline.consult import shown
from engine.pipeline.context import Context
from engine.pipeline.decide import decide_on
from engine.pipeline.receive import receive
from engine.pipeline.trace import trace
from engine.store import prescriptions, releases
from engine.store.prescriptions import StoredPrescription
from engine.store.unit import Store
from engine.terminal.answers import answers, verdicts
from engine.validation.decide import Request
from schemas.adherence import Fraction
from schemas.assessment import AssessedLine
from schemas.decision import DecisionKind
from schemas.finding import FindingCode
from schemas.message import Message, MessageState
from schemas.prescription import LineAction, LinkKind
from schemas.schedule import DoseSchedule

PID = "PID|1||000123^^^EHPAD&1.2.250.1.999.1&ISO^PI||EXEMPLE^Odette^^^^^L||19380412|F"
RXR = "RXR|PO^orale^HL70162"


class Sender:
    """A care home that sends one order of one patient, event by event."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.sent = 0

    def send(
        self, *orders: tuple[str, ...], kind: str = "RDE^O11", at: str = "20260301100000"
    ) -> Message:
        """One message; each order is its ORC and the segments after it."""
        self.sent += 1
        head = f"MSH|^~\\&|DPI|EHPAD|X|Y|{at}+0100||{kind}|M{self.sent}|P|2.5.1"
        segments = [head, PID, *(one for order in orders for one in order)]
        return taken_in(self.context, "\r".join((*segments, "")).encode())


def orc(control: str, numbers: str = "P1^DPI|F1^LGO", *, at: str = "", more: str = "") -> str:
    """ORC-1 to ORC-3, and ORC-9 when `at` is given."""
    return f"ORC|{control}|{numbers}||{more}||||{at}"


def detail(dose: str = "1", product: str = "DOLIPRANE 500 mg, comprimé") -> tuple[str, ...]:
    code = "3400932320189" if product.startswith("DOLIPRANE") else "3400930000011"
    return (
        f"RXE||{code}^{product}^CIP13|{dose}||CPR^comprimé",
        "TQ1|1||QAM||||20260302",
        RXR,
    )


def waiting(context: Context) -> list[StoredPrescription]:
    """The versions that wait for a decision, oldest first."""
    found = []
    with context.store.unit(context.tenant) as unit:
        for item in open_items(context):
            stored = prescriptions.prescription(unit, item.subject_id)
            assert stored is not None
            found.append(stored)
    return found


def the_line(context: Context) -> AssessedLine:
    """The only line of the only version that waits."""
    (version,) = waiting(context)
    (line,) = version.content.lines
    return line


def action(context: Context) -> LineAction:
    return the_line(context).line.action


def doubts(context: Context) -> set[FindingCode]:
    return {finding.code for finding in the_line(context).findings if finding.blocks}


def numbers(context: Context) -> list[str]:
    return [each.value for each in the_line(context).line.identifiers]


def validate(context: Context) -> None:
    """The pharmacist accepts the version that waits, with a reason for each blocking doubt."""
    item = the_item(context)
    found = [finding for _, finding in shown(context, "pharm", item.id).findings]
    blocking = [f"{rank}=2/1" for rank, each in enumerate(found, 1) if each.blocks]
    request = Request(
        kind=DecisionKind.VALIDATE,
        expected_sha256=item.content_sha256,
        lines=verdicts(1, ()),
        answers=answers(found, blocking, "all"),
    )
    decide_on(context, "pharm", item.id, request)


def in_force(context: Context, stored: StoredPrescription) -> bool:
    with context.store.unit(context.tenant) as unit:
        return releases.released(unit, stored.id) is not None


def notices_of(context: Context, message: Message) -> int:
    return len(trace(context, message.id).notices)


@pytest.fixture
def home(sqlite_store: Store) -> Sender:
    return Sender(a_context(sqlite_store))


def test_an_order_goes_through_its_life_version_by_version(home: Sender) -> None:
    context, lived = home.context, []

    for control, more in (("NW", detail("1")), ("XO", detail("2")), ("HD", ()), ("RL", ())):
        home.send((orc(control), *more))
        line = the_line(context)
        lived.append((waiting(context)[0].version, line.line.action.value, line.line.product.text))
    home.send((orc("DC"),))

    assert lived == [
        (1, "start", "DOLIPRANE 500 mg, comprimé"),
        (2, "change", "DOLIPRANE 500 mg, comprimé"),
        (3, "hold", "DOLIPRANE 500 mg, comprimé"),
        (4, "resume", "DOLIPRANE 500 mg, comprimé"),
    ]
    assert waiting(context)[0].version == 5
    assert action(context) is LineAction.STOP


def test_what_is_on_hold_plans_nothing_and_what_is_released_plans_again(home: Sender) -> None:
    home.send((orc("NW"), *detail()))

    home.send((orc("HD"),))
    held = the_line(home.context).schedule
    home.send((orc("RL"),))
    released = the_line(home.context).schedule

    assert isinstance(held, DoseSchedule)
    assert held.steps == ()
    assert isinstance(released, DoseSchedule)
    assert len(released.steps) == 1


@pytest.mark.parametrize("control", ["CA", "OC", "DC", "OD"])
def test_an_order_that_ends_before_it_is_validated_leaves_one_version_to_decide_on(
    home: Sender, control: str
) -> None:
    home.send((orc("NW"), *detail()))

    home.send((orc(control),))

    (version,) = waiting(home.context)
    assert version.version == 2
    assert isinstance(the_line(home.context).schedule, DoseSchedule)
    assert the_line(home.context).line.product.text == "DOLIPRANE 500 mg, comprimé"


def test_a_cancellation_after_validation_waits_while_the_order_is_in_force(home: Sender) -> None:
    home.send((orc("NW"), *detail()))
    (first,) = waiting(home.context)
    validate(home.context)

    home.send((orc("CA"),))

    assert action(home.context) is LineAction.CANCEL
    assert in_force(home.context, first)
    validate(home.context)
    assert waiting(home.context) == []


def test_a_replacement_ends_the_order_that_it_replaces_and_names_it(home: Sender) -> None:
    home.send((orc("NW"), *detail()))
    validate(home.context)

    home.send(
        (orc("RP"), *detail()),
        (orc("RO", "P2^DPI|F2^LGO"), *detail("2")),
    )

    lines = {
        version.content.lines[0].line.identifiers[0].value: version.content.lines[0].line
        for version in waiting(home.context)
    }
    assert lines["P1"].action is LineAction.CANCEL
    assert lines["P2"].action is LineAction.REPLACE
    assert [(link.kind, link.line) for link in lines["P2"].links] == [(LinkKind.REPLACES, "P1")]


def test_a_replacement_under_the_same_placer_number_is_an_order_of_its_own(home: Sender) -> None:
    home.send((orc("NW"), *detail()))

    home.send((orc("RU"), *detail()), (orc("RO", "P1^DPI|F2^LGO"), *detail("2")))

    (version,) = waiting(home.context)
    lines = [each.line for each in version.content.lines]
    assert [(line.action, [each.value for each in line.identifiers]) for line in lines] == [
        (LineAction.CANCEL, ["P1", "F1"]),
        (LineAction.REPLACE, ["P1", "F2"]),
    ]
    assert [(link.kind, link.line) for link in lines[1].links] == [(LinkKind.REPLACES, "P1")]


def test_an_assigned_number_finds_the_order_from_then_on(home: Sender) -> None:
    home.send((orc("NW", "P1^DPI|"), *detail()))
    assert numbers(home.context) == ["P1"]

    assigned = home.send((orc("NA", "P1^DPI|F9^LGO"),), kind="ORP^O10")
    assert waiting(home.context)[0].version == 1
    home.send((orc("DC", "|F9^LGO"),))

    assert assigned.state is MessageState.READ
    assert notices_of(home.context, assigned) == 1
    assert waiting(home.context)[0].version == 2
    assert action(home.context) is LineAction.STOP
    assert numbers(home.context) == ["P1", "F9"]


def test_an_intake_by_an_assigned_number_counts_for_its_line(home: Sender) -> None:
    home.send((orc("NW", "P1^DPI|"), *detail()))
    validate(home.context)
    home.send((orc("NA", "P1^DPI|F9^LGO"),), kind="ORP^O10")
    given = f"RXA|0|1|202603020805+0100|202603020805+0100|P^DOLIPRANE|1|CPR{'|' * 13}CP|A"
    home.send((orc("RE", "|F9^LGO"), given), kind="RAS^O17")
    clock = home.context.clock
    assert isinstance(clock, Clock)
    clock.now = datetime(2026, 3, 20, tzinfo=UTC)

    _, result = compute(home.context, "pharm", "000123", date(2026, 3, 2), date(2026, 3, 3))

    (line,) = result.lines
    assert line.taking == Fraction(numerator=1, denominator=2)


def test_a_third_party_ends_an_order_by_the_number_of_the_filler_alone(home: Sender) -> None:
    home.send((orc("NW"), *detail()))

    home.send((orc("DC", "|F1^LGO"),))

    assert (waiting(home.context)[0].version, action(home.context)) == (2, LineAction.STOP)


def test_an_earlier_event_never_undoes_a_later_one(home: Sender) -> None:
    home.send((orc("NW", at="20260301080000+0100"), *detail("1")))
    home.send((orc("XO", at="20260301120000+0100"), *detail("2")))

    home.send((orc("HD", at="20260301100000+0100"),))

    assert action(home.context) is LineAction.CHANGE
    assert doubts(home.context) == {FindingCode.EVENT_OVERTAKEN}


def test_a_stop_that_comes_before_its_order_still_stops_it(home: Sender) -> None:
    home.send((orc("DC", at="20260301120000+0100"),))

    home.send((orc("NW", at="20260301080000+0100"), *detail()))

    assert action(home.context) is LineAction.STOP
    assert the_line(home.context).line.product.text == "DOLIPRANE 500 mg, comprimé"
    assert FindingCode.EVENT_OVERTAKEN in doubts(home.context)


def test_a_change_of_one_order_leaves_the_others_under_one_prescription_number(
    home: Sender,
) -> None:
    """RXE-15 is the number of the prescription: here the same on both orders of the group."""

    def order(control: str, number: str, dose: str, product: str, at: str) -> tuple[str, ...]:
        rxe, *rest = detail(dose, product)
        return (f"ORC|{control}|{number}^DPI||G1^DPI|||||{at}", rxe + "|" * 10 + "RX777", *rest)

    amlodipine = "AMLODIPINE BIOGARAN 5 mg, gélule"
    home.send(
        order("NW", "P1", "1", "DOLIPRANE 500 mg, comprimé", "20260301090000"),
        order("NW", "P2", "1", amlodipine, "20260301090000"),
    )
    home.send(order("XO", "P2", "2", amlodipine, "20260301100000"))

    (version,) = waiting(home.context)
    lines = [each.line for each in version.content.lines]
    assert [(line.identifier, line.product.text) for line in lines] == [
        ("P2", amlodipine),
        ("P1", "DOLIPRANE 500 mg, comprimé"),
    ]
    assert FindingCode.LINE_CARRIED in {found.code for found in version.content.lines[1].findings}


def test_an_order_placed_twice_with_another_content_does_not_overwrite_the_first(
    home: Sender,
) -> None:
    home.send((orc("NW"), *detail()))

    home.send((orc("NW"), *detail("1", "AUTRE EXEMPLE")))

    assert the_line(home.context).line.product.text == "DOLIPRANE 500 mg, comprimé"
    assert doubts(home.context) == {FindingCode.ORDER_KNOWN}
    (found,) = [each for each in the_line(home.context).findings if each.blocks]
    assert "AUTRE EXEMPLE" in (found.quoted or "")


def test_the_other_dose_of_an_order_that_is_placed_twice_is_told(home: Sender) -> None:
    """The line keeps the dose that is known: the other one stands in the doubt alone."""
    home.send((orc("NW"), *detail("1")))
    home.send((orc("NW"), *detail("2")))

    (found,) = [each for each in the_line(home.context).findings if each.blocks]
    assert found.code is FindingCode.ORDER_KNOWN
    assert "dose.low.value: 1 -> 2" in (found.quoted or "")


def test_an_order_sent_twice_with_the_same_content_is_no_conflict(home: Sender) -> None:
    home.send((orc("NW"), *detail()))

    home.send((orc("NW"), *detail()))

    assert doubts(home.context) == set()


@pytest.mark.parametrize("control", ["OK", "CR", "UC", "UX", "RF", "AF", "FU", "RE", "SS", "PA"])
def test_what_only_speaks_of_a_known_order_makes_no_version_of_it(
    home: Sender, control: str
) -> None:
    home.send((orc("NW"), *detail()))

    message = home.send((orc(control), *detail("2")))

    assert message.state is MessageState.READ
    assert (waiting(home.context)[0].version, action(home.context)) == (1, LineAction.START)
    assert notices_of(home.context, message) == 1


def test_what_speaks_of_an_order_that_nobody_knows_waits_for_a_person(home: Sender) -> None:
    home.send((orc("RE"), *detail()))

    assert action(home.context) is LineAction.INFORM
    assert doubts(home.context) == {FindingCode.STATUS_NOT_ACTIVE}


@pytest.mark.parametrize(("status", "expected"), [("HD", LineAction.HOLD), ("DC", LineAction.STOP)])
def test_a_reported_status_is_a_version_that_a_person_must_confirm(
    home: Sender, status: str, expected: LineAction
) -> None:
    home.send((orc("NW"), *detail()))

    home.send((orc("SC", more=status),))

    assert action(home.context) is expected
    assert doubts(home.context) == {FindingCode.STATUS_NOT_ACTIVE}


def test_a_reported_status_that_changes_nothing_is_kept_beside_the_order(home: Sender) -> None:
    home.send((orc("NW"), *detail()))

    message = home.send((orc("SC", more="IP"),))

    assert waiting(home.context)[0].version == 1
    assert notices_of(home.context, message) == 1


def test_a_child_is_never_prepared_beside_its_parent_unasked(home: Sender) -> None:
    home.send((orc("NW"), *detail()))

    home.send((orc("CH", "P1-1^DPI|F1-1^LGO") + "|", *detail()))

    children = [
        each for each in waiting(home.context) if each.content.lines[0].line.identifier != "P1"
    ]
    (child,) = children
    blocking = {each.code for each in child.content.lines[0].findings if each.blocks}
    assert FindingCode.LINE_ALTERNATIVE in blocking


def test_an_order_control_that_nobody_knows_blocks_the_line(home: Sender) -> None:
    home.send((orc("QQ"), *detail()))

    assert doubts(home.context) == {FindingCode.ORDER_CONTROL_UNKNOWN}


def test_dispenses_and_administrations_are_facts_beside_the_order(home: Sender) -> None:
    home.send((orc("NW"), *detail()))

    given_out = home.send(
        (orc("RE"), "RXD|1|3400932320189^DOLIPRANE^CIP13|20260302|30|CPR^comprimé"),
        kind="RDS^O13",
    )
    taken = home.send(
        (
            orc("RE"),
            "RXA|0|1|20260302080500|20260302080500|3400932320189^DOLIPRANE|1|CPR" + "|" * 13 + "CP",
        ),
        kind="RAS^O17",
    )

    assert (given_out.state, taken.state) == (MessageState.READ, MessageState.READ)
    assert len(trace(home.context, given_out.id).dispenses) == 1
    assert trace(home.context, given_out.id).intakes == ()
    assert len(trace(home.context, taken.id).intakes) == 1
    assert waiting(home.context)[0].version == 1


def test_a_channel_that_asks_is_answered_order_by_order(sqlite_store: Store) -> None:
    plain = a_context(sqlite_store)
    channel = plain.settings.channels["mllp"].model_copy(update={"acknowledgment": "by-order"})
    settings = plain.settings.model_copy(update={"channels": {"mllp": channel}})
    context = replace(plain, settings=settings)
    head = "MSH|^~\\&|DPI|EHPAD|X|Y|20260301100000+0100||RDE^O11|M1|P|2.5.1"
    data = "\r".join((head, orc("DC"), "RXE||P1", "")).encode()
    receipt = receive(context, data, "mllp")

    said = answer(context, receipt, data, Promise.ACCEPT).decode()

    assert "|RRE^O12^RRE_O12|" in said
    assert "MSA|AA|M1" in said
    assert "ORC" not in said


@pytest.mark.parametrize(
    ("control", "effective", "told"),
    [
        ("DC", "20260310080000", FindingCode.EFFECT_LATER),
        ("DC", "20260303180000", None),
        ("HD", "20260310080000", FindingCode.EFFECT_LATER),
        ("XO", "20260310080000", FindingCode.CHANGE_LATER),
        ("XO", "20260303080000", None),
    ],
)
def test_what_takes_effect_on_a_later_day_is_told(
    sqlite_store: Store, control: str, effective: str, told: FindingCode | None
) -> None:
    """Told on 3 March; a stop that is validated at once would lose the doses until its day."""
    context = a_context(sqlite_store)
    sender = Sender(context)
    sender.send((orc("NW", at="20260301100000+0100"), *detail()))
    validate(context)

    stated = orc(control, at="20260303100000+0100") + f"||||||{effective}+0100"
    sender.send((stated, *detail("2")), at="20260303100000")

    found = {finding.code for finding in the_line(context).findings}
    assert found & {FindingCode.EFFECT_LATER, FindingCode.CHANGE_LATER} == (
        {told} if told else set()
    )
    assert (FindingCode.EFFECT_LATER in doubts(context)) is (told is FindingCode.EFFECT_LATER)
