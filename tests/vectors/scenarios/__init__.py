"""What ``tests/vectors/receive`` and ``tests/vectors/claims`` are written from."""
