"""The document as people read it: verbs with their parameters, fields, an example and a command line."""

import shlex
from dataclasses import dataclass
from typing import Any

import orjson
from flask_babel import gettext as _

_TONES = {"GET": "info", "POST": "ok", "PATCH": "warn", "PUT": "warn", "DELETE": "bad"}
_DEEPEST = 2


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a body or an answer."""

    name: str
    kind: str
    says: str
    required: bool
    choices: tuple[tuple[str, str], ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True)
class ShownVerb:
    """One verb as the reader shows it."""

    id: str
    part: str
    method: str
    tone: str
    path: str
    summary: str
    description: str
    permission: str
    parameters: list[Field]
    body: list[Field]
    answer: list[Field]
    status: str
    curl: str
    problems: list[str]


def verbs(document: dict[str, Any]) -> list[ShownVerb]:
    """Every verb of a document, in its order."""
    return [
        _verb(document, path, method.upper(), held, known.get("parameters", []))
        for path, known in document["paths"].items()
        for method, held in known.items()
        if isinstance(held, dict)
    ]


def _verb(document: dict[str, Any], path: str, method: str, held: dict[str, Any], common: list[Any]) -> ShownVerb:
    parameters = [_parameter(document, one) for one in (*common, *held.get("parameters", []))]
    body = next(iter(held.get("requestBody", {}).get("content", {}).items()), None)
    status = next(code for code in held["responses"] if code.startswith("2"))
    given: dict[str, Any] = next(iter(held["responses"][status].get("content", {}).values()), {})
    return ShownVerb(
        id=f"{method}{path}".replace("/", "-").replace("{", "").replace("}", "").lower(),
        part=held["tags"][0],
        method=method,
        tone=_TONES.get(method, "plain"),
        path=path,
        summary=held.get("summary", ""),
        description=held.get("description", ""),
        permission=held.get("x-permission", ""),
        parameters=parameters,
        body=_fields(document, body[1].get("schema", {})) if body else [],
        answer=_fields(document, given.get("schema", {})),
        status=status,
        curl=_curl(document, path, method, parameters, body),
        problems=[code for code in held["responses"] if not code.startswith("2")],
    )


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    options = [
        one for one in (*schema.get("anyOf", ()), *schema.get("allOf", ()), *schema.get("oneOf", ())) if "$ref" in one
    ]
    return _resolved(document, options[0]) if options else schema


def _parameter(document: dict[str, Any], one: dict[str, Any]) -> Field:
    schema = one.get("schema", {})
    says = str(one.get("description") or schema.get("description", ""))
    return Field(one["name"], _kind(document, schema), says, bool(one.get("required")), _choices(schema), one["in"])


def _choices(schema: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    names = schema.get("x-labels") or {}
    return tuple((str(code), str(names.get(code, ""))) for code in schema.get("enum", ()) if code is not None)


def _kind(document: dict[str, Any], schema: dict[str, Any]) -> str:
    known = schema.get("type", "object")
    kinds = [one for one in ([known] if isinstance(known, str) else known) if one != "null"]
    if "array" in kinds:
        return f"[{_kind(document, schema.get('items', {}))}]"
    return " ".join((*kinds, *([f"({schema['format']})"] if "format" in schema else ())))


def _fields(document: dict[str, Any], schema: dict[str, Any], prefix: str = "", depth: int = 0) -> list[Field]:
    """The fields of a shape, those of shapes inside it with their path."""
    found = _resolved(document, schema)
    if found.get("type") == "array":
        return _fields(document, found.get("items", {}), f"{prefix}[].", depth)
    listed = []
    for name, held in found.get("properties", {}).items():
        inner = _resolved(document, held.get("items", held) if held.get("type") == "array" else held)
        says = str(held.get("description") or "")
        needed = name in found.get("required", ())
        listed.append(Field(prefix + name, _kind(document, held), says, needed, _choices(held)))
        if inner.get("properties") and depth < _DEEPEST:
            dots = f"{prefix}{name}[]." if held.get("type") == "array" else f"{prefix}{name}."
            listed += _fields(document, inner, dots, depth + 1)
    return listed


def _curl(document: dict[str, Any], path: str, method: str, parameters: list[Field], body: Any) -> str:
    """A command line for the verb, with what it cannot do without."""
    base = document["servers"][0]["url"].rstrip("/")
    lines = [f'curl -X {method} "$BASE{base}{path}"', '-H "Authorization: Bearer $TOKEN"']
    for one in parameters:
        if one.place == "header" and (one.required or one.name == "Idempotency-Key"):
            value = '"3"' if one.name == "If-Match" else "$(uuidgen)"
            lines.append(f"-H '{one.name}: {value}'" if value[0] == '"' else f'-H "{one.name}: {value}"')
    if body and body[0] == "application/json":
        example = body[1].get("example") or _example(document, body[1].get("schema", {}))
        lines += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(orjson.dumps(example).decode())}"]
    elif body:
        lines.append("-F 'file=@workbook.xlsx'")
    return " \\\n  ".join(lines)


def _example(document: dict[str, Any], schema: dict[str, Any], depth: int = 0) -> Any:
    """A value that a shape allows: its required fields."""
    found = _resolved(document, schema)
    if "example" in found:
        return found["example"]
    if found.get("enum"):
        return found["enum"][0]
    known = found.get("type", "object")
    kind = known if isinstance(known, str) else known[0]
    if kind == "object":
        needed = found.get("required", ()) if depth < _DEEPEST + 1 else ()
        return {name: _example(document, found["properties"][name], depth + 1) for name in needed}
    if kind == "array":
        return [_example(document, found.get("items", {}), depth + 1)]
    if found.get("format") == "uuid":
        return "0190a5a0-0000-7000-8000-000000000001"
    return {"integer": found.get("minimum", 1), "boolean": True, "number": 1}.get(kind, _("文字"))
