"""schemathesis over the whole document, in this process: every phase, every check, nothing left out."""

import os
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.transport import wsgi

from tests.api.conftest import Ground

#: The same calls each time; `DANGJIAN_FUZZ_SEED=…` for others.
SEED = int(os.environ.get("DANGJIAN_FUZZ_SEED", "20261122"))
#: Generated calls per operation in the fuzzing phase; `DANGJIAN_FUZZ_EXAMPLES=…` for more.
EXAMPLES = int(os.environ.get("DANGJIAN_FUZZ_EXAMPLES", "12"))
#: Whether more is asked than a run of the suite does.
MANY = EXAMPLES > 12
#: Calls of one role at least: three roles make the 20,000 that are promised.
ENOUGH = 7000

_send = wsgi.WSGITransport.send


def _in_process(self: Any, case: Any, *, session: Any = None, **kwargs: Any) -> Any:
    """Settings of sockets mean nothing in this process; schemathesis leaves them in for some of its own requests."""
    for name in ("max_redirects", "verify", "cert", "proxies"):
        kwargs.pop(name, None)
    return _send(self, case, session=session, **kwargs)


wsgi.WSGITransport.send = _in_process  # type: ignore[method-assign]


@dataclass
class Run:
    """What a run did and found."""

    calls: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    phases: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    @property
    def said(self) -> str:
        """What a failing test shows: the counts, and one failure of each sort."""
        sorts = {failure.split("|")[0][:160]: failure for failure in self.failures}
        counted = f"{self.calls} calls, {dict(self.phases)}, {dict(self.statuses)}, {len(self.failures)} failures"
        return "\n\n".join([counted, *(failure[:1500] for failure in sorts.values())])


def _config(ground: Ground, token: str, examples: int, seed: int) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "base-url": f"http://localhost/t/{ground.slug}",
            "continue-on-failure": True,
            "auth": {"openapi": {"token": {"bearer": token}}},
            "generation": {"max-examples": examples, "deterministic": True, "no-shrink": True, "mode": "all"},
            "phases": {"stateful": {"generation": {"max-examples": examples}}},
            "checks": {
                # What a shape allows may still break a rule of the domain (422) or meet an outdated version (412); that a
                # 422 is never about the shape itself is a check of our own, below.
                "positive_data_acceptance": {
                    "expected-statuses": ["2xx", "3xx", "401", "403", "404", "409", "412", "422", "429"]
                },
                "missing_required_header": {"expected-statuses": ["400", "401", "403", "406", "422", "428"]},
                "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx"]},
            },
        }
    )


@schemathesis.check
def the_shape_holds(ctx: Any, response: Any, case: Any) -> None:
    """What the document allows is never refused for its shape."""
    meta = case.meta
    if meta is None or response.status_code not in (400, 422) or not meta.generation.mode.is_positive:
        return
    body = response.json()
    wrong = [
        one
        for one in body.get("findings", ())
        if one["rule"] == "API.01" and one["code"] in ("E_FORMAT", "E_REQUIRED", "E_UNKNOWN")
    ]
    assert not wrong, f"{case.operation.label}: {wrong}"


def run(ground: Ground, role: str, *, tags: tuple[str, ...] = (), examples: int = EXAMPLES, seed: int = SEED) -> Run:
    """Fuzz the verbs of some parts (all by default) as one role."""
    document = ground.program(role).get(f"/t/{ground.slug}/api/openapi.json").json
    schema = schemathesis.openapi.from_dict(document, config=_config(ground, ground.tokens[role], examples, seed))
    schema.app = ground.app
    if tags:
        schema = schema.include(tag=list(tags))
    found = Run()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _note(found, event)
        elif isinstance(event, events.NonFatalError):
            found.failures.append(f"{event.label}: {event.info.format()}")
        elif isinstance(event, events.FatalError):
            raise event.exception
        elif isinstance(event, events.EngineFinished):
            found.failures += [str(failure) for failure in event.failures]
    return found


def _note(found: Run, event: events.ScenarioFinished) -> None:
    found.calls += len(event.recorder.interactions)
    found.phases[event.phase.value] += len(event.recorder.interactions)
    for interaction in event.recorder.interactions.values():
        if interaction.response is not None:
            found.statuses[interaction.response.status_code] += 1
    for case_id, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                node = event.recorder.cases[case_id].value
                answer = event.recorder.interactions.get(case_id)
                said = answer.response.content[:300].decode(errors="replace") if answer and answer.response else ""
                found.failures.append(
                    f"{event.phase.value} {node.operation.label} {check.name}: {check.failure_info.failure} | "
                    f"{node.formatted_path} query={node.query!r} body={node.body!r:.300} headers={dict(node.headers or {})} → {said}"
                )
