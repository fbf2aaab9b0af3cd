//! Whether a message and its reply are mere conversation: "My name is Anna." – "Nice to meet you, Anna!"
//!
//! Such a reply needs no source, because it claims nothing. Everything that asks for something is no conversation, and
//! a reply that is long, or has figures or addresses of its own, is none either.

use robofy_knowledge::analyse::sentences;
use unicode_segmentation::UnicodeSegmentation;

/// The most characters of such a reply.
const LONGEST_REPLY: usize = 140;

/// First words of messages that want something without a question mark.
const WANTS: &str = "what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|can|could|will|would|should|may|have|has|had|\
tell|write|explain|give|list|show|describe|translate|calculate|name|find|compare|summarize|summarise|say|make|create|define|i need|i want|i would like|please|\
was|wie|wer|wann|wo|warum|welche|welcher|welches|wieso|kann|können|gibt|haben|hat|ist|sind|erzähl|erkläre|erklär|schreib|schreibe|nenne|zeig|zeige|sag|bitte|ich brauche|ich möchte|\
que|quoi|quel|quelle|quels|quelles|qui|quand|où|pourquoi|comment|combien|est|sont|peut|pouvez|avez|dis|dites|écris|explique|donne|montre|je voudrais|\
qué|cuál|quién|cuándo|dónde|cómo|cuánto|cuánta|hay|puede|pueden|tienen|dime|escribe|explica|dame|muestra|quiero|necesito|\
cosa|quale|chi|dove|perché|come|quanto|quanta|posso|avete|dimmi|scrivi|spiega|dammi|vorrei|\
qual|quem|onde|porque|quando|quanto|pode|podem|têm|tem|diga|escreva|explique|mostre|preciso|\
wat|wie|waar|wanneer|waarom|hoe|hoeveel|kan|kunnen|heeft|hebben|vertel|schrijf|geef|ik wil|ik zoek";

/// Whether a reply may be given although no source bears it out.
pub(super) fn is_chatter(message: &str, reply: &str) -> bool {
    !wants_something(message) && claims_nothing(message, reply)
}

fn wants_something(message: &str) -> bool {
    if message.contains(['?', '？', '؟', ';']) || message.unicode_words().count() > 25 {
        return true;
    }
    let words: Vec<String> = message.unicode_words().take(3).map(str::to_lowercase).collect();
    let opening = words.join(" ");
    WANTS
        .split('|')
        .any(|want| opening == want || opening.strip_prefix(want).is_some_and(|rest| rest.starts_with(' ')))
}

fn claims_nothing(message: &str, reply: &str) -> bool {
    let of_its_own = |word: &str| {
        word.bytes().any(|b| b.is_ascii_digit()) && !message.unicode_words().any(|known| known == word)
    };
    !reply.trim().is_empty()
        && reply.chars().count() <= LONGEST_REPLY
        && sentences(reply).len() <= 2
        && !reply.contains(['@', '€', '$', '£', '%'])
        && !reply.contains("://")
        && !reply.unicode_words().any(of_its_own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn introductions_are_conversation_and_requests_are_not() {
        let reply = "Nice to meet you, Anna! How can I help you?";
        assert!(is_chatter("My name is Anna and I run a bakery.", reply));
        assert!(is_chatter("Ich heiße Anna.", "Freut mich, Anna!"));
        for wish in [
            "What is the capital of France",
            "Tell me about Paris",
            "cost?",
            "Dime la capital",
            "Wie spät ist es",
        ] {
            assert!(!is_chatter(wish, reply), "{wish}");
        }
        for claim in ["It costs 15 euros.", "Write to a@b.example.", "See https://a.example", ""] {
            assert!(!is_chatter("My name is Anna.", claim), "{claim}");
        }
        assert!(!is_chatter("My name is Anna.", &"Nice! ".repeat(3)));
        assert!(is_chatter("We are 12 people.", "12 people, wonderful!"));
    }
}
