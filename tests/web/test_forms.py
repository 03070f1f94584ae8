"""Forms made from a schema."""

from datetime import date

import pytest
from flask import Flask

from core.policy.findings import Finding, Severity
from core.web import forms
from tests.web.gallery import PersonSchema


def test_kinds_follow_from_the_fields() -> None:
    form = forms.make(PersonSchema())
    kinds = {view.name: view.kind for _title, members in form.groups for view in members}
    assert kinds == {
        "name": "text",
        "sex": "radio",
        "ethnic": "select",
        "id_no": "text",
        "join_date": "date",
        "regular_date": "date",
        "term": "number",
        "lost": "checkbox",
        "note": "textarea",
        "paper": "file",
    }
    assert [title for title, _members in form.groups] == ["基本情况", "党籍", "其他"]


def test_choices_come_from_one_of_or_from_the_metadata() -> None:
    form = forms.make(PersonSchema())
    assert list(form["sex"].options) == [("1", "男"), ("2", "女")]
    assert list(form["ethnic"].options) == [("01", "汉族"), ("15", "土家族")]


def test_what_was_typed_stays_and_stands_beside_its_errors() -> None:
    form = forms.make(PersonSchema(), data={"join_date": "1990年7月"}, errors={"join_date": ["请填写完整的年月日。"]})
    assert form["join_date"].value == "1990年7月"
    assert form["join_date"].errors == ["请填写完整的年月日。"]
    assert not form.valid


def test_findings_stand_at_their_fields_by_weight() -> None:
    form = forms.make(
        PersonSchema(),
        findings=[
            Finding("R2.03", Severity.BLOCK, "sex", "性别与号码不一致。"),
            Finding("R2.11", Severity.WARN, "join_date", "未满十八周岁。"),
        ],
    )
    assert form["sex"].errors == ["性别与号码不一致。"]
    assert form["join_date"].warnings == ["未满十八周岁。"]


def test_a_date_is_shown_as_the_browser_wants_it_and_free_text_as_text(app: Flask) -> None:
    macros = app.jinja_env.globals["forms"]
    with app.test_request_context():
        stored = macros.field(forms.make(PersonSchema(), data={"join_date": date(1990, 7, 1)})["join_date"])  # type: ignore[attr-defined]
        typed = macros.field(forms.make(PersonSchema(), data={"join_date": "1990年7月"})["join_date"])  # type: ignore[attr-defined]
    assert 'type="date" value="1990-07-01"' in stored
    assert 'type="text" value="1990年7月"' in typed


def test_errors_are_tied_to_their_field(app: Flask) -> None:
    macros = app.jinja_env.globals["forms"]
    with app.test_request_context():
        shown = macros.field(forms.make(PersonSchema(), errors={"id_no": ["校验位不对。"]})["id_no"])  # type: ignore[attr-defined]
    assert 'aria-describedby="help-id_no said-id_no"' in shown
    assert 'aria-invalid="true"' in shown
    assert 'id="said-id_no"' in shown


@pytest.mark.parametrize("typed", ['"><script>alert(1)</script>', "'; DROP TABLE person; --", "&lt;b&gt;", "{{ 7*7 }}"])
def test_nothing_typed_becomes_markup(app: Flask, typed: str) -> None:
    macros = app.jinja_env.globals["forms"]
    with app.test_request_context():
        shown = str(macros.field(forms.make(PersonSchema(), data={"name": typed, "note": typed})["name"]))  # type: ignore[attr-defined]
    assert "<script" not in shown
    assert "49" not in shown
