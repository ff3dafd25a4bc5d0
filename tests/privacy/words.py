"""Made-up letters with something private in them, and plain ones. Nobody in them lives; a likeness is an accident."""

from itertools import product

NAMES = ("Torvald Testrup Hansen", "Yrsa Kvist Nielsen", "Malthe Prøvegaard", "Sidsel Mønsterlund")

#: Kind of private detail → sentences with a place for it, and what may stand there.
_FRAMES = {
    "email": (
        (
            "Skriv til mig på {} hvis I vil vide mere.",
            "Min mail er {}.",
            "Svar gerne {} i stedet for mig.",
            "Kontakt: {}",
            "Jeg har skrevet fra {} før, men fik intet svar.",
            "I kan nå foreningen på <{}>.",
            "Send referatet til {}, tak!",
            "mail {} tlf. på forespørgsel",
            "Kopi til {}",
            "Grundejernes kasserer ({}) har tallene.",
        ),
        ("test.person@example.dk", "a.b+x@under.example.org", "kvist_42@example.com", "x@sub.example.dk"),
    ),
    "phone": (
        (
            "Ring på {} efter klokken 17.",
            "Mit nummer er {}.",
            "Tlf. {}",
            "I kan få fat i mig på {}, også i weekenden.",
            "Telefon: {} (helst om formiddagen)",
            "Send en sms til {}!",
            "Jeg har mobil {} og læser den hver dag.",
            "Hans nummer er vist {}.",
            "Kald {} hvis porten er låst.",
            "mobil {}\nhilsner",
        ),
        ("46 11 00 00", "46110000", "+45 46 11 00 00", "4611 0000"),
    ),
    "address": (
        (
            "Jeg bor på {} og kan høre det hele.",
            "Vores hus ligger {}.",
            "Støjen er værst ved {}, hvor vi bor.",
            "Afsender: {}",
            "Familien på {} er også imod.",
            "De flyttede ind på {} i foråret.",
            "Vi ejer {} og har gjort det i 30 år.",
            "Haven til {} bliver skåret over.",
            "Min mor i {} tør ikke gå ud.",
            "Besøg os på {}!",
        ),
        ("Møllevej 12", "Testpark Allé 48B", "Kirkestræde 3, 2. tv.", "Engparken 7"),
    ),
    "health": (
        (
            "Min søn har {} og kan ikke tåle mere støj.",
            "Jeg fik konstateret {} sidste år.",
            "Hun lider af {} og går med stok.",
            "Min mand har {}, så vi kører hver dag.",
            "Naboen har {}, og det ved alle.",
            "Siden min {} har jeg ikke kunnet cykle.",
            "Vores datter er i behandling for {}.",
            "Jeg har {} og bliver hurtigt træt.",
            "Han har {} og er bange for biler.",
            "Min far døde af {} i vinter.",
        ),
        ("diabetes", "epilepsi", "kræft", "depression"),
    ),
    "person": (
        (
            "Min nabo {} kører alt for stærkt.",
            "Formand {} lovede noget andet på mødet.",
            "Det er {}, der har fældet træerne.",
            "Spørg {}, han ved alt om det.",
            "Jeg talte med læreren {} om skolevejen.",
            "Familien {} holder hest i haven.",
            "Ifølge {} er grunden forurenet.",
            "Tak for svaret.\n\nVenlig hilsen\n{}",
            "Chauffør {} standser aldrig ved skolen.",
            "Vores genbo, {}, har klaget før.",
        ),
        NAMES,
    ),
    "own_name": (
        (
            "Jeg hedder {} og er imod.",
            "{} skriver her på egne vegne.",
            "Mvh {}",
            "Med hilsen fra {} på bakken",
            "Undertegnede, {}, støtter planen.",
            "Jeg, {}, vil gerne høres.",
            "Sagde jeg, {}, ikke det samme sidste år?",
            "Skriv {} på listen over dem, der vil have besked.",
            "({}) var her også i 2019.",
            "Hilsen\n{}\n",
        ),
        ("Torvald Testrup", "Yrsa Kvist", "Malthe Prøve", "Sidsel Mønster"),
    ),
}

#: 240 letters: kind, words, and the name of the sender, who does not want it shown.
PRIVATE = [
    (kind, frame.format(filling), filling if kind == "own_name" else "")
    for kind, (frames, fillings) in _FRAMES.items()
    for frame, filling in product(frames, fillings)
]

#: Letters that tell nothing of anybody.
PLAIN = (
    "Overgangen skal ligge ved kirken, ikke ved tanken.",
    "Sæt farten ned til 40 km/t på hele vejen.",
    "Bevar de 12 lindetræer langs Møllevej.",
    "Lokalplan 254.2, § 12, stk. 3 er uklar om højden.",
    "Der mangler lys på stien mellem skolen og hallen.",
    "Budgettet på 12.345.678 kr. er for højt.",
    "CVR 29 18 83 78 har søgt om tilladelse.",
    "EAN 5798005770220 står på fakturaen.",
    "Mødet er 14. december 2026 kl. 19.30 i kulturhuset.",
    "Høringsfristen er for kort, når den ligger i juli.",
    "Luften er dårlig for børn med astma langs store veje.",
    "Der bør være plads til kørestole på alle stier.",
    "Handicapparkeringen skal ligge tæt på indgangen.",
    "Vi synes, at byrådet skal vente et år.",
    "Kommunen har lovet det før, og der skete intet.",
    "Hvorfor bliver vejen 7 meter bred og ikke 6?",
    "Bus 150 kører for sjældent om aftenen.",
    "Giv børnene en tryg vej til Engskolen.",
    "Støjen er målt til 57 dB ved matrikel 12a.",
    "Der er 200 meter fra stationen til torvet.",
    "Legepladsen i parken er slidt, og gyngen er knækket.",
    "Klimaet kræver, at vi planter flere træer.",
    "Flyt vejen 150 meter mod nord.",
    "Man bør kunne cykle fra Nørre Tranby til Engelund.",
    "Planen er god. Tak for et godt møde.",
    "Bilag 3, side 14, tabel 2 har en fejl.",
    "Vi er fire familier, der vil have et bump.",
    "Parkeringen skal være gratis de første to timer.",
    "Skolen er bygget i 1962 og trænger til nyt tag.",
    "Giv os en affaldsplads i nærheden.",
    "Sagsnummer 01.02.05-P16-1-25 henviser til en gammel plan.",
    "Postnummer 2840 Holte hører med til området.",
    "Vejkode 1234567890 i registeret er forkert.",
    "Kan der komme en bænk ved busstoppet?",
    "Cykelstien ender midt i ingenting.",
    "Der er ingen skygge på torvet om sommeren.",
    "Byg hellere boliger på havnen end kontorer.",
    "Vindmøllerne skal stå mindst 1.000 meter fra husene.",
    "Regnvandet løber ned i kældrene, når det skybrudder.",
    "Skiltene er for små, og de står bag en hæk.",
    "Kystdirektoratet skal høres, før diget bliver højere.",
    "Grundejerforeningen er for forslaget.",
    "Det koster 900 kr. pr. gang, siger regnskabet.",
    "Jeg er imod. Pengene skal bruges på skolen.",
    "Fredag den 13. er en dårlig dag til borgermøde.",
    "Hastigheden falder, hvis man sætter chikaner op.",
    "Stien bør være 3 meter bred og have fast belægning.",
    "Hvad sker der med fredskoven bag Bakkebyen?",
    "Tegningen viser 5 etager, men teksten siger 4.",
    "Lad byen være i fred i to år.",
)
