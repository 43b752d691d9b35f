"""The French catalogue says everything, says it once, and says noon when it is noon."""

import ast
import string
from enum import StrEnum
from pathlib import Path

import pytest

from engine.adherence.measure import EXTRA
from engine.language import CATALOGUES, Language, catalogue, language_of, speaker
from engine.settings_check import SettingFault
from engine.store.queue import Subject
from engine.terminal.convert import ABOUT, WHY
from engine.terminal.tables import SEVERITIES
from engine.terminal.words import WEEKDAYS, moment_words
from engine.validation.states import ItemState
from mappings.problem import Fault
from mappings.site_check import site_tables
from schemas.adherence import MatchKind, PeriodReason
from schemas.decision import DecisionKind, Role
from schemas.delivery import DeliveryState
from schemas.dispense import DispenseKind, DispenseStatus
from schemas.finding import FindingCode
from schemas.installation import Seen
from schemas.intake import AuthorRole, IntakeStatus
from schemas.message import Acknowledgement, MessageState
from schemas.moment import Moment
from schemas.movement import MovementAction, MovementKind
from schemas.notice import NoticeKind
from schemas.offer import Origin, Verdict
from schemas.organiser import BesideReason, Place, SpanLabel
from schemas.prescription import LineAction
from schemas.reference import Divisibility, RowFault, StrengthOutcome
from schemas.review import ChangeKind

SAID: tuple[type[StrEnum], ...] = (
    Acknowledgement,
    AuthorRole,
    ChangeKind,
    DecisionKind,
    DeliveryState,
    DispenseKind,
    DispenseStatus,
    Divisibility,
    Fault,
    IntakeStatus,
    ItemState,
    LineAction,
    MatchKind,
    MessageState,
    MovementAction,
    MovementKind,
    NoticeKind,
    Origin,
    PeriodReason,
    Place,
    Role,
    SpanLabel,
    RowFault,
    Seen,
    SettingFault,
    StrengthOutcome,
    Subject,
    Verdict,
)
"""Closed sets whose values are said to people."""

ENGINE = Path(__file__).parents[3] / "engine"
FRENCH = catalogue(Language.FRENCH)


def texts_said() -> set[str]:
    """Every literal text that a module of the engine says."""
    calls = (
        node
        for path in ENGINE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and name_called(node) == "say" and node.args
    )
    return {call.args[0].value for call in calls if isinstance(call.args[0], ast.Constant)}


def name_called(call: ast.Call) -> str | None:
    """`say` of `say("…")` and of `desk.say("…")`."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return None


def texts_of_the_model() -> set[str]:
    """Every text that is said of a closed set of the model."""
    return {
        *(code.sentence for code in FindingCode),
        *(reason.sentence for reason in BesideReason),
        *(moment.name.replace("_", " ").lower() for moment in Moment),
        *WEEKDAYS,
        *(words for _, words, _ in SEVERITIES.values()),
        *(member.value for each in SAID for member in each),
        *(row.text for row in site_tables().values()),
        *WHY.values(),
        *ABOUT.values(),
        EXTRA,
    }


def fields_of(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


def test_every_text_has_a_translation() -> None:
    assert (
        sorted(str(text) for text in texts_said() | texts_of_the_model() if not FRENCH.get(text))
        == []
    )


def test_no_translation_is_left_over() -> None:
    assert sorted(set(FRENCH) - texts_said() - {str(text) for text in texts_of_the_model()}) == []


def test_the_catalogue_states_no_text_twice() -> None:
    path = CATALOGUES / "fr" / "LC_MESSAGES" / "semainier.po"
    keys = [line for line in path.read_text("utf-8").splitlines() if line.startswith("msgid ")]

    assert len(keys) == len(set(keys))


def test_a_translation_has_the_fields_of_its_text() -> None:
    different = [text for text, said in FRENCH.items() if fields_of(text) != fields_of(said)]

    assert different == []


def test_two_findings_are_never_said_with_the_same_words() -> None:
    french = [FRENCH[code.sentence] for code in FindingCode]

    assert len(set(french)) == len(french) == len({code.sentence for code in FindingCode})


@pytest.mark.parametrize(
    ("moment", "french"),
    [
        (Moment.MORNING, "matin"),
        (Moment.NOON, "midi"),
        (Moment.EVENING, "soir"),
        (Moment.NIGHT, "nuit"),
        (Moment.BEDTIME, "coucher"),
        (Moment.BREAKFAST, "petit déjeuner"),
        (Moment.LUNCH, "déjeuner"),
        (Moment.DINNER, "dîner"),
        (Moment.BEFORE_DINNER, "avant le dîner"),
        (Moment.AFTER_LUNCH, "après le déjeuner"),
    ],
)
def test_a_moment_is_said_in_french(moment: Moment, french: str) -> None:
    assert moment_words(moment, speaker(Language.FRENCH)) == french


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, Language.FRENCH),
        ({"LANG": "C.UTF-8"}, Language.FRENCH),
        ({"LANG": "en_GB.UTF-8"}, Language.ENGLISH),
        ({"LANG": "fr_FR.UTF-8"}, Language.FRENCH),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "en_US.UTF-8"}, Language.ENGLISH),
        ({"SEMAINIER_LANG": "fr", "LC_ALL": "en_US.UTF-8"}, Language.FRENCH),
    ],
)
def test_the_environment_names_the_language(
    environment: dict[str, str], language: Language
) -> None:
    assert language_of(environment) is language


def test_english_is_said_as_it_stands() -> None:
    assert speaker(Language.ENGLISH)("not in the catalogue") == "not in the catalogue"
