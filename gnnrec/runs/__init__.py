"""Runs: training as jobs of their own, with a queue, progress on disk, stop, resume and a list."""

from gnnrec.runs.control import again, delete, resume, stop
from gnnrec.runs.estimates import Estimate, estimate
from gnnrec.runs.listing import Run, differing_settings, finished_twin, run, runs
from gnnrec.runs.queue import submit
from gnnrec.runs.reconcile import reconcile
from gnnrec.runs.spec import RunSpec, identity_of
from gnnrec.runs.standard import build_standard_set, plan_standard_set, queue_standard_set

__all__ = [
    "Estimate",
    "Run",
    "RunSpec",
    "again",
    "build_standard_set",
    "delete",
    "differing_settings",
    "estimate",
    "finished_twin",
    "identity_of",
    "plan_standard_set",
    "queue_standard_set",
    "reconcile",
    "resume",
    "run",
    "runs",
    "stop",
    "submit",
]
