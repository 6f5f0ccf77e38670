"""The verb `train`: from a data set and a recommender to a checkpoint, with what it took."""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gnnrec.cli.output import table
from gnnrec.errors import CheckpointError, ConfigError

STAGES = ("start", "load", "choose", "train", "evaluate")


def add_parser(subparsers: Any, parents: Sequence[argparse.ArgumentParser] = ()) -> None:
    """Add the verb and its options."""
    words = "train a recommender and save it as a checkpoint"
    parser = subparsers.add_parser("train", help=words, description=words, parents=list(parents))
    parser.add_argument("--dataset", required=True, metavar="NAME")
    parser.add_argument("--model", required=True, metavar="NAME", help="`gnnrec models` lists them")
    parser.add_argument(
        "--split", metavar="PROTOCOL", help="such as random:seed=1; without it, the data set's own"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the model; repeatable"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the model alone (default 0)")
    parser.add_argument("--device", default="auto", metavar="auto|cpu|cuda")
    parser.add_argument(
        "--max-seconds",
        type=float,
        metavar="S",
        help="longest time of the final fit; choosing the number of epochs has as long again",
    )
    parser.add_argument(
        "--out", required=True, type=Path, metavar="DIR", help="the new checkpoint folder itself"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    """Train, evaluate and save.

    Seconds are those of the clock on the wall: `start` lasts until the data is read, `evaluate` holds every
    evaluation, those between epochs included, and the writing of the checkpoint. They add up to the whole.

    Raises:
        GnnrecError: In four parts, for the user. What can be checked is checked before anything is trained.
    """
    from gnnrec import places
    from gnnrec.cli.clock import peak_rss_mib
    from gnnrec.cli.progress import Progress

    places.require_writes("Training a model")
    wishes = settings_of(args.set)
    check_numbers(args)
    folder = new_folder(args.out)
    _check_model(args, wishes)

    from gnnrec.checkpoints import save
    from gnnrec.data import split as cut
    from gnnrec.datasets import open_dataset
    from gnnrec.training import Listener, fit

    clock, progress = args.clock, Progress()
    clock.begin("load")
    dataset = open_dataset(args.dataset)
    split = cut(dataset, args.split)

    def on_stage(stage: str) -> None:
        clock.begin(stage)
        progress.stage(stage)

    clock.begin("train")
    try:
        made = fit(
            args.model,
            dataset,
            split,
            seed=args.seed,
            device=args.device,
            settings=wishes,
            max_seconds=args.max_seconds,
            listener=Listener(on_epoch=progress.epoch, on_stage=on_stage),
        )
    finally:
        progress.close()
    between_epochs = made.history[-1].seconds_evaluate if made.history else 0.0
    looked_in = "choose" if split.refits else "train"

    def spent() -> dict[str, float]:
        seconds = dict.fromkeys(STAGES, 0.0) | clock.stages
        seconds[looked_in] -= between_epochs
        seconds["evaluate"] += between_epochs
        return seconds

    def cost() -> dict[str, float]:
        return {"seconds_wall": clock.wall, "seconds_cpu": clock.cpu, "peak_rss_mib": peak_rss_mib()}

    made.seconds_by_stage = spent()
    checkpoint = save(made, folder, extra=cost())
    return {
        "checkpoint": checkpoint.address,
        "path": str(checkpoint.folder),
        "model": args.model,
        "dataset": dataset.name,
        "split": str(split),
        "seed": args.seed,
        "settings_from": made.settings_from,
        "device": made.device,
        "device_name": made.device_name,
        "device_peak_mib": made.device_peak_mib,
        "best_epoch": made.best_epoch,
        "epochs": made.epochs,
        "note": made.note or None,
        "valid": made.valid.means,
        "test": made.test.means,
        **cost(),
        "seconds_by_stage": spent(),
    }


def text(result: dict[str, Any]) -> str:
    """The result for people."""
    metrics = [[name, result["valid"][name], result["test"].get(name)] for name in result["valid"]]
    stages = ", ".join(f"{name} {seconds:.1f}" for name, seconds in result["seconds_by_stage"].items())
    return "\n".join(
        [
            f"{result['checkpoint']} in {result['path']}",
            f"{result['model']} on {result['dataset']}, split {result['split']}",
            f"settings: {result['settings_from']}",
            f"best epoch {result['best_epoch']} of {result['epochs']}, on {result['device']}",
            *([result["note"]] if result["note"] else []),
            "",
            table(metrics, ["metric", "validation", "test (final)"]),
            "",
            f"{result['seconds_wall']:.1f} s, of these {stages}; {result['seconds_cpu']:.1f} s of CPU time; "
            f"at most {result['peak_rss_mib']:,.0f} MiB of memory",
        ]
    )


def settings_of(pairs: Sequence[str]) -> dict[str, str]:
    """Settings from texts such as `epochs=5`.

    Raises:
        ConfigError: One is not of that form, or a name comes twice.
    """
    settings: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        name = name.strip()
        if not (name and equals and value.strip()):
            raise ConfigError(
                where="--set",
                found=f"'{pair[:60]}'",
                expected="NAME=VALUE",
                todo="For example --set epochs=50.",
            )
        if name in settings:
            raise ConfigError(
                where="--set",
                found=f"'{name[:60]}' twice",
                expected="each setting once",
                todo="Drop one of them.",
            )
        settings[name] = value.strip()
    return settings


def new_folder(out: Path) -> Path:
    """Where the checkpoint will be, its parent made; checked before an hour of training, not after.

    Raises:
        CheckpointError: It exists, cannot be a checkpoint's name, or its parent cannot be written.
    """
    from gnnrec.checkpoints.folder import checked_slug

    folder = out.expanduser().resolve()
    checked_slug(folder.name)
    if folder.exists():
        raise CheckpointError(
            where=f"--out {out}",
            found="something of that name",
            expected="a new folder: a saved checkpoint never changes",
            todo="Choose another name, or remove the old one.",
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CheckpointError(
            where=f"--out {out}",
            found=error.strerror or str(error),
            expected="a folder that can be written",
            todo="Choose another one.",
        ) from error
    return folder


def check_numbers(args: argparse.Namespace) -> None:
    """Refuse a seed or a time limit that cannot be, before anything is begun.

    Raises:
        ConfigError: One of the two is out of range.
    """
    if not 0 <= args.seed < 2**32:
        raise ConfigError(
            where="--seed", found=str(args.seed), expected="0 to 4294967295", todo="For example --seed 0."
        )
    if args.max_seconds is not None and not (args.max_seconds > 0 and math.isfinite(args.max_seconds)):
        raise ConfigError(
            where="--max-seconds",
            found=str(args.max_seconds),
            expected="more than 0",
            todo="For example 600.",
        )


def _check_model(args: argparse.Namespace, wishes: dict[str, str]) -> None:
    from gnnrec.recommenders import create
    from gnnrec.training import is_trained, settings_for
    from gnnrec.training.device import DEVICES, choose

    create(args.model, settings_for(args.dataset, args.model, wishes)[0])
    if is_trained(args.model) or args.device not in DEVICES:
        choose(args.device)
