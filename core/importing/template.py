"""The workbook people fill in: the headings of a kind, one example row that is not imported."""

from core.importing.kinds import ImportKind
from core.spreadsheets.fields import Kind
from core.spreadsheets.writing import ListColumn, write_list


def template_workbook(kind: ImportKind) -> bytes:
    """Headings in order, required ones marked, below them one example row (recognised and left out on import)."""
    fields = [spec for spec in kind.fields if not spec.aside]
    columns = [
        ListColumn(
            spec.title + ("*" if spec.required else ""),
            width=max(12, 2.2 * len(spec.title) + 4, 1.2 * len(spec.example) + 2),
            text=spec.kind is not Kind.DATE,
        )
        for spec in fields
    ]
    example = [spec.example for spec in fields]
    example[0] = f"示例：{example[0]}"
    helps = [f"{spec.title}：{spec.help}" for spec in fields if spec.help]
    notes = ["带 * 的列必填；日期写成 2026-07-01；“示例”一行不会导入。", *helps]
    return write_list(columns, [example], title=f"{kind.title}导入模板", notes=notes, name=kind.title)
