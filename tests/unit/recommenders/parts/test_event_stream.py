"""Events in the order of time, and the last few of each node, against a plain loop."""

from __future__ import annotations

import numpy as np
import pytest

from gnnrec.recommenders.parts.event_stream import EventStream

USER, ITEM = np.array([1, 0, 1, 2, 1]), np.array([0, 0, 1, 1, 2])
SECONDS = np.array([50, 10, 20, 20, 20])


@pytest.fixture
def stream() -> EventStream:
    return EventStream(USER, ITEM, SECONDS, 3, 3)


def test_events_go_by_time_and_then_by_row(stream: EventStream) -> None:
    assert stream.person.tolist() == [0, 1, 2, 1, 1]
    assert stream.item.tolist() == [3, 4, 4, 5, 3]
    assert stream.seconds.tolist() == [10, 20, 20, 20, 50]
    # Three events of one second follow each other; a later one stands where it stood.
    assert stream.time.tolist() == [0, 10, 11, 12, 40]


def test_until_a_moment_counts_what_happened_before_it(stream: EventStream) -> None:
    assert [stream.until(moment) for moment in (0, 10, 11, 20, 21, 99)] == [0, 0, 1, 1, 4, 5]


@pytest.mark.parametrize("most", [1, 2, 10])
def test_the_last_few_of_each_node_are_those_of_a_plain_loop(stream: EventStream, most: int) -> None:
    for n_events in range(6):
        counts = stream.counts(n_events)
        nodes = np.array([1, 5, 4, 0])
        place, other, event = stream.last(nodes, counts[nodes], most)
        found = list(zip(nodes[place].tolist(), other.tolist(), event.tolist(), strict=True))
        expected = []
        for node in nodes.tolist():
            mine = [
                (node, int(stream.item[e] if stream.person[e] == node else stream.person[e]), e)
                for e in range(n_events)
                if node in (stream.person[e], stream.item[e])
            ]
            expected += mine[::-1][:most]
        assert found == expected


def test_nothing_is_fine() -> None:
    empty = EventStream(np.array([], int), np.array([], int), np.array([], int), 2, 2)
    assert len(empty) == 0 and empty.until(5) == 0
    assert len(empty.last(np.array([0, 3]), empty.counts(0)[[0, 3]], 3)[0]) == 0
