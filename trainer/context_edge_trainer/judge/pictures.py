"""The pictures of the report, as SVG that stands in the page: its letters are the page's, and so are its colours.

Colours are names until the page gives them a value, so that one picture serves light, dark and paper. The same figures
give the same bytes.
"""

import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import StringIO
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from .markup import Markup, element

# No figure of ours has these colours; each becomes a variable of the page.
COLOURS = {"ink": "#010101", "soft": "#010102", "line": "#010103", "blue": "#010104", "orange": "#010105"} | {
    "green": "#010106"
}
LINES = (COLOURS["blue"], COLOURS["orange"], COLOURS["green"])
WIDTH = 5.2
FONT = 9.5
NAME = 22
# From this many labels on the numbers no longer fit into the cells.
MOST_NUMBERED = 12

SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "context-edge-trainer",
    # A label with two dollar signs is a label, not a formula.
    "text.parse_math": False,
    "font.size": FONT,
    "axes.edgecolor": COLOURS["line"],
    "axes.labelcolor": COLOURS["ink"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": COLOURS["soft"],
    "ytick.color": COLOURS["soft"],
    "text.color": COLOURS["ink"],
    "legend.frameon": False,
}


def confusion(cells: Sequence[Sequence[int]], labels: Sequence[str]) -> Markup:
    """Rows truth, columns said; the shade is the share of the row, the number its rows."""
    count = len(labels)
    names = [short(label) for label in labels]

    def draw(axes: Axes) -> None:
        for row, found in enumerate(cells):
            total = sum(found)
            for column, number in enumerate(found):
                share = number / total if total else 0.0
                colour = COLOURS["blue"] if row == column else COLOURS["orange"]
                if number:
                    axes.add_patch(_square(column, row, colour, 0.08 + 0.62 * share))
                if number and count <= MOST_NUMBERED:
                    axes.text(column, row, f"{number:,}", ha="center", va="center", fontsize=FONT - 1.5)
        axes.set(xlim=(-0.5, count - 0.5), ylim=(count - 0.5, -0.5), xlabel="what the model said", ylabel="what it was")
        axes.set_xticks(range(count), names, rotation=35, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(count), names)
        axes.tick_params(length=0)
        axes.set_frame_on(False)

    side = max(WIDTH, 1.9 + 0.4 * count)
    return _picture("confusion", "Confusion matrix: what the model said, by what it truly was", draw, side, side * 0.8)


def curves(training: Mapping[str, Mapping[str, Any]]) -> Markup:
    """Macro-F1 on the validation fold by epoch, of every variant; a dot is the epoch that was kept."""

    def draw(axes: Axes) -> None:
        for colour, (name, run) in zip(LINES, training.items(), strict=False):
            numbers, scores = _line(axes, run, "macro_f1", colour, name.replace("_", " "))
            best = run["best_epoch"]
            axes.plot([best], [scores[numbers.index(best)]], "o", color=colour, markersize=4.5)
        axes.set(xlabel="epoch", ylabel="macro-F1, validation", ylim=(None, 1))
        axes.legend(loc="lower right", fontsize=FONT - 1)

    return _picture("curves", "Macro-F1 on the validation fold, by epoch of training", draw, WIDTH, 3.1)


def losses(training: Mapping[str, Mapping[str, Any]]) -> Markup:
    """Mean training loss by epoch, of every variant."""

    def draw(axes: Axes) -> None:
        for colour, run in zip(LINES, training.values(), strict=False):
            _line(axes, run, "loss", colour, "")
        axes.set(xlabel="epoch", ylabel="loss, training", ylim=(0, None))

    return _picture("losses", "Loss on the training rows, by epoch of training", draw, WIDTH, 3.1)


def _line(axes: Axes, run: Mapping[str, Any], key: str, colour: str, label: str) -> tuple[list[int], list[float]]:
    """Draws a figure of each epoch; gives back what it drew."""
    numbers = [epoch["number"] for epoch in run["curve"]]
    values = [epoch[key] for epoch in run["curve"]]
    axes.plot(numbers, values, color=colour, label=label, linewidth=1.6)
    axes.yaxis.grid(True, color=COLOURS["line"], linewidth=0.6)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return numbers, values


def reliability(bins: Sequence[Mapping[str, Any]], alert_confidence: float) -> Markup:
    """How often the model was right, by how sure it said it was; on the diagonal the two agree."""

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=COLOURS["line"], linewidth=1.2)
        axes.axvline(alert_confidence, color=COLOURS["soft"], linewidth=0.9, linestyle=(0, (3, 3)))
        axes.text(alert_confidence - 0.015, 0.03, "alerts from here", ha="right", fontsize=FONT - 1.5)
        for entry in bins:
            said, right = entry["said"], entry["right"]
            if right["low"] is not None:
                axes.plot([said, said], [right["low"], right["high"]], color=COLOURS["blue"], linewidth=1.4)
            axes.plot([said], [right["value"]], "o", color=COLOURS["blue"], markersize=5)
        axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="the model said", ylabel="it was right")
        axes.xaxis.set_major_formatter(_percent)
        axes.yaxis.set_major_formatter(_percent)
        axes.grid(True, color=COLOURS["line"], linewidth=0.4)

    return _picture("reliability", "How often it was right, by how sure the model was", draw, WIDTH, 3.8)


def short(name: str) -> str:
    """A name that fits beside an axis."""
    return name if len(name) <= NAME else f"{name[: NAME - 1]}…"


def _percent(value: float, _: object) -> str:
    return f"{100 * value:.0f} %"


def _square(column: int, row: int, colour: str, alpha: float) -> Rectangle:
    return Rectangle((column - 0.47, row - 0.47), 0.94, 0.94, facecolor=colour, alpha=alpha, linewidth=0)


def _picture(name: str, says: str, draw: Callable[[Axes], None], width: float, height: float) -> Markup:
    """A drawing as `<svg>`; `says` is what it shows, for those who cannot see it."""
    with _drawing():
        canvas = Canvas(figsize=(width, height), layout="constrained")
        draw(canvas.subplots())
        written = StringIO()
        canvas.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return element("figure", _in_page(written.getvalue(), name, says), element("figcaption", says))


@contextmanager
def _drawing() -> Iterator[None]:
    """A letter that no font here has costs a warning; the reader's fonts draw it."""
    with matplotlib.rc_context(SETTINGS), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _in_page(drawn: str, name: str, says: str) -> Markup:
    """What matplotlib wrote, without its prologue and metadata, with ids of its own and the page's colours and font."""
    svg = drawn[drawn.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<style.*?</style>", "", svg, flags=re.DOTALL)
    head, rest = svg.split(">", 1)
    box = re.search(r'viewBox="[^"]*"', head)
    assert box is not None
    rest = re.sub(r'(\bid="|xlink:href="#|url\(#)', rf"\g<1>{name}-", rest)
    rest = re.sub(r'style="[^"]*"', _styled, rest)
    label = element("i", aria_label=says)[2:].split(">")[0]
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return Markup(f'<svg {spaces} {box[0]} role="img"{label}>{rest}')


def _styled(found: re.Match[str]) -> str:
    style = re.sub(r"font: ([0-9.]+px) [^;\"]*", r"font-size: \1", found[0])
    for colour, value in COLOURS.items():
        style = style.replace(value, f"var(--{colour})")
    return style
