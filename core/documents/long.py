"""Large prints in steps: each step is a job of a few seconds that posts the next, so that other jobs get their turn.

The first step loads the records as they are and keeps them; each following one makes some documents, or some rows of a
long list; the last one makes one file of them. So no step needs more memory or time than its part, however long the whole
is. What lies between the steps is sealed in the object store under names that no row speaks of: when a print ends
half-way the daily sweep of files takes it away.
"""

import base64
import io
import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select, update

from core.access.acting import rights_of
from core.access.actor import Range
from core.database import db, tenant_id, transaction
from core.documents import events
from core.documents.actions import PRINT, STEPS, file_of, order_of, template_of
from core.documents.models import DocumentPrint
from core.documents.pressing import NotApart, Order, PressFailed, press
from core.documents.registry import DOCUMENTS, Document, Loaded
from core.events.actions import emit
from core.files import objects
from core.files.actions import store
from core.files.kinds import KINDS
from core.files.sealing import seal, unseal
from core.jobs import current_job, post
from core.policy.findings import Refused
from core.tenancy.keys import keyring

#: Documents made in one step: some five seconds on a small machine; as Word files, which take ten times as long, fewer.
STEP, STEP_WORD = 100, 40
#: Rows of a list set in one step, about: some seconds and half a gigabyte.
ROWS = 2000
_DATA = "data"


def step(print_id: UUID, start: int | None) -> None:
    """Do one step of a print (in a job) and post the next.

    :param start: the first document of the step; None: the step that loads.
    """
    made = _running(print_id)
    if made is None:
        return
    try:
        if start is None:
            _load(made)
        elif start < made.count:
            _make(made, start)
        else:
            _finish(made)
    except PressFailed as error:
        fail(print_id, str(error))
    except FileNotFoundError:
        fail(print_id, "准备好的内容已失效，没有打印完。请重新打印。")


def _running(print_id: UUID) -> DocumentPrint | None:
    with transaction() as session:
        made = session.scalar(select(DocumentPrint).where(DocumentPrint.id == print_id))
        if made is None or made.state not in ("waiting", "running"):
            return None
        session.expunge(made)
        return made


def _next(made: DocumentPrint, start: int, *, finished: int, **more: Any) -> None:
    """Write down how far it is and post the next step: both, or neither."""
    with transaction():
        _set(made.id, state="running", done=finished, **more)
        post(kind=STEPS, payload={"print": str(made.id), "code": made.code, "from": start}, actor=made.actor)
        current_job().done()


def _set(print_id: UUID, **values: Any) -> None:
    statement = update(DocumentPrint).where(DocumentPrint.id == print_id).values(**values)
    db.session().execute(statement, execution_options={"synchronize_session": False})


def _load(made: DocumentPrint) -> None:
    meant = DOCUMENTS[made.code]
    loaded = meant.load(_narrowed(made), made.full) if _still_allowed(made, meant) else None
    if loaded is None or not loaded.contexts:
        fail(made.id, "没有可以打印的内容：数据或权限在等待期间有变化。")
        return
    order = order_of(meant, loaded, made, template_of(made))
    listed, each, count = _cut(order)
    if count <= each:
        _whole(made, loaded, order)
        return
    data = {
        "contexts": list(order.contexts), "names": list(order.names), "title": loaded.title, "watermark": order.watermark,
        "template": base64.b64encode(order.template or b"").decode(), "list": listed, "each": each,
    }  # fmt: skip
    _keep(made.id, _DATA, json.dumps(data, ensure_ascii=False, default=str).encode())
    _next(made, 0, finished=0, count=count)


def _cut(order: Order) -> tuple[str, int, int]:
    """Into what a print is cut: the name of the list whose rows are counted ("": documents are), how many a step, of how many.

    Rows go evenly: a last step with a handful would look like another table.
    """
    if len(order.contexts) > 1:
        return "", STEP_WORD if order.format == "docx" else STEP, len(order.contexts)
    long = [name for name, value in order.contexts[0].items() if isinstance(value, list) and len(value) > ROWS]
    if order.format == "docx" or len(long) != 1:
        return "", 1, 1
    count = len(order.contexts[0][long[0]])
    return long[0], math.ceil(count / math.ceil(count / ROWS)), count


def _whole(made: DocumentPrint, loaded: Loaded, order: Order) -> None:
    _kept_whole(made, loaded, press(order, long=True, progress=_teller(made.id)))


def _still_allowed(made: DocumentPrint, meant: Document) -> bool:
    """Whether whoever asked for full numbers may still see them."""
    asked = meant.full_permission if made.full else None
    return asked is None or made.actor_id is None or bool(rights_of(asked, made.actor_id))


def _narrowed(made: DocumentPrint) -> Mapping[str, Any]:
    """What was asked for, within what the asker may see at this moment."""
    held = current_job().ranges
    if held is None or "ranges" not in made.request:
        return made.request
    asked: list[Range] = [(start, end) for start, end in made.request["ranges"]]  # type: ignore[attr-defined]
    both = [(max(a, c), min(b, d)) for a, b in asked for c, d in held]
    return {**made.request, "ranges": sorted([start, end] for start, end in both if start < end)}


def _make(made: DocumentPrint, start: int) -> None:
    data = _data(made.id)
    end = min(start + data["each"], made.count)
    try:
        content = press(_part(made, data, start, end), long=True, progress=_teller(made.id, start, most=end))
    except NotApart:
        _whole(made, _loaded(made, data), _order(made, data, data["contexts"], data["names"]))
        objects.delete(_place(made.id, _DATA)[1])
        return
    _keep(made.id, str(start), content)
    _next(made, end, finished=end)


def _part(made: DocumentPrint, data: Mapping[str, Any], start: int, end: int) -> Order:
    """What one step makes."""
    listed = data["list"]
    if listed:
        context = data["contexts"][0]
        contexts, names = [{**context, listed: context[listed][start:end]}], data["names"]
    else:
        contexts, names = data["contexts"][start:end], data["names"][start:end]
    if made.format == "docx":
        return _order(made, data, contexts, names)
    return _order(
        made, data, contexts, names, apart={"list": listed, "first": start == 0, "last": end == made.count}
    )  # fmt: skip


def _order(
    made: DocumentPrint, data: Mapping[str, Any], contexts: Sequence[dict[str, Any]], names: Sequence[str], **extra: Any
) -> Order:
    template = base64.b64decode(data["template"]) or None
    return Order(
        made.code, template, contexts, names, made.format, archive=made.format == "docx", watermark=data["watermark"],
        title=data["title"], extra=extra,
    )  # fmt: skip


def _loaded(made: DocumentPrint, data: Mapping[str, Any]) -> Loaded:
    return Loaded(data["contexts"], data["names"], data["title"], made.count)


def _finish(made: DocumentPrint) -> None:
    data = _data(made.id)
    starts = range(0, made.count, data["each"])
    parts = [_kept(made.id, str(start)) for start in starts]
    if made.format == "docx":
        content = _joined(parts)
    else:
        content = press(_order(made, data, (), (), parts=[json.loads(part) for part in parts]), long=True)
    _kept_whole(made, _loaded(made, data), content)
    for part in (_DATA, *map(str, starts)):
        objects.delete(_place(made.id, part)[1])


def _joined(parts: Sequence[bytes]) -> bytes:
    """Archives as one."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as whole:
        for part in parts:
            with zipfile.ZipFile(io.BytesIO(part)) as archive:
                for name in archive.namelist():
                    whole.writestr(name, archive.read(name))
    return made.getvalue()


def _kept_whole(made: DocumentPrint, loaded: Loaded, content: bytes) -> None:
    """Keep the finished file for its orderer and tell that it is ready."""
    name, _media = file_of(loaded, made.format)
    with transaction():
        file_id = store(
            stream_or_bytes=content, filename=name, purpose=PRINT.code, subject=PRINT.subject, subject_id=made.id,
            unit_path=made.unit_path, trusted=KINDS[name.rsplit(".", 1)[-1]],
        )  # fmt: skip
        _set(made.id, state="done", done=loaded.count, count=loaded.count, file_id=file_id, problem=None)
        _tell(events.READY, made, loaded.count)
        current_job().done()


def fail(print_id: UUID, problem: str) -> None:
    """Say that a print came to nothing, and why; whoever ordered it is told."""
    made = _running(print_id)
    if made is None:
        return
    with transaction():
        _set(print_id, state="failed", problem=problem[:500])
        _tell(events.FAILED, made, made.count)


def refused(print_id: UUID, why: Refused) -> None:
    """Whoever ordered it no longer may."""
    fail(print_id, why.findings[0].message)


def _tell(name: str, made: DocumentPrint, count: int) -> None:
    data = {"number": made.number, "title": DOCUMENTS[made.code].title, "count": count}
    emit(name, subject="document_print", subject_id=made.id, unit_path=made.unit_path or None, data=data)


def _teller(print_id: UUID, before: int = 0, most: int | None = None) -> Any:
    def tell(done: int) -> None:
        with transaction():
            _set(print_id, done=before + done if most is None else min(before + done, most))

    return tell


# --- what lies between the steps ---


def _place(print_id: UUID, part: str) -> tuple[UUID, str]:
    own = uuid5(print_id, part)
    return own, objects.key_of(tenant_id(), own)


def _keep(print_id: UUID, part: str, content: bytes) -> None:
    own, key = _place(print_id, part)
    ring = keyring(fresh=True)
    objects.put(key, ring.newest.to_bytes(2, "big") + seal(content, ring, file_id=own))


def _kept(print_id: UUID, part: str) -> bytes:
    own, key = _place(print_id, part)
    found = objects.get(key)
    return unseal(found[2:], keyring(), number=int.from_bytes(found[:2], "big"), file_id=own)


def _data(print_id: UUID) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_kept(print_id, _DATA))
    return found
