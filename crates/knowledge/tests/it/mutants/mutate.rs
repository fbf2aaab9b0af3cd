//! What is done to a file.

use super::archive;
use super::seeds::Seed;
use crate::build;

/// Mutants are cut to this size, so that a minute holds many.
const MAX_BYTES: usize = 1024 * 1024;

/// What a file is made of, which says how deep a change may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    Markup,
    Plain,
    Rtf,
    Pdf,
    /// A ZIP archive of XML.
    Package,
    /// Records of numbers.
    Binary,
}

/// Repeatable chance: SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `most`; 0 if there is none.
    pub fn below(&mut self, most: usize) -> usize {
        let most = u64::try_from(most).unwrap().max(1);
        usize::try_from(self.next() % most).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    /// A stretch of the bytes, mostly short.
    fn stretch(&mut self, length: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        let most = *self.one(&[4, 16, 64, 1024, 65536]);
        let end = (start + self.below(most) + 1).min(length);
        start..end
    }
}

/// Numbers at which programs go wrong.
const NUMBERS: &[u64] = &[
    0,
    1,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x7fff_ffff_ffff_ffff,
    0xffff_ffff_ffff_ffff,
];
const DIGITS: &[&str] = &[
    "0",
    "-1",
    "1e999",
    "NaN",
    "65536",
    "2147483648",
    "4294967295",
    "18446744073709551616",
    "99999999999999999999999",
];
const MARKUP: &[&str] = &[
    "<table>",
    "<tr>",
    "<td rowspan=99999 colspan=99999>",
    "<ul><li>",
    "</div>",
    "<div hidden>",
    "<!--",
    "]]>",
    "<![CDATA[",
    "<svg><style>",
    "<template>",
    "<script type=application/ld+json>{\"@type\":\"Store\",\"name\":",
    "<base href=//x>",
    "<meta http-equiv=refresh content=0;url=x>",
    "&#1114112;",
    "&amp;amp;",
    "<a href=x>",
    "<p itemscope itemprop=x>",
    "<plaintext>",
    "<frameset>",
    "| a | b |\n| --- |\n",
    "```\n",
    "[x](y \"z\n",
    "<details>",
    "\u{202e}",
    "\u{fffd}",
    "<math><mtext><p>",
];
const XML: &[&str] = &[
    "<w:p>",
    "</w:p>",
    "<w:tbl><w:tr><w:tc>",
    "<w:gridSpan w:val=\"4294967295\"/>",
    "<w:vMerge/>",
    "<a:t>",
    "<a:tbl>",
    "<v>",
    "<c t=\"s\"><v>4294967295</v></c>",
    "<c r=\"XFD1048576\"><v>1</v></c>",
    "<row r=\"1048576\">",
    "<mergeCell ref=\"A1:XFD1048576\"/>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM \"file:///etc/passwd\">]>",
    "&y;",
    "xml:space=\"preserve\"",
    "<![CDATA[",
    "-->",
    "&#0;",
    "Target=\"../../../../etc/passwd\"",
    "<p:sp>",
    "<p:grpSp>",
    "<w:txbxContent>",
    "<mc:AlternateContent>",
];
const PDF: &[&str] = &[
    "1 0 R",
    "<< /Type /Pages /Kids [1 0 R 2 0 R] >>",
    "/Count 2147483647",
    "/Filter [/FlateDecode /FlateDecode /LZWDecode]",
    "/Predictor 15 /Columns 2147483647",
    "stream\n",
    "endstream",
    "endobj\n9 0 obj",
    "/Encrypt 3 0 R",
    "/Length 9 0 R",
    "BT",
    "ET",
    "[(a) -99999999 (b)] TJ",
    "0 0 0 0 0 0 Tm",
    "1e38 0 0 1e38 0 0 cm",
    "/F1 1e30 Tf",
    "q q q q",
    "/X1 Do",
    "<FEFF>",
    "/ToUnicode 1 0 R",
    "1 beginbfrange\n<0000> <FFFF> <0000>\nendbfrange",
    "xref\n0 4294967295\n",
    "trailer << /Prev 0 >>",
    "/ObjStm /N 99999999 /First -1",
    "/DecodeParms << /K -1 >>",
    "(((((",
    "[[[[[[",
    "<<<<<<",
];
const RTF: &[&str] = &[
    "{",
    "}",
    "\\bin99999999 ",
    "\\'8",
    "\\u-32768?",
    "\\uc65535 ",
    "\\fonttbl",
    "{\\*\\unknown ",
    "\\trowd\\cellx1\\cell\\row",
    "\\par ",
    "\\ansicpg932 ",
    "\\field{\\*\\fldinst ",
    "\\pict ",
    "\\~",
    "\\",
];
const PLAIN: &[&str] = &[
    "\"",
    "\"\"",
    ",",
    ";",
    "\t",
    "\n",
    "\r\n",
    "{",
    "[[[[[[[[",
    "]",
    "\\u0000",
    "\\ud800",
    "null",
    "\u{feff}",
    "\u{0}",
    "\u{85}",
    "1e400",
    ":",
    "'",
    "|",
    "\u{1f1e6}",
];

/// A file with something wrong in it.
pub fn mutant(dice: &mut Dice, seeds: &[Seed], shape: Shape) -> Vec<u8> {
    let other = &dice.one(seeds).bytes;
    let seed = dice.one(seeds);
    let deep = dice.below(4) > 0;
    let mut bytes = match (shape, &seed.members) {
        (Shape::Package, Some(members)) if deep => {
            let mut members = members.clone();
            for _ in 0..=dice.below(3) {
                let at = dice.below(members.len());
                let content = members[dice.below(members.len())].1.clone();
                let (_, member) = &mut members[at];
                change(dice, member, &content, shape);
            }
            archive::pack(&members)
        }
        (Shape::Pdf, _) if deep => within_streams(dice, &seed.bytes),
        (_, _) => {
            let mut bytes = seed.bytes.clone();
            change(dice, &mut bytes, other, shape);
            bytes
        }
    };
    bytes.truncate(MAX_BYTES);
    bytes
}

/// Changes what the streams of a PDF hold. What is packed again must fit where it was, so that the places of the
/// objects behind it stay true.
fn within_streams(dice: &mut Dice, pdf: &[u8]) -> Vec<u8> {
    let mut out = pdf.to_vec();
    let streams = archive::streams(pdf);
    for _ in 0..=dice.below(4) {
        if streams.is_empty() {
            break;
        }
        let range = dice.one(&streams).clone();
        let Some(mut content) = archive::unpack_stream(&pdf[range.clone()]) else { continue };
        let before = content.clone();
        change(dice, &mut content, &before, Shape::Pdf);
        let packed = build::zlib(&content);
        if packed.len() <= range.len() {
            let place = &mut out[range];
            place.fill(b'\n');
            place[..packed.len()].copy_from_slice(&packed);
        }
    }
    // And now and then what stands around them.
    if dice.below(3) == 0 {
        once(dice, &mut out, pdf, Shape::Pdf);
    }
    out
}

/// Makes a few changes; `other` is what is spliced in.
fn change(dice: &mut Dice, bytes: &mut Vec<u8>, other: &[u8], shape: Shape) {
    let most = *dice.one(&[1, 1, 2, 4, 16]);
    for _ in 0..=dice.below(most) {
        once(dice, bytes, other, shape);
        bytes.truncate(MAX_BYTES);
    }
}

fn once(dice: &mut Dice, bytes: &mut Vec<u8>, other: &[u8], shape: Shape) {
    let range = dice.stretch(bytes.len());
    let at = range.start;
    match dice.below(11) {
        0 => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= 1 << dice.below(8);
            }
        }
        1 => {
            let byte = dice.byte();
            bytes[range].fill(byte);
        }
        2 => drop(bytes.drain(range)),
        3 => {
            let again = bytes[range].repeat(1 + dice.below(64));
            bytes.splice(at..at, again);
        }
        4 => {
            let from = dice.stretch(bytes.len());
            let moved = bytes[from].to_vec();
            bytes.splice(range, moved);
        }
        5 => {
            let from = dice.stretch(other.len());
            bytes.splice(range, other[from].iter().copied());
        }
        6 if dice.below(4) == 0 => bytes.truncate(at),
        7 => number_in_words(dice, bytes, at),
        8 | 9 if shape == Shape::Binary => number_in_bytes(dice, bytes, at),
        _ => {
            let words = match shape {
                Shape::Markup => MARKUP,
                Shape::Plain => PLAIN,
                Shape::Rtf => RTF,
                Shape::Pdf => PDF,
                Shape::Package => XML,
                Shape::Binary => return number_in_bytes(dice, bytes, at),
            };
            let times = *dice.one(&[1, 1, 1, 2, 200]);
            let word = dice.one(words).repeat(times);
            // Half of the time between two tags, where a parser expects one.
            let at = match (dice.below(2), shape) {
                (0, Shape::Markup | Shape::Package) => {
                    bytes[at..].iter().position(|byte| *byte == b'<').map_or(at, |ahead| at + ahead)
                }
                (_, _) => at,
            };
            bytes.splice(at..at, word.into_bytes());
        }
    }
}

/// Replaces the next number that is written in digits.
fn number_in_words(dice: &mut Dice, bytes: &mut Vec<u8>, from: usize) {
    let Some(start) = bytes[from..].iter().position(u8::is_ascii_digit).map(|at| from + at) else { return };
    let length = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    bytes.splice(start..start + length, dice.one(DIGITS).bytes());
}

/// Writes a number over two, four or eight bytes.
fn number_in_bytes(dice: &mut Dice, bytes: &mut [u8], at: usize) {
    // Most fields lie at even places.
    let at = at & !1;
    let width = *dice.one(&[1, 2, 2, 4, 4, 8]);
    let number = dice.one(NUMBERS).to_le_bytes();
    if let Some(place) = bytes.get_mut(at..at + width) {
        place.copy_from_slice(&number[..width]);
        if dice.below(4) == 0 {
            place.reverse();
        }
    }
}
