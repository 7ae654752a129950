"""Each public name has its entry in the reference that ``scripts/docs`` has made.

The languages say themselves which names there are: the modules and packages when they are loaded,
the shared library by its symbols, PHP by reflection.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
import subprocess
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from urllib.parse import unquote

import django
from django.conf import settings
from sphinx.util.inventory import InventoryFile

import payvost_webhooks

ROOT = Path(__file__).resolve().parents[2]
MADE = ROOT / "target" / "docs" / "api"


class Page(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(file.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.anchors.add(attributes.get("id") or "")
        if tag == "a" and (link := attributes.get("href")):
            self.links.append(link)


def test_python() -> None:
    with (MADE / "python" / "objects.inv").open("rb") as file:
        inventory = InventoryFile.load(file, "", lambda base, page: page)
    entries = {name for kind in inventory if kind.startswith("py:") for name in inventory[kind]}
    names = set()
    for module in python_modules():
        names.add(module.__name__)
        names |= {f"{module.__name__}.{name}" for name in module.__all__}
        names |= {
            f"{module.__name__}.{name}.{member}"
            for name in module.__all__
            if inspect.isclass(owner := getattr(module, name)) and not is_typed_dict(owner)
            for member in vars(owner)
            if not member.startswith("_")
        }

    assert "payvost_webhooks.WebhookVerifier.verify_signature" in names
    assert "payvost_webhooks.flask.webhook_blueprint" in names
    assert names - entries == set()


def test_python_has_documentation() -> None:
    described = [(module.__name__, module) for module in python_modules()]
    for module in python_modules():
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isclass(value) or inspect.isroutine(value):
                described.append((f"{module.__name__}.{name}", value))

    assert [name for name, value in described if not inspect.getdoc(value)] == []


def python_modules() -> list[ModuleType]:
    if not settings.configured:  # Django's models can only be imported in a project.
        apps = ("auth", "contenttypes", "admin", "messages")
        installed = [f"django.contrib.{app}" for app in apps]
        settings.configure(INSTALLED_APPS=[*installed, "payvost_webhooks.django"])
        django.setup()
    submodules = pkgutil.walk_packages(payvost_webhooks.__path__, "payvost_webhooks.")
    public = [module.name for module in submodules if "._" not in module.name]
    modules = [payvost_webhooks, *map(importlib.import_module, public)]
    return [module for module in modules if hasattr(module, "__all__")]


def is_typed_dict(owner: type) -> bool:
    return hasattr(owner, "__total__")


def test_node() -> None:
    script = """
        const { exports } = require("./package.json");
        const names = {};
        for (const path of Object.keys(exports).filter((path) => !path.endsWith(".json"))) {
          const name = "@payvost/webhooks" + path.slice(1);
          names[name] = Object.entries(require(name)).flatMap(([key, value]) => {
            const prototype = typeof value === "function" ? value.prototype : undefined;
            const members = Object.getOwnPropertyNames(prototype ?? {}).filter((member) => member !== "constructor");
            return [key, ...members.map((member) => `${key}.${member}`)];
          });
        }
        console.log(JSON.stringify(names));
    """
    output = subprocess.check_output(["node", "-e", script], cwd=ROOT / "bindings-node", text=True)
    modules = {
        module["name"]: module
        for module in json.loads((MADE / "node/reference.json").read_text())["children"]
    }

    names = json.loads(output)
    assert set(names) == set(modules)
    assert "WebhookVerifier.verifySignature" in names["@payvost/webhooks"]
    for name, exported in names.items():
        entries = set()
        for entry in modules[name]["children"]:
            entries.add(entry["name"])
            entries |= {f"{entry['name']}.{member['name']}" for member in entry.get("children", [])}
        # JavaScript's own `name` of an error is a property of its class here.
        missing = {name for name in exported if not name.endswith("Error.name")} - entries
        assert missing == set(), name
    pages = {page.stem for page in (MADE / "node").rglob("*.html")}
    assert {
        "_payvost_webhooks.WebhookVerifier",
        "_payvost_webhooks_express.expressHandler",
    } <= pages


def test_php() -> None:
    script = r"""
        require 'Psr/Log/autoload.php';
        require 'Psr/Http/Message/autoload.php';
        require 'bindings-php/tests/Support/psr-15.php';
        require 'bindings-php/library/autoload.php';
        foreach (glob('bindings-php/library/src/{,*/}*.php', GLOB_BRACE) as $file) {
            require_once $file;
        }
        const SPACE = 'Payvost\Webhooks\\';
        function isOurs(string $name): bool {
            return stripos($name, SPACE) === 0 && stripos($name, SPACE . 'Internal') !== 0;
        }
        $names = ['functions' => []];
        foreach (array_filter(get_extension_funcs('payvost_webhooks'), isOurs(...)) as $name) {
            $names['functions'][] = (new ReflectionFunction($name))->getShortName();
        }
        foreach (array_filter([...get_declared_classes(), ...get_declared_interfaces()], isOurs(...)) as $name) {
            $class = new ReflectionClass($name);
            $page = strtr(substr($name, strlen(SPACE)), '\\', '-');
            $names[$page] = [];
            $constants = $class->getReflectionConstants();
            foreach ([...$constants, ...$class->getProperties(), ...$class->getMethods()] as $member) {
                if ($member->isPublic() && $member->class === $name) {
                    $names[$page][] = $member->name;
                }
            }
        }
        echo json_encode($names);
    """
    extension = ROOT / "target/release/libpayvost_webhooks_php.so"
    command = ["php", "-d", f"extension={extension}", "-r", script]
    names = json.loads(subprocess.check_output(command, cwd=ROOT, text=True))

    assert {"verifyWebhook", "sign"} <= set(names["functions"])
    assert "verifySignature" in names["WebhookVerifier"]
    assert "handle" in names["Psr15-WebhookHandler"]
    for page, members in names.items():
        assert set(members) - Page(MADE / "php" / f"{page}.html").anchors == set(), page


def test_c() -> None:
    entries = {name.text for name in ET.parse(MADE / "c" / "names.xml").iter("name")}
    library = ROOT / "target/prefix/lib/libpayvost_webhooks.so"
    symbols = subprocess.check_output(["nm", "-D", "--defined-only", str(library)], text=True)
    functions = {line.split()[2] for line in symbols.splitlines()}
    # Only functions have symbols: types, constants and macros are in the header alone.
    header = re.sub(
        r"/\*.*?\*/", "", (ROOT / "include/payvost_webhooks.h").read_text(), flags=re.DOTALL
    )
    header = re.sub(r'"[^"\n]*"', "", header)
    others = set(re.findall(r"\b(?:payvost|PAYVOST)_\w+", header))
    # Switches of the preprocessor, which Doxygen has expanded; and a type of functions that return a
    # structure, which it does not list.
    others -= {"PAYVOST_WEBHOOKS_H", "PAYVOST_API", "PAYVOST_DLL", "payvost_wall_clock"}

    assert {"payvost_verifier_verify", "payvost_router_dispatch"} <= functions
    assert {
        "payvost_error",
        "payvost_handler",
        "PAYVOST_TYPE_WALLET_FROZEN",
        "PAYVOST_LITERAL",
    } <= others
    # A type that is opaque is documented where it is declared, as a typedef.
    assert (functions | others) - entries == set()


def test_rust() -> None:
    source = (ROOT / "core/src/lib.rs").read_text()
    hidden = re.compile(r"^#\[doc\(hidden\)\].*\npub mod \w+;", re.MULTILINE)
    exported = set(re.findall(r"^pub mod (\w+);", hidden.sub("", source), re.MULTILINE))
    shown = re.sub(r"^#\[doc\(hidden\)\].*\npub use [^;]+;", "", source, flags=re.MULTILINE)
    for names in re.findall(r"^pub use crate::\w+::([^;]+);", shown, re.MULTILINE):
        exported |= set(re.findall(r"\w+", names))
    crate = MADE / "rust" / "payvost_webhooks"
    pages = {page.stem.partition(".")[2] for page in crate.rglob("*.html")}
    pages |= {folder.name for folder in crate.iterdir() if folder.is_dir()}

    assert {"WebhookVerifier", "Outcome", "verify_webhook", "events"} <= exported
    assert exported - pages == set()


def test_links_lead_somewhere() -> None:
    for file in (MADE / "php").glob("*.html"):
        for link in Page(file).links:
            path, _, anchor = unquote(link).partition("#")
            target = (file.parent / path).resolve() if path else file
            assert target.is_file(), f"{file.name}: {link}"
            assert not anchor or anchor in Page(target).anchors, f"{file.name}: {link}"
