"""newsqa: questions over scraped news articles, answered with citations that hold.

The data flows one way, and each arrow is one module:

    bytes -> SourceFile -> Article -> Passage -> index -> ScoredPassage -> Draft -> Answer
             sources       cleaning   passages            retrieval        answering  grounding

Importing this package imports nothing else: start with `rag.engine.Engine.open(settings)`.
"""

__version__ = "0.1.0"
