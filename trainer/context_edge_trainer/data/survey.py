"""One pass over a store: all label records, then all LDOs, each with the label that is true of it.

Labels are listed first: an answer is written after its LDO, so whatever an answer belongs to is found behind it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..config import LIVE, Config
from ..store.store import Store
from .columns import LATEST
from .compacted import read_all
from .groups import Episodes
from .segments import LABEL, LDO, Labelled, Parser, Reading, Ref, Rejections, list_segments, read_segments
from .truth import CONFLICT, Answer, Settled, Truth

Cursor = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Since:
    """Where an earlier snapshot stopped reading: what it has read of `ldo` and `labels`, as its manifest says."""

    snapshot: str
    cursor: Cursor
    gaps: Cursor

    def had(self, kind: str, ref: Ref) -> bool:
        """Whether it has read a segment: up to the cursor, without what was missing then."""
        last = self.cursor[kind].get(ref.spool, -1)
        return ref.seq <= last and not any(a <= ref.seq <= b for a, b in self.gaps[kind].get(ref.spool, ()))


@dataclass
class Survey:
    """What a pass has found, filled while it goes; `corrections` are those since the earlier snapshot.

    `unasked` counts rows that a limit, a date or `validated` left out.
    """

    rejections: Rejections = field(default_factory=Rejections)
    ldos: Reading = field(default_factory=Reading)
    labels: Reading = field(default_factory=Reading)
    truth: Truth = field(default_factory=Truth)
    episodes: Episodes = field(default_factory=Episodes)
    corrections: int = 0
    conflicts: int = 0
    strays: int = 0
    unasked: int = 0


@dataclass(slots=True)
class Found:
    """A row that may be learnt from, its record as it stood in its segment, and whether it is new, or its label."""

    row: Labelled
    line: bytes
    news: bool


def survey(store: Store, config: Config, seen: Survey, earlier: Since | None = None) -> Iterator[Found]:
    """Yield what may be learnt from, in the order of keys and lines; counts in `seen` what may not, and why."""
    refs = list_segments(store, LABEL, seen.rejections, seen.labels)
    answers = list(_answers(store, refs, seen))
    seen.truth = Truth.of(answer for _, answer in answers)
    before = None
    if earlier is not None:
        before = Truth.of(answer for ref, answer in answers if earlier.had("labels", ref))
    del answers
    parser = Parser(LDO, seen.rejections)
    refs = list_segments(store, LDO, seen.rejections, seen.ldos)
    for ref, lines in read_all(store, refs, seen.rejections, seen.ldos):
        known = earlier is not None and earlier.had("ldo", ref)
        for number, line in lines:
            place = f"{ref.key}:{number}"
            parsed = parser.parse(line, place)
            if parsed is None:
                continue
            ldo, clean = parsed
            seen.ldos.records += 1
            ldo.setdefault("device", ref.owner)
            seen.episodes.see(ldo, config.folds.group)
            settled = seen.truth.settle(ldo)
            reason = _left_out(ldo, settled, config)
            if reason is not None:
                seen.conflicts += reason == CONFLICT
                seen.rejections.add(f"row: {reason}", place)
                continue
            news = not known or (before is not None and before.settle(ldo).label != settled.label)
            seen.corrections += settled.changed and news
            yield Found(_labelled(place, ldo, settled), clean, news)
    seen.strays = len(seen.truth.live.keys() - parser.seen)


def _answers(store: Store, refs: list[Ref], seen: Survey) -> Iterator[tuple[Ref, Answer]]:
    parser = Parser(LABEL, seen.rejections)
    for ref, lines in read_segments(store, refs, seen.rejections, seen.labels):
        for number, line in lines:
            parsed = parser.parse(line, f"{ref.key}:{number}")
            if parsed is not None:
                seen.labels.records += 1
                yield ref, Answer.of(parsed[0], ref.owner)


def _left_out(ldo: Mapping[str, Any], settled: Settled, config: Config) -> str | None:
    """Why a record is nothing to learn from; None when it is."""
    if ldo.get("simulated", False) and not config.data.simulated:
        return "simulated"
    if ldo.get("mode", LIVE) not in config.data.modes:
        return f"mode is not {' or '.join(config.data.modes)}"
    if not 0 <= ldo["timestamp"] < LATEST:
        return "no plausible timestamp"
    if settled.label is None:
        return settled.why
    if settled.source not in config.data.label_sources:
        return f"labelled by {settled.source}, which is not asked for"
    return None


def _labelled(place: str, ldo: dict[str, Any], settled: Settled) -> Labelled:
    return Labelled(
        place,
        ldo,
        settled.label,
        settled.source,
        settled.writer,
        settled.identity,
        settled.stream,
        settled.probability,
        settled.changed,
        settled.confirmed,
    )
