from __future__ import annotations

import json

import pytest
from starlette.testclient import TestClient

from rag.wire import ArticleObject, PageObject
from tests.fake_engine import FakeEngine

TEXT = "Mayor Ada Moss said on Tuesday that the new bridge would open in May.\n\nThe bridge cost 12 million dollars.\n"


def test_list_is_paged_and_searched(client: TestClient, engine: FakeEngine) -> None:
    assert client.get("/v1/articles").json() == PageObject.of(engine.articles()).model_dump(mode="json")
    page = client.get("/v1/articles", params={"offset": 1, "limit": 2}).json()
    assert (page["total"], [item["path"][:3] for item in page["items"]]) == (5, ["001", "002"])
    assert client.get("/v1/articles", params={"q": "003_"}).json()["total"] == 1


def test_article_comes_with_what_was_removed(client: TestClient, engine: FakeEngine) -> None:
    for article in engine.articles_by_id.values():
        body = client.get(f"/v1/articles/{article.id}").json()
        assert body == ArticleObject.of(article).model_dump(mode="json")


def test_unknown_article_is_404(client: TestClient) -> None:
    assert client.get("/v1/articles/none").status_code == 404
    assert client.delete("/v1/articles/none").status_code == 404


def test_uploaded_json_answers_at_once(client: TestClient) -> None:
    upload = {
        "name": "bridge.txt",
        "text": TEXT,
        "title": "A bridge",
        "published": "2024-05-07",
        "publisher": "The Post",
    }
    response = client.post("/v1/articles", json=upload)
    assert response.status_code == 201
    body = response.json()
    assert response.headers["location"] == f"/v1/articles/{body['article_id']}"
    assert (body["path"], body["title"], body["published"], body["publisher"], body["uploaded"]) == (
        "bridge.txt",
        "A bridge",
        "2024-05-07",
        "The Post",
        True,
    )
    answer = client.post("/v1/ask", json={"question": "What about the bridge?"}).json()
    assert answer["citations"][0]["path"] == "bridge.txt"


@pytest.mark.parametrize(
    ("kind", "name", "content", "path"),
    [
        ("text/plain", "a.txt", TEXT, "a.txt"),
        ("text/plain; charset=utf-8", "", TEXT, "upload.txt"),
        ("text/markdown", "notes", f"# Bridge\n\n{TEXT}", "notes.md"),
        ("text/html", "page.html", f"<html><body><article><p>{TEXT}</p></article></body></html>", "page.html"),
    ],
)
def test_body_may_be_the_article_itself(client: TestClient, kind: str, name: str, content: str, path: str) -> None:
    query = {"name": name} if name else {}
    response = client.post("/v1/articles", params=query, content=content.encode(), headers={"Content-Type": kind})
    assert response.status_code == 201, response.text
    assert response.json()["path"] == path


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\boot.ini", "/etc/cron.d/x", "a/../../b.txt", "a\r\nSet-Cookie: b"]
)
def test_name_cannot_leave_the_index(client: TestClient, name: str) -> None:
    response = client.post("/v1/articles", json={"name": name, "text": TEXT})
    assert response.status_code == 201
    assert ".." not in response.json()["path"].split("/")
    assert not response.json()["path"].startswith("/")
    assert response.json()["path"].isprintable()
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize(
    ("kind", "content", "status"),
    [
        ("application/json", json.dumps({"name": "a"}), 422),
        ("application/json", json.dumps({"text": TEXT, "surprise": 1}), 422),
        ("application/json", json.dumps({"text": TEXT, "published": "the other day"}), 422),
        ("application/json", json.dumps({"text": TEXT, "published": "2024-02-30"}), 422),
        ("application/json", json.dumps({"text": TEXT, "name": "all.jsonl"}), 422),
        ("application/json", json.dumps({"text": " \n "}), 422),
        ("application/json", "{", 422),
        ("text/plain", "", 422),
        ("text/plain", "\x00\x00", 422),
        ("application/octet-stream", "MZ", 415),
        ("multipart/form-data; boundary=x", "--x--", 415),
        ("", "text", 415),
    ],
)
def test_what_is_no_article_is_refused(client: TestClient, kind: str, content: str, status: int) -> None:
    response = client.post("/v1/articles", content=content.encode(), headers={"Content-Type": kind})
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_deleted_article_is_gone(client: TestClient) -> None:
    article_id = client.post("/v1/articles", json={"text": TEXT}).json()["article_id"]
    assert client.delete(f"/v1/articles/{article_id}").status_code == 204
    assert client.get(f"/v1/articles/{article_id}").status_code == 404
    assert client.post("/v1/ask", json={"question": "What about the bridge?"}).json()["status"] == "abstained"


def test_speakers_are_listed(client: TestClient) -> None:
    assert client.get("/v1/speakers").json() == {
        "speakers": [{"name": "Antony Blinken", "statements": 4, "articles": 1}]
    }
