"""Names for invented people, by the languages they might come from.

A given name and a family name always come from the same row. Family names that change with gender are left out.
"""

from __future__ import annotations

import numpy as np

# (share of members, given names, family names)
NAMES: tuple[tuple[float, str, str], ...] = (
    (
        0.13,
        "Alice Bram Clara Dorothy Edwin Fern Gareth Hazel Imogen Jasper Kit Lorna Miles Nell Oscar Poppy Rowan Tess Wilf Zadie",
        "Ashbourne Birtwhistle Cotterill Dunmallet Everley Fothergale Gannaway Hathersage Inglefield Jessop Kettlewell "
        "Lorimer Marchbank Netherby Ollerton Pennifold Quarles Rudgely Stanbrook Thistlewood Umberlake Wraxall",
    ),
    (
        0.10,
        "Anke Bastian Clemens Dörte Elke Fabian Greta Hannes Ilka Jörg Karin Lukas Meike Nils Ottilie Ruprecht Silke Thilo Uta Wenzel",
        "Achterberg Brandhuber Dornseif Eichstätt Fährmann Grünewaldt Hohlbein Immenkamp Kaltwasser Lindenau Möllendorf "
        "Nüsslein Oberhaus Pfannkuch Rosenstiel Schönbeck Tannhaus Uhlenbrock Vogelsteller Wiesengrün",
    ),
    (
        0.08,
        "Agneta Birk Dagny Eskil Freja Gudrun Halvard Inga Jorun Ketil Liv Mårten Njål Oda Runa Sigrid Torvald Vilde Åsa Øystein",
        "Almqvik Bjerkholt Dalsborg Elvestrand Fjellanger Granholt Hagestuen Isbakken Kvernmo Lundsrud Myrvatn Nordhaug "
        "Oldevik Rødland Skoglie Solvaag Tindeland Ulvesund Vestmar Ødegren",
    ),
    (
        0.08,
        "Amélie Baptiste Céleste Damien Élodie Fabrice Gaëlle Hugo Inès Joël Lucie Maëlle Noé Odile Pascal Rémi Solène Théo Violette Yann",
        "Aubertin Beauvallon Chastaing Desrivières Estournel Fontvieille Garancier Hautecombe Joliclerc Lamothe Maubrun "
        "Noirclair Ormesson Pélissard Quénault Rochebrune Sauvagnac Tournemire Vaucresson Villedieux",
    ),
    (
        0.08,
        "Alba Bruno Carmen Diego Elisa Fermín Gema Hugo Irene Joaquín Leire Manuel Nerea Óscar Pilar Quique Rocío Saúl Triana Yago",
        "Albarracín Benavides Carrascal Doñate Escalona Fuentealba Galdeano Hontoria Iturralde Jaramago Lazcano Montalvo "
        "Navascués Olmedilla Peñarrubia Quintanar Robledal Santillán Urrechua Villafañe",
    ),
    (
        0.06,
        "Afonso Beatriz Caio Dulce Eduarda Flávio Graça Heitor Iara João Lívia Mateus Nair Otávio Rosário Sérgio Tainá Ulisses Vera Zélia",
        "Abrantina Boaventura Carvalhosa Damasceno Esteves Figueirinha Guimarosa Lacerdinha Magalhosa Noronhaz Oliveirinha "
        "Penalva Quaresmo Ribalta Sampaiva Taveirós Valadão Vilarinho Ximeno Zambujal",
    ),
    (
        0.06,
        "Agnese Bettina Corrado Delia Emilio Fiamma Giacomo Ilaria Lapo Mirella Nico Ornella Pietro Rosalba Sandro Tullia Ugo Viola",
        "Abbagnale Bencivoglio Castagnetti Dellaroca Fiordalisi Gambarotta Lanfranchi Malaspada Nardovino Orsolano "
        "Pettirosso Quaglierini Roccabruna Sangallo Tiraboschi Ventimiglio Zaccagnino",
    ),
    (
        0.06,
        "Adam Bożena Czesław Danuta Elżbieta Feliks Grażyna Hanka Iwo Jagoda Kacper Łucja Mieszko Olga Radek Staszek Teresa Wanda",
        "Bartosik Cieślak Drozdek Gawryluk Jezierza Kopczyk Lewandek Maślanka Niedźwiedź Olszak Pawlikiewicz Różycz "
        "Skowronek Szczygieł Trzmielak Wierzbiak Zawilec Żurawik",
    ),
    (
        0.04,
        "Anja Bogdan Danica Emil Goran Iva Jelka Luka Mirna Nenad Petra Ratko Sanja Tihomir Vesna Zdenko",
        "Bregović Čavrak Dragojlić Grubelić Jelavac Kraljevac Lončarek Mrkonja Nikšan Perkovac Rastović Šarenac Trnovac Vukosav",
    ),
    (
        0.04,
        "Anatol Bohdan Daryna Eva Fedir Halyna Ihor Kalyna Lev Mykola Nadia Olena Pavlo Sofia Taras Yaryna",
        "Bilokin Dovzhyk Hontar Kalynets Levchuk Marchuk Nahirniak Oliynyk Prymak Romaniuk Stetsko Tymchuk Verbytsko Zinchuk",
    ),
    (
        0.04,
        "Aylin Burak Cemre Deniz Ebru Ferhat Gülşen Hakan İpek Kerem Leyla Murat Nazlı Onur Pınar Selim Tülay Yasemin",
        "Akbulak Bozkaya Çınaroğlu Denizhan Erdemli Gökçeli Ilgazlı Karadut Melikoğlu Ovacıklı Pamukçu Sarıyel Taşkıran Yıldızeli",
    ),
    (
        0.04,
        "Amina Bilal Dalia Farid Ghada Hamza Idris Jamila Karim Layla Munir Nour Rami Salma Tariq Yusra Zayd Huda",
        "al-Barzani Benhadid Bouazzi Darwazeh El-Khatibi Farhouni Ghannouchi Haddadin Jabrane Khoudary Lahlouh Maalouly "
        "Nassarin Qabbaz Rahmouni Sabbaghi Tazmani Zeitouny",
    ),
    (
        0.03,
        "Arash Bahar Darius Elaheh Farhad Golnar Hamed Kimia Laleh Mehrdad Nasrin Parviz Roya Shirin",
        "Ardalanpour Behrouzi Daneshvari Farahmandi Golestani-Rad Hekmatzad Javanmard Kermanipour Mokhtarian Niknejad Parsafar Rostamkhani",
    ),
    (
        0.05,
        "Aditi Bhavesh Chitra Devika Esha Farhan Gauri Harish Indu Jatin Kavya Lalit Meera Nikhil Pooja Rohan Sunita Tara Uday Vikram",
        "Agnivarma Bhattarkar Chaudhuri-Sen Devkar Ganeshan Hegdekar Iyengaran Joshikar Kulpati Malhotry Nambiyar Padmanath "
        "Raghuvan Sethuraj Tambekar Varadkar",
    ),
    (
        0.04,
        "Bowen Chunhua Daiyu Fang Guolin Huan Jiayi Kexin Liwei Meilin Ning Peizhi Qiuyue Ruolan Shufen Tianyi Wenhao Xiaoling",
        "Bai Chang Deng Fei Gao Hong Jiang Kong Luo Meng Pan Qin Shen Tao Xue Yan Zeng",
    ),
    (
        0.03,
        "Akemi Daisuke Emiko Fumio Haruka Isao Junko Kaito Misaki Naoki Rika Satoru Tomoe Yuki",
        "Amanogawa Fukasato Hoshikawa Inaoka Kuramichi Minazuki Nagamori Okitsu Shirahata Tachigawa Uminoe Yamasato",
    ),
    (
        0.02,
        "Daeun Eunji Gyeong Haneul Jiho Minseo Nari Seojun Sora Taeyang Yejin Woojin",
        "Baek Cha Gong Heo Jeon Ko Mun Noh Pyo Sim Yoo",
    ),
    (
        0.02,
        "Bảo Diễm Hạnh Khánh Lan Mai Nhung Phúc Quỳnh Thảo Trúc Vinh",
        "Bùi Đặng Dương Lâm Lương Mạc Nghiêm Phùng Quách Tạ Trịnh",
    ),
    (
        0.05,
        "Abena Babajide Chidi Efua Folake Ifeoma Jabali Kofi Lindiwe Makena Nomsa Obinna Sipho Tendai Wanjiru Yaw Zola Amara",
        "Abankwa Adeyoola Boatengo Chikwendu Dlaminze Ekwensu Fashanko Gyamerah Kamaru Mensahene Mwangaza Ndibalema Nkrumani "
        "Okonjoro Owusika Sithebe Tshabalani Wekesani",
    ),
    (
        0.03,
        "Anthi Dimos Eleni Fotis Giorgos Ismini Kostas Lefteris Myrto Nikos Orestis Phaedra Stavros Thaleia",
        "Argyrakos Chrysanthou Drakopetra Fanariot Galanomatis Kalogiros Lambrinou Melissanos Petraki Roditis Stathakos Tsouris",
    ),
    (
        0.02,
        "Ádám Boglárka Csaba Dóra Emese Ferenc Gréta Imre Kinga Márton Réka Zsófia",
        "Árvaházy Bodroghalmi Csillagos Dombvári Fenyvesi Galambházi Hollósi Kertész-Nagy Madarász Szélmező Tölgyes Zsombori",
    ),
)

PAIRS_OF_NAMES = " & "


def people(rng: np.random.Generator, n: int, taken: set[str]) -> list[str]:
    """Draw full names that nobody has yet.

    Args:
        rng: Random stream.
        n: How many people to name.
        taken: Names in use; the new ones are added to it.

    Returns:
        n different full names.
    """
    share = np.array([row[0] for row in NAMES])
    given = [row[1].split() for row in NAMES]
    family = [row[2].split() for row in NAMES]
    out: list[str] = []
    while len(out) < n:
        row = int(rng.choice(len(NAMES), p=share / share.sum()))
        name = f"{given[row][rng.integers(len(given[row]))]} {family[row][rng.integers(len(family[row]))]}"
        if name not in taken:
            taken.add(name)
            out.append(name)
    return out
