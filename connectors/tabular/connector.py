"""CSV both ways, and the tab-separated file that pill robots take."""

from typing import TYPE_CHECKING

from schemas.connector import Connector, Peek, Reading, Writer
from schemas.export import Envelope, ExportKind
from schemas.site import Site

if TYPE_CHECKING:
    from schemas.delivery import IntakeReport, ReleasedSchedule, ValidatedAdherence

_CSV = "text/csv; charset=utf-8"
_TABS = "text/tab-separated-values; charset=utf-8"


def _detects(data: bytes) -> bool:
    from connectors.tabular.columns import is_intake_table

    return is_intake_table(data)


def _read(data: bytes, site: Site) -> Reading:
    from connectors.tabular.read import read

    return read(data, site)


def _peek(data: bytes) -> Peek:
    return Peek(kind="intakes" if _detects(data) else None)


def _write_schedule(export: "ReleasedSchedule", envelope: Envelope) -> bytes:
    from connectors.tabular.write_schedule import write_schedule

    return write_schedule(export, envelope)


def _write_robot(export: "ReleasedSchedule", envelope: Envelope) -> bytes:
    from connectors.tabular.write_robot import write_robot

    return write_robot(export, envelope)


def _write_intakes(export: "IntakeReport", envelope: Envelope) -> bytes:
    from connectors.tabular.write_intakes import write_intakes

    return write_intakes(export, envelope)


def _write_adherence(export: "ValidatedAdherence", envelope: Envelope) -> bytes:
    from connectors.tabular.write_adherence import write_adherence

    return write_adherence(export, envelope)


CONNECTOR = Connector(
    name="tabular",
    title="CSV tables, and the 83 columns of pill robots",
    detects=_detects,
    read=_read,
    peek=_peek,
    writers=(
        Writer(ExportKind.SCHEDULE, "csv", _CSV, ".csv", _write_schedule),
        Writer(ExportKind.SCHEDULE, "robot", _TABS, ".txt", _write_robot),
        Writer(ExportKind.INTAKES, "csv", _CSV, ".csv", _write_intakes),
        Writer(ExportKind.ADHERENCE, "csv", _CSV, ".csv", _write_adherence),
    ),
)
