"""The rooms of the package: one imports only from rooms below it, and from the files that lie beside them."""

import ast
import pkgutil
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "context_edge_trainer"
# From the bottom up.
ROOMS = ("store", "data", "figures", "learn", "judge", "ship")
# What walks through all rooms.
ABOVE = ("__main__", "commands", "pipeline")


def test_a_room_imports_only_from_below() -> None:
    complaints = []
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE).with_suffix("").parts
        for room in imported(path):
            if place[0] in ABOVE:
                continue
            if place[0] not in ROOMS:
                complaints.append(f"{path.name} is ground and imports the room {room}")
            elif ROOMS.index(room) > ROOMS.index(place[0]):
                complaints.append(f"{'/'.join(place)} stands below {room}")
    assert complaints == []


def test_every_folder_is_a_room() -> None:
    folders = {path.parent.name for path in PACKAGE.glob("*/*.py")}
    assert folders == {*ROOMS, "commands"}


def test_every_module_can_be_imported_first() -> None:
    """A circle of imports shows only in the module that is imported first."""
    names = [module.name for module in pkgutil.walk_packages([str(PACKAGE)], f"{PACKAGE.name}.")]
    code = """
import importlib, sys
names = sys.argv[1:]
for name in names:
    if not name.endswith("__main__"):
        for loaded in [one for one in sys.modules if one.startswith("context_edge_trainer")]:
            del sys.modules[loaded]
        importlib.import_module(name)
"""
    done = subprocess.run([sys.executable, "-c", code, *names], cwd=PACKAGE.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert len(names) > 50


def imported(path: Path) -> set[str]:
    """The rooms that a file imports from."""
    depth = len(path.relative_to(PACKAGE).parts)
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    nodes = [node for node in tree if isinstance(node, ast.ImportFrom) and node.level == depth]
    # `from ..data import x`, and `from .. import data`.
    names = {name for node in nodes for name in ([node.module] if node.module else [a.name for a in node.names])}
    return {name.split(".")[0] for name in names} & set(ROOMS)
