//! What was heard, and who gets it.

use std::sync::Arc;

use robofy_booking::Zone;
use robofy_intent::{Intent, Moves, Recognised, recognise};
use robofy_kernel::{MessageId, Op, ResourceId, SessionKey};
use robofy_knowledge::analyse::{Language as Tongue, is_function_word};
use robofy_leads::{Field, LeadFormSettings, Region, When};
use robofy_store::Store;
use robofy_store::agents::LanguagePolicy;
use robofy_store::chat::{Channel, Part, VisitorContext};
use robofy_store::flows::Effect;
use robofy_when::DateOrder;
use unicode_segmentation::UnicodeSegmentation as _;

use super::action::ActionKind;
use super::booking::{self, Catalogue};
use super::state::{Flow, Start, State};
use super::texts::Texts;
use super::wording::{ClockFace, Wording};
use super::{Action, Heard, Quota, Reply, lead, numbers, offers};
use crate::answerer::{AgentCard, AnswerError};

/// Languages whose function words name nothing.
const SPOKEN: [Tongue; 7] = [
    Tongue::English,
    Tongue::Spanish,
    Tongue::French,
    Tongue::German,
    Tongue::Portuguese,
    Tongue::Italian,
    Tongue::Dutch,
];

/// The utterance and all that is known of where it was said.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub op: Op,
    pub card: Arc<AgentCard>,
    pub visitor: VisitorContext,
    pub channel: Channel,
    pub session: SessionKey,
    /// The visitor's address on the network, where a visitor calls.
    pub address: Option<String>,
    /// How much of a calendar the visitor's address may take.
    pub quota: Option<Quota>,
    /// The turn's number in the session.
    pub number: i64,
    pub query: String,
    pub action: Option<Action>,
    /// The visitor's message.
    pub message: MessageId,
}

/// An utterance while the flows look at it.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub scene: Scene,
    pub calendar: Catalogue,
    pub state: State,
    pub wording: Wording,
    pub intent: Option<Intent>,
    pub moves: Moves,
    /// What is said before the flow's next prompt.
    pub said: Vec<String>,
    pub parts: Vec<Part>,
    pub effects: Vec<Effect>,
    /// What the present prompt lists, where that is the visitor's own appointments.
    pub options: Vec<String>,
}

impl Context {
    /// The agent's form, when it may be used in a conversation.
    pub fn form(&self) -> Option<&LeadFormSettings> {
        let form = self.scene.card.agent.lead_form.settings();
        (form.enabled && form.when != When::Never).then_some(form)
    }

    /// Where phone numbers and numeric dates are at home, where that is known: the visitor's country, else the agent's.
    pub fn region(&self) -> Option<Region> {
        let of_locale = self.scene.visitor.locale.as_deref().and_then(|tag| tag.split(['-', '_']).nth(1));
        let known =
            [self.scene.visitor.country.as_deref(), of_locale, self.scene.card.agent.country.as_deref()];
        known.into_iter().flatten().find_map(|code| code.parse().ok())
    }

    /// Takes one of the holds and bookings that the visitor's address may make; false when there is none left.
    pub fn may_occupy(&self) -> bool {
        self.scene.quota.as_ref().is_none_or(Quota::take)
    }

    /// The form's consent text is shown with what comes next.
    pub fn show_consent(&mut self) {
        self.state.consent_shown = self.form().and_then(|form| form.consent_text.clone());
    }

    /// Whether the consent text that was shown is the form's.
    pub fn has_shown_consent(&self) -> bool {
        self.form().and_then(|form| form.consent_text.as_ref()) == self.state.consent_shown.as_ref()
    }

    pub fn texts(&self) -> Texts {
        self.wording.texts.clone()
    }

    /// Adds a sentence before the next prompt.
    pub fn say(&mut self, text: impl Into<String>) {
        self.said.push(text.into());
    }

    /// What was said, then `prompt`; with a yes and a no by number, where the last part shows them and there are no
    /// buttons.
    pub fn reply(mut self, prompt: &str) -> Reply {
        if !prompt.is_empty() {
            let listed = numbers::listed(self.scene.channel, &self.wording.texts, &self.parts);
            self.said.push(format!("{prompt}{listed}"));
        }
        Reply {
            text: self.said.join("\n\n"),
            parts: self.parts,
            state: self.state.written(),
            effects: self.effects,
            language: self.wording.texts.code.to_owned(),
        }
    }

    /// The language's code.
    pub const fn language(&self) -> &'static str {
        self.wording.texts.code
    }

    /// Whether a flow is open, or what the utterance wants is a flow's: then no model may claim to have done it.
    pub fn is_near_a_flow(&self) -> bool {
        let wants = self.intent.is_some_and(is_a_flow_s);
        wants || self.state.open.is_some() || self.moves.affirm
    }

    /// Reads what can be booked, where the utterance alone gave no reason to.
    pub async fn load_calendar(&mut self) -> Result<(), AnswerError> {
        self.calendar.load(&self.scene).await?;
        self.wording.zone = zone(self);
        Ok(())
    }

    /// The language of times in words, and how the visitor writes dates in numbers.
    pub fn time_language(&self) -> (robofy_when::Language, DateOrder) {
        let language =
            robofy_when::Language::of(self.wording.texts.code).unwrap_or(robofy_when::Language::English);
        let locale = self.scene.visitor.locale.as_deref();
        let country = self.scene.visitor.country.as_deref().or(self.scene.card.agent.country.as_deref());
        let tag = match (locale, country) {
            (Some(locale), _) if locale.contains(['-', '_']) => locale.to_owned(),
            (_, Some(country)) => format!("{}-{country}", language.code()),
            (Some(locale), None) => locale.to_owned(),
            (None, None) => self.scene.card.agent.language.clone(),
        };
        (language, language.order(&tag))
    }

    /// Whether the message is to be answered before the flow goes on: a question for the knowledge, or small talk.
    pub fn wants_answer(&self) -> bool {
        let Some(intent) = self.intent else { return self.moves.question };
        match intent {
            Intent::Greeting
            | Intent::Thanks
            | Intent::Goodbye
            | Intent::Human
            | Intent::Complaint
            | Intent::Price
            | Intent::Hours
            | Intent::Location
            | Intent::BotQuestion
            | Intent::Capabilities
            | Intent::Question
            | Intent::Insult => true,
            Intent::Book
            | Intent::Reschedule
            | Intent::Cancel
            | Intent::MyBookings
            | Intent::Offer
            | Intent::CallBack
            | Intent::Contact
            | Intent::Affirm
            | Intent::Deny
            | Intent::Gibberish
            | Intent::OffTopic => self.moves.question,
        }
    }

    /// The fields of a form that a conversation asks for, in order.
    pub fn fields(&self) -> Vec<Field> {
        self.form().map(|form| form.fields.clone()).unwrap_or_default()
    }

    /// Whether all that the form requires is known.
    pub fn has_all_required(&self) -> bool {
        let mut required =
            self.form().into_iter().flat_map(|form| &form.fields).filter(|field| field.required);
        required.all(|field| self.state.known(&field.name).is_some())
    }

    /// Whether the utterance is a click of this kind on the open flow's present step.
    pub fn clicked(&self, kind: ActionKind) -> bool {
        self.scene.action.as_ref().is_some_and(|action| action.kind == kind)
    }

    /// Which of so many choices the words name, from 1.
    pub fn number(&self, many: usize) -> Option<usize> {
        match self.moves.choice? {
            robofy_intent::Choice::Nth(number) => usize::try_from(number).ok(),
            robofy_intent::Choice::Last => Some(many),
        }
    }

    /// The click's value.
    pub fn click_value(&self) -> Option<&str> {
        self.scene.action.as_ref().and_then(|action| action.value.as_deref())
    }

    /// A yes and nothing else, or the click, or its number.
    pub fn says_yes(&self) -> bool {
        let by_number = numbers::said(&self.scene, &self.state) == Some(true);
        self.clicked(ActionKind::Confirm)
            || (self.scene.action.is_none() && (self.moves.plain_affirm || by_number))
    }

    /// A no and nothing else, or the click, or its number.
    pub fn says_no(&self) -> bool {
        let by_number = numbers::said(&self.scene, &self.state) == Some(false);
        self.clicked(ActionKind::Decline)
            || (self.scene.action.is_none() && (self.moves.plain_deny || by_number))
    }

    /// The words that have brought the flow to where it stands, once more: what it said to them did not arrive, and is
    /// said again. Nothing was misunderstood.
    pub fn says_again(&self, words: &str) -> bool {
        self.scene.action.is_none() && !words.is_empty() && self.scene.query == words
    }

    /// The visitor leaves the present question out.
    pub fn skips(&self) -> bool {
        self.clicked(ActionKind::Skip) || self.moves.skip
    }

    /// The visitor wants the flow to end.
    pub fn abandons(&self) -> bool {
        self.clicked(ActionKind::CancelFlow) || self.moves.abandon
    }
}

const fn is_a_flow_s(intent: Intent) -> bool {
    is_a_booking_s(intent) || is_the_form_s(intent)
}

const fn is_a_booking_s(intent: Intent) -> bool {
    matches!(intent, Intent::Book | Intent::Reschedule | Intent::Cancel | Intent::MyBookings)
}

const fn is_the_form_s(intent: Intent) -> bool {
    matches!(intent, Intent::Contact | Intent::CallBack | Intent::Offer)
}

/// Where the flows stand and what they make of an utterance.
pub(crate) async fn hear(store: &Store, scene: Scene, stored: State) -> Result<Heard, AnswerError> {
    let mut context = context(store, scene, stored).await?;
    booking::notice_own_call(&mut context);
    lead::notice_own_call(&mut context).await?;
    if let Some(start) = started(&mut context) {
        let is_open = match &context.state.open {
            Some(Flow::Lead(_)) => start == Start::Lead,
            Some(Flow::Booking(_)) => start == Start::Booking,
            None => false,
        };
        // A second click begins nothing new.
        return if is_open { Ok(Heard::Reply(present(context).await?)) } else { begin(context, start).await };
    }
    if let Some(action) = &context.scene.action {
        let open = context.state.open.as_ref();
        let is_present =
            open.is_some_and(|flow| flow.id().to_string() == action.flow_id && flow.step() == action.step);
        if !is_present {
            // A stale click changes nothing and shows what is open now.
            return Ok(Heard::Reply(present(context).await?));
        }
    }
    if !context.said.is_empty() && context.state.open.is_none() {
        // What was done by its own call is told, and ends the flow; what else the visitor says is heard.
        if context.wants_answer() {
            return Ok(Heard::AnswerThen(context.reply("")));
        }
        if !context.intent.is_some_and(is_a_flow_s) {
            return Ok(Heard::Reply(context.reply("")));
        }
    }
    let waiting = context.state.aside.as_ref().map(Flow::id);
    let again = waiting.map(|_| context.scene.clone());
    let heard = route(context).await?;
    match (heard, waiting, again) {
        (Heard::Reply(reply), Some(waiting), Some(scene)) => {
            resume(store, scene, reply, waiting).await.map(Heard::Reply)
        }
        (heard, ..) => Ok(heard),
    }
}

/// After the end of a flow the one that waited goes on with its own prompt.
async fn resume(store: &Store, scene: Scene, mut ended: Reply, waiting: u32) -> Result<Reply, AnswerError> {
    let state = State::read(Some(&ended.state));
    if state.open.as_ref().map(Flow::id) != Some(waiting) {
        return Ok(ended);
    }
    let quiet = Scene { query: String::new(), action: None, ..scene };
    let next = present(context(store, quiet, state).await?).await?;
    ended.text = format!("{}\n\n{}", ended.text, next.text);
    ended.parts.extend(next.parts);
    ended.state = next.state;
    Ok(ended)
}

/// Whose utterance it is.
async fn route(context: Context) -> Result<Heard, AnswerError> {
    let wants_booking = context.intent.is_some_and(|intent| {
        is_a_booking_s(intent)
            && (context.calendar.is_bookable() || (intent != Intent::Book && context.calendar.has_others()))
    });
    let wants_contact = context.intent.is_some_and(is_the_form_s) && context.form().is_some();
    match &context.state.open {
        Some(Flow::Lead(_)) if wants_booking && !lead::is_corrected(&context) => {
            booking::begin(context).await
        }
        Some(Flow::Lead(_)) => lead::advance(context).await,
        // "My e-mail is …" answers the booking that asks for it.
        Some(Flow::Booking(_))
            if wants_contact && !context.moves.question && !booking::is_told_a_detail(&context) =>
        {
            lead::begin(context).await
        }
        Some(Flow::Booking(_)) => booking::advance(context).await,
        None if wants_booking => booking::begin(context).await,
        None => offers::begin(context, wants_contact).await,
    }
}

/// What a number of the last answer's choices begins, or a click that names a kind of flow in the place of a flow.
fn started(context: &mut Context) -> Option<Start> {
    let menu = std::mem::take(&mut context.state.menu);
    let Some(action) = &context.scene.action else {
        let at = context.number(menu.len())?.checked_sub(1)?;
        return menu.get(at).copied().filter(|_| context.state.open.is_none());
    };
    match (action.kind, action.step, action.flow_id.as_str()) {
        (ActionKind::Choose, 0, "booking") => Some(Start::Booking),
        (ActionKind::Choose, 0, "lead") => Some(Start::Lead),
        _ => None,
    }
}

async fn begin(mut context: Context, start: Start) -> Result<Heard, AnswerError> {
    match start {
        Start::Lead if context.form().is_some() => lead::begin(context).await,
        Start::Booking | Start::Mine => {
            // The number was the menu's.
            context.scene.query.clear();
            context.moves = Moves::default();
            context.intent = Some(if start == Start::Mine { Intent::MyBookings } else { Intent::Book });
            context.load_calendar().await?;
            if context.calendar.is_bookable() {
                booking::begin(context).await
            } else {
                Ok(Heard::Pass(Box::new(context)))
            }
        }
        Start::Lead => Ok(Heard::Pass(Box::new(context))),
    }
}

/// The open flow's present prompt; nothing when there is none.
pub(crate) async fn present(context: Context) -> Result<Reply, AnswerError> {
    match &context.state.open {
        Some(Flow::Lead(_)) => Ok(lead::prompt(context)),
        Some(Flow::Booking(_)) => booking::prompt(context).await,
        None => Ok(context.reply("")),
    }
}

/// The utterance with all that is known of where it was said.
pub(crate) async fn context(store: &Store, scene: Scene, mut state: State) -> Result<Context, AnswerError> {
    let agent = &scene.card.agent;
    let preferred = state
        .language
        .clone()
        .or_else(|| scene.visitor.locale.clone())
        .unwrap_or_else(|| agent.language.clone());
    let recognised = recognise(&scene.query, robofy_intent::Language::from_code(&preferred));
    let tag = match agent.persona.language_policy {
        LanguagePolicy::Agent => agent.language.clone(),
        LanguagePolicy::Visitor => {
            // A word or an address is in no language.
            let is_sentence = scene.query.unicode_words().count() >= 3 && state.open.is_none();
            let heard = (recognised.sure && is_sentence).then(|| recognised.language.code().to_owned());
            heard.filter(|code| Texts::knows(code)).unwrap_or(preferred)
        }
    };
    let texts = Texts::of(&tag).with(&agent.persona.texts);
    state.language = Some(texts.code.to_owned());
    let language = robofy_intent::Language::from_code(texts.code);
    let moves = robofy_intent::moves(&scene.query, language);
    let locale = scene.visitor.locale.as_deref().unwrap_or(&tag);
    let country = scene.visitor.country.as_deref().or(agent.country.as_deref());
    let clock = ClockFace::of(locale, country);
    let wording = Wording { texts, zone: Zone::UTC, clock, now: scene.op.now() };
    let mut context = Context {
        calendar: Catalogue::new(store.clone()),
        state,
        wording,
        intent: wish(&scene.query, &recognised, language),
        moves,
        said: Vec::new(),
        parts: Vec::new(),
        effects: Vec::new(),
        options: Vec::new(),
        scene,
    };
    if context.scene.action.is_some() {
        // What is clicked is what is meant.
        context.intent = None;
        context.moves = Moves::default();
    }
    let wants = context.intent.is_some_and(is_a_booking_s);
    if wants || matches!(context.state.open, Some(Flow::Booking(_))) || context.state.aside.is_some() {
        context.load_calendar().await?;
    }
    Ok(context)
}

/// What the message wants. "Book a haircut, my number is …" wants to book; the number is a detail of it.
fn wish(query: &str, recognised: &Recognised, language: Option<robofy_intent::Language>) -> Option<Intent> {
    let intent = recognised.sure.then_some(recognised.intent)?;
    if !is_the_form_s(intent) {
        return Some(intent);
    }
    let mut clauses = query.split([',', ';', '.', '!']).take(4);
    let books = clauses.find_map(|clause| {
        let clause = recognise(clause, language);
        (clause.sure && clause.intent == Intent::Book).then_some(clause.intent)
    });
    books.or(Some(intent))
}

/// In which zone the visitor is told of times: their own, else that of the only resource, else the agent's.
fn zone(context: &Context) -> Zone {
    let named = |name: Option<&String>| name.and_then(|name| Zone::named(name).ok());
    named(context.scene.visitor.timezone.as_ref())
        .or_else(|| context.calendar.only_zone())
        .or_else(|| named(context.scene.card.agent.timezone.as_ref()))
        .unwrap_or(Zone::UTC)
}

/// How many words of a name a text has: those that say something, also with another ending.
pub(crate) fn shared_words(text: &str, name: &str) -> usize {
    let words = |text: &str| -> Vec<String> {
        text.unicode_words().map(str::to_lowercase).filter(|word| says_something(word)).collect()
    };
    let said = words(text);
    words(name).iter().filter(|word| said.iter().any(|said| is_same_word(said, word))).count()
}

/// Whether a word in small letters names anything.
pub(crate) fn says_something(word: &str) -> bool {
    word.chars().count() > 2 && !SPOKEN.iter().any(|language| is_function_word(*language, word))
}

/// Whether two words in small letters are the same, but for their ending.
pub(crate) fn is_same_word(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    long.starts_with(short) && (long.len() == short.len() || short.len() > 3 && long.len() - short.len() < 3)
}

/// A resource that the visitor named.
pub(crate) fn named<'a>(
    text: &str,
    names: impl Iterator<Item = (ResourceId, &'a str)>,
) -> Option<ResourceId> {
    let mut named = names.filter(|(_, name)| shared_words(text, name) > 0);
    let first = named.next()?;
    // Two that share the word are not told apart.
    named.next().is_none().then_some(first.0)
}
