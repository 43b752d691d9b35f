"""Reads the lines that a pharmacist proposes from the command line.

`--propose "2=suggestion 1 comprimé le soir"` proposes line 2 taken otherwise, in words;
`--propose "2=substitution IBUPROFENE 400 mg : 1 comprimé matin et soir"` another product, named
before the colon; `--propose "2=modification @line.xml"` the one line of a prescription in any
format that is read. After ` // ` follow the words for the prescriber.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from connectors import registry
from schemas.decision import ProposalKind, ProposedLine
from schemas.errors import Refused
from schemas.posology import Posology
from schemas.prescription import Line, LineAction, Product
from schemas.site import Site

_SHAPE = re.compile(
    rf"(?P<line>\d+)=(?P<kind>{'|'.join(ProposalKind)})\s+(?P<words>.+?)(?:\s+//\s+(?P<comment>.+))?",
    re.DOTALL,
)


def proposals(
    lines: Sequence[Line], given: Sequence[str], site: Site | None
) -> tuple[ProposedLine, ...]:
    """The proposals, each for a line by its rank from 1.

    Raises: `Refused` for a line that does not exist, a shape that is no proposal, or a file that
    does not hold exactly one line without a doubt that blocks.
    """
    return tuple(_proposal(lines, text, site) for text in given)


def _proposal(lines: Sequence[Line], text: str, site: Site | None) -> ProposedLine:
    shape = _SHAPE.fullmatch(text.strip())
    if shape is None:
        kinds = ", ".join(ProposalKind)
        raise Refused(f"propose: must be LINE=KIND WORDS or LINE=KIND @FILE, KIND one of {kinds}")
    if not 1 <= int(shape["line"]) <= len(lines):
        raise Refused(f"propose: there are lines 1 to {len(lines)}")
    kind, words = ProposalKind(shape["kind"]), shape["words"]
    analysed = lines[int(shape["line"]) - 1]
    if words.startswith("@"):
        proposed = _in_file(Path(words[1:]), site)
    else:
        proposed = _in_words(kind, words, analysed)
    return ProposedLine(
        line=str(int(shape["line"])), kind=kind, proposed=proposed, comment=shape["comment"]
    )


def _in_words(kind: ProposalKind, words: str, analysed: Line) -> Line:
    """A line of words alone: nothing is read into them, the prescriber reads them."""
    same = kind is not ProposalKind.SUBSTITUTION
    name, colon, _ = words.partition(":")
    if not same and not (colon and name.strip()):
        raise Refused("propose: a substitution names its product before a colon")
    return Line(
        location=analysed.location,
        product=analysed.product if same else Product(text=name.strip()),
        text=words,
        posology=Posology(text=words),
        route=analysed.route if same else None,
    )


def _in_file(path: Path, site: Site | None) -> Line:
    """The one line of a prescription, without what only its own message means."""
    from engine.terminal.shell import read_bytes

    data = read_bytes(path)
    connector = registry.detect(data)
    if connector is None or connector.read is None or site is None:
        raise Refused("propose: the file is of no format that is read")
    reading = connector.read(data, site)
    lines = [line for each in reading.prescriptions for line in each.lines]
    if len(lines) != 1:
        raise Refused(f"propose: the file must hold one line, and holds {len(lines)}")
    (line,) = lines
    doubts = (
        *line.findings,
        *(doubt for phase in line.posology.phases for doubt in phase.findings),
    )
    blocking = sorted({doubt.code.value for doubt in doubts if doubt.blocks})
    if blocking:
        raise Refused(f"propose: the line of the file has doubts that block: {', '.join(blocking)}")
    return line.model_copy(update={"action": LineAction.START, "links": (), "identifiers": ()})
