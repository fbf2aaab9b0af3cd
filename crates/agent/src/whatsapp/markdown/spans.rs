//! Bold, italic and struck text.

use std::ops::Range;

use super::Writer;

/// What became of a style that has begun.
pub(super) enum Span {
    /// It is written with this mark, which stands before this place of what was written.
    Mark(char, usize),
    /// It is none: its marks are written as they were read.
    Literal(String),
    /// It is dropped, and its words stay.
    Dropped,
}

impl Writer<'_> {
    /// Begins a style whose marks have this length in the source.
    pub(super) fn begin_inline(&mut self, range: Range<usize>, length: usize, mark: char) {
        self.open(range.start);
        self.begin_span(range, length, mark);
    }

    pub(super) fn begin_span(&mut self, range: Range<usize>, length: usize, mark: char) {
        let span = self.judge(range, length, mark);
        match &span {
            Span::Mark(mark, _) => {
                self.out.push(*mark);
                let begin = self.out.len();
                self.spans.push(Span::Mark(*mark, begin));
                return;
            }
            Span::Literal(marks) => self.out.push_str(marks),
            Span::Dropped => {}
        }
        self.spans.push(span);
    }

    pub(super) fn end_span(&mut self) {
        match self.spans.pop() {
            Some(Span::Mark(mark, begin)) => self.close(mark, begin),
            Some(Span::Literal(marks)) => self.out.push_str(&marks),
            Some(Span::Dropped) | None => {}
        }
    }

    /// Ends the open styles at the end of a line.
    pub(super) fn suspend_spans(&mut self) {
        for at in (0..self.spans.len()).rev() {
            if let Some(Span::Mark(mark, begin)) = self.spans.get(at) {
                self.close(*mark, *begin);
            }
        }
    }

    /// Begins them again in the next.
    pub(super) fn resume_spans(&mut self) {
        for span in &mut self.spans {
            if let Span::Mark(mark, begin) = span {
                self.out.push(*mark);
                *begin = self.out.len();
            }
        }
    }

    /// Writes a mark, or takes the first one back when nothing is between.
    fn close(&mut self, mark: char, begin: usize) {
        if self.out.len() == begin && self.out.ends_with(mark) {
            self.out.pop();
        } else {
            self.out.push(mark);
        }
    }

    /// WhatsApp reads marks only at the edges of words. Within one they are dropped, or stay where they mean something
    /// else: `2*3*4`, `2**3**4`, and a deletion, which must not be read as valid.
    fn judge(&self, range: Range<usize>, length: usize, mark: char) -> Span {
        let before = self.source.get(..range.start).unwrap_or_default();
        let text = self.source.get(range.clone()).unwrap_or_default();
        let after = self.source.get(range.end..).unwrap_or_default();
        let literal = || Span::Literal(text.get(..length).unwrap_or_default().to_owned());
        if length > 0 && ends_in_address(before) {
            return literal();
        }
        if self.spans.iter().any(|span| matches!(span, Span::Mark(open, _) if *open == mark)) {
            return Span::Dropped;
        }
        if length == 0 {
            return if holds_address(text) { Span::Dropped } else { Span::Mark(mark, 0) };
        }
        let marks = ['*', '_', '~'];
        let outer = [
            before.trim_end_matches(marks).chars().next_back(),
            after.trim_start_matches(marks).chars().next(),
        ];
        let in_word = outer.into_iter().flatten().any(char::is_alphanumeric);
        if !in_word {
            // The mark behind an address would be read as a part of it.
            let drops = mark != '~' && holds_address(text);
            return if drops { Span::Dropped } else { Span::Mark(mark, 0) };
        }
        let inner = text.trim_matches(marks);
        let edges = [inner.chars().next(), inner.chars().next_back()];
        let digit = outer.into_iter().chain(edges).flatten().any(|c| c.is_ascii_digit());
        let ascii = outer.into_iter().flatten().any(|c| c.is_ascii_alphanumeric());
        if mark == '*' && !(ascii && digit) { Span::Dropped } else { literal() }
    }
}

/// Whether the text ends within a web address.
fn ends_in_address(text: &str) -> bool {
    let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    word.contains("://") || word.starts_with("www.")
}

/// Whether an address will stand in the text.
fn holds_address(text: &str) -> bool {
    text.contains("://") || text.contains("www.") || text.contains("](")
}
