"""The rooms of the package: one imports only from rooms below it, and from the files that lie beside them."""

import ast
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


def imported(path: Path) -> set[str]:
    """The rooms that a file imports from."""
    depth = len(path.relative_to(PACKAGE).parts)
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    modules = [node.module for node in tree if isinstance(node, ast.ImportFrom) and node.level == depth and node.module]
    return {module.split(".")[0] for module in modules} & set(ROOMS)
