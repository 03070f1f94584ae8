"""``dangjian doctor``: everything the product needs of its surroundings, looked at one by one."""

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import LiteralString

import psycopg
import redis
from sqlalchemy.exc import SQLAlchemyError

from core.config import Settings
from core.runtime.roles import APP, MIN_VERSION, OWNER, SYSTEM, less, psycopg_url

OK, WARN, BAD = "ok", "warn", "bad"
_FREE_BYTES = 1024**3
_FREE_SHARE = 0.10
_CLOCK_SECONDS = 2.0
_NOW: LiteralString = "SELECT extract(epoch FROM clock_timestamp())"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    name: str
    state: str  #: ok | warn | bad
    found: str
    advice: str = ""


def examine(settings: Settings) -> list[Finding]:
    """All findings; a part that can't be reached is one bad finding instead of its own."""
    parts: tuple[tuple[str, Callable[[Settings], Iterator[Finding]]], ...] = (
        ("程序", _programs),
        ("数据目录", _data_folder),
        ("审计记录", _audit),
        ("数据库", _database),
        ("行级安全", _row_security),
        ("迁移", _migrations),
        ("插件", _plugins),
        ("队列", _queue),
    )
    found: list[Finding] = []
    for name, look in parts:
        try:
            found.extend(look(settings))
        except (psycopg.Error, SQLAlchemyError, redis.RedisError, OSError) as error:
            said = str(getattr(error, "orig", None) or error).strip().split("\n", 1)[0]
            found.append(Finding(name, BAD, said, "检查地址、口令和网络。"))
    return found


def _programs(settings: Settings) -> Iterator[Finding]:
    names = ("flask", "sqlalchemy", "psycopg", "rq", "gunicorn")
    yield Finding("Python", OK if sys.version_info >= (3, 11) else BAD, platform.python_version(), "需要 3.11 或更高。")
    yield Finding("组件", OK, "，".join(f"{name} {version(name)}" for name in names))
    secrets = [name for name in ("secret_key", "master_key") if not getattr(settings, name)]
    yield Finding(
        "密钥",
        BAD if secrets else OK,
        "缺少 " + "、".join(secrets) if secrets else "已设置",
        "见 dangjian config show。",
    )


def _data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    writable = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)
    yield Finding("写权限", OK if writable else BAD, str(folder), "数据目录须存在且可写。")
    if not writable:
        return
    usage = shutil.disk_usage(folder)
    short = usage.free < _FREE_BYTES or usage.free / usage.total < _FREE_SHARE
    yield Finding(
        "磁盘空间", WARN if short else OK, f"剩余 {usage.free / 1024**3:.1f} GB", "请清理或扩容：低于 10% 时有风险。"
    )
    secrets = folder / "secrets"
    open_ = [path.name for path in secrets.glob("*") if path.stat().st_mode & 0o077] if secrets.is_dir() else []
    if secrets.is_dir():
        yield Finding(
            "密钥文件权限", BAD if open_ else OK, "、".join(open_) or "仅所有者可读", f"chmod 600 {secrets}/*"
        )


def _audit(settings: Settings) -> Iterator[Finding]:
    from core.audit.standing import faulty

    found = faulty(settings.data_dir)
    said = (
        f"{len(found)} 个租户没有通过校验（编号 {'、'.join(map(str, found[:10]))}）"
        if found
        else "上次校验没有发现问题"
    )
    yield Finding(
        "审计记录", BAD if found else OK, said, "运行 dangjian audit verify --all，核对备份，查明原因前不要清理数据。"
    )


def _connect(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(psycopg_url(url), connect_timeout=10, autocommit=True)


def _one(
    connection: "psycopg.Connection[tuple[object, ...]]", query: LiteralString, *values: object
) -> tuple[object, ...]:
    row = connection.execute(query, values or None).fetchone()
    return row if row is not None else ()


def _database(settings: Settings) -> Iterator[Finding]:
    with _connect(settings.database_url) as connection:
        major = connection.info.server_version // 10000
        yield Finding("PostgreSQL", OK if major >= MIN_VERSION else BAD, str(major), f"需要 {MIN_VERSION} 或更高。")
        yield from _locale(connection)
        apart = abs(datetime.now(UTC).timestamp() - float(str(_one(connection, _NOW)[0])))
        yield Finding(
            "时钟差", OK if apart < _CLOCK_SECONDS else BAD, f"{apart:.2f} 秒", "应用与数据库须用同一时间源（NTP）。"
        )
        yield from _role(connection)
    for role, url in ((OWNER, settings.database_owner_url), (SYSTEM, settings.database_system_url)):
        if url:
            with _connect(url) as connection:
                yield Finding(f"角色 {role}", OK, "可以连接")
        else:
            yield Finding(f"角色 {role}", WARN, "未设置连接地址", "迁移需要所有者角色，任务转发需要系统角色。")


def _locale(connection: "psycopg.Connection[tuple[object, ...]]") -> Iterator[Finding]:
    row = _one(
        connection,
        "SELECT pg_encoding_to_char(encoding), datcollate, datctype, 'é' ~* 'É' AND lower('Ü') = 'ü' "
        "FROM pg_database WHERE datname = current_database()",
    )
    encoding, collate, ctype, knows_letters = row
    good = encoding == "UTF8" and bool(knows_letters)
    yield Finding(
        "字符集",
        OK if good else BAD,
        f"{encoding}，{collate}，{ctype}",
        "须为 UTF8 且 LC_CTYPE 'C.UTF-8'：用 dangjian db init 新建数据库，再用 pg_dump 与 pg_restore 转入数据。",
    )
    names = [str(name) for (name,) in connection.execute("SELECT extname FROM pg_extension ORDER BY 1").fetchall()]
    yield Finding("扩展", OK, "、".join(names))


def _role(connection: "psycopg.Connection[tuple[object, ...]]") -> Iterator[Finding]:
    row = _one(
        connection,
        "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb, "
        "EXISTS (SELECT FROM pg_class WHERE relowner = r.oid), "
        "has_database_privilege(current_database(), 'TEMP'), has_database_privilege(current_database(), 'CREATE') "
        "FROM pg_roles r WHERE rolname = current_user",
    )
    name, powerful, owns, temporary, create = row
    faults = [
        words
        for bad, words in (
            (powerful, "权限过大"), (owns, "拥有数据表"), (temporary, "可建临时表"), (create, "可建模式"),
        )
        if bad
    ]  # fmt: skip
    yield Finding(
        f"应用角色 {name}", BAD if faults else OK, "、".join(faults) or "权限最小",
        f"应为 {APP}，由 dangjian db init 建立。" + (f"以超级用户执行：{less(str(name))}" if powerful else ""),
    )  # fmt: skip


def _row_security(settings: Settings) -> Iterator[Finding]:
    from sqlalchemy import create_engine, text

    from core.database.catalogue import faults

    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        broken = list(faults(connection))
        total = connection.execute(
            text("SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relrowsecurity AND relforcerowsecurity")
        ).scalar_one()
    engine.dispose()
    mending = " ".join(dict.fromkeys(_mending(fault.code, fault.name) for fault in broken)).strip()
    advice = "数据库的租户隔离有缺口，请勿投入使用。" + (f"以所有者角色在 psql 中执行：{mending}" if mending else "")
    found = "；".join(map(str, broken))
    yield Finding("行级安全", BAD if found else OK, found or f"{total} 张表全部强制", advice)


def _mending(code: str, name: str) -> str:
    """What puts a fault of the catalogue right, where one statement does; empty otherwise."""
    table, _, policy = name.partition(" ")
    if code == "K01":
        return f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
    if code == "K02" and policy not in ("", "tenant", "(none)"):
        return f'DROP POLICY "{policy}" ON {table};'
    return ""


def _migrations(settings: Settings) -> Iterator[Finding]:
    from core.database.migrate import VERSION_SCHEMA, VERSION_TABLE, head

    with _connect(settings.database_url) as connection:
        query = psycopg.sql.SQL("SELECT version_num FROM {}").format(
            psycopg.sql.Identifier(VERSION_SCHEMA, VERSION_TABLE)
        )
        try:
            row = connection.execute(query).fetchone()
        except psycopg.errors.UndefinedTable:
            row = None
    at = str(row[0]) if row else "无"
    yield Finding("数据库版本", OK if at == head() else BAD, f"{at}（程序需要 {head()}）", "运行 dangjian db upgrade。")


def _plugins(settings: Settings) -> Iterator[Finding]:
    from importlib import import_module

    # by name: what starts the product knows nothing of plugins
    put = import_module("core.extension.saying").said
    for seen in import_module("core.extension.condition").examine(settings.database_url):
        said = "；".join(put(problem).rstrip("。") for problem in seen.problems) or "清单和数据表就绪"
        advice = (
            "改正后运行 dangjian db upgrade；程序是否启动成功，见 dangjian plugin doctor。"
            if seen.state != "orphaned"
            else f"不再使用的，运行 dangjian plugin purge {seen.name} --everything。"
        )
        yield Finding(f"插件 {seen.name}", WARN if seen.problems else OK, f"{seen.version} {said}", advice)


def _queue(settings: Settings) -> Iterator[Finding]:
    if not settings.redis_url:
        yield Finding("队列", BAD, "未设置 DANGJIAN_REDIS_URL", "任务只能等待。")
        return
    client = redis.Redis.from_url(settings.redis_url, socket_timeout=5, socket_connect_timeout=5)
    with client:
        info = client.info()
        policy = client.config_get("maxmemory-policy").get("maxmemory-policy")
    server = info.get("valkey_version") or info.get("redis_version")
    yield Finding("Valkey/Redis", OK, str(server))
    yield Finding(
        "内存策略", OK if policy == "noeviction" else WARN, str(policy), "应为 noeviction，否则内存满时会丢通知。"
    )
    kept = bool(info.get("aof_enabled"))
    yield Finding(
        "持久化", OK if kept else WARN, "appendonly" if kept else "无", "建议打开 appendonly；丢失的通知会由转发补发。"
    )
