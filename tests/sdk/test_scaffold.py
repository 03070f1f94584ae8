"""A new plugin is whole from the first minute, or is not made at all."""

import json
import subprocess
import sys
import tomllib

import pytest

from core.extension.manifest import parse
from core.extension.scaffold import CannotMake, make
from tests.sdk.conftest import ROOT


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_a_new_plugin_installs_passes_its_own_tests_and_the_kit(tmp_path):
    from tests.sdk.conftest import Author

    folder, site = tmp_path / "src", tmp_path / "site"
    make("night_school", title="党员夜校", folder=folder)
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--target", str(site), "-e", str(folder)], check=True, timeout=120)
    author = Author("night_school", folder, site)
    own = author.pytest()
    assert own.returncode == 0, own.stdout + own.stderr
    assert "11 passed" in own.stdout
    judged = author.kit()
    assert judged.ran.returncode == 0, judged.ran.stdout
    assert judged.report["conforms"] is True
    assert set(judged.outcomes.values()) == {"passed"}
    assert sum(one["cpu"] for one in judged.report["results"]) < 60
    assert "**it conforms.**" in judged.markdown.read_text("utf-8")


def test_a_new_plugin_is_typed_and_styled_like_the_product(tmp_path):
    make("kiosk", folder=tmp_path / "kiosk")
    package = tmp_path / "kiosk" / "dangjian_kiosk"
    config = str(ROOT / "pyproject.toml")
    mypy = [sys.executable, "-m", "mypy", "--config-file", config, "--strict", str(package)]
    typed = subprocess.run(
        mypy, cwd=ROOT, env={"MYPYPATH": f"{ROOT}:{tmp_path / 'kiosk'}"}, capture_output=True, text=True
    )
    assert typed.returncode == 0, typed.stdout + typed.stderr
    ruff = [sys.executable, "-m", "ruff"]
    for arguments in (["check", "--extend-ignore=I001"], ["format", "--check"]):
        styled = subprocess.run([*ruff, *arguments, "--config", config, str(package)], capture_output=True, text=True)
        assert styled.returncode == 0, styled.stdout + styled.stderr


def test_what_is_written_says_the_name_and_title_everywhere(tmp_path):
    made = make("night_school", title="党员夜校", folder=tmp_path / "new")
    assert "dangjian_night_school/templates/night_school/entries.html" in made.files
    manifest = parse((made.folder / "dangjian_night_school" / "plugin.toml").read_text("utf-8"))
    assert (manifest.name, manifest.title) == ("night_school", "党员夜校")
    project = tomllib.loads((made.folder / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["name"] == "dangjian-night-school"
    assert project["entry-points"]["dangjian.plugins"] == {"night_school": "dangjian_night_school"}
    for path in made.files:
        text = (made.folder / path).read_text("utf-8")
        assert not any(f"@{word}@" in text for word in ("name", "title", "upper", "sdk", "next", "dashed")), path


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("People", "小写字母"),
        ("2nd", "小写字母"),
        ("a__b", "小写字母"),
        ("../out", "小写字母"),
        ("class", "不能用作插件名"),
        ("people", "系统自用"),
        ("a" * 41, "40"),
    ],
)
def test_an_unusable_name_is_refused_in_plain_words(tmp_path, name, said):
    with pytest.raises(CannotMake, match=said):
        make(name, folder=tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("title", ['引"号', "反\\斜", "<b>", "两\n行", "长" * 31, "a@b"])
def test_an_unusable_title_is_refused(tmp_path, title):
    with pytest.raises(CannotMake, match="标题"):
        make("kiosk", title=title, folder=tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(CannotMake, match="不为空"):
        make("kiosk", folder=tmp_path)
    with pytest.raises(CannotMake, match="不为空"):
        make("kiosk", folder=tmp_path / "mine.txt")
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]


def test_the_command_writes_it_and_refuses_in_plain_words(tmp_path):
    from click.testing import CliRunner

    from core.cli import main

    folder = tmp_path / "kiosk"
    done = CliRunner().invoke(
        main, ["plugin", "new", "kiosk", "--title", "便民窗口", "--folder", str(folder), "--json"]
    )
    assert done.exit_code == 0, done.output
    assert "dangjian_kiosk/plugin.toml" in json.loads(done.output)["files"]
    assert (folder / "dangjian_kiosk" / "plugin.toml").is_file()
    again = CliRunner().invoke(main, ["plugin", "new", "kiosk", "--folder", str(folder)])
    assert again.exit_code == 2
    assert "不为空" in again.output
    assert "Traceback" not in again.output
