import pytest
from hl7v2_messages import ORC, an_order, line_doubts, rxe, the_line

RXR = "RXR|PO"


def encoded(total: str, dose: str = "1") -> str:
    """RXE with a total of the day in RXE-19."""
    return f"{rxe(dose)}|{'|' * 12}|{total}"


@pytest.mark.parametrize(
    ("total", "timing"),
    [
        ("2^TAB", "BID"),
        ("2^TAB&comprimé", "QAM~QHS"),
        ("2^CPR", "BID"),
        ("2", "BID"),
        ("3^TAB", "Q8H"),
        ("2.0^TAB", "BID|0800~2000"),
        ("900^mg", "BID"),
        ("9^TAB", "QOD"),
        ("9^TAB", "PRNQ6H"),
        ("9^TAB", "AC"),
    ],
)
def test_a_total_that_agrees_or_cannot_be_compared_is_no_doubt(total: str, timing: str) -> None:
    order = an_order(encoded(total), f"TQ1|1||{timing}", RXR)

    assert "dose-total" not in [code for code, _ in line_doubts(order)]
    assert [note.scope for note in the_line(order).notes] == ["RXE-19"]


@pytest.mark.parametrize(
    ("total", "timing"),
    [
        ("6^TAB", "BID"),
        ("1^TAB", "Q6H"),
        ("2^TAB", "QD"),
        ("1^CPR", "BID"),
        ("1^&comprimés", "BID"),
        ("1", "BID"),
    ],
)
def test_a_total_that_dose_and_timing_do_not_make_blocks(total: str, timing: str) -> None:
    order = an_order(encoded(total), f"TQ1|1||{timing}", RXR)

    places = [place for code, place in line_doubts(order) if code == "dose-total"]
    assert [place.partition(".")[0] for place in places] == ["RXE[1]-19"]


def test_the_words_of_a_note_stand_among_the_instructions_of_every_timing() -> None:
    note = "NTE|1|P|Donner seulement le lundi"
    line = the_line(
        an_order(
            rxe(), note, "TQ1|1||QAM||||20260105|||||A", "TQ1|2||QHS||||20260105", RXR, orc=ORC
        )
    )

    assert [phase.instructions for phase in line.posology.phases] == [
        ("Donner seulement le lundi",),
        ("Donner seulement le lundi",),
    ]
    assert [note.text for note in line.notes] == ["Donner seulement le lundi"]
