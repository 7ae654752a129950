"""What the tests, the benchmarks and the demonstration have in common. It imports nothing from any of them."""
