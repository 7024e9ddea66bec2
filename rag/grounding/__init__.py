"""Draft to Answer: what is proven is shown with its citations, what is open is asked about, the rest is dropped."""

from rag.grounding.answers import Accepted, AnswerBuilder, Verify, ground
from rag.grounding.presenting import presentable
from rag.grounding.proof import Finding, Prover
from rag.grounding.verifying import Claim, Verdict, ask_verdicts, read_verdicts, verification_prompt

__all__ = [
    "Accepted",
    "AnswerBuilder",
    "Claim",
    "Finding",
    "Prover",
    "Verdict",
    "Verify",
    "ask_verdicts",
    "ground",
    "presentable",
    "read_verdicts",
    "verification_prompt",
]
