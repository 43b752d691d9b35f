"""What is wrong with a site is told with its file and line, and nothing else is."""

from pathlib import Path

import pytest

from mappings.catalogue import HERE
from mappings.site_check import check_site, target_of

COLUMNS = "code;text;target;source;read_by"


def write(folder: Path, name: str, *rows: str, target: str | None = None) -> None:
    path = folder / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = f"# table: {folder.name}/{name}  target: {target or target_of(name)}  version: 1"
    path.write_text("\n".join((head, COLUMNS, *rows)) + "\n", encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A small site without a problem: two moments, and what hangs on them."""
    folder = tmp_path / "les-tilleuls"
    folder.mkdir()
    (folder / "site.toml").write_text('zone = "Indian/Reunion"\nmeals = "CM"\n', "utf-8")
    write(folder, "moments", "CM;petit déjeuner;07:30;règlement;", "HS;coucher;21:00;règlement;")
    write(folder, "distributions", "1;une fois;CM;règlement;", "2;deux fois;CM HS;règlement;")
    write(folder, "compartments", "CM;petit déjeuner;morning;règlement;")
    return folder


def told(folder: Path) -> list[str]:
    return [str(problem).removeprefix(f"{folder}/") for problem in check_site(folder)]


def test_a_right_site_has_no_problem(site: Path) -> None:
    write(site, "hl7v2/repeat_patterns", "99L|LM;lundi et mercredi;mon wed 08:30;liste;")
    write(site, "pn13/frequencies")
    write(site, "pn13/modes", "2;récapitulatif;recapitulative;liste;")

    assert told(site) == []


def test_the_shipped_site_has_no_problem() -> None:
    assert check_site(HERE / "sites" / "reference") == []


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ('zone = "Europe/Pari"\nmeals = "CM"', ["1: the zone must be a name of the IANA"]),
        ('meals = "CM"', ["1: the setting is missing: 'zone'"]),
        ('zone = "Europe/Paris"', ["1: the setting is missing: 'meals'"]),
        ('zone = "Europe/Paris"\nmeals = "CM DINER"', ["2: there is no such moment: 'DINER'"]),
        ('zone = "Europe/Paris"\nmeals = "CM CV"', ["2: the moment has no hour in moments.csv"]),
        ('zone = "Europe/Paris"\nmeals = ""', ["2: there is no such moment"]),
        ('zone = "Europe/Paris"\nmeals = "CM"\n\nmeal = "CD"', ["4: there is no such setting"]),
        (
            'zone = "Europe/Paris"\nmeals = "CM"\nday_starts_at = "3h"',
            ["3: the time must be written HH:MM: '3h'"],
        ),
        ('zone = "Europe/Paris"\nmeals = CM', ["2: the settings are no TOML"]),
    ],
)
def test_a_wrong_setting_is_told_at_its_line(
    site: Path, settings: str, expected: list[str]
) -> None:
    (site / "site.toml").write_text(settings + "\n", encoding="utf-8")

    found = told(site)

    assert len(found) == len(expected)
    for one, words in zip(found, expected, strict=True):
        assert one.startswith(f"site.toml:{words}")


@pytest.mark.parametrize(
    ("table", "row", "rule"),
    [
        ("moments", "CM;petit déjeuner;7h30;règlement;", "the time must be written HH:MM: '7h30'"),
        ("moments", "CM;petit déjeuner;07:30;;", "the row has no source"),
        ("moments", "CM;petit déjeuner;07:30", "5 columns expected"),
        ("moments", "MATIN;matin;08:00;règlement;", "there is no such moment: 'MATIN'"),
        (
            "distributions",
            "3;trois fois;CM HS;règlement;",
            "the row must list as many different moments as its code says: 'CM HS'",
        ),
        (
            "distributions",
            "2;deux fois;CM CM;règlement;",
            "the row must list as many different moments as its code says: 'CM CM'",
        ),
        (
            "distributions",
            "deux;deux fois;CM HS;règlement;",
            "the code must be how many times a day: 'deux'",
        ),
        (
            "distributions",
            "1;une fois;CD;règlement;",
            "the moment has no hour in moments.csv: 'CD'",
        ),
        ("compartments", "CM;matin;matin;règlement;", "no target of this table: 'matin'"),
        (
            "compartments",
            "CD;midi;noon;règlement;",
            "the moment has no hour in moments.csv: 'CD'",
        ),
        ("pn13/frequencies", "3;trois fois;3/jour;liste;", "no target of this table: '3/jour'"),
        (
            "hl7v2/messages",
            "ZRX^Z01;ordre;commande;éditeur;",
            "no target of this table: 'commande'",
        ),
        ("identifiers", "1.2.3;notre IPP;IPP;éditeur;", "no target of this table: 'IPP'"),
    ],
)
def test_a_wrong_row_is_told_at_its_line(site: Path, table: str, row: str, rule: str) -> None:
    good = {"moments": "HS;coucher;21:00;règlement;"}.get(table)
    path = site / f"{table}.csv"
    write(site, table, *([good] if good else []), row)
    line = 4 if good else 3

    found = [one for one in told(site) if one.startswith(f"{path.relative_to(site)}:")]

    assert found == [f"{table}.csv:{line}: {rule}"]


def test_a_table_that_is_missing_is_told(site: Path) -> None:
    (site / "distributions.csv").unlink()

    assert told(site) == ["distributions.csv:1: the file is missing"]


def test_a_table_that_nobody_asks_for_is_told(site: Path) -> None:
    write(site, "hl7v2/repeat_pattern", "BID;deux fois;2/d;liste;", target="mappings.timing")

    assert told(site) == [
        "hl7v2/repeat_pattern.csv:1: no reader asks a site for such a table: 'hl7v2/repeat_pattern'"
    ]


def test_a_table_has_the_target_of_the_shipped_one(site: Path) -> None:
    write(site, "hl7v2/repeat_patterns", "BID;deux fois;2/d;liste;", target="text")

    assert told(site) == [
        "hl7v2/repeat_patterns.csv:1: the head must have the target of the shipped table: 'text'"
    ]


def test_a_head_copied_from_another_site_is_told(site: Path) -> None:
    path = site / "moments.csv"
    path.write_text(path.read_text("utf-8").replace("les-tilleuls/", "reference/"), "utf-8")

    assert told(site) == ["moments.csv:1: the head names another table: 'reference/moments'"]


def test_files_that_are_no_text_are_told(site: Path) -> None:
    (site / "moments.csv").write_bytes("# table: été".encode("iso-8859-1"))
    (site / "site.toml").write_bytes('zone = "é"'.encode("iso-8859-1"))

    assert {one.split(": ", 1)[1] for one in told(site) if "UTF-8" in one} == {
        "the file is not UTF-8"
    }
    assert len([one for one in told(site) if "UTF-8" in one]) == 2
