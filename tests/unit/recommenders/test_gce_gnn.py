"""GCE-GNN: neighbours in all sessions and kinds of edges as plain loops find them, and an ablation without others."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise, product

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gnnrec.data.sessions import Sessions
from gnnrec.recommenders.gce_gnn import kinds_of_edges
from gnnrec.recommenders.parts.global_items import nearby_items
from gnnrec.recommenders.parts.session_graphs import SessionGraphs
from gnnrec.recommenders.parts.session_net import SessionNet
from gnnrec.training import fit
from tests import worlds

SMALL = {"epochs": 3, "embedding_size": 8, "batch_size": 32}
N_ITEMS = 7
LISTS = st.lists(st.lists(st.integers(0, N_ITEMS - 1), min_size=1, max_size=7), min_size=1, max_size=12)


def of(lists: list[list[int]]) -> Sessions:
    start = np.r_[0, np.cumsum([len(one) for one in lists])]
    return Sessions(start, np.concatenate(lists).astype(np.int32), np.zeros(len(lists), np.int32), None)


@settings(max_examples=60, deadline=None)
@given(LISTS, st.integers(1, 4), st.integers(1, 4))
def test_neighbours_in_all_sessions_are_those_of_a_plain_loop(lists, window: int, most: int) -> None:
    found, times = nearby_items(of(lists), N_ITEMS, window, most)
    met: list[Counter] = [Counter() for _ in range(N_ITEMS)]
    for clicks in lists:
        for place, item in enumerate(clicks):
            for other in clicks[place + 1 : place + 1 + window]:
                if other != item:
                    met[item][other] += 1
                    met[other][item] += 1
    for item, counts in enumerate(met):
        first = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:most]
        missing = most - len(first)
        assert found[item].tolist() == [other for other, _ in first] + [N_ITEMS] * missing
        assert times[item].tolist() == [n for _, n in first] + [0] * missing


@settings(max_examples=40, deadline=None)
@given(LISTS)
def test_kinds_of_edges_are_those_of_a_plain_loop(lists) -> None:
    read = SessionNet(N_ITEMS, 2).clicks(SessionGraphs.of_clicks([np.array(one) for one in lists], N_ITEMS))
    expected, first = {}, 0
    for clicks in lists:
        nodes = sorted(set(clicks))
        steps = {(nodes.index(a), nodes.index(b)) for a, b in pairwise(clicks)}
        for hears, heard in product(range(len(nodes)), repeat=2):
            kind = ((heard, hears) in steps) + 2 * ((hears, heard) in steps)
            if hears == heard or kind:
                expected[first + heard, first + hears] = 0 if hears == heard else kind
        first += len(nodes)
    found = [one.tolist() for one in kinds_of_edges(read)]
    assert {(heard, hears): kind for heard, hears, kind in zip(*found, strict=True)} == expected
    assert len(found[0]) == len(expected)


def model_of(config: dict, seed: int = 0):
    cut = worlds.published(worlds.sessioned())
    return fit("gce_gnn", cut.dataset, cut, settings=SMALL | config, seed=seed, device="cpu").recommender


def test_attention_over_other_sessions_is_the_equation_written_as_a_loop() -> None:
    model = model_of({"hops": 1})
    net = model.net.eval()
    session = (1, 4, 2)
    with torch.no_grad():
        mean = net.item.weight[list(session)].mean(0)
        found = net._elsewhere(torch.tensor(sorted(session)), mean.expand(len(session), -1))
        part = net.others[0]
        for row, item in enumerate(sorted(session)):
            own = net.item.weight[item]
            near = [
                (n.item(), w)
                for n, w in zip(net.nearby[item], net.met[item], strict=True)
                if n < len(net.nearby) - 1
            ]
            weights = torch.stack(
                [
                    part.answer(
                        torch.nn.functional.leaky_relu(
                            part.reads.weight @ (mean * net.item.weight[n]) + part.reads_met.weight[:, 0] * w,
                            0.2,
                        )
                    )[0]
                    for n, w in near
                ]
            ).softmax(0)
            heard = sum(share * net.item.weight[n] for share, (n, _) in zip(weights, near, strict=True))
            torch.testing.assert_close(found[row], torch.relu(part.join(torch.cat([own, heard]))))


def test_an_item_without_neighbours_speaks_for_itself_and_breaks_no_gradient() -> None:
    model = model_of({"hops": 2, "epochs": 1})
    net = model.net
    net.nearby[3], net.met[3] = len(net.nearby) - 1, 0
    net.train()
    out = net(SessionGraphs.of_clicks([np.array([3]), np.array([3, 1, 3])], model.data.n_items))
    out.sum().backward()
    assert all(torch.isfinite(one.grad).all() for one in net.parameters() if one.grad is not None)


def test_without_hops_no_other_session_is_heard() -> None:
    model = model_of({"hops": 0})
    assert not any(name.startswith(("net.others", "others")) for name in model.state())
    assert not hasattr(model.net, "nearby")
