"""Secrets made once for a data directory and kept beside the data: ``DATA/secrets/<name>``, mode 0600."""

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path


def random_text() -> str:
    """256 random bits, safe in a URL, a configuration file and a shell."""
    return secrets.token_urlsafe(32)


def random_key() -> str:
    """A 32-byte key in base64, as ``DANGJIAN_MASTER_KEY`` wants it."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


class SecretStore:
    """The secrets of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "secrets"

    def get(self, name: str) -> str | None:
        """The secret, or None when it was never made."""
        try:
            return (self.folder / name).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None

    def get_or_make(self, name: str, make: Callable[[], str] = random_text) -> str:
        """The secret; made by ``make`` on the first call. Two processes asking at once get the same one."""
        known = self.get(name)
        return known if known is not None else self._write_once(name, make())

    def put(self, name: str, value: str) -> None:
        """Set the secret, replacing an earlier one."""
        self._draft(name, value).replace(self.folder / name)

    def _write_once(self, name: str, value: str) -> str:
        draft = self._draft(name, value)
        try:
            os.link(draft, self.folder / name)
        except FileExistsError:  # another process was faster: its value counts
            return (self.folder / name).read_text(encoding="ascii").strip()
        finally:
            draft.unlink()
        return value

    def _draft(self, name: str, value: str) -> Path:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(value + "\n")
            file.flush()
            os.fsync(file.fileno())
        return draft
