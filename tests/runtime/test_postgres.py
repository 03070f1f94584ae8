"""The embedded PostgreSQL comes up on every data directory we can hand it, and loses no committed row."""

import os
import pwd
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from core.runtime.postgres import EmbeddedPostgres
from core.runtime.processes import processes_in

SERVER_USER = "dangjian" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def execute(postgres: EmbeddedPostgres, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(postgres.admin_url, autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def is_away(postgres: EmbeddedPostgres) -> bool:
    return not processes_in(postgres.cluster, "postgres")


def user_group(user: str) -> int:
    return pwd.getpwnam(user).pw_gid


def wait_until(check: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def kill_postmaster(postgres: EmbeddedPostgres) -> int:
    pid = postgres.postmaster_pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while postgres.postmaster_pid == pid:
        time.sleep(0.01)
    return pid


def test_it_speaks_utf8_with_letters_known_and_sorts_by_code_point(cluster: EmbeddedPostgres) -> None:
    found = execute(
        cluster,
        "SELECT pg_encoding_to_char(encoding), datcollate, lower('Ü'), '党' ~ '^\\w$' "
        "FROM pg_database WHERE datname = 'postgres'",
    )
    assert found == [("UTF8", "C", "ü", True)]


def test_it_is_reached_by_its_socket_alone_with_a_password(cluster: EmbeddedPostgres) -> None:
    settings = dict(
        execute(
            cluster,
            "SELECT name, setting FROM pg_settings WHERE name IN "
            "('listen_addresses', 'data_checksums', 'max_wal_size', 'log_error_verbosity', 'logging_collector')",
        )
    )
    assert settings == {
        "listen_addresses": "", "data_checksums": "on", "max_wal_size": "512", "log_error_verbosity": "terse",
        "logging_collector": "on",
    }  # fmt: skip
    assert cluster.socket_dir.stat().st_mode & 0o777 == 0o700
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=str(cluster.socket_dir), user="postgres", dbname="postgres", password="wrong")
    with pytest.raises(psycopg.OperationalError, match="no password"):
        psycopg.connect(host=str(cluster.socket_dir), user="postgres", dbname="postgres")


def test_it_never_runs_as_root(cluster: EmbeddedPostgres) -> None:
    import psutil

    assert psutil.Process(cluster.postmaster_pid).username() == SERVER_USER
    assert pwd.getpwuid(cluster.cluster.stat().st_uid).pw_name == SERVER_USER


def test_parent_folders_open_to_that_user_and_to_nobody_else(data: Path) -> None:
    with EmbeddedPostgres(data) as postgres:
        assert postgres.postmaster_pid is not None
        for user, folder in (("nobody", data), ("dangjian", data / "secrets")) if os.geteuid() == 0 else ():
            looked = subprocess.run(
                ["ls", str(folder)], capture_output=True, user=user, group=user_group(user), extra_groups=[]
            )
            assert looked.returncode != 0
        assert (data / "secrets").stat().st_mode & 0o077 == 0
    assert data.parent.stat().st_mode & 0o007 == 0


def test_a_second_start_resumes_what_the_first_left(data: Path) -> None:
    with EmbeddedPostgres(data) as postgres:
        execute(postgres, "CREATE TABLE kept AS SELECT 42 AS answer")
        url = postgres.admin_url
    assert is_away(postgres)
    with EmbeddedPostgres(data) as again:
        assert again.admin_url == url
        assert execute(again, "SELECT answer FROM kept") == [(42,)]


def test_the_last_one_to_leave_stops_it(data: Path) -> None:
    first, second = EmbeddedPostgres(data), EmbeddedPostgres(data)
    first.start()
    pid = first.postmaster_pid
    second.start()
    assert (second.postmaster_pid, second.started_here) == (pid, False)
    first.stop()
    assert execute(second, "SELECT 1") == [(1,)]
    second.stop()
    assert is_away(second)


def test_many_starting_at_once_start_one(data: Path) -> None:
    code = (
        "import sys; from core.runtime.postgres import EmbeddedPostgres\n"
        "with EmbeddedPostgres(sys.argv[1]) as p:\n"
        "    print(p.postmaster_pid, flush=True); sys.stdin.read()"
    )
    starters = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    pids = {starter.stdout.readline() for starter in starters if starter.stdout}
    for starter in starters:
        starter.communicate("", timeout=30)
        assert starter.returncode == 0
    assert len(pids) == 1
    assert is_away(EmbeddedPostgres(data))


@pytest.mark.faults
def test_a_statement_whose_client_is_gone_ends(cluster: EmbeddedPostgres) -> None:
    code = "import sys, psycopg; psycopg.connect(sys.argv[1]).execute('SELECT pg_sleep(60)')"
    running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()"
    with subprocess.Popen([sys.executable, "-c", code, cluster.admin_url]) as client:
        wait_until(lambda: execute(cluster, running) == [(1,)])
        client.kill()
    wait_until(lambda: execute(cluster, running) == [(0,)])


@pytest.mark.faults
def test_no_committed_row_is_lost_when_the_postmaster_is_killed_under_load(data: Path) -> None:
    with EmbeddedPostgres(data) as postgres:
        execute(postgres, "CREATE TABLE ledger (writer int, number int)")
        acknowledged = [0, 0, 0, 0]

        def write(writer: int) -> None:
            try:
                with psycopg.connect(postgres.admin_url, autocommit=True) as connection:
                    while True:
                        number = acknowledged[writer] + 1
                        connection.execute("INSERT INTO ledger VALUES (%s, %s)", (writer, number))
                        acknowledged[writer] = number
            except psycopg.OperationalError:
                return

        threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(1.0)
        kill_postmaster(postgres)
        for thread in threads:
            thread.join(20)
        assert postgres.ensure() is True
        found = dict(execute(postgres, "SELECT writer, max(number) FROM ledger GROUP BY 1"))
        complete = execute(
            postgres, "SELECT bool_and(n = m) FROM (SELECT count(*) n, max(number) m FROM ledger GROUP BY writer) x"
        )
        assert complete == [(True,)]
        for writer, number in enumerate(acknowledged):
            assert number > 0
            assert found[writer] in (number, number + 1)  # the last may be committed and not yet acknowledged
        assert postgres.ensure() is False


@pytest.mark.faults
def test_a_backend_that_outlived_its_postmaster_is_ended_before_the_next_start(data: Path) -> None:
    with EmbeddedPostgres(data) as postgres:
        connection = psycopg.connect(postgres.admin_url)
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)  # it can't notice the death of its postmaster
        kill_postmaster(postgres)
        assert postgres.ensure() is True
        assert backend not in processes_in(postgres.cluster, "postgres")
        assert execute(postgres, "SELECT 1") == [(1,)]
        connection.close()


@pytest.mark.faults
@pytest.mark.parametrize("status", ["ready", "stopping"])
def test_a_pid_file_that_names_a_living_stranger_is_not_believed(data: Path, status: str) -> None:
    with EmbeddedPostgres(data) as postgres:
        execute(postgres, "SELECT 1")
        pid_file = postgres.cluster / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        socket_lock = postgres.socket_dir / ".s.PGSQL.5432.lock"
        socket_lines = socket_lock.read_text().splitlines()
        kill_postmaster(postgres)
    with subprocess.Popen(["sleep", "60"]) as stranger:
        lines[0] = socket_lines[0] = str(stranger.pid)
        lines[7] = status
        pid_file.write_text("\n".join(lines) + "\n")
        socket_lock.write_text("\n".join(socket_lines) + "\n")
        with EmbeddedPostgres(data) as again:
            assert execute(again, "SELECT 1") == [(1,)]
            assert again.postmaster_pid != stranger.pid
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.faults
def test_a_zombie_postmaster_is_dead(data: Path) -> None:
    with EmbeddedPostgres(data) as postgres:
        pid_file = postgres.cluster / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        kill_postmaster(postgres)
    zombie = subprocess.Popen(["true"])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and nobody has waited for it
    try:
        pid_file.write_text("\n".join([str(zombie.pid), *lines[1:]]) + "\n")
        with EmbeddedPostgres(data) as again:
            assert execute(again, "SELECT 1") == [(1,)]
    finally:
        zombie.wait()


def test_an_initdb_that_was_cut_off_is_done_again(data: Path) -> None:
    with EmbeddedPostgres(data):
        pass
    home = data / "postgres"
    (home / "cluster").rename(home / "cluster.new")
    (home / "cluster.new" / "global" / "pg_control").unlink()
    with EmbeddedPostgres(data) as again:
        assert execute(again, "SELECT 1") == [(1,)]


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(data: Path) -> None:
    deep = data / ("很深的目录" * 8) / "dangjian"
    with EmbeddedPostgres(deep) as postgres:
        assert len(os.fsencode(postgres.socket_dir)) < 80
        assert postgres.socket_dir.stat().st_mode & 0o777 == 0o700
        assert execute(postgres, "SELECT 1") == [(1,)]
        folder = postgres.socket_dir
    folder.rmdir()


def test_a_short_socket_folder_taken_by_somebody_else_is_refused(data: Path) -> None:
    from core.runtime.sockets import UnsafeSocketFolder, socket_folder

    home = data / ("x" * 120)
    home.mkdir(parents=True)
    taken = socket_folder(home, "server.sock", None)
    try:
        assert socket_folder(home, "server.sock", None) == taken
        taken.chmod(0o777)
        with pytest.raises(UnsafeSocketFolder):
            socket_folder(home, "server.sock", None)
    finally:
        taken.rmdir()


def test_the_operators_own_settings_win(data: Path) -> None:
    with EmbeddedPostgres(data) as postgres:
        (postgres.cluster / "local.conf").write_text("max_connections = 37\n")
    with EmbeddedPostgres(data) as again:
        assert execute(again, "SHOW max_connections") == [("37",)]


def test_a_server_that_cannot_start_says_why(data: Path) -> None:
    from core.runtime.postgres import ServerFailed

    with EmbeddedPostgres(data) as postgres:
        (postgres.cluster / "local.conf").write_text("max_connections = nonsense\n")
    with pytest.raises(ServerFailed, match="max_connections"):
        EmbeddedPostgres(data).start()
