"""``docs/openapi.json`` is a valid OpenAPI document, and describes what the clients send."""

from __future__ import annotations

import json

from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.kit.paths import ROOT

DOCUMENT = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))


def test_the_document_is_valid() -> None:
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert [str(error) for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []


def test_every_request_of_the_vectors_is_described() -> None:
    described = {
        (method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods
    }
    sent = set()
    for file in (ROOT / "tests" / "vectors" / "manage").glob("*.json"):
        for case in json.loads(file.read_text("utf-8"))["cases"]:
            for call in case["calls"]:
                for request in call["expect"].get("requests", []):
                    path = request["url"].split("?")[0].partition("/v1/")[2].split("/")
                    if path[0] == "webhooks" and len(path) > 1:
                        path[1] = "{id}"
                    if path[:2] == ["testing", "webhooks"]:
                        path[2] = "{id}"
                    sent.add((request["method"], "/v1/" + "/".join(path)))
    assert sent == described
