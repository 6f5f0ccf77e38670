"""The sixty best-known films of the club, each written by hand: title, director, tagline and what it is."""

from __future__ import annotations

from typing import NamedTuple


class Headliner(NamedTuple):
    """One film everybody in the club has heard of."""

    title: str
    director: str
    year: int
    genres: str
    mood: str
    tagline: str
    series: str | None = None
    number: int | None = None


HEADLINERS: tuple[Headliner, ...] = tuple(
    Headliner(*row)
    for row in (
        ("A House with Nine Clocks", "Maren Oldevik", 2011, "Drama|Mystery", "melancholy", "Only one of them tells the truth."),
        ("What the Ferryman Owed", "Teodor Brankovac", 1998, "Drama|Crime", "dark", "Every crossing has its price."),
        ("Salt for the Winter", "Halldóra Vestmar", 2014, "Drama|History", "sweeping", "Food for one. Four at the table."),
        ("The Cellist on the Fourth Floor", "Lucian Abrantina", 2006, "Drama|Romance", "warm", "He knew her by one wrong note."),
        ("My Mother's Second Language", "Anjali Devkar", 2019, "Drama|Comedy", "warm", "Some words only exist at home."),
        ("Letters to an Empty Stadium", "Kofi Gyamerah", 2017, "Drama", "melancholy", "The last match was never played."),
        ("The Year We Sold the Orchard", "Emilio Castagnetti", 1989, "Drama", "melancholy", "One harvest left, and nobody to pick it."),
        ("Quiet as Snowploughs", "Maren Oldevik", 2016, "Drama|Crime", "wry", "Somebody is clearing the road at night."),
        ("All the Rooms Upstairs", "Solène Rochebrune", 2003, "Drama", "dreamlike", "She rented the house. It came with a past."),
        ("Half a Bridge", "Goran Dragojlić", 1994, "Drama|History", "wry", "Two villages. One river. No hurry."),
        ("The Swimming Teacher", "Emiko Minazuki", 2021, "Drama|Romance", "warm", "It is never the water you are afraid of."),
        ("Nobody Leaves Before the Soup", "Boglárka Tölgyes", 2018, "Drama|Comedy", "wry", "Eleven relatives. One inheritance."),
        ("Bread at Four in the Morning", "Farid Benhadid", 2012, "Drama", "warm", "A street wakes up, one oven at a time."),
        ("Uncle Benedikt Buys a Bank", "Hannes Pfannkuch", 2009, "Comedy|Crime", "playful", "He only went in for a pen."),
        ("The Understudy's Understudy", "Imogen Thistlewood", 2015, "Comedy", "wry", "Somebody has to be third."),
        ("Please Return the Goat", "Rocío Peñarrubia", 2013, "Comedy|Adventure", "playful", "No questions asked. Several answers given."),
        ("Everybody Out by Tuesday", "Babajide Fashanko", 2020, "Comedy", "warm", "Forty tenants, one lift, three days."),
        ("The Worst Hotel in Portamar", "Lapo Gambarotta", 1987, "Comedy|Romance", "playful", "The view is extra."),
        ("Grandmother Against the Motorway", "Boglárka Tölgyes", 2010, "Comedy|Drama", "warm", "They planned six lanes. She planned lunch."),
        ("A Small Problem with the Moon", "Imogen Thistlewood", 2019, "Comedy|Science fiction", "playful", "It was there yesterday."),
        ("Two Left Gloves", "Nico Quaglierini", 2004, "Comedy|Romance", "warm", "A love story with a draught."),
        ("Eleven Minutes to Varde", "Eskil Kvernmo", 2018, "Thriller", "tense", "The train does not stop. Neither does she."),
        ("The Man in Seat 40F", "Selim Karadut", 2012, "Thriller|Mystery", "tense", "He boarded alone. He is not alone now."),
        ("Do Not Answer Before Dark", "Nerea Iturralde", 2021, "Thriller|Horror", "dark", "It knows when you are home."),
        ("A Perfectly Safe Distance", "Joaquín Escalona", 2007, "Thriller|Crime", "tense", "Nine hundred metres. One window."),
        ("The Translator Knows", "Daryna Kalynets", 2016, "Thriller|Drama", "tense", "She changed one word. It saved four lives."),
        ("Ten Locks", "Selim Karadut", 2002, "Thriller|Crime", "dark", "Nine were to keep people out."),
        ("Ash Meridian", "Wenhao Luo", 2010, "Science fiction|Adventure", "sweeping", "The map ends here. The sky does not.", "Ash Meridian", 1),
        ("Ash Meridian: Second Sun", "Wenhao Luo", 2013, "Science fiction|Adventure", "sweeping", "Morning came twice.", "Ash Meridian", 2),
        ("Ash Meridian: The Long Noon", "Wenhao Luo", 2016, "Science fiction|Adventure", "sweeping", "No shadow left to hide in.", "Ash Meridian", 3),
        ("Tomorrow Was a Tuesday", "Chitra Padmanath", 2014, "Science fiction|Comedy", "wry", "The future arrived. It asked for the manager."),
        ("The Gardeners of Ceres", "Øystein Myrvatn", 2020, "Science fiction|Drama", "dreamlike", "Something is growing back."),
        ("Slow Light from Home", "Wenhao Luo", 2022, "Science fiction|Drama", "melancholy", "The message is eleven years old. It says hurry."),
        ("Room for One More Gravity", "Kit Umberlake", 1996, "Science fiction|Comedy", "playful", "What goes up may stay there."),
        ("The Baker Across the Canal", "Odile Beauvallon", 2008, "Romance|Comedy", "warm", "Twelve steps of water. Six years of looking."),
        ("Seven Umbrellas", "Misaki Hoshikawa", 2011, "Romance|Drama", "melancholy", "He lent out six."),
        ("Love, in Instalments", "Pooja Tambekar", 2017, "Romance|Comedy", "wry", "Terms and conditions apply."),
        ("The Wrong Wedding in Sorrelo", "Ornella Fiordalisi", 2001, "Romance|Comedy", "playful", "Right cake. Right church. Wrong everybody."),
        ("Before the Tram Leaves", "Graça Penalva", 1993, "Romance|Drama", "melancholy", "Say it now or walk home."),
        ("The Dockland Ledger", "Gareth Hathersage", 2005, "Crime|Drama", "dark", "Every name in it is a friend."),
        ("Small Change for Big Sallow", "Zadie Quarles", 1991, "Crime|Comedy", "wry", "He stole a parking meter. It was full of diamonds."),
        ("Inspector Quillon Takes the Stairs", "Théo Vaucresson", 2006, "Crime|Mystery", "wry", "Seven floors. Seven alibis.", "Inspector Quillon", 1),
        ("Inspector Quillon and the Missing Tenor", "Théo Vaucresson", 2009, "Crime|Mystery", "wry", "It is over when somebody sings.", "Inspector Quillon", 2),
        ("No Honest Rain", "Joaquín Escalona", 2015, "Crime|Thriller", "dark", "The city never comes clean."),
        ("The Wallpaper Breathes", "Ilka Hohlbein", 2013, "Horror|Thriller", "dark", "They should have painted."),
        ("Hollow Week", "Danuta Wierzbiak", 2019, "Horror|Mystery", "tense", "Between two Sundays, the village is not there."),
        ("Something in the Silo", "Wilf Cotterill", 1984, "Horror|Comedy", "playful", "This year the harvest eats you."),
        ("She Counts the Stairs", "Nerea Iturralde", 2017, "Horror", "tense", "There was one more last night."),
        ("The Brass Compass Club", "Fern Gannaway", 2007, "Adventure|Comedy", "playful", "Four children, one boat, no permission.", "The Brass Compass Club", 1),
        ("The Brass Compass Club and the Island of Wrong Maps", "Fern Gannaway", 2010, "Adventure|Comedy", "playful", "North is a matter of opinion.", "The Brass Compass Club", 2),
        ("Over the Teeth of the World", "Ketil Tindeland", 2014, "Adventure|Drama", "sweeping", "The summit was the easy half."),
        ("The Cartographer's Debt", "Pilar Montalvo", 2000, "Adventure|History", "sweeping", "He drew a river. Now he has to find it."),
        ("The Thimble King", "Fern Gannaway", 2018, "Fantasy|Adventure", "playful", "Small crown. Enormous trouble."),
        ("A Dragon at the Registry Office", "Kinga Galambházi", 2021, "Fantasy|Comedy", "wry", "Please take a number."),
        ("The River That Walked", "Folake Adeyoola", 2015, "Fantasy|Drama", "dreamlike", "One night it got up and left."),
        ("Pip and the Weather Factory", "Meilin Shen", 2016, "Animation|Adventure", "playful", "Somebody left the thunder on."),
        ("Otto, the Unremarkable Owl", "Dörte Lindenau", 2012, "Animation|Comedy", "warm", "Wise? Not particularly."),
        ("Forty Thousand Pigeons", "Delia Orsolano", 2019, "Documentary|History", "wry", "The fastest post office in Europe ate corn."),
        ("Murder at the Yodelling Society", "Ruprecht Brandhuber", 2008, "Mystery|Comedy", "playful", "The echo saw everything."),
        ("The Queen's Seventh Physician", "Amélie Hautecombe", 2013, "History|Drama", "sweeping", "The first six told her the truth."),
    )
)
