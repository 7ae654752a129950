"""The Python reference, built by Sphinx from the docstrings of the installed package and the stub of its compiled part.

It writes its own sources, one page per public module of the package, so that a new module gets a page too.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
import types
from pathlib import Path

import django
from django.conf import settings
from sphinx.ext.autodoc import _property_types
from sphinx.ext.napoleon import GoogleDocstring
from sphinx.pycode import ModuleAnalyzer

PACKAGE = "payvost_webhooks"

project = "Payvost Webhooks for Python"
author = "Payvost"
extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
html_theme = "alabaster"
html_theme_options = {"page_width": "1080px", "show_powered_by": False}
html_show_copyright = False
html_copy_source = False
html_domain_indices = True

autodoc_default_options = {
    "members": True,
    # A method that is documented in an interface gets an entry too. The test finds members without documentation.
    "undoc-members": True,
    # Members that a public class inherits from a private one are public; those from Python's own classes are left out.
    "inherited-members": "object, BaseException, Exception, ValueError, tuple, dict, Protocol, Generic",
    "show-inheritance": True,
}
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_format = "short"
autodoc_class_signature = "separated"
add_module_names = False

# Each reference must resolve, apart from those to other projects.
nitpicky = True
nitpick_ignore_regex = [
    (r"py:.*", r"(str|bytes|bytearray|memoryview|int|float|bool|object|type|None|dict|list|tuple)"),
    (r"py:.*", r"(ValueError|TypeError)"),
    (r"py:.*", r"(TakenState|Values)"),  # a literal, and what a private step binds
    (
        r"py:.*",
        r"(timedelta|OnRequest|OnResponse|(Async)?Caller)",
    ),  # kinds of functions and of clients
    (
        r"py:.*",
        r"(typing|typing_extensions|types|collections|datetime|logging|asyncio|wsgiref)\..*",
    ),
    (r"py:.*", r"(WSGIApplication|WSGIEnvironment|StartResponse)"),
    (r"py:.*", r"(flask|django|fastapi|starlette|httpx|sqlalchemy|aiohttp|litestar)\..*"),
    (r"py:.*", r"(Async)?Choice|BodyEnd|Ran|InboxOptions"),
]
# The errors are in the package and in its module, and either will do.
suppress_warnings = ["ref.python"]

# A class of a private module can be public in two other modules. It is not documented under its private name as well.
_property_types._ClassDefProperties.canonical_full_name = None

# "The reason: the same string in every language" at an attribute is a sentence, and not a type before its description.
GoogleDocstring._parse_attribute_docstring = GoogleDocstring._consume_to_end


def public_modules(folder: Path) -> list[types.ModuleType]:
    """Those that list their names and have no underscore in theirs."""
    # Django's models can only be imported in a project.
    apps = ("auth", "contenttypes", "admin", "messages")
    installed = [f"django.contrib.{app}" for app in apps]
    settings.configure(INSTALLED_APPS=[*installed, f"{PACKAGE}.django"])
    django.setup()
    names = {PACKAGE}
    for file in folder.rglob("*.py"):
        parts = file.relative_to(folder).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if not any(part.startswith("_") for part in parts):
            names.add(".".join((PACKAGE, *parts)))
    modules = map(importlib.import_module, sorted(names))
    return [module for module in modules if hasattr(module, "__all__")]


def take_the_stub_for_the_compiled_part(modules: list[types.ModuleType], stub: Path) -> None:
    """Replaces the compiled names, which have no types, by those of the stub, which is Python."""
    compiled = sys.modules[f"{PACKAGE}._native"]
    written = types.ModuleType(compiled.__name__)
    code = compile(stub.read_text("utf-8"), stub, "exec", annotations.compiler_flag)
    exec(code, written.__dict__)
    for module in modules:
        for name in module.__all__:
            # Also where it has been loaded on demand.
            value = getattr(module, name)
            is_compiled = name != "__version__" and value is getattr(compiled, name, None)
            setattr(module, name, getattr(written, name) if is_compiled else value)


def write_sources(folder: Path, modules: list[types.ModuleType]) -> None:
    for module in modules:
        heading = f"``{module.__name__}``"
        page = f"{heading}\n{'=' * len(heading)}\n\n.. automodule:: {module.__name__}\n"
        if hasattr(module, "__path__"):
            page += "   :imported-members:\n"
            page += "".join(references_to_data(module, modules))
        page += "".join(data_of_private_modules(module))
        if module.__name__ == PACKAGE:
            page += "\n.. data:: __version__\n   :type: str\n\n   The version of the package.\n"
        folder.joinpath(f"{module.__name__}.rst").write_text(page, "utf-8")
    names = "".join(f"   {module.__name__}\n" for module in modules)
    folder.joinpath("index.rst").write_text(INDEX + names, "utf-8")


def references_to_data(package: types.ModuleType, modules: list[types.ModuleType]) -> list[str]:
    """Entries for data that a package re-exports from its modules, which autodoc does not see."""
    return [
        f"\n.. data:: {name}\n\n   :data:`{module.__name__}.{name}`\n"
        for name, value in ((name, getattr(package, name)) for name in package.__all__)
        if not isinstance(value, type) and not inspect.isroutine(value)
        for module in modules
        if module is not package and vars(module).get(name) is value and name in module.__all__
    ]


def data_of_private_modules(module: types.ModuleType) -> list[str]:
    """Entries for data that a module re-exports from a private one, with the documentation from there."""
    own = ModuleAnalyzer.for_module(module.__name__).find_attr_docs()
    private = [
        name
        for name in sys.modules
        if name.startswith(f"{PACKAGE}._") and name != f"{PACKAGE}._native"
    ]
    entries = []
    for name in module.__all__:
        value = getattr(module, name)
        if isinstance(value, type) or inspect.isroutine(value) or ("", name) in own:
            continue
        for source in private:
            documentation = ModuleAnalyzer.for_module(source).find_attr_docs().get(("", name))
            if documentation and vars(sys.modules[source]).get(name) is value:
                text = "\n   ".join(documentation)
                entries.append(f"\n.. data:: {name}\n\n   {text}\n")
    return entries


INDEX = """\
Payvost Webhooks for Python
===========================

Every public name of the package ``payvost_webhooks``. :ref:`The index <genindex>` lists them all.

.. toctree::
   :maxdepth: 2

"""


def find_in_package(modules: list[types.ModuleType]):
    """Resolves bare names of the package that a docstring in another module refers to."""

    def find(app, env, node, contnode):
        target, kind = node.get("reftarget", ""), node.get("reftype")
        if node.get("refdomain") != "py":
            return None
        for module in modules:
            if target.partition(".")[0] in module.__all__:
                name = f"{module.__name__}.{target}"
                return env.domains["py"].resolve_xref(
                    env, node["refdoc"], app.builder, kind, name, node, contnode
                )
        # A private type has no entry.
        is_type = target.startswith(f"{PACKAGE}.") and kind in ("class", "obj")
        return contnode if is_type and not is_public(target, modules) else None

    return find


def is_public(name: str, modules: list[types.ModuleType]) -> bool:
    return any(
        name == f"{module.__name__}.{public}" for module in modules for public in module.__all__
    )


def setup(app) -> None:
    folder = Path(importlib.util.find_spec(PACKAGE).origin).parent
    modules = public_modules(folder)
    take_the_stub_for_the_compiled_part(modules, folder / "_native.pyi")
    app.connect("missing-reference", find_in_package(modules))
    write_sources(Path(app.srcdir), modules)
