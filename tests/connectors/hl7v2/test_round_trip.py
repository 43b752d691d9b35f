"""What is tokenised can be written back: the same text, segment by segment and as a whole."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.hl7v2.er7.charset import decode
from connectors.hl7v2.er7.tokeniser import tokenise

OWN = sorted((Path(__file__).parents[3] / "samples" / "hl7v2").glob("*.hl7"))
NAMES = ("MSH", "FHS", "BHS", "BTS", "FTS", "PID", "ORC", "TQ1", "Z1Z", "tq1", "PIDX", "", " ", "1")
FIELDS = st.text('|^~\\&#"ab1é \t\x07.', max_size=20)


def normalised(text: str) -> str:
    """Ends of lines as the standard has them, without empty lines."""
    lines = re.split(r"[\r\n]+", text)
    return "".join(f"{line}\r" for line in lines if line.strip())


@pytest.mark.parametrize("sample", OWN, ids=lambda path: path.stem)
def test_our_own_samples_come_back(sample: Path) -> None:
    text = decode(sample.read_bytes()).text or ""

    assert tokenise(text).text == normalised(text)


def test_real_files_come_back(external_samples: Path) -> None:
    compared = 0
    for path in sorted((external_samples / "hl7v2").rglob("*.hl7")):
        text = decode(path.read_bytes()).text
        if text is None or re.search(r"\n(?![A-Z][A-Z0-9]{2}\||[\r\n]|\Z)", text):
            continue  # unreadable, or a line feed that may be text
        compared += 1
        assert tokenise(text).text == normalised(text), path.name
    assert compared > 100


@given(st.lists(st.tuples(st.sampled_from(NAMES), FIELDS), max_size=12), st.booleans())
def test_any_lines_come_back(lines: list[tuple[str, str]], header: bool) -> None:
    """With a header or without one, in any order, whatever the doubts."""
    first = ["MSH|^~\\&|A"] if header else []
    text = "".join(f"{line}\r" for line in (*first, *(f"{name}|{rest}" for name, rest in lines)))

    file = tokenise(text)

    assert file.text == normalised(text)
    told = sum(len(message.segments) for message in file.messages) + len(file.envelope)
    strays = sum(isinstance(line, str) for line in file.lines)
    assert told + strays == len(file.lines)
    assert not strays or file.findings


@given(st.lists(FIELDS, max_size=8))
def test_a_message_comes_back_from_its_fields(fields: list[str]) -> None:
    text = "MSH|^~\\&|A\r" + "".join(f"ZZ{at}|{field}\r" for at, field in enumerate(fields))

    (message,) = tokenise(text).messages

    assert message.text == text
    header, *others = message.segments
    assert header.fields == ["MSH", "|", "^~\\&", "A"]
    for at, segment in enumerate(others):
        marks = segment.separators
        assert marks.field.join(segment.fields) == segment.line
        for field in range(1, len(segment.fields)):
            again = marks.repetition.join(
                marks.component.join(marks.subcomponent.join(parts) for parts in components)
                for components in segment.cells(field)
            )
            assert again == segment.raw(field)
        assert segment.name == f"ZZ{at}"
