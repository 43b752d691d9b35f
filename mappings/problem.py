"""What can be wrong with a table or a site, in sentences that name the file and the line."""

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple


class Fault(StrEnum):
    """A rule that a table or the settings of a site break. The value is the sentence for it."""

    HEAD = "head line `# table: …  target: …  version: …` expected"
    COLUMNS = "the columns must be code;text;target;source;read_by"
    CELLS = "5 columns expected"
    TWICE = "the code is stated twice"
    NAME = "the head names another table"
    NO_ENUM = "the target of the head is no enum of schemas"
    OTHER_TARGET = "the head must have the target of the shipped table"
    NO_ROW = "the table has no row"
    NO_SOURCE = "the row has no source"
    CODE = "the code is empty or has spaces around it"
    TARGET = "no target of this table"
    ENCODING = "the file is not UTF-8"
    NOT_FOUND = "the file is missing"
    NOT_A_TABLE = "no reader asks a site for such a table"
    SETTINGS = "the settings are no TOML"
    SETTING_UNKNOWN = "there is no such setting"
    SETTING_MISSING = "the setting is missing"
    ZONE = "the zone must be a name of the IANA time zone database"
    TIME = "the time must be written HH:MM"
    MOMENT = "there is no such moment"
    NO_HOUR = "the moment has no hour in moments.csv"
    NUMBER = "the code must be how many times a day"
    COUNT = "the row must list as many different moments as its code says"


class Problem(NamedTuple):
    """One rule broken at one line. `quoted` is the value that breaks it, where there is one."""

    path: Path
    line: int
    fault: Fault
    quoted: str = ""

    def __str__(self) -> str:
        quoted = f": {self.quoted!r}" if self.quoted else ""
        return f"{self.path}:{self.line}: {self.fault.value}{quoted}"


class TableError(ValueError):
    """A table or a site that cannot be used; the text names the file and the line."""


class BrokenTable(TableError):
    """A file that is no table; `problem` says where and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem
