"""The code that the tests, the benchmarks and the demo share. It imports nothing from any of them."""
