"""``dangjian plugin new``: a plugin's first vertical slice, whole and tested, as a distribution of its own."""

import keyword
import os
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from packaging.version import Version

from core.extension.manifest import LONGEST_NAME, NAME, RESERVED
from core.extension.version import SDK

_SUFFIX = ".tmpl"
LONGEST_TITLE = 30


class CannotMake(ValueError):
    """The plugin can't be made so; the message says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was made."""

    folder: Path
    files: tuple[str, ...]


def make(name: str, *, title: str = "", folder: Path | None = None) -> Made:
    """Write a new plugin.

    :param title: what people know it by; the name by default.
    :param folder: where to; ``dangjian-<name>`` in the present folder by default. It must not exist, or be empty.
    :raises CannotMake: an unusable name or title, or a folder that holds something.
    """
    _check_name(name)
    title = _checked_title(title.strip() or name)
    target = (folder or Path(f"dangjian-{name.replace('_', '-')}")).expanduser().absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CannotMake(f"{target} 已存在且不为空，没有写入任何文件。请用 --folder 指定另一个目录。")
    words = _words(name, title)
    texts = {_path(path, name): _filled(text, words) for path, text in _templates()}
    for path, text in texts.items():
        place = target / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, "utf-8")
    return Made(target, tuple(sorted(texts)))


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name) or keyword.iskeyword(name):
        raise CannotMake(
            f"“{name}”不能用作插件名：只能用小写字母、数字和单个下划线，以字母开头，如 venue 或 night_school。"
        )
    if len(name) > LONGEST_NAME:
        raise CannotMake(f"插件名“{name}”超过 {LONGEST_NAME} 个字符。")
    if name in RESERVED:
        raise CannotMake(f"“{name}”是系统自用的名称，请换一个。")


def _checked_title(title: str) -> str:
    # it is written into Python, TOML and HTML alike
    if len(title) > LONGEST_TITLE or not title.isprintable() or any(sign in title for sign in "\"'\\@{}<>&"):
        raise CannotMake(f"标题须为不超过 {LONGEST_TITLE} 个字的一行文字，不含引号、反斜杠和 @ {{ }} < > & 。")
    return title


def _words(name: str, title: str) -> dict[str, str]:
    sdk = Version(SDK)
    return {
        "name": name,
        "dashed": name.replace("_", "-"),
        "upper": name.replace("_", "").upper(),
        "title": title,
        "sdk": f"{sdk.major}.{sdk.minor}",
        "next": str(sdk.major + 1),
    }


def _templates() -> list[tuple[str, str]]:
    root = files(__package__) / "data"

    def walk(place: Traversable, path: str) -> list[tuple[str, str]]:
        found = []
        for entry in place.iterdir():
            below = f"{path}/{entry.name}" if path else entry.name
            if entry.is_dir():
                found += walk(entry, below)
            elif entry.name.endswith(_SUFFIX):
                found.append((below.removesuffix(_SUFFIX), entry.read_text("utf-8")))
        return found

    return walk(root, "")


def _path(path: str, name: str) -> str:
    parts = path.split("/")
    if parts[0] == "package":
        parts[0] = f"dangjian_{name}"
    return os.path.join(*[".gitignore" if part == "gitignore" else name if part == "NAME" else part for part in parts])  # noqa: PTH118


def _filled(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text
