"""Phrases of many languages that combine into texts about things, what happens to them, and where.

In every template `{t}` is a thing, `{a}` something about it, `{p}` a place and `{n}` a number. Things and matters of a
language share one gender, so that every combination can be said.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tongue:
    """What one language (or one field of it) says.

    Attributes:
        things: what the texts are about.
        matters: what is asked and told about it.
        places: where.
        ask: templates of questions.
        tell: templates of statements; each of them says the same, so two of them are paraphrases.
        more: templates of sentences that follow.
        gap: what stands between two sentences.
    """

    things: tuple[str, ...]
    matters: tuple[str, ...]
    places: tuple[str, ...]
    ask: tuple[str, ...]
    tell: tuple[str, ...]
    more: tuple[str, ...]
    gap: str = " "


def _words(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.replace("\n", " ").split("|") if each.strip())


def _lines(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for each in text.strip().splitlines() if each.strip())


TONGUES = {
    "en": Tongue(
        _words(
            "coffee grinder | washing machine | desk lamp | garden hose | road bike | mattress | heat pump"
            "| printer | baby monitor | cordless drill | sewing machine | travel kettle | rice cooker | sofa bed"
        ),
        _words(
            "cleaning | repair | delivery | the guarantee | storage | the filter | assembly | noise | a spare part"
            "| the return | the power cord | insurance"
        ),
        _words("Leeds | Boston | Toronto | the Dublin store | our warehouse | Cape Town | Perth | the online shop"),
        _lines("""
            How much does {a} cost for a {t} that is {n} years old?
            who takes care of {a} if I bought the {t} in {p}
            Is {a} included when I order {n} units of the {t}?
            What do I have to know about {a} before using the {t}?
            Why did {a} of my {t} take more than {n} days?
            My {t} came from {p}, what about {a}?
            Can I still ask for {a} after {n} weeks with the {t}?
            where do I find out about {a} for the {t} in {p}?
        """),
        _lines("""
            For the {t}, {a} takes about {n} days and is handled by {p}.
            Expect {n} days for {a} when the {t} was sold by {p}.
            {p} looks after {a} of the {t}, which usually needs {n} days.
            Customers of {p} wait around {n} days until {a} of their {t} is settled.
            If you own a {t}, {p} will sort out {a} within {n} days.
        """),
        _lines("""
            Keep the receipt, because nobody can help without it.
            The manual of the {t} has a chapter on this, starting on page {n}.
            Most people write to {p} first and call a week later.
            There is no charge unless the {t} was opened by somebody else.
            We changed this rule in spring after many complaints.
            Please send photographs if a part of the {t} looks damaged.
            A technician rings you up the evening before.
            Larger orders are looked at one by one.
        """),
    ),
    "travel": Tongue(
        _words(
            "night train | ferry | hiking trail | youth hostel | museum pass | coastal road | airport bus | lake cabin"
            "| walking tour | rental car | cable car | old harbour"
        ),
        _words(
            "booking | the timetable | luggage | a discount | the view | opening hours | parking | bad weather"
            "| cancellation | breakfast | the last departure"
        ),
        _words("Lisbon | Bergen | Kyoto | Split | Porto | Tromsø | Cusco | Hanoi | Tbilisi | Galway"),
        _lines("""
            Does anyone know about {a} on the {t} near {p}?
            What is {a} like for the {t} around {p} in {n} degrees heat?
            Is the {t} in {p} worth it with {n} children?
            How early should we think of {a} for the {t} to {p}?
            {p} for {n} days: is the {t} a good idea?
            Any tips on {a} at the {t} in {p}
            How do I get from {p} to the {t}?
        """),
        _lines("""
            Travellers in {p} pay {n} euros for the {t}, and {a} is part of the price.
            The {t} near {p} costs {n} euros including {a}.
            With {a}, the {t} of {p} comes to roughly {n} euros.
            {n} euros is what the {t} in {p} takes, {a} being included.
        """),
        _lines("""
            In winter it leaves from the other side of {p}.
            We met a couple from {p} who had done the {t} three times.
            Bring cash, as the ticket office rarely takes cards.
            The first {n} kilometres are flat, and then it climbs.
            Children under six go free.
            On Mondays the {t} is closed.
            The best light is an hour before sunset.
        """),
    ),
    "health": Tongue(
        _words(
            "asthma | migraine | iron deficiency | knee surgery | type 2 diabetes | high blood pressure | insomnia"
            "| seasonal allergy | psoriasis | sciatica | anaemia | acid reflux"
        ),
        _words(
            "physiotherapy | a low dose | regular walking | blood tests | side effects | a change of diet | vitamin D"
            "| genetic risk | early diagnosis | smoking | family history"
        ),
        _words("adults | children | pregnant women | older patients | athletes | night workers | people over 70"),
        _lines("""
            Does {a} matter for {t} in {p}?
            What is the link between {a} and {t}?
            can {t} get worse because of {a} within {n} weeks
            How long does {t} last in {p}?
            Should {p} with {t} ask about {a}?
            Which role does {a} play in {t} after {n} months?
            is {t} dangerous for {p}
        """),
        _lines("""
            In a study of {n} cases, {a} was linked to milder {t} in {p}.
            {p} with {t} reported fewer symptoms after {a}, according to {n} records.
            Records of {n} {p} show that {t} responds to {a}.
            {a} helped {n} {p} who suffer from {t}.
        """),
        _lines("""
            The effect was gone after {n} weeks without treatment.
            Doctors advise {p} to keep a diary.
            No difference was found between men and women.
            Earlier trials on {t} had been too small to tell.
            The authors received no funding from industry.
            Follow-up visits took place every {n} weeks.
            Anyone with {t} should speak to a doctor first.
        """),
    ),
    "software": Tongue(
        _words(
            "backup job | login page | payment service | search index | mobile app | export wizard | build server"
            "| message queue | user directory | mail gateway | report scheduler | cache cluster"
        ),
        _words(
            "the timeout | a stack trace | the access token | memory usage | the proxy setting | a missing certificate"
            "| the retry limit | logging | the schema version | rate limiting | an empty response"
        ),
        _words("staging | production | the test cluster | version 4 | the Linux image | Safari | the Docker setup"),
        _lines("""
            {t} fails on {p} because of {a}
            How do I change {a} of the {t} on {p}?
            Where is {a} for the {t} configured?
            after upgrading {p} the {t} shows error {n}, is it {a}?
            What does code {n} mean in the {t}?
            Can I switch off {a} in the {t}?
            {t} hangs for {n} seconds on {p}
        """),
        _lines("""
            On {p}, error {n} of the {t} is caused by {a}.
            {a} makes the {t} stop with code {n} on {p}.
            If the {t} reports {n} on {p}, look at {a}.
            The {t} returns {n} whenever {a} is wrong on {p}.
        """),
        _lines("""
            Restart the {t} once and watch the console.
            The limit can be raised to {n} in the settings file.
            This was mended in a later release.
            Nobody has seen it outside of {p}.
            Clear the browser cache before you try again.
            Attach the output of the diagnostics command.
            A colleague of mine found that {n} workers are too many.
        """),
    ),
    "de": Tongue(
        _words(
            "Kaffeemaschine | Waschmaschine | Heizung | Stehlampe | Matratze | Tastatur | Nähmaschine | Bohrmaschine"
            "| Überwachungskamera | Spülmaschine | Gartenbank | Lüftungsanlage"
        ),
        _words(
            "Reinigung | Reparatur | Rückgabe | Garantie | Wartung | Lieferung | Einstellung | Montage | Entsorgung"
            "| Prüfung"
        ),
        _words("Köln | München | Graz | Zürich | Lübeck | Düsseldorf | Bern | Würzburg"),
        _lines("""
            Was kostet die {a} der {t} nach {n} Jahren?
            Wer übernimmt die {a}, wenn ich die {t} in {p} gekauft habe?
            Wie lange dauert die {a} der {t} in {p}?
            Kann ich die {a} für meine {t} noch nach {n} Wochen verlangen?
            Muss ich für die {a} der {t} selbst nach {p} fahren?
            Warum hat die {a} der {t} über {n} Tage gebraucht?
            Gibt es für die {t} eine kostenlose {a}?
        """),
        _lines("""
            Die {a} der {t} dauert in {p} etwa {n} Tage.
            In {p} braucht man für die {a} einer {t} ungefähr {n} Tage.
            Rechnen Sie mit {n} Tagen, bis die {a} der {t} in {p} erledigt ist.
            Unsere Werkstatt in {p} erledigt die {a} Ihrer {t} innerhalb von {n} Tagen.
        """),
        _lines("""
            Bitte heben Sie die Rechnung auf.
            Für größere Schäden an der {t} schicken wir jemanden vorbei.
            Das steht auch auf Seite {n} der Anleitung.
            Am Wochenende ist in {p} niemand zu erreichen.
            Ohne Termin müssen Sie leider warten.
            Viele Kundinnen und Kunden fragen vorher telefonisch nach.
        """),
    ),
    "fr": Tongue(
        _words(
            "cafetière | machine à laver | lampe | perceuse | tondeuse | caméra | table de jardin | bouilloire"
            "| cuisinière | poussette | chaudière | trottinette"
        ),
        _words("réparation | livraison | garantie | facture | commande | pose | révision | location | reprise"),
        _words("Lyon | Nantes | Genève | Marseille | Bruxelles | Québec | Lille"),
        _lines("""
            Combien coûte la {a} de la {t} après {n} ans ?
            Qui s'occupe de la {a} si la {t} vient de {p} ?
            Est-ce que la {a} est comprise dans le prix de la {t} ?
            Où trouver la {a} d'une {t} à {p} ?
            Pourquoi la {a} de ma {t} prend-elle plus de {n} jours ?
            Puis-je demander la {a} de la {t} après {n} semaines ?
        """),
        _lines("""
            La {a} de la {t} prend environ {n} jours à {p}.
            À {p}, il faut compter {n} jours pour la {a} d'une {t}.
            Notre atelier de {p} règle la {a} de votre {t} en {n} jours.
            Comptez {n} jours à {p} avant que la {a} de la {t} soit terminée.
        """),
        _lines("""
            Gardez bien votre reçu.
            La notice de la {t} en parle à la page {n}.
            Le magasin de {p} est fermé le lundi.
            Rien n'est à payer si la {t} n'a pas été ouverte.
            Nos clients appellent souvent avant de passer.
            Un technicien vous prévient la veille.
        """),
    ),
    "es": Tongue(
        _words(
            "cafetera | lavadora | lámpara | cámara | impresora | bicicleta | aspiradora | tostadora | guitarra"
            "| estufa | mochila | silla de oficina"
        ),
        _words("reparación | entrega | garantía | devolución | limpieza | compra | revisión | instalación | factura"),
        _words("Sevilla | Bogotá | Madrid | Lima | Córdoba | Valencia | Quito"),
        _lines("""
            ¿Cuánto cuesta la {a} de la {t} después de {n} años?
            ¿Quién se encarga de la {a} si compré la {t} en {p}?
            ¿Está incluida la {a} en el precio de la {t}?
            ¿Dónde se hace la {a} de una {t} en {p}?
            ¿Por qué la {a} de mi {t} tarda más de {n} días?
            ¿Puedo pedir la {a} de la {t} después de {n} semanas?
        """),
        _lines("""
            La {a} de la {t} tarda unos {n} días en {p}.
            En {p} hacen falta {n} días para la {a} de una {t}.
            Nuestro taller de {p} resuelve la {a} de su {t} en {n} días.
            Hay que contar con {n} días en {p} hasta que termine la {a} de la {t}.
        """),
        _lines("""
            Guarde siempre el recibo.
            El manual de la {t} lo explica en la página {n}.
            La tienda de {p} cierra los lunes.
            No se cobra nada si la {t} no fue abierta.
            Muchos clientes llaman antes de venir.
            El técnico avisa un día antes.
        """),
    ),
    "it": Tongue(
        _words("caffettiera | lavatrice | lampada | stampante | bicicletta | stufa | chitarra | poltrona | tenda"),
        _words("riparazione | consegna | garanzia | pulizia | fattura | spedizione | sostituzione"),
        _words("Torino | Bologna | Napoli | Lugano | Bari | Palermo"),
        _lines("""
            Quanto costa la {a} della {t} dopo {n} anni?
            Chi si occupa della {a} se ho comprato la {t} a {p}?
            La {a} è compresa nel prezzo della {t}?
            Perché la {a} della mia {t} richiede più di {n} giorni?
            Posso chiedere la {a} della {t} dopo {n} settimane?
        """),
        _lines("""
            La {a} della {t} richiede circa {n} giorni a {p}.
            A {p} servono {n} giorni per la {a} di una {t}.
            Il nostro laboratorio di {p} conclude la {a} della sua {t} in {n} giorni.
        """),
        _lines("""
            Conservi sempre lo scontrino.
            Il manuale della {t} ne parla a pagina {n}.
            Il negozio di {p} è chiuso il lunedì.
            Un tecnico telefona il giorno prima.
        """),
    ),
    "pt": Tongue(
        _words("cafeteira | máquina de lavar | lâmpada | câmera | impressora | bicicleta | furadeira | geladeira"),
        _words("entrega | garantia | limpeza | devolução | instalação | troca | compra"),
        _words("Recife | Porto | Lisboa | Curitiba | Coimbra | Manaus"),
        _lines("""
            Quanto custa a {a} da {t} depois de {n} anos?
            Quem cuida da {a} se comprei a {t} em {p}?
            A {a} está incluída no preço da {t}?
            Por que a {a} da minha {t} demora mais de {n} dias?
            Posso pedir a {a} da {t} depois de {n} semanas?
        """),
        _lines("""
            A {a} da {t} leva cerca de {n} dias em {p}.
            Em {p} são precisos {n} dias para a {a} de uma {t}.
            A nossa oficina de {p} resolve a {a} da sua {t} em {n} dias.
        """),
        _lines("""
            Guarde sempre o recibo.
            O manual da {t} explica isso na página {n}.
            A loja de {p} fecha à segunda-feira.
            O técnico avisa um dia antes.
        """),
    ),
    "nl": Tongue(
        _words("wasmachine | koffiemolen | lamp | stofzuiger | naaimachine | boormachine | matras | fiets | printer"),
        _words("levering | garantie | reparatie | schoonmaak | retourzending | montage | verzekering"),
        _words("Utrecht | Gent | Rotterdam | Leiden | Antwerpen | Groningen"),
        _lines("""
            Wat kost de {a} van mijn {t} na {n} jaar?
            Wie regelt de {a} als ik de {t} in {p} heb gekocht?
            Hoe lang duurt de {a} van een {t} in {p}?
            Waarom duurde de {a} van de {t} meer dan {n} dagen?
            Kan ik na {n} weken nog om {a} van de {t} vragen?
        """),
        _lines("""
            De {a} van de {t} duurt in {p} ongeveer {n} dagen.
            Reken in {p} op {n} dagen voor de {a} van een {t}.
            Onze werkplaats in {p} regelt de {a} van uw {t} binnen {n} dagen.
        """),
        _lines("""
            Bewaar altijd de bon.
            In de handleiding van de {t} staat dit op pagina {n}.
            De winkel in {p} is op maandag gesloten.
            De monteur belt een dag van tevoren.
        """),
    ),
    "pl": Tongue(
        _words("pralka | lampa | drukarka | wiertarka | kamera | lodówka | zmywarka | gitara | hulajnoga"),
        _words("dostawa | gwarancja | naprawa | wymiana | instalacja | faktura"),
        _words("Gdańsk | Kraków | Łódź | Poznań | Wrocław"),
        _lines("""
            Ile kosztuje {a}, jeśli {t} ma {n} lat?
            Kto odpowiada za to, że {a} trwa {n} dni, gdy {t} jest nowa?
            Czy {a} jest w cenie, kiedy kupiona została {t}?
            Gdzie ({p}) możliwa jest {a}, gdy zepsuła się {t}?
            Dlaczego {a} trwała ponad {n} dni, skoro {t} działała?
        """),
        _lines("""
            {t}: {a} trwa około {n} dni, oddział {p}.
            W oddziale {p} {a} zajmuje {n} dni, jeśli {t} jest sprawna.
            Gdy {t} została kupiona u nas ({p}), {a} potrwa {n} dni.
        """),
        _lines("""
            Prosimy zachować paragon.
            Szczegóły są na stronie {n} instrukcji.
            W poniedziałki sklep jest zamknięty.
            Serwisant dzwoni dzień wcześniej.
        """),
    ),
    "tr": Tongue(
        _words("çamaşır makinesi | lamba | yazıcı | bisiklet | matkap | kamera | buzdolabı | süpürge"),
        _words("teslimat | garanti | onarım | temizlik | iade | montaj | fatura"),
        _words("İzmir | Ankara | Bursa | Konya | Trabzon"),
        _lines("""
            {n} yıl sonra {t} için {a} ne kadar tutar?
            {p} şubesinden aldığım {t} için {a} kimin işi?
            {t} fiyatına {a} dahil mi?
            {t} için {a} neden {n} günden uzun sürdü?
            {p} içinde {t} için {a} nerede yapılır?
        """),
        _lines("""
            {p} şubesinde {t} için {a} yaklaşık {n} gün sürer.
            {t} için {a} {p} mağazamızda {n} gün içinde tamamlanır.
            {p} mağazasına gelirseniz {t} için {a} {n} günde biter.
        """),
        _lines("""
            Lütfen fişinizi saklayın.
            Ayrıntılar kılavuzun {n}. sayfasındadır.
            {p} mağazası pazartesi günleri kapalıdır.
            Teknisyen bir gün önce arar.
        """),
    ),
    "ru": Tongue(
        _words("кофемашина | стиральная машина | лампа | камера | коляска | гитара | палатка | плита | клавиатура"),
        _words("доставка | гарантия | чистка | установка | замена | оплата | настройка | проверка"),
        _words("Казань | Самара | Омск | Минск | Пермь | Тула"),
        _lines("""
            Сколько стоит {a}, если {t} старше {n} лет?
            {p}: кому нужна {a} и {t}?
            Входит ли {a} в цену, если {t} новая?
            Где оформляется {a}, когда {t} куплена в магазине «{p}»?
            Почему {a} заняла больше {n} дней?
            {t} сломалась, поможет ли {a}?
        """),
        _lines("""
            {t}: {a} занимает около {n} дней, филиал {p}.
            В филиале «{p}» {a} длится {n} дней, если {t} исправна.
            Если {t} куплена у нас, {a} займёт {n} дней (город {p}).
            Филиал {p} сообщает: {a} и {t} будут готовы через {n} дней.
        """),
        _lines("""
            Сохраните чек до конца срока.
            Подробности есть на странице {n} инструкции.
            По понедельникам магазин закрыт.
            Мастер позвонит вам накануне вечером.
            Без записи придётся подождать.
        """),
    ),
    "zh": Tongue(
        _words("咖啡机 | 洗衣机 | 台灯 | 打印机 | 自行车 | 空调 | 热水器 | 电饭煲 | 净水器 | 吸尘器 | 摄像头 | 投影仪"),
        _words("维修 | 配送 | 保修 | 退货 | 清洗 | 安装 | 发票 | 更换滤芯 | 保养"),
        _words("上海 | 成都 | 广州 | 北京 | 杭州 | 西安"),
        _lines("""
            {t}用了{n}年以后{a}要多少钱?
            在{p}买的{t},{a}找谁?
            {t}的价格里包含{a}吗?
            为什么我的{t}{a}要等{n}天?
            {p}哪里可以办理{t}的{a}?
            {t}过了{n}周还能申请{a}吗?
        """),
        _lines("""
            {p}的{t}{a}大约需要{n}天。
            在{p},一台{t}的{a}一般要{n}天才能完成。
            我们{p}的门店会在{n}天内处理好您的{t}{a}。
            {t}{a}由{p}负责,时间为{n}天左右。
        """),
        _lines("""
            请保留好购物小票。
            说明书第{n}页有详细介绍。
            {p}门店周一休息。
            如果{t}没有拆封,就不收取任何费用。
            师傅会提前一天给您打电话。
            很多顾客都会先打电话咨询。
        """),
        "",
    ),
    "ja": Tongue(
        _words("コーヒーメーカー | 洗濯機 | 電気スタンド | プリンター | 自転車 | 炊飯器 | 掃除機 | カメラ | 加湿器"),
        _words("修理 | 配送 | 保証 | 返品 | 掃除 | 取り付け | 領収書 | 部品交換"),
        _words("大阪 | 札幌 | 福岡 | 名古屋 | 仙台 | 京都"),
        _lines("""
            {t}の{a}は{n}年後いくらかかりますか。
            {p}で買った{t}の{a}は誰に頼めばいいですか?
            {t}の値段に{a}は含まれていますか?
            どうして{t}の{a}に{n}日もかかるのですか?
            {p}で{t}の{a}をしてくれる店はありますか?
        """),
        _lines("""
            {p}では{t}の{a}に約{n}日かかります。
            {t}の{a}は{p}の店で{n}日以内に終わります。
            {p}の窓口で{t}の{a}を受け付け、{n}日ほどでお返しします。
        """),
        _lines("""
            レシートは必ず保管してください。
            説明書の{n}ページに書いてあります。
            {p}の店は月曜日が休みです。
            担当者が前日にお電話します。
            未開封であれば費用はかかりません。
        """),
        "",
    ),
    "ko": Tongue(
        _words("커피 머신 | 세탁기 | 스탠드 | 프린터 | 자전거 | 밥솥 | 청소기 | 카메라 | 가습기"),
        _words("수리 | 배송 | 보증 | 반품 | 청소 | 설치 | 영수증 발급 | 부품 교체"),
        _words("서울 | 부산 | 대구 | 광주 | 인천 | 전주"),
        _lines("""
            {t} {a} 비용은 {n}년 뒤에 얼마인가요?
            {p}에서 산 {t}의 {a} 문의는 어디에 하나요?
            {t} 가격에 {a} 비용이 포함되나요?
            왜 {t} {a}에 {n}일이나 걸리나요?
            {p}에서 {t} {a} 가능한 곳이 있나요?
        """),
        _lines("""
            {p}에서는 {t} {a}에 약 {n}일이 걸립니다.
            {t} {a} 업무는 {p} 지점에서 {n}일 안에 끝납니다.
            {p} 매장에 {t} {a} 요청을 하시면 {n}일 정도 걸립니다.
        """),
        _lines("""
            영수증은 꼭 보관해 주세요.
            설명서 {n}쪽에 자세히 나와 있습니다.
            {p} 매장은 월요일에 쉽니다.
            기사님이 하루 전에 전화드립니다.
        """),
    ),
    "ar": Tongue(
        _words("الغسالة | الطابعة | الدراجة | الكاميرا | المكنسة | الثلاجة | المدفأة | الخلاطة"),
        _words("التصليح | التوصيل | الضمان | الإرجاع | التنظيف | التركيب | الفاتورة"),
        _words("القاهرة | عمّان | الرباط | دبي | تونس | بيروت"),
        _lines("""
            كم تكلفة {a} بعد {n} سنوات إذا كانت {t} قديمة؟
            من المسؤول عن {a} إذا اشتريت {t} من {p}؟
            هل يشمل سعر {t} خدمة {a}؟
            لماذا استغرق {a} أكثر من {n} أيام مع {t}؟
            أين أجد {a} من أجل {t} في {p}؟
        """),
        _lines("""
            يستغرق {a} في {p} حوالي {n} أيام عندما تكون {t} جديدة.
            في {p} نحتاج إلى {n} أيام من أجل {a} لأن {t} تُفحص أولاً.
            فرعنا في {p} ينجز {a} خلال {n} أيام ويعيد {t} إليكم.
        """),
        _lines("""
            يرجى الاحتفاظ بالإيصال.
            التفاصيل موجودة في الصفحة {n} من الدليل.
            فرع {p} مغلق يوم الجمعة.
            يتصل بكم الفني قبل يوم من الموعد.
        """),
    ),
    "hi": Tongue(
        _words("वॉशिंग मशीन | साइकिल | घड़ी | अलमारी | सिलाई मशीन | बैटरी | कुर्सी | इस्त्री"),
        _words("मरम्मत | डिलीवरी | गारंटी | वापसी | सफ़ाई | जाँच | रसीद"),
        _words("दिल्ली | पुणे | जयपुर | पटना | भोपाल | लखनऊ"),
        _lines("""
            {n} साल बाद {t} की {a} में कितना खर्च आता है?
            {p} से ख़रीदी हुई {t} की {a} कौन करेगा?
            क्या {t} की क़ीमत में {a} शामिल है?
            मेरी {t} की {a} में {n} दिन से ज़्यादा क्यों लगे?
            {p} में {t} की {a} कहाँ होती है?
        """),
        _lines("""
            {p} में {t} की {a} में लगभग {n} दिन लगते हैं।
            {t} की {a} {p} की दुकान पर {n} दिन में पूरी हो जाती है।
            हमारी {p} शाखा {n} दिन के अंदर {t} की {a} कर देती है।
        """),
        _lines("""
            कृपया रसीद संभालकर रखें।
            पूरी जानकारी पन्ना {n} पर लिखी है।
            {p} की दुकान सोमवार को बंद रहती है।
            कारीगर एक दिन पहले फ़ोन करता है।
        """),
    ),
    "th": Tongue(
        _words("เครื่องซักผ้า | เครื่องพิมพ์ | จักรยาน | หม้อหุงข้าว | กล้อง | พัดลม | โคมไฟ | ตู้เย็น"),
        _words("การซ่อม | การจัดส่ง | การรับประกัน | การคืนสินค้า | การทำความสะอาด | การติดตั้ง"),
        _words("กรุงเทพ | เชียงใหม่ | ภูเก็ต | ขอนแก่น | ระยอง"),
        _lines("""
            {a}{t}หลังจาก {n} ปีราคาเท่าไร
            ซื้อ{t}ที่{p} ใครรับผิดชอบ{a}
            ราคา{t}รวม{a}แล้วหรือยัง
            ทำไม{a}{t}ถึงใช้เวลามากกว่า {n} วัน
            ที่{p}มีร้านไหนรับ{a}{t}บ้าง
        """),
        _lines("""
            {a}{t}ที่{p}ใช้เวลาประมาณ {n} วัน
            ร้านของเราที่{p}ทำ{a}{t}เสร็จภายใน {n} วัน
            ลูกค้าที่{p}รอ{a}{t}ราว {n} วัน
        """),
        _lines("""
            กรุณาเก็บใบเสร็จไว้ด้วย
            รายละเอียดอยู่ในคู่มือหน้า {n}
            ร้านที่{p}ปิดทุกวันจันทร์
            ช่างจะโทรแจ้งล่วงหน้าหนึ่งวัน
        """),
    ),
}
