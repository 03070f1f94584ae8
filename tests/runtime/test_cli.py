"""The command ``dangjian``: answers at once, speaks to people and programs, never asks a machine a question."""

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from core.cli import GROUPS, main
from core.runtime.console import OPERATOR, CommandError, Console, command
from tests.pace import within
from tests.runtime.test_up import ROOT, clean_environment, dangjian


def test_help_answers_at_once_and_names_the_other_parts_commands() -> None:
    asked = [sys.executable, "-m", "core.cli", "--help"]
    with within(1.0):
        done = subprocess.run(asked, env=clean_environment(), cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
    assert all(name in done.stdout for name in (*GROUPS, "up", "demo", "doctor", "config", "db"))


def test_flask_knows_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "dangjian", "config", "show", "--json"], env=clean_environment(), cwd=ROOT,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["DANGJIAN_PORT"] == 8000


def test_production_without_secrets_is_refused_but_can_show_its_settings(tmp_path: Path) -> None:
    refused = dangjian("db", "upgrade", "--json", data=tmp_path, DANGJIAN_ENV="production")
    assert refused.returncode == 3
    assert "DANGJIAN_SECRET_KEY" in json.loads(refused.stdout)["error"]
    assert "Traceback" not in refused.stderr
    shown = dangjian("config", "show", "--json", data=tmp_path, DANGJIAN_ENV="production", DANGJIAN_SECRET_KEY="hidden")
    assert shown.returncode == 0
    assert "hidden" not in shown.stdout


def test_an_unreachable_database_is_a_sentence_and_a_status(tmp_path: Path) -> None:
    done = dangjian(
        "doctor", data=tmp_path, DANGJIAN_ENV="production", DANGJIAN_SECRET_KEY="x",
        DANGJIAN_MASTER_KEY="AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        DANGJIAN_DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", DANGJIAN_REDIS_URL="redis://127.0.0.1:1",
    )  # fmt: skip
    assert done.returncode == 1
    assert "[错误] 数据库" in done.stdout
    assert "[错误] 队列" in done.stdout
    assert "Traceback" not in done.stderr + done.stdout


def test_an_embedded_database_is_made_upgraded_and_found_healthy(data: Path) -> None:
    assert dangjian("db", "current", data=data).returncode == 1
    assert dangjian("doctor", data=data).returncode == 1
    upgraded = dangjian("db", "upgrade", "--json", data=data)
    assert json.loads(upgraded.stdout)["revision"]
    doctor = dangjian("doctor", "--json", data=data)
    assert doctor.returncode == 0
    assert {finding["state"] for finding in json.loads(doctor.stdout)["findings"]} <= {"ok", "warn"}
    assert dangjian("db", "current", data=data).returncode == 0


def test_wrong_use_has_status_2(tmp_path: Path) -> None:
    assert dangjian("db", "init", data=tmp_path).returncode == 2
    assert dangjian("no-such-command", data=tmp_path).returncode == 2


@click.group()
@click.option("--debug", is_flag=True)
def group(debug: bool) -> None:
    """Stand-in for the root group, which holds the option."""


@group.command("ask")
@command(permission=OPERATOR)
def ask(console: Console) -> None:
    console.result({"answer": console.ask("密码", option="--password")})


@group.command("fail")
@click.argument("how")
@command(permission=OPERATOR)
def fail(console: Console, *, how: str) -> None:
    if how == "told":
        raise CommandError("做不到。", status=7)
    raise LookupError("坏了")


def test_a_command_asks_nobody_when_nobody_is_there() -> None:
    done = CliRunner().invoke(group, ["ask", "--json"])
    assert done.exit_code == 2
    assert "--password" in json.loads(done.stdout)["error"]


@pytest.mark.parametrize(("how", "status", "words"), [("told", 7, "做不到。"), ("surprise", 1, "--debug")])
def test_errors_are_words_and_the_rest_only_on_request(how: str, status: int, words: str) -> None:
    done = CliRunner().invoke(group, ["fail", how])
    assert (done.exit_code, words in done.stderr, "Traceback" in done.stderr) == (status, True, False)
    with_details = CliRunner().invoke(group, ["--debug", "fail", how])
    assert isinstance(with_details.exception, CommandError | LookupError)


def test_every_command_of_ours_takes_json() -> None:
    def commands(found: click.Command, name: str) -> list[tuple[str, click.Command]]:
        if isinstance(found, click.Group):
            own = {key: value for key, value in found.commands.items() if key not in GROUPS}
            return [pair for key, value in own.items() for pair in commands(value, f"{name} {key}")]
        return [(name, found)]

    for name, found in commands(main, "dangjian"):
        assert any("--json" in option.opts for option in found.params), name


WRONG: list[tuple[tuple[str, ...], str]] = [
    (("org", "import"), "缺少参数 FILE"),
    (("org", "import", "/no/such/file.xlsx", "--tenant", "x"), "找不到“/no/such/file.xlsx”"),
    (("people", "import", "/", "--tenant", "x"), "是文件夹"),
    (("people", "import", __file__), "缺少选项 --tenant"),
    (("people", "import", __file__, "--tenant", "x", "--as-of", "2026-13-01"), "请写成 2026-07-01"),
    (("people", "import", __file__, "--tenant", "x", "--mode", "all"), "“all”不在可选的值之内"),
    (("people", "search", "张", "--tenant", "x", "--limit", "0"), "超出范围"),
    (("up", "--port", "99999"), "超出范围"),
    (("up", "--prot", "80"), "没有选项 --prot"),
    (("tenant", "create"), "缺少参数 SLUG"),
    (("tenant", "show", "a", "b"), "多出的参数"),
    (("tenants",), "没有命令“tenants”"),
]


@pytest.mark.parametrize(("words", "said"), WRONG, ids=[" ".join(words[:2]) for words, _ in WRONG])
def test_wrong_use_is_said_in_plain_words_and_as_json_where_that_is_asked(words: tuple[str, ...], said: str) -> None:
    person, program = CliRunner().invoke(main, words), CliRunner().invoke(main, [*words, "--json"])
    assert (person.exit_code, program.exit_code) == (2, 2)
    assert (said in person.stderr, person.stdout) == (True, "")
    assert said in json.loads(program.stdout)["error"]
