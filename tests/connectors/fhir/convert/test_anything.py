"""Whatever a reading holds, it converts: FHIR that keeps its rules, and every loss told."""

from anything import any_of
from builders import REFERENCE
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from connectors.fhir.convert import convert
from connectors.fhir.lint import lint
from schemas.connector import Reading
from schemas.dispense import Dispense
from schemas.intake import Intake
from schemas.movement import Movement
from schemas.prescription import Prescription

FORMATS = ("cda", "fhir", "hl7v2", "pn13", "tabular")
CONTRADICTIONS = ("mdd-1", "rng-2", "per-1")
"""Rules between two values of the sender: each is carried as stated."""


@settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    max_examples=60,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    form=st.sampled_from(FORMATS),
    prescription=any_of(Prescription),
    intake=any_of(Intake),
    dispense=any_of(Dispense),
    movement=any_of(Movement),
)
def test_any_reading_becomes_fhir_that_keeps_its_rules(
    form: str, prescription: Prescription, intake: Intake, dispense: Dispense, movement: Movement
) -> None:
    reading = Reading(
        format=form,
        prescriptions=(prescription,),
        intakes=(intake,),
        dispenses=(dispense,),
        movements=(movement,),
    )

    conversion = convert(reading, REFERENCE, "seed")

    broken = [f for f in lint(conversion.content) if not f.message.startswith(CONTRADICTIONS)]
    assert broken == []


@settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    max_examples=40,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(form=st.sampled_from(FORMATS), prescription=any_of(Prescription))
def test_the_same_reading_gives_the_same_bytes_again(form: str, prescription: Prescription) -> None:
    reading = Reading(format=form, prescriptions=(prescription,))

    assert convert(reading, REFERENCE, "seed") == convert(reading, REFERENCE, "seed")
