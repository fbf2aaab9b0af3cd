//! Prints what the model of stored pairs sees, to fit its weights anew: for every query of the sets named as
//! arguments the set, whether the best pair is right, whether any is, and the features.
#![expect(clippy::print_stdout, reason = "it prints")]

use robofy_agent::builtin::{PairIn, PairIndex};

#[derive(serde::Deserialize)]
struct Set {
    set: String,
    pairs: Vec<Pair>,
    queries: Vec<Query>,
}

#[derive(serde::Deserialize)]
struct Pair {
    id: String,
    question: String,
    also: Vec<String>,
}

#[derive(serde::Deserialize)]
struct Query {
    text: String,
    expect: Option<String>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for file in std::env::args().skip(1) {
        let set: Set = serde_json::from_str(&std::fs::read_to_string(file)?)?;
        let index = PairIndex::new(
            set.pairs.iter().map(|pair| PairIn { question: &pair.question, also: &pair.also }),
        );
        for query in &set.queries {
            let Some((pair, features)) = index.consider(&query.text) else { continue };
            let right = query.expect.as_ref() == Some(&set.pairs[pair].id);
            let features: Vec<String> = features.iter().map(f32::to_string).collect();
            println!(
                "{} {} {} {}",
                set.set,
                u8::from(right),
                u8::from(query.expect.is_some()),
                features.join(" ")
            );
        }
    }
    Ok(())
}
