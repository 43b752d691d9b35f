"""Real messages of many senders: all are read or refused, and hl7apy sees the same values."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hl7v2_messages import SITE
from hl7v2_referee import Field, Help, compared, our_fields, their_fields

from connectors.hl7v2.er7.charset import decode
from connectors.hl7v2.er7.segment import Message, Segment
from connectors.hl7v2.er7.tokeniser import tokenise
from connectors.hl7v2.read import read
from schemas.connector import Reading

OWN = Path(__file__).parents[3] / "samples" / "hl7v2"
FOLDERS = ("hl7v2", "french/hl7v2")
ORDERS = re.compile(r"(?:RDE|OMP|ORM)\^")


def real_files(root: Path) -> list[Path]:
    found = (path for folder in FOLDERS for path in (root / folder).rglob("*"))
    return sorted(path for path in found if path.is_file() and path.suffix != ".json")


def test_every_real_file_is_read_or_refused_with_a_place(external_samples: Path) -> None:
    files = real_files(external_samples)
    outcomes: Counter[str] = Counter()
    silent = []

    for path in files:
        reading = read(path.read_bytes(), SITE)
        outcomes["refused" if reading.is_empty else "read"] += 1
        if reading.is_empty and not any(finding.location for finding in reading.findings):
            silent.append(path.name)

    assert silent == []
    assert outcomes["read"] > 100
    assert sum(outcomes.values()) == len(files)


def groups_counted(text: str) -> int:
    """Orders with a detail, counted on the bare lines: at most one RXE and one RXO each."""
    total, names = 0, Counter[str]()
    for line in [*re.split(r"[\r\n]+", text), "ORC"]:
        name = line.strip()[:3].upper()
        if name == "ORC":
            total += max(names["RXE"], names["RXO"])
            names.clear()
        names[name] += 1
    return total


def lines_with_a_detail(reading: Reading) -> int:
    return sum(line.product.location != "" for each in reading.prescriptions for line in each.lines)


def test_as_many_orders_are_read_as_stand_in_the_text(external_samples: Path) -> None:
    differing, compared = [], 0

    for path in real_files(external_samples):
        data = path.read_bytes()
        reading = read(data, SITE)
        if reading.kind is not None and ORDERS.match(reading.kind) and reading.prescriptions:
            compared += 1
            if lines_with_a_detail(reading) != groups_counted(decode(data).text or ""):
                differing.append(path.name)

    assert differing == []
    assert compared > 50


WITHOUT_VERDICT = {"MSH-2 has not four characters"}
"""Why hl7apy says nothing of a message, whatever the help; what it is helped with is `Help`."""


def test_hl7apy_finds_the_same_leaves_in_our_own_samples() -> None:
    comparison = compared(sorted(OWN.glob("*.hl7")))

    assert comparison.differing == []
    assert comparison.unreferred == {}
    assert set(comparison.helped) <= {Help.SEGMENT, Help.VERSION, Help.FIFTH}
    assert comparison.agreed == comparison.messages >= 25


def test_the_referee_sees_one_leaf_that_is_another_or_elsewhere() -> None:
    def message(pid: str) -> Message:
        return tokenise(f"MSH|^~\\&|A|B|||20260105||ADT^A01|1|P|2.5\rPID|1||{pid}\r").messages[0]

    mine = our_fields(message("A^B~C&D^E"))
    for other in ("A^B~C&D^F", "A^^B~C&D^E", "A^B~C^D^E", "C&D^E~A^B", "A^B~C&D^E|x"):
        theirs, _ = their_fields(message(other))
        same = len(mine) == len(theirs) and all(map(Field.agrees, mine, theirs))
        assert not same, other


def test_hl7apy_finds_the_same_leaves_in_every_real_message(external_samples: Path) -> None:
    comparison = compared(real_files(external_samples))

    assert comparison.differing == []
    assert set(comparison.unreferred) <= WITHOUT_VERDICT
    assert comparison.unreferred.total() * 50 < comparison.messages
    assert comparison.agreed > 100


@pytest.mark.parametrize("sample", sorted(OWN.glob("*.hl7")), ids=lambda path: path.stem)
def test_every_segment_of_our_own_samples_comes_out(sample: Path) -> None:
    text = decode(sample.read_bytes()).text
    lines = [line for line in re.split(r"[\r\n]+", text or "") if line]

    file = tokenise(text or "")

    segments: list[Segment] = [one for each in file.messages for one in each.segments]
    assert len(segments) + len(file.envelope) == len(lines)
