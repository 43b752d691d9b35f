"""The forms of a posology text that change nothing: how to swallow, whom to ask, what is sold.

They are tried before every other form, so each is narrow: a word that could mean the dose, the
rhythm or an end keeps a form from being harmless.
"""

import re

from engine.posology.text.forms import Form, Match, noise
from engine.posology.text.items import Item

_WHO = r"(?:arzt|arztin|doctor|gp|medecin|pharmacist|pharmacien|apotheker|infirmiere?)"
_CHANGES = (
    r"arret|stop|suspend|doubl|augment|dimin|reduc|passer|prendre|prenez|take|increas|nehmen"
    r"|absetz|erhoh|\d ?(?:cp|comp|tab|gel|mg)"
)
"""Words with which the advice to ask a doctor is one on the dose too."""
_ASK = r"(?:appel|contact|consult|preven|inform|advise|call|tell|ask|kontaktier|aufsuch|anruf)"


def harmless_forms() -> tuple[Form, ...]:
    """Each form with a reader that gives noise, or nothing where the words may matter."""
    return (
        (r"si (?:difficulte|impossibilite)s? (?:a|pour|de) [^.;\n]*", noise),
        (r"(?:do not stop|ne pas arreter)[^.;\n]*", noise),
        (
            r"(?:do not|ne pas|sans|nicht|without) (?:crush|chew|croquer|macher|ecraser|zerkauen"
            r"|crushing|chewing)(?: (?:or|ou|ni|oder) \w+)?\b",
            noise,
        ),
        (r"(?:with or without|avec ou sans) (?:food|meals|nourriture|repas|aliments?)", noise),
        (
            r"(?:en cas d'oubli|si (?:vous )?oubli\w*|if you (?:miss|forget))[^.;\n\d]*",
            noise,
        ),
        (
            r"(?:if affected|si somnolence|en cas de somnolence)[,:]? (?:do not|ne pas) "
            r"(?:drive|conduire)[^.;\n]*",
            _advice,
        ),
        (
            rf"(?:bei|falls|wenn|si|en cas de|if)\b(?=[^.;\n]*\b{_ASK})[^.;\n]*?\b{_WHO}\b"
            r"[^.;\n]*",
            _advice,
        ),
        (rf"{_ASK}\w* (?:[^\W\d]+ ){{0,2}}{_WHO}\b[^.;\n]*", _advice),
        (
            r"(?:toujours )?a (?:la meme heure|heures? fixes?)(?: (?:chaque jour|tous les jours))?"
            r"|at the same time (?:each|every) day|toujours le meme jour(?: de la semaine)?"
            r"|(?:le meme jour|on the same day) (?:chaque|each|every) (?:semaine|week)",
            noise,
        ),
        (
            r"(?:any )?other (?:\w+ )?(?:medicines?|products?|drugs?|tablets?)"
            r"|autres? (?:medicaments?|traitements?|produits?)",
            noise,
        ),
        (r"(?:ne pas|sans) s'allonger[^.;\n\d]*", noise),
        (r"\( ?[\d.,]+ ?(?:mg|g|ug|µg|ui) ?/ ?(?:kg|m2|m²) ?\)", noise),
        (r"\(? ?soit [^.;)\n]*?/ ?kg\b ?\)?", noise),
        (
            r"(?:dans|avec|in|with|mit) (?:\d+(?:/\d+)? ?)?[^.;,\n\d]{0,20}?"
            r"\b(?:eau|water|wasser)\b(?: ?\(\d+ ?ml\))?",
            noise,
        ),
        (r"(?:\d+ )?(?:boites?|btes?)(?: de \d+(?: [^\W\d]+)?)?(?![^\W\d_])", noise),
        (r"(?:dispense|disp|qty|mitte|supply) ?[:#]? ?\d+(?=\s*(?:$|[.,;)]))", noise),
        (
            r"ne pas depasser (?:la|les) doses? (?:prescrite|indiquee|recommandee)s?"
            r"|do not exceed the (?:stated|prescribed|recommended) dose",
            noise,
        ),
        (r"ald(?: ?100 ?%)?(?![^\W\d_])", noise),
        (
            r"(?:(?:et )?puis|ensuite|(?:and )?then|daarna) (?:la |se |the |de )?"
            r"(?:recracher|cracher|avaler|rincer|essuyer|spit|swallow|rinse|wipe|uitspugen|spoelen)"
            r"(?: (?:la bouche|l'eau|le surplus|l'exces|out|mouth|the mouth))?(?=\s*(?:$|[.,;)]))",
            noise,
        ),
        (r"vit(?:amines?|\.)? ?[a-k]\d{1,2}(?!\w)", noise),
        (
            # The first intake is the first of all; the second one would be a start.
            r"(?:des|a partir de) la (?:premiere|1(?:e|re|ere)) (?:prise|dose)(?=\s*(?:$|[.,;]))"
            r"|from the (?:first|1st) (?:dose|intake)(?=\s*(?:$|[.,;]))|[1１]回目から(?:服用)?",
            noise,
        ),
    )


def _advice(found: Match) -> Item | None:
    """`si fièvre, appeler le médecin`: what to do, unless it says to stop or to change."""
    return None if re.search(_CHANGES, found[0]) else noise(found)
