//! Reads a stream of server-sent events as it comes (WHATWG HTML, section 9.2, "Parsing an event stream").

use std::borrow::Cow;

use memchr::memchr2;

/// The byte order mark, which may stand at the very beginning.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// One event. Ids and retry times are not kept: nobody here reconnects.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Event<'a> {
    /// Its type; empty when none was given.
    pub name: &'a str,
    /// Its data, the lines joined by `\n`; bytes that are no UTF-8 became U+FFFD.
    pub data: Cow<'a, str>,
}

/// A line or an event is longer than allowed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Cuts what comes into events. It holds one unfinished event, of at most `most` bytes.
#[derive(Debug)]
pub(crate) struct EventReader {
    /// The part of a line whose end has not come.
    line: Vec<u8>,
    /// The data of the event whose end has not come, each line followed by `\n`.
    data: Vec<u8>,
    name: String,
    /// The last line ended in CR: a LF that follows belongs to it.
    after_cr: bool,
    at_start: bool,
    most: usize,
}

impl EventReader {
    /// A reader whose unfinished event holds at most `most` bytes.
    pub(crate) const fn new(most: usize) -> Self {
        Self {
            line: Vec::new(),
            data: Vec::new(),
            name: String::new(),
            after_cr: false,
            at_start: true,
            most,
        }
    }

    /// Takes what came and calls `each` for every event that is complete now.
    pub(crate) fn read<E: From<TooLong>>(
        &mut self,
        mut bytes: &[u8],
        mut each: impl FnMut(Event<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        loop {
            if self.after_cr && !bytes.is_empty() {
                self.after_cr = false;
                bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
            }
            let Some(end) = memchr2(b'\n', b'\r', bytes) else { break };
            self.after_cr = bytes.get(end) == Some(&b'\r');
            let (piece, rest) = bytes.split_at(end);
            bytes = rest.get(1..).unwrap_or_default();
            self.fits(piece.len())?;
            if self.line.is_empty() {
                self.take(piece, &mut each)?;
            } else {
                let mut line = std::mem::take(&mut self.line);
                line.extend_from_slice(piece);
                self.take(&line, &mut each)?;
                line.clear();
                self.line = line;
            }
        }
        self.fits(bytes.len())?;
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    /// The stream has ended. An event whose closing blank line is missing is given all the same, unlike the
    /// specification: some servers leave the last one out.
    pub(crate) fn end<E: From<TooLong>>(
        &mut self,
        mut each: impl FnMut(Event<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let line = std::mem::take(&mut self.line);
        if !line.is_empty() {
            self.take(&line, &mut each)?;
        }
        self.take(b"", &mut each)
    }

    fn fits(&self, more: usize) -> Result<(), TooLong> {
        if self.line.len() + self.data.len() + more > self.most { Err(TooLong) } else { Ok(()) }
    }

    /// Takes one whole line, without its end.
    fn take<E>(&mut self, line: &[u8], each: &mut impl FnMut(Event<'_>) -> Result<(), E>) -> Result<(), E> {
        let line =
            if std::mem::take(&mut self.at_start) { line.strip_prefix(BOM).unwrap_or(line) } else { line };
        if line.is_empty() {
            return self.dispatch(each);
        }
        let (field, value) = match memchr::memchr(b':', line) {
            Some(colon) => {
                let (field, value) = line.split_at(colon);
                let value = value.get(1..).unwrap_or_default();
                (field, value.strip_prefix(b" ").unwrap_or(value))
            }
            None => (line, &b""[..]),
        };
        match field {
            b"data" => {
                self.data.extend_from_slice(value);
                self.data.push(b'\n');
            }
            b"event" => self.name = String::from_utf8_lossy(value).into_owned(),
            // A comment, an id, a retry time, or a field of the future.
            _ => {}
        }
        Ok(())
    }

    fn dispatch<E>(&mut self, each: &mut impl FnMut(Event<'_>) -> Result<(), E>) -> Result<(), E> {
        let given = match self.data.split_last() {
            Some((_, data)) => each(Event { name: &self.name, data: String::from_utf8_lossy(data) }),
            None => Ok(()),
        };
        self.data.clear();
        self.name.clear();
        given
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    impl From<TooLong> for String {
        fn from(_: TooLong) -> Self {
            "too long".into()
        }
    }

    fn read(pieces: &[&[u8]]) -> Result<Vec<(String, String)>, String> {
        let mut events = Vec::new();
        let mut reader = EventReader::new(1 << 16);
        for piece in pieces {
            reader.read(piece, |event| {
                events.push((event.name.to_owned(), event.data.into_owned()));
                Ok::<(), String>(())
            })?;
        }
        Ok(events)
    }

    fn data(pieces: &[&[u8]]) -> Vec<String> {
        read(pieces).unwrap().into_iter().map(|(_, data)| data).collect()
    }

    #[test]
    fn the_specifications_own_examples() {
        assert_eq!(data(&[b"data: YHOO\ndata: +2\ndata: 10\n\n"]), ["YHOO\n+2\n10"]);
        let stream =
            b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n";
        assert_eq!(data(&[stream]), ["first event", "second event", " third event"]);
        assert_eq!(data(&[b"data\n\ndata\ndata\n\ndata:"]), ["", "\n"]);
        assert_eq!(data(&[b"data:test\n\ndata: test\n\n"]), ["test", "test"]);
    }

    #[test]
    fn every_line_end_and_a_byte_order_mark() {
        assert_eq!(data(&[b"\xEF\xBB\xBFdata: a\r\n\r\ndata: b\r\rdata: c\n\n"]), ["a", "b", "c"]);
        assert_eq!(data(&[b"\xEF", b"\xBB\xBFdata: a\r", b"\n\r", b"\ndata: b\r", b"\r"]), ["a", "b"]);
    }

    #[test]
    fn a_name_belongs_to_one_event() {
        let events = read(&[b"event: error\ndata: x\n\ndata: y\n\nevent: lost\n\ndata: z\n\n"]).unwrap();
        let named: Vec<_> = events.iter().map(|(name, data)| (name.as_str(), data.as_str())).collect();
        assert_eq!(named, [("error", "x"), ("", "y"), ("", "z")]);
    }

    #[test]
    fn broken_bytes_become_replacement_characters() {
        assert_eq!(data(&[b"data: a\xFFb\n\n"]), ["a\u{FFFD}b"]);
    }

    #[test]
    fn what_is_too_long_is_refused_and_not_kept() {
        let mut reader = EventReader::new(100);
        let mut outcome = Ok(());
        for _ in 0..1000 {
            outcome = reader.read::<String>(&[b'x'; 64], |_| Ok(()));
        }
        assert!(outcome.is_err());
        assert!(reader.line.capacity() < 1024);

        let mut reader = EventReader::new(100);
        let outcome = (0..1000).try_for_each(|_| reader.read::<String>(b"data: 123\n", |_| Ok(())));
        assert!(outcome.is_err());
    }

    #[test]
    fn an_end_without_its_blank_line() {
        let mut reader = EventReader::new(100);
        reader.read::<String>(b"data: [DONE]", |_| panic!("not yet complete")).unwrap();
        let mut last = String::new();
        reader
            .end::<String>(|event| {
                last = event.data.into_owned();
                Ok(())
            })
            .unwrap();
        assert_eq!(last, "[DONE]");
    }

    fn lines() -> impl Strategy<Value = Vec<u8>> {
        let text = prop_oneof![
            "data: [a-zé€🙂:]{0,8}",
            "data:[ a-z]{0,4}",
            "event: [a-z]{0,4}",
            ": [a-z]{0,4}",
            "[a-z: ]{0,6}",
            Just(String::new()),
        ];
        let end = prop_oneof![Just("\n"), Just("\r\n"), Just("\r")];
        proptest::collection::vec((text, end), 0..24).prop_map(|lines| {
            lines.iter().flat_map(|(text, end)| [text.as_bytes(), end.as_bytes()].concat()).collect()
        })
    }

    proptest! {
        /// Where the network cuts the stream makes no difference, even within a character or a line's end.
        #[test]
        fn splits_make_no_difference(stream in lines(), cuts in proptest::collection::vec(0..400_usize, 0..12)) {
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(stream.len())).collect();
            cuts.sort_unstable();
            let mut pieces = Vec::new();
            let mut from = 0;
            for cut in cuts {
                pieces.push(&stream[from..cut]);
                from = cut;
            }
            pieces.push(&stream[from..]);
            prop_assert_eq!(read(&pieces), read(&[&stream]));
            let bytes: Vec<&[u8]> = stream.chunks(1).collect();
            prop_assert_eq!(read(&bytes), read(&[&stream]));
        }

        /// Nothing that comes makes it panic or hold more than it may.
        #[test]
        fn any_bytes_at_all(stream in proptest::collection::vec(any::<u8>(), 0..600)) {
            let mut reader = EventReader::new(64);
            for piece in stream.chunks(7) {
                if reader.read::<String>(piece, |_| Ok(())).is_err() {
                    break;
                }
                prop_assert!(reader.line.len() + reader.data.len() <= 65);
            }
        }
    }
}
