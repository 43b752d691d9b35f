"""What people read, in French or in English: the English text is the key of the catalogue."""

import os
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypeAlias

CATALOGUES = Path(__file__).parent / "locale"
Say: TypeAlias = Callable[[str], str]
"""An English text in the language of the reader."""


class Language(StrEnum):
    """A language that the engine speaks."""

    FRENCH = "fr"
    ENGLISH = "en"


def language_of(environment: Mapping[str, str]) -> Language:
    """The language of `SEMAINIER_LANG`, else of the locale, else French."""
    for name in ("SEMAINIER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        for language in Language:
            if environment.get(name, "").lower().startswith(language.value):
                return language
    return Language.FRENCH


def speaker(language: Language | None = None) -> Say:
    """The function that says a text in `language`, or in that of the environment.

    A text without translation is said in English; a test refuses that there is one.
    """
    chosen = language or language_of(os.environ)
    if chosen is Language.ENGLISH:
        return str
    texts = catalogue(chosen)
    return lambda english: texts.get(english) or english


@cache
def catalogue(language: Language) -> dict[str, str]:
    """Every English text of a catalogue with its translation."""
    import polib

    path = CATALOGUES / language.value / "LC_MESSAGES" / "semainier.po"
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path), encoding="utf-8")}
