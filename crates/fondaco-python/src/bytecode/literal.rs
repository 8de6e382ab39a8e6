//! Constants as Python source.

use std::fmt::Write;

use super::object::Object;

/// Displays within displays.
const MAX_DEPTH: u32 = 40;
/// So many blanks in a row are escaped: a rule looks for code behind blanks.
const MAX_BLANKS: usize = 16;

/// The source of a constant. In Python 2 (`is_old`) bytes that are text stand as text.
///
/// # Errors
/// When it is longer than `most` bytes or nested too deeply, or holds a code object.
pub(crate) fn literal(object: &Object, most: usize, is_old: bool) -> Result<String, &'static str> {
    let mut writer = Literal { out: String::new(), most, is_old };
    writer.object(object, 0)?;
    Ok(writer.out)
}

struct Literal {
    out: String,
    most: usize,
    is_old: bool,
}

impl Literal {
    fn object(&mut self, object: &Object, depth: u32) -> Result<(), &'static str> {
        if depth > MAX_DEPTH {
            return Err("a constant that is nested too deeply");
        }
        if self.out.len() > self.most {
            return Err("constants that are too large");
        }
        match object {
            Object::None => self.out.push_str("None"),
            Object::Bool(value) => self.out.push_str(if *value { "True" } else { "False" }),
            Object::Ellipsis => self.out.push_str("..."),
            Object::Int(text) => self.out.push_str(text),
            Object::Float(value) if value.is_finite() => {
                let _ = write!(self.out, "{value:?}");
            }
            Object::Float(_) => self.out.push_str("1e999"),
            Object::Complex(value) if value.is_finite() => {
                let _ = write!(self.out, "{value:?}j");
            }
            Object::Complex(_) => self.out.push_str("0j"),
            Object::Str(text) => self.text(text)?,
            Object::Bytes(bytes) => match std::str::from_utf8(bytes) {
                Ok(text) if self.is_old => self.text(text)?,
                _ => self.bytes(bytes)?,
            },
            Object::Tuple(items) => self.items(('(', ')'), items, depth)?,
            Object::List(items) => self.items(('[', ']'), items, depth)?,
            Object::Set(items) if items.is_empty() => self.out.push_str("set()"),
            Object::Set(items) => self.items(('{', '}'), items, depth)?,
            Object::Dict(pairs) => {
                self.out.push('{');
                for (key, value) in pairs.iter() {
                    self.object(key, depth + 1)?;
                    self.out.push_str(": ");
                    self.object(value, depth + 1)?;
                    self.out.push_str(", ");
                }
                self.out.push('}');
            }
            Object::Slice(parts) => {
                self.out.push_str("slice");
                self.items(('(', ')'), parts.as_slice(), depth)?;
            }
            Object::Code(_) => return Err("a code object within a constant"),
        }
        Ok(())
    }

    fn items(
        &mut self,
        (open, close): (char, char),
        items: &[Object],
        depth: u32,
    ) -> Result<(), &'static str> {
        self.out.push(open);
        for item in items {
            self.object(item, depth + 1)?;
            self.out.push(',');
        }
        self.out.push(close);
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), &'static str> {
        self.out.push('\'');
        let mut blanks = 0;
        for c in text.chars() {
            blanks = if c == ' ' { blanks + 1 } else { 0 };
            match c {
                '\\' => self.out.push_str("\\\\"),
                '\'' => self.out.push_str("\\'"),
                '\n' => self.out.push_str("\\n"),
                ' ' if blanks > MAX_BLANKS => self.out.push_str("\\x20"),
                ' '..='~' => self.out.push(c),
                c if c.is_alphanumeric() => self.out.push(c),
                c => {
                    let _ = write!(self.out, "\\U{:08x}", u32::from(c));
                }
            }
            if self.out.len() > self.most {
                return Err("constants that are too large");
            }
        }
        self.out.push('\'');
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<(), &'static str> {
        if bytes.len() > self.most {
            return Err("constants that are too large");
        }
        self.out.push_str("b'");
        for byte in bytes {
            match byte {
                b'\\' | b'\'' => self.out.extend(['\\', char::from(*byte)]),
                b'!'..=b'~' => self.out.push(char::from(*byte)),
                byte => {
                    let _ = write!(self.out, "\\x{byte:02x}");
                }
            }
        }
        self.out.push('\'');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_would_end_a_literal_or_a_line() {
        let of = |object: Object| literal(&object, 10_000, false).unwrap();
        assert_eq!(of(Object::Str("a'\\\n\u{7}é".into())), "'a\\'\\\\\\n\\U00000007é'");
        assert_eq!(of(Object::Bytes(b"a\xff ".as_slice().into())), "b'a\\xff\\x20'");
        assert_eq!(of(Object::Tuple([Object::None, Object::Int("1".into())].into())), "(None,1,)");
        assert_eq!(literal(&Object::Bytes(b"a".as_slice().into()), 99, true).unwrap(), "'a'");
        assert!(literal(&Object::Str("a".repeat(99).into()), 9, false).is_err());
    }
}
