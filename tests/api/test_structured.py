"""Which JSON schemas an answer can follow."""

from __future__ import annotations

import re
from typing import Any

import pytest

from api.openai.structured import cut_to, wanted_schema
from api.problems import RequestRefused
from rag.schema import Question
from rag.wire import AnswerObject
from tests.fake_engine import FakeEngine, seeds

Schema = dict[str, Any]


def _object(*, required: bool = True, **properties: Any) -> Schema:
    return {"type": "object", "properties": properties, "required": sorted(properties) if required else []}


STRING, NULL, CITED = {"type": "string"}, {"type": "null"}, {"$ref": "#/$defs/Cited"}
DEFINITIONS = {"$defs": {"Cited": _object(path=STRING, start={"type": "number"})}}


@pytest.mark.parametrize(
    "schema",
    [
        {},
        {"type": "object"},
        _object(text=STRING) | {"additionalProperties": False},
        _object(text={"description": "The answer"}, status={"enum": ["answered", "abstained", "unsure"]}),
        _object(reason={"anyOf": [STRING, NULL]}, usage={}),
        _object(reason={"type": ["string", "null"]}),
        _object(answer=STRING, required=False),
        _object(citations={"type": "array", "items": CITED}) | DEFINITIONS,
        {"anyOf": [{"type": "array"}, _object(text=STRING)]},
        _object(rejected={"type": "number"}),
    ],
)
def test_part_of_the_answer_can_be_had(schema: Schema) -> None:
    assert wanted_schema("json_schema", schema, param="response_format") == schema


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "array"}, r"\$ is 'object'"),
        (_object(answer=STRING), r"\$\.answer is no field of it; there are question, "),
        (_object(reason=STRING), r"\$\.reason is 'null'"),
        (_object(text={"type": "integer"}), r"\$\.text is 'string'"),
        (_object(status={"enum": ["answered"]}), r"\$\.status may have other values"),
        (_object(text={"const": "yes"}), r"\$\.text may have other values"),
        (_object(text={"type": "string", "maxLength": 9}), r"\$\.text has 'maxLength', which is not understood"),
        ({"anyOf": [_object(answer=STRING), _object(text=STRING)]}, r"\$\.answer is no field of it"),
        (_object(citations={"items": _object(page=STRING)}), r"\$\.citations\[\]\.page is no field of it"),
        ({"$ref": "#"}, "more than 10 alternatives"),
        ({"$ref": "#/$defs/Nowhere"}, "cannot be read"),
        ({"properties": ["text"]}, "cannot be read"),
        ({"type": {"a": 1}}, r"\$ is 'object'"),
        ({"anyOf": [{}] * 100}, "more than 10 alternatives"),
        (None, "expected text, json_object or json_schema"),
    ],
)
def test_what_the_answer_cannot_follow_is_refused_with_the_reason(schema: Schema | None, why: str) -> None:
    with pytest.raises(RequestRefused) as caught:
        wanted_schema("json_schema", schema, param="response_format")
    assert re.search(why, caught.value.detail), caught.value.detail


def test_answer_is_cut_to_the_schema() -> None:
    answer = AnswerObject.of(FakeEngine(seeds()).ask(Question(text="What about the deterrence?")))
    whole = answer.model_dump(mode="json")
    schema = _object(text=STRING, usage={}, citations={"items": CITED}, more=STRING) | DEFINITIONS
    assert cut_to(whole, schema, schema) == {
        "text": answer.text,
        "usage": None,
        "citations": [{"path": one.path, "start": one.start} for one in answer.citations],
    }
