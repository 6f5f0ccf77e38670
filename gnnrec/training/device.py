"""Devices: which one a run uses, and in words why a GPU is or is not there."""

from __future__ import annotations

from dataclasses import dataclass

from gnnrec.errors import RunError

DEVICES = ("auto", "cpu", "cuda")


@dataclass(frozen=True)
class DeviceReport:
    """Whether CUDA can be used here, and why or why not."""

    cuda: bool
    reason: str
    device_name: str = ""


def report() -> DeviceReport:
    """Look at the installed torch and the machine's GPUs."""
    import torch

    if torch.version.cuda is None:
        return DeviceReport(
            False,
            f"torch {torch.__version__} is a build without CUDA; install the CUDA build to train on a GPU.",
        )
    if not torch.cuda.is_available():
        return DeviceReport(
            False,
            f"torch {torch.__version__} is built for CUDA {torch.version.cuda}, but finds no GPU or no driver that fits.",
        )
    name = torch.cuda.get_device_name(0)
    return DeviceReport(True, f"{name} with CUDA {torch.version.cuda}.", name)


def choose(device: str) -> str:
    """`cpu` or `cuda` for a wish of `auto`, `cpu` or `cuda`.

    Raises:
        RunError: CUDA is asked for and absent.
    """
    if device not in DEVICES:
        raise RunError(
            where="device",
            found=f"'{device}'",
            expected=f"one of {', '.join(DEVICES)}",
            todo="Choose one of these.",
        )
    if device == "cpu":
        return "cpu"
    found = report()
    if device == "cuda" and not found.cuda:
        raise RunError(
            where="device cuda",
            found=found.reason,
            expected="a GPU that torch can use",
            todo="Choose cpu, or auto.",
        )
    return "cuda" if found.cuda else "cpu"
