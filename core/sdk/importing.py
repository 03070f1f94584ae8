"""What the import wizard needs to read a plugin's workbook, its command, and what a list is exported with."""

from core.importing.cli import import_command
from core.importing.kinds import (
    Act,
    Batch,
    Change,
    Changed,
    Effect,
    ImportContext,
    Importer,
    ImportKind,
    Undone,
    Verdicts,
)
from core.people.codes import parse as read_code
from core.people.import_branches import Branches
from core.people.import_branches import Place as BranchPlace
from core.spreadsheets.dates import ReadDate
from core.spreadsheets.dates import read_text as read_day
from core.spreadsheets.fields import FieldSpec
from core.spreadsheets.fields import Kind as FieldKind
from core.spreadsheets.writing import ListColumn as SheetColumn
from core.spreadsheets.writing import write_list

__all__ = [
    "Act",
    "Batch",
    "BranchPlace",
    "Branches",
    "Change",
    "Changed",
    "Effect",
    "FieldKind",
    "FieldSpec",
    "ImportContext",
    "ImportKind",
    "Importer",
    "ReadDate",
    "SheetColumn",
    "Undone",
    "Verdicts",
    "import_command",
    "read_code",
    "read_day",
    "write_list",
]
