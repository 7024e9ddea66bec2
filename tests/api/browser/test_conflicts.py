"""Articles that disagree, as the page shows them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from rag.config import Settings
from rag.engine import Engine
from rag.models.doubles import ScriptedChatModel
from tests.api.browser.conftest import open_page
from tests.api.live import running

pytestmark = pytest.mark.timeout(180)


def test_each_value_stands_with_its_citation_and_date(browser: Browser, tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    for day, dead in ((18, "At least 12"), (24, "In all 19")):
        text = f"The Marlow flood\n\nJune {day}, 2024\n\n{dead} people died in the Marlow flood, the ministry said.\n"
        (articles / f"{day}.txt").write_text(text, encoding="utf-8")
    model = ScriptedChatModel(
        lambda prompt: (
            "In all 19 people died in the Marlow flood, the ministry said [{new}].\n"
            "DIFFERS: how many people died in the Marlow flood: 12 [{old}]; 19 [{new}]".format(
                old=re.search(r"\[(\d+)\] At least 12", prompt[-1].content)[1],  # type: ignore[index]
                new=re.search(r"\[(\d+)\] In all 19", prompt[-1].content)[1],  # type: ignore[index]
            )
        )
    )
    with Engine.open(Settings(index=tmp_path / "index", workers=1), llm=model) as engine:
        engine.index([articles])
        with running(engine) as address:
            page, watched = open_page(browser, address)
            page.get_by_label("Your question").fill("How many people died in the Marlow flood?")
            page.keyboard.press("Enter")
            expect(page.locator(".turn").last.locator(".footer")).to_be_visible()
            expect(page.locator(".after h3").first).to_have_text(
                "Sources differ on how many people died in the Marlow flood"
            )
            expect(page.locator(".conflict li")).to_have_text(["12 2 18 June 2024", "19 1 24 June 2024"])
            page.context.close()
    assert watched.complaints == []
