"""``python -m core.web.catalogues extract|update|compile|check``: the translations of what is on the screen.

Msgids are the Chinese texts, so Chinese needs no catalogue. English stands in ``core/translations/en``. The compiled
``.mo`` files are made with the browser assets (``python -m core.web.build``) and not committed.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "core" / "translations"
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "_n": (1, 2),
}


def files() -> list[Path]:
    """The catalogues there are."""
    return sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))


def extract() -> Catalog:
    """Every message of the product's Python files and templates, with where it stands."""
    with (ROOT / "babel.cfg").open() as settings:
        methods, options = parse_mapping_cfg(settings)  # type: ignore[no-untyped-call]
    found = Catalog(project="Dangjian", charset="utf-8", header_comment="# Msgids are the Chinese texts on the screen.")
    for name, line, message, comments, context in extract_from_dir(
        str(ROOT), methods, options, KEYWORDS, comment_tags=("Translators:",)
    ):
        found.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return found


def _read(file: Path) -> Catalog:
    with file.open("rb") as stream:
        return read_po(stream, locale=file.parts[-3])


def update() -> list[str]:
    """Bring every catalogue up to date with the sources; returns the msgids that still lack a translation."""
    template = extract()
    lacking: list[str] = []
    for file in files():
        held = _read(file)
        made = held.creation_date
        held.update(template, no_fuzzy_matching=True, update_header_comment=False)
        held.obsolete.clear()
        held.creation_date = made
        for message in held:
            # Places, not lines: a moved line is no change of the catalogue.
            message.locations = sorted({(name, 0) for name, _line in message.locations})
        with file.open("wb") as stream:
            write_po(stream, held, width=118, sort_output=True, include_lineno=False)
        lacking += [str(m.id) for m in _untranslated(held)]
    return lacking


def _untranslated(catalogue: Catalog) -> Iterable[Message]:
    return (m for m in catalogue if m.id and not (all(m.string) if isinstance(m.string, tuple) else m.string))


def compile_all() -> int:
    """Compile the catalogues that are newer than their ``.mo``; returns how many."""
    made = 0
    for file in files():
        target = file.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= file.stat().st_mtime:
            continue
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as stream:
            write_mo(stream, _read(file))
        fresh.replace(target)
        made += 1
    return made


def check() -> list[str]:
    """What is wrong with the catalogues: messages missing or untranslated, placeholders that differ."""
    template = extract()
    wrong: list[str] = []
    for file in files():
        held = _read(file)
        wrong += [
            f"{file.parts[-3]}: not in the catalogue: {m.id}" for m in template if m.id and held.get(m.id) is None
        ]
        wrong += [f"{file.parts[-3]}: not translated: {m.id}" for m in _untranslated(held)]
        wrong += [f"{file.parts[-3]}: {m.id}: {error}" for m, errors in held.check() for error in errors]
    return wrong


def main(arguments: list[str]) -> int:
    """Run one verb; the exit status is 1 when ``check`` finds something."""
    verb = arguments[0] if len(arguments) == 1 else ""
    if verb == "extract":
        with (FOLDER / "messages.pot").open("wb") as stream:
            write_po(stream, extract(), width=118, sort_output=True)
    elif verb == "update":
        lacking = update()
        sys.stdout.write("".join(f"{text}\n" for text in lacking) + f"{len(lacking)} without translation\n")
    elif verb == "compile":
        sys.stdout.write(f"{compile_all()} compiled\n")
    elif verb == "check":
        wrong = check()
        sys.stdout.write("".join(f"{line}\n" for line in wrong) or "complete\n")
        return 1 if wrong else 0
    else:
        sys.stderr.write("usage: python -m core.web.catalogues extract|update|compile|check\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
