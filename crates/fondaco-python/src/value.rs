use std::ops::{BitOr, BitOrAssign};
use std::rc::Rc;

use num_bigint::BigInt;

/// Where a value comes from: a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Taint(u32);

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
    /// A file that this code has filled with what came over the network, or its path.
    pub const FETCHED: Self = Self(1 << 13);
    /// A credential that a caller has handed over as an argument.
    pub const HANDED: Self = Self(1 << 14);
    /// Such a credential that the same code has given to somebody else too.
    pub const SHARED: Self = Self(1 << 15);
    /// A private key, a history or a password file, or where one lies: nobody sends it for whom it is.
    pub const PRIVATE: Self = Self(1 << 16);
    /// Brought into letters that stand anywhere (base64, hex), so that it can be a part of an address or a name.
    pub const ENCODED: Self = Self(1 << 17);
    /// Picked out of other things because its name says that it is a credential.
    pub const PICKED: Self = Self(1 << 18);
    /// A credential from an environment variable: for a service that its user has set up.
    pub const SET_UP: Self = Self(1 << 19);

    /// A key that the same code signs with: only what is made with it is for others.
    pub const SIGNS: Self = Self(1 << 20);

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
    /// Base 64.
    Base64,
    /// Base 32.
    Base32,
    /// Base 85, in either alphabet.
    Base85,
    /// Hexadecimal digits.
    Hex,
    /// zlib, gzip or raw deflate.
    Zlib,
    /// bzip2.
    Bz2,
    /// xz or lzma.
    Lzma,
    /// rot13.
    Rot13,
    /// Character codes.
    Codes,
    /// Reversed text.
    Reversed,
    /// Exclusive or with a key.
    Xor,
    /// Characters exchanged by a table.
    Translated,
    /// Escapes of URLs, HTML or Python.
    Escapes,
    /// A code page in which ASCII looks like noise.
    Codepage,
    /// Fernet, its key beside it.
    Fernet,
    /// AES, its key beside it.
    Aes,
    /// RC4, its key beside it.
    Rc4,
    /// marshal: a code object is read as a layer.
    Marshal,
    /// Encrypted with what is not known.
    Cipher,
}

impl Encoder {
    /// Stable id.
    pub fn id(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::Base32 => "base32",
            Self::Base85 => "base85",
            Self::Hex => "hex",
            Self::Zlib => "zlib",
            Self::Bz2 => "bz2",
            Self::Lzma => "lzma",
            Self::Rot13 => "rot13",
            Self::Codes => "codes",
            Self::Reversed => "reversed",
            Self::Xor => "xor",
            Self::Translated => "translated",
            Self::Escapes => "escapes",
            Self::Codepage => "codepage",
            Self::Fernet => "fernet",
            Self::Aes => "aes",
            Self::Rc4 => "rc4",
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
    /// An integer of more than 64 bits.
    Big(Rc<BigInt>),
    /// True or False.
    Bool(bool),
    /// None.
    None,
    /// A list, tuple or set.
    List(Rc<Vec<Value>>),
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
    /// What is left of others in it; most values have nothing of the kind.
    pub(crate) traces: Option<Rc<Traces>>,
    /// Whether the name was found by looking up a text: `getattr(os, "sys" + "tem")`.
    pub hidden: bool,
}

/// What a value keeps of those that it was made of.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Traces {
    fragments: Vec<Rc<str>>,
    encoders: Vec<Encoder>,
}

/// Longest fragment, in bytes.
const MAX_FRAGMENT: usize = 4096;
/// Values within a value that are looked at for their text.
const MAX_LOOKED_AT: usize = 2_000;
/// The same where a value becomes part of another, which happens at every call.
const MAX_ABSORBED: usize = 32;
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

    /// Parts of the text that are known when the whole isn't.
    pub fn fragments(&self) -> &[Rc<str>] {
        self.traces.as_deref().map_or(&[], |traces| &traces.fragments)
    }

    /// The decoders that it went through, in the order in which they were applied.
    pub fn encoders(&self) -> &[Encoder] {
        self.traces.as_deref().map_or(&[], |traces| &traces.encoders)
    }

    fn traces_mut(&mut self) -> &mut Traces {
        Rc::make_mut(self.traces.get_or_insert_default())
    }

    /// Counts an encoder, unless it is counted already.
    pub(crate) fn passed(&mut self, encoder: Encoder) {
        if !self.encoders().contains(&encoder) {
            self.traces_mut().encoders.push(encoder);
        }
    }

    /// Makes this have gone through what `other` has.
    pub(crate) fn encoded_as(&mut self, other: &Self) {
        if self.encoders() != other.encoders() {
            self.traces_mut().encoders = other.encoders().to_vec();
        }
    }

    /// Makes the parts those of `other`.
    pub(crate) fn take_fragments(&mut self, other: &Self) {
        if !other.fragments().is_empty() {
            self.traces_mut().fragments = other.fragments().to_vec();
        }
    }

    /// Forgets the parts: the whole is known.
    pub(crate) fn forget_fragments(&mut self) {
        if !self.fragments().is_empty() {
            self.traces_mut().fragments.clear();
        }
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

    /// All text that is known of it: the whole, the items, the parts; of many items the first.
    pub fn texts(&self) -> Vec<&str> {
        let mut texts = Vec::new();
        self.collect_texts(&mut texts, &mut MAX_LOOKED_AT.clone());
        texts
    }

    /// Looks at no more than `left` values.
    pub(crate) fn collect_texts<'v>(&'v self, texts: &mut Vec<&'v str>, left: &mut usize) {
        if *left == 0 {
            return;
        }
        *left -= 1;
        texts.extend(self.fragments().iter().map(AsRef::as_ref));
        match &self.constant {
            Some(Constant::Str(text)) => texts.push(text),
            Some(Constant::Bytes(bytes)) => texts.extend(std::str::from_utf8(bytes).ok()),
            Some(Constant::List(items)) => {
                items.iter().take(*left).for_each(|item| item.collect_texts(texts, left));
            }
            Some(Constant::Dict(items)) => {
                let values = items.iter().take(*left).flat_map(|(key, value)| [key, value]);
                values.for_each(|value| value.collect_texts(texts, left));
            }
            _ => {}
        }
    }

    /// Where it comes from, with what is in it.
    pub(crate) fn whole_taint(&self) -> Taint {
        match &self.constant {
            Some(Constant::List(items)) => {
                items.iter().take(MAX_ABSORBED).fold(self.taint, |taint, item| taint | item.taint)
            }
            _ => self.taint,
        }
    }

    /// Takes over a text as a part.
    pub(crate) fn lend(&mut self, text: &str) {
        if !text.is_empty() && text.len() < MAX_FRAGMENT && self.fragments().len() < MAX_FRAGMENTS {
            self.traces_mut().fragments.push(text.into());
        }
    }

    /// Takes over where `other` comes from, and nothing of its text.
    pub(crate) fn absorb_origin(&mut self, other: &Self) {
        self.taint |= other.whole_taint();
        for encoder in other.encoders() {
            if self.encoders().len() < MAX_ENCODERS {
                self.passed(*encoder);
            }
        }
    }

    /// Takes over where `other` comes from, and its text as parts.
    pub(crate) fn absorb(&mut self, other: &Self) {
        // All that it takes over is what the other has taken over, and nothing of it twice.
        if self.traces.is_none() && other.constant.is_none() && other.encoders().len() <= 1 {
            self.traces.clone_from(&other.traces);
            self.taint |= other.taint;
            return;
        }
        if self.fragments().len() < MAX_FRAGMENTS {
            let plain =
                matches!(&other.constant, Some(Constant::Bytes(bytes)) if bytes.len() >= MAX_FRAGMENT);
            other.lend_fragments(self, &mut if plain { 0 } else { MAX_ABSORBED });
        }
        self.absorb_origin(other);
    }

    /// Gives its texts to another, the same ones as [`collect_texts`](Self::collect_texts).
    fn lend_fragments(&self, to: &mut Self, left: &mut usize) {
        if *left == 0 || to.fragments().len() >= MAX_FRAGMENTS {
            return;
        }
        *left -= 1;
        let mut lend = |text: &Rc<str>| {
            if !text.is_empty() && text.len() < MAX_FRAGMENT && to.fragments().len() < MAX_FRAGMENTS {
                to.traces_mut().fragments.push(text.clone());
            }
        };
        self.fragments().iter().for_each(&mut lend);
        match &self.constant {
            Some(Constant::Str(text)) => lend(text),
            Some(Constant::Bytes(bytes)) => {
                std::str::from_utf8(bytes).into_iter().for_each(|text| lend(&text.into()));
            }
            Some(Constant::List(items)) => {
                items.iter().take(*left).for_each(|item| item.lend_fragments(to, left));
            }
            Some(Constant::Dict(items)) => {
                let values = items.iter().take(*left).flat_map(|(key, value)| [key, value]);
                values.for_each(|value| value.lend_fragments(to, left));
            }
            _ => {}
        }
    }

    pub(crate) fn through(mut self, encoder: Encoder, from: &Self) -> Self {
        self.taint |= from.taint | Taint::DECODED;
        let mut encoders: Vec<Encoder> = from.encoders().iter().copied().take(MAX_ENCODERS).collect();
        encoders.push(encoder);
        self.traces_mut().encoders = encoders;
        self
    }

    /// Bytes of memory that it holds, roughly; stops counting at `most`.
    pub(crate) fn footprint(&self, most: usize) -> usize {
        let mut sum = std::mem::size_of::<Self>();
        let mut add = |item: &Self| sum += if sum < most { item.footprint(most - sum) } else { 0 };
        match &self.constant {
            Some(Constant::List(items)) => items.iter().for_each(add),
            Some(Constant::Dict(items)) => items.iter().for_each(|(key, value)| {
                add(key);
                add(value);
            }),
            _ => sum += self.as_bytes().map_or(0, <[u8]>::len),
        }
        sum
    }

    /// An unknown value made of these.
    pub(crate) fn of<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut value = Self::default();
        parts.into_iter().for_each(|part| value.absorb(part));
        value
    }
}

/// Bytes of memory that values hold, roughly; counts no further than `most`.
pub(crate) fn total<'v>(values: impl IntoIterator<Item = &'v Value>, most: usize) -> usize {
    let mut sum = 0;
    for value in values {
        if sum >= most {
            break;
        }
        sum += value.footprint(most - sum);
    }
    sum
}

/// Parts of a name put together, in one allocation where it is of usual length.
pub(crate) fn joined(parts: [&str; 3]) -> Rc<str> {
    let mut buffer = [0; 128];
    let mut length = 0;
    for part in parts {
        let Some(place) = buffer.get_mut(length..length + part.len()) else { return parts.concat().into() };
        place.copy_from_slice(part.as_bytes());
        length += part.len();
    }
    std::str::from_utf8(&buffer[..length]).map_or_else(|_| parts.concat().into(), Rc::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_are_shared_until_one_has_more() {
        let first = Value::of([&Value::str("x").through(Encoder::Hex, &Value::default())]);
        let mut second = Value::of([&first]);
        assert!(Rc::ptr_eq(first.traces.as_ref().unwrap(), second.traces.as_ref().unwrap()));
        second.absorb(&Value::str("y"));
        second.passed(Encoder::Base64);
        assert_eq!((first.fragments(), first.encoders()), (&["x".into()][..], &[Encoder::Hex][..]));
        assert_eq!(second.fragments(), ["x".into(), "y".into()]);
        assert_eq!(second.encoders(), [Encoder::Hex, Encoder::Base64]);
        // What went through the same twice has done so once for whoever takes it over.
        let twice = Value { constant: None, ..first.clone() }.through(Encoder::Hex, &first);
        assert_eq!((twice.encoders().len(), Value::of([&twice]).encoders().len()), (2, 1));
    }
}
