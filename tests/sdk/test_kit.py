"""The conformance kit finds what it is named for, and says what to do."""

import json
import os
import subprocess
import sys

import pytest

from core.sdk.kit.contract import checks, listed
from core.sdk.kit.exempting import BadExemption, exemptions
from core.sdk.kit.reporting import About, Result, write
from tests.sdk.conftest import ROOT

# A run of the kit starts a database and the whole product, beside whatever else the machine does.
pytestmark = pytest.mark.timeout(1000)
PACKAGE = "dangjian_kiosk"
INIT = f"{PACKAGE}/__init__.py"


@pytest.mark.slow
def test_a_plugin_that_forgets_leaks_and_repeats_itself_is_caught_at_each(author):
    kiosk = author("kiosk")
    # of the product it imports more than the SDK, and a library of the database's
    kiosk.add(
        f"{PACKAGE}/faults.py",
        "from core.people.models import Person\nimport psycopg\nimport os\n\n\ndef end() -> None:\n    os._exit(1)\n",
    )
    # a list kept in the process shows everybody the first tenant's rows, and it asks for each row's unit
    kiosk.change(
        f"{PACKAGE}/queries.py",
        (
            "def entries(reach",
            "KEPT: list[EntryView] = []\n\n\ndef remembered(reach: Reach) -> list[EntryView]:\n    if not KEPT:\n        KEPT.extend(entries(reach, limit=5))\n    return KEPT\n\n\ndef entries(reach",
        ),
    )
    kiosk.change(
        f"{PACKAGE}/pages.py",
        (
            '@pages.get("/entries")\n',
            (
                '@pages.get("/remembered")\n@requires(VIEW)\ndef remembered() -> str:\n    return ", ".join(one.title for one in queries.remembered(ranges(VIEW)))\n\n\n'
                '@pages.get("/slow")\n@requires(VIEW)\ndef slow() -> str:\n    return " ".join(str(queries.entry(one.id)) for one in queries.entries(ranges(VIEW), limit=100))\n\n\n'
                '@pages.get("/all")\n@requires(VIEW)\ndef everything() -> str:\n    return str(len(queries.entries(ranges(VIEW), limit=100000)))\n\n\n'
                '@pages.get("/entries")\n'
            ),
        ),
    )
    # a subscriber and a job that do it once more each time
    kiosk.add(
        INIT,
        "\n\n@implements\ndef register_subscribers():\n    from core.sdk import Subscriber\n    from dangjian_kiosk.again import again\n\n"
        '    return (Subscriber("kiosk.again", frozenset({"unit.changed"}), again),)\n',
    )
    kiosk.add(
        f"{PACKAGE}/again.py",
        "from datetime import date\n\nfrom core.sdk import transaction\nfrom dangjian_kiosk.models import Entry\n\n\ndef again(event) -> None:\n"
        '    with transaction() as session:\n        session.add(Entry(unit_id=event.subject_id, title="又一项", due_on=date(2026, 7, 1)))\n',
    )
    kiosk.add(
        f"{PACKAGE}/jobs.py",
        '\n\ndef often(payload: dict[str, Any]) -> None:\n    from core.sdk import Unit, scalar\n    from sqlalchemy import select\n\n    with transaction() as session:\n        session.add(Entry(unit_id=scalar(select(Unit.id).limit(1)), title="每日", due_on=date(2026, 7, 1)))\n',
    )
    kiosk.change(
        INIT,
        ("from dangjian_kiosk.jobs import tidy", "from dangjian_kiosk.jobs import often"),
        ("run=tidy", "run=often"),
    )
    # a version that is not the distribution's
    kiosk.change(f"{PACKAGE}/plugin.toml", ('version = "1.0.0"', 'version = "1.0.1"'))

    # something on its way out of the SDK, a sentence without its translation
    kiosk.add(INIT, '\n\nimport warnings\n\nwarnings.warn("deprecated since 1.1: use rooms", DeprecationWarning)\n')
    kiosk.add(f"{PACKAGE}/translations/en/LC_MESSAGES/messages.po", 'msgid ""\nmsgstr ""\n\nmsgid "事项"\nmsgstr ""\n')

    judged = kiosk.kit()
    assert judged.ran.returncode == 1
    assert judged.report["conforms"] is False
    assert judged.failed == {
        *("manifest", "imports", "translations", "deprecations"),
        *("leaks", "statements", "plans", "events", "jobs"),
    }
    assert "faults.py:1 imports core.people.models" in judged.said("imports")
    assert "imports psycopg" in judged.said("imports")
    assert "calls os._exit" in judged.said("imports")
    assert "GET /p/kiosk/remembered shows what is another tenant's" in judged.said("leaks")
    assert "GET /p/kiosk/slow takes" in judged.said("statements")
    assert "GET /p/kiosk/all fetches" in judged.said("plans")
    assert "kiosk.again told of unit.changed again changes entry again" in judged.said("events"), judged.ran.stdout
    assert "kiosk.tidy run again changes entry again" in judged.said("jobs"), judged.ran.stdout
    assert "use rooms" in judged.said("deprecations")
    assert "'事项' is not translated" in judged.said("translations")
    assert "→ Import from core.sdk" in judged.ran.stdout
    assert "**it does not conform.**" in judged.markdown.read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["care", "cas", "development"])
def test_our_own_plugins_keep_to_what_every_plugin_must_without_an_exemption(tmp_path, name):
    command = [sys.executable, "-m", "pytest", f"--dangjian-plugin={name}", f"--dangjian-report={tmp_path}", "-q"]
    ran = subprocess.run([*command, "-p", "no:cacheprovider"], cwd=ROOT, capture_output=True, text=True, timeout=900)
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    judged = {one["code"]: one["outcome"] for one in report["results"]}
    assert judged == dict.fromkeys((one.code for one in checks()), "passed"), ran.stdout
    assert sum(one["cpu"] for one in report["results"]) < 60


@pytest.mark.slow
def test_the_example_of_a_third_party_keeps_to_everything_a_plugin_must(tmp_path):
    from tests.examples.conftest import install

    site, report = tmp_path / "site", tmp_path / "report"
    install("venue", site, tmp_path)
    environment = {**os.environ, "PYTHONPATH": str(site)}
    for name in [one for one in environment if one.startswith(("PYTEST", "COV_", "DANGJIAN"))]:
        del environment[name]
    command = [sys.executable, "-m", "pytest", "--dangjian-plugin=venue", f"--dangjian-report={report}", "-q"]
    ran = subprocess.run(
        [*command, "-p", "no:cacheprovider"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=900
    )
    assert ran.returncode == 0, ran.stdout
    judged = json.loads((report / "report.json").read_text("utf-8"))
    assert judged["conforms"] is True
    assert {one["outcome"] for one in judged["results"]} == {"passed"}


@pytest.mark.slow
def test_a_table_without_row_security_is_named_and_what_needs_it_is_not_run(author):
    kiosk = author("kiosk")
    kiosk.change(
        f"{PACKAGE}/migrations/0001_entry.py",
        (
            "    op.create_index(",
            '    op.execute("ALTER TABLE p_kiosk.entry DISABLE ROW LEVEL SECURITY")\n    op.create_index(',
        ),
    )
    judged = kiosk.kit()
    assert judged.failed == {"tables"}
    assert "K01 p_kiosk.entry" in judged.said("tables")
    assert judged.outcomes["leaks"] == "not run"
    assert judged.report["conforms"] is False


@pytest.mark.slow
def test_a_route_without_a_permission_is_named(author):
    kiosk = author("kiosk")
    kiosk.change(f"{PACKAGE}/pages.py", ('@pages.get("/entries")\n@requires(VIEW)\n', '@pages.get("/entries")\n'))
    judged = kiosk.kit()
    assert judged.failed == {"views"}
    assert "its view /entries declares no permission" in judged.said("views")


@pytest.mark.slow
def test_a_permission_the_manifest_does_not_name_and_a_name_given_twice_are_named(author):
    kiosk = author("kiosk")
    kiosk.change(f"{PACKAGE}/plugin.toml", (', "kiosk.entry.edit"]', "]"))
    kiosk.change(
        INIT, ('return (Job(name="kiosk.tidy"', 'return (Job(name="kiosk.tidy", run=tidy), Job(name="kiosk.tidy"')
    )
    kiosk.add(f"{PACKAGE}/templates/web/base.html", "<html></html>")
    judged = kiosk.kit()
    assert judged.failed == {"permissions", "names", "templates"}
    assert "the permission kiosk.entry.edit, which its manifest does not name" in judged.said("permissions")
    assert "register_jobs gives 'kiosk.tidy' twice" in judged.said("names")
    assert judged.outcomes["leaks"] == "not run"


@pytest.mark.slow
def test_a_plugin_that_keeps_what_it_holds_on_people_to_itself_is_caught_or_exempted_with_a_reason(author):
    kiosk = author("kiosk")
    kiosk.change(
        f"{PACKAGE}/models.py",
        (
            "    title: Mapped[str]\n",
            "    title: Mapped[str]\n    person_id: Mapped[UUID | None]\n    secret: Mapped[bytes | None]\n",
        ),
        (
            '        tenant_key("unit_id"',
            '        tenant_key("person_id", to="person", on_delete="CASCADE"),\n        tenant_key("unit_id"',
        ),
    )
    kiosk.change(
        f"{PACKAGE}/migrations/0001_entry.py",
        (
            '        sa.Column("due_on"',
            '        sa.Column("person_id", sa.Uuid(), nullable=True),\n        sa.Column("secret", sa.LargeBinary(), nullable=True),\n        sa.ForeignKeyConstraint(["tenant_id", "person_id"], ["core.person.tenant_id", "core.person.id"], name="fk_entry_tenant_id_person_id", ondelete="CASCADE"),\n        sa.Column("due_on"',
        ),
    )
    kiosk.change(
        "pyproject.toml", ("exempt = {}", 'exempt = { "templates" = "they are shared with a sister plugin of ours" }')
    )
    # its sample data fail, which is said once and keeps nothing else from being judged; it waits for what never comes
    kiosk.change(f"{PACKAGE}/sample.py", ("    for number", "    _ = {}['nowhere']\n    for number"))
    kiosk.add(
        INIT,
        "\n\n@implements\ndef register_subscribers():\n    from core.sdk import Subscriber\n\n"
        '    return (Subscriber("kiosk.late", frozenset({"member.moved", "venue.booked", "unit.changed"}), print),)\n',
    )
    judged = kiosk.kit("--dangjian-checks=loads,templates,tables,migrations,rows,export,personal")
    assert set(judged.outcomes) == {"loads", "templates", "tables", "migrations", "rows", "export", "personal"}
    assert judged.report["conforms"] is False
    assert judged.failed == {"loads", "rows", "personal"}
    assert "kiosk.late waits for member.moved, which is no event; there is members.moved" in judged.said("loads")
    assert "venue.booked" not in judged.said("loads")
    assert "its sample data kiosk.entries could not be loaded: KeyError: 'nowhere' (sample.py:" in judged.said("rows")
    assert "entry hold something on a person" in judged.said("personal")
    assert "entry.secret still says something on the person" in judged.said("personal")
    assert judged.outcomes["templates"] == "exempt"
    assert judged.said("templates") == "they are shared with a sister plugin of ours"


def test_a_run_of_some_checks_alone_is_no_proof_that_the_plugin_conforms(tmp_path):
    every = [Result(one.code, one.sentence, "passed", 0.1) for one in checks()]
    about = About("kiosk", "窗口", "1.0.0", "dangjian-kiosk", "1.0.0")
    for results, conforms, said in ((every, True, "**it conforms.**"), (every[3:], False, "some checks only.")):
        write(tmp_path, about, results)
        assert json.loads((tmp_path / "report.json").read_text("utf-8"))["conforms"] is conforms
        assert said in (tmp_path / "report.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('exempt = { "everything" = "because we say so and mean it" }', "there is no check"),
        ('exempt = { "leaks" = "no" }', "needs a reason"),
        ('exempt = "leaks"', "must be a table"),
    ],
)
def test_an_exemption_without_a_known_check_and_a_reason_is_refused(tmp_path, text, said):
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "kit.toml").write_text(text)
    with pytest.raises(BadExemption, match=said):
        exemptions(tmp_path / "package", known=[one.code for one in checks()])


def test_a_plugin_that_is_not_installed_is_said_so():
    command = [sys.executable, "-m", "pytest", "--dangjian-plugin=nowhere", "-q", "-p", "no:cacheprovider"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 4
    assert "no plugin 'nowhere' is installed" in ran.stderr


def test_a_check_that_there_is_not_is_said_so():
    command = [sys.executable, "-m", "pytest", "--dangjian-plugin=care", "--dangjian-checks=leaks,leeks", "-q"]
    ran = subprocess.run([*command, "-p", "no:cacheprovider"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 4
    assert "there is no check leeks; there are manifest," in ran.stderr


def test_the_list_of_checks_in_the_documentation_is_the_kits():
    page = (ROOT / "docs" / "plugins" / "kit.md").read_text("utf-8")
    assert listed() in page
