"""What a page of the core costs beside a plugin that fails at everything, in processor time of the process that serves it.

    python -m bench.hostile [ROUNDS]

Two processes serve the same product from one database: one without further plugins, one with the hostile example
(``tests/examples/hostile``) installed and switched on in the tenant that is asked. Both are asked for every page of the
core in turn, now one first, now the other; for each page the median of their processor times is taken. The first rounds
count for nothing: in them the breakers open, as they do in the first minute of a day. Prints JSON: how many pages there
are, whether all answer, the ratio over all pages together, and the pages with the largest one. Over all pages it is to
stay under 1.2; and so is every page, but for what a clock tick of 100 microseconds a hook may add to a page of a few
milliseconds (``SLACK_MS``).
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from core.config import Settings

ROOT = Path(__file__).resolve().parents[1]
LIMIT, SLACK_MS = 1.2, 1.0
ROUNDS, WARM = 15, 6
_GOOD = {200, 204, 302, 303}
#: What is no page of a tenant's; and the list of plugins, which shows the hostile example's seven cards as its content.
_ASIDE = ("/api", "/static", "/sign", "/help", "/healthz", "/operator", "/settings/plugins")
_PASSWORD = "一句很长的测试口令 2026"
_DOMAIN = "dangjian.test"


def _paths(app: Any, ids: dict[str, str]) -> list[str]:
    """The core's pages that are read, with ids of the tenant's own where they take one."""
    found = []
    adapter = app.url_map.bind(_DOMAIN)
    for rule in app.url_map.iter_rules():
        aside = rule.rule.startswith(_ASIDE)
        if "GET" not in rule.methods or rule.endpoint.startswith("p_") or aside:
            continue
        if "export" in rule.rule or "sign-out" in rule.rule or not rule.arguments <= ids.keys():
            continue
        address = adapter.build(rule.endpoint, {name: ids[name] for name in rule.arguments}, force_external=False)
        found.append(re.sub(r"^https?://[^/]+", "", address))
    return sorted(set(found))


def serve(about: dict[str, Any]) -> None:
    """A process that serves: a path a line comes in, a line with status and processor time in milliseconds goes out."""
    from argon2 import PasswordHasher

    from core.app import create_app
    from core.identity import passwords

    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # noqa: SLF001
    app = create_app(Settings(**{**about["settings"], "data_dir": Path(about["settings"]["data_dir"])}))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    base = f"http://{about['slug']}.{_DOMAIN}"
    client = app.test_client()
    client.environ_base["HTTP_HOST"] = base.removeprefix("http://")
    page = client.get("/sign-in", base_url=base).text
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    form = {"login": "admin", "password": _PASSWORD, "csrf_token": token}
    status = client.post("/sign-in", base_url=base, data=form).status_code
    if status != 303:
        raise SystemExit(f"nobody can sign in: {status}")
    print(json.dumps(_paths(app, about["ids"])), flush=True)
    for line in sys.stdin:
        began = time.process_time()
        answer = client.get(line.strip(), base_url=base)
        answer.get_data()
        print(json.dumps([answer.status_code, (time.process_time() - began) * 1000]), flush=True)


class Server:
    """A serving process and what it is asked."""

    def __init__(self, about: dict[str, Any], further: str = "") -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), further)))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.hostile", "--serve", json.dumps(about)],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.paths: list[str] = self._line()

    def _line(self) -> Any:
        out: IO[str] | None = self._process.stdout
        assert out is not None
        return json.loads(out.readline())

    def ask(self, path: str) -> tuple[int, float]:
        """Status and milliseconds of processor time of one request."""
        given = self._process.stdin
        assert given is not None
        given.write(path + "\n")
        given.flush()
        status, cost = self._line()
        return int(status), float(cost)

    def end(self) -> None:
        """Stop it."""
        self._process.terminate()
        self._process.wait(10)


def measure(rounds: int = ROUNDS) -> dict[str, Any]:
    """Everything, on a database of its own."""
    from tests.examples.conftest import install

    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="dangjian-hostile-")))
        site = folder / "site"
        install("hostile", site, folder)
        plain, hostile = _servers(held, folder, site)
        return _compared(plain, hostile, rounds)


def _servers(held: ExitStack, folder: Path, site: Path) -> tuple[Server, Server]:
    import base64

    from core.runtime.postgres import EmbeddedPostgres
    from core.runtime.roles import prepare_database
    from core.runtime.secrets import SecretStore

    sys.path.append(str(site))
    from core.extension.installation import upgrade_all

    server = held.enter_context(EmbeddedPostgres(folder))
    urls = prepare_database(server.admin_url, secrets=SecretStore(folder))
    upgrade_all(urls.owner)
    settings = Settings(
        data_dir=folder, database_url=urls.app, database_owner_url=urls.owner, database_system_url=urls.system,
        database_admin_url=server.admin_url, secret_key="bench", master_key=base64.b64encode(os.urandom(32)).decode(),
        base_domain=_DOMAIN,
    )  # fmt: skip
    tenants = _tenants(settings)
    given = {**asdict(settings), "data_dir": str(folder)}
    about = [{"settings": given, **one} for one in tenants]
    servers = Server(about[0]), Server(about[1], str(site))
    for one in servers:
        held.callback(one.end)
    return servers


def _tenants(settings: Settings) -> list[dict[str, Any]]:
    """Two tenants that are alike; the second has the hostile plugin on."""
    from core.app import create_app
    from core.database import bound, db
    from core.extension import actions
    from tenants.provision import create_tenant

    app, made = create_app(settings), []
    for slug, name in (("plain", ""), ("beside", "hostile")):
        with app.app_context():
            tenant = create_tenant(slug=slug, title="清源县智慧党建", root="中共清源县委员会", admin="admin", admin_name="王管理", password=_PASSWORD)  # fmt: skip
        with app.app_context(), bound(tenant_id=tenant.id):
            if name:
                actions.enable(name=name)
            db.session.remove()
        made.append({"slug": slug, "ids": {"unit_id": str(tenant.root_unit_id), "account_id": str(tenant.admin_id)}})
    with app.app_context():
        db.engine.dispose()
    return made


def _compared(plain: Server, hostile: Server, rounds: int) -> dict[str, Any]:
    # the two tenants' own ids stand in the paths: the same page has the same place in both lists
    pairs = [(ours, theirs) for ours, theirs in _alike(plain, hostile) if plain.ask(ours)[0] in _GOOD]
    costs: dict[str, tuple[list[float], list[float]]] = {ours: ([], []) for ours, _ in pairs}
    bad = set()
    for number in range(WARM + rounds):
        for ours, theirs in pairs:
            asked = [(plain, ours, 0), (hostile, theirs, 1)]
            for server, path, side in asked if number % 2 else reversed(asked):
                status, cost = server.ask(path)
                if status not in _GOOD:
                    bad.add(f"{path}: {status}")
                if number >= WARM:
                    costs[ours][side].append(cost)
    medians = {path: (statistics.median(one), statistics.median(other)) for path, (one, other) in costs.items()}
    together = sum(other for _, other in medians.values()) / sum(one for one, _ in medians.values())
    worst = sorted(medians.items(), key=lambda found: -found[1][1] / found[1][0])[:5]
    over = [path for path, (one, other) in medians.items() if other > one * LIMIT + SLACK_MS]
    return {
        "pages": len(pairs), "rounds": rounds, "not_answered": sorted(bad), "ratio": round(together, 3),
        "mean_ms": [round(statistics.mean(side), 2) for side in zip(*medians.values(), strict=True)],
        "worst": {path: [round(one, 2), round(other, 2), round(other / one, 2)] for path, (one, other) in worst},
        "over": over, "limit": LIMIT, "ok": not bad and together <= LIMIT and not over,
    }  # fmt: skip


def _alike(plain: Server, hostile: Server) -> list[tuple[str, str]]:
    bare = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
    theirs = {bare.sub("*", path): path for path in hostile.paths}
    return [(path, theirs[bare.sub("*", path)]) for path in plain.paths if bare.sub("*", path) in theirs]


if __name__ == "__main__":
    if "--serve" in sys.argv:
        serve(json.loads(sys.argv[2]))
    else:
        print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS), ensure_ascii=False))
