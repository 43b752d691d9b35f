"""What of a line was read by nobody: told, unless it changes nothing of a dose."""

from connectors.pn13.names import Treatment, treatment_of, words_of
from connectors.pn13.tree import Cursor
from schemas.finding import FindingCode

_CODED = ("Cré_arr_mod_val", "GoNogo", "Fourniture", "Urgent")
_OTHER_LIST = "a code of the standard was expected, and the nomenclature is another one"


def tell_unread_timing(at: Cursor) -> None:
    """Whatever a posology element says beside what was read may change when or how much: one
    doubt for each kind of element, with all its values.
    """
    alike: dict[tuple[str, str], list[Cursor]] = {}
    for unread in at.unread():
        alike.setdefault((unread.within, unread.name), []).append(unread)
    for found in alike.values():
        found[0].doubt(
            FindingCode.TIMING_UNSUPPORTED,
            f"{found[0].name}{_in_words(found[0])} of a posology is not carried",
            " ".join(one.words for one in found),
        )
        for one in found:
            one.leave()
    for coded in at.of_another_list():
        coded.doubt(FindingCode.CODE_INVALID, _OTHER_LIST)


def _in_words(at: Cursor) -> str:
    words = words_of(at)
    return f" ({words})" if words else ""


def tell_leftovers(at: Cursor) -> None:
    """Every element here and below that nobody read and that nobody told of yet.

    One whose treatment is `unused` is listed with the unused values and raises no doubt.
    """
    for unread in at.unread():
        treatment = treatment_of(unread)
        unread.leave()
        if treatment is Treatment.UNUSED:
            continue
        rule = f"{unread.name} is stated and was not read"
        if treatment is None:
            rule = "not among the public elements of PN13 in this place"
        unread.doubt(FindingCode.ELEMENT_UNREAD, rule)


def tell_other_lists(line: Cursor) -> None:
    """The codes of a line whose nomenclature says that they are none of the standard."""
    for name in _CODED:
        for at in line.children(name):
            for coded in at.of_another_list():
                coded.doubt(FindingCode.CODE_INVALID, _OTHER_LIST)
