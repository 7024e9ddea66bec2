"""The ingest: sources into stores, and the doctor that proves the stores agree."""
