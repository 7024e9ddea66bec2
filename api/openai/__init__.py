"""OpenAI's API over our engine: what its clients send, and answers in the three shapes that they read."""
