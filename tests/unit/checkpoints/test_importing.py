"""Importing: another system's vectors and lists give its own lists back, and what does not fit is refused in words."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save_file

from gnnrec.checkpoints import Checkpoint
from gnnrec.checkpoints.importing import import_embeddings, import_lists
from gnnrec.checkpoints.importing_lists import read_lists
from gnnrec.checkpoints.importing_vectors import read_vectors
from gnnrec.data import Dataset, Split
from gnnrec.errors import CheckpointError, ConfigError, DataError, IncompatibleError
from gnnrec.evaluation import evaluate
from gnnrec.recommenders import Query, Recommender, create, imported_names, names
from gnnrec.runs import RunSpec
from gnnrec.training import fit
from tests.worlds import published, scattered, split


@dataclass(frozen=True)
class Elsewhere:
    """A model fitted here, whose vectors stand for those of another system."""

    split: Split
    model: Recommender

    @property
    def data(self) -> Dataset:
        return self.split.dataset

    def arrays(self) -> dict[str, np.ndarray]:
        people, items = self.model.embeddings()
        return {
            "user_ids": self.data.users.ids.astype(str),
            "user_vectors": people.copy(),
            "item_ids": self.data.items.ids.astype(str),
            "item_vectors": items.copy(),
        }

    def lists(self, k: int = 12) -> pd.DataFrame:
        """The first k of everybody, train hidden, as a table."""
        best = self.model.recommend(range(self.data.n_users), k=k)
        rows = [
            (self.data.users.id(user), self.data.items.id(int(item)), place + 1, float(score))
            for user in range(self.data.n_users)
            for place, (item, score) in enumerate(zip(best.items[user], best.scores[user], strict=True))
            if item >= 0
        ]
        return pd.DataFrame(rows, columns=["user", "item", "rank", "score"])


@pytest.fixture(scope="module")
def there() -> Elsewhere:
    world = split(scattered(), "random:seed=1")
    settings = {"epochs": 20, "embedding_size": 8, "evaluate_every": 10, "score": "cosine"}
    return Elsewhere(world, fit("mf", world.dataset, world, settings=settings, device="cpu").recommender)


def as_npz(path: Path, arrays: dict[str, np.ndarray]) -> Path:
    np.savez_compressed(path.with_suffix(".npz"), **arrays)
    return path.with_suffix(".npz")


def as_safetensors(path: Path, arrays: dict[str, np.ndarray]) -> Path:
    tensors = {name: value for name, value in arrays.items() if name.endswith("vectors")}
    listed = {name: json.dumps(value.tolist()) for name, value in arrays.items() if name.endswith("ids")}
    save_file(tensors, str(path.with_suffix(".safetensors")), metadata=listed)
    return path.with_suffix(".safetensors")


def as_parquet(path: Path, arrays: dict[str, np.ndarray]) -> Path:
    parts = [
        pd.DataFrame({"kind": kind, "id": arrays[f"{kind}_ids"], "vector": list(arrays[f"{kind}_vectors"])})
        for kind in ("user", "item")
    ]
    # The order of rows is the file's own business.
    pd.concat(parts).sample(frac=1, random_state=3).to_parquet(path.with_suffix(".parquet"))
    return path.with_suffix(".parquet")


WRITERS = {"npz": as_npz, "safetensors": as_safetensors, "parquet": as_parquet}


@pytest.mark.parametrize("kind", WRITERS)
def test_vectors_that_come_back_give_the_same_lists(there: Elsewhere, kind: str, tmp_path: Path) -> None:
    file = WRITERS[kind](tmp_path / "vectors", there.arrays())
    made = import_embeddings(file, there.data, tmp_path / "from-elsewhere", split=there.split)
    loaded = Checkpoint.open(made.folder).load(there.data)
    everybody = range(there.data.n_users)
    np.testing.assert_array_equal(
        loaded.recommend(everybody, k=10).items, there.model.recommend(everybody, k=10).items
    )
    np.testing.assert_allclose(loaded.scores(everybody), there.model.scores(everybody), atol=1e-6)
    for part in ("valid", "test"):
        means = evaluate(there.model, there.split, part).means
        assert made.metrics[part] == pytest.approx(means, abs=1e-9)
        assert made.evaluation(part).means == pytest.approx(means, abs=1e-6)


def test_vectors_can_be_compared_by_cosine(there: Elsewhere, tmp_path: Path) -> None:
    arrays = there.arrays()
    stretch = np.random.default_rng(0).uniform(0.1, 9, len(arrays["item_vectors"]))[:, None]
    arrays["item_vectors"] = (arrays["item_vectors"] * stretch).astype(np.float64)
    file = as_npz(tmp_path / "stretched", arrays)
    cosine, dot = (
        import_embeddings(file, there.data, tmp_path / score, split=there.split, score=score).load(there.data)
        for score in ("cosine", "dot")
    )
    assert (cosine.score_kind, dot.score_kind) == ("cosine", "raw")
    np.testing.assert_allclose(cosine.scores([3, 5]), there.model.scores([3, 5]), atol=1e-5)
    assert not np.allclose(dot.scores([3, 5]), there.model.scores([3, 5]), atol=1e-2)
    with pytest.raises(ConfigError, match="dot, cosine"):
        import_embeddings(file, there.data, tmp_path / "other", score="euclid")


@pytest.mark.parametrize("columns", [["user", "item", "rank"], ["user", "item", "score"]])
@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_lists_come_back_as_they_were(
    there: Elsewhere, columns: list[str], ending: str, tmp_path: Path
) -> None:
    lists = there.lists()
    file = tmp_path / f"lists{ending}"
    shuffled = lists[columns].sample(frac=1, random_state=1)
    shuffled.to_csv(file, index=False) if ending == ".csv" else shuffled.to_parquet(file)
    made = import_lists(file, there.data, tmp_path / "listed", split=there.split)
    loaded = made.load(there.data)
    best = loaded.recommend(range(there.data.n_users), k=12)
    wanted = there.model.recommend(range(there.data.n_users), k=12).items
    np.testing.assert_array_equal(best.items, wanted)
    # Behind the list there is nothing, however many are asked for.
    longer = loaded.recommend(range(there.data.n_users), k=20)
    assert (longer.items[:, 12:] == -1).all() and np.isneginf(longer.scores[:, 12:]).all()
    assert np.isfinite(best.scores).all()
    # The test hides validation too, and from behind the twelfth place nothing moves up: it is not comparable.
    assert made.metrics["valid"]["ndcg@10"] == pytest.approx(
        evaluate(there.model, there.split, "valid").means["ndcg@10"], abs=1e-9
    )


def test_a_rank_goes_before_a_score_and_a_named_column_before_both(tmp_path: Path) -> None:
    file = tmp_path / "both.csv"
    file.write_text("user,item,rank,score\nu,a,2,9\nu,b,0,1\nu,c,7,5\n", encoding="utf-8")
    assert read_lists(file)["score"].tolist() == [1 / 2, 1, 1 / 3]
    assert read_lists(file, {"score": "score"})["score"].tolist() == [9, 1, 5]
    (tmp_path / "own.csv").write_text("member,film,place\nu,a,1\n", encoding="utf-8")
    own = {"user": "member", "item": "film", "rank": "place"}
    assert read_lists(tmp_path / "own.csv", own)["item"].tolist() == ["a"]
    with pytest.raises(DataError, match=r"no column 'user'.*--columns user=NAME"):
        read_lists(tmp_path / "own.csv")
    with pytest.raises(ConfigError, match="position"):
        read_lists(file, {"position": "rank"})


def test_missing_people_and_items_get_nothing_and_are_counted(there: Elsewhere, tmp_path: Path) -> None:
    arrays = there.arrays()
    for name in ("user_ids", "user_vectors"):
        arrays[name] = arrays[name][5:]
    for name in ("item_ids", "item_vectors"):
        arrays[name] = arrays[name][:-3]
    file = as_npz(tmp_path / "some", arrays)
    made = import_embeddings(file, there.data, tmp_path / "some-vectors", split=there.split)
    loaded = made.load(there.data)
    scores = loaded.scores(range(there.data.n_users))
    assert np.isneginf(scores[:5]).all() and np.isneginf(scores[:, -3:]).all()
    assert np.isfinite(scores[5:, :-3]).all()
    assert (loaded.recommend([0], k=5).items == -1).all()
    assert "5 of 40 people are without recommendations" in made.config["note"]
    assert made.config["imported"]["users"] == 35 and made.config["imported"]["items"] == 28
    served = made.evaluation("test")
    assert (served.per_user["hit@10"].to_numpy()[served.users < 5] == 0).all()
    assert not any(np.isnan(served.per_user.to_numpy()).ravel())

    rows = there.lists()
    rows = rows[~rows["user"].isin([there.data.users.id(0), there.data.users.id(1)])]
    rows.to_csv(tmp_path / "lists.csv", index=False)
    lists = import_lists(tmp_path / "lists.csv", there.data, tmp_path / "some-lists", split=there.split)
    assert "2 of 40 people are without recommendations" in lists.config["note"]
    assert (lists.load(there.data).recommend([0, 1], k=3).items == -1).all()


def test_unknown_ids_are_named_or_left_out(there: Elsewhere, tmp_path: Path) -> None:
    arrays = there.arrays()
    arrays["item_ids"][:2] = ["new1", "new2"]
    file = as_npz(tmp_path / "strange", arrays)
    with pytest.raises(DataError, match=r"item_ids: 2 of 31 ids unknown: 'new1', 'new2'.*--skip-unknown"):
        import_embeddings(file, there.data, tmp_path / "a", split=there.split)
    made = import_embeddings(file, there.data, tmp_path / "b", split=there.split, skip_unknown=True)
    assert made.config["imported"]["unknown_items"] == 2
    rows = there.lists()
    rows.loc[rows["user"] == rows["user"][0], "user"] = "stranger"
    rows.to_csv(tmp_path / "lists.csv", index=False)
    with pytest.raises(DataError, match="1 of 40 ids unknown: 'stranger'"):
        import_lists(tmp_path / "lists.csv", there.data, tmp_path / "c", split=there.split)
    left = import_lists(
        tmp_path / "lists.csv", there.data, tmp_path / "d", split=there.split, skip_unknown=True
    )
    assert left.config["imported"]["users"] == 39
    arrays["user_ids"] = np.array([f"other{n}" for n in range(40)])
    with pytest.raises(DataError, match=r"all ids unknown.*right data set"):
        import_embeddings(as_npz(tmp_path / "foreign", arrays), there.data, tmp_path / "e", skip_unknown=True)
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_dir()) == ["b", "d"]


def _changed(name: str, value: Callable[[np.ndarray], object]) -> Callable[[dict], dict]:
    return lambda arrays: arrays | {name: value(arrays[name])}


def _with_nan(vectors: np.ndarray) -> np.ndarray:
    vectors = vectors.copy()
    vectors[4, 1] = np.nan
    return vectors


BROKEN = {
    "without ids": (lambda one: {k: v for k, v in one.items() if k != "item_ids"}, "no 'item_ids'"),
    "an id twice": (_changed("user_ids", lambda one: np.array([one[0], *one[:-1]])), "'u000' more than once"),
    "an id too few": (_changed("user_ids", lambda one: one[:-1]), "39 user_ids and 40 user_vectors"),
    "NaN": (_changed("item_vectors", _with_nan), r"NaN or infinity in 1 of 31 vectors, first in row 5"),
    "other lengths": (_changed("item_vectors", lambda one: one[:, :5]), "with 8 numbers, of items with 5"),
    "whole numbers": (_changed("item_vectors", lambda one: one.astype(int)), "numbers of type int64"),
    "complex": (_changed("item_vectors", lambda one: one.astype(complex)), "numbers of type complex128"),
    "one vector": (_changed("user_vectors", lambda one: one[0]), "an array of shape 8"),
    "no vector": (_changed("user_vectors", lambda one: one[:0]), "an array of shape 0 × 8"),
    "huge": (_changed("user_vectors", lambda one: one.astype(np.float64) * 1e200), "vectors as long as"),
    "fractions as ids": (_changed("user_ids", lambda one: np.arange(40) + 0.5), "array of float64"),
    "a pickle": (_changed("user_ids", lambda one: one.astype(object)), "stored as a pickle"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_vectors_that_cannot_be_used_are_refused(there: Elsewhere, what: str, tmp_path: Path) -> None:
    change, said = BROKEN[what]
    file = as_npz(tmp_path / "broken", change(there.arrays()))
    with pytest.raises(DataError, match=said) as refused:
        import_embeddings(file, there.data, tmp_path / "never", split=there.split)
    assert all(refused.value.parts.values())
    assert not (tmp_path / "never").exists()


def test_files_that_are_no_vectors_are_refused(there: Elsewhere, tmp_path: Path, monkeypatch) -> None:
    whole = as_npz(tmp_path / "whole", there.arrays()).read_bytes()
    for ending in (".npz", ".safetensors", ".parquet"):
        for number, contents in enumerate((b"", whole[: len(whole) // 2], b"no such thing")):
            file = tmp_path / f"damaged{number}{ending}"
            file.write_bytes(contents)
            with pytest.raises(DataError) as refused:
                read_vectors(file)
            assert all(refused.value.parts.values())
    (tmp_path / "weights.pt").write_bytes(b"\x80\x02")
    with pytest.raises(DataError, match=r"the ending \.pt"):
        read_vectors(tmp_path / "weights.pt")
    with pytest.raises(DataError, match="no such file"):
        read_vectors(tmp_path / "nowhere.npz")
    bomb = tmp_path / "bomb.npz"
    np.savez_compressed(bomb, user_ids=np.zeros(3_000_000), padding=np.zeros(3_000_000))
    monkeypatch.setenv("GNNREC_IMPORT_LIMIT_MB", "5")
    with pytest.raises(DataError, match="once unpacked"):
        read_vectors(bomb)


def test_a_header_that_claims_more_than_there_is_gets_no_room(tmp_path: Path) -> None:
    import io

    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        stream, {"descr": "<f4", "fortran_order": False, "shape": (10**12, 8)}
    )
    with zipfile.ZipFile(tmp_path / "claims.npz", "w") as packed:
        packed.writestr("user_vectors.npy", stream.getvalue())
    with pytest.raises(DataError, match="cut short"):
        read_vectors(tmp_path / "claims.npz")


LISTS = {
    "an item twice": ("user,item,rank\nu000,i001,1\nu000,i001,2\n", "an item twice in one list, in row 2"),
    "a rank twice": ("user,item,rank\nu000,i001,1\nu000,i002,1\n", "a rank twice in one list, in row 2"),
    "half a rank": ("user,item,rank\nu000,i001,1.5\n", "no rank in row 1"),
    "a word": ("user,item,score\nu000,i001,good\n", "text where a number belongs"),
    "nothing": ("user,item,score\nu000,i001,\n", "nothing in row 1"),
    "infinity": ("user,item,score\nu000,i001,inf\n", "infinity in row 1"),
    "beyond float32": ("user,item,score\nu000,i001,1e39\n", "beyond what float32 holds"),
    "no order": ("user,item\nu000,i001\n", "no column 'rank' or 'score'"),
    "no rows": ("user,item,rank\n", "no rows"),
}


@pytest.mark.parametrize("what", LISTS)
def test_lists_that_cannot_be_used_are_refused(there: Elsewhere, what: str, tmp_path: Path) -> None:
    text, said = LISTS[what]
    (tmp_path / "lists.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=said) as refused:
        import_lists(tmp_path / "lists.csv", there.data, tmp_path / "never", split=there.split)
    assert all(refused.value.parts.values())
    assert "--skip-bad-rows" not in str(refused.value)


def test_ties_and_what_is_in_train_already_are_counted(there: Elsewhere, tmp_path: Path) -> None:
    mine = there.split.fitted.history(0)
    seen, new = there.data.items.id(mine[0]), np.setdiff1d(np.arange(there.data.n_items), mine)[:2]
    rows = [f"u000,{seen},0", *(f"u000,{there.data.items.id(int(one))},-1.0" for one in new)]
    (tmp_path / "lists.csv").write_text("\n".join(["user,item,score", *rows]), encoding="utf-8")
    made = import_lists(tmp_path / "lists.csv", there.data, tmp_path / "few", split=there.split)
    facts = made.config["imported"]
    assert (facts["rows"], facts["in_train"], facts["tied"], facts["users"]) == (3, 1, 1, 1)
    loaded = made.load(there.data)
    assert loaded.recommend([0], k=5).items[0].tolist() == [*new, -1, -1, -1]
    assert loaded.scores([0])[0, mine[0]] == 0


def test_on_a_split_that_refits_each_part_is_judged_without_itself(tmp_path: Path) -> None:
    world = published(scattered())
    data = world.dataset
    rng = np.random.default_rng(2)
    arrays = {
        "user_ids": data.users.ids.astype(str),
        "user_vectors": rng.normal(size=(data.n_users, 4)),
        "item_ids": data.items.ids.astype(str),
        "item_vectors": rng.normal(size=(data.n_items, 4)),
    }
    made = import_embeddings(as_npz(tmp_path / "random", arrays), data, tmp_path / "random-vectors")
    loaded = made.load(data)
    assert made.config["split_hash"] == world.hash
    assert evaluate(loaded, world, "test").means == pytest.approx(made.metrics["test"])
    assert set(made.metrics["valid"]) == set(made.metrics["test"])


def test_what_was_imported_says_so_and_is_not_trained(there: Elsewhere, tmp_path: Path) -> None:
    assert imported_names() == ["imported_lists", "imported_vectors"]
    assert not set(imported_names()) & set(names())
    for name in imported_names():
        with pytest.raises(IncompatibleError, match="learns nothing here"):
            fit(name, there.data, there.split)
        with pytest.raises(IncompatibleError, match="learns nothing here"):
            RunSpec.of(there.data, name, split=there.split)
        with pytest.raises(IncompatibleError, match="learns nothing here"):
            create(name).fit(there.split.fitted)
    file = as_npz(tmp_path / "vectors", there.arrays())
    made = import_embeddings(file, there.data, tmp_path / "v", split=there.split, title="Our \u202esystem")
    assert made.title == "Our system"
    assert made.capabilities == {"embeddings"}
    card = (made.folder / "README.md").read_text(encoding="utf-8")
    assert "nothing was trained" in card and "Best epoch" not in card
    loaded = made.load(there.data)
    for query in (Query(history=(1,)), Query(user=0, history=(1,))):
        with pytest.raises(IncompatibleError):
            loaded.scores([query])
    with pytest.raises(IncompatibleError):
        loaded.contributions(0, [1])
    np.testing.assert_array_equal(loaded.embeddings()[1], there.arrays()["item_vectors"])
    with pytest.raises(CheckpointError, match="a saved checkpoint never changes"):
        import_embeddings(file, there.data, made.folder, split=there.split)


def test_in_a_public_demo_nothing_is_imported(there: Elsewhere, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("GNNREC_MODE", "demo")
    with pytest.raises(ConfigError):
        import_lists(tmp_path / "lists.csv", there.data, tmp_path / "listed", split=there.split)


@pytest.mark.parametrize("kind", ["vectors", "lists"])
def test_tensors_of_another_shape_do_not_load(there: Elsewhere, kind: str, tmp_path: Path) -> None:
    if kind == "vectors":
        made = import_embeddings(
            as_npz(tmp_path / "v", there.arrays()), there.data, tmp_path / "made", split=there.split
        )
    else:
        there.lists().to_csv(tmp_path / "l.csv", index=False)
        made = import_lists(tmp_path / "l.csv", there.data, tmp_path / "made", split=there.split)
    smaller = split(scattered(n_items=30), "random:seed=1")
    with pytest.raises(ValueError, match=r"do not fit|does not fit"):
        create(made.config["recommender"], made.config["settings"]).load_state(
            smaller.fitted, made.load(there.data).state()
        )
