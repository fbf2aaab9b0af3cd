//! Character sets by the numbers that RTF gives them.

use encoding_rs::{self as all, Encoding};

/// The encoding of a Windows or Macintosh code page (`\ansicpg`).
pub(super) fn of_code_page(number: i32) -> Option<&'static Encoding> {
    Some(match number {
        874 => all::WINDOWS_874,
        866 => all::IBM866,
        932 => all::SHIFT_JIS,
        936 => all::GBK,
        949 => all::EUC_KR,
        950 => all::BIG5,
        1250 => all::WINDOWS_1250,
        1251 => all::WINDOWS_1251,
        1252 => all::WINDOWS_1252,
        1253 => all::WINDOWS_1253,
        1254 => all::WINDOWS_1254,
        1255 => all::WINDOWS_1255,
        1256 => all::WINDOWS_1256,
        1257 => all::WINDOWS_1257,
        1258 => all::WINDOWS_1258,
        10_000 => all::MACINTOSH,
        10_007 => all::X_MAC_CYRILLIC,
        65_001 => all::UTF_8,
        _ => return None,
    })
}

/// The encoding of a font (`\fcharset`); nothing for fonts in the document's own.
pub(super) fn of_font(number: i32) -> Option<&'static Encoding> {
    of_code_page(match number {
        77 => 10_000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    })
}
