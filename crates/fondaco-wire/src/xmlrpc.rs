//! XML-RPC, as far as mirrors need it: calls with numbers and texts, and what answers them.

use std::fmt::Write;

/// A value of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Int(u64),
    /// A text.
    Text(String),
    /// Nothing.
    Nil,
    /// Values in order.
    Array(Vec<Self>),
    /// Values by name.
    Struct(Vec<(String, Self)>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// An answer as XML.
pub fn response(value: &Value) -> String {
    let mut out = "<?xml version=\"1.0\"?>\n<methodResponse><params><param>".to_owned();
    write_value(&mut out, value);
    out + "</param></params></methodResponse>"
}

/// A refusal as XML.
pub fn fault(code: i32, text: &str) -> String {
    let mut out =
        "<?xml version=\"1.0\"?>\n<methodResponse><fault><value><struct><member><name>faultCode</name>\
        <value><int>"
            .to_owned();
    out += &format!("{code}</int></value></member><member><name>faultString</name>");
    write_value(&mut out, &Value::from(text));
    out + "</member></struct></value></fault></methodResponse>"
}

fn write_value(out: &mut String, value: &Value) {
    out.push_str("<value>");
    match value {
        // The standard's int has 32 bits; larger ones are told as everybody does.
        Value::Int(number) if i32::try_from(*number).is_ok() => {
            let _ = write!(out, "<int>{number}</int>");
        }
        Value::Int(number) => {
            let _ = write!(out, "<i8>{number}</i8>");
        }
        Value::Text(text) => {
            out.push_str("<string>");
            escape(out, text);
            out.push_str("</string>");
        }
        Value::Nil => out.push_str("<nil/>"),
        Value::Array(values) => {
            out.push_str("<array><data>");
            values.iter().for_each(|value| write_value(out, value));
            out.push_str("</data></array>");
        }
        Value::Struct(members) => {
            out.push_str("<struct>");
            for (name, value) in members {
                out.push_str("<member><name>");
                escape(out, name);
                out.push_str("</name>");
                write_value(out, value);
                out.push_str("</member>");
            }
            out.push_str("</struct>");
        }
    }
    out.push_str("</value>");
}

/// Text as XML has it; characters that no XML may hold are left out.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_as_xml() {
        let value = Value::Array(vec![
            "a<b&\u{7}".into(),
            Value::Int(7),
            Value::Int(1 << 40),
            Value::Nil,
            Value::Struct(vec![("x".to_owned(), Value::Int(1))]),
        ]);
        assert_eq!(
            response(&value).split_once("<param>").unwrap().1,
            "<value><array><data><value><string>a&lt;b&amp;</string></value><value><int>7</int></value>\
             <value><i8>1099511627776</i8></value><value><nil/></value><value><struct><member><name>x</name>\
             <value><int>1</int></value></member></struct></value></data></array></value></param></params>\
             </methodResponse>"
        );
        assert!(fault(-32601, "no such \"method\"").contains("<int>-32601</int>"));
    }
}
