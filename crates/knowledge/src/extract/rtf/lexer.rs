//! The marks of RTF (Rich Text Format Specification 1.9.1, "RTF Syntax").

/// A piece of an RTF file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// `\word`, with its number if it has one.
    Word(&'a [u8], Option<i32>),
    /// `\` and a character that is no letter.
    Symbol(u8),
    /// A byte of text, as it stands or as `\'hh`.
    Byte(u8),
}

/// Reads tokens until the file ends.
#[derive(Debug)]
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn word(&mut self) -> Token<'a> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_alphabetic()) && self.at - start < 32 {
            self.at += 1;
        }
        let word = self.bytes.get(start..self.at).unwrap_or_default();
        let digits = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) && self.at - digits < 12 {
            self.at += 1;
        }
        let number = self.bytes.get(digits..self.at).and_then(|digits| std::str::from_utf8(digits).ok());
        if number == Some("-") {
            // A dash that begins no number is text.
            self.at = digits;
        }
        let number = number.and_then(|digits| digits.parse::<i64>().ok());
        let number = number.and_then(|number| i32::try_from(number).ok());
        if self.peek() == Some(b' ') {
            self.at += 1;
        }
        if word == b"bin" {
            // Bytes that are not RTF.
            self.at += number.and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        }
        Token::Word(word, number)
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let byte = self.peek()?;
            self.at += 1;
            return Some(match byte {
                b'{' => Token::Open,
                b'}' => Token::Close,
                b'\r' | b'\n' | 0 => continue,
                b'\\' => match self.peek()? {
                    b'\'' => {
                        let hex = self.bytes.get(self.at + 1..self.at + 3)?;
                        let value =
                            std::str::from_utf8(hex).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok());
                        self.at += 1;
                        let Some(value) = value else { continue };
                        self.at += 2;
                        Token::Byte(value)
                    }
                    letter if letter.is_ascii_alphabetic() => self.word(),
                    symbol => {
                        self.at += 1;
                        Token::Symbol(symbol)
                    }
                },
                byte => Token::Byte(byte),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens() {
        let tokens: Vec<Token<'_>> =
            Lexer::new(b"{\\b1 a\\'e4\\u-3913?\\~\\par\r\n\\x-b\\bin3 }}}}").collect();
        assert_eq!(
            tokens,
            [
                Token::Open,
                Token::Word(b"b", Some(1)),
                Token::Byte(b'a'),
                Token::Byte(0xe4),
                Token::Word(b"u", Some(-3913)),
                Token::Byte(b'?'),
                Token::Symbol(b'~'),
                Token::Word(b"par", None),
                Token::Word(b"x", None),
                Token::Byte(b'-'),
                Token::Byte(b'b'),
                Token::Word(b"bin", Some(3)),
                Token::Close,
            ]
        );
        assert_eq!(Lexer::new(b"\\").count(), 0);
        assert_eq!(Lexer::new(b"\\'4").count(), 0);
    }
}
