"""The Python reference, by Sphinx, from the docstrings of the installed package and the stub of its compiled part.

It makes its own sources: a page for each public module of the package, so that a new module has one as well.
"""

from __future__ import annotations

import importlib.util
import sys
import types
from pathlib import Path

from sphinx.ext.napoleon import GoogleDocstring

PACKAGE = "payvost_webhooks"

project = "Payvost Webhooks for Python"
author = "Payvost"
extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
html_theme = "alabaster"
html_theme_options = {"page_width": "1080px", "show_powered_by": False}
html_show_copyright = False
html_copy_source = False
html_domain_indices = True

autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_format = "short"
autodoc_class_signature = "separated"
add_module_names = False

# Every reference has to be found, apart from those to what is not ours and is not on this machine.
nitpicky = True
nitpick_ignore_regex = [
    (r"py:.*", r"(str|bytes|bytearray|memoryview|int|float|bool|object|type|None|dict|list|tuple)"),
    (r"py:.*", r"(ValueError|TypeError)"),
    (r"py:.*", r"(typing|types|collections|datetime|logging|asyncio|wsgiref)\..*"),
    (r"py:.*", r"(WSGIApplication|WSGIEnvironment|StartResponse)"),
    (r"py:.*", r"(flask|django|fastapi|starlette)\..*"),
    (r"py:.*", rf"{PACKAGE}\.(\w+\.)*_\w+"),
]
# The errors are in the package and in its module, and either is meant.
suppress_warnings = ["ref.python"]

# "The reason: the same string in every language" at an attribute is a sentence, and not a type before its description.
GoogleDocstring._parse_attribute_docstring = GoogleDocstring._consume_to_end


def take_the_stub_for_the_compiled_part(folder: Path) -> None:
    """What is compiled has no types; its stub has both, and is Python."""
    name, stub = f"{PACKAGE}._native", folder / "_native.pyi"
    importlib.import_module(f"{PACKAGE}.errors")
    version = sys.modules[name].__version__
    module = types.ModuleType(name)
    module.__file__ = str(stub)
    sys.modules[name] = module
    flags = annotations.compiler_flag
    exec(compile(stub.read_text("utf-8"), stub, "exec", flags), module.__dict__)
    module.__version__ = version
    for loaded in [
        loaded for loaded in sys.modules if loaded.split(".")[0] == PACKAGE and loaded != name
    ]:
        del sys.modules[loaded]


def public_modules(folder: Path) -> list[str]:
    names = {PACKAGE}
    for file in folder.rglob("*.py"):
        parts = file.relative_to(folder).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        if not any(part.startswith("_") for part in parts):
            names.add(".".join((PACKAGE, *parts)))
    return sorted(names)


def load_what_is_lazy() -> None:
    package = importlib.import_module(PACKAGE)
    for name in package.__all__:
        setattr(package, name, getattr(package, name))


def write_sources(folder: Path, modules: list[str]) -> None:
    for module in modules:
        heading = f"``{module}``"
        page = f"{heading}\n{'=' * len(heading)}\n\n.. automodule:: {module}\n"
        if module == PACKAGE:
            page += "   :imported-members:\n\n.. data:: __version__\n   :type: str\n\n   The version of the package.\n"
        folder.joinpath(f"{module}.rst").write_text(page, "utf-8")
    names = "".join(f"   {module}\n" for module in modules)
    folder.joinpath("index.rst").write_text(INDEX + names, "utf-8")


INDEX = """\
Payvost Webhooks for Python
===========================

Every public name of the package ``payvost_webhooks``. :ref:`The index <genindex>` lists them all.

.. toctree::
   :maxdepth: 2

"""


def find_in_package(app, env, node, contnode):
    """A bare name of the package that a docstring in one of its modules refers to."""
    target, kind = node.get("reftarget"), node.get("reftype")
    if node.get("refdomain") != "py" or target not in importlib.import_module(PACKAGE).__all__:
        return None
    return env.domains["py"].resolve_xref(
        env, node["refdoc"], app.builder, kind, f"{PACKAGE}.{target}", node, contnode
    )


def setup(app) -> None:
    app.connect("missing-reference", find_in_package)
    folder = Path(importlib.util.find_spec(PACKAGE).origin).parent
    take_the_stub_for_the_compiled_part(folder)
    load_what_is_lazy()
    write_sources(Path(app.srcdir), public_modules(folder))
