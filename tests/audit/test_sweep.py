"""Every act leaves a row: kinds have words, verbs record, and what one forgets to record is recorded below it."""

import ast
import re
from importlib import import_module
from pathlib import Path

from core.audit.kinds import KINDS as DECLARED
from core.audit.kinds import SUBJECTS
from core.audit.queries import Wanted, page
from core.database import bound
from core.documents.registry import DOCUMENTS
from core.files.purposes import PURPOSES
from core.identity.models import Account
from tests.conftest import sign_in

ROOT = Path(__file__).parents[2]
#: Forms whose value is no text in the source: what they can be.
FORMS = {
    "f'{run.kind}": ("people", "organization"),
    "f'{found.kind}": ("people", "organization"),
    "f'{held.run.kind}": ("people", "organization"),
    "{kind}'": ("invite", "reset", "email"),
    "{target.value}'": ("draft", "submitted", "approved", "rejected", "cancelled"),
}
PARTS_SWEPT = ("core", "tenants", "plugins")


def _calls(tree, names):
    """Every call of one of ``names``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
            if called in names:
                yield node


def _trees():
    for part in PARTS_SWEPT:
        for file in sorted((ROOT / part).rglob("*.py")):
            yield file.relative_to(ROOT), ast.parse(file.read_text("utf-8"))


def _keyword(call, name):
    return next((one.value for one in call.keywords if one.arg == name), None)


def _module(file):
    return import_module(".".join(file.with_suffix("").parts))


def _values(file, value, through):
    """The texts an expression can be: a text, a constant of the module, or what callers hand over (``through``)."""
    if isinstance(value, ast.Constant):
        return {value.value}
    if isinstance(value, ast.IfExp):
        return _values(file, value.body, through) | _values(file, value.orelse, through)
    if isinstance(value, ast.Name | ast.Attribute):
        try:
            found = eval(ast.unparse(value), vars(_module(file)))
        except (NameError, AttributeError):
            found = None
        if isinstance(found, str):
            return {found}
    return set(through)


def _passed_on(file, tree, call, value):
    """What the callers of the function around ``call`` hand over for the parameter that ``value`` names."""
    around = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and call in ast.walk(one)]
    names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    for function in around:
        parameters = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        for place, name in enumerate(parameters):
            if name not in names:
                continue
            # a private function is called in its own module; another one anywhere in its part
            where = [(file, tree)] if function.name.startswith("_") else list(_trees())
            for other, source in where:
                if other.parts[:2] != file.parts[:2]:
                    continue
                for made in _calls(source, {function.name}):
                    given = made.args[place] if len(made.args) > place else _keyword(made, name)
                    if given is not None:
                        yield from _values(other, given, _local(other, source, given))
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and any(getattr(one, "id", "") in names for one in node.targets):
                yield from _assigned(file, tree, node.value)


def _local(file, tree, value):
    """What a name that a caller hands over was made by."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(ast.unparse(one) == ast.unparse(value) for one in node.targets):
            yield from _assigned(file, tree, node.value)


def _assigned(file, tree, value):
    """What a name in the function stands for: a text, a form, or what a function of the module returns."""
    if isinstance(value, ast.JoinedStr):
        yield from _texts(file, tree, value, value)
    elif isinstance(value, ast.Call):
        called = getattr(value.func, "id", "")
        for function in (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef) and one.name == called):
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and isinstance(node.value, ast.Constant) and node.value.value:
                    yield node.value.value
    else:
        yield from _values(file, value, ())


def _texts(file, tree, call, value):
    """All texts that ``value`` of ``call`` can be."""
    if isinstance(value, ast.JoinedStr):
        form = ast.unparse(value)
        given = set(_passed_on(file, tree, call, value)) or {
            one for part, said in FORMS.items() if part in form for one in said
        }
        return {re.sub(r"\{[^}]*\}", str(one), form[2:-1]) for one in given}
    return _values(file, value, set(_passed_on(file, tree, call, value)))


def recorded(what):
    """Every text that a file passes to ``record`` as its ``what``: (text, file); and the calls nobody could read."""
    for file, tree in _trees():
        for call in _calls(tree, {"record", "audit"}):
            value = _keyword(call, what)
            if value is None or _keyword(call, "kind") is None:
                continue
            found = _texts(file, tree, call, value)
            for text in found or {f"? {ast.unparse(value)}"}:
                yield text, str(file)


def _declares(file):
    """Whether the file is the core's or a running plugin's."""
    return not file.startswith("plugins/") or any(kind.startswith(f"{file.split('/')[1]}.") for kind in DECLARED)


def test_every_kind_that_is_recorded_has_its_words(app):
    assert app.url_map
    found = sorted(set(recorded("kind")))
    assert len(found) > 150, "the sweep finds hardly any"
    assert [(kind, file) for kind, file in found if kind not in DECLARED and _declares(file)] == []


def test_every_thing_that_is_acted_on_has_its_words(app):
    assert app.url_map
    found = {(text, file) for text, file in recorded("subject") if text}
    assert len({text for text, _ in found}) > 30, "the sweep finds hardly any"
    unread = {"found.subject", "meant.subject", "subject"}  # a file's or a document's, which declare it: see below
    lost = [one for one in sorted(found) if one[0].removeprefix("? ") not in unread and one[0] not in SUBJECTS]
    assert [one for one in lost if _declares(one[1])] == []
    declared = {one.subject for one in (*PURPOSES.values(), *DOCUMENTS.values()) if one.subject}
    assert declared - set(SUBJECTS) == set()


def test_every_kind_is_named_after_its_part_and_has_chinese_words(app):
    for kind in DECLARED.values():
        assert re.fullmatch(r"[a-z]+(\.[a-z_]+)+", kind.name), kind
        assert re.search(r"[\u4e00-\u9fff]", kind.title), kind


def test_a_verb_that_forgets_to_record_is_recorded_by_its_tables(app, tenant):
    """What a plugin's new verb may do: change a row in a POST and say nothing."""
    client = sign_in(app, tenant)
    base = f"http://{tenant.slug}.dangjian.test"
    with app.test_request_context("/anything", method="POST", base_url=base), bound(tenant_id=tenant.id):
        from sqlalchemy import update

        from core.database import transaction

        with transaction() as session:
            session.execute(update(Account).values(display_name="王新名"))
    assert client is not None
    with app.app_context(), bound(tenant_id=tenant.id):
        (event, *_rest) = page(Wanted(kind="audit.change"))[0]
    assert event.detail["tables"] == ["account"]


def test_what_an_account_chose_for_itself_is_said_in_words(app, tenant):
    client = sign_in(app, tenant)
    base = f"http://{tenant.slug}.dangjian.test"
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/", base_url=base).text)
    assert token
    client.post("/display", base_url=base, data={"csrf_token": token[1], "large": "1"})
    with app.app_context(), bound(tenant_id=tenant.id):
        assert page(Wanted(), limit=1)[0][0].kind == "identity.display.chosen"


def test_a_request_that_reads_leaves_no_row(app, tenant):
    client = sign_in(app, tenant)
    base = f"http://{tenant.slug}.dangjian.test"
    with app.app_context(), bound(tenant_id=tenant.id):
        before = len(page(Wanted(), limit=500)[0])
    for path in ("/", "/people/", "/settings/policies"):
        assert client.get(path, base_url=base).status_code == 200
    with app.app_context(), bound(tenant_id=tenant.id):
        assert len(page(Wanted(), limit=500)[0]) == before
