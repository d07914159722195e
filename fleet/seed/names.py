"""Names of people and towns as they stand on licences in this part of Europe."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Country:
    """What people from one country are called and how they are reached."""

    code: str
    dial: str  # prefix of mobile numbers
    digits: int  # that follow it
    language: str
    given: tuple[str, ...]
    family: tuple[str, ...]
    towns: tuple[str, ...]
    streets: tuple[str, ...]


_BA: Final = Country(
    "BA", "+3876", 7, "bs",
    ("Emina", "Adnan", "Lejla", "Mirza", "Amra", "Haris", "Selma", "Kenan", "Ajla", "Tarik", "Jelena", "Goran",
     "Ivana", "Dragan", "Marija", "Ante", "Željka", "Đorđe", "Snježana", "Nedžad", "Šejla", "Ismet", "Azra", "Vedran"),
    ("Hadžić", "Kovačević", "Begić", "Hodžić", "Đurić", "Marić", "Čaušević", "Šehić", "Omerović", "Tomić", "Jurić",
     "Mujkić", "Zukić", "Babić", "Petrović", "Ćosić", "Delić", "Alagić", "Perić", "Softić", "Žunić", "Ramić"),
    ("Sarajevo", "Mostar", "Banja Luka", "Tuzla", "Zenica", "Bihać", "Trebinje", "Široki Brijeg", "Goražde"),
    ("Titova", "Ferhadija", "Kralja Tvrtka", "Alipašina", "Maršala Tita", "Hasana Kikića", "Vase Pelagića"),
)  # fmt: skip

_OTHERS: Final = (
    Country("HR", "+3859", 8, "bs", ("Luka", "Ana", "Ivan", "Petra", "Mate", "Nikolina"),
            ("Horvat", "Šimić", "Božić", "Vuković", "Žanić"), ("Zagreb", "Split", "Šibenik"), ("Ilica", "Vukovarska")),
    Country("RS", "+3816", 8, "bs", ("Miloš", "Jovana", "Nemanja", "Milica", "Đurđa"),
            ("Jovanović", "Nikolić", "Stanković", "Živković"), ("Beograd", "Novi Sad", "Niš"), ("Knez Mihailova",)),
    Country("DE", "+4915", 9, "en", ("Jürgen", "Sabine", "Matthias", "Käthe", "Björn"),
            ("Müller", "Schröder", "Weiß", "Krüger", "Löffler"), ("München", "Köln", "Düsseldorf"), ("Hauptstraße",)),
    Country("AT", "+4366", 8, "en", ("Lukas", "Magdalena", "Jörg"), ("Gruber", "Höfer", "Pichler"),
            ("Wien", "Graz", "Linz"), ("Mariahilfer Straße", "Landstraße")),
    Country("SI", "+3864", 7, "en", ("Matjaž", "Urška", "Blaž"), ("Žižek", "Kovač", "Črnič"), ("Ljubljana", "Koper"),
            ("Slovenska cesta",)),
    Country("SE", "+467", 8, "en", ("Åsa", "Björn", "Märta"), ("Öberg", "Sjöström", "Åkesson"), ("Malmö", "Göteborg"),
            ("Drottninggatan",)),
    Country("PL", "+485", 8, "en", ("Łukasz", "Małgorzata", "Paweł"), ("Wójcik", "Dąbrowska", "Wiśniewski"),
            ("Kraków", "Łódź"), ("Długa", "Świętokrzyska")),
    Country("FR", "+336", 8, "en", ("François", "Zoé", "Jérôme"), ("Lefèvre", "Gauthier", "Béranger"),
            ("Besançon", "Orléans"), ("Rue de la République",)),
    Country("ES", "+346", 8, "en", ("José", "Begoña", "Íñigo"), ("García", "Muñoz", "Ibáñez"), ("Málaga", "Cádiz"),
            ("Calle Mayor",)),
    Country("TR", "+905", 9, "en", ("Çağla", "Oğuz", "İpek"), ("Öztürk", "Şahin", "Güneş"), ("İstanbul", "İzmir"),
            ("İstiklal Caddesi",)),
    Country("NL", "+316", 8, "en", ("Daan", "Sanne", "Joëlle"), ("de Vries", "van Dijk"), ("Utrecht", "Den Haag"),
            ("Kerkstraat",)),
)  # fmt: skip

# Every second customer is from here.
COUNTRIES: Final = tuple(country for other in _OTHERS for country in (_BA, other))

COMPANIES: Final = (
    ("Neretva Gradnja d.o.o.", "Mostar"),
    ("Bosna Consulting d.d.", "Sarajevo"),
    ("Vrbas Energetika d.o.o.", "Banja Luka"),
    ("Stari Most Film d.o.o.", "Mostar"),
    ("Una Softver d.o.o.", "Bihać"),
    ("Trebević Events d.o.o.", "Sarajevo"),
)
