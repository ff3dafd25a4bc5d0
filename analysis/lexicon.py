"""The small words of three languages: what carries no theme, what tells a language, what shows an attitude.

The lists are short on purpose. A stop-word list of a thousand words takes meaning away together with the noise.
Every word is written in lower case, NFC.
"""

from __future__ import annotations

LANGUAGES = ("da", "en", "de")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP: dict[str, frozenset[str]] = {
    "da": _words(
        """
        ad af aldrig alle alt altså anden andet andre at bare begge bl blev blevet blive bliver ca da de dem den
        denne der deraf derefter deres derfor dermed derpå derved det dette dig din dine disse dit dog du efter ej
        eller ellers en end endda endnu ene eneste enhver ens enten er et f eks fem fik fire flere fleste for fordi
        forrige fra få får før først gennem gjorde gjort gør gøre gøres ham han hans har havde have haft hej hen
        hende hendes her heraf hermed hertil hos hun hvad hvem hver hvert hvilke hvilken hvilket hvis hvor hvordan
        hvorfor hvornår i igen igennem ikke imellem imens ind inde inden ingen intet jeg jer jeres jo kan kom komme
        kommer kun kunne lade langt lidt lige ligesom man mange med meget mellem men mens mere mest mig min mindre
        mindst mine mit mod må måske måtte ned nede nej netop noget nogen nogle nu når nær næsten nok og også om
        omkring op oppe os ofte over overfor pga på rundt samme samt se selv selvom ser siden sidste sig sin sine
        sit skal skulle som stadig sådan således så tage tager temmelig ti til tilbage to tre tro tror ud ude uden
        under ved via vi vil ville vor vore vores være været var vær the mv mm osv dvs fx evt jf stk nr kl blot dels
        hele helt hvorledes indtil især ja kræver langs lav længe medmindre mht ift nemlig oftest oven ovenfor
        samtidig sammen simpelthen snart straks særlig særligt tit tidligere tilsyneladende trods udover udenfor
        utrolig vel virkelig ønskes åbenbart øvrigt øvrige desuden derudover endvidere imidlertid ganske egentlig
        faktisk generelt heller hverken idet ifm ihvertfald jævnligt kaldes ligger ligge ret rigtig rigtigt sagt
        sige siger synes går gå gået gik giver give gives givet hold holde holder hvorvidt hvoraf derhen derude
        herude dér hér én ét første tredje
        """
    ),
    "en": _words(
        """
        a about above after again against all also am an and any are as at be because been before being below
        between both but by can cannot could did do does doing don down during each even ever few for from further
        get gets getting go goes going got had has have having he her here hers herself him himself his how i if in
        into is isn it its itself just let like ll made make makes many may me might more most much my myself no nor
        not now of off on once one only or other our ours ourselves out over own per put re really s same say says
        see she should so some such t take than that the their theirs them themselves then there these they thing
        things this those through to too two under until up us use used using ve very via want was wasn we well were
        weren what when where which while who whom why will with would yes yet you your yours yourself yourselves
        didn doesn couldn wouldn shouldn won hasn haven aren always never still however therefore something anything
        everything someone anyone lot lots maybe perhaps quite rather
        """
    ),
    "de": _words(
        """
        ab aber alle allem allen aller alles als also am an andere anderem anderen anderer anderes auch auf aus bei
        beim beide beiden bereits besonders bevor bin bis bist bisher bzw ca da dabei dadurch dafür dagegen daher
        dahin damit danach daneben dann daran darauf daraus darf darin darüber darum darunter das dass daß davon
        davor dazu dazwischen dein deine dem den denen denn dennoch der deren derer des deshalb dessen dich die dies
        diese diesem diesen dieser dieses dir doch dort du durch dürfen eben ebenfalls ebenso eher eigentlich ein
        eine einem einen einer eines einfach einige einigen einiger einiges einmal er es etc etwa etwas euch euer
        eure falls fast für ganz ganze ganzen gar gegen gegenüber gerade gern gerne gibt genau gemacht gewesen habe
        haben hat hatte hatten hätte hätten her hier hierbei hierfür hin hinter ich ihm ihn ihnen ihr ihre ihrem
        ihren ihrer ihres im immer in indem ins insbesondere irgendwie ist ja je jede jedem jeden jeder jedes jedoch
        jemand jene jetzt kann kannst kaum kein keine keinem keinen keiner können könnte könnten leider machen macht
        man manche manchmal mehr mein meine meinem meinen meiner meist mich mir mit möglich möglichst muss musste
        müssen müsste müssten nach nachdem natürlich neben nein nicht nichts nie noch nun nur ob oben oder oft ohne
        per sehr sein seine seinem seinen seiner seit selber selbst sich sicher sie sind so sobald sodass sofern
        sogar solche solchen sollte sollten soll sollen somit sondern sonst sowie sowohl statt stets trotz trotzdem
        über überall um und uns unser unsere unserem unseren unserer unten unter viel viele vielen vielleicht vom
        von vor vorbei vorher wann war waren wäre wären warum was weder wegen weil weiter weitere weiteren weiterhin
        welche welchem welchen welcher welches wenig weniger wenn wer werde werden wieder will wie wir wird wirklich
        wo wobei wodurch wohl wollen worden wurde wurden würde würden zb zu zum zumindest zur zusätzlich zwar
        zwischen zwei usw beispielsweise bspw dh evtl sei the geht gehen kommt kommen steht stehen finden findet
        lassen lässt derzeit momentan aktuell aktuelle aktuellen teilweise nämlich bitte hallo erst ersten erste
        """
    ),
}
"""Words that say nothing of a theme: function words, and the commonest verbs. None of them names or explains one."""

FUNCTION: dict[str, frozenset[str]] = {
    "da": _words(
        """
        ad af at da de dem den der det dig din dit du eller en er et for fra ham han har hun hvor i ikke ind ja jeg
        jer kan man med men mig min mit mod nej og om op os på sig ser sin skal som så til var vi ved vil være
        """
    ),
    "en": _words(
        """
        a an and are as at be been but by for from he her his i in is it its me my no of on or our she that the
        their them they this to was we were with yes you your
        """
    ),
    "de": _words(
        """
        als am an auch auf aus bei bin das dass dem den der des die du ein eine einem einen einer er es für hat ich
        im in ist ja mich mir mit nein nicht oder sich sie sind so um und uns von war wir zu zum zur
        """
    ),
}
"""The few words that are left out when texts are compared. What the longer list holds beside them (*kommer*, *minder*,
*hvornår*) names no theme by itself and yet tells one text from another; its weight falls with how common it is. On
short requests in Danish and German the short list agreed better with people (da_xsid, de_xsid); elsewhere we saw no
loss beyond the range of two seeds."""

HEARING: dict[str, frozenset[str]] = {
    "da": _words(
        """
        altid bemærkning bemærkninger bemærkningerne bedre borger borgere borgerne bør borgernes burde dårlig
        dårlige dårligt fint forslag forslaget forslagene foreslå foreslår forslår gerne glad glade god gode godt
        godtgøre gør håber høring høringen høringssvar høringssvaret ide ideen idé idéen indsigelse jeg kommune
        kommunen kommunens kommuner kommunes lave laver lavet lokalplan lokalplanen lokalplanforslag
        lokalplanforslaget mangle mangler mener mening modtage mulig muligt muligheden nødvendig nødvendigt ny nye
        nyt opfordre opfordrer plan planen planer punkt sag sagen skriver skrive stor store stort større støtter
        svar synes tak tanke tænker vigtig vigtige vigtigt venlig hilsen mvh høre hørt ønske ønsker ønskede ønskelig
        undrer bekymret bekymrede bekymring bekymringer imod modstand enig enige uenig behov brug bruge bruger
        bruges problem problemer problemet problemerne gang gange dag dage år måde ting tingene folk sætte sætter
        sat
        """
    ),
    "en": _words(
        """
        agree answer better comment comments concern concerned concerns council councils consultation could disagree
        feel good great hope important improve improved improvement issue issues municipality municipal need needed
        needs new object oppose people please plan plans point problem problems proposal proposals propose proposed
        residents response should suggest suggestion support thank thanks think town would wish year years
        """
    ),
    "de": _words(
        """
        anliegen anregung besser bessere besseren bitten bürger bürgerinnen einwand gut gute guten gutes hoffe idee
        lösung mögliche meinung nötig notwendig neu neue neuen neuer neues problem probleme schlecht schlechte
        sinnvoll stadt stadtverwaltung gemeinde kommune stellungnahme unterstütze verbessern verbesserung vorschlag
        vorschläge wichtig wunsch wünsche wünschen wünschenswert schön danke dank groß große großen bereich
        situation leute menschen
        """
    ),
}
"""Words that nearly every answer to a hearing holds, whatever it is about."""

_ELSEWHERE = _words(
    """
    och att är inte på jag som för med till av en ett han hon vi ni kan ska skulle har hade från eller också det
    mycket när le la les des une est et que qui dans pour pas nous vous avec sur sont être cette aux plus mais leur
    ce ces du au je il elle el los las una por para con del se no su al como pero más muy está son esta hay ser lo
    nosotros también donde gli che per della sono non questo questa anche più essere nella delle dei è molto het een
    van ik niet zijn dat ook maar voor naar wij jullie deze omdat worden meer aan bij uit hebben heeft i w nie na
    się że jest do to z jak ale za od przez dla są był czy oraz bardzo tylko jeszcze już tak może ulica ve bir bu
    için ile çok da de değil var ama daha gibi olarak olan kadar biz siz și nu este care pentru din sunt mai sau dar
    cu pe să ja on ei että hän mutta kun niin myös ovat olla tämä ikkje ein eg frå noko
    """
)

TELLTALE: dict[str, frozenset[str]] = {
    "da": STOP["da"] | HEARING["da"],
    "en": STOP["en"] | HEARING["en"],
    "de": STOP["de"] | HEARING["de"],
    "other": _ELSEWHERE - STOP["da"] - HEARING["da"] - STOP["en"] - STOP["de"],
}
"""Words whose presence tells the language; `other` mixes the neighbours that a Danish municipality meets most."""

LETTERS: dict[str, str] = {"da": "æø", "de": "äöüß", "other": "ñçłąęśżźńğışčřžőţșãõêèàùìòëïî¿¡"}
"""Letters that tell the language; å and é tell little, since several neighbours share them."""

NOUN_BEFORE: dict[str, frozenset[str]] = {
    "da": _words(
        """
        en et den det de på i ved til for om af med mod under over uden flere mere mindre ingen denne dette disse
        vores jeres deres min mit mine sin sit sine mellem langs bedre nye ny nyt god gode store stor dårlig dårlige
        og manglende
        """
    ),
    "en": _words(
        """
        a an the of on in at for with without more less no this these our your their my new better
        """
    ),
    "de": _words(
        """
        der die das den dem des ein eine einen einem einer im am zum zur vom beim auf in an bei mit ohne für mehr
        weniger keine kein diese dieser dieses unsere neue gute bessere
        """
    ),
}
"""Words that stand before a noun: a label is better made of nouns."""

VERB_BEFORE: dict[str, frozenset[str]] = {
    "da": _words(
        """
        at jeg vi man du han hun der som kan skal vil bør må kunne skulle ville burde ikke er var bliver blive har
        have så meget alt helt ret
        """
    ),
    "en": _words(
        """
        to i we you they he she it can should will would could must not is are be been was very
        """
    ),
    "de": _words("zu ich wir man du er sie es nicht sehr ist sind wird werden wurde so"),
}
"""Words that stand before a verb or an adjective."""

VERB_AFTER: dict[str, frozenset[str]] = {
    "da": _words(
        """
        ikke alt en et den det de sig mig dig os jeg vi man også meget så aldrig altid ud op ned ind hen hurtigt
        """
    ),
    "en": _words("a the it them me us not too very up down out"),
    "de": frozenset(),
}
"""Words that stand after a verb."""

NO_OBJECT: dict[str, frozenset[str]] = {
    "da": _words(
        """
        kører køre kørt køres går stå står stået lyse lyser bygge bygges bygger bygget byg fjern fjerne fjernes
        fjernet bevar bevare bevares bevaret plant plante plantes sænk sænke sænkes udvid udvide udvides sikre
        sikrer sikres undgå undgår krydse krydser flytte flyttes flyt flytter lægge lægges lægger lagt rykke rykkes
        placere placeres placeret etablere etableres etableret opføre opføres opført vokse vokser leve lever lege
        leger bo bor komme kommet færdes bevæge bevæger se ses set føle føler føles høre hører tænke tænk tænkt
        regne regner håbe give vælge vælger valgt vise viser vist skabe skaber skabes skabt beholde beholder spille
        spiller ødelægge ødelægger ødelægges ødelagt påvirke påvirker påvirket forringe forringer forringes forværre
        forværrer øge øger øges øget mindske mindsker reducere reduceres reduceret begrænse begrænses købe køber
        købt betale betaler betalt koste koster kostet starte begynde begynder slutte åbne åbner åbnes lukke lukkes
        lukker lukket holdes bliver blevet medføre medfører betyde betyder betød løbe løber cykle gå hente henter
        hentet parkere parkerer parkeret allerede stærkt hurtigt højt lavt tæt tætte direkte endelig eksisterende
        nuværende kommende fremtidige gammel gamle ung unge lille små lang lange kort korte bred brede smal smalle
        høj høje lav lave hel eneste egen egne eget fremover derhjemme udenfor indenfor halv halve fuld fyldt virker
        virke passe passer pas sæt tag lad tilføj fortæl find slet søg bestil varmt koldt venligst cirka rigtige
        forkerte vores fælles ligeledes hermed mister miste spare sparer sent tidligt spørger svarer stopper venter
        kender læser skrevet eren følge følger følgende gælder gælde løse løses løst mindre værre bedst værst næste
        klokken procent meter
        minut minutter minutters minuttet time timer timers timen sekund sekunder dag dage dagen dagene uge uger ugen
        måned måneder måneden år året årene mandag tirsdag onsdag torsdag fredag lørdag søndag januar februar marts
        april maj juni juli august september oktober november december krone kroner mio million millioner
        vis visse måde måden slags ting tingene sted stedet steder antal stykke stykker rest resten rester
        finde finder fandt fundet tåle tåler slukke slukker slukket tænde tænder tændt tegne tegner tegnet tegn behold
        beholdt hedder rent midt skrive skriver sige siger tale taler ringe ringer hjem sker ske sket fejle side sider
        spærre spærrer fylde fylder tørre tørrer dyre dyrt læst fast
        """
    ),
    "en": _words(
        """
        make made keep kept stop stopped build built add added remove removed move moved allow allowed provide provided
        """
        "drive driving live lives living existing current future old big small high low long short many next best"
    ),
    "de": frozenset(),
}
"""Verbs, adjectives and adverbs that are common in hearings and name no object; in German the small letter tells."""

_TENS_DA = "tyve tredive fyrre halvtreds tres halvfjerds firs halvfems"
_TENS_DE = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig"
NUMBER: dict[str, frozenset[str]] = {
    "da": _words(
        "nul et én to tre fire fem seks syv otte ni ti elleve tolv tretten fjorten femten seksten sytten atten nitten "
        "hundrede hundred hundreder hundredvis hundredtusind tusind tusinde tusinder tusindvis million millioner "
        "milliard milliarder dusin dusinvis snes snesevis halvanden anden tredje fjerde femte sjette syvende ottende "
        "niende tiende ellevte tolvte halvtredsindstyve tresindstyve firsindstyve " + _TENS_DA
    )
    | {f"{one}og{ten}" for one in _words("en to tre fire fem seks syv otte ni") for ten in _words(_TENS_DA)}
    | {f"{ten}{end}" for ten in _words(_TENS_DA) for end in ("er", "erne", "ere")},
    "en": _words(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand "
        "thousands million millions billion billions dozen dozens first second third fourth fifth"
    ),
    "de": _words(
        "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn "
        "siebzehn achtzehn neunzehn hundert hunderte hunderten tausend tausende tausenden million millionen "
        "milliarde milliarden dutzend dutzende erste zweite dritte vierte fünfte " + _TENS_DE
    )
    | {
        f"{one}und{ten}" for one in _words("ein zwei drei vier fünf sechs sieben acht neun") for ten in _words(_TENS_DE)
    },
}
"""Words that count things; how many there are is not what a theme is about."""

OTHER = {"da": "Andet om", "en": "Other points on", "de": "Weiteres:", "other": "Andet:"}
"""What a topic is called that has no word of its own beside its theme's."""

ATTITUDE: dict[str, dict[str, frozenset[str]]] = {
    "da": {
        "Ønske om": _words(
            """
        ønsker ønske ønskes håber foreslår foreslå opfordrer gerne ønskeligt savner mangler
        """
        ),
        "Bekymring for": _words(
            """
        bekymret bekymrede bekymring bekymringer bekymrer frygter frygt nervøs utryg utrygt utrygge farlig farligt
        """
        ),
        "Støtte til": _words(
            """
        støtter støtte glad glade positivt positiv dejligt roser ros enig enige hurra
        """
        ),
        "Modstand mod": _words(
            """
        imod modstand modstander protesterer protest indsigelse uenig uenige uacceptabelt fraråder afvise
        """
        ),
    },
    "en": {
        "Wish for": _words("wish hope suggest propose want like request please"),
        "Concern about": _words("concerned concern concerns worried worry afraid unsafe dangerous fear"),
        "Support for": _words("support glad pleased welcome agree excellent praise"),
        "Opposition to": _words("against oppose object objection disagree unacceptable protest"),
    },
    "de": {
        "Wunsch:": _words(
            """
        wünsche wünschen wunsch wünschenswert vorschlagen schlage hoffe bitte gerne
        """
        ),
        "Sorge:": _words("sorge sorgen besorgt gefährlich gefahr angst unsicher fürchte"),
        "Zustimmung:": _words("unterstütze begrüße freue zustimmen lob"),
        "Ablehnung:": _words("dagegen ablehnen ablehnung widerspruch protest inakzeptabel"),
    },
}
"""Cue words of four attitudes (wish, concern, support, opposition), and the neutral words an officer would put before
the object."""

NOT: dict[str, frozenset[str]] = {
    "da": _words("ikke aldrig hverken ingen intet næppe"),
    "en": _words("not never no neither hardly don't"),
    "de": _words("nicht nie niemals kein keine keinen keiner kaum"),
}
"""Words that deny a cue which follows them."""

AND = {"da": "og", "en": "and", "de": "und", "other": "/"}
MIXED = {"da": "Blandede emner", "en": "Mixed topics", "de": "Verschiedenes", "other": "Blandede emner"}
WRITTEN_IN = {
    "da": "Skrevet på dansk",
    "en": "Skrevet på engelsk",
    "de": "Skrevet på tysk",
    "other": "Skrevet på andre sprog",
}
"""The name of the one theme that holds the few answers in a language that is rare in this hearing."""
