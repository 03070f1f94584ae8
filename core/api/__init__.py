'''The conventions of ``/api/v1``: how every JSON answer is declared, written, read, paged, versioned and refused.

Knows no part of the domain. A part writes its verbs in ``<part>/api.py`` (or an ``api`` package), thin over its
actions and queries, and connects them in its ``register(app)`` with ``core.api.setup.add(app, bp)``; the module stands
in ``core.app.PARTS`` (``core.api.setup`` is first there)::

    """``/api/v1/notices``: notices for programs."""

    from datetime import datetime
    from uuid import UUID

    from flask import Flask, Response, abort, url_for
    from flask_babel import lazy_gettext as _l

    from core.access.gate import ranges, requires
    from core.api import fields, setup
    from core.api.answers import Unmet, answer, nothing
    from core.api.paging import listed, page_of
    from core.api.shapes import Answer, Paged, Shape, listing
    from core.api.verbs import Verbs
    from core.notices import actions, queries

    bp = Verbs("notices_api", __name__, title=_l("通知"))


    class NoticeQuery(Paged):  # what stands in the address; anything else is a 400
        state = fields.Choice(("open", "closed"), _l("状态"))


    class NoticeBody(Shape):  # what a body holds; an unknown field is a 422 that names it
        title = fields.Text(_l("标题"), least=1, most=100, required=True)
        due_on = fields.Day(_l("截止日期"), allow_none=True)


    class Notice(Answer):  # what is given back: documentation, and tests hold it to the truth
        id = fields.Id(required=True)
        title = fields.Text(required=True)
        due_on = fields.Day(allow_none=True, required=True)
        version = fields.Whole(required=True)


    @bp.get("/notices", summary=_l("通知列表"), query=NoticeQuery, gives=listing(Notice))
    @requires("notices.notice.view")  # below the verb; without it the application does not start
    def list_notices(query: dict[str, Any]) -> Response:
        page = page_of(query, order="notices.newest", read=(datetime.fromisoformat, UUID))
        found = queries.notices(ranges(VIEW), state=query.get("state"), after=page.after, limit=page.limit + 1)
        return listed(found, page, shown=_shown, key=lambda one: (one.created_at, one.id))


    @bp.get("/notices/<uuid:notice_id>", summary=_l("一条通知"), gives=Notice, tagged=True)
    @requires("notices.notice.view")
    def one_notice(notice_id: UUID) -> Response:
        found = queries.notice(notice_id, ranges(VIEW))
        if found is None:
            abort(404)  # unknown, and out of reach, alike
        return answer(_shown(found), version=found.version)


    @bp.post("/notices", summary=_l("新建通知"), takes=NoticeBody, gives=Notice, creates=True, tagged=True)
    @requires("notices.notice.edit")
    def new_notice(body: dict[str, Any]) -> Response:
        made = actions.create(**body)  # raises Refused: a 422 with rule, code, field and fix
        return answer(_shown(made), 201, version=1, location=url_for("notices_api.one_notice", notice_id=made.id))


    @bp.patch("/notices/<uuid:notice_id>", summary=_l("修改通知"), takes=NoticeBody, gives=Notice)
    @requires("notices.notice.edit")
    def change_notice(notice_id: UUID, version: int, body: dict[str, Any]) -> Response:
        try:
            now = actions.edit(notice_id=notice_id, version=version, **body)
        except actions.Stale as error:
            raise Unmet(412, error.version) from error
        return answer(_shown(now), version=now.version)


    def register(app: Flask) -> None:
        setup.add(app, bp)

What the wrapping does, so that a view need not:

*Permission.* ``@requires(name)``, ``SIGNED_IN`` or ``PUBLIC`` stands below the verb. Callers come with the session
(changes carry ``X-CSRFToken``) or with a personal token (``Authorization: Bearer dj_…``: no cookie, no CSRF), whose
scopes bound the owner's rights.

*Reading.* ``query=`` and ``takes=`` are read by marshmallow and handed over as ``query`` and ``body``. What an address
says wrongly is a 400, what a body says wrongly a 422, both naming all fields together; 415, 413 and 406 come by
themselves. Fields are those of :mod:`core.api.fields`, which take exactly what the document allows. ``parse=False``
leaves the reading to the view (hot lists), and the shapes are only documented. ``uploads=`` documents a multipart form.

*Answers* are written by :func:`core.api.answers.answer` from plain tuples and dicts; the ``gives=`` shape is never run
over rows. A test validates real answers against the document.

*Pages.* ``limit`` and ``after`` in, ``items`` and ``next`` (an address) out, ``Link: rel="next"`` beside it. The query
orders totally (the id last) and goes on behind the last row's key; no offsets. Places are signed.

*Versions.* ``tagged=True`` documents an ``ETag``; ``patch`` and ``put`` need ``If-Match`` (428 without) and hand over
``version``; raise ``Unmet(412, now)`` when it is old. A record without a version column uses ``changes="tag"``, is
given ``tag``, and compares it with ``tag_of(what is shown)`` (:func:`core.api.answers.match`). A
``post`` that changes something may ask for it too (``changes="version"``).

*Creates.* ``creates=True`` makes an ``Idempotency-Key`` hold for 24 hours: key, effect and answer in one transaction; a
repeat gets the same answer, the same key with another body 422, one that waits too long 409 with ``Retry-After``. Fields
named in ``forgets=`` (secrets shown once) are not kept. The view must do its writing through ``transaction()`` alone.

*Bulk.* ``lines=True`` documents NDJSON; the view returns :func:`core.api.lines.streamed` when
:func:`core.api.lines.wants_lines` says so.

*Errors.* ``Refused`` is a 422, ``abort(404)`` a 404, everything RFC 9457 ``application/problem+json`` in the language of
``Accept-Language``, with ``rule``, ``code``, ``field``, ``fix`` of the first finding and all ``findings``.

Every verb has a ``summary``; every text is a lazy Chinese msgid. ``tests/api`` runs schemathesis over the whole document:
a part's verbs are tested there without further ado.
'''
