"""The report of cases: verdicts counted, each case with pictures, list, graph and note, and where it all comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gnnrec.data import Dataset
from gnnrec.errors import GnnrecError
from gnnrec.figures.item_poster import item_poster
from gnnrec.reports.blocks import Beside, Block, Cards, Facts, Picture, PictureCard, Table, Text, picture_of
from gnnrec.reports.case_scene import Opener, Scene, picture, scene
from gnnrec.reports.document import Report, Section
from gnnrec.reports.provenance import about_data, about_model, now
from gnnrec.store.case import Case, minute
from gnnrec.store.verdicts import Verdict, verdicts

MOST = 100
"""More cases than this are counted, and the first ones told."""


@dataclass(frozen=True)
class _Told:
    """What every case is told with."""

    titles: dict[str, str]
    opener: Opener
    confirmed: bool


def case_report(
    cases: Sequence[Case],
    *,
    title: str = "",
    confirmed: bool = False,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Report:
    """Cases as something to hand over.

    Args:
        cases: In the order of telling; beyond the first 100 they are only counted.
        title: On the title page; made from the number of cases without.
        confirmed: Whether people and items of data that may not be passed on are shown all the same, because
            whoever hands the report over is allowed to.
        tell: Told how many are done, of how many.
    """
    known = verdicts(retired=True)
    told = _Told({one.key: one.title for one in known}, Opener(), confirmed)
    sections, closed = [], Counter()
    shown = cases[:MOST]
    for place, case in enumerate(shown, start=1):
        if title_of := _closed(case, told):
            closed[title_of] += 1
        else:
            sections.append(_section(len(sections) + 1, scene(case, told.opener), told))
        tell(place, len(shown))
    sections.append(_origin(cases, told.opener))
    names = sorted({case.dataset for case in cases})
    facts = [
        ("Cases", len(cases)),
        ("Data", ", ".join(names)),
        ("Models", len({case.model for case in cases if case.model})),
        ("Written by", ", ".join(sorted({case.who for case in cases if case.who})) or None),
        ("Report of", now()),
    ]
    return Report(
        title or ("One case" if len(cases) == 1 else f"{len(cases):,} cases"),
        "What people said about single recommendations, with what the model saw.",
        [(name, value) for name, value in facts if value is not None],
        sections,
        [*_counted(cases, known), *_left_out(len(cases) - len(shown), closed)],
    )


def _closed(case: Case, told: _Told) -> str:
    """The title of the data where its people and items stay out of the report; else empty."""
    try:
        dataset = told.opener.dataset(case.dataset)
    except GnnrecError:
        return ""
    return "" if told.confirmed or dataset.licence.redistributable else dataset.title


def _left_out(more: int, closed: Counter[str]) -> list[Block]:
    told = []
    if more > 0:
        told.append(f"{more:,} more cases are counted above and not told one by one.")
    told += [
        f"{n:,} {'case' if n == 1 else 'cases'} on {name} are only counted: the terms of this data do not allow "
        "passing on its people and items, and nobody confirmed that it may be done."
        for name, n in closed.items()
    ]
    return [Text(one, "missing") for one in told]


def _counted(cases: Sequence[Case], known: Sequence[Verdict]) -> list[Block]:
    from gnnrec.figures.counts import count_bars

    found = Counter(case.verdict for case in cases)
    rows = [(one.title, found[one.key]) for one in known if found[one.key]]
    if not rows:
        return []
    return [picture_of(count_bars(rows, "light", what="cases"), f"Verdicts of {len(cases):,} cases.")]


def _section(number: int, found: Scene, told: _Told) -> Section:
    case, data = found.case, found.dataset
    about = found.item_title or found.person_name
    verdict = told.titles.get(case.verdict, case.verdict)
    facts = _facts(found, verdict)
    poster = Cards([_card(data, found.item)], "The item") if found.item is not None else None
    blocks: list[Block] = [Beside(poster, facts) if poster else facts]
    if case.note:
        blocks.append(Text(case.note, "note"))
    blocks += [Text(one, "missing") for one in found.missing]
    if found.listed:
        blocks += _list(found)
    if found.recent:
        blocks.append(Text(_before(found), "caption"))
    drawn = picture(found, f"What leads to {about}" if found.item is not None else f"Around {about}")
    if drawn is not None:
        alt = f"The graph around {found.person_name}: {drawn[1]}."
        blocks.append(Picture(drawn[0], alt, f"What the model could see: {drawn[1]}."))
    return Section(f"{number}. {verdict}: {about}", blocks, apart=True)


def _facts(found: Scene, verdict: str) -> Facts:
    case, words = found.case, found.dataset.words if found.dataset else None
    person = f"{found.person_name} ({case.person})" if found.person_name != case.person else case.person
    item = f"{found.item_title} ({case.item})" if case.item and found.item_title != case.item else case.item
    changed = case.changed if case.changed != case.created else None
    pairs = [
        ("Verdict", verdict),
        (words.person.capitalize() if words else "Person", person),
        (words.item.capitalize() if words else "Item", item),
        ("Model", case.model if found.model is None else f"{found.model.checkpoint.title} ({case.model})"),
        ("Where it stood", standing_words(case)),
        ("Written", minute(case.created) + (f" by {case.who}" if case.who else "")),
        ("Changed", minute(changed) if changed else None),
    ]
    return Facts([(name, value) for name, value in pairs if value])


def standing_words(case: Case) -> str:
    """Where the item stood when the case was written, in words; empty where that was not kept."""
    one = case.standing
    if one.in_list is None:
        return ""
    if one.rank is None:
        return "in no list, because it was hidden from them"
    return f"rank {one.rank:,}, {'in' if one.in_list else 'not in'} the list of {one.k}"


def _list(found: Scene) -> list[Block]:
    data, case = found.dataset, found.case
    hits = sum(item in found.held_out for item in found.listed)
    cards = [
        _card(
            data,
            item,
            mark=str(rank),
            note=f"✓ later {data.words.past}" if item in found.held_out else "",
            lit=item == found.item,
        )
        for rank, item in enumerate(found.listed, start=1)
    ]
    told = (
        f"The list of {len(cards)} that the model gives, best first; {hits} of them are {data.words.items} they later "
        f"{data.words.past}."
    )
    if found.item is not None and found.item not in found.listed and case.standing.rank:
        told += f" The {data.words.item} of this case stood on rank {case.standing.rank:,}."
    return [Cards(cards, "The list of the model"), Text(told, "caption")]


def _before(found: Scene) -> str:
    data = found.dataset
    titles = ", ".join(data.item_title(one) for one in found.recent)
    more = found.n_history - len(found.recent)
    rest = f" and {data.words.count_items(more)} before that" if more > 0 else ""
    return f"Last {data.words.past} before, as far as the model was shown: {titles}{rest}."


def _card(data: Dataset, item: int, note: str = "", mark: str = "", lit: bool = False) -> PictureCard:
    return PictureCard(item_poster(data, item, "light"), data.item_title(item), note, mark, lit)


def _origin(cases: Sequence[Case], opener: Opener) -> Section:
    """Data, checkpoints, splits, seeds and versions behind the cases."""
    counts = Counter(case.model for case in cases if case.model)
    found = {address: one for address in counts if (one := _there(opener.checkpoint, address))}
    rows = [
        (found[one].title if one in found else f"{one}, no longer there", n)
        for one, n in counts.most_common()
    ]
    blocks: list[Block] = [
        Text("With these, whoever has the data and the checkpoints can look at every case again.", "caption"),
        Table(["Model", "Cases about it"], rows) if rows else Text("No case names a model."),
    ]
    for name in sorted({case.dataset for case in cases}):
        data = _there(opener.dataset, name)
        blocks.append(
            Facts(about_data(data)) if data else Text(f"The data set '{name}' is not at hand.", "missing")
        )
    for one in found.values():
        blocks += [Text(one.title), Facts(about_model(one))]
    return Section("Where this comes from", blocks, apart=True)


def _there(opened: Callable[[str], Any], name: str) -> Any:
    try:
        return opened(name)
    except GnnrecError:
        return None
