"""The database and its three roles: what each may do, on our own server and on Debian's PostgreSQL 15."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from core.config import SettingError, Settings
from core.database.migrate import head, upgrade
from core.runtime.postgres import EmbeddedPostgres
from core.runtime.roles import CannotPrepare, may_prepare, prepare_database
from core.runtime.secrets import SecretStore
from core.runtime.services import services
from core.runtime.system_user import private_folder, server_user
from tests.runtime.test_up import dangjian

DEBIAN = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="module")
def external() -> Iterator[str]:
    """URL of the superuser of a PostgreSQL 15 that is none of ours, in an ordinary locale."""
    folder = Path(tempfile.mkdtemp(prefix="pg15-"))
    user = server_user()
    private_folder(folder, user)
    drop = {} if user is None else user.process_options
    run = {"cwd": "/", "check": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **drop}
    subprocess.run(
        [
            DEBIAN / "initdb",
            "-D",
            folder / "c",
            "-U",
            "postgres",
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ],
        **run,
    )
    options = f"-k {folder} -c listen_addresses= -c fsync=off -p 5444"
    subprocess.run([DEBIAN / "pg_ctl", "-D", folder / "c", "-w", "-l", folder / "log", "-o", options, "start"], **run)
    yield f"postgresql://postgres@/postgres?host={folder}&port=5444"
    subprocess.run([DEBIAN / "pg_ctl", "-D", folder / "c", "-m", "immediate", "stop"], **run)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def admin(external: str) -> str:
    """The external server without anything of ours."""
    with psycopg.connect(external, autocommit=True) as connection:
        for (name,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'dangjian%'").fetchall():
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        for (name,) in connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname ~ '^(dangjian_|helper|plain)' ORDER BY rolname DESC"
        ).fetchall():
            connection.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(name)))
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))
    return external


def role(admin: str, name: str, attributes: str) -> str:
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN {attributes}")
    return admin.replace("postgres@", f"{name}@", 1)


def refused(url: str, query: str) -> bool:
    with psycopg.connect(url) as connection:
        try:
            connection.execute(query)
        except psycopg.errors.InsufficientPrivilege:
            return True
    return False


def check_rights(owner: str, app: str, system: str) -> None:
    for url in (app, system):
        for query in (
            "CREATE TEMP TABLE t (i int)", "CREATE TABLE public.t (i int)", "CREATE SCHEMA s", "CREATE ROLE r",
            "SELECT pg_read_file('/etc/hostname')", "TRUNCATE core.outbox", "ALTER TABLE core.outbox DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE core.outbox ADD COLUMN c int", "CREATE TRIGGER t AFTER INSERT ON core.outbox EXECUTE FUNCTION now()",
        ):  # fmt: skip
            assert refused(url, query), query
        assert not refused(url, "SELECT 1")
    assert not refused(app, "SELECT id FROM core.outbox")
    assert refused(app, "SELECT * FROM platform.tenant")
    assert refused(owner, "CREATE ROLE r")
    with psycopg.connect(owner) as connection:
        attributes = connection.execute(
            "SELECT bool_or(rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication), count(*) "
            "FROM pg_roles WHERE rolname LIKE 'dangjian\\_%'"
        ).fetchone()
        form = connection.execute(
            "SELECT pg_encoding_to_char(encoding), datcollate, datctype, pg_get_userbyid(datdba) "
            "FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    assert attributes == (False, 3)
    assert form == ("UTF8", "C", "C.UTF-8", "dangjian_owner")


def test_the_roles_of_the_embedded_server_may_do_what_they_need_and_no_more(cluster: EmbeddedPostgres) -> None:
    urls = prepare_database(cluster.admin_url, secrets=SecretStore(cluster.data_dir))
    assert upgrade(urls.owner) == head()
    check_rights(urls.owner, urls.app, urls.system)
    assert prepare_database(cluster.admin_url, secrets=SecretStore(cluster.data_dir)) == urls


def test_the_same_holds_on_postgresql_15(admin: str, tmp_path: Path) -> None:
    urls = prepare_database(admin, secrets=SecretStore(tmp_path))
    assert upgrade(urls.owner) == head()
    check_rights(urls.owner, urls.app, urls.system)
    assert prepare_database(admin, secrets=SecretStore(tmp_path)) == urls


def test_a_role_that_may_make_roles_and_databases_is_enough(admin: str, tmp_path: Path) -> None:
    helper = role(admin, "helper", "CREATEROLE CREATEDB")
    assert may_prepare(helper)
    urls = prepare_database(helper, secrets=SecretStore(tmp_path))
    assert upgrade(urls.owner) == head()
    check_rights(urls.owner, urls.app, urls.system)
    assert prepare_database(helper, secrets=SecretStore(tmp_path)) == urls


def test_a_statement_that_never_ends_is_ended(cluster: EmbeddedPostgres, tmp_path: Path) -> None:
    urls = prepare_database(cluster.admin_url, secrets=SecretStore(cluster.data_dir))
    for url in (urls.app, urls.system):
        with psycopg.connect(url) as connection:
            assert connection.execute("SHOW statement_timeout").fetchone() == ("1min",)


def test_nobody_else_gets_into_the_database(admin: str, tmp_path: Path) -> None:
    prepare_database(admin, secrets=SecretStore(tmp_path))
    plain = role(admin, "plain", "")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(plain.replace("/postgres?", "/dangjian?"))


def test_a_plain_role_is_refused_with_the_command_that_helps(admin: str, tmp_path: Path) -> None:
    plain = role(admin, "plain", "")
    with pytest.raises(CannotPrepare, match="CREATEROLE"):
        prepare_database(plain, secrets=SecretStore(tmp_path))
    with (
        pytest.raises(CannotPrepare, match="dangjian db init --admin-url"),
        services(Settings(data_dir=tmp_path, database_url=plain), queue=False),
    ):
        pass


def test_an_administrators_url_alone_is_enough_to_start(admin: str, tmp_path: Path) -> None:
    with services(Settings(data_dir=tmp_path, database_url=admin), queue=False) as running:
        assert running.postgres is None
        assert "dangjian_app" in running.settings.database_url
        assert upgrade(running.settings.database_owner_url) == head()


def test_production_uses_what_is_configured_and_makes_nothing(admin: str, tmp_path: Path) -> None:
    settings = Settings(env="production", data_dir=tmp_path, database_url=admin, secret_key="x", master_key="x")
    with pytest.raises(SettingError, match="DANGJIAN_DATABASE_OWNER_URL"), services(settings, queue=False):
        pass
    with services(replace(settings, redis_url="redis://x"), queue=False, owner=False, system=False) as running:
        assert running.settings.database_url == admin


def test_roles_of_another_installation_keep_their_passwords(admin: str, tmp_path: Path) -> None:
    ours = prepare_database(admin, secrets=SecretStore(tmp_path / "ours"))
    with pytest.raises(CannotPrepare, match="--reset-passwords"):
        prepare_database(admin, secrets=SecretStore(tmp_path / "theirs"))
    psycopg.connect(ours.app).close()
    again = prepare_database(admin, secrets=SecretStore(tmp_path / "theirs"), reset_passwords=True)
    assert again.app != ours.app


def test_a_role_that_is_too_mighty_is_refused(admin: str, tmp_path: Path) -> None:
    role(admin, "dangjian_app", "BYPASSRLS")
    with pytest.raises(CannotPrepare, match=r'权限过大.*ALTER ROLE "dangjian_app" NOSUPERUSER NOBYPASSRLS'):
        prepare_database(admin, secrets=SecretStore(tmp_path))


def test_somebody_elses_database_of_that_name_is_left_alone(admin: str, tmp_path: Path) -> None:
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("CREATE DATABASE dangjian")
    with pytest.raises(CannotPrepare, match="所有者"):
        prepare_database(admin, secrets=SecretStore(tmp_path))


def test_the_command_prints_settings_that_production_can_use(admin: str, tmp_path: Path) -> None:
    made = dangjian("db", "init", "--json", "--admin-url", admin, data=tmp_path)
    assert made.returncode == 0, made.stdout
    done = json.loads(made.stdout)
    assert done["revision"] == head()
    keys = {"DANGJIAN_SECRET_KEY": "x", "DANGJIAN_MASTER_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}
    production = keys | done["settings"] | {"DANGJIAN_ENV": "production"}
    current = dangjian("db", "current", "--json", data=tmp_path, **production)
    assert json.loads(current.stdout) == {"current": head(), "head": head()}
    listed = dangjian("tenant", "list", "--json", data=tmp_path, **production, DANGJIAN_REDIS_URL="redis://127.0.0.1:1")
    assert listed.returncode == 0, listed.stdout + listed.stderr
