"""What a search may draw is declared by the recommender itself, and every draw is a setting it accepts."""

from __future__ import annotations

import dataclasses

import pytest

from gnnrec.recommenders import names, recommender_class
from gnnrec.training import is_trained


def losses(name: str) -> list[dict[str, str]]:
    """The choices of a recommender that decide what is searched."""
    fields = {one["name"]: one for one in recommender_class(name).Config.describe()}
    return [{"loss": loss} for loss in fields["loss"]["choices"]] if "loss" in fields else [{}]


# Each space once, though most losses share it.
SPACES = list(
    {
        (name, setting, str(space)): (name, setting, space)
        for name in names()
        for given in losses(name)
        for setting, space in sorted(recommender_class(name).space_under(given).items())
    }.values()
)


def test_the_scan_finds_spaces() -> None:
    assert len(SPACES) > 10


@pytest.mark.parametrize(("name", "setting", "space"), SPACES, ids=lambda one: str(one)[:30])
def test_its_ends_are_settings_of_the_recommender(name: str, setting: str, space: tuple | list) -> None:
    model = recommender_class(name)
    fields = {one.name: one for one in dataclasses.fields(model.Config)}
    assert setting in fields
    if isinstance(space, list):
        values, kind = space, type(fields[setting].default)
        assert len(values) > 1
        assert len(set(values)) == len(values)
    else:
        low, high, *scale = space
        values, kind = [low, high], type(fields[setting].default)
        assert kind in (int, float)
        assert low < high
        assert scale in ([], ["log"])
        assert low > 0 or not scale
    for value in values:
        assert isinstance(value, kind)
        assert model(**{setting: value}).config.as_dict()[setting] == value


@pytest.mark.parametrize("name", names())
def test_what_ends_training_is_never_searched(name: str) -> None:
    if is_trained(name):
        # The epoch is chosen within each trial, on the same validation part.
        for given in losses(name):
            assert not {"epochs", "patience", "evaluate_every"} & set(
                recommender_class(name).space_under(given)
            )


def test_a_search_draws_what_its_loss_reads() -> None:
    model = recommender_class("lightgcn")
    softmax, batch, bpr = (set(model.space_under({"loss": one})) for one in ("softmax", "in_batch", "bpr"))
    assert "batch_users" in softmax and not {"reg", "batch_size"} & softmax
    assert {"temperature", "reg", "batch_size"} <= batch and "batch_users" not in batch
    assert {"score", "reg", "batch_size"} <= bpr and not {"temperature", "batch_users"} & bpr
    assert set(model.space_under({})) == softmax
