"""A PN13 message is read alike however its names are spelt and its elements ordered."""

import random
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree
from pn13_messages import reading_of

from connectors.pn13.connector import NAMESPACE
from schemas.connector import Reading

SAMPLES = Path(__file__).parents[3] / "samples" / "pn13"
READ = [
    path for path in sorted(SAMPLES.glob("*.xml")) if reading_of(path.read_bytes()).prescriptions
]
"""The samples that are not refused as a whole."""


def respelt(data: bytes, form: str) -> bytes:
    """The same message with its accents composed or not, in capitals, or under a prefix."""
    root = etree.fromstring(data)
    names = {"NFC": _nfc, "NFD": _nfd, "capitals": str.upper, "bare": _bare, "prefix": _nfc}
    for element in root.iter("*"):
        own = names[form](str(element.tag).rpartition("}")[2])
        element.tag = f"{{{NAMESPACE}}}{own}"
    if form == "prefix":
        text = etree.tostring(root, encoding="unicode").replace("xmlns=", "xmlns:p=", 1)
        return re.sub(r"<(/?)(\w)", r"<\1p:\2", text).encode()
    return bytes(etree.tostring(root, encoding="utf-8"))


def _nfc(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _nfd(name: str) -> str:
    return unicodedata.normalize("NFD", name)


def _bare(name: str) -> str:
    return "".join(one for one in _nfd(name) if not unicodedata.combining(one))


def told(reading: Reading) -> object:
    """What was read and doubted, without the places, which name the elements as spelt."""
    plain = [each.model_dump(mode="json") for each in reading.prescriptions]
    return _without_places(plain)


def _without_places(plain: object) -> object:
    if isinstance(plain, dict):
        kept = {k: v for k, v in plain.items() if k not in ("location", "message", "scope")}
        if isinstance(kept.get("quoted"), str):  # values quoted together stand as they were sent
            kept["quoted"] = " ".join(sorted(kept["quoted"].split()))
        return {key: _without_places(value) for key, value in kept.items()}
    if isinstance(plain, list):
        return sorted((_without_places(each) for each in plain), key=repr)
    return plain


@pytest.mark.parametrize("form", ["NFC", "NFD", "capitals", "bare", "prefix"])
@pytest.mark.parametrize("sample", READ, ids=lambda path: path.stem)
def test_a_message_is_read_alike_however_its_names_are_spelt(sample: Path, form: str) -> None:
    reading = reading_of(sample.read_bytes())
    data = sample.read_bytes()
    if reading.findings:  # an encoding declared wrong: its bytes are UTF-8
        data = data.replace(b"ISO-8859-1", b"UTF-8", 1)

    assert told(reading_of(respelt(data, form))) == told(reading)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(READ), st.randoms(use_true_random=False))
def test_the_order_of_elements_of_other_names_changes_nothing(
    sample: Path, chance: random.Random
) -> None:
    reading = reading_of(sample.read_bytes())
    assume(not reading.findings)
    root = etree.fromstring(sample.read_bytes())
    for element in list(root.iter("*")):
        names = list(dict.fromkeys(child.tag for child in element))
        chance.shuffle(names)
        element[:] = sorted(element, key=lambda child: names.index(child.tag))

    assert told(reading_of(etree.tostring(root, encoding="utf-8"))) == told(reading)
