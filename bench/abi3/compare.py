"""Times the package beside libraries for the stable ABI, on the guide's event. Prints one JSON object.

compare.py BODY FOLDER…        FOLDER: one that has a stable_abi.abi3.so
"""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import payvost_webhooks

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ROUNDS = 101
CALLS = 5_000


def main() -> None:
    payload = Path(sys.argv[1]).read_bytes()
    signature = payvost_webhooks.sign(payload, SECRET)
    verifiers = {"ours": payvost_webhooks.WebhookVerifier(SECRET)}
    for folder in map(Path, sys.argv[2:]):
        verifiers[folder.name] = load(folder).WebhookVerifier(SECRET.encode())
    for verifier in verifiers.values():
        assert verifier.verify(payload, signature) == json.loads(payload)
    best = dict.fromkeys(verifiers, float("inf"))
    # They take turns, so that noise meets all of them.
    for _ in range(ROUNDS):
        for name, verifier in verifiers.items():
            best[name] = min(best[name], loop(verifier.verify, payload, signature))
    print(json.dumps({name: seconds / CALLS * 1e9 for name, seconds in best.items()}))


def load(folder: Path):
    path = folder / "stable_abi.abi3.so"
    spec = importlib.util.spec_from_file_location("stable_abi", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def loop(verify: Callable[[bytes, str], object], payload: bytes, signature: str) -> float:
    start = time.perf_counter()
    for _ in range(CALLS):
        verify(payload, signature)
    return time.perf_counter() - start


main()
