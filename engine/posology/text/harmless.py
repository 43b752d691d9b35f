"""The forms of a posology text that change nothing: how to swallow, whom to ask, what is sold.

They are tried before every other form, so each is narrow: a word that could mean the dose, the
rhythm or an end keeps a form from being harmless.
"""

from engine.posology.text import meanings as says

_WHO = r"(?:arzt|arztin|doctor|gp|medecin|pharmacist|pharmacien|apotheker|infirmiere?)"
_ASK = r"(?:appel|contact|consult|preven|inform|advise|call|tell|ask|kontaktier|aufsuch|anruf)"


def harmless_forms() -> tuple[tuple[str, says.Reader], ...]:
    """Each form with a reader that gives noise, or nothing where the words may matter."""
    return (
        (r"si (?:difficulte|impossibilite)s? (?:a|pour|de) [^.;\n]*", says.noise),
        (r"(?:do not stop|ne pas arreter)[^.;\n]*", says.noise),
        (
            r"(?:do not|ne pas|sans|nicht|without) (?:crush|chew|croquer|macher|ecraser|zerkauen"
            r"|crushing|chewing)(?: (?:or|ou|ni|oder) \w+)?\b",
            says.noise,
        ),
        (r"(?:with or without|avec ou sans) (?:food|meals|nourriture|repas|aliments?)", says.noise),
        (
            r"(?:en cas d'oubli|si (?:vous )?oubli\w*|if you (?:miss|forget))[^.;\n\d]*",
            says.noise,
        ),
        (
            r"(?:if affected|si somnolence|en cas de somnolence)[,:]? (?:do not|ne pas) "
            r"(?:drive|conduire)[^.;\n]*",
            says.advice,
        ),
        (
            rf"(?:bei|falls|wenn|si|en cas de|if)\b(?=[^.;\n]*\b{_ASK})[^.;\n]*?\b{_WHO}\b"
            r"[^.;\n]*",
            says.advice,
        ),
        (rf"{_ASK}\w* (?:[^\W\d]+ ){{0,2}}{_WHO}\b[^.;\n]*", says.advice),
        (r"\(? ?soit [^.;)\n]*?/ ?kg\b ?\)?", says.noise),
        (
            r"(?:dans|avec|in|with|mit) (?:\d+(?:/\d+)? ?)?[^.;,\n\d]{0,20}?"
            r"\b(?:eau|water|wasser)\b(?: ?\(\d+ ?ml\))?",
            says.noise,
        ),
        (r"(?:\d+ )?(?:boites?|btes?)(?: de \d+(?: [^\W\d]+)?)?(?![^\W\d_])", says.noise),
        (r"ald(?: ?100 ?%)?(?![^\W\d_])", says.noise),
    )
