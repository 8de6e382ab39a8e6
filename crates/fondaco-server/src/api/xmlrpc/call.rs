use quick_xml::Reader;
use quick_xml::events::Event;

/// Deepest nesting of elements.
const MAX_DEPTH: usize = 8;
/// Most arguments.
const MAX_ARGUMENTS: usize = 8;

/// A call: a method's name and plain arguments.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) method: String,
    pub(super) arguments: Vec<Argument>,
}

/// An argument. Others than these no method has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Argument {
    Int(i64),
    Text(String),
}

impl Call {
    /// Reads a call. No document type is taken, and with it no entity beyond XML's own.
    pub(super) fn parse(body: &[u8]) -> Result<Self, String> {
        let mut reader = Reader::from_reader(body);
        reader.config_mut().expand_empty_elements = true;
        let (mut path, mut text, mut buffer): (Vec<String>, String, Vec<u8>) = Default::default();
        let (mut method, mut arguments) = (None, Vec::new());
        loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer).map_err(|error| error.to_string())? {
                Event::Start(start) => {
                    if path.len() == MAX_DEPTH {
                        return Err("nested too deeply".to_owned());
                    }
                    path.push(String::from_utf8_lossy(start.name().as_ref()).into_owned());
                    text.clear();
                }
                Event::Text(piece) => text += &piece.decode().map_err(|error| error.to_string())?,
                Event::GeneralRef(name) => text.push(character(&name)?),
                Event::DocType(_) => return Err("a document type is not taken".to_owned()),
                Event::End(_) => {
                    let within: Vec<&str> = path.iter().map(String::as_str).collect();
                    match within.as_slice() {
                        ["methodCall", "methodName"] => method = Some(text.trim().to_owned()),
                        ["methodCall", "params", "param", "value", kind @ ("int" | "i4" | "i8")] => {
                            let number = text.trim().parse().map_err(|_| format!("no {kind}"))?;
                            arguments.push(Argument::Int(number));
                        }
                        ["methodCall", "params", "param", "value", "string"] => {
                            arguments.push(Argument::Text(text.clone()));
                        }
                        ["methodCall", "params", "param", "value", other] => {
                            return Err(format!("arguments are numbers and texts, and not {other:?}"));
                        }
                        _ => {}
                    }
                    if arguments.len() > MAX_ARGUMENTS {
                        return Err("too many arguments".to_owned());
                    }
                    path.pop();
                }
                Event::Eof => break,
                _ => {}
            }
        }
        if !path.is_empty() {
            return Err("it breaks off".to_owned());
        }
        Ok(Self { method: method.ok_or("it names no method")?, arguments })
    }
}

/// The character that a reference stands for.
fn character(name: &quick_xml::events::BytesRef<'_>) -> Result<char, String> {
    if let Some(character) = name.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(character);
    }
    let name: &[u8] = name;
    match name {
        b"lt" => Ok('<'),
        b"gt" => Ok('>'),
        b"amp" => Ok('&'),
        b"apos" => Ok('\''),
        b"quot" => Ok('"'),
        _ => Err("an entity that XML does not have".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(params: &str) -> Result<Call, String> {
        let text = format!(
            "<?xml version='1.0'?><methodCall><methodName>m</methodName><params>{params}</params></methodCall>"
        );
        Call::parse(text.as_bytes())
    }

    #[test]
    fn reads_numbers_and_texts() {
        let call = parse(
            "<param><value><int> 7 </int></value></param><param><value><string>a&lt;&#65;</string></value></param>",
        );
        let arguments = vec![Argument::Int(7), Argument::Text("a<A".to_owned())];
        assert_eq!(call, Ok(Call { method: "m".to_owned(), arguments }));
        assert_eq!(
            Call::parse(b"<methodCall><methodName>m</methodName></methodCall>").unwrap().arguments,
            []
        );
    }

    #[test]
    fn refuses_the_rest() {
        for bad in [
            "<param><value><int>x</int></value></param>",
            "<param><value><boolean>1</boolean></value></param>",
            "<param><value><string>&evil;</string></value></param>",
            &"<param><value><int>1</int></value></param>".repeat(9),
            "<param><value><array/></value></param>",
            &"<a>".repeat(40),
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        for bad in [&b""[..], b"<methodCall>", b"\xff\xfe", b"<methodCall></methodCall>"] {
            assert!(Call::parse(bad).is_err(), "{bad:?}");
        }
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><methodCall><methodName>&a;</methodName></methodCall>";
        assert!(Call::parse(bomb.as_bytes()).unwrap_err().contains("document type"));
    }
}
