"""An export of ten thousand rows ends well: all of them, in order, masked, in bounded time and memory."""

import io
import time
import tracemalloc

import openpyxl
from sqlalchemy import select

from core.audit.models import AuditEvent
from core.database import bound, db, tenant_id, transaction
from tests.pace import slowness
from tests.people.test_pages import Browser

ROWS = 10_000
PEOPLE = """
INSERT INTO core.person (tenant_id, id, name, name_key, pinyin, initials, sex, birth, standing, unit_id, join_date, remark)
SELECT %(tenant)s, gen_random_uuid(), '党员' || n, 'dy' || lpad(n::text, 6, '0'), 'dy', 'dy', '1', '1980-01-01', 'formal',
       %(unit)s, '2010-07-01', CASE WHEN n %% 100 = 0 THEN '=HYPERLINK("http://x","点")' ELSE '@' || n END
FROM generate_series(1, %(rows)s) n
"""


def test_ten_thousand_rows_are_exported_whole_in_seconds_and_within_a_quarter_gigabyte(app, served):
    with app.app_context(), bound(tenant_id=served.tenant.id):
        with transaction() as session:
            driver = session.connection().connection.driver_connection
            driver.execute(PEOPLE, {"tenant": tenant_id(), "unit": served.green_branch, "rows": ROWS})
            session.info["written"] = session.info["changed"] = True
        db.session.remove()
    browser = Browser(app, served)
    address = "/people/export?col=name&col=remark&sort=name"
    tracemalloc.start()
    began = time.process_time()
    answer = browser.post(address, {"purpose": "年度统计"}, page=address)
    took, (_now, most) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.status_code == 200
    lines = openpyxl.load_workbook(io.BytesIO(answer.data), read_only=True).worksheets[0].iter_rows(values_only=True)
    shown = [line for line in lines if line[0] and str(line[0]).startswith("党员") and str(line[0])[2:].isdecimal()]
    assert [line[0] for line in shown] == [f"党员{n}" for n in range(1, ROWS + 1)]
    assert all(str(line[1]).startswith(("'=", "'@")) for line in shown), "no cell begins a formula"
    assert took < 20 * slowness()
    assert most < 256 * 1024 * 1024
    with app.app_context(), bound(tenant_id=served.tenant.id):
        [detail] = db.session.scalars(select(AuditEvent.detail).where(AuditEvent.kind == "people.exported")).all()
        db.session.remove()
    assert (detail["rows"], detail["purpose"]) == (ROWS, "年度统计")
