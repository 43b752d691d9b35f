"""Only published words say into which parts a unit may be divided, and the least of them counts."""

import pytest

from engine.reference.divisibility import divisibility_of
from schemas.reference import Divisibility

WHOLE, HALVES, QUARTERS = Divisibility


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("ALPHAZINE 5 mg, comprimé", "comprimé"), None),
        (("ALPHAZINE 5 mg, comprimé", "comprimé sécable"), HALVES),
        (("ALPHAZINE 5 mg, comprimé sécable", "comprimé"), HALVES),
        (("ALPHAZINE 5 mg, COMPRIMÉ SÉCABLE", "comprimé"), HALVES),
        (("ALPHAZINE 5 mg, comprimés secables", ""), HALVES),
        (("ALPHAZINE 5 mg, comprimésécable", ""), HALVES),
        (("ALPHAZINE 5 mg, comprimé bisécable", ""), HALVES),
        (("ALPHAZINE 5 mg, comprimé quadrisécable", "comprimé quadrisécable"), QUARTERS),
        (("ALPHAZINE 5 mg, comprimé quadri-sécable", ""), QUARTERS),
        (("ALPHAZINE 5 mg, comprimé quadrisécable", "comprimé sécable"), HALVES),
        (("ALPHAZINE 5 mg, comprimé non sécable", ""), WHOLE),
        (("ALPHAZINE 5 mg, comprimé non-sécable", ""), WHOLE),
        (("ALPHAZINE 5 mg, comprimé non quadrisécable", ""), WHOLE),
        (("ALPHAZINE 5 mg, comprimé insécable", ""), WHOLE),
        (("ALPHAZINE 5 mg, comprimé non pelliculé sécable", ""), HALVES),
        (("ALPHAZINE 5 mg, comprimé non sécable", "comprimé sécable"), WHOLE),
        (("ALPHAZINE 5 mg, comprimé trisécable", ""), None),
        (("ALPHAZINE 5 mg, comprimé à barre de cassure", "comprimé"), None),
        (("VACCIN quadrivalent, suspension injectable", "suspension injectable"), None),
    ],
)
def test_the_words_of_name_and_form_say_how_a_unit_may_be_divided(
    texts: tuple[str, str], expected: Divisibility | None
) -> None:
    assert divisibility_of(*texts) is expected
