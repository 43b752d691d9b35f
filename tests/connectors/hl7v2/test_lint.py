from pathlib import Path

import pytest
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


def test_every_segment_that_the_grammar_drops_is_named() -> None:
    found = linted(msh(), PID, ORC, rxe(), "TQ1|1||BID", RXR, "ZPI|1", "ZPI|2")

    assert found == [("structure-invalid", "ZPI[1]"), ("structure-invalid", "ZPI[2]")]


def test_a_segment_before_its_place_is_named_though_hl7apy_takes_it() -> None:
    found = linted(msh(), PID, "TQ1|1||QD", ORC, rxe(), "TQ1|1||BID", RXR)

    assert found == [("structure-invalid", "TQ1[1]")]


def test_what_strict_validation_quotes_stands_in_the_quotation_alone() -> None:
    (finding,) = lint(joined(msh(), PID, ORC, rxe("une"), "TQ1|1||BID", RXR).encode())

    assert (finding.location, finding.message) == (
        "RXE[1]-3",
        "RXE-3 must be a value of its data type",
    )
    assert finding.quoted is not None
    assert "une" in finding.quoted


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        ("PID|1||||EXEMPLE^Odette", ("element-missing", "PID[1]-3")),
        ("PID|1||1||X||20261340", ("value-invalid", "PID[1]-7")),
        ("PID|1||1~a&b&c&d&e&f||X", ("structure-invalid", "PID[1]-3[2]")),
        ("PID|1||1||X|||M~F", ("structure-invalid", "PID[1]-8")),
        (f"PID|1||1||X{'|' * 60}y", ("structure-invalid", "PID[1]-65")),
    ],
)
def test_a_fault_of_a_field_has_its_place(broken: str, found: tuple[str, str]) -> None:
    assert linted(msh(), broken, ORC, rxe(), "TQ1|1||BID", RXR) == [found]


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (msh("RDE^O25^RDE_O25"), "MSH[1]-9"),
        (msh(version="9.9"), "MSH[1]-12"),
        (msh().replace("^~\\&", "^~\\", 1), "MSH[1]-2"),
    ],
)
def test_a_fault_of_the_whole_has_the_place_of_its_cause(header: str, found: str) -> None:
    places = {place for _, place in linted(header, PID, ORC, rxe(), "TQ1|1||BID", RXR)}

    assert places == {found}


def test_a_value_that_is_too_long_has_its_place() -> None:
    header = msh().replace("|DPI|", f"|{'D' * 30}|")

    found = linted(header, PID, ORC, rxe(), "TQ1|1||BID", RXR)

    assert found == [("value-invalid", "MSH[1]-3")]


def test_a_segment_that_the_version_lacks_is_named() -> None:
    found = linted(msh(version="2.4"), PID, ORC, rxe(), "TQ1|1||BID", RXR)

    assert ("structure-invalid", "TQ1[1]") in found


def test_what_hl7apy_cannot_check_is_not_called_a_fault_of_the_message() -> None:
    data = joined(msh(version="2.7"), PID, ORC, rxe(), "TQ1|1||BID", RXR).encode()

    (finding,) = (one for one in lint(data) if one.location.startswith("TQ1"))

    assert finding.message.startswith("TQ1-1 cannot be checked")


def test_a_file_that_is_too_long_for_the_check_is_not_called_conformant() -> None:
    note = f"NTE|1||{'x' * 500_000}"

    assert linted(msh(), PID, note, ORC) == [("structure-invalid", "segment[1]")]
