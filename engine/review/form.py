"""The form against the organiser: only whole solid oral forms of the table go inside.

The table `organiser/forms` lists them; a form that is not in it stays beside. A line beside
the organiser stays on the plan, so that it is not forgotten.
"""

from collections.abc import Iterator

from engine.review.case import LineCase, doubt
from mappings.catalogue import table
from schemas.codes import Coding
from schemas.finding import Finding, FindingCode


def form_goes_into_the_organiser(case: LineCase) -> Iterator[Finding]:
    """A stated form that the table puts inside; nothing is said of a form not stated."""
    form = case.line.product.form
    if form is None:
        return
    match placement(form):
        case "inside":
            return
        case None:
            rule = "product.form: not in the table of forms, so it stays beside the organiser"
        case _:
            rule = "product.form: the table of forms puts it beside the organiser"
    yield doubt(FindingCode.FORM_OUTSIDE_ORGANISER, case.place, rule, form.display or form.code)


def placement(form: Coding) -> str | None:
    """`inside` or `beside`, by the words of the form or by its code; `None` when unknown."""
    forms = table("organiser/forms")
    for said in (form.display, form.code):
        known = forms.target_of(" ".join(said.casefold().split())) if said else None
        if known is not None:
            return known
    return None
