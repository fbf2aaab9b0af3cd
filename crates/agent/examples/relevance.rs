//! Prints what the model of relevance sees, to fit its weights anew: `relevance SET.json SEED` teaches 6 to 300
//! paragraphs of some articles, asks their questions and those of other articles, and prints for each the number of
//! its article, whether it was taught, and the features.
#![expect(clippy::print_stdout, reason = "it prints")]

use robofy_agent::builtin::eval::{Article, QuestionSet, teach};
use robofy_agent::builtin::{PASSAGES, compose_query, consider};
use robofy_agent::passages::Passages;

/// Collection sizes, each tried several times.
const SIZES: [usize; 11] = [6, 6, 6, 20, 20, 20, 60, 60, 150, 300, 300];
/// Questions of each side per collection.
const QUESTIONS: usize = 200;

/// A small generator of pseudo-random numbers (Knuth's MMIX constants): the same output for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n.max(1)
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("relevance SET.json SEED")?;
    let mut dice = Dice(arguments.next().map_or(Ok(1), |seed| seed.parse())?);
    let set: QuestionSet = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    for size in SIZES {
        let mut order: Vec<usize> = (0..set.data.len()).collect();
        dice.shuffle(&mut order);
        let taught_articles = (size / 15).clamp(1, set.data.len() / 2);
        let (taught, others) = order.split_at(taught_articles);
        let mut paragraphs: Vec<(usize, usize)> = taught
            .iter()
            .flat_map(|&article| (0..set.data[article].paragraphs.len()).map(move |at| (article, at)))
            .collect();
        dice.shuffle(&mut paragraphs);
        paragraphs.truncate(size);
        let article = |(number, at): (usize, usize)| Article {
            paragraphs: vec![set.data[number].paragraphs[at].clone()],
        };
        let articles: Vec<Article> = paragraphs.iter().map(|&place| article(place)).collect();
        let index = teach(&articles)?;
        let mut asked: Vec<(usize, bool, &str)> = Vec::new();
        let mut other: Vec<(usize, bool, &str)> = Vec::new();
        for (&(number, at), _) in paragraphs.iter().zip(&articles) {
            let qas = &set.data[number].paragraphs[at].qas;
            asked.extend(
                qas.iter().filter(|qa| !qa.answers.is_empty()).map(|qa| (number, true, qa.question.as_str())),
            );
        }
        for &number in others {
            let qas = set.data[number].paragraphs.iter().flat_map(|paragraph| &paragraph.qas);
            other.extend(
                qas.filter(|qa| !qa.answers.is_empty()).map(|qa| (number, false, qa.question.as_str())),
            );
        }
        for list in [&mut asked, &mut other] {
            dice.shuffle(list);
            list.truncate(QUESTIONS);
        }
        for (number, taught, question) in asked.into_iter().chain(other) {
            let composed = compose_query(question, &[]);
            let found = index.search(&composed.query, PASSAGES);
            if let Some((_, features)) =
                consider(&Passages::default(), &composed, &found, index.chunk_count())
            {
                let features: Vec<String> = features.iter().map(f32::to_string).collect();
                println!("{number} {} {}", u8::from(taught), features.join(" "));
            }
        }
    }
    Ok(())
}
