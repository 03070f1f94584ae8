"""Checks of what is written down: the manifest, the source, the templates, the translations. Nothing of it is run."""

import ast
import difflib
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

from babel.messages.pofile import read_po

from core.events.registry import EVENTS
from core.extension.checks import faults_of
from core.extension.discovery import GROUP
from core.extension.views import views_of
from core.sdk.kit.contract import check
from core.sdk.kit.ground import Ground

#: The product's own packages.
_OURS = frozenset({"core", "tenants", "migrations"})
#: Modules that reach past the host: other processes and the network.
_PROCESSES = frozenset({"subprocess", "multiprocessing", "pty"})
_NETWORK = frozenset(
    {"socket", "ssl", "http.client", "urllib.request", "requests", "httpx", "aiohttp", "ftplib", "smtplib", "telnetlib"}
)
#: Calls that end or split the process, or open a database of one's own.
_CALLS = frozenset(
    {"os._exit", "os.fork", "os.forkpty", "os.system", "os.popen", "os.kill", "os.abort", "os.execv", "os.execve",
     "os.spawnv", "sys.exit", "exit", "quit", "sqlalchemy.create_engine", "create_engine", "psycopg.connect",
     "sqlite3.connect", "signal.signal", "signal.setitimer"}
)  # fmt: skip
_LIBRARIES = frozenset({"psycopg", "psycopg2", "asyncpg", "sqlite3", "redis", "rq"})


def sources(ground: Ground) -> Iterator[tuple[str, ast.Module]]:
    """Every module of the plugin but its migrations and tests: (path below the package, tree)."""
    folder = ground.found.folder or Path()
    for path in sorted(folder.rglob("*.py")):
        below = path.relative_to(folder)
        if below.parts[0] not in ("migrations", "tests"):
            yield str(below), ast.parse(path.read_text("utf-8"))


@check(
    "manifest",
    "Correct plugin.toml: every key is explained in the reference of the manifest; its version is the distribution's.",
    running=False,
)
def manifest(ground: Ground) -> list[str]:
    """The manifest can be read and says the same as the distribution."""
    found, problems = ground.found.manifest, list(ground.found.problems)
    if found is None:
        return problems
    for one in distributions():
        for point in one.entry_points:
            own = point.group == GROUP and point.name == ground.name
            if own and one.metadata["Name"] != "dangjian" and one.version != str(found.version):
                problems.append(f"the distribution is version {one.version}, the manifest says {found.version}")
    if ground.tables and not found.data_classes:
        problems.append("it has tables, and the manifest names no data_classes")
    if ground.plugin.brought.get("register_jobs") and not found.jobs:
        problems.append("it has jobs, and the manifest does not say jobs = true")
    if ground.tables and not found.schema_serial:
        problems.append("it has models, and schema_serial is 0")
    return problems


@check(
    "loads",
    "Each problem names the hook or the contribution; the reference of the hooks shows an example of each.",
    running=False,
)
def loads(ground: Ground) -> list[str]:
    """It is loaded and hung into the product."""
    if ground.plugin.state == "loaded":
        return list(_unheard(ground))
    return [one for one in ground.plugin.problems if not _of_others(one)] if not _only_others(ground) else []


def _unheard(ground: Ground) -> Iterator[str]:
    """Events it waits for that never come: of the product or its own by their first word, and declared by nobody.

    Another plugin's may be waited for whether that plugin is here or not.
    """
    ours = {name.partition(".")[0] for name in EVENTS}
    for one in ground.plugin.brought.get("register_subscribers", ()):
        for name in sorted((one.names or frozenset()) - EVENTS.keys()):
            if name.partition(".")[0] in ours | {ground.name}:
                near = difflib.get_close_matches(name, EVENTS, 3, 0.4)
                yield f"{one.key} waits for {name}, which is no event" + (
                    f"; there is {', '.join(near)}" if near else ""
                )


def _of_others(problem: str) -> bool:
    """Whether another check is named for it."""
    return problem.startswith(
        ("its view ", "its templates lie in ", "it declares the permission", "its manifest names the permission")
    ) or (" twice" in problem or "does not begin with" in problem or "which is the core's" in problem)


def _only_others(ground: Ground) -> bool:
    return bool(ground.plugin.problems) and all(map(_of_others, ground.plugin.problems))


@check(
    "views",
    'Put @requires("…") of core.sdk below the route: a permission of the manifest, SIGNED_IN or PUBLIC.',
    running=False,
)
def views(ground: Ground) -> list[str]:
    """Every page and every API verb says what it asks for."""
    found = [one for one in ground.plugin.problems if one.startswith("its view ")]
    for hook in ("register_pages", "register_api"):
        for blueprint in ground.plugin.brought.get(hook, ()):
            for address, view in views_of(blueprint):
                if getattr(view, "permission", None) is None and not address.startswith("/static"):
                    found.append(f"its view {address} declares no permission")
    return found


@check(
    "permissions",
    "Name every permission both in plugin.toml and in register_permissions; each asked for must be declared by somebody.",
    running=False,
)
def permissions(ground: Ground) -> list[str]:
    """Its permissions are those of the manifest, and are held by roles that exist."""
    from core.access.roles import ROLES

    found = [one for one in ground.plugin.problems if "the permission" in one and not one.startswith("its view ")]
    for one in ground.plugin.brought.get("register_permissions", ()):
        found += [
            f"{one.name} is given to the role {role}, which nobody brings" for role in one.roles if role not in ROLES
        ]
    return found


@check(
    "names",
    "Let every name begin with the plugin's own: '<plugin>.<thing>'.",
    running=False,
)
def names(ground: Ground) -> list[str]:
    """What it brings has names of its own, each once."""
    found = [one for one in ground.plugin.problems if _of_others(one) and not one.startswith("its ")]
    if ground.plugin.state == "loaded":
        found += [one for one in faults_of(ground.plugin) if one not in found]
    return found


@check(
    "imports",
    "Import from core.sdk; reach the network through core.sdk.signin.fetch with the hosts under egress in plugin.toml.",
    running=False,
)
def imports(ground: Ground) -> list[str]:
    """It uses of the product core.sdk alone, no database, process or network of its own."""
    own = ground.found.module
    network = bool(ground.found.manifest and ground.found.manifest.egress)
    found = []
    for path, tree in sources(ground):
        known: dict[str, str] = {}
        calls: list[ast.Call] = []
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                calls.append(node)
            for name, alias, full in _imported(node):
                known[alias] = full
                why = _refused(name, own, network=network)
                if why:
                    found.append(f"{path}:{getattr(node, 'lineno', 0)} imports {name}: {why}")
        for call in calls:
            called = _called(call.func, known)
            if called in _CALLS:
                found.append(f"{path}:{call.lineno} calls {called}, which is not a plugin's to do")
    return found


def _imported(node: ast.AST) -> Iterator[tuple[str, str, str]]:
    """(module, name by which it is known, full name) of an import."""
    if isinstance(node, ast.Import):
        for one in node.names:
            yield one.name, one.asname or one.name.split(".")[0], one.name if one.asname else one.name.split(".")[0]
    elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
        for one in node.names:
            module = f"{node.module}.{one.name}" if node.module == "core" else node.module
            yield module, one.asname or one.name, f"{node.module}.{one.name}"


def _refused(module: str, own: str, *, network: bool) -> str:
    top = module.partition(".")[0]
    if module == own or module.startswith(f"{own}."):
        return ""
    if top in _OURS and not (module == "core.sdk" or module.startswith("core.sdk.")):
        return "of the product a plugin may import core.sdk only"
    if top in _LIBRARIES or top in _PROCESSES:
        return "the host's own database, queue and processes serve plugins too"
    if not network and (module in _NETWORK or top in _NETWORK or f"{top}.{module.partition('.')[2]}" in _NETWORK):
        return "it talks to the network, and the manifest names no host under egress"
    return ""


def _called(function: ast.expr, known: dict[str, str]) -> str:
    if isinstance(function, ast.Name):
        return known.get(function.id, function.id)
    if isinstance(function, ast.Attribute):
        return f"{_called(function.value, known)}.{function.attr}"
    return ""


@check(
    "templates",
    "Move the templates into a folder of the plugin's name below templates/.",
    running=False,
)
def templates(ground: Ground) -> list[str]:
    """Its templates lie below templates/<name>/, so that they replace nobody's."""
    root = (ground.found.folder or Path()) / "templates"
    strange = [path.relative_to(root) for path in sorted(root.rglob("*")) if path.is_file()] if root.is_dir() else []
    return [
        f"templates/{path} lies outside templates/{ground.name}/" for path in strange if path.parts[0] != ground.name
    ]


@check(
    "translations",
    "Translate every message of the catalogue and compile it (pybabel compile).",
    running=False,
)
def translations(ground: Ground) -> list[str]:
    """Its catalogue, if it has one, is complete."""
    found = []
    for path in sorted(((ground.found.folder or Path()) / "translations").rglob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file)
        for message in catalogue:
            texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
            if message.id and (message.fuzzy or not all(texts)):
                found.append(f"{path.name}: {message.id!r} is not translated")
        if not path.with_suffix(".mo").is_file():
            found.append(f"{path.name} is not compiled")
    return found


@check(
    "deprecations",
    "Use what the warning names instead; what leaves is there for two minor versions more.",
    running=False,
)
def deprecations(ground: Ground) -> list[str]:
    """It uses nothing that is going to leave the SDK."""
    folder = str(ground.found.folder)
    found = [
        f"{Path(file).name}: {text}"
        for kind, text, file in ground.warned
        if issubclass(kind, (DeprecationWarning, PendingDeprecationWarning)) and file.startswith(folder)
    ]
    everything = frozenset({ground.name})
    for hook, one in ground.host.points.items():
        if one.deprecated and ground.host.calls.implementations(hook, everything):
            found.append(f"it implements {hook}, deprecated {one.deprecated}")
    return found
