"""A text on its whole way in the terminal: offered, read cell by cell, decided on, sent, traced."""

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from builders import REFERENCE, a_quantity
from click.testing import Result
from messages import a_bundle, a_request
from typer.testing import CliRunner

from cli import app
from engine.language import Language, speaker
from engine.terminal.interpret_typed import (
    days_typed,
    end_typed,
    place_typed,
    quantity_typed,
    start_typed,
)
from engine.terminal.interpret_words import content_words, rhythm_words
from schemas.moment import Moment
from schemas.offer import Days, Ends
from schemas.posology import Rhythm
from schemas.schedule import Slot

FRENCH = speaker(Language.FRENCH)
PARIS = ZoneInfo("Europe/Paris")
SETTINGS = '[pharmacy]\nfiness = "750512345"\nname = "Pharmacie Exemple"\n'
SETTINGS += '[channels.import]\nsite = "reference"\n'
TEXT = "1 comprimé 3 fois par jour pendant 7 jours"


class Terminal:
    """Runs commands in French on one installation, as one pharmacist."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "semainier.toml").write_text(SETTINGS, encoding="utf-8")
        person = ("--full-name", "Camille Exemple", "--role", "pharmacist")
        self("account", "add", "camille", *person, "--rpps", "99700067210")
        self("account", "add", "noe", "--full-name", "Noé Exemple", "--role", "preparer")

    def run(self, *words: str, typed: str | None = None) -> Result:
        environment = {
            "SEMAINIER_DATA": str(self.folder),
            "SEMAINIER_LANG": "fr",
            "SEMAINIER_USER": "camille",
        }
        return CliRunner().invoke(app, words, input=typed, env=environment)

    def __call__(self, *words: str, status: int = 0, typed: str | None = None) -> str:
        done = self.run(*words, typed=typed)
        assert done.exit_code == status, done.output
        return done.output

    def imported(self, *texts: str, bundle: str = "B1") -> str:
        """The item of a prescription that came in with a line for each text."""
        lines = [a_request(name, {"text": text}) for name, text in zip("ABC", texts, strict=False)]
        path = self.folder / f"{bundle}.json"
        path.write_bytes(a_bundle(*lines, bundle=bundle))
        self("import", str(path))
        return self.item()["item"]

    def item(self) -> dict[str, Any]:
        [item] = json.loads(self("queue", "list", "--json"))
        return item

    def answers(self, item: str, line: int = 1, start: str = "2026-03-02") -> dict[str, Any]:
        """Every cell of the first reading confirmed, as the document of `--answers`."""
        offered = json.loads(self("queue", "offer", item, str(line), "--json"))
        [first, *_] = offered["offer"]["candidates"]
        cells = [cell["id"] for row in first["rows"] for cell in row["cells"]]
        return {
            "text_sha256": offered["offer"]["text_sha256"],
            "offer_sha256": offered["offer_sha256"],
            "candidate": first["id"],
            "start": start,
            "cells": [{"cell": cell, "verdict": "confirmed"} for cell in cells],
            "unread": [{"stretch": each["id"], "reason": "sans effet"} for each in first["unread"]],
        }

    def file(self, document: object) -> str:
        path = self.folder / "answers.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        return str(path)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)


def test_from_a_message_of_text_alone_to_a_schedule_that_leaves(terminal: Terminal) -> None:
    item = terminal.imported(TEXT)

    shown = terminal("queue", "offer", item, "1")
    file = terminal.file(terminal.answers(item))
    made = json.loads(terminal("queue", "interpret", item, "1", "--answers", file, "--json"))
    stale = terminal("queue", "show", item, "--json")
    seen = json.loads(stale)["content_sha256"]
    terminal("queue", "validate", item, "--acknowledge", "all", "--seen", seen)
    signed = ("--signed-on", "2026-01-05", "--document", "classeur 3")
    terminal("access", "grant", "000123", "--receiver", "ehpad", *signed)
    out = terminal.folder / "out"
    wanted = ("--format", "tabular", "--receiver", "ehpad", "--from", "2026-03-02")
    terminal("export", "schedule", item, *wanted, "--to", str(out))
    traced = json.loads(terminal("trace", made["interpretation"]["id"], "--json"))
    tree = terminal("trace", item)

    for words in ("« 3 fois par jour »", "« pendant 7 jours »", "matin 08:00", "A1.1", "site"):
        assert words in shown
    assert made["content_sha256"] == seen
    [path] = out.iterdir()
    sent = path.read_text(encoding="utf-8-sig")
    hours = [
        f"2026-03-0{day}T{hour}" for day in range(2, 9) for hour in ("08:00", "12:00", "19:00")
    ]
    assert [hour for hour in hours if hour not in sent] == []
    assert "2026-03-09T" not in sent
    versions = sorted(traced["prescriptions"], key=lambda each: each["version"])
    assert [each["interpretation"] is None for each in versions] == [True, False]
    assert versions[1]["interpretation"]["by"] == "Camille Exemple"
    assert (versions[0]["state"], versions[1]["state"]) == (None, "validated")
    assert [each["state"] for each in versions[1]["deliveries"]] == ["delivered"]
    assert "interpretation.made" in [entry["event"] for entry in traced["journal"]]
    assert "comprimé" not in tree
    assert "Lecture d'un texte itp-" in tree


def test_the_keyboard_answers_each_cell_by_itself(terminal: Terminal) -> None:
    item = terminal.imported("1 à 2 gélules le lundi")
    typed = ["c", "", "c", "m", "minuit", "1 gélule", "matin", "1 gélule", "", "un seul, appelé"]
    typed += ["c", "", "n", "o"]

    said = terminal(
        "queue", "interpret", item, "1", "--start", "2026-03-02", typed="\n".join(typed) + "\n"
    )

    assert "La dose est une fourchette" in said
    assert "un seul, appelé" in said
    assert "1 gélule: matin; lundi; à partir du 2026-03-02" in said
    assert "Rien n'est encore validé" in said
    assert json.loads(terminal("queue", "show", item, "--json"))["decisions"] == []


def test_enter_alone_confirms_nothing_and_a_no_at_the_end_keeps_nothing(
    terminal: Terminal,
) -> None:
    item = terminal.imported("1 gélule le matin")
    before = terminal.item()

    refused = terminal.run(
        "queue", "interpret", item, "1", "--start", "2026-03-02", typed="c\nc\nc\n\nn\nn\n"
    )
    nothing = terminal.run(
        "queue", "interpret", item, "1", "--start", "2026-03-02", typed="\n\n\n\n\n\n"
    )

    assert (refused.exit_code, nothing.exit_code) == (1, 1)
    assert terminal.item() == before


def test_what_was_answered_before_is_shown_and_answered_again(terminal: Terminal) -> None:
    item = terminal.imported("1 gélule le matin")
    file = terminal.file(terminal.answers(item))
    terminal("queue", "interpret", item, "1", "--answers", file)
    again = terminal.imported("1 gélule le matin", bundle="B2")

    shown = terminal("queue", "offer", again, "1")
    asked = terminal.run(
        "queue", "interpret", again, "1", "--start", "2026-03-02", typed="c\nc\nc\n\nn\no\n"
    )

    assert "Ce texte a été lu auparavant par Camille Exemple" in shown
    assert "répondu auparavant: confirmé" in asked.output
    assert asked.exit_code == 0


def test_a_file_with_a_cell_left_out_is_refused_with_its_name(terminal: Terminal) -> None:
    item = terminal.imported(TEXT)
    document = terminal.answers(item)
    document["cells"] = [each for each in document["cells"] if each["cell"] != "A1.2"]

    said = terminal("queue", "interpret", item, "1", "--answers", terminal.file(document), status=1)

    assert "A1.2" in said
    assert "answer-missing" in said


def test_a_file_that_is_no_document_of_answers_is_refused_and_not_quoted(
    terminal: Terminal,
) -> None:
    item = terminal.imported(TEXT)

    said = terminal(
        "queue",
        "interpret",
        item,
        "1",
        "--answers",
        terminal.file({"candidate": 7, "secret": "ZZZ"}),
        status=1,
    )

    assert "text_sha256" in said
    assert "ZZZ" not in said


def test_wrong_use_is_told_from_refused_input(terminal: Terminal) -> None:
    item = terminal.imported(TEXT)

    terminal("queue", "interpret", item, "1", "--json", status=2)
    terminal("queue", "interpret", item, "1", "--answers", "/nowhere.json", status=2)
    terminal("queue", "interpret", item, "1", "--start", "demain", status=2)
    terminal("queue", "offer", item, "7", status=1)
    terminal("queue", "offer", item, "1", "--user", "nobody", status=1)
    file = terminal.file(terminal.answers(item))
    terminal("queue", "interpret", item, "1", "--answers", file, "--user", "noe", status=1)


def test_the_start_of_the_text_is_answered_as_a_cell_and_not_asked_twice(
    terminal: Terminal,
) -> None:
    item = terminal.imported("1 gélule le matin du 05/03/2026 au 11/03/2026")

    said = terminal("queue", "interpret", item, "1", typed="c\nc\nc\nc\n\nn\no\n")

    assert "à partir du 2026-03-05; avant le 2026-03-12" in said


def test_the_start_is_asked_where_nothing_states_it(terminal: Terminal) -> None:
    item = terminal.imported("1 gélule le matin")

    said = terminal(
        "queue", "interpret", item, "1", typed="c\nc\nc\n\nn\n2026-13-01\n2026-03-04\no\n"
    )

    assert "à partir du 2026-03-04" in said


def test_a_row_can_be_stated_where_nothing_was_read(terminal: Terminal) -> None:
    item = terminal.imported("selon protocole du service")
    typed = ["protocole joint", "coucher", "1/2 comprimé", "n", "lun jeu", "14 jours"]
    typed += ["protocole joint", "n", "o"]

    said = terminal(
        "queue", "interpret", item, "1", "--start", "2026-03-02", typed="\n".join(typed) + "\n"
    )

    assert "0.5 comprimé: coucher; lundi, jeudi; à partir du 2026-03-02" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tous les jours", "tous les jours"),
        ("lun, jeu", "lundi, jeudi"),
        ("2 jours", "une fois tous les 2 jour(s)"),
        ("8 heures", "une fois tous les 8 heure(s)"),
        ("21/7", "21 jours avec, 7 jours sans"),
    ],
)
def test_days_are_typed_as_people_say_them(text: str, said: str) -> None:
    assert rhythm_words(days_typed(text, FRENCH).rhythm, FRENCH) == said


def test_ends_places_and_amounts_are_typed_as_people_say_them() -> None:
    assert content_words(end_typed("10 jours", FRENCH), PARIS, FRENCH) == "pendant 10 jour(s)"
    assert end_typed("-", FRENCH) == Ends()
    assert content_words(Days(rhythm=Rhythm()), PARIS, FRENCH) == "tous les jours"
    assert place_typed("Coucher", REFERENCE, FRENCH) == Slot(moment=Moment.BEDTIME)
    assert place_typed("-", REFERENCE, FRENCH) is None
    assert quantity_typed("½ comprimé", FRENCH) == a_quantity("0.5 comprimé")


@pytest.mark.parametrize("text", ["", "trois", "1", "comprimé", "1/0 comprimé"])
def test_an_amount_without_number_or_unit_is_asked_again(text: str) -> None:
    with pytest.raises(ValueError, match="quantité"):
        quantity_typed(text, FRENCH)


@pytest.mark.parametrize("text", ["2026-02-30", "demain", "2026-03-02 25:00", "2026-10-25 02:30"])
def test_a_start_that_is_no_sure_instant_is_asked_again(text: str) -> None:
    with pytest.raises(ValueError, match=r"début|horloges"):
        start_typed(text, PARIS, FRENCH)


@pytest.mark.parametrize("text", ["", "lundi mauvais", "x/7", "0"])
def test_days_that_are_none_are_asked_again(text: str) -> None:
    with pytest.raises(ValueError, match="jours"):
        days_typed(text, FRENCH)
