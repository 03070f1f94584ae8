"""The object store: a local folder, or any service that speaks S3; memory for tests.

Keys are ``tenants/<number>/<two digits>/<file id>``: a tenant's files lie together, and no name that anybody typed is
part of a path.
"""

import os
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

import obstore
from flask import current_app
from obstore.store import LocalStore, MemoryStore, S3Store

from core.config import SettingError, Settings

FOLDER = "files"


def key_of(tenant: int, file_id: UUID) -> str:
    """Where a file's object lies."""
    return f"tenants/{tenant}/{file_id.hex[-2:]}/{file_id.hex}"


def _settings() -> Settings:
    found: Settings = current_app.extensions["dangjian.settings"]
    return found


@lru_cache(maxsize=16)
def _open(url: str, folder: Path, access: str, secret: str, endpoint: str) -> Any:
    if not url:
        return LocalStore(folder, mkdir=True)
    if url == "memory:":
        return MemoryStore()
    if not url.startswith("s3://"):
        raise SettingError("DANGJIAN_FILES_URL 应为 s3://存储桶/前缀；留空则存放在数据目录中。")
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    given: dict[str, Any] = {"region": "us-east-1"}
    if endpoint:
        given["endpoint"] = endpoint
    if access:
        given |= {"access_key_id": access, "secret_access_key": secret}
    return S3Store(
        bucket,
        prefix=prefix or None,
        client_options={"allow_http": endpoint.startswith("http://"), "timeout": "60s", "connect_timeout": "10s"},
        **given,
    )


def _store() -> Any:
    held = _settings()
    folder = (held.data_dir / FOLDER).absolute()
    return _open(held.files_url, folder, held.files_access_key, held.files_secret_key, held.files_endpoint)


def put(key: str, content: bytes) -> None:
    """Keep an object; it is there whole, and on the disk, when this returns.

    :raises OSError: the store takes nothing (full, away).
    """
    store = _store()
    obstore.put(store, key, content)
    if isinstance(store, LocalStore):
        _settle((_settings().data_dir / FOLDER).absolute() / key)


def _settle(file: Path) -> None:
    """Have the disk keep a file and its name, before a row says that it is there."""
    for place in (file, file.parent):
        number = os.open(place, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def get(key: str) -> bytes:
    """An object's bytes. :raises FileNotFoundError: there is none."""
    return bytes(obstore.get(_store(), key).bytes())


def delete(key: str) -> None:
    """Remove an object; that it is gone already is no error."""
    try:
        obstore.delete(_store(), key)
    except FileNotFoundError:
        return


def listed(tenant: int) -> Iterator[tuple[UUID, datetime]]:
    """(file id, when it was put) of every object of a tenant."""
    for found in obstore.list(_store(), prefix=f"tenants/{tenant}"):
        for entry in found:
            try:
                yield UUID(entry["path"].rsplit("/", 1)[-1]), entry["last_modified"]
            except ValueError:
                continue
