"""The HTTP API and the web page. Endpoints translate and delegate to `rag.engine`; importing has no effect."""
