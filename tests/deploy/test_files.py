"""The files in deploy/ are taken by the programs they are for, and name commands and settings that exist."""

import re
import subprocess
from dataclasses import fields
from pathlib import Path

import click
import pytest
import yaml

from core.cli import GROUPS, main
from core.config import Settings, variable

DEPLOY = Path(__file__).parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SETTINGS = {variable(field.name) for field in fields(Settings)}
SETTINGS |= {f"{name}_FILE" for name in SETTINGS}


def known_command(words: list[str]) -> bool:
    found: click.Command | None = main
    for word in words:
        if not isinstance(found, click.Group) or word in GROUPS:
            return word in GROUPS
        if word.startswith("-") or word not in found.commands:
            return False
        found = found.commands[word]
        if not isinstance(found, click.Group):
            return True
    return False


@pytest.mark.parametrize("path", [path for path in DEPLOY.rglob("*") if path.is_file()], ids=lambda path: path.name)
def test_every_setting_named_exists(path: Path) -> None:
    named = set(re.findall(r"DANGJIAN_[A-Z_]+[A-Z]", path.read_text()))
    assert named <= SETTINGS


def test_the_example_of_the_environment_is_a_usable_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    from core.config import load_settings

    for name in [name for name in os.environ if name.startswith("DANGJIAN_")]:
        monkeypatch.delenv(name)
    for line in (DEPLOY / "env.example").read_text().splitlines():
        if line and not line.startswith("#"):
            name, value = line.split("=", 1)
            monkeypatch.setenv(name, value)
    for name, value in (("secret_key", "x"), ("master_key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")):
        (tmp_path / name).write_text(value)
        monkeypatch.setenv(f"DANGJIAN_{name.upper()}_FILE", str(tmp_path / name))
    settings = load_settings()
    assert settings.production
    assert settings.proxy_count == 1
    assert settings.master_key_bytes


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_takes_the_unit_and_finds_it_well_locked_in(unit: Path, tmp_path: Path) -> None:
    name = unit.name.replace("@.", "@1.")
    copy = tmp_path / name
    copy.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(), flags=re.M))
    verified = subprocess.run(["systemd-analyze", "verify", str(copy)], capture_output=True, text=True)
    complaints = [line for line in verified.stderr.splitlines() if name in line]
    assert complaints == []
    looked = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=30", "--no-pager", str(copy)],
        capture_output=True,
        text=True,
    )
    assert looked.returncode == 0, looked.stdout[-400:] + looked.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_each_unit_runs_a_command_that_exists(unit: Path) -> None:
    command = re.search(r"^ExecStart=/opt/dangjian/\.venv/bin/(.+)$", unit.read_text(), flags=re.M)
    assert command
    words = command[1].split()
    if words[0] == "gunicorn":
        assert (DEPLOY.parent / words[2]).is_file()
    else:
        assert words[0] == "dangjian"
        assert known_command(words[1:])


def test_the_compose_file_runs_commands_that_exist_on_services_that_exist() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = compose["services"]
    assert {"web", "worker", "schedule", "migrate", "postgres", "valkey"} == set(services)
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services)
        assert set(service.get("secrets", [])) <= set(compose["secrets"])
        named = {volume.split(":")[0] for volume in service.get("volumes", [])}
        assert named <= set(compose["volumes"])
        if name in ("worker", "schedule", "migrate"):
            assert service["command"][0] == "dangjian"
            assert known_command(service["command"][1:])
            assert service["read_only"] is True
            assert service["cap_drop"] == ["ALL"]


def test_the_pgbouncer_example_pools_by_transaction() -> None:
    import configparser

    read = configparser.ConfigParser(inline_comment_prefixes=None, comment_prefixes=(";",))
    read.read(DEPLOY / "pgbouncer.ini")
    assert read["pgbouncer"]["pool_mode"] == "transaction"
    assert "dangjian" in read["databases"]
