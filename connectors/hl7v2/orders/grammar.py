"""The structure of a message as a grammar: in which part of it each segment stands.

A structure is a text of the table `hl7v2/structures`, in the notation of the standard: `[ ]`
optional, `{ }` repeating, `<NAME: ...>` a group, `A|B` one of several. What senders really send
is near it and seldom it, so a segment takes the place that fits best, and one that has none
stays where it is. Source: HL7 v2.5.1 §2.12 (notation), chapter 4 (structures).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

_TOKEN = re.compile(r"[\[\]{}<>]|[A-Z0-9_]+:|[A-Z0-9|]+")
_ORDER = "ORDER"
_REMARK = "NTE"
"""Words may stand anywhere: they never open a group that they do not begin."""


class Part(StrEnum):
    """The parts of a pharmacy message. `OTHER` is a group that the readers have no use for."""

    MESSAGE = "message"
    PATIENT = "patient"
    VISIT = "visit"
    ORDER = "order"
    TIMING_REQUESTED = "timing requested"
    ORDER_DETAIL = "order detail"
    COMPONENTS = "components"
    ENCODING = "encoding"
    TIMING_ENCODED = "timing encoded"
    DISPENSE = "dispense"
    GIVE = "give"
    TIMING_GIVE = "timing of a give"
    ADMINISTRATION = "administration"
    OBSERVATION = "observation"
    OTHER = "other"


_GROUPS = {
    "": Part.MESSAGE,
    "RESPONSE": Part.MESSAGE,
    "PATIENT": Part.PATIENT,
    "PATIENT_VISIT": Part.VISIT,
    "ADDITIONAL_DEMOGRAPHICS": Part.PATIENT,
    "INSURANCE": Part.PATIENT,
    _ORDER: Part.ORDER,
    "TIMING": Part.TIMING_REQUESTED,
    "ORDER_DETAIL": Part.ORDER_DETAIL,
    "ORDER_DETAIL_SUPPLEMENT": Part.ORDER_DETAIL,
    "COMPONENT": Part.COMPONENTS,
    "COMPONENTS": Part.COMPONENTS,
    "ENCODING": Part.ENCODING,
    "TIMING_ENCODED": Part.TIMING_ENCODED,
    "DISPENSE": Part.DISPENSE,
    "GIVE": Part.GIVE,
    "TIMING_GIVE": Part.TIMING_GIVE,
    "ADMINISTRATION": Part.ADMINISTRATION,
    "TREATMENT": Part.ADMINISTRATION,
    "OBSERVATION": Part.OBSERVATION,
    "PHARMACY_TREATMENT_INFUSION_ORDER": Part.OTHER,
}
DETAILS = {
    "RXO": Part.ORDER_DETAIL,
    "RXE": Part.ENCODING,
    "RXD": Part.DISPENSE,
    "RXG": Part.GIVE,
    "RXA": Part.ADMINISTRATION,
}
"""What an order is about. Nothing is looked for behind one of them that is still to come."""

Path = tuple[int, ...]
"""Where a node stands: its rank in each group around it, from the outermost."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A segment (`names`), or a group with a `title` and the nodes in it."""

    names: frozenset[str]
    title: str
    items: tuple["_Node", ...]
    optional: bool
    repeats: bool


class Step(NamedTuple):
    """Where one segment goes; the next one continues from `state`.

    `begins` opens an order. A step that is not `expected` took the place that fits best, or
    stays in the part where it stands.
    """

    state: int
    part: Part
    begins: bool = False
    expected: bool = True


@dataclass(slots=True)
class Grammar:
    """The structure of one message in one version. A step once found is kept."""

    nodes: dict[Path, _Node]
    slots: list[Path]
    parts: list[Part]
    names: frozenset[str]
    _known: dict[tuple[int, str], Step] = field(default_factory=dict)

    def step(self, state: int, name: str) -> Step:
        """The place of the next segment, after one that stood at `state` (0 is MSH)."""
        known = self._known.get((state, name))
        if known is None:
            known = self._known[state, name] = self._found(state, name)
        return known

    def _found(self, state: int, name: str) -> Step:
        stays = Step(state, self.parts[state], expected=False)
        here = self.nodes[self.slots[state]]
        if name not in self.names:
            return stays
        if name in here.names and here.repeats:
            return Step(state, self.parts[state])
        return (
            self._onward(state, name)
            or self._back(state, name)
            or self._past_a_head(state, name)
            or stays
        )

    def _onward(self, state: int, name: str) -> Step | None:
        """Forward as the structure has it: in the group, then in those around it, and anew."""
        path = self.slots[state]
        for depth in range(len(path), 0, -1):
            group = path[: depth - 1]
            found = self._following(group, path[depth - 1] + 1, name)
            again = found is None and self.nodes[group].repeats
            if again:
                found = self._by_its_head(group, name)
            if found is not None:
                opens = self._order_of(found) is not None and self._order_of(path) is None
                anew = again and self.nodes[group].title == _ORDER
                return self._to(found, begins=opens or anew)
        return None

    def _following(self, group: Path, first: int, name: str) -> Path | None:
        """In the rest of a group that is open. A segment may be missing, a detail may not."""
        for rank in range(first, len(self.nodes[group].items)):
            path = (*group, rank)
            found = self._by_its_head(path, name)
            if found is not None:
                return found
            if self._is_awaited(path):
                return None
        return None

    def _by_its_head(self, path: Path, name: str) -> Path | None:
        """The segment itself, or a group that begins with it."""
        node = self.nodes[path]
        if not node.items:
            return path if name in node.names else None
        for rank, item in enumerate(node.items):
            found = self._by_its_head((*path, rank), name)
            if found is not None or not item.optional:
                return found
        return None

    def _is_awaited(self, path: Path) -> bool:
        """Whether a detail must still come here."""
        node = self.nodes[path]
        if node.optional:
            return False
        inside = (self._is_awaited((*path, rank)) for rank in range(len(node.items)))
        return bool(node.names & DETAILS.keys()) or any(inside)

    def _back(self, state: int, name: str) -> Step | None:
        """Out of its order within what is open: the segment joins a part that went before."""
        here = self.slots[state]
        if name in DETAILS:
            return None
        order = self._order_of(here) or ()
        passed = [
            (self._is_beside(path, here), slot)
            for slot, path in enumerate(self.slots[: state + 1])
            if name in self.nodes[path].names and path[: len(order)] == order
        ]
        if not passed:
            return None
        return Step(state, self.parts[max(passed)[1]], expected=False)

    def _is_beside(self, path: Path, here: Path) -> bool:
        """Whether it stands in a group around `here`, or begins one in it."""
        common = next(
            (n for n, (one, two) in enumerate(zip(path, here, strict=False)) if one != two),
            min(len(path), len(here)),
        )
        return len(path) <= common + 1 or self._head_of(path[: common + 1]) == path

    def _head_of(self, path: Path) -> Path:
        return self._head_of((*path, 0)) if self.nodes[path].items else path

    def _past_a_head(self, state: int, name: str) -> Step | None:
        """Into a group whose first segment was left out; a detail may open an order so."""
        here, order = self.slots[state], self._order_of(self.slots[state])
        if name == _REMARK:
            return None
        for slot in range(state + 1, len(self.slots)):
            path = self.slots[slot]
            if name in self.nodes[path].names:
                opens = self._order_of(path) is not None and order is None
                return self._to(path, begins=opens, expected=False)
            if name not in DETAILS and self._bars(path, here):
                break
        if name not in DETAILS:
            return None
        found = next(
            (one for one in self.slots if name in self.nodes[one].names and self._order_of(one)),
            None,
        )
        return self._to(found, begins=True, expected=False) if found is not None else None

    def _bars(self, path: Path, here: Path) -> bool:
        """Whether a segment that is no detail may not be looked for behind this place."""
        node = self.nodes[path]
        if "ORC" in node.names:
            return True
        outer = (path[:depth] for depth in range(1, len(path)) if path[:depth] != here[:depth])
        left_out = node.optional or any(self.nodes[group].optional for group in outer)
        return bool(node.names & DETAILS.keys()) and not left_out

    def _order_of(self, path: Path) -> Path | None:
        """The order group around this place."""
        return next(
            (path[:d] for d in range(1, len(path)) if self.nodes[path[:d]].title == _ORDER), None
        )

    def _to(self, path: Path, *, begins: bool, expected: bool = True) -> Step:
        slot = self.slots.index(path)
        return Step(slot, self.parts[slot], begins, expected)


def grammar_of(text: str) -> Grammar:
    """The grammar of one structure. Raises: `ValueError` for a text that is none."""
    tokens = iter(_TOKEN.findall(text))
    root = _Node(frozenset(), "", tuple(_nodes(tokens, "")), optional=False, repeats=False)
    grammar = Grammar({}, [], [], frozenset())
    _lay_out(grammar, (), root, Part.MESSAGE)
    grammar.names = frozenset(name for node in grammar.nodes.values() for name in node.names)
    return grammar


_CLOSED_BY = {"[": "]", "{": "}", "<": ">"}


def _nodes(tokens: Iterator[str], closing: str) -> Iterator[_Node]:
    for token in tokens:
        if token == closing:
            return
        if token in _CLOSED_BY.values():
            raise ValueError(f"{token} closes what was never opened")
        if token in _CLOSED_BY:
            yield from _bracketed(tokens, token)
        else:
            yield _Node(frozenset(token.split("|")), "", (), optional=False, repeats=False)
    if closing:
        raise ValueError(f"{closing} is missing")


def _bracketed(tokens: Iterator[str], bracket: str) -> Iterator[_Node]:
    title = next(tokens).removesuffix(":") if bracket == "<" else ""
    inside = tuple(_nodes(tokens, _CLOSED_BY[bracket]))
    if bracket == "<":
        yield _Node(frozenset(), title, inside, optional=False, repeats=False)
    for node in inside if bracket != "<" else ():
        optional, repeats = node.optional or bracket == "[", node.repeats or bracket == "{"
        yield _Node(node.names, node.title, node.items, optional, repeats)


def _lay_out(grammar: Grammar, path: Path, node: _Node, part: Part) -> None:
    """Number the places in their order. After a detail, what stands beside it is about it."""
    grammar.nodes[path] = node
    if not node.items:
        grammar.slots.append(path)
        grammar.parts.append(part)
        return
    own = _GROUPS.get(node.title, Part.OTHER)
    for rank, item in enumerate(node.items):
        detail = next((DETAILS[name] for name in item.names if name in DETAILS), None)
        own = detail or own
        _lay_out(grammar, (*path, rank), item, own)
