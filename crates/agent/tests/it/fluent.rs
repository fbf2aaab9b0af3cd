//! Answers with a language model: a real HTTP provider that does what the test says, a real store, real knowledge.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use futures::StreamExt as _;
use robofy_agent::builtin::BuiltIn;
use robofy_agent::events::{Notice, TurnEvent};
use robofy_agent::fluent::Fluent;
use robofy_agent::fold::{End, WholeAnswer};
use robofy_kernel::PageRequest;
use robofy_knowledge::extract::{Extractor, ExtractorConfig};
use robofy_knowledge::library::{Library, LibraryConfig, Source, TextSource};
use robofy_model::{Endpoint, Models, ModelsConfig};
use robofy_net::Gate;
use robofy_store::agents::{AgentSettings, LlmKeyChange, LlmProvider};
use robofy_store::chat::{Failure, FinishReason, TurnKind, TurnStatus};
use robofy_testkit::provider::{Script, ScriptedProvider, Then};

use crate::fixture::World;

const SHOP: &str = "# Bike shop\n\nOur shop is in Mill Lane. We open at nine and close at six.\n\n\
    ## Prices\n\nA full service costs 90 dollars. A puncture repair costs 15 dollars.\n";

struct Shop {
    world: World,
    provider: ScriptedProvider,
}

impl Shop {
    async fn new() -> Self {
        Self::with(AgentSettings::default()).await
    }

    async fn with(settings: AgentSettings) -> Self {
        Self::on("usual", settings).await
    }

    /// A shop whose server has a model of this name, which decides what the provider does.
    async fn on(model: &'static str, settings: AgentSettings) -> Self {
        let provider = ScriptedProvider::start().await;
        let kept: Mutex<Option<Library>> = Mutex::default();
        let address = provider.base_url().parse().unwrap();
        let world = World::made(settings, |store, tasks, clock, ids| {
            let extractor = Extractor::new(ExtractorConfig::new("no-such-program".into(), Vec::new()));
            let library =
                Library::new(store.clone(), extractor, tasks.clone(), LibraryConfig::default()).unwrap();
            *kept.lock().unwrap() = Some(library.clone());
            let config = ModelsConfig {
                first_token: Duration::from_millis(600),
                attempt: Duration::from_millis(400),
                between_tokens: Duration::from_millis(400),
                pause: Duration::from_millis(5),
                ..ModelsConfig::default()
            };
            let (operator, public) = (Gate::operator().unwrap(), Gate::public(&[]).unwrap());
            let models = Models::new(operator, public, config, clock.clone(), ids.clone());
            let server = Endpoint::server(address, model, None);
            Arc::new(Fluent::new(BuiltIn::new(library), models, Some(server)))
        })
        .await;
        let library = kept.into_inner().unwrap().unwrap();
        let agent = world.store.find_agent(world.op.account, &world.chatbot).await.unwrap().unwrap();
        let source =
            TextSource { content: SHOP.into(), file_name: "shop.md".into(), ..TextSource::default() };
        library
            .teach(&world.op, world.project, Some(&agent), Source::Text(source), |_| (200, Vec::new()))
            .await
            .unwrap();
        Self { world, provider }
    }

    fn says(&self, pieces: &[&str]) {
        self.script(pieces, Then::End);
    }

    fn script(&self, pieces: &[&str], then: Then) {
        let pieces = pieces.iter().map(|piece| (*piece).to_owned()).collect();
        self.provider.script(Script { pieces, then, ..Script::default() });
    }

    async fn ask(&self, query: &str) -> (WholeAnswer, Vec<TurnEvent>, robofy_store::chat::Turn) {
        let w = &self.world;
        let handle = w.turns.ask(&w.op, w.ask(None, query)).await.unwrap();
        let events: Vec<_> = handle.log.read_from(0).map(|event| (*event).clone()).collect().await;
        let whole = WholeAnswer::read(handle.log.read_from(0)).await;
        let turn = w.store.find_turn(w.op.account, &handle.message_id).await.unwrap().unwrap();
        (whole, events, turn)
    }

    fn prompt(&self) -> String {
        let requests = self.provider.requests();
        let messages = requests.last().unwrap().body["messages"].as_array().unwrap();
        messages.last().unwrap()["content"].as_str().unwrap().to_owned()
    }

    async fn change(&self, key: LlmKeyChange, change: impl FnOnce(&mut AgentSettings) + Send + 'static) {
        let w = &self.world;
        let changed = w
            .store
            .update_agent(&w.op, w.project, &w.chatbot, key, |agent| change(&mut agent.settings.0))
            .await;
        assert!(changed.unwrap().is_some());
    }
}

fn notices(events: &[TurnEvent]) -> usize {
    let notice =
        |event: &&TurnEvent| matches!(event, TurnEvent::DataNotice { data: Notice::ModelUnavailable });
    events.iter().filter(notice).count()
}

#[tokio::test]
async fn what_the_source_bears_out_is_cited_and_nothing_else() {
    let shop = Shop::new().await;
    shop.says(&[
        "A full",
        " service costs",
        " 90",
        " dollars ",
        "[1",
        "]",
        ".",
        " Everybody",
        " loves it",
        " [1]",
        ".",
    ]);
    let (whole, events, turn) = shop.ask("How much is a full service?").await;
    assert_eq!(whole.text, "A full service costs 90 dollars [1]. Everybody loves it.");
    assert_eq!(whole.end, End::Finished);
    let [citation] = whole.citations.as_slice() else { panic!("{:?}", whole.citations) };
    assert_eq!(citation.quote, "A full service costs 90 dollars.");
    let (start, end) = (citation.start.unwrap(), citation.end.unwrap());
    let text = shop.world.store.read_text(
        shop.world.op.account,
        citation.asset_id.unwrap(),
        citation.version.unwrap(),
        usize::try_from(start).unwrap(),
        usize::try_from(end).unwrap(),
    );
    assert_eq!(text.await.unwrap().as_deref(), Some(citation.quote.as_str()));
    assert_eq!((turn.status, turn.kind), (TurnStatus::Done, Some(TurnKind::Answer)));
    assert_eq!(notices(&events), 0);
    // Every piece that the model sent left as a delta of its own.
    let deltas = events.iter().filter(|event| matches!(event, TurnEvent::TextDelta { .. })).count();
    assert!(deltas >= 8, "{events:?}");
}

#[tokio::test]
async fn a_sentence_without_a_mark_is_cited_where_its_words_stand() {
    let shop = Shop::new().await;
    shop.says(&["A puncture repair costs 15 dollars.", " It is quick."]);
    let (whole, ..) = shop.ask("How much is a puncture repair?").await;
    assert_eq!(whole.text, "A puncture repair costs 15 dollars. [1] It is quick.");
    assert_eq!(whole.citations.len(), 1);
}

#[tokio::test]
async fn a_false_figure_carries_no_citation() {
    let shop = Shop::new().await;
    // Neither one that stands nowhere, nor that of the sentence beside it.
    for figure in ["95", "15"] {
        shop.says(&["A full service costs ", figure, " dollars [1]."]);
        let (whole, ..) = shop.ask("How much is a full service?").await;
        assert_eq!(whole.text, format!("A full service costs {figure} dollars."));
        assert_eq!(whole.citations.len(), 0, "{figure}");
    }
}

#[tokio::test]
async fn the_model_is_told_the_passages_the_settings_and_the_conversation() {
    let settings = AgentSettings {
        system_prompt_text: "Mention the sale.".into(),
        temperature: "0.7".into(),
        max_output_tokens: 99,
        ..AgentSettings::default()
    };
    let shop = Shop::with(settings).await;
    let w = &shop.world;
    shop.says(&["A full service costs 90 dollars [1]."]);
    let first = w.turns.ask(&w.op, w.ask(None, "How much is a full service?")).await.unwrap();
    WholeAnswer::read(first.log.read_from(0)).await;
    shop.says(&["15 dollars [1]."]);
    let second = w.turns.ask(&w.op, w.ask(Some(&first.session_id), "And a puncture repair?")).await.unwrap();
    WholeAnswer::read(second.log.read_from(0)).await;
    let body = shop.provider.requests().last().unwrap().body.clone();
    let said: Vec<&str> =
        body["messages"].as_array().unwrap().iter().map(|m| m["content"].as_str().unwrap()).collect();
    assert!(said[0].contains("Mention the sale."), "{said:?}");
    assert_eq!(said[1..3], ["How much is a full service?", "A full service costs 90 dollars."]);
    assert!(
        said[3].contains("puncture repair costs 15") && said[3].ends_with("And a puncture repair?"),
        "{said:?}"
    );
    assert!((body["temperature"].as_f64().unwrap() - 0.7).abs() < 1e-6);
    assert_eq!(body["max_tokens"].as_i64(), Some(99));
    // Without memory there is no conversation.
    shop.change(LlmKeyChange::Keep, |settings| settings.enable_chatbot_memory = false).await;
    let third = w.turns.ask(&w.op, w.ask(Some(&first.session_id), "When do you open?")).await.unwrap();
    WholeAnswer::read(third.log.read_from(0)).await;
    assert_eq!(shop.provider.requests().last().unwrap().body["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_provider_that_fails_before_its_first_word_goes_unnoticed() {
    for model in [
        "error-500",
        "error-401",
        "error-429",
        "hang",
        "silent",
        "cut-first",
        "malformed-first",
        "wrong-type",
        "stream-error-first",
        "empty",
        "redirect",
    ] {
        let shop = Shop::on(model, AgentSettings::default()).await;
        let (whole, events, turn) = shop.ask("How much is a full service?").await;
        assert!(whole.text.contains("90 dollars"), "{model}: {whole:?}");
        assert_eq!((whole.end, notices(&events)), (End::Finished, 1), "{model}");
        assert_eq!((turn.status, turn.kind), (TurnStatus::Done, Some(TurnKind::Answer)), "{model}");
        // It stands before the first word, where a stored turn replays it.
        assert!(matches!(events[3], TurnEvent::DataNotice { .. }), "{model}: {events:?}");
    }
}

#[tokio::test]
async fn a_provider_that_fails_in_mid_answer_ends_the_stream_and_the_part_is_kept() {
    for (then, failure) in [
        (Then::Cut, Failure::Upstream),
        (Then::Malformed, Failure::Upstream),
        (Then::Stall, Failure::Timeout),
    ] {
        let shop = Shop::new().await;
        shop.script(&["A full", " service"], then);
        let (whole, events, turn) = shop.ask("How much is a full service?").await;
        assert!(matches!(whole.end, End::Failed(_)), "{then:?}: {whole:?}");
        let [.., end, error] = events.as_slice() else { panic!("{events:?}") };
        assert!(matches!((end, error), (TurnEvent::TextEnd { .. }, TurnEvent::Error { .. })), "{events:?}");
        assert_eq!((turn.status, turn.failure), (TurnStatus::Failed, Some(failure)), "{then:?}");
        assert_eq!(turn.answer, "A full service");
        assert_eq!(shop.provider.requests().len(), 1, "an answer that has begun is not begun anew");
    }
}

#[tokio::test]
async fn stopping_cancels_upstream_and_going_away_does_not() {
    let shop = Shop::new().await;
    let w = &shop.world;
    shop.script(&["A full service"], Then::Think);
    let handle = w.turns.ask(&w.op, w.ask(None, "How much is a full service?")).await.unwrap();
    let mut events = Box::pin(handle.log.read_from(0));
    while let Some(event) = events.next().await {
        if matches!(*event, TurnEvent::TextDelta { .. }) {
            break;
        }
    }
    drop(events);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!shop.provider.requests()[0].is_abandoned(), "a reader who goes away stops nothing");
    assert!(w.turns.stop(&w.op, &handle.message_id).await.unwrap());
    shop.provider.wait_until(|asked| asked[0].is_abandoned()).await;
    assert_eq!(WholeAnswer::read(handle.log.read_from(0)).await.end, End::Stopped);
    let turn = w.store.find_turn(w.op.account, &handle.message_id).await.unwrap().unwrap();
    assert_eq!((turn.status, turn.answer.as_str()), (TurnStatus::Stopped, "A full service"));
}

#[tokio::test]
async fn what_the_passages_do_not_say_is_not_answered() {
    let shop = Shop::new().await;
    let refusal = AgentSettings::default().not_found_answer;
    // The search finds something, and the model says that it does not answer.
    shop.says(&["NOT", "_FOUND"]);
    let (whole, _, turn) = shop.ask("How much is a full service of a car?").await;
    assert_eq!((whole.text.as_str(), turn.kind), (refusal.as_str(), Some(TurnKind::NotFound)));
    shop.says(&["**", "NOT_FOUND", "**."]);
    let (whole, _, turn) = shop.ask("How much is a full service of a lorry?").await;
    assert_eq!((whole.text.as_str(), turn.kind), (refusal.as_str(), Some(TurnKind::NotFound)));
    // It says so in the middle of a sentence.
    shop.says(&["The price of", " that is NOT", "_FOUND", "."]);
    let (whole, _, turn) = shop.ask("How much is a full service?").await;
    assert_eq!(
        (whole.text.as_str(), turn.kind),
        (format!("The price of that is\n\n{refusal}").as_str(), Some(TurnKind::NotFound))
    );
    // Nothing is found: the model is told so, and what it makes up goes nowhere.
    shop.says(&["The capital of Mongolia is Ulaanbaatar [1]."]);
    let (whole, events, turn) = shop.ask("Which capital has Mongolia?").await;
    assert!(shop.prompt().contains("The search found nothing"), "{}", shop.prompt());
    assert_eq!((whole.text.as_str(), turn.kind), (refusal.as_str(), Some(TurnKind::NotFound)));
    assert!(whole.citations.is_empty() && notices(&events) == 0);
    // Conversation needs no source.
    shop.says(&["Nice to meet", " you, Anna!"]);
    let (whole, _, turn) = shop.ask("My name is Anna.").await;
    assert_eq!((whole.text.as_str(), turn.kind), ("Nice to meet you, Anna!", Some(TurnKind::SmallTalk)));
}

#[tokio::test]
async fn what_is_no_answer_is_not_shown() {
    let shop = Shop::new().await;
    // Thoughts, marks of passages that there are not, half a mark at the end; a link is none.
    shop.says(&[
        "<thi",
        "nk>It is 15 [1].</th",
        "ink>",
        "\nA full service costs 90 dollars [1][7][0]. See [2](/prices) [1",
    ]);
    let (whole, _, turn) = shop.ask("How much is a full service?").await;
    assert_eq!(whole.text, "A full service costs 90 dollars [1]. See [2](/prices)");
    assert_eq!((whole.citations.len(), turn.answer.as_str()), (1, whole.text.as_str()));
}

#[tokio::test]
async fn pairs_small_talk_and_agents_without_a_model_ask_none() {
    let shop = Shop::new().await;
    let (_, _, turn) = shop.ask("Hello!").await;
    assert_eq!(turn.kind, Some(TurnKind::SmallTalk));
    shop.change(LlmKeyChange::Keep, |settings| settings.llm_provider = LlmProvider::BuiltIn).await;
    let (whole, events, _) = shop.ask("How much is a full service?").await;
    assert!(whole.text.contains("90 dollars") && notices(&events) == 0);
    assert!(shop.provider.requests().is_empty());
}

#[tokio::test]
async fn a_tenant_s_address_in_a_private_network_is_not_reached_and_gets_no_key() {
    let shop = Shop::new().await;
    let url = shop.provider.base_url();
    shop.change(LlmKeyChange::Set("tenant-key".into()), move |settings| {
        settings.llm_provider = LlmProvider::OpenAiCompatible;
        settings.llm_base_url = Some(url);
        settings.llm_model = Some("usual".into());
    })
    .await;
    let (whole, events, _) = shop.ask("How much is a full service?").await;
    assert!(whole.text.contains("90 dollars") && notices(&events) == 1);
    assert!(shop.provider.requests().is_empty());
}

#[tokio::test]
async fn the_month_s_tokens_are_counted_and_capped() {
    let settings = AgentSettings { monthly_token_cap: Some(700), ..AgentSettings::default() };
    let shop = Shop::with(settings).await;
    shop.says(&["A full service costs 90 dollars [1]."]);
    let (_, events, _) = shop.ask("How much is a full service?").await;
    assert_eq!(notices(&events), 0);
    assert!(shop.provider.requests()[0].body["max_tokens"].as_i64().unwrap() < 512);
    let w = &shop.world;
    let used = w.store.tokens_this_month(&w.op, &w.chatbot).await.unwrap();
    assert!(used.input > 0 && used.output > 0, "{used:?}");
    // An endpoint that does not tell is estimated.
    shop.change(LlmKeyChange::Keep, |settings| settings.monthly_token_cap = Some(1_000_000)).await;
    shop.script(&["A puncture repair costs 15 dollars [1]."], Then::EndWithoutUsage);
    shop.ask("How much is a puncture repair?").await;
    let more = w.store.tokens_this_month(&w.op, &w.chatbot).await.unwrap();
    assert!(more.input > used.input + 50 && more.output > used.output + 5, "{used:?} {more:?}");
    shop.change(LlmKeyChange::Keep, |settings| settings.monthly_token_cap = Some(40)).await;
    let (whole, events, _) = shop.ask("How much is a full service?").await;
    assert!(whole.text.contains("90 dollars") && notices(&events) == 1);
    assert_eq!(shop.provider.requests().len(), 2);
}

#[tokio::test]
async fn turns_at_once_do_not_spend_the_same_tokens() {
    // The first turn asks for 512 beside its prompt and takes its time: what it may cost is not the second one's.
    let settings = AgentSettings { monthly_token_cap: Some(1100), ..AgentSettings::default() };
    let shop = Shop::with(settings).await;
    let w = &shop.world;
    shop.script(&["A full service"], Then::Think);
    let first = w.turns.ask(&w.op, w.ask(None, "How much is a full service?")).await.unwrap();
    shop.provider.wait_until(|asked| asked.len() == 1).await;
    assert_eq!(shop.provider.requests()[0].body["max_tokens"], 512);
    shop.ask("How much is a puncture repair?").await;
    let asked = shop.provider.requests();
    let prompt = |at: usize| {
        let messages = asked[at].body["messages"].as_array().unwrap();
        messages.iter().map(|message| message["content"].as_str().unwrap().len()).sum::<usize>().div_ceil(4)
    };
    assert_eq!(asked[1].body["max_tokens"], 1100 - 512 - prompt(0) - prompt(1));
    assert!(w.turns.stop(&w.op, &first.message_id).await.unwrap());
}

#[tokio::test]
async fn what_no_database_can_store_is_no_text() {
    let shop = Shop::new().await;
    shop.says(&["We open", " at\0 nine", " and close at six."]);
    let (whole, _, turn) = shop.ask("When do you open?").await;
    assert!(whole.text.starts_with("We open at nine and close at six."), "{whole:?}");
    assert_eq!(turn.answer, whole.text);
}

#[tokio::test]
async fn a_flood_is_cut() {
    let shop = Shop::new().await;
    shop.script(&["We open at nine"], Then::Flood);
    let (whole, _, turn) = shop.ask("When do you open?").await;
    assert_eq!((whole.end, turn.finish_reason), (End::Finished, Some(FinishReason::Length)));
    assert!(whole.text.len() <= 64 * 1024, "{}", whole.text.len());
    shop.provider.wait_until(|asked| asked[0].is_abandoned()).await;
}

#[tokio::test]
async fn a_source_that_was_removed_meanwhile_is_not_cited() {
    let shop = Shop::new().await;
    let w = &shop.world;
    let pieces = vec!["A full service".into(), " costs 90 dollars".into(), " [1].".into()];
    shop.provider.script(Script { pieces, delay_ms: 200, ..Script::default() });
    let handle = w.turns.ask(&w.op, w.ask(None, "How much is a full service?")).await.unwrap();
    shop.provider.wait_until(|asked| !asked.is_empty()).await;
    let page = PageRequest { after: None, size: 1 };
    let assets = w.store.list_assets(w.op.account, w.project, &page).await.unwrap();
    assert!(w.store.delete_asset(&w.op, w.project, assets.items[0].asset_id).await.unwrap());
    let whole = WholeAnswer::read(handle.log.read_from(0)).await;
    assert_eq!((whole.text.as_str(), whole.citations.len()), ("A full service costs 90 dollars.", 0));
}

#[tokio::test]
async fn a_stop_reaches_the_model_within_a_second_of_the_model_s_own_clock() {
    const PACE_MS: u64 = 50;
    let shop = Shop::new().await;
    let pieces = (0..400).map(|number| format!(" word{number}")).collect();
    shop.provider.script(Script { pieces, delay_ms: PACE_MS, ..Script::default() });
    let w = &shop.world;
    let handle = w.turns.ask(&w.op, w.ask(None, "How much is a full service?")).await.unwrap();
    let said = shop.provider.wait_until(|asked| asked.first().is_some_and(|asked| asked.pieces > 2)).await;
    assert!(w.turns.stop(&w.op, &handle.message_id).await.unwrap());
    let told = shop.provider.wait_until(|asked| asked[0].is_abandoned()).await;
    // A slow machine slows the model as well: so many pieces take it a second at least.
    let more = told[0].pieces - said[0].pieces;
    assert!(more <= 1000 / PACE_MS, "{more} pieces after the stop");
    assert_eq!(WholeAnswer::read(handle.log.read_from(0)).await.end, End::Stopped);
}
