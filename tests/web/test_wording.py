"""Rules speak plain Chinese; who reads English gets English, values carried over."""

import ast
from typing import ClassVar

from core.web import plain_texts, sentences, wording


def test_an_f_string_becomes_one_message_with_names_for_its_values() -> None:
    tree = ast.parse('f"最多{MOST}字，现有{len(text)}字，单位“{unit.name}”"')
    node = tree.body[0].value  # type: ignore[attr-defined]
    assert plain_texts.template_of(node) == "最多{MOST}字，现有{text}字，单位“{name}”"


def test_texts_and_labels_of_a_page_are_replaced_and_values_of_controls_are_not() -> None:
    words = {"男": "Male", "性别": "Sex"}
    page = '<td data-label="性别">男</td><input value="男"><textarea>男</textarea><p lang="zh-CN">男</p><p>王男</p>'
    assert wording.page(page, lambda text: words.get(text, text)) == (
        '<td data-label="Sex">Male</td><input value="男"><textarea>男</textarea><p lang="zh-CN">男</p><p>王男</p>'
    )


def test_what_a_page_escapes_stays_escaped() -> None:
    assert wording.page("<p>甲 &lt;b&gt;</p>", lambda text: text.replace("甲", "A")) == "<p>A &lt;b&gt;</p>"


class _Catalogue:
    _catalog: ClassVar = {
        "最多{most}字": "at most {most} characters",
        "{unit}没有{post}": "{unit} has no {post}",
        "书记": "secretary",
    }

    def ugettext(self, text: str) -> str:
        return self._catalog.get(text, text)


def test_a_sentence_is_recognised_and_its_values_are_carried_over_and_translated() -> None:
    catalogue = _Catalogue()
    assert sentences.told("最多500字", catalogue) == "at most 500 characters"
    assert sentences.told("第一党支部没有书记", catalogue) == "第一党支部 has no secretary"
    assert sentences.told("欧阳修远", catalogue) == "欧阳修远"
