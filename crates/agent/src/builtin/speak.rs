//! The built-in answerer in a turn: decides what the question is, answers, and has every quote checked first.

use futures::future::BoxFuture;
use robofy_kernel::AssetId;
use robofy_knowledge::analyse::Language;
use robofy_knowledge::library::Library;
use robofy_store::chat::TurnKind;

use super::{Answer, Contact, Exchange, SmallTalk, SmallTalkKind, answer_from, onward, reply, small_talk};
use crate::answerer::{AnswerError, Answerer, Question, Speaker};
use crate::citations::{self, Quote, Verified};
use crate::passages::Passages;

/// Answers from the agent's own pairs and sources, with no model and no network.
#[derive(Clone, Debug)]
pub struct BuiltIn {
    library: Library,
    passages: Passages,
}

impl BuiltIn {
    /// Answers from this library.
    #[must_use]
    pub fn new(library: Library) -> Self {
        Self { library, passages: Passages::default() }
    }

    /// The library.
    pub(crate) const fn library(&self) -> &Library {
        &self.library
    }

    /// The passages that were read.
    pub(crate) const fn passages(&self) -> &Passages {
        &self.passages
    }

    async fn speak(&self, question: &Question<'_>, out: &mut Speaker) -> Result<TurnKind, AnswerError> {
        match self.at_once(question, out).await? {
            Some(kind) => Ok(kind),
            None => self.quote_sources(question, out).await,
        }
    }

    /// Answers what needs no search: stored pairs and small talk.
    pub(crate) async fn at_once(
        &self,
        question: &Question<'_>,
        out: &mut Speaker,
    ) -> Result<Option<TurnKind>, AnswerError> {
        let card = question.card;
        let chatbot = &card.agent.chatbot_id;
        let pair = card.pair_index.find(question.query).and_then(|found| card.pairs.get(found.pair));
        if let Some(pair) = pair
            && let Some(verified) =
                citations::verify_pair(self.library.store(), question.op, chatbot, pair).await?
        {
            out.say(verified.quote())?;
            out.cite(verified);
            return Ok(Some(TurnKind::Pair));
        }
        if let Some(talk) = small_talk(question.query, preferred_language(question)) {
            out.say(&self.small_talk_reply(question, talk).await?)?;
            return Ok(Some(TurnKind::SmallTalk));
        }
        Ok(None)
    }

    /// Answers with quotes of the sources, or with the agent's not-found answer.
    pub(crate) async fn quote_sources(
        &self,
        question: &Question<'_>,
        out: &mut Speaker,
    ) -> Result<TurnKind, AnswerError> {
        if let Some(language) = yes_or_no(question) {
            // What is quoted here asks nothing, so it is an answer to nothing.
            out.say(onward(language))?;
            return Ok(TurnKind::SmallTalk);
        }
        let agent = &question.card.agent;
        let snapshot = self.library.index(question.op, agent, question.content_version).await?;
        let picked = answer_from(&snapshot.index, &self.passages, question.query, &exchanges(question));
        drop(snapshot);
        self.quote(question, picked, out).await
    }

    /// Answers with what was picked, as far as the sources still hold it, or with the agent's not-found answer.
    pub(crate) async fn quote(
        &self,
        question: &Question<'_>,
        picked: Option<Answer>,
        out: &mut Speaker,
    ) -> Result<TurnKind, AnswerError> {
        if let Some(picked) = picked {
            let verified = self.verify(question, picked).await?;
            if !verified.is_empty() {
                for (joint, citation) in verified {
                    out.say(joint)?;
                    out.say(citation.quote())?;
                    out.cite(citation);
                }
                return Ok(TurnKind::Answer);
            }
        }
        out.say(&question.card.agent.settings.not_found_answer)?;
        Ok(TurnKind::NotFound)
    }

    /// The quotes that the stored sources still hold, each with what stands before it.
    async fn verify(
        &self,
        question: &Question<'_>,
        picked: Answer,
    ) -> Result<Vec<(&'static str, Verified)>, AnswerError> {
        let mut verified = Vec::new();
        for (at, quote) in picked.quotes.into_iter().enumerate() {
            let quote = Quote {
                asset_id: AssetId(quote.asset_id),
                version: quote.version,
                start: quote.start,
                end: quote.end,
                quote: quote.quote,
                file_name: quote.file_name,
                source_url: quote.source_url,
                heading_path: quote.heading_path.to_vec(),
            };
            if let Some(citation) = citations::verify_quote(self.library.store(), question.op, quote).await? {
                let before = at.checked_sub(1).and_then(|at| picked.joints.get(at)).copied().unwrap_or(" ");
                verified.push((if verified.is_empty() { "" } else { before }, citation));
            }
        }
        Ok(verified)
    }

    async fn small_talk_reply(
        &self,
        question: &Question<'_>,
        talk: SmallTalk,
    ) -> Result<String, AnswerError> {
        let account = if talk.kind == SmallTalkKind::Human {
            self.library.store().find_account(question.op.account).await?
        } else {
            None
        };
        let contact = account.as_ref().map_or_else(Contact::default, |account| Contact {
            // An address that no mail can reach (RFC 6761, section 6.3) is no help to anybody.
            email: Some(account.email.as_str()).filter(|email| !email.ends_with(".localhost")),
            phone: account.phone.as_deref(),
        });
        Ok(reply(talk.kind, talk.language, contact))
    }
}

impl Answerer for BuiltIn {
    fn answer<'a>(
        &'a self,
        question: &'a Question<'a>,
        out: &'a mut Speaker,
    ) -> BoxFuture<'a, Result<TurnKind, AnswerError>> {
        Box::pin(self.speak(question, out))
    }
}

/// The language to try first: the visitor's, else the agent's.
fn preferred_language(question: &Question<'_>) -> Option<Language> {
    let of_tag = |tag: &str| Language::from_code(tag.split(['-', '_']).next().unwrap_or(tag));
    question.visitor.locale.as_deref().and_then(of_tag).or_else(|| of_tag(&question.card.agent.language))
}

/// A message that is a yes or no and nothing else, with its language.
fn yes_or_no(question: &Question<'_>) -> Option<Language> {
    let language = preferred_language(question).unwrap_or(Language::English);
    let moves = robofy_intent::moves(question.query, robofy_intent::Language::from_code(language.code()));
    (moves.plain_affirm || moves.plain_deny).then_some(language)
}

/// The conversation before, as far as the agent may use it.
pub(crate) fn exchanges<'q>(question: &Question<'q>) -> Vec<Exchange<'q>> {
    if !question.card.agent.settings.question_pre_processing {
        return Vec::new();
    }
    let told = |turn: &'q robofy_store::chat::PastTurn| match turn.kind {
        Some(TurnKind::Answer | TurnKind::Pair) => {
            Some(Exchange { question: &turn.query, answer: &turn.answer })
        }
        Some(TurnKind::NotFound) | None => Some(Exchange { question: &turn.query, answer: "" }),
        // "Hello" says nothing about what is asked next, and neither does an e-mail address.
        Some(TurnKind::SmallTalk | TurnKind::Flow) => None,
    };
    question.history.iter().filter_map(told).collect()
}
