//! An address as somebody typed it.

use url::{ParseError, Url};

use crate::NetError;

/// Longer ones are no base URL, web page or hook that anybody runs; many servers refuse them.
const LONGEST: usize = 2048;

/// Reads an address that a person has typed, with a sentence for that person when it is none. Who may be reached is
/// [`crate::Gate::check`]'s to say.
///
/// What the URL standard repairs silently is refused here where the repair could surprise: line breaks and tabs inside,
/// and backslashes for slashes.
///
/// # Errors
/// [`NetError::Refused`].
pub fn address(text: &str) -> Result<Url, NetError> {
    let text = text.trim();
    read(text).map_err(|sentence| NetError::Refused(sentence.to_owned()))
}

fn read(text: &str) -> Result<Url, &'static str> {
    if text.is_empty() {
        return Err("The address is empty. Write it as https://host.example/path.");
    }
    if text.len() > LONGEST {
        return Err("The address is longer than 2,048 bytes. Use a shorter one.");
    }
    if text.contains(|c: char| c.is_control() || c.is_whitespace() || c == '\\') {
        return Err(
            "The address must hold no spaces, line breaks or backslashes. Percent-encode what belongs to it.",
        );
    }
    Url::parse(text).map_err(|error| sentence(text, error))
}

fn sentence(text: &str, error: ParseError) -> &'static str {
    match error {
        ParseError::RelativeUrlWithoutBase => "The address must begin with http:// or https://.",
        ParseError::EmptyHost => "The address names no host. Write it as https://host.example/path.",
        ParseError::InvalidPort => "The address names a port that is no number from 1 to 65535.",
        ParseError::InvalidIpv6Address if text.contains('%') => {
            "The address names a zone (what stands after the %), which means something on one machine only. Use an \
             address without it."
        }
        ParseError::InvalidIpv4Address | ParseError::InvalidIpv6Address => {
            "The address looks like a number, but is no IP address. Check how it is spelled."
        }
        ParseError::IdnaError | ParseError::InvalidDomainCharacter => {
            "The address names a host that is spelled in a way no name can be. Check it."
        }
        ParseError::RelativeUrlWithCannotBeABaseBase
        | ParseError::SetHostOnCannotBeABaseUrl
        | ParseError::Overflow
        | _ => "The address cannot be read. Write it as https://host.example/path.",
    }
}

#[cfg(test)]
mod tests;
