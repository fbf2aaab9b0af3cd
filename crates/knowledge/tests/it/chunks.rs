//! Chunks: what holds for every text, and what should hold for the texts that people have.

use proptest::prelude::*;
use robofy_knowledge::analyse::token_count;
use robofy_knowledge::chunk::{Chunk, ChunkParams, chunk};

/// Checks what holds for every text.
fn check(text: &str, params: ChunkParams) -> Result<Vec<Chunk>, TestCaseError> {
    let chunks = chunk(text, params);
    let mut covered = 0;
    for (at, chunk) in chunks.iter().enumerate() {
        prop_assert!(chunk.start < chunk.end && chunk.end <= text.len());
        let passage = chunk.text(text).ok_or_else(|| TestCaseError::fail("cut inside a character"))?;
        prop_assert_eq!(passage.trim(), passage);
        prop_assert!(chunk.tokens <= params.size(), "{} tokens in {passage:?}", chunk.tokens);
        // Pieces are counted singly; where a cut falls into a word of mixed scripts, the whole may count a mark more.
        let most = chunk.tokens + chunk.tokens / 16 + 4;
        prop_assert!(token_count(passage) <= most, "{} counted as {}", token_count(passage), chunk.tokens);
        prop_assert!(passage.len() <= (params.size() + 1) * 64 * 2, "{} bytes", passage.len());
        prop_assert!(chunk.heading_path.len() <= 6);
        let before = if at == 0 { None } else { chunks.get(at - 1) };
        if let Some(before) = before {
            prop_assert!(before.start < chunk.start && before.end < chunk.end);
            if chunk.start < before.end {
                let repeated = &text[chunk.start..before.end];
                prop_assert!(
                    token_count(repeated) <= params.overlap() + params.overlap() / 16 + 4,
                    "{repeated:?} is repeated"
                );
            }
        }
        if chunk.start > covered {
            prop_assert_eq!(text[covered..chunk.start].trim(), "");
        }
        covered = chunk.end;
    }
    prop_assert_eq!(text[covered..].trim(), "");
    Ok(chunks)
}

fn params() -> impl Strategy<Value = ChunkParams> {
    (32_usize..400).prop_flat_map(|size| {
        (Just(size), 0..=size / 2)
            .prop_map(|(size, overlap)| ChunkParams::new(Some(size), Some(overlap)).unwrap())
    })
}

/// Texts of marks and words, as documents are made of.
fn documents() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("# Head\n".to_owned()),
        Just("### Deep head\n\n".to_owned()),
        Just("\n\n".to_owned()),
        Just("\n".to_owned()),
        Just("- item one. And more\n".to_owned()),
        Just("| a | b |\n| --- | --- |\n".to_owned()),
        Just("| 1 | 2 |\n".to_owned()),
        Just("Do you deliver?\n\n".to_owned()),
        Just("Q: Really?\nA: Yes.\n".to_owned()),
        Just("**Bold**\n".to_owned()),
        Just("```\n".to_owned()),
        Just("営業時間は九時から。".to_owned()),
        "[a-z]{1,12}[ .?!]{1,2}",
        "[a-z ]{200,2000}",
        "[a-zé漢👩‍👧]{100,600}",
        "\\PC{0,40}",
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_string(text in "(?s).{0,3000}", params in params()) {
        check(&text, params)?;
    }

    #[test]
    fn any_document(text in documents(), params in params()) {
        check(&text, params)?;
    }
}

fn passages(text: &str, size: usize) -> Vec<String> {
    let params = ChunkParams::new(Some(size), None).unwrap();
    let chunks = check(text, params).unwrap();
    chunks.iter().map(|chunk| chunk.text(text).unwrap().to_owned()).collect()
}

#[test]
fn questions_stay_with_their_answers() {
    let answer = "Yes, within the town and on every day of the week but Sunday, for four euros, until nine in the evening.";
    for form in
        ["**@**\n\n%\n\n", "@\n\n%\n\n", "Q: @\nA: %\n", "### @\n\n%\n\n", "1. @\n\n   %\n\n", "@\n%\n\n"]
    {
        let pair = |n: usize| form.replace('%', answer).replace('@', &format!("Do you deliver number {n}?"));
        let text: String = (0..40).map(pair).collect();
        for passage in passages(&text, 64) {
            let (asked, answered) =
                (passage.matches("Do you deliver").count(), passage.matches("Yes, within").count());
            assert_eq!(asked, answered, "{form:?}: {passage}");
        }
    }
}

#[test]
fn headings_stay_with_their_text_and_give_the_path() {
    let paragraph =
        "The house was built by the river and has been run by the same family for three generations. "
            .repeat(3);
    let text = format!(
        "# Us\n\n{paragraph}\n\n## History\n\n{paragraph}\n\n## Hours\n\n{paragraph}\n\n### Sunday\n\n{paragraph}"
    );
    let chunks = chunk(&text, ChunkParams::new(Some(64), None).unwrap());
    let paths: Vec<String> = chunks.iter().map(|chunk| chunk.heading_path.join(" > ")).collect();
    assert_eq!(paths, ["Us", "Us > History", "Us > Hours", "Us > Hours > Sunday"]);
    for chunk in &chunks {
        let passage = chunk.text(&text).unwrap();
        assert!(passage.starts_with('#'), "{passage}");
        assert!(!passage.lines().last().unwrap().starts_with('#'));
    }
}

#[test]
fn overlap_repeats_a_sentence_within_a_section() {
    let text = "One two three four five six seven eight nine ten. ".repeat(20);
    let params = ChunkParams::new(Some(40), Some(10)).unwrap();
    let chunks = check(&text, params).unwrap();
    assert!(chunks.len() > 5);
    assert!(chunks.windows(2).all(|pair| pair[1].start < pair[0].end), "each chunk begins in the one before");
    let bare = chunk(&text, ChunkParams::new(Some(40), Some(0)).unwrap());
    assert!(bare.windows(2).all(|pair| pair[1].start >= pair[0].end));
}

#[test]
fn bounds_of_the_settings() {
    assert_eq!(ChunkParams::new(None, None).unwrap(), ChunkParams::default());
    assert_eq!(ChunkParams::new(Some(40), None).unwrap().overlap(), 10);
    assert!(ChunkParams::new(Some(31), None).is_err() && ChunkParams::new(Some(4001), None).is_err());
    assert!(ChunkParams::new(Some(100), Some(51)).is_err());
    let written = serde_json::to_string(&ChunkParams::default()).unwrap();
    assert_eq!(serde_json::from_str::<ChunkParams>(&written).unwrap(), ChunkParams::default());
    assert!(serde_json::from_str::<ChunkParams>("{\"size\":0,\"overlap\":0}").is_err());
    assert_eq!(
        ChunkParams::new(Some(0), None).unwrap_err().to_string(),
        "chunk_size must be between 32 and 4000 tokens."
    );
}

/// Ten megabytes of what is hardest to cut; the printed times should be near each other and of the order of a second.
#[test]
fn large_texts() {
    let mega = 10 * 1024 * 1024;
    for (name, unit) in [
        ("sentences", "The house was built by the river. It is old! Who lives there? "),
        ("one word", "x"),
        ("dots", ". "),
        ("headings", "# a\n"),
        ("rows", "| a | b |\n"),
        ("questions", "a?\n\n"),
        ("characters", "漢"),
        ("dashes", "-\n"),
        ("numbers", "1.2.3.4 5, "),
    ] {
        let text = unit.repeat(mega / unit.len());
        let watch = robofy_kernel::Stopwatch::start();
        let chunks = chunk(&text, ChunkParams::default());
        println!("10 MB of {name}: {} chunks, {} ms", chunks.len(), watch.elapsed().as_millis());
        assert!(
            chunks.iter().all(
                |chunk| chunk.tokens <= ChunkParams::DEFAULT_SIZE && chunk.end - chunk.start <= 32 * 1024
            )
        );
        assert_eq!(chunks.last().map(|chunk| chunk.end), Some(text.trim_end().len()));
    }
}
