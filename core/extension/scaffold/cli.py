"""``dangjian plugin new``: a plugin's first vertical slice."""

from pathlib import Path

import click

from core.extension.scaffold import CannotMake, make
from core.runtime.console import OPERATOR, CommandError, Console, command


@click.command("new", help="新建一个插件：完整的一小块功能，连同测试，写入一个新目录；不需要数据库")
@click.argument("name")
@click.option("--title", default="", help="中文标题（默认与名称相同）")
@click.option("--folder", type=click.Path(path_type=Path), help="目录（默认 dangjian-名称），须不存在或为空")
@command(permission=OPERATOR)
def new(console: Console, *, name: str, title: str, folder: Path | None) -> None:
    """Write it, and say what comes next."""
    try:
        made = make(name, title=title, folder=folder)
    except CannotMake as error:
        raise CommandError(str(error), status=2) from error
    steps = [
        "pip install --no-build-isolation -e .",
        "pytest",
        f"pytest --dangjian-plugin={name}",
        "dangjian db upgrade",
    ]
    console.result(
        {"plugin": name, "folder": str(made.folder), "files": list(made.files), "next": steps},
        "\n".join(
            [
                f"已写入 {made.folder}（{len(made.files)} 个文件）。接下来在该目录中运行：",
                *(f"  {one}" for one in steps),
            ]
        ),
    )
