"""What the core's own tables keep in a plugin's name: counted, exported and removed with what the plugin holds itself.

Everything a plugin brings bears its name in front (``venue.…``), so the rows that speak of it are found by that, whether
its code is there or not. Whole rows go where the row is about something of the plugin's; where a row only names it among
other things (the permissions of a role, the events of a webhook, the columns somebody chose) the name is taken out.

The audit log keeps its entries: they say who did what, by law, and hold names and counts, no values.
"""

# ruff: noqa: S608  (names of our own)

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import Connection, text

from core.database import db, tenant_id, transaction

BATCH: Final = 5000


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that are about something of the plugin's.

    :param column: holds the name. :param title: what they are called.
    :param back: whether an archive gives them back (who holds which right, and what happened, it does not).
    :param only: a further condition. :param appended: whether the application may only add rows: the database's own function removes them.
    """

    table: str
    column: str
    title: Any
    back: bool = False
    appended: bool = False
    only: str = ""

    @property
    def condition(self) -> str:
        """Which rows are meant."""
        return f"{_of(self.column)}{f' AND {self.only}' if self.only else ''}"


@dataclass(frozen=True, slots=True)
class Words:
    """Rows that name something of the plugin's among other things, in a list of texts or in JSON."""

    table: str
    column: str
    title: Any
    array: bool = False


#: Those first that others refer to.
ROWS: Final = (
    Rows("member_field_value", "field", _l("党员信息项的值"), back=True),
    Rows("person_change", "field", _l("党员信息项的修改记录"), appended=True),
    Rows("policy_value", "key", _l("规则参数的取值"), back=True, appended=True),
    Rows("policy_use", "decision", _l("规则参数的使用记录"), appended=True),
    Rows("document_template", "code", _l("文书模板"), back=True),
    Rows("document_print", "code", _l("打印记录")),
    Rows("access_grant", "role", _l("授予的角色")),
    Rows("deadline", "rule", _l("待办")),
    Rows("message", "kind", _l("收到的消息")),
    Rows("event", "name", _l("事件记录"), appended=True),
    Rows("webhook_delivery", "event", _l("已推送的事件")),
    Rows("identity_provider", "kind", _l("登录方式")),
    Rows("import_finding", "field", _l("导入时的问题")),
    Rows("import_change", "field", _l("导入时的变化")),
    Rows("import_mapping", "kind", _l("记住的列对应")),
    Rows("import_run", "kind", _l("导入记录")),
    Rows("outbox", "kind", _l("后台任务"), only="state <> 'running'"),
)
WORDS: Final = (
    Words("access_role", "permissions", _l("自定义角色中的权限"), array=True),
    Words("api_token", "scopes", _l("接口令牌的权限"), array=True),
    Words("webhook_endpoint", "events", _l("推送订阅的事件"), array=True),
    Words("account", "preferences", _l("个人选择的列")),
    Words("notice_preference", "modes", _l("个人的消息设置")),
    Words("import_mapping", "columns", _l("记住的列对应")),
    Words("import_run", "mapping", _l("导入记录")),
    Words("import_effect", "before", _l("导入前的值")),
    Words("document_print", "request", _l("打印记录")),
)
_FORGET = text("SELECT core.forget_plugin_records(:plugin)")


def _of(column: str) -> str:
    return f"starts_with({column}, :prefix)"


def _naming(one: Words) -> str:
    return f"{one.column}::text LIKE :named" if not one.array else f"EXISTS (SELECT 1 FROM unnest({one.column}) w WHERE {_of('w')})"  # fmt: skip


def _given(plugin: str) -> dict[str, Any]:
    literal = plugin.replace("_", "\\_")
    return {"tenant": tenant_id(), "prefix": f"{plugin}.", "named": f'%"{literal}.%'}


def counts(plugin: str, connection: Connection | None = None) -> dict[str, int]:
    """How many rows are kept in the plugin's name, by what they are called; only what there is. One statement."""
    questions = [(one.title, f"core.{one.table} WHERE tenant_id = :tenant AND {one.condition}") for one in ROWS]
    questions += [(one.title, f"core.{one.table} WHERE tenant_id = :tenant AND {_naming(one)}") for one in WORDS]
    each = " UNION ALL ".join(f"SELECT {at}, count(*) FROM {what}" for at, (_, what) in enumerate(questions))
    reader = connection or db.session()
    found: dict[str, int] = {}
    for at, count in reader.execute(text(each), _given(plugin)):
        title = str(questions[at][0])
        if count:
            found[title] = found.get(title, 0) + int(count)
    return found


def export(plugin: str, connection: Connection) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """Everything kept in the plugin's name: (table, rows). Of rows that only name it, the id and that part."""
    for one in ROWS:
        yield one.table, _rows(f"to_jsonb(t) - 'tenant_id' FROM core.{one.table} t", one.condition, plugin, connection)
    for word in WORDS:
        what = f"jsonb_build_object('id', t.id, '{word.column}', to_jsonb(t.{word.column})) FROM core.{word.table} t"
        yield (
            f"{word.table}.{word.column}",
            (
                {**row, word.column: only(row[word.column], plugin)}
                for row in _rows(what, _naming(word), plugin, connection)
            ),
        )


def _rows(what: str, condition: str, plugin: str, connection: Connection) -> Iterator[dict[str, Any]]:
    last: str | None = None
    while True:
        after = "" if last is None else "AND id > CAST(:last AS uuid)"
        statement = f"SELECT id, {what} WHERE tenant_id = :tenant AND {condition} {after} ORDER BY id LIMIT {BATCH}"
        given = {**_given(plugin), **({} if last is None else {"last": last})}
        found = connection.execute(text(statement), given).all()
        yield from (row for _, row in found)
        if len(found) < BATCH:
            return
        last = str(found[-1][0])


def restore(plugin: str, table: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Put back rows of a table that an archive gives back, inside the open transaction; others are left as they are.

    Only rows that bear the plugin's name are taken.
    """
    one = next((one for one in ROWS if one.table == table and one.back), None)
    mine = [row for row in rows if str(row.get(one.column, "")).startswith(f"{plugin}.")] if one else []
    if one is None or not mine:
        return 0
    session = db.session()
    full = f"core.{table}"
    columns = ", ".join(mine[0].keys())
    whole = json.dumps(mine, ensure_ascii=False)
    session.info["written"] = session.info.get("written", 0) + 1
    session.execute(
        text(
            f"INSERT INTO {full} (tenant_id, {columns}) "
            f"SELECT :tenant, {columns} FROM jsonb_populate_recordset(NULL::{full}, CAST(:rows AS jsonb))"
        ),
        {"tenant": tenant_id(), "rows": whole},
    )
    return len(mine)


def purge(plugin: str, *, note: Callable[[int], None] = lambda _count: None) -> int:
    """Remove everything kept in the plugin's name, in batches; can be run again after a break.

    :param note: called inside each batch's transaction with how many rows went in it.
    """
    gone = 0
    for one in ROWS:
        if one.appended:
            continue
        statement = text(
            f"DELETE FROM core.{one.table} WHERE tenant_id = :tenant AND ctid = ANY (ARRAY(SELECT ctid "
            f"FROM core.{one.table} WHERE tenant_id = :tenant AND {one.condition} LIMIT {BATCH}))"
        )
        while (count := _deleted(statement, plugin, note)) == BATCH:
            gone += count
        gone += count
    with transaction() as session:
        session.info["written"] = session.info.get("written", 0) + 1
        count = int(session.execute(_FORGET, {"plugin": plugin}).scalar_one())
        note(count)
        for word in WORDS:
            _take_out(word, plugin)
        session.execute(
            text(f"UPDATE core.access_role SET based_on = NULL WHERE tenant_id = :tenant AND {_of('based_on')}"),
            _given(plugin),
        )
    return gone + count


def _deleted(statement: Any, plugin: str, note: Callable[[int], None]) -> int:
    with transaction() as session:
        session.info["written"] = session.info.get("written", 0) + 1
        count: int = session.execute(statement, _given(plugin)).rowcount  # type: ignore[attr-defined]
        note(count)
    return count


def _take_out(word: Words, plugin: str) -> None:
    session, full = db.session(), f"core.{word.table}"
    if word.array:
        kept = (
            f"ARRAY(SELECT w FROM unnest({word.column}) WITH ORDINALITY AS u(w, at) WHERE NOT {_of('w')} ORDER BY at)"
        )
        session.execute(
            text(f"UPDATE {full} SET {word.column} = {kept} WHERE tenant_id = :tenant AND {_naming(word)}"),
            _given(plugin),
        )
        return
    found = session.execute(
        text(f"SELECT id, {word.column} FROM {full} WHERE tenant_id = :tenant AND {_naming(word)}"), _given(plugin)
    ).all()
    changed = text(f"UPDATE {full} SET {word.column} = CAST(:value AS jsonb) WHERE tenant_id = :tenant AND id = :id")
    for row, value in found:
        plain = json.dumps(without(value, plugin), ensure_ascii=False)
        session.execute(changed, {"tenant": tenant_id(), "id": row, "value": plain})


def without(value: Any, plugin: str) -> Any:
    """JSON with every key and every text of a list taken out that begins with the plugin's name."""
    prefix = f"{plugin}."
    if isinstance(value, dict):
        return {
            key: without(inner, plugin)
            for key, inner in value.items()
            if not key.startswith(prefix) and not (isinstance(inner, str) and inner.startswith(prefix))
        }
    if isinstance(value, list):
        return [without(one, plugin) for one in value if not (isinstance(one, str) and one.startswith(prefix))]
    return value


def only(value: Any, plugin: str) -> Any:
    """The part of JSON that :func:`without` takes out; ``None`` where that is nothing."""
    prefix = f"{plugin}."
    if isinstance(value, str):
        return value if value.startswith(prefix) else None
    if isinstance(value, list):
        return [part for one in value if (part := only(one, plugin)) is not None] or None
    if isinstance(value, dict):
        found = {key: inner if key.startswith(prefix) else only(inner, plugin) for key, inner in value.items()}
        return {key: inner for key, inner in found.items() if inner is not None} or None
    return None
