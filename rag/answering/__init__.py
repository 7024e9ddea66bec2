"""Question and evidence -> Draft: by quoting (`extractive`), or by a chat model (`by_model`).

Nothing here decides what is shown: `rag/grounding` checks every drafted statement against its source.
"""
