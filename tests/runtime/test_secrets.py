"""Secrets are made once, whoever asks first, and only their owner can read them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from core.runtime.secrets import SecretStore, random_key


def test_all_who_ask_at_once_get_the_same_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _: SecretStore(tmp_path).get_or_make("key", random_key), range(64)))
    assert len(made) == 1
    assert made == {SecretStore(tmp_path).get("key")}
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["key"]


def test_only_the_owner_reads_them(tmp_path: Path) -> None:
    store = SecretStore(tmp_path)
    store.get_or_make("key")
    store.put("key", "another")
    assert store.get("key") == "another"
    assert store.folder.stat().st_mode & 0o777 == 0o700
    assert (store.folder / "key").stat().st_mode & 0o777 == 0o600
