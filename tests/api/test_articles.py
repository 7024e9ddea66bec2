from __future__ import annotations

import json
from collections.abc import Callable

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
        ("multipart/form-data; boundary=x", "--x--", 422),
        ("multipart/form-data", "--x--", 400),
        ("application/x-ndjson", "", 422),
        ("application/x-ndjson", '{"title": "No text"}\n[1]\n', 422),
        ("", "text", 415),
    ],
)
def test_what_is_no_article_is_refused(client: TestClient, kind: str, content: str, status: int) -> None:
    response = client.post("/v1/articles", content=content.encode(), headers={"Content-Type": kind})
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_form_with_a_file_is_an_article(client: TestClient) -> None:
    fields = {"title": "A bridge", "published": "2024-05-07"}
    response = client.post("/v1/articles", files={"file": ("bridge.txt", TEXT)}, data=fields)
    assert response.status_code == 201, response.text
    body = response.json()
    assert response.headers["location"] == f"/v1/articles/{body['article_id']}"
    assert (body["path"], body["title"], body["published"]) == ("bridge.txt", "A bridge", "2024-05-07")


def test_form_with_several_files_is_reported_file_by_file(client: TestClient) -> None:
    page = f"<html><body><article><p>{TEXT}</p></article></body></html>"
    records = f"{json.dumps({'id': 'a', 'text': TEXT})}\nno JSON\n{json.dumps({'title': 'b'})}\n"
    files = [("../a.txt", TEXT), ("empty.txt", ""), ("b.html", page), ("news.jsonl", records)]
    response = client.post("/v1/articles", files=[("file", one) for one in files])
    assert response.status_code == 201, response.text
    report = response.json()
    assert (report["added"], report["refused"]) == (3, 3)
    assert [(one["path"], one["article"] is not None) for one in report["results"]] == [
        ("_a.txt", True),
        ("empty.txt", False),
        ("b.html", True),
        ("news.jsonl#a", True),
        ("news.jsonl#L2", False),
        ("news.jsonl#L3", False),
    ]
    assert report["results"][1]["problem"] == "the file is empty"
    assert report["results"][4]["problem"].startswith("expected one JSON object a line")


@pytest.mark.parametrize(
    ("files", "data", "where"),
    [
        ([], {"title": "A"}, "body.file"),
        ([("a.txt", TEXT)], {"surprise": "1"}, "body.surprise"),
        ([("a.txt", TEXT), ("b.txt", TEXT)], {"title": "A"}, "body.title"),
        ([("a.txt", ""), ("b.txt", " ")], {}, "body.a.txt"),
    ],
)
def test_form_that_makes_no_sense_is_refused_with_the_place(
    client: TestClient, files: list[tuple[str, str]], data: dict[str, str], where: str
) -> None:
    parts = [("file", one) for one in files] or [("other", ("", "A"))]
    response = client.post("/v1/articles", files=parts, data=data)
    assert response.status_code == 422, response.text
    assert response.json()["errors"][0]["where"] == where


def test_json_lines_are_reported_line_by_line(client: TestClient) -> None:
    lines = [
        {"id": 7, "text": TEXT, "title": "A bridge", "date": "2024-05-07"},
        {"id": 7, "text": TEXT, "date": "2024-05-06"},
        {"text": TEXT},
    ]
    content = "\n".join(json.dumps(line) for line in lines).encode()
    for kind in ("application/x-ndjson", "application/jsonl"):
        response = client.post("/v1/articles?name=feed", content=content, headers={"Content-Type": kind})
        assert response.status_code == 201
        report = response.json()
        assert (report["added"], report["refused"]) == (2, 1)
        assert [one["path"] for one in report["results"]] == ["feed.jsonl#7", "feed.jsonl#L2", "feed.jsonl#L3"]
        assert report["results"][0]["article"]["published"] == "2024-05-07"
        assert report["results"][1]["problem"] == (
            "the id '7' stands again on a newer record (feed.jsonl#L1), which was taken"
        )
    answer = client.post("/v1/ask", json={"question": "What about the bridge?"}).json()
    assert answer["citations"][0]["path"] == "feed.jsonl#7"


def test_upload_over_the_size_limit_is_413_in_every_form(serve: Callable[..., TestClient]) -> None:
    client = serve(max_body_bytes=2000)
    assert client.post("/v1/articles", files={"file": ("a.txt", TEXT * 100)}).status_code == 413
    lines = (json.dumps({"text": TEXT}) + "\n").encode() * 100
    kind = {"Content-Type": "application/jsonl"}
    assert client.post("/v1/articles", content=lines, headers=kind).status_code == 413


def test_deleted_article_is_gone(client: TestClient) -> None:
    article_id = client.post("/v1/articles", json={"text": TEXT}).json()["article_id"]
    assert client.delete(f"/v1/articles/{article_id}").status_code == 204
    assert client.get(f"/v1/articles/{article_id}").status_code == 404
    assert client.post("/v1/ask", json={"question": "What about the bridge?"}).json()["status"] == "abstained"


def test_speakers_are_listed(client: TestClient) -> None:
    assert client.get("/v1/speakers").json() == {
        "speakers": [{"name": "Antony Blinken", "statements": 4, "articles": 1}]
    }
