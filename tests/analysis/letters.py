"""Points as Danish citizens might put them, with the theme a person would give them; written for these tests."""

_LIGHT = """
Der mangler lys på stien langs åen, så man går i mørke hele vinteren.
Stien gennem parken er bælgmørk, og lamperne er gået ud.
Sæt mere belysning op på cykelstien ved stationen.
Gadelamperne på Birkevej lyser ikke efter klokken ti.
Vi savner lys ved stoppestedet, hvor de unge venter om aftenen.
Belysningen på skolestien er for svag, og børnene er bange i mørket.
Lamperne langs åstien burde tændes tidligere om eftermiddagen.
Det er utrygt at gå på stien, når der ikke er noget lys.
Man kan ikke se hullerne på stien i mørket, sæt nogle lamper op.
Belysning på stien ved søen vil gøre aftenturen tryggere.
""".strip().split("\n")
_TRAFFIC = """
Bilerne kører alt for stærkt på Skolevej, og der er ingen fartbump.
Trafikken på hovedgaden er blevet så tæt, at børn ikke kan krydse vejen.
Sænk farten til 40 på Skolevej, så bilerne kører langsommere.
Lastbilerne kører gennem byen døgnet rundt og ryster husene.
Den tunge trafik bør ledes uden om byen ad omfartsvejen.
Fartbump på Birkevej vil dæmpe farten, for bilerne kører ræs.
Vi er bekymrede for trafikken, når der kommer to hundrede biler mere om dagen.
Krydset ved rådhuset er farligt, når bilerne svinger hurtigt til højre.
Hastigheden på landevejen gennem landsbyen er for høj, og trafikken vokser.
Gør hovedgaden ensrettet, så trafikken og bilernes fart kommer ned.
""".strip().split("\n")
_HEIGHT = """
Et byggeri på fem etager er alt for højt midt mellem villaerne.
Højhuset vil kaste skygge ind i vores haver hele eftermiddagen.
Bygningerne bør højst være to etager, som husene omkring.
Facaden skal være af røde mursten, så byggeriet passer til kvarteret.
Skyggen fra bygningen rammer legepladsen og altanerne.
Det nye byggeri er for tæt, og etagerne skygger for solen.
Arkitekturen er grå og kedelig, og bygningen er højere end kirken.
Bebyggelsesprocenten er for høj til et kvarter med lave villaer.
Fjern den øverste etage, så indblik og skygger bliver mindre.
De høje bygninger giver indblik i haverne og stjæler aftensolen.
""".strip().split("\n")
_TREES = """
De gamle træer ved søen må ikke fældes for at få plads til parkering.
Bevar det grønne område, hvor fuglene yngler og børnene leger.
Plant flere træer og vilde blomster langs vejen til gavn for bier.
Skoven er hjem for flagermus, og træerne skal beskyttes.
Naturen ved engen forsvinder, hvis træerne bliver fældet.
Det grønne bælte mellem byen og skoven bør bevares som natur.
Lav et vådområde på engen, så padder og fugle får bedre natur.
Egetræerne er over hundrede år og bør fredes.
Vi vil have flere træer på torvet, de giver skygge og biodiversitet.
Biodiversiteten på engen lider, når græsset slås hver uge.
""".strip().split("\n")
_SCHOOL = """
Skolen er fyldt, og der er ikke klasselokaler til flere elever.
Børnehaven har venteliste, og de nye familier får brug for pladser.
Der skal bygges en ny daginstitution, før boligerne bliver solgt.
Eleverne i indskolingen har undervisning i en pavillon fra halvfemserne.
Udvid skolen med et ekstra spor og et nyt idrætslokale.
Klasserne på skolen er store, og lærerne når ikke alle elever.
Vuggestuen på Birkevej bør ikke lukkes, for pladserne mangler allerede.
Skolens gymnastiksal er slidt, og eleverne fryser i omklædningen.
Daginstitutionen mangler legeplads, og børnene leger på fortovet.
Hvor skal børnene gå i skole og børnehave, når byen vokser?
""".strip().split("\n")

POINTS = [
    (name, text)
    for row in zip(_LIGHT, _TRAFFIC, _HEIGHT, _TREES, _SCHOOL, strict=True)
    for name, text in zip(("light", "traffic", "height", "trees", "school"), row, strict=True)
]
