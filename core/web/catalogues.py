"""``python -m core.web.catalogues extract|update|compile|check``: the translations of what is on the screen.

Msgids are the Chinese texts, so Chinese needs no catalogue. English stands in ``core/translations/en``; a plugin of this
repository keeps what the core does not say already in its own ``translations`` folder. The compiled ``.mo`` files are
made with the browser assets (``python -m core.web.build``) and not committed.
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
    """The catalogues there are, the core's first."""
    return [file for folder in folders().values() for file in sorted(folder.glob("*/LC_MESSAGES/messages.po"))]


def folders() -> dict[str, Path]:
    """Where catalogues stand, by who owns them: ``core``, then the plugins of this repository (``plugins/care``)."""
    plugins = sorted(ROOT.glob("plugins/*/plugin.toml"))
    return {"core": FOLDER} | {f"plugins/{one.parent.name}": one.parent / "translations" for one in plugins}


def extract() -> dict[str, Catalog]:
    """Every message of the Python files and templates with where it stands, by who owns it.

    What the core says as well is the core's: a plugin that repeats it need not translate it again.
    """
    with (ROOT / "babel.cfg").open() as settings:
        methods, options = parse_mapping_cfg(settings)  # type: ignore[no-untyped-call]
    found = {owner: _empty() for owner in folders()}
    for name, line, message, comments, context in extract_from_dir(
        str(ROOT), methods, options, KEYWORDS, comment_tags=("Translators:",)
    ):
        owner = "/".join(name.split("/")[:2]) if name.startswith("plugins/") else "core"
        if owner in found:
            found[owner].add(message, None, [(name, line)], auto_comments=comments, context=context)
    for owner, catalogue in found.items():
        if owner != "core":
            for said in [one for one in catalogue if one.id and one.id in found["core"]]:
                catalogue.delete(said.id, said.context)
    return found


def _empty() -> Catalog:
    return Catalog(project="Dangjian", charset="utf-8", header_comment="# Msgids are the Chinese texts on the screen.")


def _template(file: Path, found: dict[str, Catalog]) -> Catalog:
    return next(found[owner] for owner, folder in folders().items() if file.is_relative_to(folder))


def _read(file: Path) -> Catalog:
    with file.open("rb") as stream:
        return read_po(stream, locale=file.parts[-3])


def update() -> list[str]:
    """Bring every catalogue up to date with the sources; returns the msgids that still lack a translation."""
    found = extract()
    _begin(found)
    lacking: list[str] = []
    for file in files():
        held = _read(file)
        made = held.creation_date
        held.update(_template(file, found), no_fuzzy_matching=True, update_header_comment=False)
        held.obsolete.clear()
        held.creation_date = made
        for message in held:
            # Places, not lines: a moved line is no change of the catalogue.
            message.locations = sorted({(name, 0) for name, _line in message.locations})
        with file.open("wb") as stream:
            write_po(stream, held, width=118, sort_output=True, include_lineno=False)
        lacking += [str(m.id) for m in _untranslated(held)]
    return lacking


def _begin(found: dict[str, Catalog]) -> None:
    """Make the catalogues of plugins that have something to say and no catalogue yet, in the core's languages."""
    for owner, folder in folders().items():
        for core in FOLDER.glob("*/LC_MESSAGES/messages.po"):
            file = folder / core.relative_to(FOLDER)
            if owner != "core" and len(found[owner]) and not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                with file.open("wb") as stream:
                    write_po(stream, Catalog(locale=core.parts[-3], project="Dangjian", charset="utf-8"))


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
    found = extract()
    wrong: list[str] = []
    for file in files():
        held, template = _read(file), _template(file, found)
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
        for owner, catalogue in extract().items():
            if owner == "core" or len(catalogue):
                folders()[owner].mkdir(exist_ok=True)
                with (folders()[owner] / "messages.pot").open("wb") as stream:
                    write_po(stream, catalogue, width=118, sort_output=True)
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
