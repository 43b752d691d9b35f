"""Lines proposed on the command line: in words, or as the one line of a file."""

from pathlib import Path

import pytest
from builders import a_line
from pn13_messages import a_line as pn13_line
from pn13_messages import a_message, a_posology, amount

from engine.terminal.proposals import proposals
from mappings.catalogue import load_site
from schemas.decision import ProposalKind
from schemas.errors import Refused
from schemas.prescription import Product

LINES = [a_line(product="A"), a_line(product="B")]
SITE = load_site("reference")
EVERY_TWELVE_HOURS = a_posology(
    """<Fréquence_structurée><Frq_échelle>3</Frq_échelle><Frq_durée>12</Frq_durée>
    </Fréquence_structurée>"""
)


def test_a_suggestion_in_words_keeps_the_product_and_reads_nothing_into_the_words() -> None:
    (found,) = proposals(LINES, ["2=suggestion 1 comprimé le soir // Foie fragile"], SITE)

    assert (found.line, found.kind) == ("2", ProposalKind.SUGGESTION)
    assert found.proposed.product == Product(text="B")
    assert found.proposed.text == "1 comprimé le soir"
    assert found.proposed.posology.text == "1 comprimé le soir"
    assert found.proposed.posology.phases == ()
    assert found.comment == "Foie fragile"


def test_a_substitution_names_its_product_before_a_colon() -> None:
    (found,) = proposals(LINES, ["1=substitution C 400 mg : 1 matin et soir"], SITE)

    assert found.proposed.product == Product(text="C 400 mg")
    assert found.proposed.text == "C 400 mg : 1 matin et soir"
    assert found.comment is None


def test_a_line_of_a_file_is_proposed_with_its_structure(tmp_path: Path) -> None:
    path = tmp_path / "line.xml"
    path.write_bytes(a_message(pn13_line(EVERY_TWELVE_HOURS)))

    (found,) = proposals(LINES, [f"1=modification @{path}"], SITE)

    (phase,) = found.proposed.posology.phases
    assert phase.rhythm.frequency is not None
    assert str(phase.rhythm.frequency.period) == "12"
    assert found.proposed.identifiers == ()


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ("1", "must be LINE=KIND"),
        ("1=echange X", "KIND one of suggestion"),
        ("3=suggestion X", "lines 1 to 2"),
        ("0=suggestion X", "lines 1 to 2"),
        ("1=substitution X sans nom", "before a colon"),
    ],
)
def test_what_is_no_proposal_is_refused(given: str, rule: str) -> None:
    with pytest.raises(Refused, match=rule):
        proposals(LINES, [given], SITE)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"text", "no format"),
        (a_message(pn13_line(), pn13_line(number="L2")), "holds 2"),
        (a_message(pn13_line(a_posology("", dose=amount("x", "cpr")))), "value-invalid"),
    ],
)
def test_a_file_that_holds_no_clear_line_is_refused(tmp_path: Path, data: bytes, rule: str) -> None:
    path = tmp_path / "line.xml"
    path.write_bytes(data)

    with pytest.raises(Refused, match=rule):
        proposals(LINES, [f"1=modification @{path}"], SITE)
