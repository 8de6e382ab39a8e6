use std::ops::{BitOr, BitOrAssign};
use std::rc::Rc;

/// Where a value comes from: a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Taint(u16);

impl Taint {
    /// Known to come from nowhere special.
    pub const NONE: Self = Self(0);
    /// Decoded from another form (base64, hex, zlib, character codes, ...).
    pub const DECODED: Self = Self(1);
    /// Decrypted.
    pub const DECRYPTED: Self = Self(1 << 1);
    /// Came over the network.
    pub const NETWORK: Self = Self(1 << 2);
    /// Read from a file.
    pub const FILE: Self = Self(1 << 3);
    /// An environment variable, or all of them.
    pub const ENVIRONMENT: Self = Self(1 << 4);
    /// A fact about the host or its user.
    pub const HOST: Self = Self(1 << 5);
    /// A credential, or read from where credentials lie.
    pub const SECRET: Self = Self(1 << 6);
    /// Browser, wallet or messenger data.
    pub const BROWSER: Self = Self(1 << 7);
    /// The clipboard, the screen or the keyboard.
    pub const SURVEILLANCE: Self = Self(1 << 8);
    /// A parameter of the function at hand.
    pub const PARAMETER: Self = Self(1 << 9);
    /// A file that this code has written, or its path.
    pub const WRITTEN: Self = Self(1 << 10);
    /// The output of a command.
    pub const COMMAND_OUTPUT: Self = Self(1 << 11);
    /// All environment variables at once.
    pub const ALL_VARIABLES: Self = Self(1 << 12);

    /// Whether any of `other` is in this set.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// This set and `other`, in constants.
    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set without `other`.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl BitOr for Taint {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Taint {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// A way in which a value was hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoder {
    /// Base 64, 32, 16 or 85.
    Base64,
    /// Hexadecimal digits.
    Hex,
    /// zlib, gzip or raw deflate.
    Zlib,
    /// bz2 or lzma: recognised, not unfolded yet.
    Compressed,
    /// rot13.
    Rot13,
    /// Character codes.
    Codes,
    /// Reversed text.
    Reversed,
    /// marshal: a code object is read as a layer.
    Marshal,
    /// Encrypted.
    Cipher,
}

impl Encoder {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::Hex => "hex",
            Self::Zlib => "zlib",
            Self::Compressed => "compressed",
            Self::Rot13 => "rot13",
            Self::Codes => "codes",
            Self::Reversed => "reversed",
            Self::Marshal => "marshal",
            Self::Cipher => "cipher",
        }
    }
}

/// A value that is known without running anything.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// Text.
    Str(Rc<str>),
    /// Bytes.
    Bytes(Rc<[u8]>),
    /// An integer that fits.
    Int(i64),
    /// True or False.
    Bool(bool),
    /// None.
    None,
    /// A list, tuple or set.
    List(Rc<[Value]>),
    /// A dict.
    Dict(Rc<[(Value, Value)]>),
}

/// What is known of an expression.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Value {
    /// The value, where it is known.
    pub constant: Option<Constant>,
    /// The dotted name that it refers to, e.g. `os.system`, or the call that made it, `socket.socket()`.
    pub name: Option<Rc<str>>,
    /// Where it comes from.
    pub taint: Taint,
    /// Parts of the text that are known when the whole isn't.
    pub fragments: Vec<Rc<str>>,
    /// The decoders that it went through, in the order in which they were applied.
    pub encoders: Vec<Encoder>,
    /// Whether the name was found by looking up a text: `getattr(os, "sys" + "tem")`.
    pub hidden: bool,
}

/// Fragments kept of one value.
const MAX_FRAGMENTS: usize = 8;
/// Encoders kept of one value.
const MAX_ENCODERS: usize = 16;

impl Value {
    pub(crate) fn constant(constant: Constant) -> Self {
        Self { constant: Some(constant), ..Self::default() }
    }

    pub(crate) fn str(text: impl Into<Rc<str>>) -> Self {
        Self::constant(Constant::Str(text.into()))
    }

    pub(crate) fn bytes(bytes: impl Into<Rc<[u8]>>) -> Self {
        Self::constant(Constant::Bytes(bytes.into()))
    }

    pub(crate) fn int(value: i64) -> Self {
        Self::constant(Constant::Int(value))
    }

    pub(crate) fn name(name: impl Into<Rc<str>>) -> Self {
        Self { name: Some(name.into()), ..Self::default() }
    }

    pub(crate) fn tainted(taint: Taint) -> Self {
        Self { taint, ..Self::default() }
    }

    /// The text, when it is known and text.
    pub fn as_str(&self) -> Option<&str> {
        match &self.constant {
            Some(Constant::Str(text)) => Some(text),
            _ => None,
        }
    }

    /// The bytes of a known text or bytes.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.constant {
            Some(Constant::Str(text)) => Some(text.as_bytes()),
            Some(Constant::Bytes(bytes)) => Some(bytes),
            _ => None,
        }
    }

    /// The integer, when it is known and one.
    pub fn as_int(&self) -> Option<i64> {
        match self.constant {
            Some(Constant::Int(value)) => Some(value),
            Some(Constant::Bool(value)) => Some(i64::from(value)),
            _ => None,
        }
    }

    /// The items, when it is a known list.
    pub fn as_list(&self) -> Option<&[Self]> {
        match &self.constant {
            Some(Constant::List(items)) => Some(items),
            _ => None,
        }
    }

    /// All text that is known of it: the whole, the items, the parts.
    pub fn texts(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = self.fragments.iter().map(AsRef::as_ref).collect();
        match &self.constant {
            Some(Constant::Str(text)) => texts.push(text),
            Some(Constant::Bytes(bytes)) => texts.extend(std::str::from_utf8(bytes).ok()),
            Some(Constant::List(items)) => texts.extend(items.iter().flat_map(Self::texts)),
            Some(Constant::Dict(items)) => {
                texts.extend(items.iter().flat_map(|(key, value)| [key, value]).flat_map(Self::texts));
            }
            _ => {}
        }
        texts
    }

    /// Takes over where `other` comes from, and its text as parts.
    pub(crate) fn absorb(&mut self, other: &Self) {
        self.taint |= other.taint;
        if let Some(Constant::List(items)) = &other.constant {
            items.iter().for_each(|item| self.taint |= item.taint);
        }
        for text in other.texts() {
            if self.fragments.len() < MAX_FRAGMENTS && !text.is_empty() && text.len() < 4096 {
                self.fragments.push(text.into());
            }
        }
        for encoder in &other.encoders {
            if self.encoders.len() < MAX_ENCODERS && !self.encoders.contains(encoder) {
                self.encoders.push(*encoder);
            }
        }
    }

    pub(crate) fn through(mut self, encoder: Encoder, from: &Self) -> Self {
        self.taint |= from.taint | Taint::DECODED;
        self.encoders = from.encoders.iter().copied().take(MAX_ENCODERS).collect();
        self.encoders.push(encoder);
        self
    }

    /// An unknown value made of these.
    pub(crate) fn of<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut value = Self::default();
        parts.into_iter().for_each(|part| value.absorb(part));
        value
    }
}
