"""Made-up texts in seventeen languages, from small stocks of subjects and acts: the same on every run.

A text belongs to a topic, a number. A question and a passage of one topic share their subject and what is done to it;
topics ten apart share the subject alone, which makes hard negatives.
"""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Bank:
    """Subjects, what is done to them, and sentences: `{s}` is the subject, `{a}` the act, `{n}` a number."""

    subjects: list[str]
    acts: list[str]
    questions: list[str]
    paraphrases: list[str]
    claims: list[str]
    fillers: list[str]
    gap: str = " "

    def slots(self, topic: int) -> tuple[str, str]:
        round_, place = divmod(topic % 80, 10)
        return self.subjects[place], self.acts[(3 * round_ + place) % 8]

    def text(self, templates: list[str], topic: int, salt: int = 0) -> str:
        draw = random.Random(f"{topic} {salt} {templates[0]}")
        subject, act = self.slots(topic)
        made = draw.choice(templates).format(s=subject, a=act, n=draw.randint(2, 90))
        return made[0].upper() + made[1:]

    def question(self, topic: int) -> str:
        return self.text(self.questions, topic)

    def paraphrase(self, topic: int) -> str:
        return self.text(self.paraphrases, topic)

    def title(self, topic: int) -> str:
        subject, act = self.slots(topic)
        made = f"{subject}: {act}"
        return made[0].upper() + made[1:]

    def keywords(self, topic: int) -> str:
        return " ".join(reversed(self.slots(topic)))

    def sentence(self, topic: int, salt: int = 0) -> str:
        return self.text(self.claims, topic, salt)

    def passage(self, topic: int, sentences: int = 3, salt: int = 0) -> str:
        draw = random.Random(f"{topic} {salt} {self.fillers[0]}")
        rest = draw.sample(self.fillers, min(sentences - 1, len(self.fillers)))
        return self.gap.join([self.sentence(topic, salt), *(self.text([one], topic, salt) for one in rest)])

    def hard(self, topic: int, other: int = 1, sentences: int = 3) -> str:
        return self.passage(topic + 10 * other, sentences, salt=other)

    def far(self, topic: int, other: int = 1, sentences: int = 3) -> str:
        return self.passage(topic * 7 + 3 * other + 5, sentences, salt=100 + other)


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().split("/")]


def bank(subjects: str, acts: str, questions: str, paraphrases: str, claims: str, fillers: str, gap: str = " ") -> Bank:
    return Bank(*(lines(part) for part in (subjects, acts, questions, paraphrases, claims, fillers)), gap)


SUPPORT = bank(
    "the router / my invoice / the mobile app / a shared calendar / the printer / two-factor login / a user account / "
    "the email signature / the backup drive / the wireless headset",
    "reset / export / rename / disable / update / share / restore / delete",
    "How do I {a} {s}? / Is there a way to {a} {s} without calling support? / What should I do to {a} {s}? / "
    "can i {a} {s} myself",
    "I would like to {a} {s}, what are the steps? / Steps needed to {a} {s} / Where do I find the option to {a} {s}?",
    "To {a} {s}, open Settings, choose the Manage tab and confirm with your password. / "
    "You can {a} {s} from the admin console, under Devices, in about {n} seconds. / "
    "Only an owner may {a} {s}; everybody else sees a greyed-out button.",
    "The change shows up after {n} minutes at the latest. / "
    "If nothing happens, sign out, wait a moment and try again. / "
    "Our team is reachable on weekdays for anything that concerns {s}. / "
    "Older versions keep the former behaviour until they are upgraded. / "
    "An email confirms the change within {n} minutes.",
)
MEDICINE = bank(
    "high blood pressure / type 2 diabetes / a migraine / seasonal allergies / chronic back pain / iron deficiency / "
    "sleep apnoea / a sprained ankle / acid reflux / childhood asthma",
    "treat at home / diagnose early / prevent / manage during pregnancy / monitor in older adults / "
    "relieve without drugs / "
    "explain to a child / follow up after surgery",
    "What is the best way to {a}: {s}? / Doctor, how can I {a} {s}? / I am 4{n} and wonder how to {a} {s}",
    "Advice wanted on how to {a} {s} / How do physicians {a} {s}?",
    "Guidelines on {s} say that to {a} it, patients need a written plan and regular visits. / "
    "A review of {n} trials found that it is possible to {a} {s} in most patients. / "
    "In order to {a} {s}, start with a careful history and a blood sample.",
    "About {n} percent of adults are affected at some point. / Side effects are mild and pass within days. / "
    "Warning signs such as fever, fainting or sudden pain need a doctor at once. / "
    "The evidence is weaker for patients above {n} years. / Salt, alcohol and lack of sleep make it worse.",
)
LAW = bank(
    "a rental contract / a trade mark / an employment agreement / a last will / a building permit / "
    "a limited partnership / "
    "a parking fine / parental leave / a consumer loan / a neighbour's fence",
    "terminate / appeal / register / inherit / amend / enforce in court / transfer to a third party / "
    "challenge after a year",
    "Under what conditions may one {a} {s}? / Am I allowed to {a} {s}? / Which court decides when parties {a} {s}?",
    "Requirements for the right to {a} {s} / When does the law let a party {a} {s}?",
    "Section {n} provides that a party may {a} {s} by written notice to the other side. / "
    "The court held that the claimant could not {a} {s}, since the period had lapsed. / "
    "Whoever intends to {a} {s} must show a legitimate interest.",
    "The appeal was dismissed with costs. / Notice has to be served within {n} days. / "
    "The burden of proof lies with the party that relies on the exception. / "
    "The statute is silent on the matter, so that the general rules apply. / Judge Marlow dissented in paragraph {n}.",
)
SHOP = bank(
    "cordless drill / trail running shoes / baby stroller / espresso machine / oak bookshelf / gaming keyboard / "
    "winter sleeping bag / cast iron pan / bluetooth speaker / garden hose",
    "lightweight / for beginners / with charger / black / under 100 dollars / waterproof / for small flats / "
    "refurbished",
    "{s} {a} / best {s} {a} / cheap {s} {a}",
    "looking for {s} {a} / {a} {s} deals",
    "This {s} is {a} and comes with a warranty of {n} months. / Meet the new {s}, {a}, made for every day. / "
    "{s}, {a}, model K{n}, with free returns.",
    "Weighs only {n} ounces. / Rated 4.6 by more than {n} hundred customers. / Ships from our warehouse in two days. / "
    "Made of recycled materials wherever possible. / Not suitable for children under three.",
)
CODE = bank(
    "a linked list / a CSV file / a datetime string / an HTTP response / a nested dictionary / a binary tree / "
    "a log file / "
    "an SQL connection / a sparse matrix / a regular expression",
    "reverse / parse / validate / flatten / serialize / merge with another / cache / iterate over lazily",
    "{a} {s} in python / how to {a} {s} / function to {a} {s}",
    "python code that can {a} {s} / what is the idiomatic way to {a} {s}",
    "def handle(value, limit={n}):\n    # {a} {s}\n    result = []\n    for part in value:\n        "
    "result.append(part)\n    return result / "
    "def run(source):\n    # {a} {s}\n    with open(source) as stream:\n        return [line for line in "
    "stream][:{n}] / "
    "class Helper:\n    # {a} {s}\n    def __call__(self, value):\n        return sorted(value, key=len)[{n}:]",
    "\n\nassert handle([1]) == [1] / \n\nif __name__ == '__main__':\n    print({n}) / \n\nimport sys",
    gap="",
)
SCIENCE = bank(
    "a gravitational wave / protein folding / a superconducting qubit / plate tectonics / the carbon cycle / "
    "a neutron star / "
    "ocean acidification / gene editing / dark matter / a prime number",
    "measure / model / simulate / detect / derive from first principles / reproduce in a laboratory / explain / "
    "estimate",
    "How can researchers {a} {s}? / Why is it difficult to {a} {s}? / "
    "A student tries to {a} {s} and gets a sign wrong. Which theorem helps?",
    "Methods used to {a} {s} / What makes it hard to {a} {s}?",
    "We present a method to {a} {s} with an error below {n} percent. / "
    "In order to {a} {s}, one first linearises the equations. / "
    "Recent work allows to {a} {s} at a fraction of the cost.",
    "The result holds for {n} independent samples. / Earlier work assumed a constant temperature. / "
    "Our code and data are public. / The theorem follows from the triangle inequality. / "
    "Uncertainty grows with distance.",
)
GERMAN = bank(
    "die Waschmaschine / der Stromvertrag / das Kundenkonto / die Heizung / der Geschirrspüler / die Jahresrechnung / "
    "der Rauchmelder / die Lieferadresse / der Kühlschrank / das Girokonto",
    "kündigen / zurücksetzen / anmelden / reparieren lassen / umziehen / verlängern / prüfen / übertragen",
    "Wie kann ich {s} {a}? / Was muss ich tun, um {s} zu {a}? / Kann man {s} online {a}?",
    "Ich möchte {s} {a}, wie geht das? / Anleitung: {s} {a}",
    "Wenn Sie {s} {a} möchten, nutzen Sie bitte das Formular im Kundenportal. / "
    "Sie können {s} innerhalb von {n} Tagen {a}. / Um {s} zu {a}, brauchen wir Ihre Kundennummer.",
    "Die Bearbeitung dauert etwa {n} Werktage. / Bei Fragen hilft Ihnen unser Service gerne weiter. / "
    "Es entstehen keine weiteren Kosten. / Eine Bestätigung kommt per E-Mail.",
)
FRENCH = bank(
    "le passeport / la carte grise / le permis de conduire / l'allocation logement / la déclaration d'impôts / "
    "le livret de famille / "
    "l'abonnement / le contrat d'assurance / la carte vitale / le compte bancaire",
    "renouveler / résilier / demander / modifier / perdre / transférer / contester / suspendre",
    "Comment {a} {s} ? / Que faut-il faire pour {a} {s} ? / Peut-on {a} {s} en ligne ?",
    "Je voudrais {a} {s}, quelles sont les démarches ? / Démarches pour {a} {s}",
    "Pour {a} {s}, il faut se rendre à la mairie avec une pièce d'identité. / "
    "Il est possible de {a} {s} en ligne en {n} minutes. / Vous pouvez {a} {s} sous {n} jours.",
    "Le délai moyen est de {n} jours. / Aucun frais n'est demandé. / "
    "Un justificatif de domicile est nécessaire. / Le service est fermé le lundi matin.",
)
SPANISH = bank(
    "la reserva / el vuelo / la habitación / el seguro de viaje / la tarjeta de embarque / el equipaje / "
    "el coche de alquiler / "
    "la excursión / el billete de tren / el visado",
    "cancelar / cambiar / pagar / confirmar / recuperar / imprimir / ampliar / reclamar",
    "¿Cómo puedo {a} {s}? / ¿Es posible {a} {s} sin coste? / ¿Dónde se puede {a} {s}?",
    "Quiero {a} {s}, ¿qué hago? / Pasos para {a} {s}",
    "Para {a} {s}, entre en su cuenta y elija la opción correspondiente. / Puede {a} {s} hasta {n} horas antes. / "
    "No se permite {a} {s} en la tarifa básica.",
    "El reembolso tarda {n} días. / Nuestro equipo atiende de lunes a viernes. / "
    "Recibirá un correo de confirmación. / Se aplican las condiciones generales.",
)
PORTUGUESE = bank(
    "o cartão de crédito / a conta poupança / o empréstimo / a senha do aplicativo / o boleto / "
    "a transferência / o seguro de vida / "
    "o limite da conta / a fatura / o investimento",
    "cancelar / aumentar / solicitar / consultar / bloquear / parcelar / alterar / antecipar",
    "Como faço para {a} {s}? / Posso {a} {s} pelo aplicativo? / O que preciso para {a} {s}?",
    "Quero {a} {s}, como devo proceder? / Passos para {a} {s}",
    "Para {a} {s}, acesse o menu principal e siga as instruções. / Você pode {a} {s} em até {n} dias. / "
    "Não é possível {a} {s} fora do horário bancário.",
    "O prazo é de {n} dias úteis. / A operação é gratuita. / Em caso de dúvida, fale com a gerência. / "
    "Guarde o comprovante.",
)
ITALIAN = bank(
    "il risotto / la pasta fresca / il tiramisù / il pane / la pizza / il ragù / le lasagne / il pesto / "
    "la polenta / il gelato",
    "preparare / congelare / conservare / riscaldare / condire / servire / alleggerire / decorare",
    "Come si può {a} {s}? / Quanto tempo serve per {a} {s}? / È meglio {a} {s} il giorno prima?",
    "Consigli per {a} {s} / Vorrei {a} {s}, cosa mi serve?",
    "Per {a} {s} bastano {n} minuti e pochi ingredienti. / È bene {a} {s} poco prima del pasto. / "
    "La nonna insegnava ad {a} {s} con pazienza.",
    "Aggiungete un pizzico di sale. / Dosi per {n} persone. / Il forno deve essere ben caldo. / "
    "Usate solo burro freddo.",
)
RUSSIAN = bank(
    "тарифный план / домашний интернет / личный кабинет / сим-карту / роуминг / автоплатёж / телевизионную приставку / "
    "номер телефона / антивирус / пакет минут",
    "подключить / отключить / сменить / восстановить / оплатить / проверить / заблокировать / перенести",
    "Как {a} {s}? / Можно ли {a} {s} через приложение? / Сколько стоит {a} {s}?",
    "Хочу {a} {s}, что нужно сделать? / Инструкция: как {a} {s}",
    "Чтобы {a} {s}, откройте настройки и следуйте подсказкам. / Вы можете {a} {s} в любом офисе за {n} минут. / "
    "Если нужно {a} {s}, позвоните оператору.",
    "Услуга бесплатна первые {n} дней. / Изменения вступают в силу на следующий день. / "
    "Понадобится паспорт. / Подробности есть на сайте.",
)
CHINESE = bank(
    "订单 / 优惠券 / 会员卡 / 收货地址 / 发票 / 退款 / 快递包裹 / 支付密码 / 购物车 / 售后服务",
    "取消 / 修改 / 查询 / 申请 / 删除 / 转让给朋友 / 延期 / 恢复",
    "怎么{a}{s}? / {s}可以{a}吗? / 我想{a}{s},应该怎么办?",
    "{a}{s}的方法是什么? / 请问如何才能{a}{s}?",
    "您可以在我的页面里{a}{s},整个过程大约需要{n}分钟。 / 如需{a}{s},请联系在线客服并提供手机号码。 / "
    "目前系统不支持用户自行{a}{s},需要人工处理。",
    "处理时间一般为{n}个工作日。 / 如有疑问请拨打客服热线。 / 节假日期间可能会有延迟。 / 请确认您的信息填写无误。",
    gap="",
)
JAPANESE = bank(
    "予約 / 会員登録 / 領収書 / 定期券 / ポイント / 荷物 / 座席 / パスワード / 配送先 / 保険証",
    "変更する / 取り消す / 確認する / 再発行する / 申し込む / 譲渡する / 延長する / 印刷する",
    "{s}を{a}にはどうすればいいですか? / {s}を{a}方法を教えてください。 / 窓口で{s}を{a}ことはできますか?",
    "{s}を{a}手順について知りたいです。 / {s}を{a}やり方がわかりません。",
    "{s}を{a}場合は、マイページから手続きを行ってください。 / {s}を{a}には、{n}日前までにご連絡ください。 / "
    "お客様ご自身で{s}を{a}ことができます。",
    "手数料は{n}円です。 / 土日祝日は対応しておりません。 / 本人確認書類が必要です。 / 完了後にメールが届きます。",
    gap="",
)
KOREAN = bank(
    "계좌를 / 신용카드를 / 비밀번호를 / 대출을 / 보험을 / 적금을 / 인증서를 / 자동이체를 / 주소를 / 한도를",
    "변경하려면 / 해지하려면 / 조회하려면 / 신청하려면 / 재발급하려면 / 연장하려면 / 등록하려면 / 취소하려면",
    "{s} {a} 어떻게 해야 하나요? / {s} {a} 무엇이 필요한가요? / 앱에서 {s} {a} 어디로 가나요?",
    "{s} {a} 어떤 절차가 있나요? / {s} {a} 방법을 알려 주세요",
    "{s} {a} 앱의 설정 메뉴를 이용하시면 됩니다. / {s} {a} 가까운 영업점을 방문해 주세요. / "
    "{s} {a} 신분증이 필요합니다.",
    "처리에는 {n}일이 걸립니다. / 수수료는 없습니다. / 자세한 내용은 고객센터에 문의해 주세요. / "
    "완료되면 문자로 알려 드립니다.",
)
ARABIC = bank(
    "جواز السفر / رخصة القيادة / بطاقة الهوية / شهادة الميلاد / عقد الإيجار / الحساب البنكي / تأشيرة الدخول / "
    "السجل التجاري / "
    "فاتورة الكهرباء / تذكرة السفر",
    "تجديد / إلغاء / طلب / تعديل / استلام / نقل / دفع رسوم / تصديق",
    "كيف يمكنني {a} {s}؟ / ما هي خطوات {a} {s}؟ / هل يمكن {a} {s} عبر الإنترنت؟",
    "أريد {a} {s} فماذا أفعل؟ / ما المطلوب من أجل {a} {s}؟",
    "يمكن {a} {s} من خلال البوابة الإلكترونية خلال {n} دقيقة. / يتطلب {a} {s} حضور صاحب الطلب شخصيا. / "
    "لا يمكن {a} {s} قبل مرور {n} يوما.",
    "تستغرق المعاملة {n} أيام عمل. / الخدمة مجانية للمواطنين. / يرجى إحضار صورة شخصية. / للاستفسار اتصل بمركز الخدمة.",
)
TURKISH = bank(
    "randevuyu / reçeteyi / sigortayı / raporu / aşı kartını / tahlil sonucunu / hasta dosyasını / faturayı / "
    "ilacı / şifreyi",
    "iptal etmek / yenilemek / sorgulamak / değiştirmek / indirmek / paylaşmak / ödemek / almak",
    "{s} {a} için ne yapmalıyım? / {s} {a} mümkün mü? / Nereden {s} {a} gerekir?",
    "{s} {a} istiyorum, nasıl yapabilirim? / {s} {a} için izlenecek adımlar",
    "{s} {a} için uygulamaya giriş yapmanız yeterlidir. / {s} {a} yaklaşık {n} dakika sürer. / "
    "{s} {a} isteyen hastalar danışmaya başvurmalıdır.",
    "İşlem {n} gün içinde tamamlanır. / Kimlik belgesi gereklidir. / Ücret alınmaz. / Sonuç kısa mesajla bildirilir.",
)
POLISH = bank(
    "umowę / rachunek / kartę SIM / hasło / abonament / dostawę / reklamację / ubezpieczenie / numer konta / adres",
    "zmienić / anulować / sprawdzić / przedłużyć / zgłosić / opłacić / przenieść / odzyskać",
    "Jak mogę {a} {s}? / Czy da się {a} {s} przez internet? / Co zrobić, żeby {a} {s}?",
    "Chciałbym {a} {s}, jakie są kroki? / Instrukcja: jak {a} {s}",
    "Aby {a} {s}, zaloguj się do panelu klienta. / Można {a} {s} w ciągu {n} dni. / "
    "Żeby {a} {s}, zadzwoń na infolinię.",
    "Termin wynosi {n} dni. / Usługa jest bezpłatna. / Potrzebny będzie dowód osobisty. / "
    "Potwierdzenie przyjdzie e-mailem.",
)
DUTCH = bank(
    "de verzekering / het rijbewijs / de zorgtoeslag / mijn abonnement / de schadeclaim / het pensioen / "
    "de hypotheek / "
    "de parkeervergunning / het contract / de factuur",
    "opzeggen / wijzigen / aanvragen / verlengen / controleren / betalen / overzetten / intrekken",
    "Hoe kan ik {s} {a}? / Wat heb ik nodig als ik {s} wil {a}? / Kun je {s} online {a}?",
    "Ik wil {s} {a}, hoe werkt dat? / Uitleg: {s} {a}",
    "Als u {s} wilt {a}, log dan in met DigiD. / U kunt {s} binnen {n} dagen {a}. / "
    "Wie {s} wil {a}, belt onze helpdesk.",
    "Dit duurt ongeveer {n} werkdagen. / Er zijn geen kosten. / U ontvangt een bevestiging per post. / "
    "Bewaar het bewijs goed.",
)
VIETNAMESE = bank(
    "hợp đồng lao động / bằng lái xe / giấy khai sinh / hộ chiếu / thẻ bảo hiểm y tế / quyền sử dụng đất / "
    "giấy phép kinh doanh / "
    "học bổng / sổ hộ khẩu / tài khoản ngân hàng",
    "gia hạn / chấm dứt / đăng ký / chuyển nhượng / cấp lại / tra cứu / sửa đổi / thu hồi",
    "Làm thế nào để {a} {s}? / Thủ tục {a} {s} gồm những gì? / Khi nào được {a} {s}?",
    "Tôi muốn {a} {s} thì phải làm sao? / Hướng dẫn {a} {s}",
    "Để {a} {s}, người dân nộp hồ sơ tại cơ quan có thẩm quyền. / Việc {a} {s} được giải quyết trong {n} ngày. / "
    "Theo điều {n}, cá nhân có quyền {a} {s}.",
    "Lệ phí là {n} nghìn đồng. / Hồ sơ phải có bản sao công chứng. / Cơ quan trả lời bằng văn bản. / "
    "Không áp dụng cho tổ chức nước ngoài.",
)
HINDI = bank(
    "गेहूँ की फसल / राशन कार्ड / किसान ऋण / मिट्टी की जाँच / सिंचाई पंप / बीमा दावा / खाद की दुकान / "
    "आधार कार्ड / भूमि रिकॉर्ड / मौसम की जानकारी",
    "प्राप्त करना / बदलना / जाँचना / बेचना / सुधारना / जमा करना / रद्द करना / बढ़ाना",
    "{s} कैसे {a} है? / {s} {a} हो तो क्या करें? / क्या {s} ऑनलाइन {a} संभव है?",
    "मुझे {s} {a} है, उपाय बताइए / {s} {a} का सही तरीका क्या है?",
    "{s} {a} हो तो नज़दीकी केंद्र में आवेदन करें। / {s} {a} में लगभग {n} दिन लगते हैं। / किसान {s} {a} चाहें तो फ़ॉर्म भरें।",
    "शुल्क {n} रुपये है। / पहचान पत्र साथ लाएँ। / जानकारी के लिए हेल्पलाइन पर फ़ोन करें। / योजना पूरे राज्य में लागू है।",
)
ROMANIAN = bank(
    "un câine / o bicicletă / cartea veche / un tren de noapte / casa bunicilor / o echipă de fotbal / "
    "muntele / un bucătar / "
    "o pictură / lacul",
    "se vede dimineața / așteaptă în ploaie / e admirat de turiști / apare la televizor / rămâne în urmă / "
    "e în mijlocul orașului / "
    "dispare brusc / e fotografiat",
    "{s} {a}. / Se spune că {s} {a}. / Astăzi {s} {a}.",
    "De obicei {s} {a}. / {s} chiar {a}.",
    "{s} {a}, iar {n} oameni privesc. / După o oră, {s} {a}.",
    "Vremea este frumoasă. / Nimeni nu spune nimic. / Au trecut {n} de ani.",
)


@dataclass(frozen=True)
class Inference:
    """What somebody does somewhere, what follows from it, what may be and what cannot be."""

    people: list[str]
    acts: list[str]
    opposites: list[str]
    places: list[str]
    aims: list[str]
    order: str = "{p} {a} {l}."
    longer: str = "{p} {a} {l} {u}."
    shorter: str = "{p} {a}."

    def pair(self, row: int) -> tuple[str, str, int]:
        """A premise, a hypothesis, and 0 (follows), 1 (may be) or 2 (contradicts)."""
        draw = random.Random(f"{row} {self.order} {self.people[0]}")
        which = draw.randrange(len(self.acts))
        slots = {
            "p": draw.choice(self.people),
            "a": self.acts[which],
            "l": draw.choice(self.places),
            "u": draw.choice(self.aims),
        }
        verdict = draw.randrange(3)
        premise = self.order.format(**slots)
        if verdict == 0:
            return premise, self.shorter.format(**slots), 0
        if verdict == 1:
            return premise, self.longer.format(**slots), 1
        return premise, self.order.format(**slots | {"a": self.opposites[which]}), 2


def inference(people: str, acts: str, opposites: str, places: str, aims: str, *orders: str) -> Inference:
    return Inference(*(lines(part) for part in (people, acts, opposites, places, aims)), *orders)


NLI = {
    "en": inference(
        "A woman in a red coat / An old man / A young couple / The street musician / A boy with a backpack / "
        "Two construction workers",
        "is waiting / is eating lunch / is laughing / is carrying a box / is reading a newspaper",
        "is leaving in a hurry / has nothing to eat / is crying / has empty hands / is sleeping",
        "at the station / in front of a bakery / on a bench / near the river / in the market hall",
        "because a friend is late / after a long day / to earn some money",
    ),
    "de": inference(
        "Eine Frau im roten Mantel / Ein alter Mann / Der Straßenmusiker / Ein Junge mit Rucksack / Die Lehrerin",
        "wartet / isst zu Mittag / lacht / trägt eine Kiste / liest eine Zeitung",
        "geht eilig weg / hat nichts zu essen / weint / hat leere Hände / schläft fest",
        "am Bahnhof / vor der Bäckerei / auf einer Bank / am Fluss",
        "weil ein Freund zu spät kommt / nach einem langen Tag / um Geld zu verdienen",
    ),
    "fr": inference(
        "Une femme en manteau rouge / Un vieil homme / Le musicien / Un garçon / La voisine",
        "attend / déjeune / rit / porte une caisse / lit un journal",
        "s'en va / n'a rien à manger / pleure / a les mains vides / dort",
        "à la gare / devant la boulangerie / sur un banc / près de la rivière",
        "parce qu'un ami est en retard / après une longue journée / pour gagner de l'argent",
    ),
    "es": inference(
        "Una mujer con abrigo rojo / Un anciano / El músico / Un niño / La vecina",
        "espera / almuerza / se ríe / lleva una caja / lee un periódico",
        "se marcha / no tiene comida / llora / tiene las manos vacías / duerme",
        "en la estación / delante de la panadería / en un banco / cerca del río",
        "porque un amigo llega tarde / después de un largo día / para ganar dinero",
    ),
    "ru": inference(
        "Женщина в красном пальто / Старик / Уличный музыкант / Мальчик с рюкзаком / Соседка",
        "ждёт / обедает / смеётся / несёт коробку / читает газету",
        "уходит / голодает / плачет / идёт с пустыми руками / спит",
        "на вокзале / у пекарни / на скамейке / возле реки",
        "потому что друг опаздывает / после долгого дня / чтобы заработать денег",
    ),
    "zh": inference(
        "一位穿红外套的女士 / 一位老人 / 街头音乐家 / 背着书包的男孩 / 两名工人",
        "正在等车 / 正在吃午饭 / 笑得很开心 / 搬着箱子 / 看报纸",
        "匆忙离开了 / 没有东西吃 / 在哭泣 / 两手空空 / 睡着了",
        "在车站 / 在面包店门口 / 在长椅旁 / 在河边",
        "因为朋友迟到了 / 为了赚点钱 / 已经一个小时了",
        "{p}{l}{a}。",
        "{p}{l}{a},{u}。",
        "{p}{a}。",
    ),
    "tr": inference(
        "Kırmızı paltolu bir kadın / Yaşlı bir adam / Sokak müzisyeni / Sırt çantalı bir çocuk / Komşu",
        "bekliyor / öğle yemeği yiyor / gülüyor / kutu taşıyor / gazete okuyor",
        "aceleyle gidiyor / aç kalıyor / ağlıyor / elleri boş duruyor / uyuyor",
        "istasyonda / fırının önünde / bankta / nehrin yanında",
        "arkadaşı geç kaldığı için / uzun bir günden sonra / para kazanmak için",
        "{p} {l} {a}.",
        "{p} {u} {l} {a}.",
    ),
    "ar": inference(
        "امرأة بمعطف أحمر / رجل عجوز / الموسيقي / صبي صغير / الجارة",
        "في انتظار القطار / يتناول الغداء / يضحك بصوت عال / يحمل صندوقا / يقرأ الجريدة",
        "غادر المكان / بلا طعام / يبكي / بيدين فارغتين / نائم",
        "في المحطة / أمام المخبز / على المقعد / قرب النهر",
        "لأن صديقه تأخر / بعد يوم طويل / من أجل المال",
    ),
    "hi": inference(
        "लाल कोट वाली औरत / एक बूढ़ा आदमी / सड़क का गायक / बस्ते वाला लड़का / पड़ोसन",
        "इंतज़ार कर रही है / खाना खा रहा है / हँस रहा है / डिब्बा उठा रहा है / अख़बार पढ़ रहा है",
        "जल्दी में जा रही है / भूखा बैठा है / रो रहा है / ख़ाली हाथ है / सो रहा है",
        "स्टेशन पर / दुकान के सामने / बेंच पर / नदी के पास",
        "क्योंकि दोस्त देर से आया / लंबे दिन के बाद / पैसे कमाने के लिए",
        "{p} {l} {a}।",
        "{p} {u} {l} {a}।",
        "{p} {a}।",
    ),
    "ko": inference(
        "빨간 코트를 입은 여자가 / 한 노인이 / 거리의 음악가가 / 배낭을 멘 소년이 / 이웃이",
        "기다리고 있다 / 점심을 먹고 있다 / 웃고 있다 / 상자를 나르고 있다 / 신문을 읽고 있다",
        "급히 떠나고 있다 / 굶고 있다 / 울고 있다 / 빈손으로 서 있다 / 자고 있다",
        "역에서 / 빵집 앞에서 / 벤치에서 / 강가에서",
        "친구가 늦어서 / 긴 하루를 보내고 / 돈을 벌려고",
        "{p} {l} {a}.",
        "{p} {u} {l} {a}.",
    ),
    "ja": inference(
        "赤いコートの女性が / 老人が / 路上の音楽家が / リュックを背負った少年が / 隣の人が",
        "待っている / 昼食を食べている / 笑っている / 箱を運んでいる / 新聞を読んでいる",
        "急いで帰っている / 何も食べていない / 泣いている / 手ぶらで立っている / 眠っている",
        "駅で / パン屋の前で / ベンチで / 川のそばで",
        "友達が遅れたので / 長い一日の後に / お金を稼ぐために",
        "{p}{l}{a}。",
        "{p}{u}{l}{a}。",
        "{p}{a}。",
    ),
    "pl": inference(
        "Kobieta w czerwonym płaszczu / Starszy mężczyzna / Uliczny muzyk / Chłopiec z plecakiem / Sąsiadka",
        "czeka / je obiad / śmieje się / niesie pudło / czyta gazetę",
        "odchodzi w pośpiechu / nie ma co jeść / płacze / ma puste ręce / śpi",
        "na dworcu / przed piekarnią / na ławce / nad rzeką",
        "bo kolega się spóźnia / po długim dniu / żeby zarobić",
    ),
}
