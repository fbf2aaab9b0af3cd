//! What small talk is made of, language by language.
//!
//! Phrases are separated by `|`. They are read by the same rules as a visitor's message, so accents, capitals and
//! apostrophes may be written as usual. A message is small talk only if phrases and fillers cover all of it.

use robofy_knowledge::analyse::Language;

/// The phrases of one language.
pub(super) struct Phrases {
    pub(super) language: Language,
    pub(super) greeting: &'static str,
    pub(super) thanks: &'static str,
    pub(super) goodbye: &'static str,
    /// Words for somebody who is not a program.
    pub(super) person: &'static str,
    /// Words for getting to that person.
    pub(super) reach: &'static str,
    /// How a question about the assistant itself begins.
    pub(super) are_you: &'static str,
    /// Words for a program.
    pub(super) machine: &'static str,
    /// Whole questions about the assistant itself.
    pub(super) identity: &'static str,
    pub(super) capabilities: &'static str,
    /// Words that add nothing of their own beside the above.
    pub(super) filler: &'static str,
}

pub(super) const ALL: &[Phrases] =
    &[ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, DUTCH, ARABIC, HINDI, CHINESE, JAPANESE];

const ENGLISH: Phrases = Phrases {
    language: Language::English,
    greeting: "hi|hello|hey|hiya|howdy|yo|hallo|greetings|good morning|good afternoon|good evening|good day|morning|afternoon|\
        evening|how are you|how are you doing|how's it going|how do you do|nice to meet you|hope you're well|\
        hope you are well|hope you are doing well|what's up|anyone here|anyone there|anybody there|anybody here|\
        is anyone there|is anybody there|anyone around|anybody around|are you there|you there|is someone there",
    thanks: "thanks|thank you|thank u|thankyou|thx|thnx|ty|tysm|cheers|appreciate it|appreciated|i appreciate|\
        that helps|that helped|that's helpful|that was helpful|very helpful|you've been helpful|great|perfect|awesome|\
        excellent|wonderful|brilliant|lovely|amazing|nice one|well done|good job",
    goodbye: "bye|goodbye|good bye|bye bye|see you|see ya|cya|later|talk soon|talk later|talk to you later|\
        speak soon|take care|have a nice day|have a good day|have a great day|have a nice evening|have a good evening|\
        have a good one|have a nice weekend|have a good weekend|good night|farewell|that's all|that is all|that's it|\
        that's everything|that will be all|i'm done|nothing else|no more questions|until next time|catch you later|ttyl",
    person: "human|human being|person|people|real person|agent|live agent|operator|representative|rep|someone|somebody|\
        anyone|anybody|staff|staff member|member of staff|employee|manager|supervisor|advisor|adviser|consultant|colleague|\
        receptionist|customer service|customer support|support|support team|support staff|your team|someone real|humans|\
        somebody real|real human|team member|live chat|live support|helpdesk|help desk|service desk|sales team",
    reach: "talk|talking|speak|speaking|chat|connect|transfer|pass|put|reach|contact|get|get hold of|call|call back|\
        hand over|escalate|forward|switch|prefer|want|need|rather|give|ring|phone|get in touch|assist|help",
    are_you: "are you|r u|are u|am i talking to|am i talking with|am i speaking to|am i speaking with|am i chatting with|\
        is this|is that|is it|do i talk to|do i speak with|you're|you are",
    machine: "bot|robot|chatbot|chat bot|machine|ai|artificial intelligence|computer|program|software|automated|real|\
        virtual assistant|virtual|language model|chatgpt|an algorithm|automatic|alive",
    identity: "who are you|what are you|what's your name|what is your name|do you have a name|who am i talking to|\
        who am i speaking with|who am i chatting with|who is this|who made you|who built you",
    capabilities: "what can you do|what can you help with|what can you help me with|how can you help|how can you help me|\
        what do you do|what are you able to do|what can i ask|what can i ask you|what do you know|how does this work|\
        how do you work|how does this chat work|how does it work here|help|help me|can you help|can you help me|can you help me with something|could you help me|i need help|\
        what can i do here|i have a question|i've got a question|can i ask you something|can i ask a question|\
        what are you for|what are you good for|what can you tell me|what can you answer|what kind of questions can you answer|\
        what can this chat do|what do you offer here|what topics do you cover|show me what you can do|what are my options|\
        menu|options",
    filler: "a|an|the|to|too|so|and|or|there|all|everyone|everybody|guys|team|folks|again|sir|madam|today|dear|very|much|\
        a lot|lots|many|you|your|for|help|it|that|this|was|is|really|just|wanted|say|i|we|oh|ah|well|ok|okay|okey|yes|no|\
        quick|response|reply|answer|info|information|time|me|us|with|please|pls|plz|can|could|would|like|'d|'m|may|let|\
        possible|through|over|from|at|real|live|actual|not|instead|of|bot|robot|machine|stop|how|do|in|kind|being|who|\
        now|right now|then|on|be|back|nice|good|day|week|weekend|evening|one|tomorrow|soon|have|super|if|my|friend|'s|'ll|more|best|here|than|directly|immediately",
};

const GERMAN: Phrases = Phrases {
    language: Language::German,
    greeting: "hallo|hi|hey|moin|moin moin|servus|guten tag|guten morgen|guten abend|grüß gott|grüezi|grüß dich|tag|\
        morgen zusammen|wie geht's|wie geht es dir|wie geht es ihnen|ist da jemand|jemand da|ist jemand da|sind sie da|bist du da|\
        gude|tach|hallöchen|huhu|schönen guten tag|na",
    thanks: "danke|danke schön|dankeschön|danke sehr|vielen dank|besten dank|herzlichen dank|tausend dank|ich danke|merci|\
        vielen herzlichen dank|das hilft|hat geholfen|das war hilfreich|sehr hilfreich|super|perfekt|prima|klasse|toll|\
        wunderbar|großartig|ich bedanke mich|sehr nett|sehr freundlich|lieb von dir|spitze|dank",
    goodbye: "tschüss|tschüs|tschau|ciao|auf wiedersehen|wiedersehen|auf wiederhören|bis bald|bis dann|bis später|bis morgen|\
        bis zum nächsten mal|schönen tag|einen schönen tag|schönen tag noch|schönen abend|schönen abend noch|\
        schönes wochenende|gute nacht|mach's gut|machen sie es gut|das war's|das war alles|das wäre alles|das ist alles|\
        mehr brauche ich nicht|servus|baba|ade|man sieht sich",
    person: "mensch|menschen|person|jemand|jemanden|jemandem|jemand echtes|jemand echten|mitarbeiter|mitarbeiterin|mitarbeitern|berater|beraterin|\
        kundendienst|kundenservice|support|kollege|kollegen|kollegin|agent|agenten|operator|ansprechpartner|chef|chefin|\
        servicemitarbeiter|leiter|zentrale|team|sachbearbeiter|sachbearbeiterin|kundenberater|echten menschen|vorgesetzten|personal",
    reach: "sprechen|reden|verbinden|verbinde|verbinden sie|weiterleiten|durchstellen|erreichen|kontaktieren|kontakt|anrufen|rufen|\
        geben|holen|chatten|betreuen|helfen|melden|lieber|will|brauche|möchte|zurückrufen|telefonieren|übergeben|gib|hol",
    are_you: "bist du|sind sie|seid ihr|ist das|rede ich mit|spreche ich mit|schreibe ich mit|chatte ich mit|ist da|bin ich mit",
    machine: "bot|roboter|chatbot|maschine|ki|künstliche intelligenz|computer|programm|software|echt|automat|real|\
        virtueller assistent|automatisch|echter",
    identity: "wer bist du|wer sind sie|was bist du|was sind sie|wie heißt du|wie heißen sie|wie ist dein name|wie ist ihr name|\
        mit wem spreche ich|mit wem rede ich|mit wem schreibe ich|mit wem chatte ich|wer ist da|\
        wer hat dich gemacht|wer hat dich gebaut|wer hat dich programmiert|wer hat dich entwickelt",
    capabilities: "was kannst du|was können sie|was kannst du alles|was kannst du tun|was können sie tun|wobei kannst du helfen|\
        wobei können sie helfen|wobei kannst du mir helfen|wie kannst du helfen|wie kannst du mir helfen|\
        wie können sie mir helfen|wie können sie helfen|womit kannst du mir helfen|womit können sie mir helfen|was machst du|\
        was kann ich fragen|was kann ich dich fragen|was kann ich sie fragen|wie funktioniert das|wie funktioniert das hier|wie funktioniert dieser chat|hilfe|hilf mir|\
        kannst du mir helfen|können sie mir helfen|ich brauche hilfe|ich habe eine frage|darf ich etwas fragen|\
        was weißt du|welche fragen kannst du beantworten|wofür bist du da|wozu bist du da|was kann dieser chat|\
        ich hätte eine frage|bei was kannst du helfen|welche funktionen hast du|was können sie alles",
    filler: "ich|wir|mit|einem|einen|einer|eine|ein|der|die|das|dem|den|echt|echte|echten|echter|echtes|richtigen|richtiger|wirklichen|bitte|gern|gerne|\
        mal|kann|könnte|können|möchte|würde|will|mich|mir|uns|sie|ihnen|dir|euch|für|hilfe|ihre|deine|eure|die|sehr|so|auch|und|\
        schon|noch|ja|nein|ok|okay|alles|nicht|kein|keinen|keine|zu|an|ihrem|ihren|eurem|statt|bot|roboter|nur|jetzt|sofort|\
        hier|da|allerseits|zusammen|liebe|lieber|leute|du|auskunft|antwort|schnelle|information|infos|bei|vom|nett|freundlich|\
        super|gut|na|dann|ist|es|oder|sind|mal|tag|abend|einmal|heute|möglich|am|von|erst|also|direkt|doch|etwa|maschine",
};

const FRENCH: Phrases = Phrases {
    language: Language::French,
    greeting: "bonjour|bonsoir|salut|coucou|hello|allô|bjr|bsr|hey|rebonjour|ça va|comment ça va|comment allez-vous|\
        comment vas-tu|comment tu vas|vous allez bien|il y a quelqu'un|y a quelqu'un|quelqu'un est là|vous êtes là|tu es là|enchanté",
    thanks: "merci|merci beaucoup|mille mercis|grand merci|je vous remercie|je te remercie|remercie|mci|c'est gentil|\
        c'est très gentil|ça m'aide|ça m'a aidé|très utile|super|parfait|génial|excellent|impeccable|formidable|top|nickel|merci bien",
    goodbye: "au revoir|à bientôt|à plus|à plus tard|à demain|à la prochaine|bonne journée|bonne soirée|bonne nuit|adieu|ciao|\
        bon week-end|bonne fin de journée|c'est tout|ce sera tout|c'est bon pour moi|rien d'autre|bye|tchao|à tout à l'heure|bonne continuation",
    person: "humain|personne|vraie personne|conseiller|conseillère|agent|opérateur|opératrice|quelqu'un|employé|responsable|\
        vendeur|service client|service clients|support|collègue|équipe|technicien|être humain|interlocuteur|standard|\
        standardiste|gérant|directeur|assistance|humaine|collaborateur|personnel",
    reach: "parler|discuter|joindre|contacter|passez-moi|passe-moi|passer|mettre en relation|mettez-moi en relation|transférer|\
        transférez-moi|échanger|appeler|rappeler|avoir|préfère|préférerais|veux|voudrais|souhaite|besoin|aider|m'aider|répondre|\
        rappelez-moi|connecter|en ligne|relation|chatter",
    are_you: "es-tu|tu es|êtes-vous|vous êtes|est-ce que je parle à|est-ce que je parle avec|je parle à|je parle avec|\
        je discute avec|est-ce que tu es|est-ce que vous êtes|est-ce|c'est|suis-je en train de parler à|t'es|parle-je à",
    machine: "robot|bot|chatbot|machine|ia|intelligence artificielle|ordinateur|programme|logiciel|réel|vrai|\
        assistant virtuel|automatique|automate|vraie",
    identity: "qui es-tu|qui êtes-vous|tu es qui|vous êtes qui|comment tu t'appelles|comment vous appelez-vous|\
        comment t'appelles-tu|quel est ton nom|quel est votre nom|à qui je parle|qui est là|à qui ai-je l'honneur|t'es qui|c'est qui|\
        qui t'a créé|qui t'a fait|qui vous a créé|qui t'a programmé",
    capabilities: "que peux-tu faire|que pouvez-vous faire|qu'est-ce que tu peux faire|qu'est-ce que vous pouvez faire|\
        que sais-tu faire|que savez-vous faire|comment pouvez-vous m'aider|comment peux-tu m'aider|en quoi pouvez-vous m'aider|\
        en quoi peux-tu m'aider|tu peux faire quoi|vous pouvez faire quoi|à quoi tu sers|à quoi sers-tu|à quoi servez-vous|comment ça marche|comment ça marche ici|\
        comment ça fonctionne|aide|aide-moi|aidez-moi|pouvez-vous m'aider|peux-tu m'aider|j'ai besoin d'aide|\
        j'ai une question|j'aurais une question|que puis-je demander|que puis-je vous demander|sur quoi pouvez-vous m'aider|\
        qu'est-ce que tu sais faire|qu'est-ce que vous savez faire|quelles questions puis-je poser|je peux te demander quoi|\
        tu sais faire quoi|vous savez faire quoi",
    filler: "à|au|un|une|le|la|les|l'|d'|de|du|des|je|j'|moi|me|m'|nous|vous|te|tu|votre|ton|vos|avec|s'il vous plaît|s'il te plaît|\
        svp|stp|aimerais|peux|pourrais|puis|est-ce que|possible|c'est|serait|il|y|a-t-il|est|vrai|vraie|réel|réelle|en|pas|non|oui|\
        ok|d'accord|et|ou|bien|très|beaucoup|infiniment|pour|aide|réponse|tout|tous|toutes|monsieur|madame|encore|que|qu'|par|\
        plutôt|robot|bot|machine|directement|là|mon|ma|bonne|bon|journée|soirée|alors|info|infos|informations|renseignements|ce|\
        cette|toute|l'équipe|quelque|ça|stop|humain|maintenant|chez|peut|on|si|aujourd'hui",
};

const SPANISH: Phrases = Phrases {
    language: Language::Spanish,
    greeting: "hola|buenas|buenos días|buen día|buenas tardes|buenas noches|muy buenas|hey|qué tal|cómo estás|cómo está|cómo están|\
        qué onda|saludos|hay alguien|hay alguien ahí|estás ahí|está ahí|holi|holaa|encantado|qué hay|cómo va|cómo te va",
    thanks: "gracias|muchas gracias|mil gracias|muchísimas gracias|te lo agradezco|se lo agradezco|os lo agradezco|agradecido|\
        agradecida|muy amable|muy útil|me ha servido|me sirve|genial|perfecto|estupendo|excelente|fantástico|buenísimo|\
        de lujo|grax|agradezco|le agradezco|te agradezco",
    goodbye: "adiós|hasta luego|hasta pronto|hasta mañana|hasta la próxima|hasta la vista|nos vemos|chao|chau|bye|\
        que tengas buen día|que tenga buen día|que tengas un buen día|que tenga un buen día|buen fin de semana|eso es todo|\
        es todo|nada más|eso era todo|ya está|cuídate|cuídese|feliz día|hasta otra|me despido|que pase buen día|que vaya bien",
    person: "persona|persona real|humano|ser humano|agente|operador|operadora|asesor|asesora|alguien|alguien de verdad|empleado|encargado|\
        encargada|responsable|representante|atención al cliente|servicio al cliente|soporte|ejecutivo|gerente|compañero|equipo|\
        supervisor|jefe|recepcionista|recepción|comercial|personas|técnico|humana|trabajador|dependiente",
    reach: "hablar|conversar|comunicar|comunicarme|contactar|pasar|pásame|páseme|conectar|conéctame|transferir|transfiéreme|\
        atender|atienda|llamar|llámame|llame|quiero|necesito|prefiero|ponme|póngame|derivar|ayudar|ayude|hablo|chatear|comunícame|comuníqueme|pásenme|póngame con",
    are_you: "eres|es usted|sois|estoy hablando con|hablo con|esto es|estoy chateando con|es esto|usted es|tú eres|converso con",
    machine: "robot|bot|chatbot|máquina|ia|inteligencia artificial|ordenador|computadora|programa|real|asistente virtual|automático|de verdad",
    identity: "quién eres|quién es usted|qué eres|cómo te llamas|cómo se llama|cuál es tu nombre|cuál es su nombre|con quién hablo|\
        con quién estoy hablando|quién es|quién está ahí|quién te creó|quién te ha creado|quién te hizo|quién te programó",
    capabilities: "qué puedes hacer|qué puede hacer|qué sabes hacer|qué sabe hacer|en qué me puedes ayudar|en qué puedes ayudarme|\
        en qué puede ayudarme|en qué me puede ayudar|cómo me puedes ayudar|cómo puedes ayudarme|cómo puede ayudarme|qué haces|\
        para qué sirves|para qué sirve esto|cómo funciona esto|cómo funcionas|ayuda|ayúdame|ayúdeme|necesito ayuda|\
        me puedes ayudar|me puede ayudar|puedes ayudarme|puede ayudarme|tengo una pregunta|tengo una duda|tengo una consulta|\
        qué te puedo preguntar|qué puedo preguntarte|qué puedo preguntar|qué cosas puedes hacer|qué preguntas puedes responder|una consulta|una pregunta|\
        con qué me puedes ayudar|qué ofreces|qué funciones tienes",
    filler: "a|al|un|una|el|la|los|las|lo|de|del|con|y|o|yo|me|mí|te|se|le|por favor|porfa|porfavor|puedo|puede|puedes|podría|podrías|\
        quisiera|quería|gustaría|que|qué|es|sea|posible|hay|ahí|ahora|muy|mucho|mucha|muchas|todo|todos|por|la ayuda|ayuda|tu|su|\
        vuestra|información|info|respuesta|atención|sí|no|ok|vale|bueno|bien|otra vez|nuevo|real|verdad|ya|para|alguna|algún|\
        mejor|robot|bot|máquina|en|vez|señor|señora|señorita|amigo|amiga|día|tarde|buen|entonces|eso|directamente|basta|gracias|si|tiempo|rápida|aquí|tengo|hoy",
};

const ITALIAN: Phrases = Phrases {
    language: Language::Italian,
    greeting: "ciao|salve|buongiorno|buon giorno|buonasera|buona sera|buon pomeriggio|ehi|hey|come va|come stai|come sta|\
        c'è qualcuno|c'è nessuno|qualcuno c'è|ci sei|ci siete|è lì|sei lì|piacere|saluti",
    thanks: "grazie|grazie mille|mille grazie|tante grazie|molte grazie|ti ringrazio|la ringrazio|vi ringrazio|ringrazio|\
        molto gentile|gentilissimo|gentilissima|gentilissimi|molto utile|ottimo|perfetto|fantastico|eccellente|benissimo|\
        magnifico|che gentile|mi è stato utile|mi è stata utile|grandioso",
    goodbye: "arrivederci|arrivederla|a presto|a dopo|a domani|alla prossima|ci vediamo|ci sentiamo|buona giornata|buona serata|\
        buonanotte|buona notte|addio|buon weekend|buon fine settimana|è tutto|questo è tutto|basta così|nient'altro|ciao ciao|\
        era tutto|buon proseguimento|bye|stammi bene",
    person: "persona|persona reale|persona vera|umano|essere umano|operatore|operatrice|agente|qualcuno|addetto|impiegato|\
        responsabile|assistenza|assistenza clienti|servizio clienti|consulente|collega|rappresentante|direttore|titolare|\
        supporto|vostro team|tecnico|umana|persone|commesso|dipendente|segreteria",
    reach: "parlare|passare|mi passi|passami|passatemi|passate|contattare|collegare|mi colleghi|mettere in contatto|mettetemi in contatto|\
        mi metta in contatto|trasferire|chiamare|richiamare|vorrei|voglio|preferisco|preferirei|ho bisogno|bisogno|aiutare|aiutarmi|\
        rispondere|comunicare|assistere|mettermi in contatto|chattare|contatto|serve|assistermi",
    are_you: "sei|lei è|è|siete|sto parlando con|parlo con|sto chattando con|questo è|questa è|sto scrivendo a",
    machine: "robot|bot|chatbot|macchina|ia|intelligenza artificiale|computer|programma|reale|vero|vera|assistente virtuale|automatico",
    identity: "chi sei|chi è lei|cosa sei|che cosa sei|come ti chiami|come si chiama|qual è il tuo nome|con chi parlo|con chi sto parlando|chi è|chi siete|chi ti ha creato|chi ti ha fatto|\
        chi ti ha programmato",
    capabilities: "cosa puoi fare|che cosa puoi fare|cosa può fare|cosa sai fare|che cosa sai fare|cosa sa fare|come puoi aiutarmi|come mi puoi aiutare|\
        come può aiutarmi|come mi può aiutare|in cosa puoi aiutarmi|in cosa può aiutarmi|in che modo puoi aiutarmi|in che cosa puoi aiutarmi|cosa fai|\
        a cosa servi|a che servi|come funziona|come funzioni|come funziona questa chat|aiuto|aiutami|mi aiuti|mi puoi aiutare|\
        mi può aiutare|puoi aiutarmi|può aiutarmi|ho bisogno di aiuto|ho una domanda|avrei una domanda|cosa posso chiedere|\
        cosa posso chiederti|che domande posso fare|posso fare una domanda|posso chiedere una cosa|su cosa puoi aiutarmi|\
        a quali domande puoi rispondere|quali funzioni hai|cosa offri",
    filler: "a|ad|al|con|un|uno|una|un'|il|lo|la|le|i|gli|l'|di|del|della|io|mi|ti|vi|ci|me|te|si|per favore|per piacere|cortesemente|gentilmente|posso|può|puoi|\
        potrei|potrebbe|sarebbe|possibile|è|c'è|che|e|o|per|l'aiuto|aiuto|la risposta|risposta|informazioni|info|molto|tanto|\
        davvero|tutto|tutti|sì|no|ok|va bene|bene|vero|vera|reale|in|ancora|ora|adesso|non|robot|bot|macchina|invece|qui|lì|essere|\
        signore|signora|allora|direttamente|più|oggi|vostro|tuo|suo|vostra|tua|sua|da|se|piuttosto|disponibilità|subito|gentile|quello",
};

const PORTUGUESE: Phrases = Phrases {
    language: Language::Portuguese,
    greeting: "olá|oi|oie|bom dia|boa tarde|boa noite|e aí|opa|alô|hey|tudo bem|tudo bom|como vai|como está|como estás|como você está|\
        como vão|tem alguém aí|alguém aí|está aí|estás aí|há alguém aí|saudações|viva|prazer",
    thanks: "obrigado|obrigada|muito obrigado|muito obrigada|obg|brigado|brigada|valeu|agradeço|agradecido|agradecida|\
        agradecemos|grato|grata|muito gentil|muito útil|ajudou muito|ótimo|perfeito|excelente|maravilha|show|fantástico|\
        que bom|beleza|foi útil|impecável|obrigadão",
    goodbye: "tchau|adeus|até logo|até mais|até breve|até amanhã|até já|até a próxima|até à próxima|tenha um bom dia|tenha um ótimo dia|\
        bom fim de semana|é só isso|só isso|é tudo|era só isso|mais nada|nada mais|abraço|abraços|fique bem|um bom dia|falou|xau|até depois|bom descanso",
    person: "pessoa|pessoa de verdade|pessoa real|humano|ser humano|atendente|agente|operador|operadora|alguém|alguém de verdade|\
        funcionário|funcionária|responsável|representante|gerente|atendimento|atendimento ao cliente|apoio ao cliente|suporte|\
        consultor|consultora|equipe|equipa|assistente humano|colaborador|colega|chefe|recepção|receção|vendedor|assessor|humana|supervisor|pessoas|serviço ao cliente",
    reach: "falar|conversar|transferir|transfere|transfira|passar|passe|passa|contactar|contatar|ligar|ligue|chamar|chame|conectar|\
        quero|queria|prefiro|preciso|atender|ajudar|ajude|encaminhar|encaminhe|pôr em contacto|contato|contacto|telefonar|ponha",
    are_you: "você é|tu és|és|é|o senhor é|estou falando com|tô falando com|estou a falar com|falo com|isto é|isso é|vocês são|está a falar",
    machine: "robô|robot|bot|chatbot|máquina|ia|inteligência artificial|computador|programa|real|de verdade|assistente virtual|automático",
    identity: "quem é você|quem és tu|quem és|o que é você|o que você é|qual é o seu nome|qual o seu nome|qual é o teu nome|como você se chama|\
        como te chamas|como se chama|com quem estou falando|com quem falo|com quem estou a falar|quem é|quem fala|quem te criou|\
        quem criou você|quem te fez|quem fez você",
    capabilities: "o que você pode fazer|o que você faz|o que podes fazer|o que pode fazer|o que sabes fazer|o que você sabe fazer|\
        o que sabe fazer|o que consegues fazer|o que você consegue fazer|como você pode me ajudar|como pode me ajudar|como me podes ajudar|como pode ajudar-me|como pode ajudar|\
        em que pode me ajudar|em que pode ajudar|em que podes ajudar|em que você pode me ajudar|em que me podes ajudar|\
        para que serve|para que serves|como funciona|como funciona este chat|como funciona esse chat|como isso funciona|como isto funciona|ajuda|me ajuda|me ajude|ajuda-me|ajude-me|pode me ajudar|\
        você pode me ajudar|pode ajudar-me|podes ajudar-me|preciso de ajuda|tenho uma pergunta|tenho uma dúvida|o que posso perguntar|\
        que perguntas posso fazer|posso fazer uma pergunta|com o que você pode ajudar|quais são as suas funções|o que oferece|\
        que tipo de perguntas respondes|no que você pode me ajudar|no que pode ajudar",
    filler: "a|ao|à|o|os|as|um|uma|de|do|da|com|e|ou|eu|me|mim|te|você|vocês|por favor|pf|pfv|posso|pode|podem|poderia|gostaria|que|quê|é|\
        possível|há|tem|aí|aqui|agora|muito|muita|mesmo|tudo|todos|todas|pela|pelo|pelas|ajuda|sua|tua|vossa|resposta|informação|\
        informações|atenção|sim|não|ok|bem|bom|novo|de novo|verdade|real|já|para|pra|algum|alguma|robô|bot|máquina|em vez|vez|\
        senhor|senhora|gente|então|isso|diretamente|minha|nosso|se|ser|estou|está|rápida|pessoal|dia|está bem|pronto|hoje",
};

const DUTCH: Phrases = Phrases {
    language: Language::Dutch,
    greeting: "hallo|hoi|hey|hé|dag|goedemorgen|goedemiddag|goedenavond|goeiemorgen|goeiemiddag|goeienavond|goedendag|goeiedag|\
        hai|hoe gaat het|hoe is het|hoe gaat het met u|alles goed|is daar iemand|is er iemand|iemand aanwezig|iemand daar|\
        ben je daar|bent u daar|gegroet|morgen allemaal|yo",
    thanks: "bedankt|dank je|dank je wel|dankjewel|dank u|dank u wel|dankuwel|dankje|hartelijk dank|hartelijk bedankt|veel dank|\
        heel erg bedankt|dank|thanks|merci|top|super|perfect|geweldig|prima|fantastisch|heel fijn|heel vriendelijk|daar heb ik wat aan|\
        zeer behulpzaam|heel behulpzaam|fijn",
    goodbye: "doei|dag|tot ziens|tot straks|tot later|tot snel|tot morgen|tot de volgende keer|tot dan|fijne dag|fijne dag nog|een fijne dag|\
        fijne avond|fijn weekend|prettige dag|prettige avond|nog een fijne dag|goedenacht|slaap lekker|dat was alles|dat was het|\
        dat is alles|verder niets|vaarwel|doeg|de mazzel|houdoe|ciao|later|dat is het|dat was m|bye",
    person: "mens|persoon|echt persoon|echte persoon|echt iemand|iemand|medewerker|medewerkster|klantenservice|klantendienst|agent|operator|adviseur|\
        collega|manager|leidinggevende|vertegenwoordiger|mensen|team|support|helpdesk|specialist|baas|personeel|chef|balie|servicemedewerker",
    reach: "praten|spreken|chatten|verbind|verbinden|doorverbinden|doorschakelen|bereiken|contact|contacteren|bellen|terugbellen|\
        wil|liever|liefst|krijgen|hebben|helpen|geef|overzetten|doorgeven|zet|schakel|doorsturen|te woord staan|nodig|verbind me door|haal",
    are_you: "ben jij|ben je|bent u|is dit|spreek ik met|praat ik met|chat ik met|jij bent|je bent|bent u|heb ik te maken met|ben ik in gesprek met",
    machine: "bot|robot|chatbot|machine|ai|kunstmatige intelligentie|computer|programma|echt|virtuele assistent|automatisch|computerprogramma",
    identity: "wie ben je|wie ben jij|wie bent u|wat ben je|wat ben jij|wat bent u|hoe heet je|hoe heet jij|hoe heet u|wat is je naam|wat is uw naam|met wie spreek ik|met wie praat ik|met wie chat ik|\
        wie heeft je gemaakt|wie heeft jou gemaakt|wie heeft u gemaakt|wie heeft je geprogrammeerd",
    capabilities: "wat kun je|wat kan je|wat kunt u|wat kun jij|wat kun je doen|wat kan je doen|wat kunt u doen|wat kan jij|wat kan je allemaal|wat kun je allemaal|wat kunt u allemaal|waarmee kun je helpen|\
        waarmee kan je helpen|waarmee kan je me helpen|waarmee kun je me helpen|waar kun je me mee helpen|waar kan je me mee helpen|waarmee kunt u helpen|waarmee kunt u me helpen|waarmee kunt u mij helpen|waar kunt u mij mee helpen|hoe kun je me helpen|hoe kan je me helpen|\
        hoe kunt u mij helpen|hoe kunt u me helpen|wat doe je|wat doet u|hoe werkt dit|hoe werk je|hoe werkt deze chat|help|help me|hulp|ik heb hulp nodig|kun je me helpen|\
        kan je me helpen|kunt u me helpen|kunt u mij helpen|ik heb een vraag|mag ik iets vragen|wat kan ik vragen|wat kan ik je vragen|\
        wat kan ik hier vragen|welke vragen kan ik stellen|waar ben je voor|wat weet je|welke vragen kun je beantwoorden|waar kun je mee helpen|\
        wat zijn je mogelijkheden|waarvoor dien je",
    filler: "ik|we|wij|een|de|het|met|graag|alsjeblieft|alstublieft|aub|a.u.b|kan|kun|kunt|zou|willen|mag|me|mij|ons|u|je|jij|jullie|door|naar|aan|\
        in|te|voor|hulp|de hulp|uw|zo|erg|heel|zeer|veel|echt|echte|ook|nog|en|of|ja|nee|ok|oké|okay|allemaal|iedereen|dan|goed|\
        niet|geen|plaats|plaats van|bot|robot|machine|van|er|daar|hier|nu|even|snelle|antwoord|reactie|informatie|info|weer|dat|dit|is|wel|hoor|meneer|mevrouw|vandaag|mogelijk|direct|gewoon|alle",
};

const ARABIC: Phrases = Phrases {
    language: Language::Arabic,
    greeting: "مرحبا|أهلا|أهلا وسهلا|اهلا|السلام عليكم|سلام|صباح الخير|مساء الخير|هاي|كيف حالك|كيف الحال|هل من أحد|هل يوجد أحد|هل أنت هنا",
    thanks: "شكرا|شكرا جزيلا|شكرا لك|شكرا لكم|ألف شكر|مشكور|مشكورين|ممتاز|رائع|جزاك الله خيرا|أشكرك|أشكركم|تسلم|يعطيك العافية",
    goodbye: "مع السلامة|إلى اللقاء|وداعا|في أمان الله|أراك لاحقا|تصبح على خير|باي|هذا كل شيء|يوم سعيد|نهارك سعيد",
    person: "شخص|شخص حقيقي|إنسان|انسان|موظف|موظفة|مندوب|أحد|احد|خدمة العملاء|المدير|مدير|بشر|مسؤول|الدعم|موظف حقيقي|بشري|شخصا|موظفا|إنسانا",
    reach: "أكلم|اكلم|أتكلم|اتكلم|أتحدث|اتحدث|التحدث|الكلام|التكلم|التواصل|أتواصل|حولني|حولوني|وصلني|أريد|اريد|احتاج|أحتاج|الاتصال|أفضل|أفضّل|كلم|تحويلي",
    are_you: "هل أنت|انت|أنت|هل انت|هل أتحدث مع|هل أتكلم مع|هل اكلم|هل أكلم|هل هذا",
    machine: "روبوت|بوت|آلة|الة|ذكاء اصطناعي|برنامج|حقيقي|كمبيوتر|آلي|الروبوت",
    identity: "من أنت|من انت|ما اسمك|مين انت|مع من أتحدث|مع من أتكلم|شو اسمك|مين معي",
    capabilities: "ماذا يمكنك أن تفعل|ماذا تستطيع أن تفعل|ماذا تفعل|كيف يمكنك مساعدتي|كيف تساعدني|بماذا يمكنك مساعدتي|\
        بماذا تساعدني|مساعدة|ساعدني|أحتاج مساعدة|عندي سؤال|لدي سؤال|ماذا يمكنني أن أسأل|كيف يعمل هذا|هل يمكنك مساعدتي|شو بتقدر تعمل|ماذا يمكنك فعله|ما الذي يمكنك فعله",
    filler: "مع|من|من فضلك|لو سمحت|ممكن|هل|أن|ان|يمكن|يمكنني|أستطيع|الى|إلى|بـ|جدا|لك|لكم|على|المساعدة|مساعدتك|كثيرا|يا|نعم|لا|حقيقي|حقيقية|الرجاء|رجاء|في|بدل|بدلا|طيب|حسنا|الآن|و|وبركاته|ورحمة الله|وعليكم|بكم|بك|فقط|لست|أم|ام|هنا",
};

const HINDI: Phrases = Phrases {
    language: Language::Hindi,
    greeting: "नमस्ते|नमस्कार|हेलो|हैलो|हाय|सुप्रभात|शुभ संध्या|आप कैसे हैं|कैसे हो|कैसे हैं आप|राम राम|प्रणाम|कोई है|क्या कोई है",
    thanks: "धन्यवाद|शुक्रिया|बहुत धन्यवाद|बहुत शुक्रिया|थैंक्स|थैंक यू|आभार|बहुत बढ़िया|बढ़िया|शानदार|बहुत अच्छा",
    goodbye: "अलविदा|फिर मिलेंगे|फिर मिलते हैं|बाय|शुभ रात्रि|बस इतना ही|आपका दिन शुभ हो|शुभ दिन|चलता हूँ|चलती हूँ",
    person: "इंसान|व्यक्ति|आदमी|एजेंट|किसी|किसी से|मैनेजर|कर्मचारी|प्रतिनिधि|असली इंसान|कस्टमर केयर|ऑपरेटर|सपोर्ट|मनुष्य",
    reach: "बात|बात करनी|बात करना|बात कराओ|बात कराइए|बात करा|जोड़ें|जोड़िए|संपर्क|चाहता|चाहती|चाहिए|मिलाइए|कॉल",
    are_you: "क्या आप|आप|क्या तुम|तुम|क्या मैं|क्या यह",
    machine: "रोबोट|बॉट|मशीन|कंप्यूटर|एआई|असली|प्रोग्राम|चैटबॉट",
    identity: "आप कौन हैं|आप कौन हो|तुम कौन हो|आपका नाम क्या है|तुम्हारा नाम क्या है|मैं किससे बात कर रहा हूँ|मैं किससे बात कर रही हूँ",
    capabilities: "आप क्या कर सकते हैं|तुम क्या कर सकते हो|आप मेरी क्या मदद कर सकते हैं|आप कैसे मदद कर सकते हैं|मदद|मदद चाहिए|मेरी मदद करो|\
        मेरी मदद कीजिए|मुझे मदद चाहिए|एक सवाल है|मेरा एक सवाल है|यह कैसे काम करता है|आप किस काम आते हैं|आप क्या क्या कर सकते हैं",
    filler: "मुझे|मैं|हम|हमें|से|को|है|हैं|हूँ|हो|की|के|का|कृपया|करनी|करना|करा|दीजिए|दो|दें|सकते|सकता|सकती|क्या|जी|बहुत|आपका|आपकी|लिए|मदद|हाँ|नहीं|ठीक|ठीक है|असली|एक|या|रहा|रही|कर|आपको|ही|और|अभी|सीधे|पर|किसी|कोई",
};

const CHINESE: Phrases = Phrases {
    language: Language::Chinese,
    greeting: "你好|您好|嗨|哈喽|早上好|下午好|晚上好|早安|在吗|有人吗|大家好|你好吗|喂|你們好|在不在|早|中午好|有人在吗|在么",
    thanks: "谢谢|多谢|感谢|非常感谢|谢了|太好了|谢谢你|谢谢您|太棒了|很有帮助|謝謝|感謝|辛苦了|好的谢谢|很好",
    goodbye: "再见|拜拜|回头见|明天见|晚安|下次见|就这些|没有了|再會|再見|先这样|没别的了|祝你愉快|没事了|慢走",
    person: "人工|真人|客服|人|经理|工作人员|人工客服|店员|负责人|真实的人|活人|员工|同事|人工服务|主管",
    reach: "转|转接|转到|联系|找|说话|聊|聊聊|谈|沟通|接|叫|对话|交谈|打电话|说|讲话|换",
    are_you: "你是|您是|我在跟|我在和|这是|是不是",
    machine: "机器人|人工智能|ai|机器|程序|电脑|机械人|聊天机器人",
    identity: "你是谁|您是谁|你叫什么|你叫什么名字|您贵姓|我在和谁说话|我在跟谁说话",
    capabilities: "你能做什么|你会做什么|你可以做什么|您能做什么|你能帮我什么|你能帮什么忙|你能帮我做什么|怎么用|帮助|帮帮我|我需要帮助|我有一个问题|我有个问题|\
        能问你什么|你会什么|可以帮我吗|你有什么功能|有什么功能|我可以问什么|请问一下|能帮我吗|你都能做什么",
    filler: "我|想|要|跟|和|请|吗|了|啊|呀|吧|的|一|个|位|一下|可以|能|能不能|给|帮|把|到|你|您|你们|帮助|帮忙|你的|您的|好|好的|是|还是|不|不是|还|需要|让|呢|哦|嗯|真|真正|都|很|太|服务|行|谁|有|或|可|以|直接|现在",
};

const JAPANESE: Phrases = Phrases {
    language: Language::Japanese,
    greeting: "こんにちは|こんばんは|おはよう|おはようございます|はじめまして|もしもし|やあ|どうも|すみません|誰かいますか|いますか|ハロー|お世話になっております|お世話になります",
    thanks: "ありがとう|ありがとうございます|ありがとうございました|助かりました|感謝します|どうもありがとう|サンキュー|感謝|助かります|素晴らしい|完璧です|最高です",
    goodbye: "さようなら|またね|失礼します|失礼いたします|おやすみなさい|おやすみ|以上です|それでは|ではまた|また今度|バイバイ|じゃあね|また来ます|さよなら|失礼しました",
    person: "人|人間|担当者|オペレーター|スタッフ|係|係の人|責任者|店員|サポート|有人|本物の人|店長|社員|カスタマーサービス|カスタマーサポート",
    reach: "話したい|話せますか|話す|つないで|つなげて|繋いで|お願い|代わって|替わって|話|電話|連絡|対応|相談|呼んで|変わって|話をしたい",
    are_you: "あなたは|これは|あなた|君は",
    machine: "ロボット|ボット|機械|ai|人工知能|プログラム|自動|コンピューター|チャットボット|本物",
    identity: "あなたは誰ですか|誰ですか|お名前は|名前は何ですか|お名前は何ですか|どなたですか|あなたの名前は",
    capabilities: "何ができますか|何ができるの|何をしてくれますか|どんなことができますか|ヘルプ|助けて|助けてください|手伝ってください|手伝って|質問があります|\
        何を聞けますか|使い方|どう使いますか|どうやって使いますか|質問したいです|何が聞けますか|何を聞いてもいいですか|できることは何ですか|できることを教えて|何を手伝ってもらえますか",
    filler: "と|に|を|は|が|の|です|ですか|ます|か|ください|下さい|お願いします|お願いできますか|どうも|本当に|とても|私|直接|もらえますか|いただけますか|たい|したい|なの|ね|よ|へ|ご|今日|今|では|はい|いいえ|それとも|で|ましょうか|します|して|できますか|ません|じゃない|大変|誠に|色々|いろいろ|まで|、",
};
