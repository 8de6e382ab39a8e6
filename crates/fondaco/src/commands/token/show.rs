//! `fondaco token show`: says what a token is narrowed by.

use fondaco_macaroon::{Caveat, Macaroon};
use fondaco_model::{Timestamp, rfc3339};

use crate::exit::Exit;

pub(super) fn run() -> anyhow::Result<Exit> {
    let macaroon: Macaroon = super::token()?.parse()?;
    println!("id {}", fondaco_verdict::printable(macaroon.identifier()));
    for text in macaroon.caveats() {
        println!("{}", in_words(text));
    }
    Ok(Exit::Clean)
}

fn in_words(text: &str) -> String {
    let at = |second: i64| Timestamp::from_second(second).map_or_else(|_| second.to_string(), rfc3339);
    let list = |items: Vec<String>| items.join(" ");
    match Caveat::from_text(text) {
        Ok(Caveat::Projects(names)) => {
            format!("for {}", list(names.iter().map(ToString::to_string).collect()))
        }
        Ok(Caveat::Expires(end)) => format!("until {}", at(end)),
        Ok(Caveat::NotBefore(begin)) => format!("from {}", at(begin)),
        Ok(Caveat::UploadsOnly) => "for uploads only".to_owned(),
        Ok(Caveat::Addresses(ranges)) => {
            format!("from {}", list(ranges.iter().map(ToString::to_string).collect()))
        }
        Ok(Caveat::Once(_)) => "for one file".to_owned(),
        Ok(Caveat::Publisher(id)) => format!("of the trusted publisher {}", fondaco_verdict::printable(&id)),
        Err(_) => format!("unknown, so no index believes it: {}", fondaco_verdict::printable(text)),
    }
}
