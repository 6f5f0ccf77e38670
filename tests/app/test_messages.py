"""Play messages on the Graph page: step by step, lit in the picture, with the list and the gauge moving along."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from gnnrec.checkpoints import find
from tests.app.opening import address, components, fine, open_page, words
from tests.hostile import HOSTILE

PERSON = "p|3"


def lightgcn(**more: object) -> AppTest:
    return open_page("graph", d=HOSTILE, u=PERSON, g_model=find(f"{HOSTILE}-lightgcn").address, **more)


def lit(app: AppTest) -> int:
    (drawing,) = [one["drawing"] for one in components(app) if "drawing" in one]
    return sum(edge["look"] in ("lit", "arriving") for edge in drawing["edges"])


def keys(app: AppTest) -> set[str]:
    return {str(one.key) for one in app.button}


def test_it_waits_until_asked(hostile: str) -> None:
    app = lightgcn()
    assert "New to graph networks?" in words(app)
    assert not lit(app) and "round_next" not in keys(app)


def test_one_steps_on_and_back_and_every_step_is_an_address(hostile: str) -> None:
    app = fine(lightgcn().button(key="play_messages").click().run())
    assert address(app)["g_round"] == "0"
    assert "Before the first round" in words(app) and "Nothing has been sent yet" in words(app)
    assert not lit(app)
    seen = []
    for rounds in (1, 2):
        fine(app.button(key="round_next").click().run())
        assert address(app)["g_round"] == str(rounds)
        assert f"After round {rounds} of 2" in words(app)
        seen.append(lit(app))
    assert 0 < seen[0] < seen[1]
    assert app.button(key="round_next").disabled and not app.button(key="round_back").disabled
    assert "people who watched the same films" in words(app)
    again = lightgcn(g_round=2)
    assert words(again) == words(app) and lit(again) == lit(app)
    fine(app.button(key="round_back").click().run())
    assert "After round 1 of 2" in words(app)
    fine(app.button(key="round_stop").click().run())
    assert "g_round" not in address(app) and not lit(app)


def test_the_last_round_gives_the_list_of_the_model(hostile: str) -> None:
    from gnnrec.ui import loaders

    app = lightgcn(g_round=2)
    model = loaders.model(find(f"{HOSTILE}-lightgcn").address)
    data, split = loaders.dataset(hostile), loaders.split(hostile, "random:seed=1")
    best = model.recommend([data.users.number(PERSON)], k=3, exclude=split.matrix("valid")).items[0]
    spec = next(one.proto.spec for one in app.get("plotly_chart") if "After round 2" in one.proto.spec)
    plain = [data.item_title(int(one)) for one in best if data.item_title(int(one)).startswith("Plain film")]
    assert all(title in spec for title in plain)
    assert "Mean cosine among people" in "".join(one.proto.spec for one in app.get("plotly_chart"))


def test_titles_in_the_list_are_never_markup(hostile: str) -> None:
    app = lightgcn(g_round=0)
    said = words(app)
    assert "<script>" not in said.replace("\\<script\\>", "") and "\n![picture](" not in said


def test_attention_is_played_too(hostile: str) -> None:
    app = open_page("graph", d=HOSTILE, u=PERSON, g_model=find(f"{HOSTILE}-gat").address, g_round=1)
    assert "After round 1 of 1" in words(app) and lit(app)


def test_a_person_without_a_vector_has_no_list_before_the_first_round() -> None:
    app = open_page("graph", g_model=find("demo-lightgcn-history").address, g_round=0)
    assert "remembers nothing about people themselves" in words(app)
    assert "No list yet" in words(app)


def test_vectors_that_were_never_meant_to_be_read_are_said_to_be(hostile: str) -> None:
    link = find("demo-gcn_link").address
    for rounds, unread in ((0, True), (1, True), (2, True)):
        said = words(open_page("graph", g_model=link, g_round=rounds))
        assert ("nothing in training made those vectors fit to be compared" in said) == unread
        assert ("it would suggest if messages stopped here" in said) == (rounds == 2)
        assert ("also hears what they said themselves" in said) == (rounds == 1)
    said = words(lightgcn(g_round=1))
    assert "fit to be compared" not in said and "said themselves" not in said


def test_a_model_that_keeps_no_layers_says_so() -> None:
    app = open_page("graph", g_model=find("demo-gf_cf").address, g_round=1)
    assert "does not keep its rounds of messages apart" in words(app)
    assert "round_next" not in keys(app)


@pytest.mark.parametrize("nonsense", ["99", "-1", "x", "1.5", "9" * 400])
def test_rounds_that_are_not_there(hostile: str, nonsense: str) -> None:
    app = lightgcn(g_round=nonsense)
    playing = "round_next" in keys(app)
    assert playing == nonsense.isdecimal()
    if playing:
        assert "After round 2 of 2" in words(app)
