"""Later evaluations of checkpoints: their folders never change, so what is measured afterwards is here."""

from __future__ import annotations

import json
import time
from typing import Any

from gnnrec import places
from gnnrec.store.database import reading, writing


def remember(checkpoint_id: str, name: str, result: dict[str, Any]) -> None:
    """Keep what was measured on a checkpoint.

    Args:
        checkpoint_id: First 12 hex digits of its manifest's sha256.
        name: What was measured, with every choice in it, such as `valid at 5,50`.
        result: Plain values.
    """
    places.require_writes("Keeping a result")
    with writing() as db:
        db.execute(
            "insert or replace into evaluations (checkpoint, name, created, result) values (?, ?, ?, ?)",
            (checkpoint_id, name, time.time(), json.dumps(result, allow_nan=False)),
        )


def recall(checkpoint_id: str, name: str) -> dict[str, Any] | None:
    """What was kept under that name, or None."""
    with reading() as db:
        found = db.execute(
            "select result from evaluations where checkpoint = ? and name = ?", (checkpoint_id, name)
        ).fetchone()
    return json.loads(found["result"]) if found else None
