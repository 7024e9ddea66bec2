"""Log lines as JSON, one object a line, on stderr. Ids and sizes are logged; keys, questions and articles are not."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

EXTRA = ("request_id", "client", "method", "path", "status", "ms")
"""What a log call may add by `extra=`."""


class JsonFormatter(logging.Formatter):
    """Writes a record as a JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in EXTRA if hasattr(record, name)}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure(level: int = logging.INFO) -> None:
    """Send the log to stderr as JSON, ours from `level` and everybody else's warnings."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in ("rag", "api", "uvicorn"):
        logging.getLogger(name).setLevel(level)
