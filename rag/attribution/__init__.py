"""Who said what: reported speech in articles, names and how they compare, questions about speech."""

from rag.attribution.extraction import extract
from rag.attribution.names import closest_name, find_names, name_key, same_person
from rag.attribution.questions import SpeechQuestion, parse_speech_question

__all__ = [
    "SpeechQuestion",
    "closest_name",
    "extract",
    "find_names",
    "name_key",
    "parse_speech_question",
    "same_person",
]
