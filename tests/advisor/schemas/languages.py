"""What the made-up texts are built from, in eleven languages: scenes of daily life and facts about made-up places."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """Parts of sentences that fit together in any combination.

    Attributes:
        subjects: who; the third person singular, so that every action agrees.
        actions: does what.
        places: where.
        times: when.
        orders: ways to say a scene, with `{s}`, `{a}`, `{p}` and `{t}`; the first is the plainest.
        facts: a question, the statement that answers it, and the answer, about `{n}` (a name), with `{t}` (a town),
            `{y}` (a year) and `{k}` (a number).
        names: beginnings and endings of names.
        gap: what stands between sentences.
    """

    subjects: tuple[str, ...]
    actions: tuple[str, ...]
    places: tuple[str, ...]
    times: tuple[str, ...]
    orders: tuple[str, ...]
    facts: tuple[tuple[str, str, str], ...]
    names: tuple[tuple[str, ...], tuple[str, ...]]
    gap: str = " "


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|"))


_LATIN = (
    _list("Var|Kest|Ost|Mar|Hal|Brin|Tor|Lund|Sel|Fenn|Ald|Rav|Cor|Wend|Ister|Bel|Dor|Gan|Nor|Pell"),
    _list("holm|rel|en|ova|stad|dale|mund|ica|wick|mere|ano|berg|ford|ia|essa|ton"),
)

LANGUAGES = {
    "en": Language(
        _list(
            "a young woman|an old man|a little girl in a red coat|the tall waiter|a group of students|my neighbour"
            "|a cyclist|the street musician|a boy with a kite|the baker|a tired nurse|a brown dog|two-year-old Ben"
            "|the new teacher|a man wearing a blue shirt|a fisherman|the photographer|a farmer|the choir|a mechanic"
        ),
        _list(
            "is playing the guitar|is reading a newspaper|is waiting for the bus|is eating an apple"
            "|is painting a fence|is climbing a ladder|is selling fresh bread|is chasing a ball"
            "|is talking on the phone|is fixing a bicycle|is drinking a cup of coffee|is singing an old song"
            "|is carrying a heavy box|is sleeping under a blanket|is feeding the birds|is looking at a map"
            "|is cleaning the windows|is taking pictures|is dancing alone|is cutting vegetables"
        ),
        _list(
            "in the park|at the station|near the river|on the market square|in front of the library"
            "|in a small kitchen|on the beach|behind the school|at the top of the hill"
            "|in a crowded restaurant|next to a fountain|on the roof"
        ),
        _list(
            "early in the morning|on a rainy afternoon|after lunch|late at night|on Sunday|during the festival"
            "|before sunrise|in the middle of winter"
        ),
        (
            "{s} {a} {p}.",
            "{p}, {s} {a}.",
            "{t}, {s} {a} {p}.",
            "{s} {a} {p} {t}.",
            "{s}, seen {p}, {a}.",
            "It is {t}, and {s} {a} {p}.",
        ),
        (
            (
                "When was the {n} bridge built?",
                "The {n} bridge was built in {y} by engineers from {t}.",
                "in {y}",
            ),
            (
                "How many people live in {n}?",
                "According to the last census, {n} has a population of {k}.",
                "{k}",
            ),
            ("Where is the {n} museum located?", "The {n} museum stands in the old harbour of {t}.", "{t}"),
            (
                "What is the {n} valley known for?",
                "The {n} valley is known for its apple orchards and a railway that climbs to {t}.",
                "its apple orchards",
            ),
            (
                "Who designed the {n} tower?",
                "An architect named {t} designed the {n} tower, which rises {k} metres.",
                "{t}",
            ),
            (
                "How long is the {n} river?",
                "From its source to {t}, the {n} river flows for {k} kilometres.",
                "{k} kilometres",
            ),
            (
                "What language is spoken on {n} island?",
                "Most of the islanders of {n} speak the dialect of {t}, which traders brought in {y}.",
                "the dialect of {t}",
            ),
            (
                "Why did the {n} mine close?",
                "The {n} mine closed in {y} because the copper was exhausted.",
                "the copper was exhausted",
            ),
            (
                "What do {n} beetles eat?",
                "Beetles of the {n} family feed on the bark of willows around {t}.",
                "the bark of willows",
            ),
        ),
        _LATIN,
    ),
    "de": Language(
        _list(
            "eine junge Frau|ein alter Mann|der Bäcker|die neue Lehrerin|ein Radfahrer|mein Nachbar"
            "|ein kleines Mädchen|der Straßenmusiker|eine müde Ärztin|ein brauner Hund"
        ),
        _list(
            "spielt Gitarre|liest eine Zeitung|wartet auf den Bus|isst einen Apfel|streicht den Zaun|verkauft Brot"
            "|telefoniert|repariert ein Fahrrad|singt ein altes Lied|trägt eine schwere Kiste"
        ),
        _list(
            "im Park|am Bahnhof|auf dem Marktplatz|vor der Bücherei|in der Küche|am Strand|hinter der Schule"
            "|auf dem Dach"
        ),
        _list("am frühen Morgen|nach dem Essen|spät in der Nacht|am Sonntag|während des Festes|vor Sonnenaufgang"),
        ("{s} {a} {p}.", "{s} {a} {t} {p}.", "{s}, {p} zu sehen, {a}.", "Man sieht: {s} {a} {p}, {t}."),
        (
            ("Wann wurde die Brücke von {n} gebaut?", "Die Brücke von {n} wurde im Jahr {y} errichtet.", "{y}"),
            ("Wie viele Einwohner hat {n}?", "In {n} leben nach der letzten Zählung {k} Menschen.", "{k}"),
            ("Wo steht das Museum von {n}?", "Das Museum von {n} steht am alten Hafen von {t}.", "{t}"),
            (
                "Wofür ist das {n}tal bekannt?",
                "Das {n}tal ist für seine Obstgärten und die Bahn nach {t} bekannt.",
                "Obstgärten",
            ),
            ("Wie lang ist der Fluss {n}?", "Der Fluss {n} fließt {k} Kilometer weit bis nach {t}.", "{k} Kilometer"),
            (
                "Warum wurde die Grube {n} geschlossen?",
                "Die Grube {n} schloss {y}, weil das Kupfer zu Ende ging.",
                "weil das Kupfer zu Ende ging",
            ),
        ),
        _LATIN,
    ),
    "fr": Language(
        _list(
            "une jeune femme|un vieil homme|le boulanger|la nouvelle maîtresse|un cycliste|mon voisin"
            "|une petite fille|le musicien de rue|une infirmière fatiguée|un chien brun"
        ),
        _list(
            "joue de la guitare|lit le journal|attend le bus|mange une pomme|repeint la clôture|vend du pain"
            "|téléphone à un ami|répare un vélo|chante une vieille chanson|porte une caisse lourde"
        ),
        _list(
            "dans le parc|à la gare|sur la place du marché|devant la bibliothèque|dans la cuisine|sur la plage"
            "|derrière l'école|sur le toit"
        ),
        _list("tôt le matin|après le déjeuner|tard dans la nuit|le dimanche|pendant la fête|avant l'aube"),
        ("{s} {a} {p}.", "{p}, {s} {a}.", "{t}, {s} {a} {p}.", "{s} {a} {p} {t}."),
        (
            ("Quand le pont de {n} a-t-il été construit ?", "Le pont de {n} a été construit en {y}.", "en {y}"),
            ("Combien d'habitants compte {n} ?", "Selon le dernier recensement, {n} compte {k} habitants.", "{k}"),
            ("Où se trouve le musée de {n} ?", "Le musée de {n} se dresse dans le vieux port de {t}.", "{t}"),
            (
                "Pourquoi la mine de {n} a-t-elle fermé ?",
                "La mine de {n} a fermé en {y}, faute de cuivre.",
                "faute de cuivre",
            ),
            (
                "Quelle est la longueur de la rivière {n} ?",
                "La rivière {n} coule sur {k} kilomètres jusqu'à {t}.",
                "{k} kilomètres",
            ),
        ),
        _LATIN,
    ),
    "es": Language(
        _list(
            "una mujer joven|un anciano|el panadero|la nueva maestra|un ciclista|mi vecino|una niña pequeña"
            "|el músico callejero|una enfermera cansada|un perro marrón"
        ),
        _list(
            "toca la guitarra|lee el periódico|espera el autobús|come una manzana|pinta la valla|vende pan fresco"
            "|habla por teléfono|arregla una bicicleta|canta una vieja canción|lleva una caja pesada"
        ),
        _list(
            "en el parque|en la estación|en la plaza del mercado|frente a la biblioteca|en la cocina|en la playa"
            "|detrás de la escuela|en el tejado"
        ),
        _list("por la mañana temprano|después de comer|de madrugada|el domingo|durante la fiesta|antes del amanecer"),
        ("{s} {a} {p}.", "{p}, {s} {a}.", "{t}, {s} {a} {p}.", "{s} {a} {p} {t}."),
        (
            ("¿Cuándo se construyó el puente de {n}?", "El puente de {n} se construyó en {y}.", "en {y}"),
            ("¿Cuántos habitantes tiene {n}?", "Según el último censo, {n} tiene {k} habitantes.", "{k}"),
            ("¿Dónde está el museo de {n}?", "El museo de {n} se encuentra en el puerto viejo de {t}.", "{t}"),
            (
                "¿Por qué cerró la mina de {n}?",
                "La mina de {n} cerró en {y} porque se agotó el cobre.",
                "porque se agotó el cobre",
            ),
            ("¿Cuánto mide el río {n}?", "El río {n} recorre {k} kilómetros hasta {t}.", "{k} kilómetros"),
        ),
        _LATIN,
    ),
    "pt": Language(
        _list(
            "uma mulher jovem|um homem idoso|o padeiro|a nova professora|um ciclista|meu vizinho|uma menina pequena"
            "|o músico de rua|uma enfermeira cansada|um cachorro marrom"
        ),
        _list(
            "toca violão|lê o jornal|espera o ônibus|come uma maçã|pinta a cerca|vende pão fresco|fala ao telefone"
            "|conserta uma bicicleta|canta uma velha canção|carrega uma caixa pesada"
        ),
        _list(
            "no parque|na estação|na praça do mercado|em frente à biblioteca|na cozinha|na praia|atrás da escola"
            "|no telhado"
        ),
        _list("de manhã cedo|depois do almoço|tarde da noite|no domingo|durante a festa|antes do amanhecer"),
        ("{s} {a} {p}.", "{p}, {s} {a}.", "{t}, {s} {a} {p}.", "{s} {a} {p} {t}."),
        (
            ("Quando foi construída a ponte de {n}?", "A ponte de {n} foi construída em {y}.", "em {y}"),
            ("Quantos habitantes tem {n}?", "Segundo o último censo, {n} tem {k} habitantes.", "{k}"),
            ("Onde fica o museu de {n}?", "O museu de {n} fica no antigo porto de {t}.", "{t}"),
            (
                "Por que a mina de {n} fechou?",
                "A mina de {n} fechou em {y} porque o cobre acabou.",
                "porque o cobre acabou",
            ),
        ),
        _LATIN,
    ),
    "pl": Language(
        _list(
            "młoda kobieta|starszy pan|piekarz|nowa nauczycielka|rowerzysta|mój sąsiad|mała dziewczynka"
            "|uliczny muzyk|zmęczona pielęgniarka|brązowy pies"
        ),
        _list(
            "gra na gitarze|czyta gazetę|czeka na autobus|je jabłko|maluje płot|sprzedaje chleb"
            "|rozmawia przez telefon|naprawia rower|śpiewa starą piosenkę|niesie ciężką skrzynię"
        ),
        _list("w parku|na dworcu|na rynku|przed biblioteką|w kuchni|na plaży|za szkołą|na dachu"),
        _list("wcześnie rano|po obiedzie|późno w nocy|w niedzielę|podczas święta|przed świtem"),
        ("{s} {a} {p}.", "{p} {s} {a}.", "{t} {s} {a} {p}.", "{s} {a} {p} {t}."),
        (
            ("Kiedy zbudowano most w {n}?", "Most w {n} zbudowano w roku {y}.", "w roku {y}"),
            ("Ilu mieszkańców liczy {n}?", "Według ostatniego spisu {n} liczy {k} mieszkańców.", "{k}"),
            ("Gdzie znajduje się muzeum {n}?", "Muzeum {n} stoi w starym porcie miasta {t}.", "{t}"),
            (
                "Dlaczego zamknięto kopalnię {n}?",
                "Kopalnię {n} zamknięto w {y}, bo skończyła się miedź.",
                "bo skończyła się miedź",
            ),
        ),
        _LATIN,
    ),
    "ru": Language(
        _list(
            "молодая женщина|старый мужчина|пекарь|новая учительница|велосипедист|мой сосед|маленькая девочка"
            "|уличный музыкант|уставшая медсестра|рыжая собака"
        ),
        _list(
            "играет на гитаре|читает газету|ждёт автобус|ест яблоко|красит забор|продаёт хлеб|говорит по телефону"
            "|чинит велосипед|поёт старую песню|несёт тяжёлый ящик"
        ),
        _list("в парке|на вокзале|на рыночной площади|перед библиотекой|на кухне|на пляже|за школой|на крыше"),
        _list("рано утром|после обеда|поздно ночью|в воскресенье|во время праздника|перед рассветом"),
        ("{s} {a} {p}.", "{p} {s} {a}.", "{t} {s} {a} {p}.", "{s} {a} {p} {t}."),
        (
            ("Когда построили мост в городе {n}?", "Мост в городе {n} построили в {y} году.", "в {y} году"),
            ("Сколько жителей в городе {n}?", "По последней переписи, в городе {n} живёт {k} человек.", "{k}"),
            ("Где находится музей {n}?", "Музей {n} стоит в старом порту города {t}.", "{t}"),
            ("Почему закрыли шахту {n}?", "Шахту {n} закрыли в {y} году, потому что кончилась медь.", "кончилась медь"),
            ("Какова длина реки {n}?", "Река {n} течёт {k} километров до города {t}.", "{k} километров"),
        ),
        (
            _list("Вар|Кест|Ост|Мар|Хал|Брин|Тор|Лунд|Сел|Фен|Рав|Кор"),
            _list("ово|ель|ино|ск|град|ица|мунд|ано|берг|анск"),
        ),
    ),
    "ar": Language(
        _list("امرأة شابة|رجل عجوز|الخباز|المعلم الجديد|راكب الدراجة|جاري|ولد صغير|عازف الشارع|الممرض المتعب|كلب بني"),
        _list(
            "يعزف على العود|يقرأ الجريدة|ينتظر الحافلة|يأكل تفاحة|يبيع الخبز|يتحدث في الهاتف|يصلح دراجة"
            "|يغني أغنية قديمة"
        ),
        _list("في الحديقة|في المحطة|في ساحة السوق|أمام المكتبة|في المطبخ|على الشاطئ|خلف المدرسة|فوق السطح"),
        _list("في الصباح الباكر|بعد الغداء|في آخر الليل|يوم الأحد|أثناء العيد|قبل الفجر"),
        ("{s} {a} {p}.", "{p} {s} {a}.", "{t} {s} {a} {p}.", "{s} {a} {p} {t}."),
        (
            ("متى بني جسر {n}؟", "بني جسر {n} في عام {y} على يد مهندسين من {t}.", "عام {y}"),
            ("كم عدد سكان {n}؟", "يبلغ عدد سكان {n} حسب آخر إحصاء {k} نسمة.", "{k}"),
            ("أين يقع متحف {n}؟", "يقع متحف {n} في الميناء القديم لمدينة {t}.", "{t}"),
            ("لماذا أغلق منجم {n}؟", "أغلق منجم {n} عام {y} بسبب نفاد النحاس.", "نفاد النحاس"),
        ),
        (_list("سر|كل|مر|بل|نو|در|حل|تم|ور|قس"), _list("مان|ين|يدة|ان|ون|يا|اب|ور")),
    ),
    "zh": Language(
        _list(
            "一个年轻女人|一位老人|面包师|新来的老师|一个骑车的人|我的邻居|一个小女孩|街头歌手|疲惫的护士|一只棕色的狗"
        ),
        _list(
            "在弹吉他|在看报纸|在等公交车|在吃苹果|在刷栅栏|在卖面包|在打电话|在修自行车|在唱老歌|搬着一个很重的箱子"
        ),
        _list("公园里|车站|集市广场上|图书馆门口|厨房里|海滩上|学校后面|屋顶上"),
        _list("清晨|午饭后|深夜|星期天|过节的时候|日出之前"),
        ("{p}{s}{a}。", "{s}{t}在{p}{a}。", "{t}，{p}有{s}{a}。", "在{p}，{s}{a}。"),
        (
            ("{n}大桥是什么时候建成的？", "{n}大桥建成于{y}年，由{t}的工程师设计。", "{y}年"),
            ("{n}有多少人口？", "根据最近一次普查，{n}的人口为{k}人。", "{k}人"),
            ("{n}博物馆在哪里？", "{n}博物馆位于{t}的老港口。", "{t}的老港口"),
            ("{n}煤矿为什么关闭？", "{n}煤矿于{y}年因资源枯竭而关闭。", "资源枯竭"),
            ("{n}河有多长？", "{n}河全长{k}公里，最后流入{t}。", "{k}公里"),
            ("怎么去{n}古镇最方便？", "去{n}古镇可以从{t}坐火车，大约{k}分钟。", "从{t}坐火车"),
        ),
        (_list("安|临|长|海|新|云|石|青|南|平|白|龙"), _list("河|山|州|城|宁|阳|口|川|桥|岭")),
        gap="",
    ),
    "ja": Language(
        _list(
            "若い女性|老人|パン屋の主人|新しい先生|自転車に乗った人|隣の人|小さな女の子|路上の音楽家"
            "|疲れた看護師|茶色い犬"
        ),
        _list(
            "ギターを弾いている|新聞を読んでいる|バスを待っている|りんごを食べている|塀を塗っている"
            "|パンを売っている|電話で話している|自転車を直している|古い歌を歌っている|重い箱を運んでいる"
        ),
        _list("公園|駅|市場の広場|図書館の前|台所|浜辺|学校の裏|屋根の上"),
        _list("朝早く|昼食のあと|夜遅く|日曜日に|祭りの間|夜明け前に"),
        ("{s}が{p}で{a}。", "{p}で{s}が{a}。", "{t}、{s}が{p}で{a}。", "{p}で{a}のは{s}です。"),
        (
            ("{n}橋はいつ建てられましたか？", "{n}橋は{y}年に{t}の技術者によって建てられました。", "{y}年"),
            ("{n}の人口は何人ですか？", "最新の調査によると、{n}の人口は{k}人です。", "{k}人"),
            ("{n}博物館はどこにありますか？", "{n}博物館は{t}の古い港にあります。", "{t}の古い港"),
            ("{n}鉱山はなぜ閉鎖されたのですか？", "{n}鉱山は銅が尽きたため{y}年に閉鎖されました。", "銅が尽きたため"),
            ("{n}川の長さはどれくらいですか？", "{n}川は{t}まで{k}キロメートル流れています。", "{k}キロメートル"),
        ),
        (_list("青|白|高|長|大|小|北|南|石|松|竹|梅"), _list("山|川|田|島|崎|浜|沢|原|野|津")),
        gap="",
    ),
    "ko": Language(
        _list(
            "젊은 여자가|노인이|빵집 주인이|새로 온 선생님이|자전거 탄 사람이|이웃이|어린 소녀가"
            "|거리의 음악가가|피곤한 간호사가|갈색 개가"
        ),
        _list(
            "기타를 치고 있다|신문을 읽고 있다|버스를 기다리고 있다|사과를 먹고 있다|울타리를 칠하고 있다"
            "|빵을 팔고 있다|전화를 하고 있다|자전거를 고치고 있다|옛 노래를 부르고 있다"
            "|무거운 상자를 나르고 있다"
        ),
        _list("공원에서|역에서|시장 광장에서|도서관 앞에서|부엌에서|해변에서|학교 뒤에서|지붕 위에서"),
        _list("이른 아침|점심 후에|늦은 밤|일요일에|축제 동안|해 뜨기 전에"),
        ("{s} {p} {a}.", "{p} {s} {a}.", "{t} {s} {p} {a}.", "{s} {t} {p} {a}."),
        (
            ("{n} 다리는 언제 지어졌나요?", "{n} 다리는 {y}년에 {t}의 기술자들이 지었다.", "{y}년"),
            ("{n}의 인구는 몇 명인가요?", "최근 조사에 따르면 {n}의 인구는 {k}명이다.", "{k}명"),
            ("{n} 박물관은 어디에 있나요?", "{n} 박물관은 {t}의 옛 항구에 있다.", "{t}의 옛 항구"),
            ("{n} 광산은 왜 문을 닫았나요?", "{n} 광산은 구리가 고갈되어 {y}년에 문을 닫았다.", "구리가 고갈되어"),
        ),
        (_list("강|남|북|청|백|대|소|금|은|해"), _list("산|천|주|포|양|성|원|곡")),
    ),
}
