"""The page, as people use it."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr

from rag.config import ServerSettings
from rag.engine import Engine
from tests.api.browser.conftest import open_page
from tests.api.live import running

pytestmark = pytest.mark.timeout(180)

QUESTION = "What did Blinken say?"


def ask(page: Page, question: str = QUESTION) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".turn").last.locator(".footer")).to_be_visible()


def test_answer_comes_with_citations_that_open_the_article(page: Page) -> None:
    ask(page)
    answer = page.locator(".answer")
    expect(answer).to_contain_text("expressed his gratitude for Cho’s explanation")
    marker = page.locator(".cite").first
    marker.hover()
    card = page.locator("#card")
    expect(card).to_be_visible()
    expect(card).to_contain_text("expressed his gratitude")
    expect(card).to_contain_text("Rising Tensions")
    expect(card).to_contain_text("21 June 2024")
    marker.click()
    reader = page.locator("#reader")
    expect(reader.get_by_role("heading")).to_have_text(re.compile("Rising Tensions"))
    focus = reader.locator("mark.focus")
    expect(focus).to_have_text(re.compile("^In response, Blinken expressed"))
    expect(focus).to_be_in_viewport()
    expect(reader).not_to_contain_text("Dinosaur-Dooming Asteroid")


def test_page_works_under_a_path_of_its_own(browser: Browser, engine: Engine) -> None:
    with running(engine, ServerSettings(root_path="/press/news")) as url:
        page, watched = open_page(browser, f"{url}/press/news/")
        ask(page)
        page.locator(".cite").first.click()
        expect(page.locator("#reader").get_by_role("heading")).to_have_text(re.compile("Rising Tensions"))
        page.get_by_role("link", name="API").click()
        expect(page.locator("#operations-Questions-ask_v1_ask_post")).to_be_visible()
        page.context.close()
    assert watched.complaints == []


def test_raw_view_greys_out_what_was_removed(page: Page) -> None:
    ask(page)
    page.locator(".cite").first.click()
    page.get_by_role("button", name="Raw file").click()
    removed = page.locator("#reader del", has_text="Dinosaur-Dooming Asteroid")
    expect(removed).to_have_attribute("title", re.compile("^removed: "))
    expect(page.locator("#reader mark.focus")).to_be_in_viewport()


def test_refusal_says_why(page: Page) -> None:
    ask(page, "What did Macron say?")
    turn = page.locator(".turn.refused")
    expect(turn).to_contain_text("Not in these articles")
    expect(turn).to_contain_text("Macron")
    expect(turn.locator(".cite")).to_have_count(0)


def test_examples_come_from_the_corpus_and_are_answered(page: Page) -> None:
    example = page.locator("#examples button").first
    expect(example).to_have_text(re.compile(r"^What did .+ say\?$"))
    example.click()
    expect(page.locator(".turn .cite").first).to_be_visible()


def test_follow_up_keeps_its_subject_and_history_keeps_both(page: Page) -> None:
    ask(page)
    ask(page, "and what did Cho say?")
    expect(page.locator(".turn").last).to_contain_text("Cho")
    page.reload()
    page.get_by_role("button", name="History").click()
    page.locator("#history-list button").first.click()
    expect(page.locator(".turn")).to_have_count(2)
    expect(page.locator(".turn .cite").first).to_be_visible()
    page.get_by_role("button", name="History").click()
    page.get_by_role("button", name="Forget all").click()
    expect(page.locator("#history-list")).to_contain_text("Nothing asked yet")


def test_filters_decide_which_articles_answer(page: Page) -> None:
    page.get_by_role("button", name="Filters").click()
    page.get_by_label("Source").fill("004_*")
    ask(page)
    expect(page.locator(".turn").last).to_have_class(re.compile("refused"))
    page.get_by_label("Source").fill("001_")
    ask(page)
    expect(page.locator(".turn").last.locator(".cite").first).to_be_visible()
    page.get_by_label("From").fill("2024-07-01")
    page.get_by_label("To", exact=True).fill("2024-06-01")
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".turn")).to_have_count(2)  # the browser points at the wrong date


def test_upload_answers_and_delete_forgets(page: Page, tmp_path: Path) -> None:
    page.get_by_role("link", name="Articles").click()
    expect(page.locator("#article-count")).to_have_text("5 articles")
    page.get_by_role("button", name="Add articles").click()
    dialog = page.locator("#upload")
    dialog.get_by_label("Title", exact=True).fill("Moss opens <script>alert(1)</script> bridge")
    dialog.get_by_label("Publisher", exact=True).fill("The Harbour Post")
    dialog.get_by_label("Date").fill("2024-05-07")
    dialog.get_by_label("Text", exact=True).fill(
        "Mayor Ada Moss said on Tuesday that the new bridge would open in May.\n\n"
        "The bridge cost 12 million dollars, according to <img src=x onerror=alert(2)> the city.\n"
    )
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog.locator(".good")).to_contain_text("added")
    (tmp_path / "record.json").write_text(
        json.dumps({"text": "Rain fell on Ostend all day, officials said.", "title": "Rain"})
    )
    (tmp_path / "empty.txt").touch()
    page.locator("#upload-files").set_input_files([tmp_path / "record.json", tmp_path / "empty.txt"])
    expect(dialog.locator(".good")).to_have_count(2)
    expect(dialog.locator(".bad")).to_contain_text("empty.txt: the file is empty")
    lines = [json.dumps({"id": "ferry", "text": "The ferry sank at noon, officials said."}), "no JSON"]
    (tmp_path / "feed.jsonl").write_text("\n".join(lines))
    page.locator("#upload-files").set_input_files([tmp_path / "feed.jsonl"])
    expect(dialog.locator(".good").last).to_have_text("feed.jsonl: 1 article added, 1 refused")
    expect(dialog.locator(".bad").last).to_contain_text("feed.jsonl#L2: expected one JSON object a line")
    dialog.get_by_role("button", name="Close").click()
    expect(page.locator("#article-count")).to_have_text("8 articles")
    page.get_by_role("link", name="Ask", exact=True).click()
    ask(page, "What did Moss say?")
    page.locator(".cite").first.click()
    expect(page.locator("#reader")).to_contain_text("Moss opens <script>alert(1)</script> bridge")
    expect(page.locator("#reader")).to_contain_text("The Harbour Post")
    page.get_by_role("link", name="Articles").click()
    for name in ("bridge", "Rain", "feed"):
        page.locator("#article-search").fill(name)
        expect(page.locator(".articles li")).to_have_count(1)
        page.get_by_role("button", name="Delete").click()
        page.locator("#confirm-yes").click()
        expect(page.locator("#article-count")).to_have_text("0 articles")
    page.get_by_role("link", name="Ask", exact=True).click()
    ask(page, "What did Moss say?")
    expect(page.locator(".turn").last).to_have_class(re.compile("refused"))


def test_keyboard_alone_is_enough(page: Page) -> None:
    expect(page.locator("#examples button").first).to_be_visible()
    page.locator("body").press("Tab")
    page.keyboard.press("Escape")
    page.locator(".headline").click()
    page.keyboard.press("/")
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".footer")).to_be_visible()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.classList.contains('cite')"):
            break
    expect(page.locator("#card")).to_be_visible()
    described = page.evaluate("document.activeElement.getAttribute('aria-describedby')")
    assert described == "card"
    page.keyboard.press("Enter")
    expect(page.locator("#reader-title")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    assert page.evaluate("document.activeElement.classList.contains('cite')")


def test_phone_has_no_sideways_scroll_and_the_article_covers_it(phone: Page) -> None:
    ask(phone)
    width = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert phone.evaluate(width) == 0
    phone.locator(".cite").first.click()
    box = phone.locator("#reader").bounding_box()
    assert box is not None
    assert (box["x"], box["y"], box["width"]) == (0, 0, 390)
    phone.get_by_role("button", name="Close").click()
    phone.get_by_role("button", name="Filters").click()
    assert phone.evaluate(width) == 0
    panel = phone.locator("#filters")
    expect(panel).to_be_in_viewport(ratio=0.9)  # it opens below the edge, and the page follows
    outer, fields = panel.bounding_box(), [one.bounding_box() for one in panel.locator("input").all()]
    assert outer
    for field in fields:
        assert field and outer["x"] < field["x"] < field["x"] + field["width"] < outer["x"] + outer["width"]
    for one, other in itertools.pairwise(fields):
        assert one and other and one["y"] + one["height"] < other["y"]
    phone.goto(f"{phone.url.split('#')[0]}#/articles")
    expect(phone.locator(".articles li").first).to_be_visible()
    assert phone.evaluate(width) == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_a_screen_reader_or_weak_eyes(browser: Browser, address: str, scheme: str) -> None:
    page, _ = open_page(browser, address, viewport={"width": 1280, "height": 800}, color_scheme=scheme)
    # axe adds its own script to the page, which the page's policy forbids; so it is added to a page without one.
    page.context.close()
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    expect(page.locator("#examples button").first).to_be_visible()
    found = [_violations(page)]
    ask(page, "What did Macron say?")
    ask(page)
    page.get_by_role("button", name="Filters").click()
    page.locator(".cite").first.click()
    expect(page.locator("#reader mark").first).to_be_visible()
    found.append(_violations(page))
    page.get_by_role("button", name="Raw file").click()
    found.append(_violations(page))
    page.get_by_role("button", name="Close").click()
    page.goto(f"{address}/#/articles")
    expect(page.locator(".articles li").first).to_be_visible()
    found.append(_violations(page))
    page.get_by_role("button", name="Add articles").click()
    found.append(_violations(page))
    context.close()
    assert not any(found), "\n".join(line for lines in found for line in lines)


def _violations(page: Page) -> list[str]:
    page.wait_for_timeout(200)
    return [
        f"{item['id']}: {node['target']} {node['failureSummary']}"
        for item in Axe().run(page).response["violations"]
        for node in item["nodes"]
    ]


def test_theme_is_remembered(page: Page) -> None:
    page.get_by_role("button", name="Switch between light and dark").click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_link_of_an_openai_citation_opens_the_article_at_the_quote(page: Page, engine: Engine) -> None:
    from rag.schema import Question

    citation = engine.ask(Question(text=QUESTION)).citations[0]
    base = page.url.split("#")[0]
    page.goto(f"{base}#article={citation.article_id}&start={citation.raw.start}&end={citation.raw.end}")
    expect(page.locator("#reader mark.focus")).to_have_text(citation.quote)


def test_server_with_a_key_asks_for_it(browser: Browser, engine: Engine) -> None:
    settings = ServerSettings(api_key=SecretStr("open-sesame"), requests_per_minute=0)
    with running(engine, settings) as guarded:
        page, watched = open_page(browser, guarded)
        page.get_by_label("API key").fill("open-sesame")
        page.get_by_role("button", name="Continue").click()
        expect(page.locator("#examples button").first).to_be_visible()
        ask(page)
        expect(page.locator(".cite").first).to_be_visible()
        page.context.close()
        assert watched.complaints == []


def test_documentation_works_without_the_internet(page: Page) -> None:
    page.goto(f"{page.url.split('#')[0]}docs")
    expect(page.locator(".opblock").first).to_be_visible(timeout=30_000)  # Swagger UI is 1.5 MB of script
    expect(page.locator("#docs")).to_contain_text("/v1/ask")


def test_server_that_went_away_is_said_so(browser: Browser, engine: Engine) -> None:
    with running(engine) as address:
        page, _ = open_page(browser, address)
        expect(page.locator("#examples button").first).to_be_visible()
    page.get_by_label("Your question").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator(".failed")).to_contain_text("The server cannot be reached")
    page.context.close()
