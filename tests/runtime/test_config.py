"""Settings: where they come from, what is refused, and that nothing secret is shown."""

import base64
from pathlib import Path

import pytest

from core.config import MASK, SettingError, Settings, described, load_settings

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings from the machine the test runs on."""
    import os

    for name in [name for name in os.environ if name.startswith("DANGJIAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_development_starts_with_nothing_set() -> None:
    assert load_settings() == Settings()


def test_production_names_each_missing_secret_and_how_to_make_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANGJIAN_ENV", "production")
    with pytest.raises(SettingError) as refused:
        load_settings()
    message = str(refused.value)
    for name in ("DANGJIAN_SECRET_KEY", "DANGJIAN_MASTER_KEY", "DANGJIAN_DATABASE_URL"):
        assert name in message
    assert "token_urlsafe" in message
    assert "dangjian db init" in message
    assert load_settings(complete=False).production


def test_the_printed_ways_to_make_a_secret_work(monkeypatch: pytest.MonkeyPatch) -> None:
    import subprocess

    from core.config import _HOW_TO_MAKE

    monkeypatch.setenv("DANGJIAN_ENV", "production")
    monkeypatch.setenv("DANGJIAN_DATABASE_URL", "postgresql://u@h/d")
    for name in ("secret_key", "master_key"):
        made = subprocess.run(_HOW_TO_MAKE[name], shell=True, capture_output=True, text=True, check=True)
        monkeypatch.setenv(f"DANGJIAN_{name.upper()}", made.stdout.strip())
    assert len(load_settings().master_key_bytes) == 32


def test_a_secret_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.setenv("DANGJIAN_SECRET_KEY_FILE", str(tmp_path / "key"))
    assert load_settings().secret_key == "from the file"


def test_a_file_named_for_a_secret_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DANGJIAN_SECRET_KEY_FILE", "/nowhere/key")
    with pytest.raises(SettingError):
        load_settings()


def test_the_environment_wins_over_the_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DANGJIAN_PORT=8111\nDANGJIAN_BASE_DOMAIN=dj.example\n")
    monkeypatch.setenv("DANGJIAN_PORT", "8222")
    settings = load_settings()
    monkeypatch.delenv("DANGJIAN_BASE_DOMAIN", raising=False)
    assert (settings.port, settings.base_domain) == (8222, "dj.example")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"), ("PORT", "70000"), ("ENV", "staging"), ("MASTER_KEY", "c2hvcnQ="), ("MASTER_KEY", "not base64"),
        ("WEB_CONCURRENCY", "0"), ("PROXY_COUNT", "-1"), ("LOG_LEVEL", "LOUD"),
    ],
)  # fmt: skip
def test_an_unusable_value_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"DANGJIAN_{name}", value)
    with pytest.raises(SettingError, match=f"DANGJIAN_{name}"):
        load_settings()


def test_no_secret_is_shown() -> None:
    settings = Settings(
        secret_key="s3", master_key=KEY, database_url="postgresql://u:pw@h/d", redis_url="redis://:pw@h"
    )
    shown = {row["name"]: row["value"] for row in described(settings)}
    assert shown["DANGJIAN_SECRET_KEY"] == shown["DANGJIAN_REDIS_URL"] == shown["DANGJIAN_DATABASE_URL"] == MASK
    assert not any(text in str(shown) for text in ("s3", KEY, "pw"))
