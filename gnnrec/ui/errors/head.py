"""The head of the Errors page: the question, and in one sentence how many people it fails."""

from __future__ import annotations

import numpy as np
import streamlit as st

from gnnrec import places
from gnnrec.evaluation import WHOLE_RANKING
from gnnrec.ui import loaders, tasks, view
from gnnrec.ui.context import Context
from gnnrec.ui.errors.asked import PARTS, Asked
from gnnrec.ui.errors.numbers import overall
from gnnrec.ui.text import escape


def title(asked: Asked) -> None:
    """The one heading of the page."""
    st.title(escape(question_words(asked)), anchor=False)


def question_words(asked: Asked) -> str:
    """The question that the page answers."""
    if asked.b:
        return f"Whom does {asked.a.title} serve worse than {asked.b.title}?"
    return f"For whom does {asked.a.title} fail?"


def need_people(context: Context, part: str) -> None:
    """End the page in words where nobody has anything held out."""
    if len(loaders.evaluation(context.a.address, part).users):
        return
    words = context.words
    st.title(f"For whom does {escape(context.a.title)} fail?", anchor=False)
    st.info(
        f"Nobody can be judged: no {words.person} of {escape(context.dataset.title)} has something held out for "
        f"{PARTS[part]} on split {escape(context.split)}, so there is no value to look at.",
        icon=":material/person_off:",
    )
    st.page_link(
        places.pages_folder() / "data.py",
        label="What the data holds",
        icon=":material/table_view:",
        query_params=view.link(),
    )
    st.stop()


def headline(context: Context, asked: Asked) -> None:
    """How many people are badly served, then the mean with its interval, and whose numbers these are."""
    if len(asked.numbers.values):
        st.markdown(
            f"**{escape(failed_words(context, asked))}**",
            help=f"{asked.rule.description}: {asked.rule.formula}",
        )
    st.caption(escape(numbers_words(context, asked)))


def numbers_words(context: Context, asked: Asked) -> str:
    """The mean with its interval, whose it is, and who is not in it."""
    words, found = context.words, asked.numbers
    n = len(found.values)
    mean = overall(*asked.key)
    between = f" ({mean.low:.3f} to {mean.high:.3f})" if not mean.too_few else ", too few for an interval"
    # Elsewhere a rating metric is over all ratings at once, and somebody with many of them weighs more.
    own = "" if tasks.ranks_for_people(asked.a) else f"of each {words.person}'s own "
    told = f"Mean {own}{asked.what} {mean.mean:.3f}{between}" if n else f"No value of {asked.what}"
    names = asked.a.title + (f" minus {asked.b.title}" if asked.b else "")
    left = context.dataset.n_users - n - found.undefined
    parts = [
        f"{told.replace('-', '−')}, {names} on {context.dataset.title}, {PARTS[asked.part]}",
        f"{words.count_people(n)} judged",
        f"{left:,} without anything held out" if left else "",
        f"{found.undefined:,} of whom the metric says nothing" if found.undefined else "",
    ]
    lower = " Lower is better." if asked.direction == "lower" else ""
    refitted = (
        " The model learned from validation after this was measured."
        if asked.part in context.split.fitted_parts
        else ""
    )
    return f"{', '.join(one for one in parts if one)}. 95 % bootstrap interval over {words.people}.{lower}{refitted}"


def failed_words(context: Context, asked: Asked) -> str:
    """How many are badly served, in a sentence."""
    words, values = context.words, asked.numbers.values
    n = len(values)
    if asked.b:
        better, worse = ((asked.signed > 0).mean(), (asked.signed < 0).mean())
        return (
            f"{asked.a.title} serves {_of_100(better)} of 100 {words.people} better than "
            f"{asked.b.title}, {_of_100(worse)} worse, and {_of_100(1 - better - worse)} the same"
        )
    if tasks.predicts_ratings(asked.a):
        half, most = np.quantile(values, [0.5, 0.9])
        return (
            f"For half of the {words.people} predictions are off by {half:.2f} stars or less, for the worst tenth by "
            f"{most:.2f} or more"
        )
    if asked.metric in WHOLE_RANKING:
        half, most = np.quantile(values, [0.5, 0.9])
        return (
            f"For half of the {words.people} what they later {words.past} is on average among the first {half:.1%} of "
            f"the whole ranking, for the worst tenth {most:.1%} down or further"
        )
    length = asked.metric.partition("@")[2]
    nothing = int((values == 0).sum())
    if tasks.foresees_clicks(asked.a):
        return (
            f"For {nothing:,} of {words.count_people(n)} not one next click of their held-out sessions was among the "
            f"first {length} {words.items}"
        )
    if not nothing:
        return f"Everybody finds something they later {words.past} among their first {length} {words.items}"
    return (
        f"{_of_100(nothing / n)} of 100 {words.people} find nothing they later {words.past} among their first {length} "
        f"{words.items} ({nothing:,} of {n:,})"
    )


def _of_100(share: float) -> str:
    """Never 0 or 100 where it is not."""
    if 0 < share < 0.005:
        return "fewer than 1"
    if 0.995 <= share < 1:
        return "more than 99"
    return f"{100 * share:.0f}"
