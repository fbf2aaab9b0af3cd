//! Small talk on messages that visitors write.

use std::collections::BTreeMap;

use robofy_agent::builtin::{SmallTalkKind, small_talk};
use robofy_knowledge::analyse::Language;

fn label(kind: SmallTalkKind) -> &'static str {
    match kind {
        SmallTalkKind::Greeting => "greeting",
        SmallTalkKind::Thanks => "thanks",
        SmallTalkKind::Goodbye => "goodbye",
        SmallTalkKind::Human => "human",
        SmallTalkKind::Identity => "bot_question",
        SmallTalkKind::Capabilities => "capabilities",
    }
}

#[test]
fn visitors_messages_are_told_apart() {
    let Some(cases) = crate::cases::read("intents/dev.json") else { return };
    let show = std::env::var_os("SHOW").is_some();
    // For each intent: messages, rightly told, taken for another kind of small talk.
    let mut counts: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    for case in cases.as_array().unwrap() {
        let field = |name: &str| case[name].as_str().unwrap();
        let (intent, text) = (field("intent"), field("text"));
        let told = small_talk(text, Language::from_code(field("language"))).map(|talk| label(talk.kind));
        let count = counts.entry(intent).or_default();
        count.0 += 1;
        count.1 += usize::from(told == Some(intent));
        count.2 += usize::from(told.is_some_and(|told| told != intent));
        let talk =
            ["greeting", "thanks", "goodbye", "human", "bot_question", "capabilities"].contains(&intent);
        if show && (told.is_some() && told != Some(intent) || talk && told.is_none()) {
            println!("{} {intent} -> {told:?}: {text}", field("language"));
        }
    }
    println!("{:<14} {:>5} {:>5} {:>6}", "intent", "all", "right", "false");
    for (intent, (all, right, wrong)) in &counts {
        println!("{intent:<14} {all:>5} {right:>5} {wrong:>6}");
    }
    let sum = |intents: &[&str], pick: fn(&(usize, usize, usize)) -> usize| -> usize {
        intents.iter().filter_map(|intent| counts.get(intent)).map(pick).sum()
    };
    let talk = ["greeting", "thanks", "goodbye", "human"];
    let business = ["question", "hours", "price", "location", "book", "cancel", "reschedule"];
    let (right, all) = (sum(&talk, |c| c.1), sum(&talk, |c| c.0));
    let (alarms, questions) = (sum(&business, |c| c.2), sum(&business, |c| c.0));
    println!(
        "greeting, thanks, goodbye, human: {right}/{all} right; questions taken for small talk: {alarms}/{questions}"
    );
    assert!(right * 100 >= all * 85, "too few are understood");
    assert_eq!(alarms, 0, "a question was taken for small talk");
}
