"""Invented tenants in any number and size, made by PostgreSQL from series: two hundred thousand members in a minute.

Every tenant has the shape of a county: a root committee, townships, general branches and branches, members spread over
the branches. A township has about 500 members whatever the size of the tenant, so that "the members of a township" is
the same question everywhere.
"""

import base64
import os
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import psycopg
from psycopg.rows import tuple_row

from core.database import uuid7
from core.database.crypto import wrap
from core.people.pinyin import name_keys

SURNAMES = "陈林黄张李王吴刘蔡杨许郑谢郭洪曾邱赖周叶徐庄苏江何潘罗余卢施"
GIVEN = "明华丽建国秀英志强文芳金玉美兰荣辉平春燕海波清水木山石云雪梅松柏青红伟军勇敏静杰涛鹏飞"
PASSWORD = "bench-only-Password-1"
LOGIN = "officer"
ROLE = "committee_officer"
_SINCE = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Size:
    """How much one tenant holds."""

    slug: str
    members: int

    @property
    def townships(self) -> int:
        """Committees below the root."""
        return max(1, round(self.members / 500))

    @property
    def general_branches(self) -> int:
        """General branches, one in each of the first townships."""
        return self.townships

    @property
    def branches(self) -> int:
        """Branches: eighteen or so a township, as in the sample county."""
        return max(2, round(self.members / 27))


@dataclass(frozen=True, slots=True)
class Seeded:
    """A tenant that is there: what requests need to know of it."""

    id: int
    slug: str
    members: int
    root: UUID
    account: UUID
    townships: tuple[UUID, ...]
    branches: tuple[UUID, ...]
    people: tuple[UUID, ...]


#: Tables that the creation of a member may touch.
TOUCHED = (
    "person", "person_key", "membership_spell", "placement", "person_class", "person_change", "audit_event", "outbox",
)  # fmt: skip

UNITS = """
    INSERT INTO core.unit (tenant_id, id, code, name, short_name, type, subtype, parent_id, path, path_end, depth, domain, established_on)
    SELECT %(tenant)s, made.id, NULL, made.name, made.name, made.type, made.subtype, above.id,
           above.path || made.label || '.', above.path || made.label || '/', above.depth + 1, 'village', DATE '2001-07-01'
    FROM (
        SELECT uuidv7() AS id, format(%(name)s, n) AS name, %(type)s AS type, %(subtype)s AS subtype,
               lpad(to_hex(%(first)s + n), 4, '0') AS label, n
        FROM generate_series(0, %(count)s - 1) AS n
    ) AS made
    JOIN (
        SELECT id, path, depth, row_number() OVER (ORDER BY path) - 1 AS place, count(*) OVER () AS places
        FROM core.unit WHERE tenant_id = %(tenant)s AND type = %(below)s AND (depth = 1 OR %(below)s <> 'committee' OR %(top)s)
    ) AS above ON above.place = made.n %% above.places
"""

VERSIONS = """
    INSERT INTO core.unit_version (tenant_id, id, unit_id, valid_from, name, short_name, type, subtype, parent_id, state)
    SELECT tenant_id, uuidv7(), id, DATE '2001-07-01', name, short_name, type, subtype, parent_id, 'active'
    FROM core.unit WHERE tenant_id = %(tenant)s
"""

BODIES = """
    INSERT INTO core.body (tenant_id, id, unit_id, term_no, started_on, years, due_on)
    SELECT tenant_id, uuidv7(), id, 3, DATE '2024-03-01', 3, DATE '2027-03-01' FROM core.unit WHERE tenant_id = %(tenant)s
"""

FIGURES = """
    INSERT INTO core.unit_figures (tenant_id, id) SELECT tenant_id, id FROM core.unit WHERE tenant_id = %(tenant)s
    ON CONFLICT DO NOTHING
"""

PEOPLE = """
    WITH placed AS (
        SELECT id, row_number() OVER (ORDER BY path) - 1 AS place, count(*) OVER () AS places
        FROM core.unit WHERE tenant_id = %(tenant)s AND type = 'branch'
    ),
    drawn AS (
        -- Large coprime steps walk through names, dates and places without two neighbours being alike.
        SELECT n, uuidv7() AS id,
               n * 7919 %% cardinality(%(surnames)s::text[]) + 1 AS s,
               n * 104729 %% cardinality(%(given)s::text[]) + 1 AS g,
               n / 31 * 17 %% cardinality(%(given)s::text[]) + 1 AS h,
               (n * 31 + n / 97) %% 100 AS roll, decode(md5(n::text || %(salt)s), 'hex') AS noise
        FROM generate_series(0::bigint, %(count)s - 1) AS n
    )
    INSERT INTO core.person (
        tenant_id, id, name, name_key, pinyin, initials, sex, ethnic, id_no_cipher, id_no_index, id_no_masked, birth, education,
        post, phone_cipher, phone_index, phone_masked, address_cipher, standing, unit_id, join_date, regular_date, class_codes
    )
    SELECT %(tenant)s, drawn.id,
           (%(surnames)s::text[])[s] || (%(given)s::text[])[g] || (%(given)s::text[])[h],
           (%(surname_sorts)s::text[])[s] || (%(given_sorts)s::text[])[g] || (%(given_sorts)s::text[])[h],
           (%(surname_pinyin)s::text[])[s] || (%(given_pinyin)s::text[])[g] || (%(given_pinyin)s::text[])[h],
           left((%(surname_pinyin)s::text[])[s], 1) || left((%(given_pinyin)s::text[])[g], 1) || left((%(given_pinyin)s::text[])[h], 1),
           CASE WHEN roll < 15 THEN '2' ELSE '1' END, '01', noise || noise || noise, noise, '3505**********' || lpad((n %% 100)::text, 2, '0'),
           DATE '1940-01-01' + (n * 37 %% 22000)::integer,
           CASE WHEN roll < 55 THEN '20' ELSE '70' END, NULL, noise || noise, sha256(noise), '138****' || lpad((n %% 10000)::text, 4, '0'),
           noise || noise || noise || noise,
           CASE WHEN roll < 96 THEN 'formal' ELSE 'probationary' END, placed.id,
           DATE '1980-01-01' + (n * 41 %% 15000)::integer,
           CASE WHEN roll < 96 THEN DATE '1981-01-01' + (n * 41 %% 15000)::integer END,
           CASE WHEN roll < 50 THEN ARRAY['rural'] ELSE ARRAY[]::text[] END
    FROM drawn JOIN placed ON placed.place = n %% placed.places
"""

AROUND = (
    """
    INSERT INTO core.person_key (tenant_id, id, key)
    SELECT tenant_id, id, key FROM core.person, LATERAL (VALUES (pinyin), (initials)) AS keys (key)
    WHERE tenant_id = %(tenant)s ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO core.membership_spell (tenant_id, id, person_id, started_on, start_reason)
    SELECT tenant_id, uuidv7(), id, join_date, 'imported' FROM core.person WHERE tenant_id = %(tenant)s
    """,
    """
    INSERT INTO core.placement (tenant_id, id, person_id, unit_id, valid_from, cause)
    SELECT tenant_id, uuidv7(), id, unit_id, join_date, 'imported' FROM core.person WHERE tenant_id = %(tenant)s
    """,
    """
    INSERT INTO core.person_class (tenant_id, id, person_id, code, valid_from)
    SELECT tenant_id, uuidv7(), id, code, join_date FROM core.person, LATERAL unnest(class_codes) AS codes (code)
    WHERE tenant_id = %(tenant)s
    """,
)


def _names() -> dict[str, list[str]]:
    surnames = [name_keys(character) for character in SURNAMES]
    # A given name's own reading, which is not the one it has as a surname: ask for it behind a surname.
    lead = name_keys("王")
    given = [name_keys("王" + character) for character in GIVEN]
    return {
        "surnames": list(SURNAMES),
        "surname_sorts": [keys.sort for keys in surnames],
        "surname_pinyin": [keys.search[0] for keys in surnames],
        "given": list(GIVEN),
        "given_sorts": [keys.sort.removeprefix(lead.sort) for keys in given],
        "given_pinyin": [keys.search[0].removeprefix(lead.search[0]) for keys in given],
    }


class Seeder:
    """Makes tenants as the database's administrator, past row security, which is the only reason it is not an action."""

    def __init__(self, admin_url: str, *, master_key: str, password_hash: str) -> None:
        self._connection = psycopg.connect(admin_url, row_factory=tuple_row)
        self._master = base64.b64decode(master_key)
        self._password_hash = password_hash
        self._names = _names()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def seed(self, size: Size) -> Seeded:
        """Make one tenant with all it holds."""
        with self._connection.transaction():
            tenant = self._tenant(size)
            self._units(tenant, size)
            self._people(tenant, size)
        return self._seeded(tenant, size)

    def effects(self, tenant: int) -> dict[str, int]:
        """How many rows a tenant has in every table that a creation may touch, and its data counter."""
        parts = " UNION ALL ".join(
            f"SELECT '{table}', count(*) FROM core.{table} WHERE tenant_id = %(tenant)s" for table in TOUCHED
        )
        counter = "SELECT 'data_version', data_version FROM core.tenant_state WHERE tenant_id = %(tenant)s"
        found = self._run(f"{parts} UNION ALL {counter}", tenant=tenant).fetchall()
        self._connection.commit()
        return {str(name): int(number) for name, number in found}  # type: ignore[call-overload]

    @property
    def backend(self) -> int:
        """Process number of this connection's server process."""
        return self._connection.info.backend_pid

    def touch(self, tenant: int) -> None:
        """Make a tenant's data look changed, as every change does."""
        self._run(
            "UPDATE core.tenant_state SET data_version = data_version + 1 WHERE tenant_id = %(tenant)s", tenant=tenant
        )
        self._connection.commit()

    def settle(self) -> None:
        """Gather statistics and write everything out, so that no measurement pays for the seeding."""
        self._connection.commit()
        self._connection.autocommit = True
        self._connection.execute("VACUUM (ANALYZE)")
        self._connection.execute("CHECKPOINT")
        self._connection.autocommit = False

    def _run(self, statement: str, **values: object) -> psycopg.Cursor[tuple[object, ...]]:
        return self._connection.execute(statement, values)

    def _tenant(self, size: Size) -> int:
        found = self._connection.execute(
            "INSERT INTO platform.tenant (slug, title) VALUES (%s, %s) RETURNING id", (size.slug, f"测试县 {size.slug}")
        ).fetchone()
        assert found is not None
        tenant = int(found[0])
        root, account = uuid7(), uuid7()
        index_key = wrap(os.urandom(32), master=self._master, tenant=tenant, number=0)
        data_key = wrap(os.urandom(32), master=self._master, tenant=tenant, number=1)
        values = {"tenant": tenant, "root": root, "account": account, "next": size.branches * 2 + 1000}
        self._run(
            "INSERT INTO core.unit (tenant_id, id, code, name, short_name, type, path, path_end, depth, domain, established_on)"
            " VALUES (%(tenant)s, %(root)s, NULL, '中共测试县委员会', '测试县委', 'committee', '0001.', '0001/', 0, 'other', '2001-07-01')",
            **values,
        )
        self._run(
            "INSERT INTO core.tenant_state (tenant_id, id, next_unit, root_unit_id, index_key)"
            " VALUES (%(tenant)s, uuidv7(), %(next)s, %(root)s, %(key)s)",
            **values, key=index_key,
        )  # fmt: skip
        self._run(
            "INSERT INTO core.field_key (tenant_id, id, number, wrapped) VALUES (%(tenant)s, uuidv7(), 1, %(key)s)",
            **values, key=data_key,
        )  # fmt: skip
        self._run(
            "INSERT INTO core.account (tenant_id, id, login, display_name, password_hash)"
            " VALUES (%(tenant)s, %(account)s, %(login)s, '测试员', %(hash)s)",
            **values, login=LOGIN, hash=self._password_hash,
        )  # fmt: skip
        self._run(
            "INSERT INTO core.account_session (tenant_id, id, account_id, method, strong, device)"
            " VALUES (%(tenant)s, %(account)s, %(account)s, 'password+totp', true, 'bench')",
            **values,
        )  # fmt: skip
        self._run(
            "INSERT INTO core.access_grant (tenant_id, id, account_id, unit_id, role, valid_from)"
            " VALUES (%(tenant)s, uuidv7(), %(account)s, %(root)s, %(role)s, %(since)s)",
            **values, role=ROLE, since=_SINCE,
        )  # fmt: skip
        return tenant

    def _units(self, tenant: int, size: Size) -> None:
        levels = (
            ("中共测试县第%s乡委员会", "committee", None, size.townships, "committee", 0x100, True),
            ("中共测试县第%s总支部委员会", "general_branch", None, size.general_branches, "committee", 0x400, False),
            ("中共测试县第%s支部委员会", "branch", "standalone", size.branches // 2, "committee", 0x1000, False),
            (
                "中共测试县第%s联合支部委员会",
                "branch",
                "joint",
                size.branches - size.branches // 2,
                "general_branch",
                0x4000,
                False,
            ),
        )
        for name, kind, subtype, count, below, first, top in levels:
            self._run(
                UNITS,
                tenant=tenant,
                name=name,
                type=kind,
                subtype=subtype,
                count=count,
                below=below,
                first=first,
                top=top,
            )
        self._run(VERSIONS, tenant=tenant)
        self._run(BODIES, tenant=tenant)
        self._run(FIGURES, tenant=tenant)

    def _people(self, tenant: int, size: Size) -> None:
        # Nothing is known yet of what was just made: without this the checks of foreign keys read all units for each member.
        large = size.members > 1000
        if large:
            self._run("ANALYZE core.unit")
        self._run(PEOPLE, tenant=tenant, count=size.members, salt=f"|{tenant}", **self._names)
        if large:
            self._run("ANALYZE core.person")
        for statement in AROUND:
            self._run(statement, tenant=tenant)

    def _seeded(self, tenant: int, size: Size) -> Seeded:
        def ids(statement: str) -> tuple[UUID, ...]:
            return tuple(row[0] for row in self._run(statement, tenant=tenant).fetchall())  # type: ignore[misc]

        unit = "SELECT id FROM core.unit WHERE tenant_id = %(tenant)s AND "
        (root,) = ids(unit + "depth = 0")
        (account,) = ids("SELECT id FROM core.account WHERE tenant_id = %(tenant)s")
        return Seeded(
            id=tenant,
            slug=size.slug,
            members=size.members,
            root=root,
            account=account,
            townships=ids(unit + "depth = 1 AND type = 'committee' ORDER BY path"),
            branches=ids(unit + "type = 'branch' ORDER BY path LIMIT 100"),
            people=ids("SELECT id FROM core.person WHERE tenant_id = %(tenant)s ORDER BY md5(id::text) LIMIT 500"),
        )
