"""``python -m bench.records``: how long the record's verification and large prints take, on a scratch PostgreSQL.

A million events are written by the owner role past the application, sealed, and verified; 500 member cards and a roster of
20,000 rows are ordered and made by the jobs that production runs, one after the other in this process.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import psycopg
from flask import Flask
from rich.console import Console

from bench.seeding import PASSWORD, Seeded, Seeder, Size
from core.app import create_app
from core.audit.actions import Origin, acting
from core.audit.sealing import seal
from core.audit.verifying import verify
from core.config import Settings
from core.database import bound, db, uuid7
from core.database.migrate import upgrade
from core.documents.actions import print_document
from core.documents.models import DocumentPrint
from core.files.actions import open_file
from core.identity import passwords
from core.jobs.run import run_due
from core.runtime.roles import DATABASE
from core.runtime.services import services

#: What a verification of a million events may take, and a print of 500 cards and of 20,000 rows, in seconds.
VERIFY_LIMIT, CARDS_LIMIT, ROSTER_LIMIT = 60.0, 60.0, 120.0
CARDS, ROSTER = 500, 20_000
_KINDS = ("identity.signed_in", "people.member.edited", "people.member.revealed", "organization.unit.edited")
_DETAIL = '{"changes": {"education": ["大学", "研究生"]}, "reason": "核对档案后更正", "number": %d}'


def write_events(owner_url: str, tenant: Seeded, count: int) -> None:
    """Write events of the last year with COPY, as the owner of the tables."""
    first = datetime.now(UTC) - timedelta(days=365)
    gap = timedelta(days=364) / count
    with psycopg.connect(owner_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [str(tenant.id)])
        columns = "tenant_id, id, at, actor_id, actor, kind, subject, subject_id, detail, address"
        with cursor.copy(f"COPY core.audit_event ({columns}) FROM STDIN") as copy:
            for number in range(count):
                person = tenant.people[number % len(tenant.people)]
                copy.write_row(
                    (tenant.id, uuid7(), first + number * gap, tenant.account, "测试员", _KINDS[number % len(_KINDS)],
                     "person", person, _DETAIL % number, "192.0.2.7")
                )  # fmt: skip


@contextmanager
def inside(app: Flask, tenant: Seeded) -> Iterator[None]:
    """Work inside the tenant as its officer."""
    with app.app_context(), bound(tenant_id=tenant.id), acting(Origin(tenant.account, "测试员")):
        yield
        db.session.remove()


def verification(app: Flask, tenant: Seeded) -> tuple[float, float, int]:
    """Seconds of sealing and of verifying, and how many events were read.

    :raises AssertionError: the record is not whole.
    """
    with inside(app, tenant):
        began = time.perf_counter()
        seal()
        sealed = time.perf_counter() - began
        report = verify()
        assert report.ok, report.faults
        return sealed, report.seconds, report.events


def printing(app: Flask, tenant: Seeded, code: str, count: int, limit: int) -> tuple[float, int]:
    """Seconds from the order to the finished file, and its size in bytes.

    :raises AssertionError: the print failed.
    """
    with inside(app, tenant):
        began = time.perf_counter()
        request: dict[str, object] = {"list": {}, "ranges": [["0001.", "0001/"]], "said": "", "unit": None}
        if count == limit:
            request["unit"] = str(tenant.root)
        made = print_document(
            code=code, request=request, form="pdf", full=False, purpose="", expected=count, later=True
        )  # fmt: skip
        run_due()
        db.session.remove()
        found = db.session.get(DocumentPrint, (tenant.id, made.id))
        assert found is not None
        assert found.file_id is not None, found.problem
        return time.perf_counter() - began, len(open_file(found.file_id).content)


@click.command()
@click.option("--events", default=1_000_000, help="events of the record")
@click.option("--print/--no-print", "prints", default=True, help="measure the prints as well")
def main(*, events: int, prints: bool) -> None:
    """Measure the verification of a large record, and large prints."""
    console = Console(width=120)
    with tempfile.TemporaryDirectory(prefix="dangjian-bench-") as folder:
        Path(folder).chmod(0o755)
        with services(Settings(data_dir=Path(folder)), queue=False) as running:
            upgrade(running.settings.database_owner_url)
            assert running.postgres is not None
            settings = replace(running.settings, base_domain="bench.invalid")
            admin = running.postgres.admin_url.replace("/postgres?", f"/{DATABASE}?")
            seeder = Seeder(admin, master_key=settings.master_key, password_hash=passwords.digest(PASSWORD))
            cards = seeder.seed(Size("cards", CARDS))
            roster = seeder.seed(Size("roster", ROSTER))
            seeder.settle()
            app = create_app(settings)
            if events:
                began = time.perf_counter()
                write_events(admin, cards, events)
                seeder.settle()
                console.print(f"[dim]{events:,} events written in {time.perf_counter() - began:.1f} s[/]")
                sealed, verified, read = verification(app, cards)
                console.print(
                    f"verification of {read:,} events: {verified:.1f} s (limit {VERIFY_LIMIT:.0f}); sealing: {sealed:.1f} s"
                )
            if prints:
                for title, tenant, code, count, limit in (
                    (f"{CARDS} member cards", cards, "people.member_card", CARDS, CARDS_LIMIT),
                    (f"roster of {ROSTER:,} rows", roster, "people.roster", ROSTER, ROSTER_LIMIT),
                ):
                    seconds, size = printing(app, tenant, code, count, CARDS)
                    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3
                    console.print(
                        f"{title}, PDF: {seconds:.1f} s (limit {limit:.0f}), {size / 1e6:.1f} MB; the press took {most:.0f} MB"
                    )
            seeder.close()


if __name__ == "__main__":
    sys.exit(main())
