"""HTML out of values: every text that is not markup already is escaped, because a product may be called `<script>`."""

import html
from collections.abc import Iterable, Sequence

# https://html.spec.whatwg.org/#void-elements, those that are used.
VOID = ("meta", "br")


class Markup(str):
    """A text that is HTML. Made by `element`, and of files of this package."""


Child = str | int | Iterable[str] | None
"""A text to escape, markup to keep, a list of either, or nothing."""


def element(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Markup:
    """`<name …>children</name>`. An attribute that is False or None is left out; `class_` stands for "class"."""
    inside = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    if name in VOID:
        return Markup(inside)
    return Markup(f"{inside}{joined(*children)}</{name}>")


def joined(*children: Child) -> Markup:
    """Children one behind the other."""
    return Markup("".join(_text(child) for child in children))


def table(head: Sequence[Child], rows: Iterable[Sequence[Child]], caption: Child = None) -> Markup:
    """A table whose first column names its rows; it scrolls by itself where the page is narrow."""
    cells = [element("th", cell, scope="col") for cell in head]
    body = [
        element("tr", element("th", row[0], scope="row"), [element("td", cell) for cell in row[1:]]) for row in rows
    ]
    named = element("caption", caption) if caption is not None else Markup()
    inside = element("table", named, element("thead", element("tr", cells)), element("tbody", body))
    return element("div", inside, class_="scroll")


def _text(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, str | int):
        return html.escape(str(child))
    return joined(*child)


def _attribute(key: str, value: str | int | bool | None) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html.escape(str(value))}"'
