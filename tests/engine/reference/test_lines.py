"""Bytes become lines strictly: one encoding a file, or a clear refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_files import lines_of

from engine.reference.lines import cells, decoded, encoding_of, has_control
from schemas.errors import Refused


def read(data: bytes) -> list[tuple[int, str]]:
    lines = lines_of(data)
    return [tuple(line) for line in decoded(lines, encoding_of("A.txt", lines))]


def test_a_file_of_ascii_alone_is_utf_8() -> None:
    assert encoding_of("A.txt", lines_of(b"60900001\tliste I\r\n")) == "utf-8"


def test_the_same_words_are_read_from_both_encodings_and_both_line_ends() -> None:
    expected = [(1, "comprimé sécable"), (2, "l’œil – gélule")]

    assert read("comprimé sécable\nl’œil – gélule\n".encode()) == expected
    assert read("comprimé sécable\r\nl’œil – gélule".encode("cp1252")) == expected


def test_a_mark_at_the_start_is_no_part_of_the_first_cell() -> None:
    assert read(b"\xef\xbb\xbf60900001\n") == [(1, "60900001")]


def test_blank_lines_are_no_rows_and_are_counted_as_lines() -> None:
    assert read(b"a\r\r\n\r\r\n\nb\r\n") == [(1, "a"), (4, "b")]


def test_a_byte_of_neither_encoding_is_refused_with_its_file_line_and_place() -> None:
    data = "é\r\n".encode("cp1252") + b"ab\x81c\r\n"

    with pytest.raises(Refused, match=r"^A\.txt: line 2, byte 3 \(0x81\)"):
        read(data)


def test_a_file_in_two_encodings_is_refused_because_half_of_it_would_be_misread() -> None:
    data = "sécable\n".encode() + b"plain\n" + 2 * "sécable\n".encode("cp1252")

    with pytest.raises(Refused, match=r"A\.txt: line 1 is UTF-8 and line 3 is not"):
        read(data)


def test_cells_lose_the_spaces_around_them_and_only_these() -> None:
    assert cells(" AUTRE  LABO \t\t comprimé") == ("AUTRE  LABO", "", "comprimé")


@pytest.mark.parametrize(
    ("text", "found"), [("a\tb", False), ("a\x00b", True), ("a\x92b", True), ("a\rb", True)]
)
def test_a_control_character_other_than_the_tab_is_seen(text: str, found: bool) -> None:
    assert has_control(text) is found


@given(
    st.lists(st.text(st.characters(codec="cp1252", categories=["L", "N", "P", "Zs"]), min_size=1))
)
def test_what_was_written_in_either_encoding_is_read_again_word_for_word(texts: list[str]) -> None:
    written = [text for text in texts if text.strip()]
    for encoding in ("utf-8", "cp1252"):
        data = "\n".join(written).encode(encoding)
        if encoding == "utf-8" or not _may_be_utf8(data):
            assert [text for _, text in read(data)] == written


def _may_be_utf8(data: bytes) -> bool:
    """Whether a line of Windows-1252 happens to be UTF-8 too: `Ã©` is."""
    for line in data.split(b"\n"):
        if not line.isascii():
            try:
                line.decode()
            except UnicodeDecodeError:
                continue
            return True
    return False
