//! The embedded grammars.

use robofy_when::{DateOrder, Grammar, Language};

#[test]
fn every_grammar_is_read_without_a_mistake() {
    for language in Language::ALL {
        assert_eq!(language.grammar().mistakes(), [""; 0], "{}", language.name());
    }
}

#[test]
fn mistakes_are_told() {
    let grammar = Grammar::read(&[
        "day: <weekday> = weekday $1 coming\nnonsense\nday: (a = today 0\nday: b = dance\n@order up",
    ]);
    let mistakes = grammar.mistakes();
    assert_eq!(mistakes.len(), 5, "{mistakes:?}");
    assert!(mistakes[4].contains("<weekday>"), "{mistakes:?}");
}

#[test]
fn a_locale_has_its_order_of_dates() {
    use DateOrder::{DayFirst, MonthFirst};
    let rows = [
        ("en", MonthFirst),
        ("en-US", MonthFirst),
        ("en-GB", DayFirst),
        ("en_AU", DayFirst),
        ("en-Latn-IE", DayFirst),
    ];
    for (locale, order) in rows {
        assert_eq!(Language::English.order(locale), order, "{locale}");
    }
    assert_eq!(Language::German.order("de"), DayFirst);
    assert_eq!(Language::Spanish.order("es-US"), MonthFirst);
    assert_eq!(Language::of("pt-BR"), Some(Language::Portuguese));
    assert_eq!(Language::of("german"), Some(Language::German));
    assert_eq!(Language::of("xx"), None);
}
