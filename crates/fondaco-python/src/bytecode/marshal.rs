//! The marshal format (`Python/marshal.c`), read from hostile bytes.
//!
//! Depth, objects and the work of copying are bounded; a reference gives the object again without
//! a copy. CPython lets a list hold itself; such a stream is refused, since no compiler writes it.

use std::rc::Rc;

use super::object::{Code, Object};
use super::version::Version;

/// Objects within objects; `marshal.c` allows 2,000, compilers need some tens.
const MAX_DEPTH: u32 = 200;
/// Objects of one stream.
const MAX_OBJECTS: u32 = 8_000_000;
/// The bit that says: keep this object, it is referred to later.
const FLAG_REF: u8 = 0x80;

/// Why a stream can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Damage {
    /// The reason.
    pub(crate) why: String,
    /// How many bytes were left.
    pub(crate) rest: usize,
}

/// Reads the object that stands at the beginning, and gives what follows it.
///
/// # Errors
/// When the stream is damaged, too deep or too large.
pub(crate) fn read(bytes: &[u8], version: Version) -> Result<(Object, &[u8]), Damage> {
    let mut reader =
        Reader { rest: bytes, version, references: Vec::new(), interned: Vec::new(), depth: 0, objects: 0 };
    match reader.due() {
        Ok(object) => Ok((object, reader.rest)),
        Err(why) => Err(Damage { why, rest: reader.rest.len() }),
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    version: Version,
    /// What `r` counts; empty while the object is being read.
    references: Vec<Option<Object>>,
    /// What `R` counts (Python 2).
    interned: Vec<Object>,
    depth: u32,
    objects: u32,
}

/// How long a text says that it is.
#[derive(Clone, Copy)]
enum Length {
    Byte,
    Long,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let (head, rest) =
            self.rest.split_at_checked(length).ok_or("a damaged marshal stream: it ends too early")?;
        self.rest = rest;
        Ok(head)
    }

    fn byte(&mut self) -> Result<u8, String> {
        Ok(self.take(1)?[0])
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        self.take(N)?.try_into().map_err(|_| "a damaged marshal stream".to_owned())
    }

    fn long(&mut self) -> Result<i32, String> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    fn unsigned(&mut self) -> Result<u32, String> {
        u32::try_from(self.long()?).map_err(|_| "a damaged marshal stream: a negative count".to_owned())
    }

    fn length(&mut self, length: Length) -> Result<usize, String> {
        match length {
            Length::Byte => Ok(usize::from(self.byte()?)),
            Length::Long => Ok(self.unsigned()? as usize),
        }
    }

    fn sized(&mut self, length: Length) -> Result<&'a [u8], String> {
        let length = self.length(length)?;
        self.take(length)
    }

    /// The next object; `None` for the mark that ends a dict.
    fn object(&mut self) -> Result<Option<Object>, String> {
        self.objects += 1;
        if self.depth >= MAX_DEPTH || self.objects > MAX_OBJECTS {
            return Err("a marshal stream of too many or too deep objects".to_owned());
        }
        let kind = self.byte()?;
        let place = (kind & FLAG_REF != 0).then(|| {
            self.references.push(None);
            self.references.len() - 1
        });
        self.depth += 1;
        let object = self.of(kind & !FLAG_REF)?;
        self.depth -= 1;
        if let Some(place) = place {
            self.references[place].clone_from(&object);
        }
        Ok(object)
    }

    fn of(&mut self, kind: u8) -> Result<Option<Object>, String> {
        Ok(Some(match kind {
            b'0' => return Ok(None),
            b'N' | b'S' => Object::None,
            b'F' => Object::Bool(false),
            b'T' => Object::Bool(true),
            b'.' => Object::Ellipsis,
            b'i' => Object::Int(self.long()?.to_string().into()),
            b'I' => Object::Int(i64::from_le_bytes(self.array()?).to_string().into()),
            b'l' => self.big()?,
            b'f' => {
                let text = self.sized(Length::Byte)?;
                Object::Float(std::str::from_utf8(text).ok().and_then(|t| t.parse().ok()).unwrap_or(0.0))
            }
            b'g' => Object::Float(f64::from_le_bytes(self.array()?)),
            b'x' => {
                self.sized(Length::Byte)?;
                self.sized(Length::Byte)?;
                Object::Complex(0.0)
            }
            b'y' => {
                self.take(8)?;
                Object::Complex(f64::from_le_bytes(self.array()?))
            }
            b's' => Object::Bytes(self.sized(Length::Long)?.into()),
            b't' | b'u' | b'a' | b'A' | b'z' | b'Z' => self.text(kind)?,
            b'(' => Object::Tuple(self.items(Length::Long)?),
            b')' => Object::Tuple(self.items(Length::Byte)?),
            b'[' => Object::List(self.items(Length::Long)?),
            b'<' | b'>' => Object::Set(self.items(Length::Long)?),
            b'{' => self.dict()?,
            b':' => Object::Slice(Rc::new([self.due()?, self.due()?, self.due()?])),
            b'r' | b'R' => self.reference(kind)?,
            b'c' => Object::Code(Rc::new(self.code()?)),
            kind => return Err(format!("a damaged marshal stream: no object begins with {kind:#04x}")),
        }))
    }

    /// An object that must be there.
    fn due(&mut self) -> Result<Object, String> {
        self.object()?.ok_or_else(|| "a damaged marshal stream: an object is missing".to_owned())
    }

    /// A long: a count of digits, negative for a negative number, then digits of 15 bits.
    fn big(&mut self) -> Result<Object, String> {
        let count = self.long()?;
        let digits = self.take(count.unsigned_abs() as usize * 2)?;
        let mut nibbles = Vec::with_capacity(digits.len() * 2);
        let (mut buffer, mut bits) = (0u32, 0u32);
        for digit in digits.chunks_exact(2) {
            buffer |= u32::from(u16::from_le_bytes([digit[0], digit[1]]) & 0x7fff) << bits;
            bits += 15;
            while bits >= 4 {
                nibbles.push((buffer & 15) as u8);
                buffer >>= 4;
                bits -= 4;
            }
        }
        nibbles.push(buffer as u8 & 15);
        let mut text = String::with_capacity(nibbles.len() + 3);
        if count < 0 {
            text.push('-');
        }
        text.push_str("0x");
        let significant = nibbles.iter().rposition(|n| *n != 0).unwrap_or(0);
        text.extend(nibbles[..=significant].iter().rev().filter_map(|n| char::from_digit(u32::from(*n), 16)));
        Ok(Object::Int(text.into()))
    }

    fn text(&mut self, kind: u8) -> Result<Object, String> {
        let length = if matches!(kind, b'z' | b'Z') { Length::Byte } else { Length::Long };
        let bytes = self.sized(length)?;
        // In Python 2 an interned string is bytes; `R` counts them.
        if kind == b't' && self.version < Version(3, 0) {
            let object = Object::Bytes(bytes.into());
            self.interned.push(object.clone());
            return Ok(object);
        }
        Ok(Object::Str(String::from_utf8_lossy(bytes).into()))
    }

    fn items(&mut self, length: Length) -> Result<Rc<[Object]>, String> {
        let length = self.length(length)?;
        // Every item takes a byte at least: no count makes room for more than there is.
        let mut items = Vec::with_capacity(length.min(self.rest.len()).min(1 << 16));
        for _ in 0..length {
            items.push(self.due()?);
        }
        Ok(items.into())
    }

    fn dict(&mut self) -> Result<Object, String> {
        let mut items = Vec::new();
        while let Some(key) = self.object()? {
            items.push((key, self.due()?));
        }
        Ok(Object::Dict(items.into()))
    }

    fn reference(&mut self, kind: u8) -> Result<Object, String> {
        let index = self.unsigned()? as usize;
        let found = if kind == b'R' {
            self.interned.get(index).cloned()
        } else {
            self.references.get(index).cloned().flatten()
        };
        found
            .ok_or_else(|| "a damaged marshal stream: a reference to nothing, or to what holds it".to_owned())
    }

    /// A code object, in the order of fields of the version at hand.
    fn code(&mut self) -> Result<Code, String> {
        let version = self.version;
        let mut code = Code { arguments: self.unsigned()?, ..Code::default() };
        if version >= Version(3, 8) {
            self.unsigned()?; // positional only
        }
        if version >= Version(3, 0) {
            code.keyword_only = self.unsigned()?;
        }
        if version < Version(3, 11) {
            self.unsigned()?; // number of locals
        }
        self.unsigned()?; // size of the stack
        code.flags = self.unsigned()?;
        code.code = self.bytes()?;
        code.constants = self.due()?.items().cloned().ok_or("a code object whose constants are no tuple")?;
        code.names = self.names()?;
        if version >= Version(3, 11) {
            code.locals = self.names()?;
            code.cells = code.locals.clone();
            self.bytes()?; // kinds of the locals
        } else {
            code.locals = self.names()?;
            let (free, cells) = (self.names()?, self.names()?);
            code.cells = cells.iter().chain(free.iter()).cloned().collect();
        }
        self.name()?; // file
        code.name = self.name()?;
        if version >= Version(3, 11) {
            self.name()?; // qualified
        }
        code.first_line = u32::try_from(self.long()?).unwrap_or(0);
        code.lines = self.bytes()?;
        if version >= Version(3, 11) {
            code.exceptions = self.bytes()?;
        }
        Ok(code)
    }

    fn bytes(&mut self) -> Result<Rc<[u8]>, String> {
        match self.due()? {
            Object::Bytes(bytes) => Ok(bytes),
            _ => Err("a code object with a field that is no bytes".to_owned()),
        }
    }

    fn name(&mut self) -> Result<Rc<str>, String> {
        self.due()?.text().ok_or_else(|| "a code object with a name that is no text".to_owned())
    }

    fn names(&mut self) -> Result<Rc<[Rc<str>]>, String> {
        let tuple = self.due()?;
        let items = tuple.items().ok_or("a code object whose names are no tuple")?;
        // A tuple that is referred to again is copied here: that counts as work.
        self.objects = self.objects.saturating_add(u32::try_from(items.len()).unwrap_or(u32::MAX));
        let name = |item: &Object| item.text().ok_or("a code object with a name that is no text".to_owned());
        items.iter().map(name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three(bytes: &[u8]) -> Result<Object, String> {
        read(bytes, Version(3, 11)).map(|(object, _)| object).map_err(|damage| damage.why)
    }

    #[test]
    fn reads_plain_objects() {
        assert_eq!(three(b"i\x05\0\0\0").unwrap(), Object::Int("5".into()));
        assert_eq!(three(b"l\x02\0\0\0\0\0\x01\0").unwrap(), Object::Int("0x8000".into()));
        assert_eq!(three(b"l\xff\xff\xff\xff\x05\0").unwrap(), Object::Int("-0x5".into()));
        assert_eq!(three(b"z\x02hi").unwrap(), Object::Str("hi".into()));
        let pair = three(b")\x02\xda\x02hir\0\0\0\0").unwrap();
        assert_eq!(pair, Object::Tuple([Object::Str("hi".into()), Object::Str("hi".into())].into()));
        assert_eq!(three(b"{NT0").unwrap(), Object::Dict([(Object::None, Object::Bool(true))].into()));
    }

    #[test]
    fn refuses_bombs() {
        assert!(three(&b")\x01".repeat(100_000)).unwrap_err().contains("too deep"));
        assert!(three(b"[\xff\xff\xff\x7f").is_err());
        assert!(three(b"[\xff\xff\xff\xff").unwrap_err().contains("negative"));
        // A list that holds itself.
        assert!(three(b"\xdb\x01\0\0\0r\0\0\0\0").unwrap_err().contains("what holds it"));
        assert!(three(b"l\0\0\0\x80").is_err());
    }

    #[test]
    fn references_make_no_copies() {
        // Each tuple holds the one before twice: 2 to the 60th if it were copied.
        let mut bytes = b")\x3c\xa9\x01N".to_vec();
        for at in 0u32..59 {
            bytes.extend(b"\xa9\x02");
            bytes.extend([&b"r"[..], &at.to_le_bytes(), b"r", &at.to_le_bytes()].concat());
        }
        assert!(three(&bytes).is_ok());
    }
}
