//! Reads sentences from the standard input, a line each, and prints what times they name.
//!
//! `cargo run -p robofy-when --example resolve -- english 2026-11-26T10:30 Europe/Berlin < sentences.txt`

#![expect(clippy::print_stdout, reason = "it prints its answers")]

use std::error::Error;
use std::io::stdin;

use robofy_booking::Zone;
use robofy_when::{Language, Reference, resolve};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let language = arguments.next().and_then(|name| Language::of(&name)).unwrap_or(Language::English);
    let now = arguments.next().ok_or("give the present time, such as 2026-11-26T10:30")?;
    let zone = Zone::named(&arguments.next().unwrap_or_else(|| "UTC".to_owned()))?;
    let reference = Reference::new(zone.moment(now.parse()?), zone, language.order(language.code()));
    for line in stdin().lines() {
        let line = line?;
        println!("{line}");
        for found in resolve(&line, language.grammar(), &reference) {
            println!(
                "    {} – {} {:?}{}{} {:?}",
                found.wall_start(&reference.zone).strftime("%a %F %H:%M"),
                found.wall_end(&reference.zone).strftime("%a %F %H:%M"),
                found.granularity,
                if found.ambiguous { " ambiguous" } else { "" },
                if found.past { " past" } else { "" },
                line.get(found.range.clone()).unwrap_or_default(),
            );
        }
    }
    Ok(())
}
