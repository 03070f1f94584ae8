"""The one ``import`` command that every kind of register has: ``dangjian org import``, ``dangjian p <plugin> import``."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.audit.cli import serving
from core.runtime.console import OPERATOR, CommandError, Console, command

if TYPE_CHECKING:
    from core.importing.command import ImportResult
    from core.importing.kinds import ImportKind
    from core.importing.told import Told

#: So many changes are told one by one at a terminal.
_SHOWN = 20


def import_command(
    kind: Callable[[], "ImportKind"], what: str, figures: Callable[[Mapping[str, Any]], str] | None = None
) -> click.Command:
    """The command ``import FILE --tenant SLUG [--dry-run] [--json] …`` of a kind of register.

    It answers as every import does: rows created, updated, unchanged and refused, and the tenant's figures afterwards. A
    tenant that takes no changes, or does not use the plugin the kind came with, is told so and nothing is written.

    :param kind: called inside the application, which alone loads it.
    :param what: Chinese name of the file that is imported, such as 党员花名册.
    :param figures: a closing sentence from the tenant's figures afterwards, which a dry run does not have.
    """

    @click.command("import", help=f"导入{what}（.xlsx、.xls、.ods、.csv）")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--tenant", required=True, help="租户代号")
    @click.option("--dry-run", is_flag=True, help="只检查，不写入")
    @click.option(
        "--mode",
        type=click.Choice(["both", "add", "update", "fill"]),
        default="both",
        help="both 新增和更新、add 只新增、update 只更新、fill 新增和补空缺（已有的只补空缺，不改已有内容）",
    )
    @click.option("--sheet", "sheets", multiple=True, help="只导入这张工作表（可重复）")
    @click.option(
        "--blank",
        type=click.Choice(["same", "none", "plain"]),
        default=None,
        help="空白的单元格（各级分列时空白的一级、空白的支部）：same 同上、none 没有；plain 按普通表格识别",
    )
    @click.option("--reason", default="", help="有疑问的行仍要导入的理由")
    @click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), default=None, help="按这一天判断日期（默认今天）")
    @command(permission=OPERATOR)
    def import_(console: Console, /, file: Path, tenant: str, as_of: datetime | None, blank: str | None,
                **given: Any) -> None:  # fmt: skip
        """Import a register."""
        with console.application(queue=False), serving(tenant, writing=not given["dry_run"]):
            from core.importing.command import run_import

            known = _of_tenant(kind(), tenant)
            day = as_of.date() if as_of else None
            with console.progress(f"导入{what}") as progress:
                result = run_import(
                    known, file.read_bytes(), file.name, as_of=day, blank=blank or "", progress=progress, **given
                )
        lines = _lines(result, dry_run=given["dry_run"])
        if figures is not None and result.totals:
            lines.append(figures(result.totals))
        console.result(result.as_dict(), "\n".join(lines))

    made: click.Command = import_
    return made


def _of_tenant(kind: "ImportKind", slug: str) -> "ImportKind":
    """The kind, where the tenant uses what it came with.

    :raises CommandError: it does not.
    """
    from core.tenancy.doors import is_open, title_of

    if not is_open(kind.name):
        plugin = kind.name.split(".")[0]
        way = f"dangjian plugin enable {plugin} --tenant {slug}"
        raise CommandError(f"租户“{slug}”没有启用插件“{title_of(kind.name)}”，不能导入。先运行：{way}")
    return kind


def _changes(told: "Told", *, dry_run: bool) -> list[str]:
    """What changes of records that were there, the first rows one by one."""
    if not told.cells:
        return []
    from core.importing.told import in_words

    first, rest = told.lines[:_SHOWN], told.cells - min(len(told.lines), _SHOWN)
    return [
        f"{'将要更新' if dry_run else '更新'}：{in_words(told.summary())}",
        *(f"  {one.sheet} 第{one.row}行 {one.in_words()}" for one in first),
        *([f"  另有 {rest} 项，见 --json 或导入页面。"] if rest else []),
    ]


def _lines(result: "ImportResult", *, dry_run: bool) -> list[str]:
    refused = len({(one["sheet"], one["row"]) for one in result.refused})
    done = f"新增 {result.created}、更新 {result.updated}、无变化 {result.unchanged}、退回 {refused} 行。"
    return [
        f"{'检查' if dry_run else '导入'}完成：{done}",
        *(f"  工作表“{sheet}”：{said}" for sheet, said in result.read_as.items()),
        *(f"  工作表“{sheet}”没有导入：{why}。" for sheet, why in result.left_out.items()),
        *_changes(result.told, dry_run=dry_run),
        *(f"  {one['sheet']} 第{one['row']}行：{one['message']}（{one['rule']}）" for one in result.refused),
    ]
