"""Utility: what a film would be worth to a person, as a sum of named parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from . import plan
from .catalogue import Catalogue
from .members import Members

PART = {name: number for number, name in enumerate(plan.PARTS)}


@dataclass(frozen=True)
class Moment:
    """When and where somebody sits down to choose a film."""

    time: int
    evening: bool
    cinema: bool
    city: int


class Tastes:
    """What every person thinks of every film, growing with each film they watch.

    The parts "genre" and "mood" are a taste from the start plus the memory of films they rated well or badly,
    "director" and "studio" likewise; "friends" grows with every friend who rated the film well, "series" asks
    whether they saw the part before.
    """

    def __init__(self, catalogue: Catalogue, members: Members) -> None:
        rng = plan.stream("utility")
        self.catalogue, self.members = catalogue, members
        n_people, n_films = len(members.account), len(catalogue.frame)
        n_genres, n_moods = len(plan.GENRES), len(plan.MOODS)
        self.moods = np.eye(n_moods)[catalogue.moods]
        self.taste_genre = members.taste[:, :n_genres] @ catalogue.genres.T
        circle = np.flatnonzero((members.kind == "silent")[members.account])
        self.taste_genre[np.ix_(circle, np.flatnonzero(~catalogue.silent))] += plan.SOUND_FOR_SILENT
        self.taste_mood = members.taste[:, n_genres:][:, catalogue.moods]
        self.drift = members.drift[:, :n_genres] @ catalogue.genres.T
        self.drift += members.drift[:, n_genres:][:, catalogue.moods]
        self.own_director = members.directors[:, catalogue.director]
        self.own_studio = members.studios[:, catalogue.studio]
        self.craft = catalogue.craft
        self.memory_genre = np.zeros((n_people, n_genres))
        self.memory_mood = np.zeros((n_people, n_moods))
        self.n_seen = np.zeros(n_people)
        self.director = np.zeros((n_people, catalogue.director.max() + 1))
        self.studio = np.zeros((n_people, catalogue.studio.max() + 1))
        self.series = np.tile(np.where(_later_part(catalogue), plan.SERIES_SKIPPED, 0.0), (n_people, 1))
        # What is still missing to the full influence halves, roughly, with every friend who liked the film
        self.friends = np.zeros((len(members.frame), n_films))

        evening_mood = plan.CONTEXT_EVENING * np.array([-0.6, 0.2, -1.0, 1.2, 1.3, 0.2, 0.4, -0.4])
        cinema_genre = plan.CONTEXT_PLACE * np.array(
            [-0.3, -0.3, 0.3, -0.6, 0.0, 1.2, 1.4, 0.6, -1.0, -0.3, 0.8, 1.0, 0.2, 0.0]
        )
        city_genre = rng.normal(0.0, plan.CONTEXT_CITY, (len(plan.CITIES), n_genres))
        self.evening = evening_mood[catalogue.moods]
        self.cinema = catalogue.genres @ cinema_genre
        at_home = catalogue.studio_city[catalogue.studio]
        self.city = city_genre @ catalogue.genres.T
        self.city += plan.CONTEXT_HOME_STUDIO * (at_home == np.arange(len(plan.CITIES))[:, None])

    def drift_weight(self, person: int, time: np.ndarray | int) -> np.ndarray:
        """How far a person has drifted: slowly over three years, or, if planted, at once after the second."""
        if self.members.kind[self.members.account[person]] == "drift":
            turn = plan.START + plan.DRIFT_DAY * plan.DAY
            return np.clip((np.asarray(time) - turn) / (plan.DRIFT_RAMP_DAYS * plan.DAY), 0.0, 1.0)
        return (np.asarray(time) - plan.START) / (plan.END - plan.START)

    def context(self, person: int, evening: float, cinema: float, city: np.ndarray) -> np.ndarray:
        """The part that depends on when and where, given as shares so that it can be averaged too."""
        return self.members.sensitivity[person] * (
            self.evening * (2.0 * evening - 1.0) + self.cinema * (2.0 * cinema - 1.0) + city @ self.city
        )

    def parts(self, person: int, moment: Moment) -> np.ndarray:
        """All parts for one person at one moment. [parts, I]"""
        return self.assemble(
            person,
            self.context(person, moment.evening, moment.cinema, np.eye(len(plan.CITIES))[moment.city]),
            float(self.drift_weight(person, moment.time)),
        )

    def assemble(self, person: int, context: np.ndarray, drift: float) -> np.ndarray:
        """All parts for one person, given the context part and how far they have drifted. [parts, I]"""
        c = self.catalogue
        rest = 1.0 / (self.n_seen[person] + plan.MEMORY_HALF)
        out = np.empty((len(plan.PARTS), len(c.frame)))
        out[0] = self.taste_genre[person] + plan.GENRE_MEMORY * rest * (c.genres @ self.memory_genre[person])
        out[1] = self.taste_mood[person] + plan.MOOD_MEMORY * rest * self.memory_mood[person][c.moods]
        out[2] = self.craft
        out[3] = plan.DIRECTOR_LOYALTY * np.tanh(0.8 * self.director[person])[c.director]
        out[3] += self.own_director[person]
        out[4] = plan.STUDIO_LOYALTY * np.tanh(0.3 * self.studio[person])[c.studio]
        out[4] += self.own_studio[person]
        out[5] = self.friends[self.members.account[person]]
        out[6] = self.series[person]
        out[7] = context
        out[8] = drift * self.drift[person]
        return out

    def watch(self, person: int, film: int, rating: float) -> None:
        """Remember a film: taste, loyalty, the next part of a series, and what friends will hear of it."""
        c = self.catalogue
        liking = rating - plan.RATING_LIKED
        self.memory_genre[person] += liking * c.genres[film]
        self.memory_mood[person, c.moods[film]] += liking
        self.n_seen[person] += 1
        self.director[person, c.director[film]] += liking
        self.studio[person, c.studio[film]] += liking
        following = c.next_part[film]
        if following >= 0:
            self.series[person, following] = plan.SERIES_NEXT if liking > 0 else plan.SERIES_DISLIKED
        if rating >= 4.0:
            friends = self.members.friends[self.members.account[person]]
            self.friends[friends, film] += plan.FRIENDS_STEP * (plan.FRIENDS - self.friends[friends, film])

    def standing(
        self, person: int, context: np.ndarray, drift: float, seen: np.ndarray, liking: np.ndarray
    ) -> np.ndarray:
        """Utility of every film after the three years, one rule for watched and unwatched alike.

        A film's own viewing is taken out of the memory it left, so that having watched it tells nothing.

        Args:
            person: Number of the person.
            context: The context part, averaged over this person's habits. [I]
            drift: How far they had drifted on average.
            seen: Films they watched.
            liking: Stars above indifference they gave these.

        Returns:
            The sum of all parts. [I]
        """
        c = self.catalogue
        out = self.assemble(person, context, drift)
        n = max(self.n_seen[person] - 1.0, 0.0) + plan.MEMORY_HALF
        genre = c.genres[seen] @ self.memory_genre[person] - liking
        mood = self.memory_mood[person][c.moods[seen]] - liking
        director = self.director[person][c.director[seen]] - liking
        studio = self.studio[person][c.studio[seen]] - liking
        out[0, seen] = self.taste_genre[person, seen] + plan.GENRE_MEMORY * genre / n
        out[1, seen] = self.taste_mood[person, seen] + plan.MOOD_MEMORY * mood / n
        out[3, seen] = self.own_director[person, seen] + plan.DIRECTOR_LOYALTY * np.tanh(0.8 * director)
        out[4, seen] = self.own_studio[person, seen] + plan.STUDIO_LOYALTY * np.tanh(0.3 * studio)
        return out.sum(axis=0)


def _later_part(catalogue: Catalogue) -> np.ndarray:
    later = np.zeros(len(catalogue.frame), dtype=bool)
    later[catalogue.next_part[catalogue.next_part >= 0]] = True
    return later
