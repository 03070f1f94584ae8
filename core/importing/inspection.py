"""What a look at a file found, as it is kept with the run and shown in the wizard. No sensitive value in clear."""

import re
from typing import Any

from core.importing.source import Source, Table
from core.spreadsheets.fields import FieldSpec, Kind
from core.spreadsheets.mapping import sample
from core.spreadsheets.text import cell_text

_LONG_NUMBER = re.compile(r"\d{7,}[\dXx]*")
_SAMPLES, _SKIPPED, _PAIRS = 3, 30, 12


def described(source: Source) -> dict[str, Any]:
    """The layout of a file: its tables, their columns with proposals and samples, and what is left out and why."""
    return {
        "format": source.workbook.kind.value,
        "encoding": source.workbook.encoding,
        "tables": [_table(source, table) for table in source.tables],
        "left_out": source.left_out,
        "missing": [spec.name for spec in source.missing],
    }


def blotted(text: str) -> str:
    """A sample in which long numbers show their first three and last two characters."""
    return _LONG_NUMBER.sub(lambda match: f"{match[0][:3]}****{match[0][-2:]}", text)[:60]


def _table(source: Source, found: Table) -> dict[str, Any]:
    table, mapping = found.table, found.mapping
    specs = {spec.name: spec for spec in source.kind.fields}
    by_key = {match.column.key: match for match in mapping.matches}
    columns = []
    for column in table.columns:
        match = by_key.get(column.key)
        columns.append(
            {
                "key": column.key,
                "title": column.title,
                "letters": column.letters,
                "field": match.field if match else "",
                "confidence": round(match.confidence, 2) if match else 0,
                "reason": match.reason if match else "",
                "samples": _samples(found, column.index, specs.get(match.field) if match else None),
            }
        )
    return {
        "sheet": table.sheet,
        "hidden": table.hidden,
        "used": found.used,
        "header_rows": table.header_rows,
        "shape": table.shape,
        "first_row": table.first_row,
        "rows": len(table.rows),
        "titles": [blotted(title) for title in table.titles[:5]],
        "skipped": [
            {"row": row.row, "reason": row.reason, "text": blotted(row.text)} for row in table.skipped[:_SKIPPED]
        ],
        "columns": columns,
        "conflicts": mapping.conflicts,
        "missing": [spec.name for spec in mapping.missing],
        "fingerprint": found.fingerprint,
        "outline": _outline(found, {name: spec.title for name, spec in specs.items()}),
    }


def _outline(found: Table, titles: dict[str, str]) -> dict[str, Any] | None:
    """How a table laid out as a hierarchy was read: in words, by its first rows, and what has to be asked."""
    outline = found.table.outline
    if outline is None:
        return None
    names = _texts(found, (outline.shows or ("name",))[0])
    heads = [titles.get(field, "") for field in outline.shows or ()]
    if outline.shows:
        pairs = [list(pair) for pair in zip(names, _texts(found, outline.shows[1]), strict=True)]
    else:
        pairs = [[names[at], names[upper] if upper is not None else ""] for at, upper in enumerate(outline.above)]
    return {
        "said": outline.said,
        "doubtful": list(outline.doubtful[:_SKIPPED]),
        "doubts": len(outline.doubtful),
        "question": outline.question,
        "implied": len(outline.implied),
        "hierarchy": outline.shows is None,
        "heads": heads,
        "answer": found.outline,
        "shape": found.table.shape,
        "pairs": pairs[:_PAIRS],
        "more": max(len(pairs) - _PAIRS, 0),
    }


def _texts(found: Table, field: str) -> list[str]:
    """The texts of a field's column, shortened for showing."""
    place = found.mapping.fields.get(field)
    return [cell_text(row[place])[:60] if place is not None else "" for row in found.table.rows]


def _samples(found: Table, index: int, spec: FieldSpec | None) -> list[str]:
    texts = list(dict.fromkeys(sample(found.table, index)))[:_SAMPLES]
    if spec is not None and spec.private and spec.kind is not Kind.NUMBER_TEXT:
        return [f"{text[:3]}****" for text in texts]
    return [blotted(text) for text in texts]
