"""`python -m rag.cli`, for where the script is not on the path."""

from rag.cli import main

main()
