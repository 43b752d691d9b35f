"""`semainier demo`: the whole road on the samples of the project, as people would walk it."""

import csv
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from engine.language import Language, Say, speaker
from engine.terminal import demo_story as story
from engine.terminal.shell import console
from schemas.errors import Forbidden, Refused

if TYPE_CHECKING:
    from rich.console import Console

    from engine.pipeline.context import Context
    from engine.pipeline.decide import Decided
    from engine.store.queue import Item
    from engine.store.releases import Release

PHARMACIST, PREPARER, RECEIVER = "camille", "noe", "ehpad-demo"

SETTINGS = """[pharmacy]
finess = "750512345"
name = "Pharmacie de démonstration"

[channels.import]
site = "reference"
"""


def show_the_road(folder: Path | None, language: Language | None) -> None:
    """Import, schedule, validate, record, count and export; say where everything is."""
    if not story.SAMPLES.is_dir():
        raise Refused("demo: the samples are only in a checkout of the project")
    home = Path(tempfile.mkdtemp(prefix="semainier-demo-"))
    _Demo(home / "data", folder or home / "exports", language, console()).walk()


@dataclass(frozen=True, slots=True)
class _Demo:
    """One walk: where it keeps things, and how it speaks."""

    data: Path
    exports: Path
    language: Language | None
    out: "Console"

    @property
    def say(self) -> Say:
        """The speaker of the language."""
        return speaker(self.language)

    def walk(self) -> None:
        """Every step of the road, in order."""
        from engine.pipeline.context import open_context

        self.data.mkdir(parents=True)
        (self.data / "semainier.toml").write_text(SETTINGS, encoding="utf-8")
        context = open_context(self.data)
        self._people(context)
        self._take_in(context, list(story.samples()))
        self._decide(context)
        released = list(story.released(context))
        self._take_in(context, [self._record_intakes(released)])
        results = self._count(context, released)
        files = self._send(context, released, results)
        self._end(files)

    def _heading(self, text: str) -> None:
        from rich.rule import Rule

        self.out.print(Rule(self.say(text), align="left"))

    def _people(self, context: "Context") -> None:
        from engine.pipeline.accounts import add_account
        from engine.store.accounts import Account
        from schemas.decision import Role
        from schemas.ids import UserName

        for name, full_name, role, rpps in (
            (PHARMACIST, "Camille Exemple, pharmacienne", Role.PHARMACIST, "99700067210"),
            (PREPARER, "Noé Exemple, préparateur", Role.PREPARER, None),
        ):
            account = Account(name=UserName(name), full_name=full_name, role=role, rpps=rpps)
            add_account(context, account, by="demo")

    def _take_in(self, context: "Context", files: list[Path]) -> None:
        """Through the real inbox and the embedded workers."""
        from rich.progress import track

        from engine.pipeline.receive import receive
        from engine.store import inbox
        from engine.terminal.inbox import show_messages
        from engine.workers.bell import Bell

        self._heading("What came in")
        bell = Bell(context)
        bell.start()
        received = []
        for file in track(files, "", console=self.out, transient=True):
            received.append(receive(context, file.read_bytes(), "import").message.id)
            bell.ring(received[-1])
        bell.wait()
        bell.stop()
        with context.store.unit(context.tenant) as unit:
            found = [inbox.message(unit, identifier) for identifier in received]
        show_messages([message for message in found if message is not None], self.language)

    def _decide(self, context: "Context") -> None:
        """The pharmacist validates what nothing blocks, and asks about the rest."""
        from engine.pipeline.consult import waiting
        from engine.store.queue import Subject

        self._heading("The pharmacist's queue")
        rows = waiting(context, PHARMACIST, Subject.PRESCRIPTION)
        self._preparer_is_refused(context, rows[0].item)
        for row in rows:
            item = self._show(context, row.item)
            self._settle(context, item)

    def _show(self, context: "Context", item: "Item") -> "Item":
        """The item as it is shown: a decision on another one may have changed what it says."""
        from engine.pipeline.consult import shown
        from engine.terminal.queue import show_shown

        found = shown(context, PHARMACIST, item.id)
        show_shown(found, self.say)
        return found.item

    def _preparer_is_refused(self, context: "Context", item: "Item") -> None:
        try:
            _validate(context, PREPARER, item)
        except Forbidden as refusal:
            self.out.print(f"{PREPARER}: {refusal}", style="bold", markup=False)

    def _settle(self, context: "Context", item: "Item") -> None:
        from engine.pipeline.decide import decide_on
        from engine.validation.decide import Request
        from schemas.decision import DecisionKind

        if item.blocking:
            request = Request(
                kind=DecisionKind.CLARIFY,
                expected_sha256=item.content_sha256,
                reason="SCHEDULE-AMBIGUOUS",
                comment="Demande de précision au prescripteur",
            )
            decided = decide_on(context, PHARMACIST, item.id, request)
        else:
            decided = _validate(context, PHARMACIST, item)
        by = decided.decision.decided_by
        self.out.print(
            f"→ {self.say(decided.state.value)}: {by.name}\n", style="bold green", markup=False
        )

    def _record_intakes(self, released: list["Release"]) -> Path:
        """A table of intakes as a nurse's software would export it."""
        path = self.data / "intakes.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow(story.COLUMNS)
            writer.writerows(story.intake_rows(released))
        return path

    def _count(self, context: "Context", released: list["Release"]) -> dict[str, str]:
        """The adherence of each patient, computed, shown and validated; result ids by patient."""
        from engine.pipeline.adherence import compute
        from engine.store import queue
        from engine.terminal.adherence import show_result

        self._heading("Adherence")
        results: dict[str, str] = {}
        for patient, releases in story.by_patient(released).items():
            first = min(story.first_day(release) for release in releases)
            last = first + timedelta(days=story.DAYS - 1)
            identifier, result = compute(context, PHARMACIST, patient, first, last)
            show_result(result, self.say)
            with context.store.unit(context.tenant) as unit:
                item = queue.item_about(unit, queue.Subject.ADHERENCE, identifier)
            if item is not None and not item.blocking:
                _validate(context, PHARMACIST, item)
                results[patient] = identifier
        return results

    def _send(
        self, context: "Context", released: list["Release"], results: dict[str, str]
    ) -> list[Path]:
        """Everything that was validated, in every format that can carry it."""
        from engine.pipeline.access import grant
        from engine.pipeline.deliver import deliver_to_folder
        from engine.pipeline.export import Order, export

        self._heading("What leaves")
        for patient in story.by_patient(released):
            grant(
                context,
                PHARMACIST,
                patient,
                RECEIVER,
                signed_on=date(2026, 1, 5),
                document="classeur des consentements",
            )
        files, refused = [], Counter[str]()
        for wanted, format_name, writer in story.wanted(context, released, results):
            order = Order(wanted, format_name, RECEIVER, writer)
            try:
                delivery = export(context, PHARMACIST, order)
            except Refused as refusal:
                # A format that cannot carry a content says so, and nothing half leaves.
                rule = str(refusal).rpartition(": ")[2]
                refused[f"{format_name} {writer or wanted.kind.value}: {rule}"] += 1
                continue
            files.append(deliver_to_folder(context, delivery, self.exports / format_name))
        for rule, times in refused.items():
            self.out.print(f"{self.say('not written')} ({times}): {rule}", markup=False)
        return files

    def _end(self, files: list[Path]) -> None:
        from engine.terminal.tables import table_of

        table = table_of(self.say("Exports"), self.say("Format"), self.say("File"), "")
        for file in sorted(files):
            table.add_row(file.parent.name, file.name, f"{file.stat().st_size} B")
        self.out.print(table)
        self.out.print(f"{self.say('Exports')}: {self.exports}", markup=False)
        self.out.print(
            f"semainier queue list --all --user {PHARMACIST} --data {self.data}", markup=False
        )


def _validate(context: "Context", user: str, item: "Item") -> "Decided":
    """Validate exactly what is shown, with every line and every finding to acknowledge."""
    from engine.pipeline.consult import shown
    from engine.pipeline.decide import decide_on
    from engine.terminal.answers import answers, verdicts
    from engine.validation.decide import Request
    from schemas.decision import DecisionKind

    found = shown(context, user, item.id)
    lines = len(found.prescription.content.lines) if found.prescription else 0
    request = Request(
        kind=DecisionKind.VALIDATE,
        expected_sha256=item.content_sha256,
        lines=verdicts(lines, ()),
        answers=answers([finding for _, finding in found.findings], (), "all"),
    )
    return decide_on(context, user, item.id, request)
