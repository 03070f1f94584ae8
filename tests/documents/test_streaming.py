"""A long Word list is written as it is filled: it says what it would say as a whole, and needs no more memory for more rows."""

import io
import tracemalloc
import zipfile

import pytest
from docx import Document

from core.documents import streaming
from core.documents.defaults import default_template
from core.documents.filling import Form
from core.documents.parts import TooLongError
from core.documents.pressing import Order, PressFailed, press
from tests.documents.reading import words_of_docx

ROW = {"姓名": "欧阳<芳>&", "民族": "汉族\n满族", "学历": "大学\t本科", "党支部": "{{ 青山 }}村党支部"}


def context(count):
    rows = [{**ROW, "序号": number} for number in range(1, count + 1)]
    return {"党组织": "清源县", "人数": count, "名单": rows, "打印": {"编号": "2026-00001"}}


def table(*lines, head=""):
    """A template with a line of a table for each entry."""
    made = Document()
    if head:
        made.sections[0].header.paragraphs[0].text = head
    cells = made.add_table(3, len(lines)).rows
    cells[0].cells[0].text, cells[2].cells[0].text = "{%tr for 人 in 名单 %}", "{%tr endfor %}"
    for cell, line in zip(cells[1].cells, lines, strict=True):
        cell.text = line
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


@pytest.fixture
def small(monkeypatch):
    """Seven rows are a long list, in pieces of some kilobytes."""
    monkeypatch.setattr(streaming, "LONG", 6)
    monkeypatch.setattr(streaming, "MOST_WHOLE", 8)
    monkeypatch.setattr(streaming, "_PIECE", 5000)


def both(monkeypatch, template, given, **more):
    """The document streamed (None where it is not), and the same as a whole."""
    seen = []
    asked = streaming.streamed
    monkeypatch.setattr("core.documents.filling.streamed", lambda *a: seen.append(asked(*a)) or seen[-1])
    made = Form(template).document(given, **more)
    monkeypatch.setattr(streaming, "LONG", 10_000)
    return seen[0], made, Form(template).document(given, **more)


def test_the_roster_says_the_same_in_pieces_and_as_a_whole(small, monkeypatch):
    streamed, _made, whole = both(monkeypatch, default_template("people.roster"), context(40))
    assert streamed
    assert words_of_docx(streamed) == words_of_docx(whole)
    assert "欧阳<芳>&|" in words_of_docx(streamed)
    with zipfile.ZipFile(io.BytesIO(streamed)) as one, zipfile.ZipFile(io.BytesIO(whole)) as other:
        assert sorted(one.namelist()) == sorted(other.namelist())
        assert not one.testzip()


def test_its_watermark_stands_on_each_page_and_fills_nothing(small, monkeypatch):
    streamed, *_ = both(monkeypatch, default_template("people.roster"), context(9), watermark="王五 {{ 人数 }}")
    assert streamed
    with zipfile.ZipFile(io.BytesIO(streamed)) as archive:
        header = next(name for name in archive.namelist() if name.startswith("word/header"))
        assert 'string="王五 ｛｛ 人数 ｝｝"' in archive.read(header).decode()


@pytest.mark.parametrize(
    "template",
    [
        table("{{ 人.姓名 }}", head="共{{ 名单|length }}人"),
        table("{{ 人.姓名 }}", "{%tc for 号 in 名单 %}", "{{ 号.序号 }}", "{%tc endfor %}"),
    ],
    ids=["a header that counts the list", "as many columns as rows"],
)
def test_a_template_that_cannot_be_filled_in_pieces_is_filled_as_a_whole_up_to_a_number(small, monkeypatch, template):
    streamed, made, whole = both(monkeypatch, template, context(8))
    assert streamed is None
    assert words_of_docx(made) == words_of_docx(whole)
    monkeypatch.setattr(streaming, "LONG", 6)
    with pytest.raises(TooLongError):
        Form(template).document(context(9))


def test_whoever_prints_too_long_a_list_with_such_a_template_is_told_what_to_do():
    order = Order("", table("{{ 人.序号 }}", head="{{ 名单|length }}"), [context(4001)], ["一.docx"], "docx")
    with pytest.raises(PressFailed, match=r"4000 行.*PDF"):
        press(order)


def test_eight_times_the_rows_need_little_more_memory(monkeypatch):
    monkeypatch.setattr(streaming, "LONG", 100)
    monkeypatch.setattr(streaming, "_PIECE", 100_000)
    template, needed = default_template("people.roster"), []
    for count in (150, 1200):
        given = context(count)
        tracemalloc.start()
        Form(template).document(given)
        needed.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert needed[1] < 3 * needed[0]
