"""`python -m gnnrec.datasets.film_club`: make the film club again and write its files, or compare them."""

from __future__ import annotations

import argparse
import sys

import numpy as np
from safetensors.numpy import load_file

from . import FILES, TRUTH
from .write import differences, make, save


def main() -> int:
    """Write the files; with --check compare them with what would be written."""
    parser = argparse.ArgumentParser(prog="python -m gnnrec.datasets.film_club", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a file differs")
    wanted = parser.parse_args()
    club = make()
    if wanted.check:
        found = differences(club)
        # Half precision may round a last digit to either side on another processor
        if not np.allclose(club.utility, load_file(TRUTH / "utility.safetensors")["utility"], atol=0.01):
            found.append("truth/utility")
        print(f"differs: {', '.join(found)}" if found else "all files are as the code makes them")
        return 1 if found else 0
    save(club)
    for name, table in club.tables.items():
        print(f"{name}: {len(table):,} rows")
    size = sum(path.stat().st_size for path in FILES.rglob("*") if path.is_file())
    print(f"{size / 2**20:.2f} MiB in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
