"""marshmallow's messages as the reader sees them."""

from enum import Enum

import pytest
from flask import Flask
from marshmallow import Schema, ValidationError, fields, validate

from core.web.messages import said_all


class Level(Enum):
    ONE = "一"


class Everything(Schema):
    name = fields.Str(required=True, validate=validate.Length(max=3))
    code = fields.Str(validate=validate.Length(equal=2))
    born = fields.Date()
    at = fields.DateTime()
    count = fields.Int(validate=validate.Range(min=1, max=9))
    least = fields.Int(validate=validate.Range(min=1))
    sex = fields.Str(validate=validate.OneOf(["男", "女"]))
    mail = fields.Email()
    level = fields.Enum(Level)
    flag = fields.Bool()
    key = fields.UUID()
    own = fields.Str(validate=lambda _value: (_ for _ in ()).throw(ValidationError("这里只写姓名。")))


WRONG = {
    "name": "欧阳修远", "code": "abc", "born": "1990", "at": "x", "count": 10, "least": 0, "sex": "x", "mail": "x",
    "level": "x", "flag": "x", "key": "x", "own": "x", "nothing": 1,
}  # fmt: skip


@pytest.mark.parametrize("sent", [WRONG, {}, {"name": None, "count": "x", "born": 5, "code": 5}])
def test_no_english_is_left_and_the_shape_stays(app: Flask, sent: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refused:
        Everything().load(sent)
    raw = refused.value.normalized_messages()
    with app.test_request_context():
        shown = said_all(raw)
    assert shown.keys() == raw.keys()
    for name, texts in shown.items():
        assert len(texts) == len(raw[name])
        for text in texts:
            assert type(text) is str
            assert any("\u4e00" <= c <= "\u9fff" for c in text), text
            assert "must" not in text.lower()


def test_numbers_and_choices_are_carried_over(app: Flask) -> None:
    with pytest.raises(ValidationError) as refused:
        Everything().load(WRONG)
    with app.test_request_context():
        shown = said_all(refused.value.normalized_messages())
    assert shown["name"] == ["最多 3 个字。"]
    assert shown["count"] == ["须在 1 到 9 之间。"]
    assert shown["sex"] == ["只能填：男, 女。"]
    assert shown["own"] == ["这里只写姓名。"]
