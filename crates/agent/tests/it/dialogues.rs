//! Follow-ups: talks of visitors with an office, and short ones of our own.

use std::sync::Arc;

use robofy_agent::builtin::{Exchange, PASSAGES, answer, compose_query};
use robofy_knowledge::index::{AgentIndex, Change};
use robofy_knowledge::segment::{ChunkIn, SegmentBuilder, SourceRef};

/// An index of texts, cut into passages of about 500 bytes at the ends of lines.
pub fn teach(texts: &[&str]) -> AgentIndex {
    let changes = texts.iter().zip(1_i64..).map(|(text, asset_id)| {
        let source = SourceRef { asset_id, version: 1, file_name: String::new(), source_url: None };
        let mut builder = SegmentBuilder::new(source, None);
        let (mut start, mut end) = (0, 0);
        for line in text.split_inclusive('\n') {
            if end > start && end - start + line.len() > 500 {
                builder.push(&ChunkIn { start, end, heading_path: &[], text: &text[start..end] });
                start = end;
            }
            end += line.len();
        }
        builder.push(&ChunkIn { start, end, heading_path: &[], text: &text[start..end] });
        Change { asset_id, segments: Some(vec![Arc::new(builder.build().unwrap())]) }
    });
    AgentIndex::new().apply(changes.collect())
}

#[derive(Default)]
struct Count {
    turns: f64,
    composed: f64,
    alone: f64,
    answered_right: f64,
    refused: f64,
}

#[test]
fn the_conversation_helps_to_find_the_document() {
    let Some(cases) = crate::cases::read("dialogues/doc2dial.json") else { return };
    let documents = cases["documents"].as_array().unwrap();
    let texts: Vec<&str> = documents.iter().map(|document| document["text"].as_str().unwrap()).collect();
    let index = teach(&texts);
    let id_of = |asset_id: i64| documents[usize::try_from(asset_id).unwrap() - 1]["id"].as_str().unwrap();
    let (mut first, mut later) = (Count::default(), Count::default());
    for dialogue in cases["dialogues"].as_array().unwrap() {
        let document = dialogue["document"].as_str().unwrap();
        let mut history: Vec<Exchange<'_>> = Vec::new();
        for turn in dialogue["turns"].as_array().unwrap() {
            let text = turn["text"].as_str().unwrap();
            if turn["role"] != "user" {
                if let Some(last) = history.last_mut() {
                    last.answer = text;
                }
                continue;
            }
            if turn["gold"].as_str().is_some_and(|gold| gold.split_whitespace().count() >= 4) {
                let count = if history.is_empty() { &mut first } else { &mut later };
                let top = |history: &[Exchange<'_>]| {
                    let found = index.search(&compose_query(text, history).query, PASSAGES);
                    found.hits.first().is_some_and(|hit| id_of(hit.source.asset_id) == document)
                };
                count.turns += 1.0;
                count.composed += f64::from(u8::from(top(&history)));
                count.alone += f64::from(u8::from(top(&[])));
                match answer(&index, text, &history) {
                    None => count.refused += 1.0,
                    Some(answer) => {
                        count.answered_right +=
                            f64::from(u8::from(id_of(answer.quotes[0].asset_id) == document));
                    }
                }
            }
            history.push(Exchange { question: text, answer: "" });
        }
    }
    for (name, count) in [("first", &first), ("later", &later)] {
        let percent = |part: f64| 100.0 * part / count.turns;
        println!(
            "{name}: {} turns, right document {:.1} % (alone {:.1} %), answered from it {:.1} %, refused {:.1} %",
            count.turns,
            percent(count.composed),
            percent(count.alone),
            percent(count.answered_right),
            percent(count.refused)
        );
    }
    let all = first.turns + later.turns;
    let (composed, alone) = (first.composed + later.composed, first.alone + later.alone);
    println!("all: right document {:.1} % (alone {:.1} %)", 100.0 * composed / all, 100.0 * alone / all);
    assert!(composed > alone);
    assert!(composed / all >= 0.60);
}

const SHOP: &str = "# Visit us\n\nWe are open Monday to Friday from 9:00 to 18:00. On Sundays we open from 10:00 to 14:00.\n\n\
    # Delivery\n\nWe deliver within the city for 5 euros. Deliveries on Sundays cost 12 euros. Delivery abroad takes two weeks.\n\n\
    # Rooms\n\nThe garden room seats 30 guests and costs 200 euros a day. The blue room seats 12 guests and costs 90 euros a day.\n";

#[test]
fn a_continuation_is_answered_from_the_conversation_only() {
    let index = teach(&[SHOP]);
    let ask = |question: &str, history: &[Exchange<'_>]| {
        answer(&index, question, history).map(|answer| answer.text())
    };
    let hours = [Exchange {
        question: "What are your opening hours?",
        answer: "We are open Monday to Friday from 9:00 to 18:00.",
    }];
    let delivery = [Exchange {
        question: "How much is delivery in the city?",
        answer: "We deliver within the city for 5 euros.",
    }];
    let after_hours = ask("and on Sundays?", &hours).unwrap();
    assert!(after_hours.contains("10:00 to 14:00"), "{after_hours}");
    let after_delivery = ask("and on Sundays?", &delivery).unwrap();
    assert!(after_delivery.contains("12 euros"), "{after_delivery}");
    assert_eq!(ask("and on Sundays?", &[]), None);

    let room =
        [Exchange { question: "Tell me about the garden room", answer: "The garden room seats 30 guests." }];
    let price = ask("how much is it?", &room).unwrap();
    assert!(price.contains("200 euros"), "{price}");
    assert_eq!(ask("how much is it?", &[]), None);

    // A new subject is not answered from the old one.
    assert_eq!(ask("Who won the world cup in 1998?", &hours), None);
}
