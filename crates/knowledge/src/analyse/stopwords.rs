//! Function and question words: they say how a question is put, not what it is about.
//!
//! They are left out of questions only. Texts are indexed with them, so a question of nothing else still finds
//! something. Each list holds articles, pronouns, prepositions, conjunctions, auxiliary verbs, the question words
//! and the polite words of an enquiry, in the folded form of [`super::words`]. Words that name things as well
//! ("will", "may", "can" as nouns) are on the list where the auxiliary is far more common.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::Language;

const ENGLISH: &str = "a an the this that these those i me my mine myself you your yours yourself he him his himself \
    she her hers herself it its itself we us our ours ourselves they them their theirs themselves one \
    and or but nor so yet if then than because as until while although though whether \
    of at by for with about against between into through during before after above below to from up down in out \
    on off over under upon within without among along toward towards across per via \
    am is are was were be been being have has had having do does did doing done will would shall should can could \
    may might must ought isn't aren't wasn't weren't don't doesn't didn't can't cannot couldn't won't wouldn't \
    i'm i've i'd i'll you're you've it's that's there's what's who's where's let's \
    not no very too also just only even still such own same other another any some each every both all \
    here there again once ever now \
    what which who whom whose when where why how many much kind sort type \
    please tell know say give";
const GERMAN: &str = "der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner \
    ich mich mir mein meine meinen meinem meiner du dich dir dein deine deinen er ihn ihm sein seine seinen seinem \
    seiner sie ihr ihre ihren ihrem ihrer es wir uns unser unsere unseren euch euer eure man sich \
    dieser diese dieses diesen diesem jener jene jenes und oder aber denn sondern doch wenn als ob dass daß weil \
    da damit obwohl während bis sowie an am auf aus bei beim bis durch für gegen hinter in im ins mit nach neben \
    ohne seit über um unter von vom vor wegen zu zum zur zwischen \
    bin bist ist sind seid war waren warst wäre sein gewesen habe hast hat haben hatte hatten werde wirst wird \
    werden wurde wurden worden kann kannst können konnte könnte muss müssen musste soll sollen sollte will wollen \
    darf dürfen mag möchte möchten nicht nur auch noch schon sehr so hier dort dann nun mal ja nein \
    was wer wen wem wessen wann wo woher wohin warum wieso weshalb wie viel viele welche welcher welches welchen \
    welchem gibt bitte sagen";
const FRENCH: &str = "le la les un une des du de au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre \
    nos votre vos leur leurs je j' tu il elle on nous vous ils elles me te se lui y en moi toi soi eux \
    et ou mais donc or ni car si que qu' comme lorsque puisque quand afin à dans par pour sans sous sur vers \
    chez entre avec depuis pendant avant après contre jusqu'à jusque dès \
    suis es est sommes êtes sont étais était étaient été être sera seront serait ai as a avons avez ont avais \
    avait avaient eu avoir aura auront aurait fait faire font peut peux peuvent pouvez pouvoir doit dois doivent \
    ne pas plus très aussi même ici là cela ça ceci c'est qu'est-ce est-ce \
    qui quoi dont où comment pourquoi combien quel quelle quels quelles lequel laquelle svp s'il plaît dire";
const SPANISH: &str = "el la los las lo un una unos unas al del de a ante bajo con contra desde durante en entre \
    hacia hasta para por según sin sobre tras yo tú tu tus él ella ello nosotros vosotros ustedes usted ellos \
    ellas me te se nos os le les mi mis su sus nuestro nuestra nuestros nuestras este esta esto estos estas ese \
    esa eso esos esas aquel aquella y e o u ni pero sino mas si que porque como aunque pues \
    soy eres es somos son era eran fue fueron ser sido siendo estoy está están estaba estaban estar he has ha \
    hemos han había habían haber hay hace hacer hizo puede pueden puedo poder podía podría debe deben no sí muy \
    ya también más menos aquí allí \
    qué quién quiénes cuál cuáles cuándo cuánto cuánta cuántos cuántas dónde cómo quien cual cuando donde \
    cuanto cuantos cuantas por favor decir tipo";
const ITALIAN: &str = "il lo la i gli le un uno una di a da in con su per tra fra al allo alla ai agli alle del \
    dello della dei degli delle dal dallo dalla dai dagli dalle nel nello nella nei negli nelle sul sullo sulla \
    sui sugli sulle col io tu lui lei noi voi loro mi ti ci vi si ne me te se mio mia miei mie tuo tua suo sua \
    suoi sue nostro nostra vostro vostra questo questa questi queste quello quella quelli quelle ciò \
    e ed o ma anche se che perché come mentre dunque quindi né \
    sono sei è siamo siete era erano fu furono essere stato stata ho hai ha abbiamo avete hanno aveva avevano \
    avere può possono posso potere deve devono fare fa non più molto già qui lì \
    chi cosa cos'è quale quali quando quanto quanta quanti quante dove com'è dov'è favore dire";
const PORTUGUESE: &str = "o a os as um uma uns umas de do da dos das em no na nos nas ao à aos às por pelo pela \
    pelos pelas para pra com sem sob sobre entre até desde contra após eu tu ele ela nós vós eles elas você \
    vocês me te se lhe lhes meu minha meus minhas teu tua seu sua seus suas nosso nossa este esta estes estas \
    isto esse essa esses essas isso aquele aquela aquilo e ou mas nem que se porque como embora pois quando \
    sou és é somos são era eram foi foram ser sido está estão estava estavam estar tenho tem têm tinha tinham \
    ter há havia fazer faz pode podem posso poder deve devem não sim muito já também mais menos aqui ali \
    quem qual quais quanto quanta quantos quantas onde o quê quê favor dizer tipo";
const DUTCH: &str = "de het een der des ik mij me mijn jij je jou jouw u uw hij hem zijn zij ze haar hun wij we ons \
    onze jullie zich dit dat deze die en of maar want dus noch als dan omdat terwijl hoewel \
    aan bij door in met na naar om onder op over per sinds te tegen tot tussen uit van voor zonder \
    ben bent is zijn was waren geweest worden wordt werd werden heb hebt heeft hebben had hadden kan kunt kunnen \
    kon zou zouden zal zullen moet moeten mag mogen wil willen doen doet niet geen ook nog al zeer heel zo er \
    hier daar wel wat wie wanneer waar waarom hoe hoeveel welke welk wiens alstublieft";
const SWEDISH: &str = "en ett den det de dem dess jag mig min mitt mina du dig din ditt dina han honom hans hon \
    henne hennes vi oss vår vårt våra ni er ert era sig sin sitt sina man denna detta dessa och eller men för att \
    om när som så än därför eftersom medan av på i till från med hos under över vid mellan utan genom mot efter \
    innan är var vara varit blir bli blev har hade ha kan kunde ska skall skulle vill ville måste får gör göra \
    inte också bara mycket här där vad vem vilken vilket vilka hur varför många varifrån finns";
const DANISH: &str = "en et den det de dem jeg mig min mit mine du dig din dit dine han ham hans hun hende hendes vi \
    os vores i jer jeres sig sin sit sine man denne dette disse og eller men for at om når som så end fordi mens \
    af på til fra med hos under over ved mellem uden gennem mod efter før er var være været bliver blive blev \
    har havde have kan kunne skal skulle vil ville må gør gøre ikke også kun meget her der hvad hvem hvilken \
    hvilket hvilke hvordan hvorfor hvor hvornår mange meget findes";
const NORWEGIAN: &str = "en et ei den det de dem jeg meg min mitt mine du deg din ditt dine han ham hans hun henne \
    hennes vi oss vår vårt våre dere deres seg sin sitt sine man denne dette disse og eller men for at om når som \
    så enn fordi mens av på til fra med hos under over ved mellom uten gjennom mot etter før i er var være vært \
    blir bli ble har hadde ha kan kunne skal skulle vil ville må gjør gjøre ikke også bare mye her der hva hvem \
    hvilken hvilket hvilke hvordan hvorfor hvor når mange finnes";
const FINNISH: &str = "ja tai mutta että jos kun koska kuin sekä eikä vaan minä minun minua sinä sinun hän hänen \
    me meidän te teidän he heidän se sen sitä ne niiden tämä tämän tätä nämä näiden tuo tuon joka jonka jotka jota \
    on ovat oli olivat olla ollut ole olen olet olemme ei en et emme eivät voi voivat voiko onko myös vain hyvin \
    jo vielä siellä täällä mikä mitä mitkä minkä kuka ketkä kenen milloin missä mistä mihin miksi miten kuinka \
    monta paljon";
const POLISH: &str = "i a oraz lub albo ale lecz że żeby aby jeśli jeżeli gdy kiedy ponieważ bo jak niż czy w we z ze \
    na do od dla o u po pod nad przed przez przy za bez między ja mnie mi mój moja moje ty ciebie ci twój on jego \
    jemu mu ona jej ją ono my nas nam nasz nasza wy was wam wasz oni one ich im się siebie sobie ten ta to tego tej \
    temu tym te tych tymi który która które którzy których jest są był była było byli być będzie będą jestem może \
    mogą mogę można ma mają mam nie tak też także już tylko bardzo tu tam co kto kogo gdzie skąd dokąd dlaczego \
    ile jaki jaka jakie jakich proszę";
const CZECH: &str = "a i nebo ale že aby když jestli protože jak než v ve z ze na do od pro o u po pod nad před přes \
    při za bez mezi s se k ke já mě mi můj moje ty tě ti tvůj on jeho mu ona její ji ono my nás nám náš naše vy vás \
    vám váš vaše oni jejich jim si sebe ten ta to toho té tomu tím ty těch který která které kteří je jsou byl byla \
    bylo byli být bude budou jsem jsi jsme jste může mohou mohu má mají mám ne ano také už jen velmi zde tady tam \
    co kdo koho kde odkud kam kdy proč kolik jaký jaká jaké prosím";
const ROMANIAN: &str = "un o unei unui unor al a ai ale cel cea cei cele de la în din pe cu pentru prin fără sub peste \
    între spre după până contra eu mine mă îmi tu tine te îți el îl îi lui ea ei noi ne nouă voi vă ei ele lor se își \
    meu mea mei tău său sa săi nostru acest această acesta aceasta acești aceste și sau dar nici că să dacă când \
    fiindcă deși ca sunt ești este e suntem sunteți era erau fost fi fie am ai are avem aveți au avea poate pot nu da \
    mai foarte tot aici acolo ce cine care cui unde cum cât câtă câți câte când vă rog";
const HUNGARIAN: &str = "a az egy és vagy de hogy ha mert mint mikor amikor amely ami aki én engem te téged ő őt mi \
    minket ti titeket ők őket enyém ez ezt azt ezek azok ennek annak ezen azon van vannak volt voltak lesz lesznek \
    lenni vagyok lehet kell tud nem igen is csak még már nagyon itt ott mit ki kit kik hol honnan hova mikor miért \
    hogyan hány mennyi melyik milyen kérem";
const TURKISH: &str = "ve veya ya da ama fakat ancak çünkü ki eğer ise ile için gibi kadar göre sonra önce bir bu şu o \
    bunu bunun onu onun ben beni benim bana sen seni senin sana biz bizi bizim siz sizi sizin onlar onları onların \
    var yok olan olarak oldu olur değil mi mı mu mü de daha çok en her ne neyi kim kimi kimin nerede nereden nereye \
    zaman niçin neden nasıl kaç hangi lütfen";
const RUSSIAN: &str = "и а но или да что чтобы если когда потому как так же ли бы в во на с со к ко по за из от до \
    для о об обо у при под над перед через между без про я меня мне мной мой моя мое мои ты тебя тебе твой он его ему \
    им нем она ее ей ней оно мы нас нам наш наша наше наши вы вас вам ваш ваша ваше ваши они их им ними себя себе свой \
    этот эта это эти этого этой тот та то те того той который которая которое которые которых есть был была было были \
    быть будет будут может могут могу можно нужно не нет ни тоже также уже еще только очень здесь там тут \
    кто кого кому чем чего чему где куда откуда почему зачем сколько какой какая какое какие каких чей пожалуйста";
const UKRAINIAN: &str = "і й та а але або що щоб якщо коли тому як так же чи би в у на з із зі до по за від для про \
    при під над перед через між без я мене мені мій моя моє мої ти тебе тобі твій він його йому вона її їй воно ми \
    нас нам наш наша наше наші ви вас вам ваш ваша ваше ваші вони їх їм себе собі свій цей ця це ці цього той те ті \
    який яка яке які яких є був була було були бути буде будуть може можуть можу можна треба не ні теж також вже ще \
    тільки дуже тут там хто кого кому чого чим де куди звідки чому навіщо скільки чий";
const GREEK: &str = "ο η το οι τα του της των τον την τους τις στο στη στην στον στους στις στα ένας μία μια ένα και ή \
    αλλά όμως ότι πως να θα αν όταν γιατί επειδή όπως από με για σε ως προς κατά μετά πριν χωρίς εγώ εμένα μου εσύ \
    εσένα σου αυτός αυτή αυτό αυτοί αυτές αυτά εμείς μας εσείς σας που είναι είμαι ήταν είχε έχει έχουν έχω έχετε \
    μπορώ μπορεί δεν μην ναι όχι πολύ εδώ εκεί τι ποιος ποια ποιο ποιοι ποιες πού πότε πόσο πόσα πόσοι πόσες";
const ARABIC: &str = "في من إلى على عن مع هذا هذه ذلك تلك هؤلاء الذي التي الذين أنا أنت هو هي نحن أنتم هم و أو ثم لكن \
    أن إن لأن إذا كان كانت يكون تكون كانوا قد لا لم لن ليس ما ماذا من متى أين كيف لماذا كم أي هل بعد قبل بين حتى كل \
    عند";
const HINDI: &str = "का के की को में से पर और या लेकिन कि जो यह वह ये वे इस उस इन उन मैं मुझे मेरा हम हमें हमारा तुम आप आपका है हैं था थी \
    थे हो होता होती होते कर करना किया ने नहीं भी तो ही तक लिए साथ क्या कौन कब कहाँ कहां क्यों कैसे कितना कितने कितनी किस किसने";
const CHINESE: &str = "的 了 是 在 有 和 与 或 也 都 就 这 那 我 你 您 他 她 它 们 我们 你们 他们 什么 甚么 么时 时候 哪里 哪个 哪些 \
    哪一 哪种 多少 怎么 么样 怎样 为什 为何 如何 几个 是否 是什 是谁 谁是 吗 呢 吧 请 请问 什麼 哪裡 怎麼 為什 哪個 我們 你們 他們 請問";
const JAPANESE: &str = "です ます ました でし した する いる ある この その あの これ それ あれ どこ どの どれ だれ いつ なに 何で \
    なぜ どう うで いく くつ くら らい とは です すか ます か は が を に の と も で";
const KOREAN: &str = "무엇 엇입 입니 니까 어디 언제 누구 어떻 떻게 얼마 마나 몇 왜 어떤 있나 나요 까요 습니 니다 는 은 이 가 을 를 의 에";

fn list(language: Language) -> &'static str {
    match language {
        Language::Undetermined => "",
        Language::English => ENGLISH,
        Language::German => GERMAN,
        Language::French => FRENCH,
        Language::Spanish => SPANISH,
        Language::Italian => ITALIAN,
        Language::Portuguese => PORTUGUESE,
        Language::Dutch => DUTCH,
        Language::Swedish => SWEDISH,
        Language::Danish => DANISH,
        Language::Norwegian => NORWEGIAN,
        Language::Finnish => FINNISH,
        Language::Polish => POLISH,
        Language::Czech => CZECH,
        Language::Romanian => ROMANIAN,
        Language::Hungarian => HUNGARIAN,
        Language::Turkish => TURKISH,
        Language::Russian => RUSSIAN,
        Language::Ukrainian => UKRAINIAN,
        Language::Greek => GREEK,
        Language::Arabic => ARABIC,
        Language::Hindi => HINDI,
        Language::Chinese => CHINESE,
        Language::Japanese => JAPANESE,
        Language::Korean => KOREAN,
    }
}

/// For each word the languages that have it on their list, a bit for each.
static WORDS: LazyLock<FxHashMap<&'static str, u32>> = LazyLock::new(|| {
    let mut words = FxHashMap::default();
    for &language in Language::ALL {
        for word in list(language).split_whitespace() {
            *words.entry(word).or_default() |= 1 << language as u8;
        }
    }
    words
});

/// The languages in which a folded word is a function or question word, a bit for each.
#[must_use]
pub fn languages_of(word: &str) -> u32 {
    WORDS.get(word).copied().unwrap_or_default()
}

/// Whether a folded word is a function or question word of the language.
#[must_use]
pub fn contains(language: Language, word: &str) -> bool {
    languages_of(word) & (1 << language as u8) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_knows_its_own_words() {
        assert!(contains(Language::English, "what"));
        assert!(contains(Language::German, "wann"));
        assert!(contains(Language::Chinese, "什么"));
        assert!(!contains(Language::English, "die"));
        for &language in Language::ALL.iter().skip(1) {
            assert!(list(language).split_whitespace().count() >= 20, "{language:?}");
        }
    }

    #[test]
    fn the_lists_are_in_folded_form() {
        for &language in Language::ALL {
            for word in list(language).split_whitespace() {
                assert_eq!(word, super::super::words::fold(word), "{language:?}");
            }
        }
    }
}
