"""What a plugin holds of a tenant as one archive, and back again.

A zip of ``manifest.json``, ``tables/<table>.ndjson`` (a row a line), ``further/<name>.ndjson`` (what the plugin's
``export_tenant`` gives), ``files.ndjson`` with ``files/<id>``. The manifest counts and hashes every member and bears a
seal made with the installation's key: what comes back in through a page is what went out, unchanged.
"""

import hmac
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import IO, Any

from flask import current_app

from core.policy.findings import Finding, Refused, Severity

FORMAT = 1
MANIFEST = "manifest.json"
#: The largest manifest that is read, and the largest member (the content of a table) that is taken.
MOST_MANIFEST, MOST_MEMBER = 8 * 1024 * 1024, 4 * 1024**3
_CHUNK = 1024 * 1024


def refusal(message: str) -> Refused:
    """Why an archive can't be taken."""
    return Refused([Finding("PL.07", Severity.BLOCK, "file", message, code="E_FORMAT")])


def seal_of(manifest: Mapping[str, Any]) -> str:
    """The seal of a manifest (whatever seal it bears left out)."""
    plain = json.dumps(
        {key: value for key, value in manifest.items() if key != "seal"}, sort_keys=True, ensure_ascii=False
    )
    key = current_app.extensions["dangjian.settings"].secret_key
    return hmac.new(f"plugin archive\0{key}".encode(), plain.encode(), sha256).hexdigest()


class Writer:
    """Writes an archive member by member."""

    def __init__(self, target: IO[bytes], about: Mapping[str, Any]) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)
        self._about = dict(about)
        self._members: list[dict[str, Any]] = []

    def rows(self, kind: str, name: str, rows: Iterable[Mapping[str, Any]], note: Callable[[int], None]) -> int:
        """Write rows as lines; gives how many. ``note`` hears of every thousand."""
        count, digest, size = 0, sha256(), 0
        member = f"{kind}/{name}.ndjson" if kind != "files" else "files.ndjson"
        with self._zip.open(member, "w", force_zip64=True) as out:
            for row in rows:
                line = json.dumps(row, ensure_ascii=False, default=str).encode() + b"\n"
                out.write(line)
                digest.update(line)
                size += len(line)
                count += 1
                if count % 1000 == 0:
                    note(1000)
        note(count % 1000)
        self._note(kind, name, member, size, digest.hexdigest(), rows=count)
        return count

    def blob(self, name: str, content: bytes) -> None:
        """Write a file's bytes."""
        member = f"files/{name}"
        self._zip.writestr(member, content)
        self._note("blob", name, member, len(content), sha256(content).hexdigest())

    def _note(self, kind: str, name: str, member: str, size: int, digest: str, **further: Any) -> None:
        self._members.append({"kind": kind, "name": name, "file": member, "bytes": size, "sha256": digest, **further})

    def close(self) -> dict[str, Any]:
        """Write the manifest, and end."""
        manifest = {"format": FORMAT, **self._about, "members": self._members}
        manifest["seal"] = seal_of(manifest)
        self._zip.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        self._zip.close()
        return manifest


class Reader:
    """An archive that was looked at: its manifest is sound, and every member is what the manifest says."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Mapping[str, Any]) -> None:
        self._zip, self.manifest = archive, manifest

    def members(self, kind: str) -> list[Mapping[str, Any]]:
        """The members of a kind (tables, further, files, blob) in their order."""
        return [member for member in self.manifest["members"] if member["kind"] == kind]

    def rows(self, member: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The rows of a member."""
        with self._zip.open(member["file"]) as lines:
            for line in lines:
                yield json.loads(line)

    def blob(self, member: Mapping[str, Any]) -> bytes:
        """A file's bytes."""
        return self._zip.read(member["file"])

    @property
    def count(self) -> int:
        """Rows and files together."""
        return sum(member.get("rows", 0) for member in self.manifest["members"])


@contextmanager
def opened(source: IO[bytes], *, sealed: bool = True) -> Iterator[Reader]:
    """Open an archive and prove it.

    :param sealed: whether the seal must be ours; the operator may bring one from another installation.
    :raises Refused: it is no archive of ours, or something of it is not what it was.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            reader = Reader(archive, _manifest(archive, sealed=sealed))
            for member in reader.manifest["members"]:
                _prove(archive, member)
            yield reader
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError) as error:
        raise refusal("这不是插件数据的导出文件，或者文件已损坏。请选择由“导出数据”得到的 zip 文件。") from error


def _manifest(archive: zipfile.ZipFile, *, sealed: bool) -> dict[str, Any]:
    try:
        info = archive.getinfo(MANIFEST)
        if info.file_size > MOST_MANIFEST:
            raise ValueError("too large")
        manifest = json.loads(archive.read(info))
        members = manifest["members"]
        if manifest["format"] != FORMAT or not all(
            isinstance(one[key], str) for one in members for key in ("kind", "name", "file", "sha256")
        ):
            raise ValueError("another format")
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise refusal("文件中没有可用的 manifest.json。请选择由“导出数据”得到的 zip 文件。") from error
    if sealed and not hmac.compare_digest(str(manifest.get("seal", "")), seal_of(manifest)):
        raise refusal("这份文件不是本平台导出的，或者导出以后被改动过，不能导入。")
    return dict(manifest)


def _prove(archive: zipfile.ZipFile, member: Mapping[str, Any]) -> None:
    try:
        info = archive.getinfo(member["file"])
    except KeyError:
        raise refusal(f"文件不完整：缺少 {member['file']}。") from None
    digest = sha256()
    if info.file_size > MOST_MEMBER:
        raise refusal(f"{member['file']} 太大。")
    with archive.open(info) as content:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
    if digest.hexdigest() != member["sha256"]:
        raise refusal(f"文件已被改动或损坏：{member['file']} 与清单不符。")
