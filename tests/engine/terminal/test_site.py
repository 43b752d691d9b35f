"""`semainier site`: from an empty folder to a site that can be used."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import app

SHELL = CliRunner()


def run(*words: str) -> tuple[int, str]:
    done = SHELL.invoke(app, [*words])
    return done.exit_code, done.output


@pytest.fixture
def site(tmp_path: Path) -> Path:
    status, _ = run(
        "site", "new", "les-tilleuls", "--zone", "Indian/Reunion", "--sites", str(tmp_path)
    )
    assert status == 0
    return tmp_path / "les-tilleuls"


def problems(folder: Path) -> list[tuple[str, int, str]]:
    _, output = run("site", "check", str(folder), "--json")
    return [(one["file"], one["line"], one["rule"]) for one in json.loads(output)["problems"]]


def test_a_new_site_states_no_hour_and_is_refused_until_a_person_does(site: Path) -> None:
    assert run("site", "check", str(site))[0] == 1
    assert problems(site) == [
        ("site.toml", 1, "the setting is missing"),
        ("moments.csv", 1, "the table has no row"),
        ("distributions.csv", 1, "the table has no row"),
        ("compartments.csv", 1, "the table has no row"),
    ]


def test_a_new_site_can_be_used_when_its_rows_are_filled_in(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = {
        "moments": "CM;petit déjeuner;07:30;règlement;\n",
        "distributions": "1;une fois par jour;CM;règlement;\n",
        "compartments": "CM;petit déjeuner;morning;règlement;\n",
    }
    for name, row in rows.items():
        path = site / f"{name}.csv"
        path.write_text(path.read_text("utf-8") + row, encoding="utf-8")
    settings = site / "site.toml"
    settings.write_text(settings.read_text("utf-8").replace('# meals = "CM CD CV"', 'meals = "CM"'))

    assert problems(site) == []
    monkeypatch.setenv("SEMAINIER_SITES", str(site.parent))
    assert run("site", "check", "les-tilleuls")[0] == 0


def test_comments_are_in_the_language_of_the_person(tmp_path: Path) -> None:
    for lang, words in (("fr", "Le fuseau horaire"), ("en", "The time zone")):
        place = ("--zone", "Europe/Paris", "--sites", str(tmp_path), "--lang", lang)
        run("site", "new", f"site-{lang}", *place)
        assert words in (tmp_path / f"site-{lang}" / "site.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "zone", "words"),
    [
        ("Les Tilleuls", "Europe/Paris", "a name has lower-case letters"),
        ("../tilleuls", "Europe/Paris", "a name has lower-case letters"),
        ("les-tilleuls", "Paris", "must be a name of the IANA time zone database"),
    ],
)
def test_a_wrong_name_or_zone_makes_no_file(
    tmp_path: Path, name: str, zone: str, words: str
) -> None:
    status, output = run("site", "new", name, "--zone", zone, "--sites", str(tmp_path))

    assert status == 1
    assert words in output
    assert list(tmp_path.iterdir()) == []


def test_nothing_that_a_person_wrote_is_written_over(site: Path) -> None:
    (site / "moments.csv").write_text("mine", encoding="utf-8")

    status, output = run(
        "site", "new", "les-tilleuls", "--zone", "Europe/Paris", "--sites", str(site.parent)
    )

    assert (status, "already a folder" in output) == (1, True)
    assert (site / "moments.csv").read_text("utf-8") == "mine"


def test_a_site_that_does_not_exist_is_refused() -> None:
    assert run("site", "check", "nulle-part")[0] == 1
    assert run("site", "check", "./nulle-part")[0] == 1
