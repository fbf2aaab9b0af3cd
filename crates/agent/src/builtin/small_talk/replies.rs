//! What is said back to small talk.

use robofy_knowledge::analyse::Language;

use super::SmallTalkKind;

/// How a person can be reached, as far as the account has said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contact<'a> {
    /// E-mail address.
    pub email: Option<&'a str>,
    /// Telephone number.
    pub phone: Option<&'a str>,
}

struct Replies {
    language: Language,
    greeting: &'static str,
    /// To a yes or no that nothing asked for.
    onward: &'static str,
    thanks: &'static str,
    goodbye: &'static str,
    /// There is no person in this chat.
    alone: &'static str,
    /// Opens the list of ways to reach one.
    reach: &'static str,
    identity: &'static str,
    capabilities: &'static str,
}

/// The reply to small talk, in `language` or, where that has no texts here, in English.
#[must_use]
pub fn reply(kind: SmallTalkKind, language: Language, contact: Contact<'_>) -> String {
    let replies = of(language);
    let text = match kind {
        SmallTalkKind::Greeting => replies.greeting,
        SmallTalkKind::Thanks => replies.thanks,
        SmallTalkKind::Goodbye => replies.goodbye,
        SmallTalkKind::Human => return human(replies, contact),
        SmallTalkKind::Identity => replies.identity,
        SmallTalkKind::Capabilities => replies.capabilities,
    };
    text.to_owned()
}

/// What is said to a yes or no that nothing asked for, in `language` or, where that has no texts here, in English.
#[must_use]
pub fn onward(language: Language) -> &'static str {
    of(language).onward
}

fn of(language: Language) -> &'static Replies {
    ALL.iter().find(|replies| replies.language == language).unwrap_or(&ENGLISH)
}

fn human(replies: &Replies, contact: Contact<'_>) -> String {
    let ways: Vec<&str> = [contact.email, contact.phone]
        .into_iter()
        .flatten()
        .map(str::trim)
        .filter(|way| !way.is_empty())
        .collect();
    if ways.is_empty() {
        replies.alone.to_owned()
    } else {
        format!("{} {} {}", replies.alone, replies.reach, ways.join(" · "))
    }
}

const ALL: &[Replies] =
    &[ENGLISH, GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, DUTCH, ARABIC, HINDI, CHINESE, JAPANESE];

const ENGLISH: Replies = Replies {
    language: Language::English,
    greeting: "Hello! How can I help you?",
    onward: "All right. What else can I do for you?",
    thanks: "You're welcome! Is there anything else I can help you with?",
    goodbye: "Goodbye, and have a nice day!",
    alone: "I can't put you through to a person in this chat.",
    reach: "This is how you reach our team:",
    identity: "I'm a digital assistant, not a person. I answer from the information I've been given.",
    capabilities: "I answer questions from the information I've been given. What would you like to know?",
};

const GERMAN: Replies = Replies {
    language: Language::German,
    greeting: "Hallo! Wie kann ich Ihnen helfen?",
    onward: "In Ordnung. Was kann ich sonst für Sie tun?",
    thanks: "Gern geschehen! Kann ich sonst noch etwas für Sie tun?",
    goodbye: "Auf Wiedersehen und einen schönen Tag!",
    alone: "In diesem Chat kann ich Sie nicht mit einem Menschen verbinden.",
    reach: "So erreichen Sie unser Team:",
    identity: "Ich bin ein digitaler Assistent, kein Mensch. Ich antworte aus den Informationen, die mir vorliegen.",
    capabilities: "Ich beantworte Fragen aus den Informationen, die mir vorliegen. Was möchten Sie wissen?",
};

const FRENCH: Replies = Replies {
    language: Language::French,
    greeting: "Bonjour ! Comment puis-je vous aider ?",
    onward: "Très bien. Que puis-je faire d'autre pour vous ?",
    thanks: "Avec plaisir ! Puis-je vous aider pour autre chose ?",
    goodbye: "Au revoir et bonne journée !",
    alone: "Je ne peux pas vous mettre en relation avec une personne dans ce chat.",
    reach: "Voici comment joindre notre équipe :",
    identity: "Je suis un assistant numérique, pas une personne. Je réponds à partir des informations dont je dispose.",
    capabilities: "Je réponds aux questions à partir des informations dont je dispose. Que souhaitez-vous savoir ?",
};

const SPANISH: Replies = Replies {
    language: Language::Spanish,
    greeting: "¡Hola! ¿En qué puedo ayudarle?",
    onward: "De acuerdo. ¿En qué más puedo ayudarle?",
    thanks: "¡De nada! ¿Puedo ayudarle en algo más?",
    goodbye: "¡Hasta luego, que tenga un buen día!",
    alone: "En este chat no puedo ponerle en contacto con una persona.",
    reach: "Así puede contactar con nuestro equipo:",
    identity: "Soy un asistente digital, no una persona. Respondo con la información que me han facilitado.",
    capabilities: "Respondo preguntas con la información que me han facilitado. ¿Qué le gustaría saber?",
};

const ITALIAN: Replies = Replies {
    language: Language::Italian,
    greeting: "Buongiorno! Come posso aiutarla?",
    onward: "Va bene. In cos'altro posso aiutarla?",
    thanks: "Prego! Posso aiutarla in altro?",
    goodbye: "Arrivederci e buona giornata!",
    alone: "In questa chat non posso metterla in contatto con una persona.",
    reach: "Ecco come contattare il nostro team:",
    identity: "Sono un assistente digitale, non una persona. Rispondo in base alle informazioni che mi sono state fornite.",
    capabilities: "Rispondo alle domande in base alle informazioni che mi sono state fornite. Che cosa desidera sapere?",
};

const PORTUGUESE: Replies = Replies {
    language: Language::Portuguese,
    greeting: "Olá! Como posso ajudar?",
    onward: "Está bem. Em que mais posso ajudar?",
    thanks: "De nada! Posso ajudar em mais alguma coisa?",
    goodbye: "Até logo e tenha um bom dia!",
    alone: "Neste chat não posso passar a conversa para uma pessoa.",
    reach: "Veja como falar com a nossa equipe:",
    identity: "Sou um assistente digital, não uma pessoa. Respondo com base nas informações que recebi.",
    capabilities: "Respondo a perguntas com base nas informações que recebi. O que gostaria de saber?",
};

const DUTCH: Replies = Replies {
    language: Language::Dutch,
    greeting: "Hallo! Waarmee kan ik u helpen?",
    onward: "Prima. Waarmee kan ik u nog meer helpen?",
    thanks: "Graag gedaan! Kan ik u nog ergens mee helpen?",
    goodbye: "Tot ziens en een fijne dag!",
    alone: "In deze chat kan ik u niet doorverbinden met een medewerker.",
    reach: "Zo bereikt u ons team:",
    identity: "Ik ben een digitale assistent, geen mens. Ik antwoord op basis van de informatie die ik heb gekregen.",
    capabilities: "Ik beantwoord vragen op basis van de informatie die ik heb gekregen. Wat wilt u weten?",
};

const ARABIC: Replies = Replies {
    language: Language::Arabic,
    greeting: "مرحبا! كيف يمكنني مساعدتك؟",
    onward: "حسنًا. بماذا يمكنني مساعدتك أيضًا؟",
    thanks: "على الرحب والسعة! هل يمكنني مساعدتك في شيء آخر؟",
    goodbye: "مع السلامة، أتمنى لك يوما سعيدا!",
    alone: "لا يمكنني تحويلك إلى شخص في هذه المحادثة.",
    reach: "يمكنك التواصل مع فريقنا هنا:",
    identity: "أنا مساعد رقمي ولست شخصا. أجيب من المعلومات المتوفرة لدي.",
    capabilities: "أجيب عن الأسئلة من المعلومات المتوفرة لدي. ماذا تود أن تعرف؟",
};

const HINDI: Replies = Replies {
    language: Language::Hindi,
    greeting: "नमस्ते! मैं आपकी क्या मदद कर सकता हूँ?",
    onward: "ठीक है। मैं आपकी और क्या मदद कर सकता हूँ?",
    thanks: "आपका स्वागत है! क्या मैं और कुछ मदद कर सकता हूँ?",
    goodbye: "फिर मिलेंगे, आपका दिन शुभ हो!",
    alone: "इस चैट में मैं आपकी बात किसी व्यक्ति से नहीं करा सकता।",
    reach: "आप हमारी टीम से यहाँ संपर्क कर सकते हैं:",
    identity: "मैं एक डिजिटल सहायक हूँ, कोई व्यक्ति नहीं। मैं उपलब्ध जानकारी से उत्तर देता हूँ।",
    capabilities: "मैं उपलब्ध जानकारी से सवालों के जवाब देता हूँ। आप क्या जानना चाहते हैं?",
};

const CHINESE: Replies = Replies {
    language: Language::Chinese,
    greeting: "您好！有什么可以帮您？",
    onward: "好的。还有什么可以帮您？",
    thanks: "不客气！还有什么可以帮您的吗？",
    goodbye: "再见，祝您愉快！",
    alone: "在此聊天中我无法为您转接人工。",
    reach: "您可以这样联系我们的团队：",
    identity: "我是数字助理，不是真人。我根据所掌握的资料回答问题。",
    capabilities: "我根据所掌握的资料回答问题。您想了解什么？",
};

const JAPANESE: Replies = Replies {
    language: Language::Japanese,
    greeting: "こんにちは。ご用件をお聞かせください。",
    onward: "承知しました。ほかにご用件はありますか？",
    thanks: "どういたしまして。ほかにお手伝いできることはありますか。",
    goodbye: "ご利用ありがとうございました。よい一日をお過ごしください。",
    alone: "このチャットでは担当者におつなぎできません。",
    reach: "お問い合わせ先：",
    identity: "私はデジタルアシスタントで、人間ではありません。登録された情報をもとにお答えします。",
    capabilities: "登録された情報をもとにご質問にお答えします。何をお知りになりたいですか。",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_offered_by_what_the_account_has_told() {
        let both = Contact { email: Some("hello@example.org"), phone: Some("+49 30 1234") };
        let text = reply(SmallTalkKind::Human, Language::German, both);
        assert!(text.ends_with("hello@example.org · +49 30 1234"), "{text}");
        let phone = Contact { email: Some(" "), phone: Some("+49 30 1234") };
        assert!(reply(SmallTalkKind::Human, Language::French, phone).ends_with(": +49 30 1234"));
        let none = reply(SmallTalkKind::Human, Language::English, Contact::default());
        assert_eq!(none, ENGLISH.alone);
    }

    #[test]
    fn languages_without_texts_are_answered_in_english() {
        assert_eq!(reply(SmallTalkKind::Greeting, Language::Finnish, Contact::default()), ENGLISH.greeting);
        for replies in ALL {
            assert_eq!(reply(SmallTalkKind::Thanks, replies.language, Contact::default()), replies.thanks);
        }
    }
}
