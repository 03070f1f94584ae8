"""Sending an order to the press, and ending it in time."""

import base64
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]
#: Seconds and bytes of one order: of a page that somebody waits for, and of a long one.
SHORT, LONG = (20, 2_500_000_000), (280, 6_000_000_000)
_TOO_MUCH = "模板太复杂，或内容太多，没有在限定的时间和内存内完成。"


class PressFailed(RuntimeError):
    """The press gave nothing; the message says why, in Chinese."""


class NotApart(PressFailed):
    """The template's list can only be made as a whole."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be made.

    :param template: a .docx file; None for the product's own of that code.
    :param picture: ``png`` for a picture of the first page instead of a PDF.
    """

    code: str
    template: bytes | None
    contexts: Sequence[dict[str, Any]]
    names: Sequence[str]
    format: str
    archive: bool = False
    watermark: str = ""
    title: str = ""
    strict: bool = False
    picture: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def as_json(self, seconds: int, size: int) -> bytes:
        """As the press reads it."""
        template = base64.b64encode(self.template).decode() if self.template is not None else ""
        return json.dumps(
            {
                "template": template, "builtin": self.code, "contexts": list(self.contexts), "names": list(self.names),
                "format": self.format, "archive": self.archive, "watermark": self.watermark, "title": self.title,
                "strict": self.strict, "picture": self.picture, "seconds": seconds, "bytes": size, **self.extra,
            },
            ensure_ascii=False, default=str,
        ).encode()  # fmt: skip


def press(order: Order, *, long: bool = False, progress: Callable[[int], None] | None = None) -> bytes:
    """The finished file.

    :param progress: told how many documents are finished.
    :raises PressFailed: the template does not fill, or it takes too long or too much.
    """
    seconds, size = LONG if long else SHORT
    environment = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "TZ") if name in os.environ}
    environment |= {"PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "2"}
    with tempfile.TemporaryFile() as said_to:
        said_to.write(order.as_json(seconds, size))
        said_to.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-m", "core.documents.press"],
            stdin=said_to, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=_ROOT,
        )  # fmt: skip
        said: list[str] = []
        listener = threading.Thread(target=_listen, args=(child, said), daemon=True)
        listener.start()
        watch = threading.Timer(seconds * 1.5, child.kill)
        watch.start()
        try:
            made = _taken(child, said, progress)
        finally:
            watch.cancel()
            if child.poll() is None:
                child.kill()
            child.wait()
            listener.join(5)
            for pipe in (child.stdout, child.stderr):
                if pipe is not None:
                    pipe.close()
    if child.returncode and "failed apart" in said:
        raise NotApart(_TOO_MUCH)
    if child.returncode or not made:
        raise PressFailed(_why(said))
    return made


def complaints(template: bytes, tree: dict[str, Any]) -> list[str]:
    """What is wrong with a template that somebody uploaded, found in the press's own process."""
    order = Order("", template, (), (), "docx", extra={"tree": tree})
    try:
        found: list[str] = json.loads(press(order))
    except PressFailed as error:
        return [str(error)]
    return found


def _taken(child: "subprocess.Popen[bytes]", said: list[str], progress: Callable[[int], None] | None) -> bytes:
    """Everything the press writes; meanwhile how far it is."""
    parts: list[bytes] = []
    out = child.stdout
    if out is None:
        return b""
    reader = threading.Thread(target=lambda: parts.append(out.read()), daemon=True)
    reader.start()
    told = 0
    while reader.is_alive():
        reader.join(0.5)
        now = next((int(line.split()[1]) for line in reversed(said) if line.startswith("done ")), 0)
        if progress is not None and now > told:
            progress(now)
            told = now
    return b"".join(parts)


def _listen(child: "subprocess.Popen[bytes]", said: list[str]) -> None:
    if child.stderr is not None:
        said.extend(line.decode("utf-8", "replace").strip() for line in child.stderr)


def _why(said: Sequence[str]) -> str:
    failure = next((line.removeprefix("failed ") for line in said if line.startswith("failed ")), "")
    if not failure or failure == "memory":
        return _TOO_MUCH
    if failure == "long":
        return "这份模板的名单每行列数不一，作为 Word 一次最多打印 4000 行。请缩小范围，或改用 PDF、导出 Excel。"
    if "UndefinedError" in failure:
        return f"模板里有这份材料没有的字段：{failure.split(':', 1)[-1].strip()[:120]}"
    return f"模板无法填写：{failure[:200]}"
