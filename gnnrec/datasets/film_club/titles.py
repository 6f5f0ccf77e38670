"""Placeholder."""
from __future__ import annotations
import numpy as np
import pandas as pd
def name_films(frame, rng):
    frame = frame.copy()
    adj="Silver Broken Last Quiet Hidden Crooked Hollow Borrowed Distant Painted Restless Patient Narrow Golden Forgotten Second Winter Summer Northern Southern Blue Amber Scarlet Ivory Copper Velvet Paper Glass Salted Wandering".split()
    noun="Harbour Orchard Station Garden Letter Mirror Window Valley Bridge Lantern Compass Kitchen Ferry Theatre Chimney Meadow Library Staircase Violin Carousel Tunnel Market Monsoon Lighthouse Cellar Parade Bakery Postcard Umbrella Telescope".split()
    combos=[(a,b) for a in adj for b in noun]
    order=rng.permutation(len(combos)); k=0
    titles=list(frame["title"])
    series={}
    for i in range(len(frame)):
        row=frame.iloc[i]
        if isinstance(titles[i],str): continue
        if row["series"] and isinstance(row["series"],str) and row["series"].startswith("series"):
            if row["series"] not in series:
                a,b=combos[order[k]];k+=1
                series[row["series"]]=f"{a} {b}"
            titles[i]=series[row["series"]]+("" if row["series_number"]==1 else f" {int(row['series_number'])}")
        elif not isinstance(row["remaster_of"],str):
            a,b=combos[order[k]];k+=1
            titles[i]=f"The {a} {b}"
    t=dict(zip(frame["item_id"],titles))
    for i,o in enumerate(frame["remaster_of"]):
        if isinstance(o,str): titles[i]=t[o]+" (Remastered)"
    frame["title"]=titles
    frame["series"]=[series.get(s,s if isinstance(s,str) else None) for s in frame["series"]]
    return frame, ["x"]*len(frame)
