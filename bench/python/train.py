"""Does the work of receivers, for a profile-guided build.

train.py FOLDER-OF-BODIES
"""

from __future__ import annotations

import sys
from pathlib import Path

from payvost_webhooks import SignatureVerificationError, WebhookVerifier, sign, verify_webhook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
# Every body takes part with this many bytes, so that short ones count as much as long ones.
BYTES = 8 << 20


def main(folder: Path) -> None:
    verifier = WebhookVerifier(SECRET, max_payload_bytes=1 << 24)
    for path in sorted(folder.glob("*.json")):
        payload = path.read_bytes()
        if len(payload) < BYTES:
            train(verifier, payload)


def train(verifier: WebhookVerifier, payload: bytes) -> None:
    signature, forged = sign(payload, SECRET), sign(payload, "whsec_another")
    for _ in range(BYTES // len(payload)):
        verifier.verify(payload, signature)
    for _ in range(BYTES // len(payload) // 16):
        verify_webhook(payload, signature, SECRET)
        try:
            verifier.verify(payload, forged)
        except SignatureVerificationError:
            continue


if __name__ == "__main__":
    main(Path(sys.argv[1]))
