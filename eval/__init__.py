"""How good the answers are: the golden set, its metrics and gate, and the public benchmarks."""

import os

# What is measured is what the command line runs, and numpy reads this when it is imported; see `rag.cli.main`.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
