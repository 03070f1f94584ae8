"""Bodies no reader should trust: every verb that takes one refuses them in words, and nothing breaks."""

import json
import re
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest

from tests.api.conftest import Ground, lay_ground
from tests.pace import within

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture(scope="module")
def there(app) -> Ground:
    return lay_ground(app)


def verbs(app) -> list[tuple[str, str, Any]]:
    """Method, address with ids that nobody has, and the shape of the body, of every verb that takes one."""
    found = []
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/api/v1/"):
            continue
        told = getattr(app.view_functions[rule.endpoint], "_apidoc", {}).get("manual_doc", {})
        shape = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
        found += [(method, filled(rule), shape) for method in sorted(CHANGING & rule.methods) if shape]
    return found


def filled(rule) -> str:
    return re.sub(r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda one: str(uuid4()) if one[1] == "uuid" else "x", rule.rule)


def sent(ground, method, path, body: bytes):
    program = ground.program()
    return program.app.test_client().open(
        f"/t/{ground.slug}{path}", method=method, data=body,
        headers={"Authorization": f"Bearer {program.token}", "Content-Type": "application/json", "If-Match": '"1"'},
    )  # fmt: skip


NO_JSON = {
    "a name twice": b'{"reason": "a", "reason": "b"}',
    "a name twice, one of them escaped": b'{"reason": "a", "\\u0072eason": "b"}',
    "a name twice further in": b'{"x": [{"y": 1, "y": 2}]}',
    "a lone surrogate": b'{"reason": "\\ud800"}',
    "half a pair": b'{"reason": "\\ude00x"}',
    "broken UTF-8": b'{"reason": "\xff\xfe"}',
    "UTF-16": '{"reason": "x"}'.encode("utf-16"),
    "no number": b'{"x": NaN}',
    "endless": b'{"x": -Infinity}',
    "deep": b'{"x":' * 900 + b"1" + b"}" * 900,
    "deeper than any reader": b"[" * 100_000,
    "a comment": b'{"x": 1} // y',
    "two of them": b"{}{}",
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "NUL around": b"\x00{}\x00",
}


@pytest.mark.parametrize("body", NO_JSON.values(), ids=NO_JSON)
def test_what_is_no_plain_json_object_is_refused_as_such(there, body):
    answer = sent(there, "POST", "/api/v1/changes", body)
    assert (answer.status_code, answer.content_type) in (
        (400, "application/problem+json"),
        (422, "application/problem+json"),
    )
    assert "Traceback" not in answer.text


def test_a_name_written_twice_is_named(there):
    answer = sent(there, "POST", "/api/v1/changes", NO_JSON["a name twice, one of them escaped"])
    assert (answer.status_code, "reason" in answer.json["detail"]) == (400, True)


def test_a_name_written_twice_among_very_many_is_found_in_one_look(there):
    names = ",".join(f'"{n:x}":0' for n in range(90_000))  # about as many as a body has room for
    with within(2):
        answer = sent(there, "POST", "/api/v1/changes", f'{{{names},"15f8f":1}}'.encode())
    assert (answer.status_code, "15f8f" in answer.json["detail"]) == (400, True)


def test_a_body_in_pieces_is_no_longer_than_any_other(there):
    program = there.program()
    more = {"wsgi.input": BytesIO(b'{"reason": "' + b"x" * 2_000_000 + b'"}'), "wsgi.input_terminated": True}
    answer = program.app.test_client().post(
        f"/t/{there.slug}/api/v1/changes", environ_overrides={**more, "CONTENT_LENGTH": ""},
        headers={"Authorization": f"Bearer {program.token}", "Content-Type": "application/json", "Transfer-Encoding": "chunked"},
    )  # fmt: skip
    assert answer.status_code == 413, answer.text


NASTY = {
    "NUL": '"a\\u0000b"',
    "control": '"a\\u001b[31mb\\r\\nSet-Cookie: x"',
    "long": json.dumps("长" * 100_000),
    "huge": str(10**400),
    "wide": str(2**63),
    "float": "1e308",
    "below": "-1",
    "true": "true",
    "list": "[[]]",
    "object": '{"$ne": null, "__proto__": {}}',
    "null": "null",
    "format": '"{0.__class__}%s%n${7*7}{{7*7}}"',
}


@pytest.mark.parametrize("value", NASTY.values(), ids=NASTY)
def test_a_nasty_value_in_every_field_of_every_verb_breaks_none_and_is_answered_as_a_problem(app, there, value):
    asked = verbs(app)
    assert len(asked) > 60
    for method, path, shape in asked:
        names = [one.data_key or name for name, one in shape().fields.items()]
        body = "{" + ",".join(f'"{name}": {value}' for name in names) + "}"
        answer = sent(there, method, path, body.encode())
        assert answer.status_code < 500, (method, path, answer.text)
        if answer.status_code >= 400:
            assert answer.content_type == "application/problem+json", (method, path)
            assert "\x00" not in answer.text
            assert "Set-Cookie: x" not in str(answer.headers)


def test_fields_nobody_offered_are_refused_by_every_verb(app, there):
    for method, path, _shape in verbs(app):
        answer = sent(there, method, path, b'{"tenant_id": 7, "role": "tenant_admin", "id": "x", "__class__": {}}')
        assert 400 <= answer.status_code < 500, (method, path)
        if answer.status_code == 422 and answer.json.get("findings"):
            fields = {one["field"] for one in answer.json["findings"]}
            assert "__class__" in fields, (method, path, answer.text)


def test_a_sessions_cookie_alone_changes_nothing_by_any_verb(app, there):
    from tests.conftest import sign_in

    client = sign_in(app, there.county.tenant)
    base = f"http://{there.county.tenant.slug}.dangjian.test"
    for rule in app.url_map.iter_rules():
        for method in CHANGING & rule.methods if rule.rule.startswith("/api/v1/") else ():
            answer = client.open(filled(rule), method=method, base_url=base, json={}, headers={"If-Match": '"1"'})
            assert answer.status_code in (400, 404), (method, rule.rule, answer.status_code)
            if answer.status_code == 400:
                assert "X-CSRFToken" in answer.json["detail"], rule.rule


def test_a_programs_token_opens_no_page(app, there):
    program = there.program()
    for path in ("/people/", "/account/", "/settings/", "/account/tokens"):
        answer = app.test_client().get(f"/t/{there.slug}{path}", headers={"Authorization": f"Bearer {program.token}"})
        assert answer.status_code in (303, 401, 404), path
        assert "陈建国" not in answer.text
