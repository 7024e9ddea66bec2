"""Adapters to foreign models, one file a provider. Only `rag/engine` imports them."""
