"""What is public of PN13, checked on a file: envelope, names, dates, required elements."""

import pytest
from pn13_messages import PRESCRIPTION, a_line, a_message, said

from connectors.pn13.lint import lint
from schemas.finding import FindingCode


def test_a_message_of_public_names_has_nothing_to_say() -> None:
    assert lint(a_message()) == ()


def test_a_name_that_is_not_public_is_told_with_its_place() -> None:
    findings = lint(a_message(header="<Mystère>1</Mystère>"))

    assert [(f.code, f.location, f.quoted) for f in findings] == [
        (FindingCode.ELEMENT_UNREAD, f"{PRESCRIPTION}/Mystère", "Mystère")
    ]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (' xmlns="http://www.phast.fr/SIPhII"', "", "structure-invalid"),
        (' Phast-id_message="M1"', "", "structure-invalid"),
        ('_message="M1"', '_message="M1" Phast-dh_émission="hier"', "value-invalid"),
        ("<Id_élément_prescr>L1</Id_élément_prescr>", "", "element-missing"),
        ("<Dh_prescription>20260301173000</Dh_prescription>", "", "element-missing"),
        ("20260302060000", "2026030206000000", "value-invalid"),
        ("Messages", "Message", "structure-invalid"),
    ],
)
def test_a_departure_from_the_public_part_is_told(old: str, new: str, code: str) -> None:
    assert code in dict(said(lint(a_message().replace(old.encode(), new.encode()))))


def test_bytes_that_are_no_document_are_told() -> None:
    assert [f.code for f in lint(a_message(a_line())[:200])] == [FindingCode.MESSAGE_TRUNCATED]
