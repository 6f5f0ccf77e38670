"""The command line: the same verbs as the pages, for scripts, tests and clusters."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import traceback
from collections.abc import Sequence

from gnnrec.cli.clock import Clock
from gnnrec.cli.output import error_line, print_json, print_text
from gnnrec.cli.parser import build_parser
from gnnrec.errors import GnnrecError

__all__ = ["main"]

DONE, BUG, USER_MISTAKE, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    With `--json` the result is one JSON object on the last line of standard output and nothing else is there;
    without it, text. Everything else (progress, warnings, errors) goes to standard error.

    Args:
        argv: The words after the program's name; those of this process where None.

    Returns:
        The exit code: 0 when done, 2 for what the user can put right, 1 for a bug of the program, 130 when
        interrupted. A verb that tests something may have one of its own, as `cases check` has 3.
    """
    if argv is not None:
        return _run(argv, Clock())
    # Looking through the many objects of imported libraries, as they arrive and once more at the end, would
    # cost a command of ten seconds more than one.
    gc.set_threshold(100_000, 20, 20)
    # Threads of torch that wait for one another by spinning take five times as long where cores are shared.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    code = _run(None, Clock.of_process())
    gc.freeze()
    return code


def _run(argv: Sequence[str] | None, clock: Clock) -> int:
    try:
        args, verb = build_parser().parse(argv)
        args.clock, args.stdout = clock, sys.stdout
        with contextlib.redirect_stdout(sys.stderr):
            result = verb.run(args)
        if args.json:
            print_json(result, sys.stdout)
        else:
            print_text(verb.text(result), sys.stdout)
        own_code = getattr(verb, "exit_code", None)
    except SystemExit as end:
        # --help and --version have printed what was asked for.
        return int(end.code or DONE)
    except GnnrecError as error:
        print(error_line(error), file=sys.stderr)
        return USER_MISTAKE
    except KeyboardInterrupt:
        print("Interrupted; nothing was half-written.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough; a second failure at exit must not become a trace.
        with contextlib.suppress(OSError):
            sys.stdout.close()
        return DONE
    except Exception as bug:
        traceback.print_exc()
        print(f"A fault of the program ({type(bug).__name__}): the lines above tell where.", file=sys.stderr)
        return BUG
    return DONE if own_code is None else own_code(result)
