"""What every verb promises: repeats, versions, pages, problems, limits, tokens."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest
from sqlalchemy import update

from core.api.document import whole
from core.api.models import Idempotency
from core.app import create_app
from core.clock import now
from core.database import bound, db, transaction
from core.identity import tokens
from core.identity.models import Account
from core.identity.token_models import ApiToken
from tests.api.conftest import Program
from tests.people.conftest import form


@pytest.fixture
def admin(ground):
    return ground.program()


def inside(ground, act):
    """Do something in the ground's tenant, as a job does."""
    with ground.app.app_context():
        with bound(tenant_id=ground.county.tenant.id):
            found = act()
        db.session.remove()
    return found


def total(program):
    return program.get("/people").json["total"]


class TestRepeats:
    def test_the_same_create_sent_twice_is_done_once_and_answered_alike(self, ground, admin):
        data, before = form(ground.county.green_branch, "何叔衡"), total(admin)
        first, second = (admin.ask("POST", "/people", data, Idempotency_Key="k-1") for _ in range(2))
        assert (first.status_code, second.status_code) == (201, 201)
        assert (first.json, first.headers["Location"]) == (second.json, second.headers["Location"])
        assert (second.headers["Idempotency-Replayed"], second.headers["ETag"]) == ("true", '"1"')
        assert total(admin) == before + 1

    def test_sent_by_many_at_once_it_is_done_once(self, ground, admin):
        data, before = form(ground.county.green_branch, "何叔衡"), total(admin)
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda _: admin.ask("POST", "/people", data, Idempotency_Key="k-2"), range(4)))
        assert {answer.status_code for answer in found} == {201}
        assert len({answer.json["id"] for answer in found}) == 1
        assert total(admin) == before + 1

    def test_the_same_key_with_another_body_is_refused(self, ground, admin):
        admin.ask("POST", "/people", form(ground.county.green_branch, "何叔衡"), Idempotency_Key="k-3")
        other = admin.ask("POST", "/people", form(ground.county.green_branch, "林祖涵"), Idempotency_Key="k-3")
        assert (other.status_code, other.json["code"]) == (422, "E_REUSED")

    def test_a_refusal_keeps_nothing_so_that_the_mended_request_may_use_the_key(self, ground, admin):
        wrong = admin.ask("POST", "/people", {"name": ""}, Idempotency_Key="k-4")
        right = admin.ask("POST", "/people", form(ground.county.green_branch, "何叔衡"), Idempotency_Key="k-4")
        assert (wrong.status_code, right.status_code) == (422, 201)

    def test_a_key_is_one_accounts_own_and_lasts_a_day(self, ground, admin):
        data = form(ground.county.green_branch, "何叔衡")
        assert admin.ask("POST", "/people", data, Idempotency_Key="k-5").status_code == 201
        hers = ground.program("secretary").ask("POST", "/people", data, Idempotency_Key="k-5")
        assert hers.status_code == 422  # the number is taken: it was looked at, not answered from what is kept

        def age():
            with transaction() as session:
                session.execute(update(Idempotency).values(created_at=now() - timedelta(hours=25)))

        inside(ground, age)
        assert admin.ask("POST", "/people", data, Idempotency_Key="k-5").status_code == 422

    def test_what_is_kept_is_unreadable_in_the_table(self, ground, admin):
        admin.ask("POST", "/people", form(ground.county.green_branch, "何叔衡"), Idempotency_Key="k-6")
        kept = inside(ground, lambda: bytes(db.session.query(Idempotency.answer).scalar()))
        assert b"version" not in kept
        assert b"201" not in kept

    def test_a_malformed_key_is_said(self, ground, admin):
        answer = admin.ask("POST", "/people", {}, Idempotency_Key="钥匙".encode().decode("latin-1"))
        assert (answer.status_code, answer.json["field"]) == (400, "Idempotency-Key")


class TestProblems:
    def test_a_problem_names_rule_code_field_in_the_language_asked_for(self, admin):
        chinese = admin.ask("POST", "/changes/preview", {"tenant_id": 7, "role": "admin", "id": "x"})
        english = admin.ask("POST", "/changes/preview", {"tenant_id": 7}, Accept_Language="en")
        assert chinese.status_code == 422
        assert {"tenant_id", "role", "id"} <= {one["field"] for one in chinese.json["findings"]}
        unknown = next(one for one in chinese.json["findings"] if one["field"] == "tenant_id")
        assert (unknown["rule"], unknown["code"], unknown["message"]) == ("API.01", "E_UNKNOWN", "没有这一项。")
        assert english.json["title"] != chinese.json["title"]
        assert english.json["title"].isascii()

    def test_methods_formats_and_sizes_that_do_not_fit(self, ground, admin):
        wrong = admin.ask("PUT", "/people")
        assert (wrong.status_code, wrong.content_type) == (405, "application/problem+json")
        assert set(wrong.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}
        assert admin.get("/people", Accept="image/png").status_code == 406
        assert admin.ask("POST", "/people", {"remark": "长" * 600_000}).status_code == 413
        assert admin.ask("HEAD", "/people").status_code == 200
        assert "GET" in admin.ask("OPTIONS", "/people").headers["Allow"]

    def test_nobody_is_told_how_to_come_in(self, ground):
        answer = ground.program(None).get("/people")
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


class TestPages:
    def test_pages_follow_each_other_without_gap_or_repeat(self, admin):
        seen, address = [], "/people?limit=1"
        while address:
            page = admin.get(address)
            seen += [item["name"] for item in page.json["items"]]
            address = page.json["next"]
            assert (f'<{address}>; rel="next"' == page.headers.get("Link")) == bool(address)
        assert len(seen) == len(set(seen)) == 3

    def test_a_place_of_another_list_or_a_forged_one_is_refused(self, ground, admin):
        admin.ask("POST", "/changes", change(ground))
        admin.ask("POST", "/changes", change(ground, "中共清源县青岭乡第二委员会"))
        after = admin.get("/changes?limit=1").json["next"].partition("after=")[2]
        assert admin.get(f"/changes?limit=1&after={after}").status_code == 200
        for wrong in (f"/changes?state=draft&after={after}", f"/changes?after={after[:-2]}AA", "/terms?after=" + after):
            assert admin.get(wrong).json["code"] == "E_PLACE", wrong

    def test_the_roster_comes_in_lines_and_is_written_down(self, ground, admin):
        answer = admin.ask("POST", "/people/export", {"purpose": "与人事系统核对"}, Accept="application/x-ndjson")
        assert (answer.status_code, answer.mimetype) == (200, "application/x-ndjson")
        people = [orjson.loads(line) for line in answer.data.splitlines()]
        assert {one["name"] for one in people} == {"陈建国", "王秀英", "李大钊"}
        assert all("*" in one["id_no"] for one in people)
        assert ground.program("auditor").ask("POST", "/people/export", {"purpose": "与人事系统核对"}).status_code == 403

    def test_lines_go_on_behind_the_first_page_though_the_request_is_over(self, ground, admin, monkeypatch):
        monkeypatch.setattr("core.people.api.exporting.ROWS", 2)
        answer = admin.ask("POST", "/people/export", {"purpose": "与人事系统核对"}, Accept="application/x-ndjson")
        assert len(answer.data.splitlines()) == 3


def change(ground, name="中共清源县青岭乡新委员会"):
    unit = str(ground.county.green)
    return {
        "kind": "rename",
        "effective_on": now().date().isoformat(),
        "unit_id": unit,
        "name": name,
        "reason": "区划调整",
    }


class TestVersions:
    def test_a_change_needs_the_version_and_a_reader_that_has_it_gets_nothing(self, ground, admin):
        address = f"/units/{ground.county.green}"
        read = admin.get(address)
        assert admin.get(address, If_None_Match=read.headers["ETag"]).status_code == 304
        assert admin.ask("PATCH", address, {"contact_name": "张三"}).status_code == 428
        assert admin.ask("PATCH", address, {"contact_name": "张三"}, If_Match="*").status_code == 400
        done = admin.ask("PATCH", address, {"contact_name": "张三"}, If_Match=read.headers["ETag"])
        assert (done.status_code, done.json["contact_name"]) == (200, "张三")
        late = admin.ask("PATCH", address, {"contact_name": "李四"}, If_Match=read.headers["ETag"])
        assert (late.status_code, late.headers["ETag"]) == (412, done.headers["ETag"])


class TestTokens:
    def test_a_token_is_known_by_its_start_and_kept_as_a_hash(self, ground):
        token = ground.tokens["admin"]
        assert token.startswith("dj_")
        assert tokens.digest_of(token) is not None
        assert tokens.digest_of(token[:-1] + ("0" if token[-1] != "0" else "1")) is None
        kept = inside(ground, lambda: [tuple(row) for row in db.session.query(ApiToken.start, ApiToken.digest)])
        assert all(len(start) == 9 and token.encode() not in bytes(digest) for start, digest in kept)

    def test_a_token_sets_no_cookie_and_needs_no_csrf_token(self, ground, admin):
        answer = admin.ask("POST", "/people", form(ground.county.green_branch, "何叔衡"))
        assert answer.status_code == 201
        assert "Set-Cookie" not in answer.headers

    def test_beyond_its_scope_it_is_told_which_scope_it_lacks(self, ground):
        def narrow():
            account = db.session.query(Account.id).filter(Account.login == "admin").scalar()
            scope = ["people.member.view"]
            return tokens.issue(account_id=account, title="只读", scopes=scope, days=1, held=scope).token

        program = Program(ground.app, ground.slug, inside(ground, narrow))
        assert program.get("/people").status_code == 200
        answer = program.ask("POST", "/people", {})
        assert answer.status_code == 403
        assert "people.member.edit" in answer.json["detail"]

    def test_it_never_holds_what_its_owner_does_not(self, ground):
        secretary = ground.program("secretary")
        assert secretary.get(f"/people/{ground.county.members['王秀英']}").status_code == 404

        def greedy():
            account = db.session.query(Account.id).filter(Account.login == "secretary").scalar()
            scopes = ["people.member.view", "people.member.state"]
            return tokens.issue(account_id=account, title="多要", scopes=scopes, days=1, held=scopes).token

        answer = Program(ground.app, ground.slug, inside(ground, greedy)).ask(
            "POST", f"/people/{ground.county.members['陈建国']}/standing", {}, If_Match='"1"'
        )
        assert answer.status_code == 403

    def test_revoked_expired_and_a_disabled_accounts_tokens_are_dead_on_the_next_request(self, ground, admin):
        assert admin.get("/account").status_code == 200

        def revoke():
            known = tokens.known_by(tokens.digest_of(ground.tokens["admin"]))
            assert tokens.revoke(account_id=known.account_id, token_id=known.id)

        inside(ground, revoke)
        assert admin.get("/account").status_code == 401
        auditor, secretary = ground.program("auditor"), ground.program("secretary")
        assert (auditor.get("/account").status_code, secretary.get("/account").status_code) == (200, 200)

        def age_and_disable():
            from core.identity.actions import rights_changed

            with transaction() as session:
                known = tokens.known_by(tokens.digest_of(ground.tokens["auditor"]))
                session.execute(update(ApiToken).where(ApiToken.id == known.id).values(expires_at=now()))
                session.execute(update(Account).where(Account.login == "secretary").values(state="disabled"))
                rights_changed()

        inside(ground, age_and_disable)
        assert (auditor.get("/account").status_code, secretary.get("/account").status_code) == (401, 401)

    def test_another_tenant_knows_nothing_of_it(self, ground, other_tenant):
        assert Program(ground.app, other_tenant.slug, ground.tokens["admin"]).get("/account").status_code == 401

    def test_a_token_makes_no_tokens_and_its_use_is_noted_to_the_hour(self, ground, admin):
        answer = admin.ask("POST", "/account/tokens", {"title": "再来一个", "scopes": ["settings.edit"], "days": 9})
        assert answer.status_code == 403
        used = admin.get("/account/tokens").json["items"][0]["last_used_at"]
        assert used is not None
        assert admin.get("/account/tokens").json["items"][0]["last_used_at"] == used

    def test_a_new_token_needs_a_purpose_an_end_and_scopes_that_are_held(self, ground):
        def issue(**given):
            account = db.session.query(Account.id).filter(Account.login == "secretary").scalar()
            asked = {
                "title": "对接",
                "scopes": ["people.member.view"],
                "days": 30,
                "held": ["people.member.view"],
                **given,
            }
            return tokens.issue(account_id=account, **asked)

        for wrong, field in (
            ({"title": " "}, "title"), ({"scopes": []}, "scopes"), ({"scopes": ["settings.edit"]}, "scopes"), ({"days": 366}, "days"),
        ):  # fmt: skip
            with pytest.raises(tokens.Refused) as refused:
                inside(ground, lambda wrong=wrong: issue(**wrong))
            assert [one.field for one in refused.value.findings] == [field]


class TestLimits:
    def test_an_account_over_its_limit_waits_and_is_told_how_long(self, settings, ground):
        app = create_app(replace(settings, rate_account="3/minute"))
        program = Program(app, ground.slug, ground.tokens["admin"])
        found = [program.get("/account") for _ in range(5)]
        assert [answer.status_code for answer in found] == [200, 200, 200, 429, 429]
        assert (found[3].content_type, found[3].json["code"]) == ("application/problem+json", "E_RATE")
        assert 0 < int(found[3].headers["Retry-After"]) <= 60
        assert found[0].headers["RateLimit-Limit"] == "3"
        assert Program(app, ground.slug, ground.tokens["auditor"]).get("/account").status_code == 200

    def test_guessed_tokens_count_for_the_address(self, settings, ground):
        app = create_app(replace(settings, rate_address="2/minute"))
        program = Program(app, ground.slug, "dj_wrong")
        assert [program.get("/account").status_code for _ in range(3)] == [401, 401, 429]


class TestDocument:
    def test_every_verb_says_what_it_does_asks_for_and_may_answer(self, ground):
        with ground.app.test_request_context("/"):
            found = whole()
        assert found["openapi"].startswith("3.1")
        for path, verbs in found["paths"].items():
            for method, verb in verbs.items():
                if isinstance(verb, dict):
                    assert verb["summary"], (method, path)
                    assert verb["x-permission"], (method, path)
                    assert {"401", "403", "429"} <= set(verb["responses"]), (method, path)

    def test_it_has_this_tenants_address_and_both_ways_in(self, ground, admin):
        found = admin.get(f"/t/{ground.slug}/api/openapi.json").json
        assert found["servers"][0]["url"] == f"/t/{ground.slug}"
        assert set(found["components"]["securitySchemes"]) == {"token", "session"}
        assert found["security"] == [{"token": []}, {"session": []}]
