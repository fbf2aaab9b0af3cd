//! How common ordinary words are, whatever a business writes about.
//!
//! Twenty chunks cannot tell that "open" is an everyday word and "chrysanthemum" is not: in both cases no or few
//! chunks have it. The answerer therefore counts as if [`TEXTS`] further texts were there, in which each word below
//! has its usual share. In a collection of thousands that changes next to nothing.

use std::collections::HashMap;
use std::sync::LazyLock;

use robofy_knowledge::analyse::{Analyser, Language};

/// How many texts the background stands for.
pub(super) const TEXTS: f32 = 100.0;

/// Shares of texts of about a hundred words that hold a word of the first, second and third list.
const SHARES: [f32; 3] = [0.25, 0.10, 0.04];

/// The share of background texts that hold a word with this stem.
pub(super) fn share(language: Language, stem: &str) -> f32 {
    STEMS.get(&language).and_then(|stems| stems.get(stem)).copied().unwrap_or_default()
}

static STEMS: LazyLock<HashMap<Language, HashMap<String, f32>>> = LazyLock::new(|| {
    LISTS
        .iter()
        .map(|(language, lists)| {
            let analyser = Analyser::new(*language);
            let mut stems = HashMap::new();
            for (list, share) in lists.iter().zip(SHARES) {
                analyser.for_each(list, |_, stem, _, _| {
                    stems.entry(stem.to_owned()).or_insert(share);
                });
            }
            (*language, stems)
        })
        .collect()
});

const LISTS: &[(Language, [&str; 3])] = &[
    (
        Language::English,
        [
            "first time year use people day new work make good part know place see take come want need like get go way",
            "world life long number state name home system group country high large small old great second last end hand \
             right different important public call follow help find become provide change area case start begin open close \
             order run set form line point result main early late local often today week month hour minute money cost \
             price pay buy sell water power city house school family child man woman person company business service \
             information member best well big live play lead hold keep move turn allow happen mean look think feel try \
             ask support available show include",
            "history government law national international war university president century population language science \
             book music game team player film story art event season party student teacher doctor health care food road \
             street car product customer market shop store office phone email mail address contact website online page \
             free delivery ship return refund card account plan offer job question answer problem reason example difference \
             term word letter level rate value size length color body head side north south east west land river sea field \
             nature process development research study technology computer data design build create produce develop design \
             increase reduce cause effect believe consider describe explain discover invent write read speak learn teach \
             meet visit travel stay leave arrive send receive accept apply require register cancel book reserve appointment \
             morning afternoon evening night monday tuesday wednesday thursday friday saturday sunday january february \
             march april june july august september october november december king queen",
        ],
    ),
    (
        Language::German,
        [
            "jahr zeit tag neu gut teil arbeit machen kommen gehen mensch erste gross stehen finden geben nutzen",
            "welt leben lang zahl name haus system gruppe land hoch klein alt zweite letzte ende hand recht wichtig \
             öffentlich hilfe helfen beginnen öffnen schliessen bestellen bestellung punkt ergebnis frühe spät heute woche \
             monat stunde minute geld kosten preis zahlen bezahlen kaufen verkaufen wasser stadt schule familie kind mann \
             frau person firma unternehmen service information mitglied spielen führen halten bleiben bedeuten fragen \
             verfügbar zeigen angebot geöffnet öffnungszeiten liegen heissen nehmen suchen brauchen",
            "geschichte regierung gesetz krieg universität jahrhundert bevölkerung sprache buch musik spiel mannschaft film \
             kunst veranstaltung arzt gesundheit essen strasse auto produkt kunde markt laden geschäft büro telefon adresse \
             kontakt webseite seite kostenlos lieferung liefern versand versenden rückgabe konto karte frage antwort problem \
             grund beispiel unterschied wort grösse farbe norden süden osten westen fluss meer natur entwicklung forschung \
             technik computer daten bauen entwickeln ursache erklären schreiben lesen lernen treffen besuchen reisen senden \
             anmelden abmelden stornieren absagen buchen reservieren termin morgen nachmittag abend nacht montag dienstag \
             mittwoch donnerstag freitag samstag sonntag januar februar märz april mai juni juli august september oktober \
             november dezember",
        ],
    ),
    (
        Language::French,
        [
            "an année temps jour nouveau bon partie travail faire venir aller homme premier grand prendre trouver donner",
            "monde vie long nombre nom maison système groupe pays haut petit vieux deuxième dernier fin main droit important \
             public aide aider commencer ouvrir ouvert fermer commande commander point résultat tôt tard aujourd'hui semaine \
             mois heure minute argent coût coûter prix tarif payer acheter vendre eau ville école famille enfant femme personne \
             entreprise société service information membre jouer mener garder rester signifier demander disponible montrer \
             offre horaires appeler chercher besoin",
            "histoire gouvernement loi guerre université siècle population langue livre musique jeu équipe film art événement \
             médecin santé nourriture rue voiture produit client marché magasin boutique bureau téléphone adresse contact \
             site page gratuit livraison livrer expédition retour remboursement compte carte question réponse problème raison \
             exemple différence mot taille couleur nord sud est ouest rivière mer nature développement recherche ordinateur \
             données construire développer cause expliquer écrire lire apprendre rencontrer visiter voyager envoyer inscrire \
             annuler réserver rendez-vous matin soir nuit lundi mardi mercredi jeudi vendredi samedi dimanche janvier février \
             mars avril mai juin juillet août septembre octobre novembre décembre",
        ],
    ),
    (
        Language::Spanish,
        [
            "año tiempo día nuevo bueno parte trabajo hacer venir ir gente primero grande tomar encontrar dar lugar",
            "mundo vida largo número nombre casa sistema grupo país alto pequeño viejo segundo último fin mano derecho \
             importante público ayuda ayudar empezar abrir abierto cerrar pedido pedir punto resultado temprano tarde hoy \
             semana mes hora minuto dinero costo costar precio tarifa pagar comprar vender agua ciudad escuela familia niño \
             hombre mujer persona empresa compañía servicio información miembro jugar llevar mantener quedar significar \
             preguntar disponible mostrar oferta horario llamar buscar necesitar querer",
            "historia gobierno ley guerra universidad siglo población idioma lengua libro música juego equipo película arte \
             evento médico salud comida calle coche auto producto cliente mercado tienda oficina teléfono dirección contacto \
             sitio página gratis envío enviar entrega devolución reembolso cuenta tarjeta pregunta respuesta problema razón \
             ejemplo diferencia palabra tamaño color norte sur este oeste río mar naturaleza desarrollo investigación \
             ordenador datos construir desarrollar causa explicar escribir leer aprender visitar viajar inscribir cancelar \
             reservar reserva cita mañana noche lunes martes miércoles jueves viernes sábado domingo enero febrero marzo abril \
             mayo junio julio agosto septiembre octubre noviembre diciembre",
        ],
    ),
    (
        Language::Italian,
        [
            "anno tempo giorno nuovo buono parte lavoro fare venire andare uomo primo grande prendere trovare dare luogo",
            "mondo vita lungo numero nome casa sistema gruppo paese alto piccolo vecchio secondo ultimo fine mano diritto \
             importante pubblico aiuto aiutare iniziare aprire aperto chiudere ordine ordinare punto risultato presto tardi \
             oggi settimana mese ora minuto denaro costo costare prezzo tariffa pagare comprare vendere acqua città scuola \
             famiglia bambino donna persona azienda società servizio informazione membro giocare portare tenere restare \
             significare chiedere disponibile mostrare offerta orario chiamare cercare bisogno",
            "storia governo legge guerra università secolo popolazione lingua libro musica gioco squadra film arte evento \
             medico salute cibo strada auto prodotto cliente mercato negozio ufficio telefono indirizzo contatto sito pagina \
             gratis spedizione spedire consegna reso rimborso conto carta domanda risposta problema ragione esempio differenza \
             parola taglia colore nord sud est ovest fiume mare natura sviluppo ricerca computer dati costruire sviluppare \
             causa spiegare scrivere leggere imparare visitare viaggiare iscrivere annullare disdire prenotare prenotazione \
             appuntamento mattina sera notte lunedì martedì mercoledì giovedì venerdì sabato domenica gennaio febbraio marzo \
             aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
        ],
    ),
    (
        Language::Portuguese,
        [
            "ano tempo dia novo bom parte trabalho fazer vir ir homem primeiro grande tomar encontrar dar lugar",
            "mundo vida longo número nome casa sistema grupo país alto pequeno velho segundo último fim mão direito importante \
             público ajuda ajudar começar abrir aberto fechar pedido pedir ponto resultado cedo tarde hoje semana mês hora \
             minuto dinheiro custo custar preço tarifa pagar comprar vender água cidade escola família criança mulher pessoa \
             empresa companhia serviço informação membro jogar levar manter ficar significar perguntar disponível mostrar \
             oferta horário chamar procurar precisar querer",
            "história governo lei guerra universidade século população língua livro música jogo equipe filme arte evento \
             médico saúde comida rua carro produto cliente mercado loja escritório telefone endereço morada contato site página \
             grátis envio enviar entrega devolução reembolso conta cartão pergunta resposta problema razão exemplo diferença \
             palavra tamanho cor norte sul leste oeste rio mar natureza desenvolvimento pesquisa computador dados construir \
             desenvolver causa explicar escrever ler aprender visitar viajar inscrever cancelar reservar reserva marcação manhã \
             noite segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo janeiro fevereiro março abril \
             maio junho julho agosto setembro outubro novembro dezembro",
        ],
    ),
    (
        Language::Dutch,
        [
            "jaar tijd dag nieuw goed deel werk maken komen gaan mens eerste groot nemen vinden geven plaats",
            "wereld leven lang nummer naam huis systeem groep land hoog klein oud tweede laatste einde hand recht belangrijk \
             openbaar hulp helpen beginnen openen open sluiten gesloten bestelling bestellen punt resultaat vroeg laat vandaag \
             week maand uur minuut geld kosten kost prijs tarief betalen kopen verkopen water stad school familie kind man \
             vrouw persoon bedrijf dienst service informatie lid spelen leiden houden blijven betekenen vragen beschikbaar \
             tonen aanbod openingstijden bellen zoeken nodig",
            "geschiedenis regering wet oorlog universiteit eeuw bevolking taal boek muziek spel team film kunst evenement arts \
             gezondheid eten straat auto product klant markt winkel kantoor telefoon adres contact website pagina gratis \
             levering leveren bezorgen verzending retour terugbetaling rekening kaart vraag antwoord probleem reden voorbeeld \
             verschil woord maat kleur noord zuid oost west rivier zee natuur ontwikkeling onderzoek computer gegevens bouwen \
             ontwikkelen oorzaak uitleggen schrijven lezen leren bezoeken reizen sturen aanmelden annuleren boeken reserveren \
             afspraak ochtend middag avond nacht maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari \
             maart april mei juni juli augustus september oktober november december",
        ],
    ),
];
