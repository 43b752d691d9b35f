from pathlib import Path

from hl7v2_messages import ORC, PID, doubts, joined, msh, rxe

from connectors.hl7v2.lint import lint

SAMPLES = Path(__file__).parents[3] / "samples" / "hl7v2"
RXR = "RXR|PO"


def linted(*segments: str) -> list[tuple[str, str]]:
    return doubts(lint(joined(*segments).encode()))


def test_a_conformant_encoded_order_has_no_finding() -> None:
    for name in ("nominal_tq1", "nominal_four_orders", "nominal_omp_lf", "intakes"):
        assert lint((SAMPLES / f"{name}.hl7").read_bytes()) == ()


def test_an_encoded_order_without_its_timing_breaks_the_standard() -> None:
    assert linted(msh(), PID, ORC, rxe(), RXR) == [("structure-invalid", "MSH[1]")]


def test_a_timing_before_the_encoded_order_is_not_the_one_required() -> None:
    assert linted(msh(), PID, ORC, "TQ1|1||BID", rxe(), RXR) == [("structure-invalid", "MSH[1]")]


def test_segments_that_the_grammar_drops_are_named() -> None:
    found = linted(msh(), PID, ORC, rxe(), "TQ1|1||BID", RXR, "ZPI|1", "ZPI|2")

    assert found == [("structure-invalid", "ZPI[2]")]


def test_what_strict_validation_quotes_stands_in_the_quotation_alone() -> None:
    (finding,) = lint(joined(msh(), PID, ORC, rxe("une"), "TQ1|1||BID", RXR).encode())

    assert finding.message == "strict validation stops: ValueError"
    assert finding.quoted is not None
    assert "une" in finding.quoted
