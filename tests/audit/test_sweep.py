"""Every act leaves a row: kinds have words, verbs record, and what one forgets to record is recorded below it."""

import ast
import re
from pathlib import Path

from core.app import JOBS, KINDS, PARTS
from core.audit.kinds import KINDS as DECLARED
from core.audit.queries import Wanted, page
from core.database import bound
from core.identity.models import Account
from tests.conftest import sign_in

ROOT = Path(__file__).parents[2]
#: Kinds put together from a name and a word: what the name may be.
PARTLY = {".import.": ("people", "organization"), ".imported": ("people", "organization")}


def recorded_kinds():
    """Every kind that a file of the core passes to ``record``: (kind, file)."""
    for file in sorted((ROOT / "core").rglob("*.py")) + sorted((ROOT / "tenants").rglob("*.py")):
        tree = ast.parse(file.read_text())
        for call in ast.walk(tree):
            name = getattr(getattr(call, "func", None), "id", "")
            if not isinstance(call, ast.Call) or name not in ("record", "audit"):
                continue
            for keyword in call.keywords:
                if keyword.arg == "kind":
                    yield ast.unparse(keyword.value), file.relative_to(ROOT)


def test_every_kind_that_is_recorded_has_its_words(app):
    assert app.url_map
    assert PARTS
    assert KINDS
    assert JOBS
    unknown = []
    for said, file in recorded_kinds():
        unknown += [f"{kind} ({file})" for kind in re.findall(r"^'([a-z_.]+)'$", said) if kind not in DECLARED]
    assert unknown == []


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


def test_a_request_that_reads_leaves_no_row(app, tenant):
    client = sign_in(app, tenant)
    base = f"http://{tenant.slug}.dangjian.test"
    with app.app_context(), bound(tenant_id=tenant.id):
        before = len(page(Wanted(), limit=500)[0])
    for path in ("/", "/people/", "/settings/policies"):
        assert client.get(path, base_url=base).status_code == 200
    with app.app_context(), bound(tenant_id=tenant.id):
        assert len(page(Wanted(), limit=500)[0]) == before
