"""XML of strangers: refused when it would reach out or grow, and every value has its place."""

import pytest
from bounds import assert_linear, within

from connectors import markup
from schemas.errors import Refused

TREE = b"""<a k="1"><!-- out --><b>x</b><c>one<?p q?> two</c><b z="2"><d/> tail </b>after</a>"""


def test_leaves_are_every_attribute_and_text_with_its_place() -> None:
    assert list(markup.leaves(markup.parse(TREE))) == [
        ("/a/@k", "1"),
        ("/a/b[1]", "x"),
        ("/a/c", "one two"),
        ("/a/b[2]/@z", "2"),
        ("/a/b[2]/following-text", "after"),
        ("/a/b[2]/d/following-text", "tail"),
    ]


def test_places_are_those_that_place_gives_one_by_one() -> None:
    root = markup.parse(TREE)

    assert [here for _, here in markup.places(root)] == [
        "/a",
        "/a/b[1]",
        "/a/c",
        "/a/b[2]",
        "/a/b[2]/d",
    ]
    assert all(here == markup.place(element) for element, here in markup.places(root))


def test_places_below_an_element_begin_with_its_own() -> None:
    second = markup.parse(TREE)[2]

    assert [here for _, here in markup.places(second)] == ["/a/b[2]", "/a/b[2]/d"]


def test_siblings_of_two_namespaces_do_not_share_a_rank() -> None:
    root = markup.parse(b'<a><b/><b xmlns="urn:x"/><b/></a>')

    assert [here for _, here in markup.places(root)] == ["/a", "/a/b[1]", "/a/b", "/a/b[2]"]


def test_a_text_that_a_comment_cuts_is_whole() -> None:
    assert markup.parse(b"<n>1<!-- , -->0<![CDATA[0]]></n>").text == "100"


def test_names_and_namespaces() -> None:
    root = markup.parse(b'<a xmlns="urn:x"/>')

    assert (markup.local_name(root), markup.namespace(root)) == ("a", "urn:x")
    assert markup.namespace(markup.parse(b"<a/>")) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<a>",
        b"<a></b>",
        b"<a>&other;</a>",
        b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        b"<!DOCTYPE a [<!ENTITY x 'y'>]><a k='&x;'/>",
        b"<!DOCTYPE a [<!ENTITY x 'y'>]><a/>",
        b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>",
        b"<!DOCTYPE a [<!ENTITY % p SYSTEM 'file:///etc/hostname'> %p;]><a/>",
        b"<a>" * 1000 + b"</a>" * 1000,
        b"<a>\x00</a>",
    ],
)  # fmt: skip
def test_what_is_not_read_is_refused(data: bytes) -> None:
    with pytest.raises(Refused):
        markup.parse(data)


def test_a_refusal_names_the_place_and_quotes_nothing() -> None:
    with pytest.raises(Refused) as refusal:
        markup.parse(b"<a>\n<SECRET></a>")

    assert str(refusal.value).startswith("line 2")
    assert "SECRET" not in str(refusal.value)


def test_a_document_type_without_entities_is_tolerated() -> None:
    assert markup.parse(b"<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'><a>x</a>").text == "x"


def test_a_document_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "LARGEST", 10)

    with pytest.raises(Refused):
        markup.parse(b"<a>0123456789</a>")


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"<a>" + b"<b/>" * 500_000 + b"</a>", "at most 500000 elements"),
        (b"<a " + b" ".join(b'a%d=""' % n for n in range(257)) + b"/>", "at most 256 attributes"),
        (b"<a " + b" ".join(b'a%d=""' % n for n in range(50_000)) + b"/>", "at most 256"),
    ],
    ids=["elements", "attributes", "many attributes"],
)
def test_more_elements_or_attributes_than_anybody_sends_are_refused_quickly(
    data: bytes, rule: str
) -> None:
    with within(10), pytest.raises(Refused, match=rule):
        markup.parse(data)


def test_the_leaves_of_many_siblings_cost_one_visit_each() -> None:
    trees = {n: markup.parse(b"<a>" + b"<b>1</b>" * n + b"</a>") for n in (2_000, 40_000)}

    assert len(list(markup.leaves(trees[40_000]))) == 40_000
    assert_linear(lambda count: list(markup.leaves(trees[count])), 2_000, 40_000)
