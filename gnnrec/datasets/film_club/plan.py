"""Every number the film club is made from, in one place.

They were fixed before any model was run; docs/demo-data.md lists each later change and its reason.
"""

from __future__ import annotations

import calendar
import datetime as dt

import numpy as np

SEED = 20260

# People and films
N_MEMBERS = 1200
N_FILMS = 900
N_SILENT_FILMS = 32
N_SILENT_MEMBERS = 36
N_NEW_FILMS = 14
N_REMASTERS = 20
N_BOTS = 8
N_NEWCOMERS = 40
N_SHARED = 30
N_DRIFT = 60
N_TYPES = 9

# Three years, in unix seconds; the club keeps its clock in UTC
START = calendar.timegm(dt.date(2022, 9, 1).timetuple())
DAY = 86_400
N_DAYS = 1_096
END = START + N_DAYS * DAY
DRIFT_DAY = 731

CITIES = ("Port Amaré", "Brünnau", "Söderhavn", "Castelvane", "Lindmoor", "Zelenik")
CITY_SHARE = (0.28, 0.21, 0.17, 0.14, 0.12, 0.08)
AGE_BANDS = ("18–24", "25–34", "35–44", "45–54", "55–64", "65+")
AGE_SHARE = (0.14, 0.27, 0.22, 0.16, 0.12, 0.09)

# How often each genre is a film's first one, and how often it is added as a second or third
GENRES = (
    "Drama",
    "Comedy",
    "Thriller",
    "Romance",
    "Crime",
    "Adventure",
    "Science fiction",
    "Horror",
    "Documentary",
    "Mystery",
    "Animation",
    "Fantasy",
    "History",
    "Silent",
)
FIRST_GENRE = (0.24, 0.17, 0.10, 0.08, 0.08, 0.06, 0.06, 0.06, 0.045, 0.03, 0.03, 0.025, 0.02, 0.0)
ADDED_GENRE = {
    "Drama": (0.00, 0.15, 0.15, 0.32, 0.12, 0.03, 0.02, 0.01, 0.01, 0.05, 0.00, 0.02, 0.12, 0.0),
    "Comedy": (0.28, 0.00, 0.02, 0.34, 0.10, 0.09, 0.03, 0.02, 0.01, 0.03, 0.01, 0.06, 0.01, 0.0),
    "Thriller": (0.28, 0.01, 0.00, 0.03, 0.28, 0.08, 0.10, 0.07, 0.00, 0.15, 0.00, 0.00, 0.00, 0.0),
    "Romance": (0.48, 0.34, 0.02, 0.00, 0.01, 0.03, 0.02, 0.00, 0.00, 0.01, 0.00, 0.04, 0.05, 0.0),
    "Crime": (0.36, 0.10, 0.36, 0.03, 0.00, 0.02, 0.01, 0.01, 0.00, 0.10, 0.00, 0.00, 0.01, 0.0),
    "Adventure": (0.14, 0.16, 0.10, 0.06, 0.02, 0.00, 0.15, 0.00, 0.00, 0.04, 0.05, 0.20, 0.08, 0.0),
    "Science fiction": (0.20, 0.08, 0.25, 0.05, 0.02, 0.20, 0.00, 0.08, 0.00, 0.08, 0.02, 0.02, 0.00, 0.0),
    "Horror": (0.12, 0.08, 0.34, 0.01, 0.02, 0.01, 0.10, 0.00, 0.00, 0.22, 0.00, 0.10, 0.00, 0.0),
    "Documentary": (0.02, 0.04, 0.00, 0.01, 0.14, 0.14, 0.02, 0.00, 0.00, 0.00, 0.00, 0.00, 0.63, 0.0),
    "Mystery": (0.30, 0.10, 0.22, 0.06, 0.26, 0.02, 0.00, 0.04, 0.00, 0.00, 0.00, 0.00, 0.00, 0.0),
    "Animation": (0.08, 0.32, 0.00, 0.03, 0.00, 0.28, 0.07, 0.00, 0.00, 0.00, 0.00, 0.22, 0.00, 0.0),
    "Fantasy": (0.14, 0.10, 0.02, 0.14, 0.00, 0.36, 0.04, 0.10, 0.00, 0.02, 0.08, 0.00, 0.00, 0.0),
    "History": (0.62, 0.03, 0.04, 0.14, 0.02, 0.15, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.00, 0.0),
}
N_GENRES_SHARE = (0.38, 0.47, 0.15)

MOODS = ("warm", "wry", "playful", "tense", "dark", "melancholy", "dreamlike", "sweeping")
MOOD_OF_GENRE = {
    "Drama": (0.22, 0.10, 0.03, 0.08, 0.14, 0.28, 0.06, 0.09),
    "Comedy": (0.28, 0.34, 0.28, 0.01, 0.03, 0.05, 0.01, 0.00),
    "Thriller": (0.01, 0.06, 0.03, 0.54, 0.28, 0.04, 0.03, 0.01),
    "Romance": (0.38, 0.10, 0.12, 0.01, 0.02, 0.23, 0.06, 0.08),
    "Crime": (0.02, 0.18, 0.06, 0.34, 0.32, 0.07, 0.01, 0.00),
    "Adventure": (0.14, 0.05, 0.24, 0.16, 0.03, 0.02, 0.06, 0.30),
    "Science fiction": (0.05, 0.09, 0.09, 0.24, 0.17, 0.08, 0.14, 0.14),
    "Horror": (0.00, 0.07, 0.04, 0.38, 0.38, 0.03, 0.10, 0.00),
    "Documentary": (0.25, 0.17, 0.06, 0.05, 0.13, 0.17, 0.05, 0.12),
    "Mystery": (0.06, 0.20, 0.07, 0.31, 0.19, 0.08, 0.09, 0.00),
    "Animation": (0.27, 0.09, 0.38, 0.01, 0.02, 0.04, 0.12, 0.07),
    "Fantasy": (0.11, 0.04, 0.19, 0.07, 0.13, 0.05, 0.21, 0.20),
    "History": (0.08, 0.04, 0.01, 0.09, 0.18, 0.19, 0.02, 0.39),
    "Silent": (0.15, 0.10, 0.22, 0.10, 0.13, 0.14, 0.16, 0.00),
}

# How strongly each named part of utility varies; one unit multiplies the odds of choosing a film by e
TASTE_TYPE = 2.2
TASTE_OWN = 0.65
SOUND_FOR_SILENT = -6.0
MOOD_WEIGHT = 0.7
GENRE_MEMORY = 1.75
MOOD_MEMORY = 0.9
MEMORY_HALF = 8.0
CRAFT = 0.50
DIRECTOR_FAVOURITES = 5
DIRECTOR_FAVOURITE = 1.5
DIRECTOR_LOYALTY = 1.5
STUDIO_OWN = 0.3
STUDIO_LOYALTY = 0.6
FRIENDS = 2.2
FRIENDS_STEP = 0.4
SERIES_NEXT = 3.0
SERIES_DISLIKED = 0.2
SERIES_SKIPPED = -1.8
CONTEXT_EVENING = 0.4
CONTEXT_PLACE = 0.4
CONTEXT_CITY = 0.3
CONTEXT_HOME_STUDIO = 0.4
DRIFT_OWN = 0.4
DRIFT_RAMP_DAYS = 60

# What puts a film in front of somebody, in the same unit
POPULARITY_SPREAD = 0.90
POPULARITY_LUCK = 0.80
FAME_SHARE = 0.35
HEADLINER_GAP = 0.60
RELEASE_BUMP = 1.0
RELEASE_DAYS = 45.0
SEASON = 0.5
FRIEND_TALK = 0.6
FRIEND_TALK_DAYS = 30.0
CINEMA_NEW = 0.7
TWIN_SEEN = -2.5

# Ratings: half stars around a mean, from utility
RATING_MEAN = 2.88
RATING_PER_UTILITY = 0.2
RATING_MEMBER = 0.28
RATING_NOISE = 0.45
RATING_WHOLE_SHARE = 0.35
RATING_LIKED = 3.3

# Activity
ACTIVITY_MEDIAN = 52.0
ACTIVITY_SPREAD = 0.86
ACTIVITY_RANGE = (10, 420)
TOTAL_RATINGS = 90_000

EVENING_SHARE = 0.72
CINEMA_SHARE = 0.27

SESSION_SHARE = 0.32
PARENTS_PER_PART = 3
PARENT_LEAD_SHARE = 0.5

PARTS = ("genre", "mood", "craft", "director", "studio", "friends", "series", "context", "drift")


def stream(name: str) -> np.random.Generator:
    """A random stream of its own for each step, so that changing one step leaves the others as they were."""
    return np.random.default_rng([SEED, *name.encode()])
