//! From bytes to characters.
//!
//! In this order: a byte order mark; UTF-16 without one (every other byte of Western text is zero); valid UTF-8; the
//! character set that an HTML page declares; a guess from the bytes. Text with U+0000 or with many control
//! characters is refused: it is not text.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::ExtractError;

/// Text, and what it was read as.
pub(super) struct Decoded {
    /// The characters: `\n` line ends, no byte order mark, no control characters but tab and line feed.
    pub text: String,
    /// The WHATWG name of the character set.
    pub charset: &'static str,
}

/// Decodes a whole file.
///
/// # Errors
///
/// [`ExtractError::Nul`], [`ExtractError::Binary`].
pub(super) fn decode(bytes: &[u8], declared: Option<&'static Encoding>) -> Result<Decoded, ExtractError> {
    let (encoding, body) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => (encoding, bytes.get(length..).unwrap_or_default()),
        None => (encoding_of(bytes, declared), bytes),
    };
    let (text, _) = encoding.decode_without_bom_handling(body);
    Ok(Decoded { text: clean(&text)?, charset: encoding.name() })
}

/// Decodes a page whose server says what it is in, which outranks the page's own word (Encoding standard: only a byte
/// order mark stands above it). Where it says UTF-8 and nearly nothing is, that is a server's default that nobody
/// looked at: browsers show such a page as boxes, and it is read as if the server had said nothing.
///
/// # Errors
///
/// [`ExtractError::Nul`], [`ExtractError::Binary`].
pub(super) fn decode_told(
    bytes: &[u8],
    told: &'static Encoding,
    declared: Option<&'static Encoding>,
) -> Result<Decoded, ExtractError> {
    if Encoding::for_bom(bytes).is_some() || (told == UTF_8 && !is_nearly_utf8(bytes)) {
        return decode(bytes, declared);
    }
    let (text, _) = told.decode_without_bom_handling(bytes);
    Ok(Decoded { text: clean(&text)?, charset: told.name() })
}

/// The first characters of a file, for a look at what it is; never fails.
pub(super) fn peek(bytes: &[u8], length: usize) -> String {
    let head = bytes.get(..length).unwrap_or(bytes);
    let (encoding, body) = match Encoding::for_bom(head) {
        Some((encoding, length)) => (encoding, head.get(length..).unwrap_or_default()),
        None => (utf16_without_mark(head).unwrap_or(UTF_8), head),
    };
    encoding.decode_without_bom_handling(body).0.into_owned()
}

/// The character set that an HTML page declares within its first 1,024 bytes, as the HTML standard looks for it.
pub(super) fn declared_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..1024).unwrap_or(bytes).to_ascii_lowercase();
    let at = head.windows(7).position(|window| window == b"charset" || window == b"ncoding")?;
    let rest = head.get(at + 7..)?.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let end = rest.iter().position(|b| matches!(b, b'"' | b'\'' | b' ' | b';' | b'>' | b'/' | b'?'))?;
    let encoding = Encoding::for_label(rest.get(..end)?)?;
    // A page whose declaration can be read as ASCII is not in UTF-16 (HTML standard, 13.2.3.2).
    Some(if encoding == UTF_16LE || encoding == UTF_16BE { UTF_8 } else { encoding })
}

/// Which character set a file without a byte order mark is in.
fn encoding_of(bytes: &[u8], declared: Option<&'static Encoding>) -> &'static Encoding {
    if let Some(encoding) = utf16_without_mark(bytes) {
        return encoding;
    }
    if std::str::from_utf8(bytes).is_ok() {
        // ISO-2022-JP is pure ASCII bytes, so only its own declaration tells it apart.
        return declared.filter(|encoding| !encoding.is_ascii_compatible()).unwrap_or(UTF_8);
    }
    if let Some(encoding) = declared.filter(|encoding| *encoding != UTF_8) {
        return encoding;
    }
    // A text cut at a byte, or pasted together, has a few malformed places; it is not another character set for that.
    if is_nearly_utf8(bytes) {
        return UTF_8;
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// True if characters of several bytes are well formed far more often than not. In other character sets such
/// sequences are rare.
fn is_nearly_utf8(bytes: &[u8]) -> bool {
    let (mut well_formed, mut malformed) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        well_formed += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        malformed += usize::from(!chunk.invalid().is_empty());
    }
    malformed * 5 <= well_formed
}

/// Recognises UTF-16 without a mark: at least a third of one half of the bytes is zero, and none of the other half.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..4096).unwrap_or(bytes);
    let pairs = head.len() / 2;
    let zeros = |offset: usize| head.chunks_exact(2).filter(|pair| pair.get(offset) == Some(&0)).count();
    let (first, second) = (zeros(0), zeros(1));
    if pairs < 2 {
        None
    } else if first == 0 && second * 3 >= pairs {
        Some(UTF_16LE)
    } else if second == 0 && first * 3 >= pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Normalises line ends, drops what no reader sees, and refuses what is not text.
fn clean(text: &str) -> Result<String, ExtractError> {
    let mut out = String::with_capacity(text.len());
    let (mut odd, mut lost, mut total, mut nul) = (0_usize, 0_usize, 0_usize, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        total += 1;
        match c {
            '\r' => {
                if chars.peek() == Some(&'\n') {
                    chars.next();
                }
                out.push('\n');
            }
            '\u{2028}' | '\u{2029}' | '\u{85}' | '\u{0b}' | '\u{0c}' => out.push('\n'),
            '\n' | '\t' => out.push(c),
            '\0' => nul = true,
            '\u{feff}' => {}
            '\u{fffd}' => {
                lost += 1;
                out.push(c);
            }
            c if c.is_control() => {
                odd += 1;
                out.push(' ');
            }
            c => out.push(c),
        }
    }
    // One stray control character per thousand is a careless export; more of them are a picture or a program.
    if odd * 1000 > total.max(1000) * 5 || lost * 100 > total.max(100) * 5 {
        return Err(ExtractError::Binary);
    }
    if nul {
        return Err(ExtractError::Nul);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        decode(bytes, None).unwrap().text
    }

    #[test]
    fn marks_and_guesses() {
        assert_eq!(text("\u{feff}Grüße\r\nan\rdich".as_bytes()), "Grüße\nan\ndich");
        let little: Vec<u8> = "Grüße, Ōsaka".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(text(&[b"\xff\xfe".as_slice(), &little].concat()), "Grüße, Ōsaka");
        assert_eq!(text(&little), "Grüße, Ōsaka");
        let big: Vec<u8> = "opening hours".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(text(&[b"\xfe\xff".as_slice(), &big].concat()), "opening hours");
        assert_eq!(text(&big), "opening hours");
        assert_eq!(
            text(b"Gr\xfc\xdfe aus M\xfcnchen, sch\xf6ne Stra\xdfe"),
            "Grüße aus München, schöne Straße"
        );
        let (japanese, _, _) = encoding_rs::SHIFT_JIS.encode("営業時間は平日九時から十八時までです。");
        assert_eq!(text(&japanese), "営業時間は平日九時から十八時までです。");
    }

    #[test]
    fn declared() {
        let page = b"<html><head><meta http-equiv='Content-Type' content='text/html; charset=windows-1251'>\xcf\xf0\xe8\xe2\xe5\xf2";
        let encoding = declared_charset(page);
        assert_eq!(encoding.map(Encoding::name), Some("windows-1251"));
        assert!(decode(page, encoding).unwrap().text.ends_with("Привет"));
        assert_eq!(declared_charset(b"<meta charset=utf-16>").map(Encoding::name), Some("UTF-8"));
        assert_eq!(declared_charset(b"<meta charset=\"no-such\">").map(Encoding::name), None);
        // A declaration that the bytes contradict does not spoil valid UTF-8.
        let lie = "<meta charset=\"latin1\">Öl".as_bytes();
        assert!(decode(lie, declared_charset(lie)).unwrap().text.ends_with("Öl"));
    }

    #[test]
    fn told_by_the_server() {
        let told = |bytes: &[u8], told: &'static Encoding| {
            let decoded = decode_told(bytes, told, declared_charset(bytes)).unwrap();
            (decoded.text, decoded.charset)
        };
        // The server outranks the page, and a mark outranks the server.
        let page = b"<meta charset=utf-8>\xcf\xf0\xe8\xe2\xe5\xf2";
        let (text, charset) = told(page, encoding_rs::WINDOWS_1251);
        assert!(text.ends_with("Привет") && charset == "windows-1251", "{text} {charset}");
        let (text, charset) = told("\u{feff}Grüße".as_bytes(), encoding_rs::WINDOWS_1251);
        assert_eq!((text.as_str(), charset), ("Grüße", "UTF-8"));
        // Browsers do as the server says even where the bytes could be UTF-8.
        assert_eq!(told("Ã".as_bytes(), encoding_rs::WINDOWS_1252).0, "Ãƒ");
        // A careless default does not spoil a page that says better, or that can be guessed.
        let page = b"<meta charset=windows-1251>\xcf\xf0\xe8\xe2\xe5\xf2";
        assert!(told(page, UTF_8).0.ends_with("Привет"));
        assert_eq!(told(b"Gr\xfc\xdfe aus M\xfcnchen", UTF_8).0, "Grüße aus München");
        // One bad byte does not make another character set of UTF-8.
        let (text, charset) =
            told(b"Gr\xc3\xbc\xc3\x9fe, sch\xc3\xb6ne Stra\xc3\x9fe, \xc3\xa4, \xc3", UTF_8);
        assert_eq!((text.as_str(), charset), ("Grüße, schöne Straße, ä, \u{fffd}", "UTF-8"));
    }

    #[test]
    fn a_bad_byte_does_not_change_the_character_set() {
        let whole = "Grüße aus München, schöne Straße";
        let cut = [whole.as_bytes(), b" \xc3 und mehr"].concat();
        assert_eq!(text(&cut), format!("{whole} \u{fffd} und mehr"));
    }

    #[test]
    fn not_text() {
        assert!(matches!(decode(b"a line\0of text, quite long", None), Err(ExtractError::Nul)));
        let noise: Vec<u8> = (0..4096_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert!(matches!(decode(&noise, None), Err(ExtractError::Binary | ExtractError::Nul)));
    }
}
