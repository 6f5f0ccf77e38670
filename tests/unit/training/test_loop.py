"""The training loop: best epoch kept, stops, resumes exactly, and refits where validation was carved."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import torch

from gnnrec.data import split
from gnnrec.errors import ConfigError, IncompatibleError, RunError
from gnnrec.evaluation import evaluate
from gnnrec.recommenders import create
from gnnrec.training import Listener, TrainingState, fit, settings_for
from gnnrec.training.device import choose
from gnnrec.training.loop import train
from tests.worlds import checkerboard, of_pairs, published

SMALL = {"embedding_size": 8, "epochs": 12, "evaluate_every": 2, "patience": 50, "dropout": 0.2}
BATCHED = SMALL | {"loss": "bpr", "batch_size": 32, "reg": 0.01}


def _trained(settings: dict, listener: Listener | None = None, resume: TrainingState | None = None):
    world = checkerboard()
    cut = published(world)
    model = create("lightgcn", settings)
    model.attach(cut.training())
    return model, train(model, cut, seed=3, listener=listener, resume=resume), cut


@pytest.mark.parametrize("settings", [SMALL, BATCHED], ids=["softmax", "bpr"])
@pytest.mark.parametrize("after", [2, 6])
def test_a_resumed_run_ends_where_an_uninterrupted_one_ends(settings: dict, after: int) -> None:
    states: dict[int, TrainingState] = {}

    def keep(state: TrainingState) -> None:
        tensors = {name: value.copy() for name, value in state.tensors.items()}
        states[state.epoch] = TrainingState.of(state.numbers(), tensors)

    whole, ended, _ = _trained(settings, Listener(on_state=keep))
    again, resumed, _ = _trained(settings, resume=states[after])
    assert resumed.best_epoch == ended.best_epoch
    assert [one.loss for one in resumed.history] == [one.loss for one in ended.history]
    for name, value in whole.state().items():
        np.testing.assert_array_equal(again.state()[name], value)


def test_the_best_epoch_is_put_back() -> None:
    model, state, cut = _trained(SMALL)
    scores = {one.epoch: one.valid for one in state.history if one.valid is not None}
    assert state.best_score == max(scores.values())
    assert state.best_epoch == min(epoch for epoch, score in scores.items() if score == state.best_score)
    assert evaluate(model, cut, "valid", at=(10,)).means["ndcg@10"] == pytest.approx(state.best_score)


def test_patience_ends_training() -> None:
    _, state, _ = _trained(SMALL | {"epochs": 400, "patience": 4, "learning_rate": 1e-6})
    assert state.epoch - state.best_epoch <= 5
    assert state.epoch < 400


def test_a_stop_ends_at_the_best_epoch_so_far() -> None:
    seen: list[int] = []
    listener = Listener(on_epoch=lambda epoch: seen.append(epoch.epoch), should_stop=lambda: len(seen) >= 3)
    _, state, _ = _trained(SMALL, listener)
    assert state.epoch == 4
    assert state.best_epoch in (2, 4)


def test_seconds_bound_training() -> None:
    world = checkerboard()
    made = fit(
        "lightgcn",
        world,
        published(world),
        settings=SMALL | {"epochs": 10_000, "patience": 10_000},
        max_seconds=0.2,
    )
    assert made.epochs < 10_000
    assert made.best_epoch >= 1


def test_a_loss_that_is_no_number_is_told(monkeypatch) -> None:
    model = create("lightgcn", SMALL)
    monkeypatch.setattr(model, "loss", lambda batch: model.net.item.sum() * float("nan"))
    world = checkerboard()
    model.attach(published(world).training())
    with pytest.raises(RunError, match="no finite number"):
        train(model, published(world), seed=0)


def _breaking(settings: dict, after: int, parameters: bool = False):
    """A model whose loss, or whose parameters after the last step, are no numbers from an epoch on."""
    model = create("lightgcn", settings)
    usual, steps = model.loss, []

    def loss(batch):
        steps.append(batch)
        if len(steps) <= after:
            return usual(batch)
        if parameters:
            model.net.item.register_hook(lambda gradient: gradient * float("nan"))
            return usual(batch)
        return usual(batch) * float("nan")

    model.loss = loss
    return model, steps


@pytest.mark.parametrize("parameters", [False, True], ids=["loss", "parameters"])
def test_a_training_that_breaks_stops_at_once_and_keeps_the_best_epoch_before(parameters: bool) -> None:
    cut = published(checkerboard())
    model, steps = _breaking(SMALL, 7, parameters)
    model.attach(cut.training())
    state = train(model, cut, seed=3)
    assert (state.epoch, len(steps), len(state.history)) == (7, 8, 7)
    assert state.best_epoch in (2, 4, 6)
    assert "broke off in epoch 8" in state.note and f"Epoch {state.best_epoch}" in state.note
    _, whole, _ = _trained(SMALL | {"epochs": 6})
    assert state.best_epoch == whole.best_epoch
    assert evaluate(model, cut, "valid", at=(10,)).means["ndcg@10"] == pytest.approx(state.best_score)


def test_what_broke_is_said_with_the_finished_model() -> None:
    cut = published(checkerboard())
    model, _ = _breaking(SMALL, 7)
    made = fit(model, cut.dataset, cut, seed=3)
    assert "broke off in epoch 8" in made.note
    assert np.isfinite(model.scores([0])).all()
    assert fit("lightgcn", cut.dataset, cut, settings=SMALL, seed=3).note == ""


def test_a_refit_that_breaks_keeps_its_last_good_epoch() -> None:
    cut = published(checkerboard())
    model, _ = _breaking(SMALL, 5)
    model.attach(cut.training())
    state = train(model, None, seed=3, n_epochs=9)
    assert (state.epoch, state.best_epoch) == (5, 5)
    assert "Epoch 5, the last one before" in state.note
    alone = create("lightgcn", SMALL)
    alone.attach(cut.training())
    train(alone, None, seed=3, n_epochs=5)
    np.testing.assert_allclose(model.scores([0, 5]), alone.scores([0, 5]), atol=1e-6)


@pytest.mark.parametrize("name", ["bias", "svdpp", "lightgcn"])
def test_people_too_short_of_interactions_to_carve_any_out_are_fitted_all_the_same(name: str) -> None:
    pairs = [(0, 0), (0, 1), (1, 0), (1, 2), (2, 1), (2, 0)]
    world = of_pairs(pairs, 3, 3, [0, 2, 0, 2, 0, 2], rating=[3.0, 4.0, 5.0, 1.0, 2.0, 2.0])
    small = {} if name == "bias" else {"epochs": 3, "embedding_size": 4}
    made = fit(name, world, published(world), settings=small)
    assert np.isnan(list(made.valid.means.values())).all()
    assert np.isfinite(list(made.test.means.values())).all()


def test_a_final_fit_that_breaks_is_told_from_the_choosing() -> None:
    world = checkerboard()
    parts = np.where(published(world).part == 2, 2, 0)
    carved = split(_with_parts(world, parts), "published:fold=parts")
    chosen = fit(create("lightgcn", SMALL), carved.dataset, carved, seed=5)
    assert chosen.best_epoch > 1
    model, _ = _breaking(SMALL, chosen.epochs + chosen.best_epoch - 1)
    made = fit(model, carved.dataset, carved, seed=5)
    told = f"On train and validation together: Training broke off in epoch {made.best_epoch}:"
    assert made.note.startswith(told)
    assert f"Epoch {made.best_epoch - 1}, the last one before" in made.note


def test_a_training_that_breaks_before_its_first_validation_has_nothing_to_keep() -> None:
    cut = published(checkerboard())
    model, _ = _breaking(SMALL, 1)
    model.attach(cut.training())
    with pytest.raises(RunError, match=r"epoch 2: a loss that is no finite number.*learning rate"):
        train(model, cut, seed=3)


def test_a_carved_split_is_refitted_on_both_for_as_many_epochs() -> None:
    world = checkerboard()
    parts = np.where(published(world).part == 2, 2, 0)
    carved = split(_with_parts(world, parts), "published:fold=parts")
    assert carved.refits
    made = fit("lightgcn", carved.dataset, carved, settings=SMALL, seed=5)
    assert len(made.recommender.data.rows) == len(carved.rows("train", "valid"))
    assert made.seconds_by_stage["choose"] > 0
    alone = create("lightgcn", settings_for(world.name, "lightgcn", SMALL)[0])
    alone.attach(carved.training("train", "valid"))
    train(alone, None, seed=5, n_epochs=made.best_epoch)
    for name, value in alone.state().items():
        np.testing.assert_allclose(made.recommender.state()[name], value, atol=1e-6)


@pytest.mark.parametrize("at", [(4, None), (12, 1), (12, 3)], ids=["choosing", "refit begun", "refitting"])
def test_a_fit_with_a_refit_goes_on_wherever_it_was_interrupted(at: tuple[int, int | None]) -> None:
    world = checkerboard()
    carved = split(_with_parts(world, np.where(published(world).part == 2, 2, 0)), "published:fold=parts")
    states: dict[tuple[int, int | None], TrainingState] = {}

    def keep(state: TrainingState) -> None:
        tensors = {name: value.copy() for name, value in state.all_tensors().items()}
        final = None if state.final is None else state.final.epoch
        states[state.epoch, final] = TrainingState.of(state.numbers(), tensors)

    whole = fit("lightgcn", carved.dataset, carved, settings=SMALL, seed=5, listener=Listener(on_state=keep))
    assert whole.best_epoch > 3
    losses = []
    again = fit(
        "lightgcn",
        world,
        carved,
        settings=SMALL,
        seed=5,
        resume=states[at],
        listener=Listener(on_epoch=lambda epoch: losses.append(epoch.loss)),
    )
    assert (again.best_epoch, again.epochs) == (whole.best_epoch, whole.epochs)
    assert losses == [one.loss for one in whole.history[at[0] :]]
    assert again.valid.means == whole.valid.means
    for name, value in whole.recommender.state().items():
        np.testing.assert_array_equal(again.recommender.state()[name], value)


@pytest.mark.parametrize("name", ["item_knn", "lightgcn"])
def test_validation_is_judged_before_the_finished_model_learns_from_it(name: str) -> None:
    world = checkerboard()
    parts = np.where(published(world).part == 2, 2, 0)
    carved = split(_with_parts(world, parts), "published:fold=parts")
    made = fit(name, carved.dataset, carved, settings=SMALL if name == "lightgcn" else None, seed=5)
    assert len(made.recommender.data.rows) == len(carved.rows("train", "valid"))
    assert made.valid.means["hit@10"] > 0
    assert made.seconds_by_stage["choose"] > 0
    with pytest.raises(IncompatibleError, match="learned from that part"):
        evaluate(made.recommender, carved, "valid")
    if name == "item_knn":
        before = create(name, {}).fit(carved.training())
        assert made.valid.means == evaluate(before, carved, "valid").means


def _with_parts(world, parts):
    from dataclasses import replace

    return replace(world, published={"parts": parts.astype(np.int8)})


def test_unknown_settings_are_named() -> None:
    world = checkerboard()
    with pytest.raises(ConfigError, match="unknown setting 'layers'"):
        fit("lightgcn", world, published(world), settings={"layers": 3})
    with pytest.raises(ConfigError, match="n_layers"):
        fit("lightgcn", world, published(world), settings={"n_layers": "three"})


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is there")
def test_cuda_asked_for_and_absent_offers_the_cpu() -> None:
    with pytest.raises(RunError, match="Choose cpu"):
        choose("cuda")
    assert choose("auto") == "cpu"


def test_running_out_of_memory_offers_the_cpu(monkeypatch) -> None:
    world = checkerboard()

    def none_left(*args, **kwargs):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr("gnnrec.training.loop.train", none_left)
    with pytest.raises(RunError, match="Train on the CPU instead"):
        fit("lightgcn", world, published(world), settings=SMALL)


def test_a_variants_own_settings_are_the_start_for_wishes_that_ask_for_it(monkeypatch) -> None:
    table = {
        "films": {
            "lightgcn": {"settings": {"user_vectors": "trained", "n_layers": 2}},
            "lightgcn.history": {
                "settings": {"user_vectors": "none", "n_layers": 1},
                "variant": {"user_vectors": "none"},
            },
        }
    }
    monkeypatch.setattr("gnnrec.training.chosen._table", lambda: table)
    assert settings_for("films", "lightgcn") == (
        {"user_vectors": "trained", "n_layers": 2},
        "chosen on validation",
    )
    assert settings_for("films", "lightgcn", {"user_vectors": "none"}) == (
        {"user_vectors": "none", "n_layers": 1},
        "chosen on validation",
    )
    assert (
        settings_for("films", "lightgcn", {"n_layers": "3"})[1] == "chosen on validation, changed: n_layers"
    )
    assert settings_for("places", "lightgcn", {"n_layers": 3}) == (
        {"n_layers": 3},
        "defaults, changed: n_layers",
    )


def test_tables_that_do_not_fit_are_refused_before_they_are_made(monkeypatch) -> None:
    world = checkerboard()
    monkeypatch.setattr(sys.modules[fit.__module__], "free_memory_mib", lambda: 16 * 16 * 31 / 2**20)
    with pytest.raises(RunError, match=r"free memory.*each of 16 items"):
        fit("ease", world, published(world))
    with pytest.raises(RunError, match=r"free memory.*each of 16 items"):
        fit("light_blend", world, published(world))
    fit("item_knn", world, published(world))
