"""`python -m gnnrec.datasets.film_club`: make the film club again and write its files."""

from __future__ import annotations

from . import FILES
from .write import make, save

if __name__ == "__main__":
    club = make()
    save(club)
    for name, table in club.tables.items():
        print(f"{name}: {len(table):,} rows")
    size = sum(path.stat().st_size for path in FILES.rglob("*") if path.is_file())
    print(f"{size / 2**20:.2f} MiB in all")
