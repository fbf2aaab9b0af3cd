//! Segments, the index and search from outside.
#![expect(clippy::unwrap_used, reason = "a test stops where something is not as it should be")]

use std::sync::Arc;

use proptest::prelude::*;
use robofy_knowledge::analyse::Language;
use robofy_knowledge::index::{AgentIndex, Change, MergePlan};
use robofy_knowledge::search::{Found, Query};
use robofy_knowledge::segment::{ChunkIn, Segment, SegmentBuilder, SegmentError, SourceRef};

fn source(asset_id: i64, version: i64) -> SourceRef {
    SourceRef { asset_id, version, file_name: format!("{asset_id}.txt"), source_url: None }
}

/// A segment with a chunk for each text, told to be in a language or left to tell.
fn segment_in(asset_id: i64, language: Option<Language>, texts: &[&str]) -> Arc<Segment> {
    let mut builder = SegmentBuilder::new(source(asset_id, 1), language);
    let mut start = 0;
    for text in texts {
        builder.push(&ChunkIn { start, end: start + text.len(), heading_path: &[], text });
        start += text.len();
    }
    Arc::new(builder.build().unwrap())
}

fn segment(asset_id: i64, texts: &[&str]) -> Arc<Segment> {
    segment_in(asset_id, None, texts)
}

fn put(segment: Arc<Segment>) -> Change {
    Change { asset_id: segment.source().asset_id, segments: Some(vec![segment]) }
}

fn remove(asset_id: i64) -> Change {
    Change { asset_id, segments: None }
}

fn index(segments: impl IntoIterator<Item = Arc<Segment>>) -> AgentIndex {
    segments.into_iter().fold(AgentIndex::new(), |index, segment| index.apply(vec![put(segment)]))
}

fn search(index: &AgentIndex, question: &str) -> Found {
    index.search(&Query::new(question), 100)
}

/// Asset and chunk of the hits.
fn places(found: &Found) -> Vec<(i64, u32)> {
    found.hits.iter().map(|hit| (hit.source.asset_id, hit.chunk_no)).collect()
}

#[test]
fn nothing_is_found_in_nothing() {
    let empty = AgentIndex::new();
    assert_eq!(places(&search(&empty, "opening hours")), []);
    assert_eq!(empty.chunk_count(), 0);
    let index = index([segment(1, &["We open at nine."]), segment(2, &[])]);
    for question in ["", "   ", "?!", "\u{0}", "🙂"] {
        assert_eq!(search(&index, question), Found::default(), "{question:?}");
    }
    assert_eq!(index.search(&Query::new("open"), 0).hits, []);
}

#[test]
fn a_question_of_function_words_only_still_finds_something() {
    let index = index([segment(1, &["To be or not to be."]), segment(2, &["Tea is served daily."])]);
    assert_eq!(places(&search(&index, "Who are you to be?"))[0], (1, 0));
}

#[test]
fn the_chunk_that_answers_comes_first_with_its_place() {
    let headings = ["Visit".to_owned(), "Opening hours".to_owned()];
    let mut builder = SegmentBuilder::new(
        SourceRef {
            asset_id: 7,
            version: 3,
            file_name: "visit.md".into(),
            source_url: Some("https://example.com/visit".into()),
        },
        None,
    )
    .first_chunk_no(40);
    builder.push(&ChunkIn {
        start: 0,
        end: 35,
        heading_path: &[],
        text: "The museum shows clocks and watches",
    });
    let text = "From Tuesday to Sunday. Entry costs 8 euros.";
    builder.push(&ChunkIn { start: 60, end: 60 + text.len(), heading_path: &headings, text });
    let index = index([Arc::new(builder.build().unwrap()), segment(8, &["Our shop sells postcards."])]);

    let found = search(&index, "What are the opening hours?");
    let hit = &found.hits[0];
    assert_eq!((hit.source.asset_id, hit.source.version, hit.chunk_no), (7, 3, 41));
    assert_eq!((hit.start, hit.end, hit.text.as_str()), (60, 60 + text.len(), text));
    assert_eq!(*hit.heading_path, headings);
    assert!((hit.coverage - 1.0).abs() < 1e-6, "headings count");
    assert_eq!(hit.heading_terms, 0b11);

    let found = search(&index, "How much does entry cost?");
    let hit = &found.hits[0];
    assert_eq!(found.terms.iter().map(|term| term.word.as_str()).collect::<Vec<_>>(), ["entry", "cost"]);
    assert_eq!(found.terms[0].document_frequency, 1);
    assert_eq!((hit.source.asset_id, hit.text.as_str()), (7, text));
    assert_eq!(places(&search(&index, "postcards")), [(8, 0)]);
    assert_eq!(places(&search(&index, "visit")).len(), 2, "the file name counts");
}

#[test]
fn a_removed_or_replaced_asset_is_not_found_and_counts_no_more() {
    let full = index(
        (1..=9).map(|asset| segment(asset, &["Breakfast is served until ten.", "Dinner starts at six."])),
    );
    let snapshot = full.clone();
    let less = full.apply(vec![remove(3), remove(77), put(segment(4, &["Lunch is at noon."]))]);
    assert_eq!(less.chunk_count(), 15);
    assert!(search(&less, "breakfast").hits.iter().all(|hit| ![3, 4].contains(&hit.source.asset_id)));
    assert_eq!(search(&less, "breakfast").terms[0].document_frequency, 7);
    assert_eq!(places(&search(&less, "lunch")), [(4, 0)]);
    assert_eq!(search(&snapshot, "breakfast").hits.len(), 9, "a snapshot stays as it was");
    let none = (1..=9).fold(less, |index, asset| index.apply(vec![remove(asset)]));
    assert_eq!((none.chunk_count(), none.part_count()), (0, 0));
    assert_eq!(search(&none, "breakfast").hits, []);
}

#[test]
fn the_last_change_of_an_asset_counts() {
    let index = AgentIndex::new().apply(vec![put(segment(1, &["alpha"])), put(segment(1, &["beta"]))]);
    assert_eq!((search(&index, "alpha").hits.len(), search(&index, "beta").hits.len()), (0, 1));
    let index = index.apply(vec![put(segment(1, &["gamma"])), remove(1)]);
    assert_eq!(index.chunk_count(), 0);
}

#[test]
fn equal_chunks_are_ordered_by_asset_and_chunk() {
    let same = "The ferry leaves at noon.";
    let index = index([9, 2, 5].map(|asset| segment(asset, &[same, "Nothing here.", same])));
    let expected = [(2, 0), (2, 2), (5, 0), (5, 2), (9, 0), (9, 2)];
    assert_eq!(places(&search(&index, "ferry at noon")), expected);
    assert_eq!(places(&index.search(&Query::new("ferry"), 3)), expected[..3]);
}

#[test]
fn many_equal_chunks_beyond_the_limit_are_the_first_by_asset() {
    let index = index((0..200).rev().map(|asset| segment(asset, &["The ferry leaves at noon."])));
    let expected: Vec<(i64, u32)> = (0..100).map(|asset| (asset, 0)).collect();
    assert_eq!(places(&search(&index, "ferry")), expected);
}

#[test]
fn words_match_within_their_language_and_texts_of_many_live_together() {
    let index = index([
        segment(1, &["The children died in the flood of 1953."]),
        segment(2, &["Die Öffnungszeiten der Bibliothek sind täglich von 9 bis 18 Uhr."]),
        segment(3, &["Las habitaciones cuestan 80 euros por noche, y el desayuno es gratis."]),
        segment(4, &["我们周一至周五上午九点营业。"]),
        segment(5, &["Комнаты стоят пять тысяч рублей, и завтрак включён."]),
        segment(6, &["月曜日から金曜日まで営業しています。"]),
        segment(7, &["영업 시간은 월요일부터 금요일까지입니다."]),
    ]);
    let cases = [
        ("When did the child die?", 1),
        ("Wann sind die Bibliotheken geöffnet?", 2),
        ("¿Cuánto cuesta una habitacion?", 3),
        ("你们什么时候营业？", 4),
        ("сколько стоит комната", 5),
        ("月曜日は営業していますか", 6),
        ("영업시간이 언제입니까", 7),
    ];
    for (question, asset) in cases {
        let found = search(&index, question);
        assert_eq!(found.hits.first().map(|hit| hit.source.asset_id), Some(asset), "{question}");
    }
    // "die" is an article to a German text, and what the question is about to an English one.
    assert!(search(&index, "When did he die?").hits.iter().all(|hit| hit.source.asset_id == 1));
    assert!(!search(&index, "Wo ist die Bibliothek?").terms.iter().any(|term| term.word == "die"));
    assert_eq!(places(&search(&index, "1953")), [(1, 0)]);
}

#[test]
fn a_question_of_four_thousand_characters_is_searched() {
    let index = index(
        (0..20).map(|asset| segment(asset, &[&format!("Room number{asset} has a view and word{asset}.")])),
    );
    let question: String = (0..600).map(|n| format!("word{n} ")).collect();
    let found = search(&index, &question);
    assert!(question.len() > 4000 && found.terms.len() == 64);
    let chinese = "我们周一至周五上午九点营业".repeat(110);
    assert!(search(&index, &chinese).hits.is_empty());
    assert!(search(&index, &"a".repeat(1 << 20)).hits.is_empty());
}

#[test]
fn the_conversation_before_counts_less_than_the_question() {
    let index = index([
        segment(1, &["The pool is open on Sundays."]),
        segment(2, &["The sauna is open on Mondays."]),
    ]);
    let query = Query::new("And on Sundays?").with_context("When is the sauna open?", 0.5);
    let found = index.search(&query, 10);
    assert_eq!(found.hits.len(), 2);
    let sundays = found.terms.iter().find(|term| term.word == "sundays").unwrap();
    let sauna = found.terms.iter().find(|term| term.word == "sauna").unwrap();
    assert_eq!(sundays.range, 7..14);
    assert!((sundays.idf - 2.0 * sauna.idf).abs() < 1e-6 && sauna.range.is_empty());
    assert_eq!(
        index.search(&Query::new("Sundays").with_context("sauna", 0.0), 10).hits[0].source.asset_id,
        1
    );
}

#[test]
fn an_index_stays_in_few_parts_and_a_worn_part_is_made_anew() {
    let mut index = AgentIndex::new();
    for asset in 0..500 {
        index = index.apply(vec![put(segment(asset, &["The ferry leaves at noon."]))]);
        while let Some(merged) = index.merge_step() {
            index = merged;
        }
        assert!(index.part_count() <= 16, "{} parts after {asset}", index.part_count());
    }
    let before = index.memory_bytes();
    index = index.apply((0..400).map(remove).collect());
    while let Some(merged) = index.merge_step() {
        index = merged;
    }
    assert_eq!(index.chunk_count(), 100);
    assert!(index.memory_bytes() < before / 3);
}

#[test]
fn two_merges_of_the_same_parts_leave_every_chunk_once() {
    let start = index((0..8).map(|asset| segment(asset, &["The ferry leaves at noon."])));
    let (first, second) = (start.plan_merge().unwrap(), start.plan_merge().unwrap());
    let changed = start.apply(vec![remove(2), put(segment(3, &["The ferry leaves at one."]))]);
    let merged = changed.install(first.run()).install(second.run());
    assert_eq!(merged.chunk_count(), 7);
    assert_eq!(search(&merged, "ferry"), search(&changed, "ferry"));
    assert_eq!(search(&merged, "ferry").hits.len(), 7);
}

/// One step in the life of an index.
#[derive(Debug, Clone)]
enum Step {
    Put(i64, Vec<String>, Option<Language>),
    Remove(i64),
    Plan,
    Install,
}

fn text() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "open",
        "opening",
        "die",
        "the",
        "der",
        "garden",
        "Gärten",
        "casa",
        "casas",
        "ferry",
        "noon",
        "9",
        "1,200",
        "комната",
        "комнаты",
        "营业",
        "我们营业",
        "lunch.",
        "Lunch",
        "hours?",
    ]);
    prop::collection::vec(words, 1..12).prop_map(|words| words.join(" "))
}

fn step() -> impl Strategy<Value = Step> {
    let language = prop::sample::select(vec![
        None,
        Some(Language::English),
        Some(Language::German),
        Some(Language::Chinese),
    ]);
    prop_oneof![
        6 => (0..12_i64, prop::collection::vec(text(), 1..4), language).prop_map(|(a, t, l)| Step::Put(a, t, l)),
        2 => (0..12_i64).prop_map(Step::Remove),
        2 => Just(Step::Plan),
        2 => Just(Step::Install),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever was added, removed and merged in whatever order, with merges that ran beside changes: hits, scores
    /// and all are those of an index made of the live texts at once.
    #[test]
    fn ranking_depends_on_nothing_but_the_live_chunks(
        steps in prop::collection::vec(step(), 1..60),
        questions in prop::collection::vec(text(), 1..4),
    ) {
        let mut live: std::collections::BTreeMap<i64, Arc<Segment>> = std::collections::BTreeMap::new();
        let mut index = AgentIndex::new();
        let mut plans: Vec<MergePlan> = Vec::new();
        for step in steps {
            match step {
                Step::Put(asset, texts, language) => {
                    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                    let segment = segment_in(asset, language, &texts);
                    live.insert(asset, Arc::clone(&segment));
                    index = index.apply(vec![put(segment)]);
                }
                Step::Remove(asset) => {
                    live.remove(&asset);
                    index = index.apply(vec![remove(asset)]);
                }
                Step::Plan => plans.extend(index.plan_merge()),
                Step::Install => {
                    if let Some(plan) = plans.pop() {
                        index = index.install(plan.run());
                    }
                }
            }
        }
        let at_once = AgentIndex::new().apply(live.values().rev().cloned().map(put).collect());
        let decoded = live.values().map(|segment| Arc::new(Segment::decode(&segment.encode()).unwrap()));
        let one_by_one = decoded.rev().fold(AgentIndex::new(), |index, segment| index.apply(vec![put(segment)]));
        for question in questions {
            for limit in [1, 3, 100] {
                let query = Query::new(&question);
                let found = index.search(&query, limit);
                prop_assert_eq!(&found, &at_once.search(&query, limit));
                prop_assert_eq!(&found, &one_by_one.search(&query, limit));
            }
        }
        prop_assert_eq!(index.chunk_count(), at_once.chunk_count());
    }

    #[test]
    fn a_segment_reads_back_as_it_was_written(texts in prop::collection::vec(any::<String>(), 0..5), name in any::<String>()) {
        let mut builder = SegmentBuilder::new(
            SourceRef { asset_id: -5, version: i64::MAX, file_name: name.clone(), source_url: Some(name.clone()) },
            None,
        ).first_chunk_no(3);
        for (number, text) in texts.iter().enumerate() {
            let path = vec![name.clone(); number % 3];
            builder.push(&ChunkIn { start: number * 10, end: number * 10 + text.len(), heading_path: &path, text });
        }
        let segment = builder.build().unwrap();
        let bytes = segment.encode();
        let read = Segment::decode(&bytes).unwrap();
        prop_assert_eq!(read.encode(), bytes);
        prop_assert_eq!(read.source(), segment.source());
        for (a, b) in read.chunks().zip(segment.chunks()) {
            prop_assert_eq!((a.chunk_no, a.start, a.end, a.heading_path, a.text), (b.chunk_no, b.start, b.end, b.heading_path, b.text));
        }
        let question = texts.join(" ");
        prop_assert_eq!(search(&index([Arc::new(read)]), &question), search(&index([Arc::new(segment)]), &question));
    }

    /// Bytes changed by accident are told by the checksum; bytes made on purpose, with the right checksum, are an
    /// error or a segment that can be searched.
    #[test]
    fn damaged_bytes_are_an_error_and_hostile_ones_do_no_harm(
        at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>(), mut noise in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let good = segment(1, &["Dr. Who opens at nine. The garden closes.", "我们营业 1,200 комнаты"]).encode();
        let mut bytes = good.clone();
        let place = at.index(bytes.len());
        bytes[place] = byte;
        prop_assert!(bytes == good || Segment::decode(&bytes).is_err());
        prop_assert!(Segment::decode(&good[..cut.index(good.len())]).is_err());

        let end = bytes.len() - 4;
        let sum = crc32fast::hash(&bytes[..end]).to_le_bytes();
        bytes[end..].copy_from_slice(&sum);
        if let Ok(segment) = Segment::decode(&bytes) {
            let index = AgentIndex::new().apply(vec![put(Arc::new(segment))]);
            search(&index, "Who opens the garden at nine? 我们营业 1,200 комнаты");
        }
        let mut made = good[..5].to_vec();
        made.append(&mut noise);
        made.extend(crc32fast::hash(&made).to_le_bytes());
        prop_assert!(Segment::decode(&made).is_err());
    }

    #[test]
    fn any_question_to_any_text(text in any::<String>(), question in any::<String>()) {
        let index = index([segment(1, &[&text]), segment(2, &[&question])]);
        let found = search(&index, &question);
        for hit in &found.hits {
            prop_assert!(hit.score.is_finite() && (0.0..=1.001).contains(&hit.coverage));
        }
    }
}

#[test]
fn another_format_version_asks_to_be_built_again() {
    let mut bytes = segment(1, &["text"]).encode();
    bytes[4] = 200;
    assert_eq!(Segment::decode(&bytes).unwrap_err(), SegmentError::Version(200));
    assert!(matches!(Segment::decode(b""), Err(SegmentError::Damaged(_))));
    assert!(matches!(Segment::decode(b"RBFS"), Err(SegmentError::Damaged(_))));
}
