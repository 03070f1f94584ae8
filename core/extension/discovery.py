"""Finding plugins by their entry points, and their manifests by the file system: nothing of theirs is imported."""

import importlib.util
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from core.extension.manifest import BadManifest, Manifest, parse

GROUP = "dangjian.plugins"
FILE = "plugin.toml"


@dataclass(frozen=True, slots=True)
class Found:
    """A plugin that is installed in this environment.

    :param name: the entry point's name.
    :param module: the module that holds its hook implementations.
    :param distribution: the distribution that brings it, with its version; empty when unknown.
    :param folder: the package's folder; ``None`` when it could not be found.
    :param manifest: what it says of itself; ``None`` when that can't be used.
    :param problems: why not, one sentence each.
    """

    name: str
    module: str
    distribution: str
    folder: Path | None
    manifest: Manifest | None
    problems: tuple[str, ...] = ()


def discover() -> tuple[Found, ...]:
    """Every plugin of the environment in order of name. Two of one name are both found, and both refused."""
    points = sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))
    return tuple(_look(point, [one for one in points if one.name == point.name]) for point in points)


def _distribution(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else ""


def _look(point: EntryPoint, claims: list[EntryPoint]) -> Found:
    distribution = _distribution(point)
    folder = locate(point.module)
    names = ", ".join(_distribution(one) or one.module for one in claims)
    problems = [f"two installed distributions claim this name: {names}; uninstall all but one"] if claims[1:] else []
    manifest = None
    if folder is None:
        problems.append(f"its package {point.module} is not there")
    else:
        try:
            manifest = parse((folder / FILE).read_text("utf-8"))
        except FileNotFoundError:
            problems.append(f"its package has no {FILE}")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"its {FILE} cannot be read: {error}")
        except BadManifest as error:
            problems.extend(error.problems)
    if manifest is not None and manifest.name != point.name:
        problems.append(f"its entry point is called {point.name}, its manifest {manifest.name}")
    return Found(point.name, point.module, distribution, folder, None if problems else manifest, tuple(problems))


def locate(module: str) -> Path | None:
    """The folder of a package, found without importing it or any package above it."""
    top, *rest = module.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place).joinpath(*rest)
        if folder.is_dir():
            return folder
    return None
