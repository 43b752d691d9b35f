"""What leaves as HL7 v2.5.1: the answer to an order (RRE^O12, ORP^O10) and intakes (RAS^O17).

Pure: ids and clock come from the envelope. MSA-1 is the acceptance of a message; what a
pharmacist decided stands in ORC-1 of each order. Source: HL7 v2.5.1 §4.13.4, §4.13.9.
"""

import re
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from connectors.hl7v2.writing.building import (
    begin,
    coded_product,
    entity,
    finished,
    hat,
    leaf,
    number,
    order_numbers,
    person,
    pid_fields,
    professional,
    route,
    segment,
    stamp,
    words,
)
from connectors.hl7v2.writing.encode import Encoded, encoded_orders
from mappings.catalogue import table
from schemas.decision import Decision, DecisionKind, Intervention, LineVerdict
from schemas.delivery import Analysis, Export, IntakeReport, ReleasedSchedule, ReportedIntake
from schemas.errors import Refused
from schemas.export import Envelope
from schemas.intake import Intake, IntakeStatus
from schemas.people import Identifier
from schemas.prescription import Line, LineAction, Prescription

_UNKNOWN_AMOUNT = "999"
"""RXA-6 is required; this is how the standard's practice says "not known"."""

Fields = dict[int, str]


def write_answer(export: Export, envelope: Envelope) -> bytes:
    """RRE^O12: one ORC for each order, with what the pharmacist decided; of a released schedule,
    the encoded orders and their timing too.

    Raises: `Refused` for an export that is no answer to an order, for a decision that is none
    yet, and for a schedule that has no form in RXE and TQ1.
    """
    orders: list[tuple[Fields, Encoded | None]]
    match export:
        case Analysis():
            orders = _decided(export)
        case ReleasedSchedule():
            orders = [
                (orc, encoded)
                for released in export.lines
                for encoded in encoded_orders(released)
                for orc in _orc(released.line, export, (LineVerdict.VALIDATED, None))
            ]
        case _:
            raise Refused("RRE^O12 carries an analysis or a released schedule")
    if not orders:
        raise Refused("RRE^O12 must answer at least one order")
    return _answered(
        "RRE_O12", export.prescription, export.decision, orders, _local(export, envelope)
    )


def write_request_answer(export: Export, envelope: Envelope) -> bytes:
    """ORP^O10: the same for a pharmacy order that came as OMP^O09, which encodes nothing.

    Raises: `Refused` for an export that is no analysis, and for a decision that is none yet.
    """
    if not isinstance(export, Analysis):
        raise Refused("ORP^O10 carries an analysis")
    orders = _decided(export)
    if not orders:
        raise Refused("ORP^O10 must answer at least one order")
    return _answered("ORP_O10", export.prescription, export.decision, orders, envelope)


def _decided(export: Analysis) -> list[tuple[Fields, Encoded | None]]:
    """The ORC of each line that asked for something, by its own verdict."""
    return [
        (orc, None)
        for rank, line in enumerate(export.prescription.lines, start=1)
        for orc in _orc(line, export, _verdict(rank, export.decision))
    ]


def _local(export: Analysis | ReleasedSchedule, envelope: Envelope) -> Envelope:
    """The envelope on the clock of the site: MSH-7 gives the zone of every time without one."""
    if not isinstance(export, ReleasedSchedule):
        return envelope
    zone = ZoneInfo(export.lines[0].schedule.zone)
    return envelope.model_copy(update={"created_at": envelope.created_at.astimezone(zone)})


def _answered(
    structure: str,
    prescription: Prescription,
    decision: Decision,
    orders: Sequence[tuple[Fields, Encoded | None]],
    envelope: Envelope,
) -> bytes:
    message = begin(structure, f"{structure.replace('_', '^')}^{structure}", envelope)
    message.add(segment("MSA", {1: "AA", 2: leaf(envelope.answers_control_id)}))
    count = 2
    for text in _comments(decision):
        message.add(segment("NTE", {2: "P", 3: words(text)}))
        count += 1
    response = message.add_group(f"{structure}_RESPONSE")
    if prescription.patient is not None:
        patient = response.add_group(f"{structure}_PATIENT")
        patient.add(segment("PID", pid_fields(prescription.patient)))
        count += 1
    for orc, encoded in orders:
        order = response.add_group(f"{structure}_ORDER")
        order.add(segment("ORC", orc))
        count += 1
        if encoded is None:
            continue
        encoding = order.add_group("RRE_O12_ENCODING")
        encoding.add(segment("RXE", encoded.rxe))
        for fields in encoded.timings:
            timing = encoding.add_group("RRE_O12_TIMING_ENCODED")
            timing.add(segment("TQ1", fields))
        encoding.add(segment("RXR", encoded.rxr))
        count += 2 + len(encoded.timings)
    return finished(message, count)


def _comments(decision: Decision) -> Iterator[str]:
    for text in (decision.reason, decision.comment):
        if text:
            yield text
    for each in decision.proposals:
        told = (each.proposed.text or each.proposed.product.label, each.comment)
        words = " ; ".join(text for text in told if text)
        yield f"{each.kind.value}, ligne {each.line} : {words}"


def _orc(
    line: Line, export: Analysis | ReleasedSchedule, told: tuple[LineVerdict, str | None]
) -> Iterator[Fields]:
    """ORC of the reply; nothing for a line that asked for nothing."""
    if line.action is LineAction.INFORM:
        return
    prescription, decision = export.prescription, export.decision
    verdict, comment = told
    control = table("hl7v2/replies").rows[f"{line.action.value}.{verdict.value}"].target
    placer, filler = order_numbers(line.identifiers)
    intervention = _intervention(line, decision) if verdict is LineVerdict.REFUSED else None
    yield {
        1: control,
        2: entity(placer),
        3: entity(filler),
        4: entity(prescription.chain.group),
        9: stamp(decision.decided_at),
        11: _verified_by(decision),
        12: person(prescription.prescriber) if prescription.prescriber else "",
        16: _reason(intervention, comment),
    }


def _verdict(rank: int, decision: Decision) -> tuple[LineVerdict, str | None]:
    """What was decided on the line of this rank, from 1: decisions name lines so.

    Raises: `Refused` for a decision that is none yet, or says nothing of the line.
    """
    if decision.kind not in {DecisionKind.VALIDATE, DecisionKind.REJECT}:
        raise Refused("only a validation or a rejection answers an order")
    if decision.kind is DecisionKind.REJECT:
        return LineVerdict.REFUSED, decision.reason
    own = next((one for one in decision.lines if one.line == str(rank)), None)
    if own is None:
        raise Refused(f"decision.lines: no verdict on line {rank}")
    return own.verdict, own.comment


def _intervention(line: Line, decision: Decision) -> Intervention | None:
    """The intervention that answers a finding of this line, the first one."""
    places = {finding.location for finding in line.findings}
    for phase in line.posology.phases:
        places.update(finding.location for finding in phase.findings)
    for answer in decision.answers:
        if answer.intervention is not None and answer.location in places:
            return answer.intervention
    return None


def _reason(intervention: Intervention | None, comment: str | None) -> str:
    """ORC-16: the problem, and as alternate the intervention, each with its SFPC list."""
    if intervention is None:
        return hat("", leaf(comment))
    listed = intervention.code_list.value
    return hat(
        leaf(intervention.problem),
        leaf(comment or intervention.comment),
        f"{listed}-problem",
        leaf(intervention.intervention),
        "",
        f"{listed}-intervention",
    )


def _verified_by(decision: Decision) -> str:
    who = decision.decided_by
    if who.rpps:
        return professional(who.rpps, leaf(who.name))
    return hat("", leaf(who.name))


def write_intakes(export: Export, envelope: Envelope) -> bytes:
    """RAS^O17: one ORC for each order, one RXA for each intake, as validated.

    Raises: `Refused` for another export, an empty report, and an intake that RXA cannot say:
    without a time, an order or a product, or of a status that table 0322 lacks.
    """
    if not isinstance(export, IntakeReport):
        raise Refused("RAS^O17 carries intakes")
    if not export.intakes:
        raise Refused("RAS^O17 must carry at least one intake")
    message = begin("RAS_O17", "RAS^O17^RAS_O17", envelope)
    patient = message.add_group("RAS_O17_PATIENT")
    patient.add(segment("PID", pid_fields(export.patient)))
    count = 2
    ranks: dict[str, int] = {}
    for reported in export.intakes:
        numbers = reported.line.identifiers if reported.line else reported.intake.line
        if not numbers:
            raise Refused("ORC-2 or ORC-3: the order of an intake must be known")
        rank = ranks[numbers[0].value] = ranks.get(numbers[0].value, 0) + 1
        order = message.add_group("RAS_O17_ORDER")
        order.add(segment("ORC", _orc_of_intake(numbers, export)))
        given = order.add_group("RAS_O17_ADMINISTRATION")
        given.add(segment("RXA", _rxa(reported, rank)))
        given.add(segment("RXR", route(reported.line.route if reported.line else None)))
        count += 3
    return finished(message, count)


def _orc_of_intake(numbers: Sequence[Identifier], export: IntakeReport) -> Fields:
    placer, filler = order_numbers(numbers)
    return {
        1: "RE",
        2: entity(placer),
        3: entity(filler),
        11: _verified_by(export.decision),
    }


def _rxa(reported: ReportedIntake, rank: int) -> Fields:
    intake = reported.intake
    product = intake.product or (reported.line.product if reported.line else None)
    if intake.taken_at is None:
        raise Refused("RXA-3: an administration must have a time")
    if product is None:
        raise Refused("RXA-5: an administration must name its product")
    deleted = intake.status is IntakeStatus.ENTERED_IN_ERROR
    status = table("hl7v2/statuses_out").target_of(intake.status.value)
    if status is None and not deleted:
        raise Refused("RXA-20: table 0322 has no word for this status")
    amount = intake.quantity
    return {
        1: "0",
        2: _counter(intake) or str(rank),
        3: stamp(intake.taken_at),
        4: stamp(intake.taken_at),
        5: coded_product(product.codes, product.text),
        6: number(amount.value) if amount else _UNKNOWN_AMOUNT,
        7: hat(leaf(amount.code or amount.unit), leaf(amount.unit), leaf(amount.system))
        if amount
        else "",
        9: words(intake.note, ""),
        10: person(intake.author.practitioner) if intake.author.practitioner else "",
        18: _refusal(reported),
        20: status or "",
        21: "D" if deleted else ("U" if intake.corrects else "A"),
        22: stamp(intake.recorded_at or reported.received_at),
    }


def _counter(intake: Intake) -> str | None:
    """RXA-2 that the intake came with, or that of the one it corrects; it stays the same."""
    for known in (intake.corrects, *intake.identifiers):
        shape = re.fullmatch(r".*/(\d{1,4})", known.value) if known else None
        if shape is not None:
            return shape[1]
    return None


def _refusal(reported: ReportedIntake) -> str:
    """RXA-18: any entry says that nothing was taken, so it stands for no other status."""
    intake = reported.intake
    if intake.status not in {IntakeStatus.REFUSED, IntakeStatus.NOT_GIVEN, IntakeStatus.HELD}:
        return ""
    if intake.reason is None:
        return ""
    reason = intake.reason
    return hat(leaf(reason.code), leaf(reason.display), leaf(reason.system))
