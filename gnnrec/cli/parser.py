"""The parser: every verb with its options, and mistakes told in four parts like all others."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, NoReturn

import gnnrec
from gnnrec.errors import ConfigError

# In the order of --help. Each module has add_parser(subparsers, parents), run(args) and text(result).
VERBS = (
    "data",
    "models",
    "train",
    "update",
    "evaluate",
    "slices",
    "missed",
    "leaderboard",
    "recommend",
    "explain",
    "why-not",
    "audit",
    "subgraph",
    "import-checkpoint",
    "cases",
    "runs",
    "serve",
    "doctor",
)


class Parser(argparse.ArgumentParser):
    """A parser that raises where argparse ends the process, and takes no abbreviated options."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"allow_abbrev": False, **options})

    def error(self, message: str) -> NoReturn:
        """Raise what is wrong with the command line."""
        raise ConfigError(
            where=self.prog,
            found=message,
            expected="a command as in its --help",
            todo=f"Run `{self.prog} --help`.",
        )


class CommandLine(Parser):
    """The whole command line."""

    modules: dict[str, ModuleType]

    def parse(self, argv: Sequence[str] | None) -> tuple[argparse.Namespace, ModuleType]:
        """The arguments, and the module of the verb.

        Raises:
            ConfigError: The words are no command.
            SystemExit: Help or version was asked for and printed.
        """
        args = self.parse_args(argv)
        args.json = getattr(args, "json", False)
        return args, self.modules[args.verb]


def build_parser() -> CommandLine:
    """The command line with all its verbs; no verb's work is imported here."""
    parser = CommandLine(
        prog="gnnrec",
        description="See what a graph neural network recommends to one person, why, and where it fails.",
        parents=[_shared()],
    )
    parser.add_argument("--version", action="version", version=f"gnnrec {gnnrec.__version__}")
    subparsers = parser.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=Parser)
    parser.modules = {verb: import_module(f"gnnrec.cli.{verb.replace('-', '_')}") for verb in VERBS}
    for module in parser.modules.values():
        module.add_parser(subparsers, [_shared()])
    return parser


def _shared() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    # Without SUPPRESS a verb's own default would undo a --json given before the verb.
    shared.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,
        help="print one JSON object as the last line, and nothing else, on standard output",
    )
    return shared
