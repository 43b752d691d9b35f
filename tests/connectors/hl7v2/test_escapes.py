"""Escape sequences: undone once, in the leaf, in the character set of the message."""

import pytest
from hl7v2_messages import doubts, file_of, joined, msh
from hypothesis import assume, given
from hypothesis import strategies as st

from connectors.hl7v2.er7.separators import STANDARD, Separators, separators_of
from connectors.hl7v2.er7.tokeniser import tokenise

MARKS = st.characters(categories=["P", "S"])
"""Any character that is no letter, digit, blank or control may be a separator."""


@st.composite
def separators(draw: st.DrawFn) -> Separators:
    """Those of some header, five distinct characters or six."""
    chosen = draw(st.lists(MARKS, min_size=5, max_size=6, unique=True))
    found, _ = separators_of(f"MSH{''.join(chosen)}{chosen[0]}")
    assume(found is not None)
    assert found is not None
    return found


def with_plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def note(text: str) -> tuple[str | None, list[tuple[str, str]]]:
    file = file_of(joined(msh(), f"NTE|1||{text}"))
    return file.messages[0].segments[1].value(3), doubts(file.findings)


@pytest.mark.parametrize(
    "sent",
    [
        "a\\XE9\\b",  # not ASCII, and no character set was given
        "a\\X00\\b",
        "a\\X4\\b",
        "a\\X\\b",
        "a\\Zlocal\\b",
        "a\\C2842\\b",
        "a\\M2442\\b",
        "a\\.xx3\\b",
        "a\\Q\\b",
        "a\\f\\b",
        "a\\\\b",
        "a \\ b",
        "a\\",
    ],
)
def test_what_is_not_read_is_kept_as_sent_and_is_said(sent: str) -> None:
    assert note(sent) == (sent, [("structure-invalid", "NTE[1]-3")])


@pytest.mark.parametrize(
    ("sent", "means"),
    [
        ("1\\.in+4\\2", "1 2"),
        ("1\\.ti-2\\2", "1 2"),
        ("1\\.fi\\2\\.nf\\3", "1 2 3"),
        ("1\\.ce\\2", "1\n2"),
        ("1\\.sp\\2", "1\n2"),
        ("1\\.sp+3\\2", "1\n\n\n2"),
        ("1\\.sk\\2", "1 2"),
        ("\\H\\1\\N\\2", "12"),
        ("\\X31\\\\X32\\", "12"),
        ("\\X5C\\F\\X5C\\", "\\F\\"),
        ("\\E\\X41\\E\\", "\\X41\\"),
    ],
)
def test_layout_parts_words_and_nothing_is_undone_twice(sent: str, means: str) -> None:
    assert note(sent) == (means, [])


@pytest.mark.parametrize(
    ("codec", "sent", "means"),
    [
        ("iso8859-1", "caf\\XE9\\", "café"),
        ("iso8859-15", "10 \\XA4\\", "10 €"),
        ("utf-8", "caf\\XC3A9\\", "café"),
        ("utf-8", "caf\\XC3\\\\XA9\\", "café"),
        ("utf-8", "caf\\XE9\\", "caf\\XE9\\"),
        ("utf-16", "\\X0041\\", "\\X0041\\"),
        ("iso8859-1", "\\X9B\\", "\\X9B\\"),
    ],
)
def test_hexadecimal_bytes_are_of_the_character_set_of_the_message(
    codec: str, sent: str, means: str
) -> None:
    (message,) = tokenise(joined(msh(), f"NTE|1||{sent}"), codec).messages

    assert message.segments[1].value(3) == means


def test_a_sequence_does_not_reach_over_a_separator() -> None:
    file = file_of(joined(msh(), "NTE|a\\F|b\\|c^d\\F^e\\"))

    (message,) = file.messages
    values = [value for _, value in message.segments[1].leaves()]
    assert values == ["a\\F", "b\\", "c", "d\\F", "e\\"]
    assert doubts(file.findings) == [
        ("structure-invalid", "NTE[1]-1"),
        ("structure-invalid", "NTE[1]-2"),
        ("structure-invalid", "NTE[1]-3"),
        ("structure-invalid", "NTE[1]-3"),
    ]


def test_the_truncation_mark_is_that_of_the_header_and_a_cut_value_is_said() -> None:
    file = file_of("MSH|^~\\&%|A\rNTE|1||Prendre un comprim%^100\\P\\|100 % pur\r")

    note_ = file.messages[0].segments[1]
    assert (note_.value(3), note_.value(3, 2)) == ("Prendre un comprim%", "100%")
    assert doubts(file.findings) == [("value-truncated", "NTE[1]-3")]


def test_without_a_truncation_mark_nothing_is_cut() -> None:
    assert note("produit #") == ("produit #", [])


def test_a_control_character_is_kept_and_is_said() -> None:
    assert note("a\x07b") == ("a\x07b", [("structure-invalid", "NTE[1]-3")])


@given(separators(), st.text(max_size=60))
def test_a_value_that_is_escaped_comes_back_whatever_the_separators(
    marks: Separators, text: str
) -> None:
    leaf = marks.escaped(text)

    assert marks.unescape(leaf) == with_plain_ends(text)
    assert marks.marked.sub("", leaf.replace(marks.escape, "")) == leaf.replace(marks.escape, "")
    assert marks.field not in leaf


@given(
    separators(),
    st.lists(
        st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=3), min_size=1, max_size=3),
        min_size=1,
        max_size=3,
    ),
)
def test_values_come_back_from_their_places_whatever_the_separators(
    marks: Separators, field: list[list[list[str]]]
) -> None:
    written = marks.repetition.join(
        marks.component.join(
            marks.subcomponent.join(marks.escaped(part) for part in parts) for parts in components
        )
        for components in field
    )
    declared = marks.component + marks.repetition + marks.escape + marks.subcomponent
    header = f"MSH{marks.field}{declared}{marks.truncation}{marks.field}A"

    (message,) = tokenise(f"{header}\rZZ1{marks.field}{written}{marks.field}\r").messages

    again = [
        [[marks.unescape(part) for part in parts] for parts in components]
        for components in message.segments[1].cells(1)
    ]
    assert again == [
        [[with_plain_ends(part) for part in parts] for parts in components] for components in field
    ]


def test_the_separators_of_the_standard_escape_their_own_characters_alone() -> None:
    assert STANDARD.escaped("a|b^c&d~e\\f#g\r\nh") == ("a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f#g\\.br\\h")
