"""A program is answered as a program, also when its token is missing."""

from tests.conftest import sign_in


def test_a_write_without_the_token_is_refused_as_a_problem(app, tenant):
    answer = sign_in(app, tenant).post("/api/v1/people", base_url=f"http://{tenant.slug}.dangjian.test", json={})
    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert "X-CSRFToken" in answer.json["detail"]
