"""Segments and messages as values: fields, repetitions, components, subcomponents, places.

Values keep their escapes until a leaf is asked for, so that an escaped separator inside a key
stays part of the key. Source: HL7 v2.5.1 §2.5.
"""

from dataclasses import dataclass

from connectors.hl7v2.er7.separators import HEADERS, Separators

NULL = '""'
"""A value that the sender deletes; an absent value says nothing. HL7 v2.5.1 §2.5.3."""


class Segment:
    """One segment. Fields count from 1 as in the standard; `MSH-1` is the separator itself.

    `line` is the segment as sent, without its end. `rank` counts the segments of this name in
    their message, from 1. Fields are split when the first one is asked for, and the components
    of a field when it is.
    """

    __slots__ = ("_cells", "_fields", "line", "name", "prefix", "rank", "separators")

    def __init__(
        self, name: str, rank: int, line: str, separators: Separators, prefix: str = ""
    ) -> None:
        self.name = name
        self.rank = rank
        self.line = line
        self.separators = separators
        self.prefix = prefix
        self._fields: list[str] | None = None
        self._cells: dict[int, list[list[list[str]]]] | None = None

    @property
    def place(self) -> str:
        """Where the segment stands: `TQ1[3]`, after its message when there are several."""
        return f"{self.prefix}{self.name}[{self.rank}]"

    @property
    def fields(self) -> list[str]:
        """The fields as sent; the name of the segment is the first."""
        if self._fields is None:
            self._fields = self.line.split(self.separators.field)
            if self.name in HEADERS:
                self._fields.insert(1, self.separators.field)
        return self._fields

    def raw(self, field: int) -> str:
        """The field as sent, with its separators and escapes; empty when it is absent."""
        fields = self.fields
        return fields[field] if field < len(fields) else ""

    def is_null(self, field: int) -> bool:
        """Whether the sender deletes this field, with two quotation marks."""
        return self.raw(field) == NULL

    def repetitions(self, field: int) -> range:
        """The ranks of the repetitions of a field, from 1; none for an absent field."""
        return range(1, len(self.cells(field)) + 1) if self.raw(field) else range(0)

    def components(self, field: int, repetition: int = 1) -> int:
        """How many components this repetition has, empty ones between others included."""
        cells = self.cells(field)
        return len(cells[repetition - 1]) if repetition <= len(cells) else 0

    def cells(self, field: int) -> list[list[list[str]]]:
        """Repetitions, each of components, each of subcomponents; still escaped."""
        if self._cells is None:
            self._cells = {}
        known = self._cells.get(field)
        if known is None:
            known = self._cells[field] = self._split(field)
        return known

    def _split(self, field: int) -> list[list[list[str]]]:
        raw = self.raw(field)
        marks = self.separators
        if (self.name in HEADERS and field <= 2) or marks.marked.search(raw) is None:
            return [[[raw]]]
        part = marks.subcomponent
        if not part or part not in raw:
            return [
                [[component] for component in _parts(one, marks.component)]
                for one in _parts(raw, marks.repetition)
            ]
        return [
            [component.split(part) for component in _parts(one, marks.component)]
            for one in _parts(raw, marks.repetition)
        ]

    def value(
        self, field: int, component: int = 1, repetition: int = 1, part: int = 1
    ) -> str | None:
        """The text of one leaf, unescaped; `None` when it is absent, empty or null."""
        if not self.raw(field):
            return None
        try:
            leaf = self.cells(field)[repetition - 1][component - 1][part - 1]
        except IndexError:
            return None
        return None if leaf in {"", NULL} else self.separators.unescape(leaf).strip() or None

    def where(self, field: int, component: int = 1, repetition: int = 1, part: int = 1) -> str:
        """The place of a leaf: `TQ1[3]-3.1`, no deeper than the source has separators.

        A repetition after the first is `PID[1]-3[2]`, a subcomponent `PID[1]-3[2].4.2`.
        """
        cells = self.cells(field) if self.raw(field) else []
        here = f"{self.place}-{field}" + (f"[{repetition}]" if repetition > 1 else "")
        components = cells[repetition - 1] if repetition <= len(cells) else []
        if len(components) <= 1 and component == 1 and part == 1 and _single(components):
            return here
        parts = components[component - 1] if component <= len(components) else []
        deeper = f".{part}" if len(parts) > 1 or part > 1 else ""
        return f"{here}.{component}{deeper}"

    def leaves(self) -> list[tuple[str, str]]:
        """Every leaf that is not empty, with its place, in the order of the source."""
        marked = self.separators.marked.search
        place = self.place
        first = 3 if self.name in HEADERS else 1
        found: list[tuple[str, str]] = []
        for field, raw in enumerate(self.fields[first:], start=first):
            if not raw:
                continue
            if marked(raw) is None:
                found.append((f"{place}-{field}", raw))
            else:
                self._deep(field, f"{place}-{field}", found)
        return found

    def _deep(self, field: int, place: str, found: list[tuple[str, str]]) -> None:
        unescape = self.separators.escapes.undone
        for repetition, components in enumerate(self.cells(field), start=1):
            here = place if repetition == 1 else f"{place}[{repetition}]"
            if len(components) == 1 and len(components[0]) == 1:
                if components[0][0]:
                    found.append((here, unescape(components[0][0])))
                continue
            for component, parts in enumerate(components, start=1):
                if len(parts) == 1:
                    if parts[0]:
                        found.append((f"{here}.{component}", unescape(parts[0])))
                    continue
                for part, leaf in enumerate(parts, start=1):
                    if leaf:
                        found.append((f"{here}.{component}.{part}", unescape(leaf)))


def _single(components: list[list[str]]) -> bool:
    return not components or len(components[0]) <= 1


def _parts(text: str, mark: str) -> list[str]:
    return text.split(mark) if mark and mark in text else [text]


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its segments in the order of the source, MSH first.

    `prefix` stands before every place of it (`message[2]/`), when there are several.
    """

    separators: Separators
    segments: tuple[Segment, ...]
    prefix: str = ""

    @property
    def text(self) -> str:
        """The message as it was sent, each segment ended by a carriage return."""
        return "".join(f"{segment.line}\r" for segment in self.segments)

    @property
    def header(self) -> Segment:
        """MSH."""
        return self.segments[0]

    def first(self, name: str) -> Segment | None:
        """The first segment of this name."""
        return next((segment for segment in self.segments if segment.name == name), None)

    def all(self, name: str) -> tuple[Segment, ...]:
        """Every segment of this name."""
        return tuple(segment for segment in self.segments if segment.name == name)

    @property
    def kind(self) -> str | None:
        """Message type and event, `RDE^O11`; the type alone when no event is given."""
        said = [self.header.value(9, component) for component in (1, 2)]
        return "^".join(part for part in said if part) or None
