"""Numbers of more digits than any arithmetic keeps: read, left unread, and never a stop."""

import pytest
from builders import a_frequency, a_phase
from plans import lasting, plan

from engine.posology.comparison.compare import compare
from engine.posology.text.propose import propose
from schemas.posology import Bounds, Phase

HUGE = "9" * 45
PHASES = [
    a_phase(moments=["MORN"]),
    a_phase(frequency=a_frequency(3)),
    a_phase(moments=["MORN"], bounds=lasting(7)),
    a_phase(moments=["MORN"], bounds=Bounds(count=7)),
    a_phase(frequency=a_frequency(1, HUGE, "d")),
    a_phase(moments=["MORN"], dose=f"{HUGE} tablet"),
    a_phase(frequency=a_frequency(1, "8", "h"), bounds=lasting(int(HUGE))),
]


@pytest.mark.parametrize(
    "text",
    [
        "1 cp pendant N jours",
        "N cp le matin",
        "0,N cp le matin",
        "N/N9 cp le matin",
        "N-N-N",
        "1 cp tous les N jours",
        "1 cp toutes les N heures",
        "1 cp N fois par jour",
        "1 cp N min avant le petit-déjeuner",
        "1 cp à Nh",
        "1 cp N jours sur N9",
        "1 cp le matin, max N/j",
        "1 cp le matin (N mg)",
        "1 cp le matin, espacés d'au moins N heures",
        "1 cp le matin jusqu'au N/N/2026",
    ],
)
@pytest.mark.parametrize("phase", PHASES)
def test_a_huge_number_stops_nothing(text: str, phase: Phase) -> None:
    for said in (text.replace("N", HUGE), text.replace("N", "7")):
        assert isinstance(compare(propose(said), [phase]), tuple)


@pytest.mark.parametrize(
    "text", ["1 cp le matin pendant N jours", "N cp le matin", "1 cp N fois par jour"]
)
def test_a_huge_number_is_another_number(text: str) -> None:
    (found,) = compare(propose(text.replace("N", HUGE)), [PHASES[2]])

    assert found.code.value == "text-contradicts"


@pytest.mark.parametrize("phase", PHASES[4:5] + PHASES[6:])
def test_a_huge_rhythm_or_length_is_not_computable(phase: Phase) -> None:
    (outcome,) = plan(phase)

    assert outcome.startswith("not computable")
