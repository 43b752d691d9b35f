"""What a FHIR sender states comes back from what we write of it, in JSON and in XML.

Not compared, because they say where something stood and not what: the locations, the findings, and
the names that the resources of one message have among each other (`MedicationRequest/l1`).
"""

from typing import Any

import pytest
from builders import REFERENCE
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from received import intakes, prescriptions

from connectors.fhir.convert import convert, convert_xml
from connectors.fhir.lint import lint
from connectors.fhir.read import read
from connectors.fhir.writing.people import is_reference
from schemas.connector import Reading
from schemas.intake import Intake
from schemas.people import Identifier
from schemas.posology import Cycle, Rhythm
from schemas.prescription import Prescription

QUICKLY = (Phase.explicit, Phase.reuse, Phase.generate)
"""Without shrinking: one example reads and writes a whole message several times."""
NOT_COMPARED = ("location", "findings")


def plain(value: object) -> Any:
    """The value without what is not compared; instructions as a set: each is said once."""
    if isinstance(value, BaseModel):
        return {
            name: set(item) if name == "instructions" else plain(item)
            for name in type(value).model_fields
            if name not in NOT_COMPARED and (item := getattr(value, name)) is not None
        }
    if isinstance(value, tuple):
        return [
            plain(item)
            for item in value
            if not (isinstance(item, Identifier) and is_reference(item))
        ]
    return value


@pytest.mark.parametrize("writes", [convert, convert_xml])
@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=40, phases=QUICKLY)
@given(prescription=prescriptions())
def test_a_prescription_comes_back_as_it_was_stated(writes, prescription: Prescription) -> None:
    conversion = writes(Reading(format="fhir", prescriptions=(prescription,)), REFERENCE, "seed")

    [again] = read(conversion.content, REFERENCE).prescriptions
    assert plain(again) == plain(prescription)
    assert conversion.report.losses == ()
    assert lint(conversion.content) == ()


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=40, phases=QUICKLY)
@given(prescription=prescriptions(), on=st.integers(1, 28), off=st.integers(1, 28))
def test_a_cycle_is_lost_in_no_line_without_being_told(
    prescription: Prescription, on: int, off: int
) -> None:
    cycle = Rhythm(cycle=Cycle(days_on=on, days_off=off))
    line = prescription.lines[0]
    phase = line.posology.phases[0].model_copy(update={"rhythm": cycle})
    posology = line.posology.model_copy(update={"phases": (phase, *line.posology.phases[1:])})
    changed = line.model_copy(update={"posology": posology})
    cyclic = prescription.model_copy(update={"lines": (changed, *prescription.lines[1:])})

    conversion = convert(Reading(format="fhir", prescriptions=(cyclic,)), REFERENCE, "seed")

    told = {loss.field: loss.value for loss in conversion.report.grave}
    [again] = read(conversion.content, REFERENCE).prescriptions
    repeat = again.lines[0].posology.phases[0]
    assert told["posology.phases.rhythm.cycle.days_on"] == str(on)
    assert told["posology.phases.rhythm.cycle.days_off"] == str(off)
    assert repeat.rhythm == Rhythm()
    assert repeat.times.moments == repeat.times.clock == ()


@pytest.mark.parametrize("writes", [convert, convert_xml])
@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=40, phases=QUICKLY)
@given(intake=intakes())
def test_an_intake_comes_back_as_it_was_reported(writes, intake: Intake) -> None:
    conversion = writes(Reading(format="fhir", intakes=(intake,)), REFERENCE, "seed")

    [again] = read(conversion.content, REFERENCE).intakes
    assert plain(again) == plain(intake)
    assert conversion.report.losses == ()
    assert lint(conversion.content) == ()
