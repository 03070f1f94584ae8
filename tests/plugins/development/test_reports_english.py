"""Whoever reads English finds reports, indicators and the fields of their templates in English."""

import pytest
from flask_babel import force_locale

from core.web.wording import HAN, said
from plugins.development.documents.brought import DOCUMENTS
from plugins.development.reports.printout import DOCUMENT
from plugins.development.reports.shown import INDICATORS, REPORTS
from plugins.development.reports.tables import TABLES


def meanings(fields):
    for one in fields:
        yield one.meaning
        yield from meanings(one.of)


def of_tables():
    for table in TABLES.values():
        yield from (table.title, table.about, *table.heads, *(title for title, *_span in table.groups))
        yield from (col.title for col in table.cols)
        yield from (title for title, _cells in table.lines)


TEXTS = {
    "reports": lambda: [text for one in REPORTS for text in (one.title, *one.columns)],
    "indicators": lambda: [text for one in INDICATORS for text in (one.title, one.unit)],
    "tables": of_tables,
    "fields of a report's sheet": lambda: [DOCUMENT.title, *meanings(DOCUMENT.fields)],
    "fields of papers": lambda: [text for one in DOCUMENTS for text in (one.title, *meanings(one.fields))],
}


@pytest.mark.parametrize("what", TEXTS)
def test_what_stands_in_reports_is_said_in_english(app, what):
    with app.test_request_context("/"), force_locale("en"):
        left = sorted({str(text) for text in TEXTS[what]() if HAN.search(said(str(text)))})
    assert left == []
