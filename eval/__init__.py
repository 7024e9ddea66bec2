"""How good the answers are: the golden set, its metrics and gate, and the public benchmarks."""
