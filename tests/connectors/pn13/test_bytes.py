"""PN13 as bytes: recognised, peeked, decoded, and refused when they are no document."""

from itertools import pairwise

import pytest
from bounds import within
from hypothesis import given, settings
from hypothesis import strategies as st
from pn13_messages import a_line, a_message, reading_of

from connectors.pn13.connector import CONNECTOR, detects, peek
from schemas.finding import FindingCode

ACCENTED = a_message(a_line(inside="<Commentaire>À jeun</Commentaire>"))
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>'
SECONDS = 10.0


def declared(encoding: str, data: bytes = ACCENTED) -> bytes:
    return data.replace(b"UTF-8", encoding.encode())


@pytest.mark.parametrize(
    "data",
    [
        ACCENTED,
        b"\xef\xbb\xbf" + ACCENTED,
        b"\n  " + ACCENTED.removeprefix(HEAD),
        HEAD + b"<!-- a --><!DOCTYPE Messages SYSTEM 'SIPh_dtd1.0.7.0.dtd'>\n<Messages/>",
        HEAD + b"<!DOCTYPE Messages [<!ELEMENT a ANY>]><Messages/>",
        b"<Messages>",
        b'<p:Messages xmlns:p="http://www.phast.fr/SIPhII"/>',
        "<M_Prescription_médicaments/>".encode(),
        declared("ISO-8859-1").decode().encode("latin-1"),
        declared("UTF-16").decode().encode("utf-16"),
    ],
)  # fmt: skip
def test_a_pn13_root_is_recognised(data: bytes) -> None:
    assert detects(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MSH|^~\\&|",
        b"{}",
        HEAD + b"<ClinicalDocument xmlns='urn:hl7-org:v3'/>",
        b"<Bundle xmlns='http://hl7.org/fhir'/>",
        b"<!-- <Messages/> --><other/>",
        b"<MessagesOfOthers/>",
    ],
)  # fmt: skip
def test_another_root_is_not_recognised(data: bytes) -> None:
    assert not detects(data)


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16"])
def test_peek_gives_what_reading_gives(encoding: str) -> None:
    data = declared(encoding).decode().encode(encoding)

    seen = peek(data)

    assert seen.kind == "M_Prescription_médicaments"
    assert (seen.control_id, seen.lane) == ("M1", "0000451")
    assert reading_of(data).control_id == seen.control_id


def test_peek_keeps_no_order_for_a_file_of_two_patients() -> None:
    two = ACCENTED.replace(b"</Messages>", b"<M_x><Ipp>2</Ipp></M_x></Messages>")

    assert peek(two).lane is None
    assert peek(b"").lane is None


def comment_of(data: bytes) -> str:
    (prescription,) = reading_of(data).prescriptions
    return prescription.lines[0].notes[0].text


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("ISO-8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
        ("UTF-16", "utf-16"),
        ("latin1", "latin-1"),
        ("ISO-8859-15", "iso8859-15"),
        ("UTF-8", "utf-8-sig"),
    ],
)
def test_a_rightly_declared_encoding_is_read_without_a_word(encoding: str, codec: str) -> None:
    data = declared(encoding).decode().encode(codec)

    assert comment_of(data) == "À jeun"
    assert reading_of(data).findings == ()


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [
        ("ISO-8859-1", "utf-8"),
        ("ISO-8859-15", "utf-8"),
        ("windows-1252", "utf-8"),
        ("UTF-8", "latin-1"),
        ("UTF-8", "cp1252"),
        ("latin1", "utf-8"),
        ("UTF-16", "utf-8"),
        ("UTF-16", "latin-1"),
        ("UTF-8", "utf-16"),
        ("UTF-16", "utf-16-le"),
        ("UTF-16", "utf-16-be"),
        ("ISO-8859-1", "utf-8-sig"),
        ("IBM850", "utf-8"),
        ("macintosh", "latin-1"),
        ("US-ASCII", "utf-8"),
        ("KLINGON", "utf-8"),
    ],
)
def test_a_wrongly_declared_encoding_is_read_and_said(encoding: str, codec: str) -> None:
    data = declared(encoding).decode().encode(codec)

    assert comment_of(data) == "À jeun"
    assert [(f.code, f.quoted) for f in reading_of(data).findings] == [
        (FindingCode.ENCODING_DECLARED_WRONG, encoding.lower())
    ]


def test_a_document_without_a_declaration_is_utf_8_or_carries_a_mark() -> None:
    text = ACCENTED.removeprefix(HEAD).decode()

    right = [comment_of(text.encode(codec)) for codec in ("utf-8", "utf-8-sig", "utf-16")]
    wrong = reading_of(text.encode("latin-1"))

    assert right == ["À jeun"] * 3
    assert reading_of(text.encode("utf-16")).findings == ()
    assert [(f.code.value, f.quoted) for f in wrong.findings] == [("encoding-wrong", "utf-8")]


def test_a_byte_that_is_no_character_is_kept_as_a_hole_and_said() -> None:
    data = declared("windows-1252").decode().encode("cp1252").replace(b" jeun", b"\x81jeun")

    assert comment_of(data) == "À\ufffdjeun"
    assert [f.code for f in reading_of(data).findings] == [FindingCode.ENCODING_DECLARED_WRONG]


def test_letters_of_ascii_alone_belie_no_declaration_of_one_byte_a_letter() -> None:
    document = b'<?xml version="1.0" encoding="ISO-8859-1"?><Messages/>'

    assert [f.code for f in reading_of(document).findings] == [FindingCode.MESSAGE_EMPTY]


def test_a_message_that_ends_anywhere_is_refused_and_says_so() -> None:
    for end in range(1, len(ACCENTED)):
        reading = reading_of(ACCENTED[:end])
        codes = {finding.code for finding in reading.findings}
        assert reading.is_empty, end
        assert codes & {FindingCode.MESSAGE_TRUNCATED, FindingCode.MESSAGE_BROKEN}, end


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", FindingCode.MESSAGE_EMPTY),
        (b" \n", FindingCode.MESSAGE_EMPTY),
        (ACCENTED[: len(ACCENTED) // 2], FindingCode.MESSAGE_TRUNCATED),
        (ACCENTED.replace(b"</Prescription>", b""), FindingCode.MESSAGE_BROKEN),
        (b"\x00\x01", FindingCode.MESSAGE_TRUNCATED),
    ],
)
def test_bytes_that_are_no_document_are_refused(data: bytes, code: FindingCode) -> None:
    reading = reading_of(data)

    assert reading.is_empty
    assert [f.code for f in reading.findings] == [code]


def bomb(use: str) -> bytes:
    """Ten entities, each ten times the one before: 10^9 characters if one were expanded."""
    names = "abcdefghij"
    declared = "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise(names)
    )
    return f"<!DOCTYPE Messages [<!ENTITY a 'ha'>{declared}]>{use}".encode()


@pytest.mark.parametrize(
    "data",
    [
        bomb("<Messages>&j;</Messages>"),
        bomb('<Messages Phast-id_message="&j;"/>'),
        bomb("<Messages/>"),
        b"<!DOCTYPE Messages [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><Messages>&x;</Messages>",
        b"<!DOCTYPE Messages [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/'> %p;]><Messages/>",
        b"<Messages>" * 5000,
    ],
)  # fmt: skip
def test_entities_and_depth_are_refused_quickly(data: bytes) -> None:
    with within(SECONDS):
        reading = reading_of(data)

    assert reading.is_empty
    assert {f.code for f in reading.findings} <= {
        FindingCode.MESSAGE_BROKEN,
        FindingCode.MESSAGE_TRUNCATED,
    }
    assert reading.findings


def test_an_external_document_type_is_tolerated_and_never_fetched() -> None:
    data = ACCENTED.replace(
        b"?>", b"?><!DOCTYPE Messages SYSTEM 'http://127.0.0.1:9/SIPh_dtd1.0.7.0.dtd'>", 1
    )

    assert comment_of(data) == "À jeun"


@given(st.binary(max_size=300))
def test_no_bytes_make_the_connector_raise(data: bytes) -> None:
    assert CONNECTOR.lint is not None
    detects(data)
    peek(data)
    CONNECTOR.lint(data)

    assert reading_of(data).findings


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_damage_to_a_message_makes_the_connector_raise(choice: st.DataObject) -> None:
    start = choice.draw(st.integers(0, len(ACCENTED)))
    end = choice.draw(st.integers(start, min(len(ACCENTED), start + 40)))
    data = ACCENTED[:start] + choice.draw(st.binary(max_size=12)) + ACCENTED[end:]

    reading = reading_of(data)

    peek(data)
    assert not reading.is_empty or reading.findings


TEXTS = st.text(alphabet="0123456789.,-+eNa MJHduph%/:", max_size=18)


@settings(max_examples=100, deadline=None)
@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_no_value_makes_the_reader_raise(one: str, two: str, three: str, four: str) -> None:
    posology = f"""<Elément_posologie><Fréquence>{one}</Fréquence>
    <Fréquence_structurée><Frq_échelle>{four}</Frq_échelle><Frq_durée>{one}</Frq_durée>
    <Frq_multiplicité>{two}</Frq_multiplicité></Fréquence_structurée>
    <Type_événement_début>{four}</Type_événement_début><Evénement_début>{three}</Evénement_début>
    <Int_temps_év_début><Nombre>{two}</Nombre><Unité>mn</Unité></Int_temps_év_début>
    <Durée><Nombre>{three}</Nombre><Unité>HHMM</Unité></Durée>
    <Quantité><Nombre>{one}</Nombre><Unité>{two}</Unité></Quantité></Elément_posologie>"""
    bounds = f"<Dh_début>{three}</Dh_début><Dh_fin>{one}</Dh_fin>"

    reading = reading_of(a_message(a_line(posology, bounds=bounds), written=four))

    assert len(reading.prescriptions) == 1


def test_letters_that_latin_1_lacks_are_read_as_windows_1252_and_said() -> None:
    text = ACCENTED.decode().replace("À jeun", "À l’écart du cœur").replace("UTF-8", "ISO-8859-1")

    reading = reading_of(text.encode("cp1252"))

    assert reading.prescriptions[0].lines[0].notes[0].text == "À l’écart du cœur"
    assert [f.code for f in reading.findings] == [FindingCode.ENCODING_DECLARED_WRONG]


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE a " + b"[x]" * 20_000,
        b"<!--" * 20_000,
        b"<?" * 20_000,
        b" " * 500_000 + b"<",
        b"<Messages><Ipp>" + b" " * 500_000,
        b"<Ipp " * 100_000,
        b"<" + b"a" * 500_000,
        b"<?xml version='1.0'" + b" " * 500_000,
        "é".encode("latin-1") + b" " * 500_000,
    ],
    ids=lambda data: repr(data[:16]),
)
def test_hostile_bytes_are_looked_at_quickly(data: bytes) -> None:
    with within(SECONDS):
        detects(data)
        peek(data)
        reading_of(data)
