"""RunSpec: what makes two trainings the same, and names that people can read."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnnrec.checkpoints import save
from gnnrec.checkpoints.folder import checked_slug
from gnnrec.data import Dataset, split
from gnnrec.errors import ConfigError, DataError, IncompatibleError, RunError
from gnnrec.runs import RunSpec, identity_of
from gnnrec.runs.spec import label
from gnnrec.training import fit


def first_pair(data: Dataset, part: str = "train") -> tuple[str, str]:
    row = split(data, "random:seed=1").rows(part)[0]
    return data.users.id(data.interactions.user[row]), data.items.id(data.interactions.item[row])


def test_identity_changes_with_everything_that_changes_the_model(small: Dataset) -> None:
    base = {"split": "random:seed=1", "settings": {"n_layers": 2}, "seed": 0}
    specs = [
        RunSpec.of(small, "lightgcn", **base),
        RunSpec.of(small, "lightgcn", **base | {"seed": 1}),
        RunSpec.of(small, "lightgcn", **base | {"split": "random:seed=2"}),
        RunSpec.of(small, "lightgcn", **base | {"settings": {"n_layers": 3}}),
        RunSpec.of(small, "lightgcn", **base, forget=[first_pair(small)]),
        RunSpec.of(small, "popularity", split="random:seed=1"),
    ]
    assert len({spec.identity for spec in specs}) == len(specs)


def test_identity_does_not_change_with_device_name_or_time_limit(small: Dataset) -> None:
    one = RunSpec.of(small, "lightgcn")
    other = RunSpec.of(small, "lightgcn", device="cpu", max_seconds=60, slug="mine", base="x@y")
    assert one.identity == other.identity


def test_a_setting_at_its_default_is_no_other_training(small: Dataset) -> None:
    assert RunSpec.of(small, "lightgcn", settings={"n_layers": 2}) == RunSpec.of(small, "lightgcn")


def test_the_order_of_what_is_forgotten_does_not_matter(small: Dataset) -> None:
    rows = split(small, "random:seed=1").rows("train")[:3]
    pairs = [
        (small.users.id(small.interactions.user[row]), small.items.id(small.interactions.item[row]))
        for row in rows
    ]
    one = RunSpec.of(small, "lightgcn", forget=pairs)
    assert one.identity == RunSpec.of(small, "lightgcn", forget=pairs[::-1] + pairs[:1]).identity
    assert one.label.endswith("3 items forgotten")


def test_it_survives_json(small: Dataset) -> None:
    import json

    spec = RunSpec.of(small, "lightgcn", settings={"dropout": 0.1}, forget=[first_pair(small)], max_seconds=5)
    again = RunSpec.from_dict(json.loads(json.dumps(spec.as_dict())) | {"a later field": 1})
    assert again == spec
    assert again.identity == spec.identity


def test_names_say_what_differs(small: Dataset) -> None:
    spec = RunSpec.of(small, "lightgcn", settings={"n_layers": 3}, seed=1)
    assert spec.label == "LightGCN, 3 hops, seed 1"
    assert spec.checkpoint_slug("r12") == "small-lightgcn-3-hops-seed-1-r12"
    assert RunSpec.of(small, "lightgcn").checkpoint_slug("r1") == "small-lightgcn-r1"
    many = {"n_layers": 3, "dropout": 0.0, "embedding_size": 8, "epochs": 5}
    assert RunSpec.of(small, "lightgcn", settings=many).label == "LightGCN, embedding size 8, 3 hops, 2 more"


@given(
    dataset=st.text(min_size=1, max_size=100),
    layers=st.integers(0, 6),
    seed=st.integers(0, 2**32 - 1),
    number=st.integers(1, 10**9),
)
def test_every_slug_can_be_the_name_of_a_folder(dataset: str, layers: int, seed: int, number: int) -> None:
    spec = dataclasses.replace(
        RunSpec("", "lightgcn", "random:seed=1", "", {}, {}),
        dataset=dataset,
        label=f"LightGCN, {layers} hops, temperature 1e-05, seed {seed}",
    )
    slug = spec.checkpoint_slug(f"r{number}")
    assert checked_slug(slug) == slug
    assert slug.endswith(f"r{number}")


def test_labels_count_in_the_words_of_the_data(small: Dataset) -> None:
    assert label("ease", {"reg": 2.5}, 0, (("u", "i"),), small) == "EASE, reg 2.5, 1 item forgotten"


def test_labels_say_yes_and_no_and_leave_numbers_numbers(small: Dataset) -> None:
    assert label("rp3beta", {"normalise": False}, 0, (), small).endswith(", normalise: no")
    assert label("kgcn", {"use_knowledge": "no"}, 0, (), small).endswith(", use knowledge: no")
    assert label("social_lightgcn", {"social_weight": 0.0, "n_layers": 1}, 0, (), small).endswith(
        ", 1 hop, social weight 0"
    )


def test_bad_wishes_are_found_before_anything_starts(small: Dataset) -> None:
    with pytest.raises(ConfigError, match="unknown setting"):
        RunSpec.of(small, "lightgcn", settings={"layers": 3})
    with pytest.raises(ConfigError, match="seed"):
        RunSpec.of(small, "lightgcn", seed=-1)
    with pytest.raises(ConfigError, match="longest time"):
        RunSpec.of(small, "lightgcn", max_seconds=0)
    with pytest.raises(RunError, match="one of auto, cpu, cuda"):
        RunSpec.of(small, "lightgcn", device="tpu")
    with pytest.raises(DataError, match="unknown user 'nobody'"):
        RunSpec.of(small, "lightgcn", forget=[("nobody", "i1")])
    with pytest.raises(DataError, match="that the model learns from"):
        RunSpec.of(small, "lightgcn", forget=[first_pair(small, "test")])


def test_models_without_epochs_do_not_ask_for_a_gpu(small: Dataset) -> None:
    assert RunSpec.of(small, "ease", device="cuda").device == "cpu"


def test_changed_data_is_refused(small: Dataset) -> None:
    spec = RunSpec.of(small, "lightgcn")
    assert spec.check(small).hash == spec.split_hash
    other = dataclasses.replace(
        small,
        interactions=dataclasses.replace(
            small.interactions, user=small.interactions.user[1:], item=small.interactions.item[1:]
        ),
    )
    with pytest.raises(IncompatibleError, match="other interactions"):
        spec.check(other)


def test_a_checkpoint_has_the_identity_of_the_run_that_gives_it(small: Dataset, home) -> None:
    spec = RunSpec.of(small, "popularity", split="random:seed=1")
    made = fit("popularity", small, "random:seed=1")
    assert identity_of(save(made, home / "models" / "pop")) == spec.identity


def test_a_setting_that_came_later_leaves_the_identity_as_it_was(small: Dataset, home) -> None:
    from types import SimpleNamespace

    spec = RunSpec.of(small, "item_knn", split="random:seed=1")
    made = save(fit(spec.recommender, small, spec.split, seed=0), home / "models" / "knn")
    config = made.config | {"settings": dict(made.config["settings"])}
    del config["settings"]["shrink"]
    assert identity_of(SimpleNamespace(config=config)) == spec.identity
