"""Pure helpers over text: offsets, folding, sentences, words, tokens, dates, numbers."""
