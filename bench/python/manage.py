"""Compares the management client with that of ``stripe`` on the same local server: time of a call, import, size.

    pip install stripe && python bench/python/manage.py [CALLS]

Both clients keep their connections. Run it on a quiet machine.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import files

ANSWER = b'{"success":true,"object":"webhook_endpoint","id":"w","data":{"id":"w","enabled":true}}'


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(ANSWER)))
        self.end_headers()
        self.wfile.write(ANSWER)

    def log_message(self, format: str, *args: object) -> None:
        pass


def microseconds(call: Callable[[], object], count: int) -> float:
    times = []
    for _ in range(count):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1e6


def import_milliseconds(program: str) -> float:
    def run() -> None:
        subprocess.run([sys.executable, "-c", program], check=True)

    return (
        microseconds(run, 15) - microseconds(lambda: subprocess.run([sys.executable, "-c", ""]), 15)
    ) / 1e3


def kibibytes(*packages: str) -> int:
    found = (file.locate() for package in packages for file in files(package) or [])
    return sum(path.stat().st_size for path in found if path.is_file()) // 1024


def main(count: int) -> None:
    import stripe

    from payvost_webhooks import Payvost

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}"
        theirs = stripe.StripeClient("sk_test_x", base_addresses={"api": url})
        with Payvost("sk_test_x", base_url=url) as ours:
            calls = {
                "payvost-webhooks": lambda: ours.webhooks.get("w"),
                "stripe": lambda: theirs.v1.webhook_endpoints.retrieve("w"),
            }
            for _ in range(2):  # the first round warms up
                took = {name: microseconds(call, count) for name, call in calls.items()}
        server.shutdown()
    imports = {
        "payvost-webhooks": "from payvost_webhooks import Payvost; Payvost('sk_test_x')",
        "stripe": "import stripe; stripe.StripeClient('sk_test_x')",
    }
    sizes = {
        "payvost-webhooks": kibibytes("payvost-webhooks"),
        "stripe": kibibytes(
            "stripe",
            "requests",
            "urllib3",
            "certifi",
            "idna",
            "charset-normalizer",
            "typing-extensions",
        ),
    }
    for name in calls:
        milliseconds = import_milliseconds(imports[name])
        print(
            f"{name}: a call {took[name]:.0f} µs, import {milliseconds:.0f} ms, installed {sizes[name]} KiB"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
