"""The forms of posology texts, French first and English too, in the order they are tried.

At each place of the folded text the first form that fits wins, so the particular stands before
the general. Sources: ANS e-prescription guide (prescription-Exemples), everyday French and
English prescriptions.
"""

import re
from functools import cache

from engine.posology.text.amounts import amount_forms, scheme_forms
from engine.posology.text.conditions import condition_forms
from engine.posology.text.forms import Form, Reader
from engine.posology.text.harmless import harmless_forms
from engine.posology.text.places import place_forms
from engine.posology.text.rhythms import rhythm_forms
from engine.posology.text.spans import span_forms

_NAMED = re.compile(r"\(\?P<\w+>")


@cache
def forms() -> tuple[Form, ...]:
    """Every form with what it says."""
    return (
        *harmless_forms(),
        *condition_forms(),
        *scheme_forms(),
        *span_forms(),
        *rhythm_forms(),
        *place_forms(),
        *amount_forms(),
    )


@cache
def any_form() -> re.Pattern[str]:
    """All forms as one pattern: the group that a match ends with is the number of its form.

    One pass of the expression engine finds the first form that fits; only that one is then
    matched for its groups.
    """
    plain = (_NAMED.sub("(?:", form) for form, _ in forms())
    return re.compile("|".join(f"(?:{form})(?P<f{rank}>)" for rank, form in enumerate(plain)))


@cache
def form(rank: int) -> tuple[re.Pattern[str], Reader]:
    """One form, compiled when a text first needs it."""
    pattern, read = forms()[rank]
    return re.compile(pattern), read
