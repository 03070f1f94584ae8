"""What an import changes of stored records: kept for every row and field, summed up, listed, and as a workbook."""

from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Boolean, Integer, Text, bindparam, delete, literal, or_, select, tuple_, update
from sqlalchemy import Uuid as Id

from core.database import db, transaction
from core.database.bulk import insert_columns, new_ids
from core.database.read import rows
from core.importing import store
from core.importing.models import ImportChange, ImportFile, ImportRun
from core.importing.told import Line, Told, in_words
from core.spreadsheets.writing import ListColumn, write_list

#: Lines on a page, and in a workbook.
PAGE: Final = 30
MOST_LINES: Final = 1_000_000
_PART = 5000
_QUIETLY: Final = {"synchronize_session": False}


def keep(run_id: UUID, lines: list[Line]) -> None:
    """Keep a batch's lines inside the open transaction."""
    if not lines:
        return
    columns = {name: [getattr(line, name) for line in lines] for name in Line._fields if name != "row"}
    insert_columns(
        ImportChange,
        {"id": new_ids(len(lines)), "row_number": [line.row for line in lines], **columns},
        {"run_id": run_id},
    )


def forget(run_id: UUID) -> None:
    """Remove what an earlier pass told, its workbook as well."""
    session = db.session()
    session.execute(delete(ImportChange).where(ImportChange.run_id == run_id), execution_options=_QUIETLY)
    gone = delete(ImportFile).where(ImportFile.run_id == run_id, ImportFile.purpose == "changes")
    session.execute(gone, execution_options=_QUIETLY)
    session.execute(update(ImportRun).where(ImportRun.id == run_id).values(changes={}), execution_options=_QUIETLY)


def settle(run_id: UUID) -> Told:
    """Sum up what a run told, and make the workbook of it if it told anything."""
    told = Told()
    for part in _parts(run_id):
        told.add(part)
    if told.cells:
        content = workbook(run_id, told)
        with transaction() as session:
            statement = update(ImportRun).where(ImportRun.id == run_id).values(changes=told.summary())
            session.execute(statement, execution_options=_QUIETLY)
            store.put_file(run_id, content, purpose="changes")
    return told


def workbook(run_id: UUID, told: Told) -> bytes:
    """Every changed field of every row: old, new, and who changed it in the product since."""
    columns = (
        ListColumn("工作表", 16), ListColumn("行", 8), ListColumn("名称", 16), ListColumn("项目", 18), ListColumn("原来", 30, text=True),
        ListColumn("改为", 30, text=True), ListColumn("导入以后在系统中改过", 34),
    )  # fmt: skip
    notes = [in_words(told.summary())]
    if told.cells > MOST_LINES:
        notes.append(f"只列出前{MOST_LINES}项。")
    lines = (line for part in _parts(run_id) for line in part)
    first = (line for _, line in zip(range(MOST_LINES), lines, strict=False))
    shown = ((one.sheet, one.row, one.whom, one.title, one.old, one.new, one.since) for one in first)
    return write_list(columns, shown, title="已有记录的变化", notes=notes, name="变化", constant_memory=True)


_LINES = (
    select(
        ImportChange.position, ImportChange.sheet, ImportChange.row_number, ImportChange.whom, ImportChange.field,
        ImportChange.title, ImportChange.old, ImportChange.new, ImportChange.since,
    )
    .where(ImportChange.run_id == bindparam("run_id", type_=Id()))
    .where(or_(bindparam("title", type_=Text) == "", ImportChange.title == bindparam("title", type_=Text)))
    .where(or_(~bindparam("since", type_=Boolean), ImportChange.since != ""))
    .order_by(ImportChange.position, ImportChange.id)
    .limit(bindparam("limit"))
)  # fmt: skip
_PAGE_OF = _LINES.offset(bindparam("offset"))


def page_of(run_id: UUID, *, title: str = "", since: bool = False, page: int = 1) -> tuple[list[Line], bool]:
    """A page of what a run changes, in the order of the file, and whether there is more.

    :param title: only fields called so. :param since: only what was changed in the product since it was last imported.
    """
    found = rows(_PAGE_OF, run_id=run_id, title=title, since=since, limit=PAGE + 1, offset=(page - 1) * PAGE)
    return [Line(*values) for values in found[:PAGE]], len(found) > PAGE


def behind(
    run_id: UUID, *, title: str, since: bool, after: tuple[int, UUID] | None, limit: int
) -> list[tuple[Line, UUID]]:
    """The same behind a place (position, id), each with its id."""
    statement = _LINES.add_columns(ImportChange.id)
    if after is not None:
        place = tuple_(literal(after[0], Integer()), literal(after[1], Id()))
        statement = statement.where(tuple_(ImportChange.position, ImportChange.id) > place)
    found = rows(statement, run_id=run_id, title=title, since=since, limit=limit)
    return [(Line(*values[:-1]), values[-1]) for values in found]


def _parts(run_id: UUID) -> Iterator[list[Line]]:
    """All lines of a run in some thousands at a time; a row is never cut in two."""
    whole: list[Line] = []
    after: tuple[int, UUID] | None = None
    while True:
        found = behind(run_id, title="", since=False, after=after, limit=_PART)
        whole += [line for line, _ in found]
        if len(found) < _PART:
            yield whole
            return
        last = whole[-1].position
        cut = next((at for at, line in enumerate(whole) if line.position == last), 0)
        yield whole[:cut]
        whole, after = whole[cut:], (found[-1][0].position, found[-1][1])


def drop_before(moment: Any) -> None:
    """Remove the lines of imports begun before a moment, inside the open transaction."""
    old = select(ImportRun.id).where(ImportRun.created_at < moment)
    db.session().execute(delete(ImportChange).where(ImportChange.run_id.in_(old)), execution_options=_QUIETLY)
