"""Which plugins can be used together, and in what order: each after those it needs. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from packaging.version import Version

from core.extension.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The outcome.

    :param order: the usable plugins, each after those it requires.
    :param refused: name → why it can't be used, one sentence each.
    """

    order: tuple[Manifest, ...]
    refused: Mapping[str, tuple[str, ...]]


def arrange(manifests: Iterable[Manifest], *, sdk: Version, core_schema: str) -> Arrangement:
    """Sort out versions, conflicts, missing needs and circles.

    A plugin that needs a refused one is refused with it; of two that conflict, both are: neither has the better claim,
    and the operator decides by uninstalling one.

    :param sdk: the version of :mod:`core.sdk` that is running.
    :param core_schema: the core's newest revision.
    """
    known = {manifest.name: manifest for manifest in manifests}
    refused: dict[str, list[str]] = {}
    for manifest in known.values():
        for reason in _own_faults(manifest, known, sdk, core_schema):
            refused.setdefault(manifest.name, []).append(reason)
    for circle in _circles(known):
        for name in circle:
            refused.setdefault(name, []).append("it requires itself in a circle: " + " → ".join((*circle, circle[0])))
    _spread(known, refused)
    usable = {name: manifest for name, manifest in known.items() if name not in refused}
    graph = {name: sorted(need.name for need in usable[name].requires) for name in sorted(usable)}
    order = tuple(usable[name] for name in TopologicalSorter(graph).static_order())
    return Arrangement(order, {name: tuple(reasons) for name, reasons in refused.items()})


def _own_faults(manifest: Manifest, known: Mapping[str, Manifest], sdk: Version, core_schema: str) -> Iterable[str]:
    if not manifest.sdk.contains(sdk, prereleases=True):
        yield f"it is made for SDK {manifest.sdk}; this installation has {sdk}"
    if manifest.core_schema > core_schema:
        yield f"it needs the core's schema {manifest.core_schema}; this installation has {core_schema}"
    for need in manifest.requires:
        found = known.get(need.name)
        if found is None:
            yield f"it requires the plugin {need.name}, which is not installed"
        elif not need.specifier.contains(found.version, prereleases=True):
            yield f"it requires {need}; {found.version} is installed"
    for other in sorted(known):
        if other != manifest.name and (other in manifest.conflicts or manifest.name in known[other].conflicts):
            yield f"it cannot be used beside the plugin {other}"


def _circles(known: Mapping[str, Manifest]) -> Iterable[tuple[str, ...]]:
    graph = {name: {need.name for need in known[name].requires if need.name in known} for name in sorted(known)}
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle = tuple(error.args[1][:-1])
            yield circle
            graph = {name: needs - set(circle) for name, needs in graph.items() if name not in circle}
        else:
            return


def _spread(known: Mapping[str, Manifest], refused: dict[str, list[str]]) -> None:
    """Refuse what needs something refused, until nothing changes."""
    spreading = True
    while spreading:
        spreading = False
        for manifest in known.values():
            if manifest.name in refused:
                continue
            for need in manifest.requires:
                if need.name in refused:
                    refused.setdefault(manifest.name, []).append(
                        f"it requires the plugin {need.name}, which cannot be used"
                    )
                    spreading = True
