"""Whatever a rule composes is understood when it is shown in another language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.support import Translations

from core.web import catalogues, sentences
from core.web.plain_texts import HAN

#: Files whose texts never reach a page: words that are compared, commands, printed papers, sample data.
_LEFT_OUT = (
    "spellings.py", "import_fields.py", "surnames.py", "name_stems.py", "/papers/", "/cli.py", "core/cli/", "core/runtime/",
    "core/config.py", "command.py", "commands.py", "/scaffold/", "sdk/kit/", "telling.py", "dossier.py", "drawing.py",
    "papers.py", "printout.py", "documents/defaults.py", "core/spreadsheets/", "importing/fields.py", "/sample",
    "/migrations/",
)  # fmt: skip


@pytest.fixture(scope="module")
def english() -> Any:
    """All English catalogues as one, as the application holds them."""
    catalogues.compile_all()
    found: Any = None
    for folder in catalogues.folders().values():
        one: Any = Translations.load(str(folder), ["en"])
        found = one if found is None else found.merge(one)
    return found


def templates(english: Any) -> Iterator[tuple[str, str]]:
    """The messages with values of the catalogues, with their English, if that holds no Chinese itself."""
    for text, other in english._catalog.items():
        if isinstance(text, str) and sentences.VALUE.search(text) and HAN.search(text) and not HAN.search(other):
            yield text, other


def test_every_message_with_values_is_recognised_with_values_in_it(english: Any) -> None:
    wrong = []
    for text, _other in templates(english):
        values = {name: str(7 + n) for n, name in enumerate(dict.fromkeys(sentences.VALUE.findall(text)))}
        filled = sentences.VALUE.sub(lambda one, values=values: values[one[1]], text)  # type: ignore[misc]
        told = sentences.told(filled, english)
        if HAN.search(told) or any(value not in told for value in values.values()):
            wrong.append((text, told))
    assert wrong == []


SAID = [
    ("《中国共产党发展党员工作细则》（2026）第二十三条", "Rules on Recruiting Party Members (2026), article 23"),
    ("《中国共产党发展党员工作细则》第十条第三款", "Rules on Recruiting Party Members, article 10, paragraph 3"),
    ("没有进行民意测评。 请组织测评。", "No assessment poll was held. Hold the poll."),
    ("第6步“培养教育考察”还没有完成。", "Step 6, “Training and observation”, has not been completed."),
    ("推荐和确定入党积极分子 … 材料归档", "Recommending and naming activists … Archive"),
    ("换届：青溪村，2027-02-21任期届满，还有90天", "Re-election: 青溪村, Term ends 2027-02-21, 90 days left"),
    ("女、汉族", "Female, Han"),
    ("“会议日期”没有填写。", "“Day of the meeting” is missing."),
    ("“停止党籍”、“死亡”", "“Suspend membership”, “Died”"),
    ("姓名最多50个字，现有60个字（2.1）。", "Name: at most 50 characters, there are 60 (2.1)."),
    ("9级", "9 levels"),
    ("Explanation: 核对原件，申请日期登记有误。", "Explanation: 核对原件，申请日期登记有误。"),
    ("日期2030-01-02在将来。请写明原因。", "The date 2030-01-02 lies in the future. Give the reason."),
]


@pytest.mark.parametrize(("text", "wanted"), SAID)
def test_what_is_composed_is_taken_apart(english: Any, text: str, wanted: str) -> None:
    assert sentences.told(text, english) == wanted


@pytest.mark.parametrize(
    "text", ["欧阳修远", "情况属实，已请示镇党委。", "一起修剪茶园，送去有机肥十包。", "王一", "登记有误"]
)
def test_what_somebody_has_written_stays_as_it_is(english: Any, text: str) -> None:
    assert sentences.told(text, english) == text


@pytest.mark.parametrize(
    ("text", "number"), [("六", 6), ("十", 10), ("二十四", 24), ("一百零三", 103), ("12", 12), ("第", None)]
)
def test_numerals_are_read(text: str, number: int | None) -> None:
    assert sentences._number(text) == number


def spoken() -> Iterator[tuple[str, ast.AST]]:
    """The syntax trees of the files whose texts reach pages and programs."""
    for folder in ("core", "plugins"):
        for file in sorted((catalogues.ROOT / folder).rglob("*.py")):
            if not any(part in str(file) for part in _LEFT_OUT):
                yield str(file.relative_to(catalogues.ROOT)), ast.parse(file.read_text("utf-8"))


def _chinese(node: ast.AST) -> bool:
    plain = isinstance(node, ast.JoinedStr | ast.Constant)
    return plain and any(
        isinstance(one, ast.Constant) and isinstance(one.value, str) and bool(HAN.search(one.value))
        for one in ast.walk(node)
    )


def test_messages_are_composed_so_that_they_can_be_recognised() -> None:
    """As f-strings, or sentence by sentence: a text glued together from pieces is in no catalogue as a whole."""
    glued = []
    for name, tree in spoken():
        for node in ast.walk(tree):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
                for side in (node.left, node.right):
                    ended = isinstance(side, ast.Constant) and str(side.value).endswith(("。", "；"))
                    if _chinese(side) and not ended:
                        glued.append(f"{name}:{side.lineno}")
            added = isinstance(node, ast.AugAssign) and _chinese(node.value) and isinstance(node.op, ast.Add)
            if added and not ast.unparse(node.value).rstrip("'\"").endswith(("。", "；")):  # type: ignore[attr-defined]
                glued.append(f"{name}:{node.lineno}")  # type: ignore[attr-defined]
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
            if called and _chinese(node.func.value):  # type: ignore[attr-defined]
                glued.append(f"{name}:{node.lineno}")  # type: ignore[attr-defined]
    assert glued == []


def test_a_regulation_is_called_as_the_glossary_says(english: Any) -> None:
    page = (catalogues.ROOT / "docs/glossary.md").read_text("utf-8")
    named = dict(re.findall(r"^\| (《[^|]+》) \| ([^|]+) \|$", page, re.MULTILINE))
    assert len(named) > 5
    assert {title: sentences.told(title, english) for title in named} == named


def test_no_other_place_holds_a_catalogue_of_its_own() -> None:
    assert {Path(file).parts[-3] for file in map(str, catalogues.files())} == {"en"}
