"""The cases of the vector files, one module a file, written out by ``generate.py``."""
