"""What a text seems to say, as cells that a pharmacist answers one by one.

Two readings are two candidates. An offer plans nothing: nothing here leads to a schedule.
"""

from collections.abc import Sequence

from engine.posology.offer.rows import Stated, row_of
from engine.posology.offer.words import Said, left_over
from engine.posology.text.propose import propose
from schemas.base import DateOrInstant
from schemas.canonical import sha256
from schemas.offer import Candidate, Offer, Stretch
from schemas.posology import Bounds, Limits, Phase, Posology
from schemas.site import Site

_LETTERS = "ABCDEFGH"


def offer(
    text: str,
    site: Site,
    *,
    bounds: Bounds | None = None,
    limits: Limits | None = None,
    start: DateOrInstant | None = None,
    beside: Sequence[str] = (),
) -> Offer:
    """The readings of a text as cells, with every word that no cell accounts for.

    `bounds`, `limits` and `start` are what the sender states in structure beside the text;
    `beside` are further statements that have no cell and must be answered with the words.
    Raises: nothing, whatever the text. A text of which nothing was understood has one candidate
    without rows, and all of its words are unread.
    """
    proposal = propose(text)
    said = Said(text)
    stated = Stated(bounds or Bounds(), start)
    readings = (proposal.phases, *proposal.several)
    return Offer(
        text=text,
        text_sha256=sha256(text.encode()),
        site=site.name,
        limits=limits or Limits(),
        candidates=tuple(
            _candidate(letter, phases, said, (*proposal.unread, *beside), site, stated)
            for letter, phases in zip(_LETTERS, readings, strict=False)
        ),
        aside=said.aside,
    )


def _candidate(
    letter: str,
    phases: Sequence[Phase],
    said: Said,
    unread: Sequence[str],
    site: Site,
    stated: Stated,
) -> Candidate:
    rows = tuple(
        row_of(f"{letter}{number}", phase, said, site, stated)
        for number, phase in enumerate(phases, start=1)
    )
    told = [words for row in rows for cell in row.cells for words in cell.words]
    open_ended = {words for row in rows for words in row.cell("end").words}
    asked = [words for words in unread if words not in open_ended]
    stretches = (*asked, *left_over(said, told, asked))
    return Candidate(
        id=letter,
        rows=rows,
        unread=tuple(
            Stretch(id=f"{letter}.u{number}", words=words)
            for number, words in enumerate(stretches, start=1)
        ),
    )


def offer_of(
    posology: Posology, texts: Sequence[str], site: Site, start: DateOrInstant | None = None
) -> Offer:
    """The offer of a line whose posology is text alone.

    `texts` are its further words, `start` the one that its context gives. Where its phases state
    different bounds or limits, no cell takes them: each stands among the words to answer.
    """
    phases, text = posology.phases, text_of(posology, texts)
    structures = {(phase.bounds, phase.limits, phase.sequence) for phase in phases}
    if len(structures) > 1:
        return offer(text, site, start=start, beside=[_in_words(phase) for phase in phases])
    bounds, limits, _ = next(iter(structures), (Bounds(), Limits(), None))
    return offer(text, site, bounds=bounds, limits=limits, start=start)


def text_of(posology: Posology, texts: Sequence[str]) -> str:
    """Every text of a line, once: that of a phase is left out where one of the whole has it."""
    whole = list(dict.fromkeys(text.strip() for text in (posology.text, *texts) if text))
    parts = [said for phase in posology.phases for said in (phase.text, *phase.instructions)]
    own = [said for said in parts if said and not any(said.strip() in text for text in whole)]
    return "\n".join([*whole, *own])


def _in_words(phase: Phase) -> str:
    """What a phase states beside its text, for people."""
    parts = (phase.bounds, phase.limits, Phase(location="", sequence=phase.sequence))
    stated = [
        f"{name} {value}"
        for part in parts
        for name, value in part.model_dump(mode="json", exclude_defaults=True).items()
        if name != "location"
    ]
    return f"{phase.text or phase.location} [{', '.join(stated)}]"
