"""Bodies of responses, decompressed up to a limit."""

from __future__ import annotations

import zlib
from typing import Union

from payvost_webhooks.manage._course import Answer, Fault

__all__ = ["decoded"]


def decoded(
    status: int, headers: list[tuple[str, str]], body: bytes, limit: int
) -> Union[Answer, Fault]:
    """The response with its body decompressed. The request did not ask for compression, but proxies add it."""
    encodings = [value for name, value in headers if name.lower() == "content-encoding"]
    names = [name.strip().lower() for name in ",".join(encodings).split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if len(names) > 1 or any(name not in ("gzip", "x-gzip", "deflate") for name in names):
        return Fault("malformed", "unsupported Content-Encoding")
    if names and body:
        inflater = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib
        try:
            body = inflater.decompress(body, limit + 1)
        except zlib.error:
            return Fault("malformed", "zlib.error")
        if len(body) <= limit and not inflater.eof:
            return Fault("malformed", "truncated compression")
    if len(body) > limit:
        return Fault("too_large", "")
    return Answer(status, headers, body)
