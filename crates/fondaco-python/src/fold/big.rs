//! Integers of more than 64 bits: payloads are written as one.
//!
//! Bounded by bits and by the work of one operation, so that a step stays a step.

use num_bigint::{BigInt, Sign};
use ruff_python_ast::Operator;

use crate::Value;
use crate::value::Constant;

/// Longest integer that is made, in bits.
const MAX_BITS: u64 = 1 << 21;
/// Most digits of 64 bits of one factor times those of the other.
const MAX_WORK: u64 = 1 << 16;
/// Longest decimal text that is read or made, in bytes; that is quadratic.
const MAX_DECIMAL: usize = 40_000;

/// The integer, however long.
pub(super) fn of(value: &Value) -> Option<BigInt> {
    match &value.constant {
        Some(Constant::Big(big)) => Some(big.as_ref().clone()),
        _ => value.as_int().map(BigInt::from),
    }
}

/// Whether either is longer than 64 bits.
pub(super) fn is_long(value: &Value) -> bool {
    matches!(value.constant, Some(Constant::Big(_)))
}

fn value(big: BigInt) -> Option<Value> {
    if big.bits() > MAX_BITS {
        return None;
    }
    Some(match i64::try_from(&big) {
        Ok(small) => Value::int(small),
        Err(_) => Value::constant(Constant::Big(big.into())),
    })
}

/// An integer as source has it: digits with a prefix and underscores.
pub(crate) fn literal(text: &str) -> Option<Value> {
    let plain = text.replace('_', "").to_ascii_lowercase();
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = plain.strip_prefix(prefix) {
            return parse(digits, radix);
        }
    }
    parse(&plain, 10)
}

/// Digits in a radix.
pub(super) fn parse(digits: &str, radix: u32) -> Option<Value> {
    let most = if radix.is_power_of_two() { MAX_BITS as usize } else { MAX_DECIMAL };
    if digits.len() > most {
        return None;
    }
    value(BigInt::parse_bytes(digits.as_bytes(), radix)?)
}

pub(super) fn operate(a: &BigInt, op: Operator, b: &BigInt) -> Option<Value> {
    let limbs = |n: &BigInt| n.bits() / 64 + 1;
    let is_cheap = limbs(a) * limbs(b) <= MAX_WORK;
    value(match op {
        Operator::Add => a + b,
        Operator::Sub => a - b,
        Operator::Mult if is_cheap => a * b,
        Operator::FloorDiv if is_cheap => divided(a, b)?.0,
        Operator::Mod if is_cheap => divided(a, b)?.1,
        Operator::Pow => {
            let times = u32::try_from(b).ok()?;
            (a.bits().saturating_mul(u64::from(times)) <= MAX_BITS / 8).then(|| a.pow(times))?
        }
        Operator::BitAnd => a & b,
        Operator::BitOr => a | b,
        Operator::BitXor => a ^ b,
        Operator::LShift => {
            let by = u32::try_from(b).ok()?;
            (a.bits() + u64::from(by) <= MAX_BITS).then(|| a << by)?
        }
        Operator::RShift => a >> u32::try_from(b).ok()?,
        _ => return None,
    })
}

/// Quotient and rest, rounded down as Python does.
fn divided(a: &BigInt, b: &BigInt) -> Option<(BigInt, BigInt)> {
    if b.sign() == Sign::NoSign {
        return None;
    }
    let (quotient, rest) = (a / b, a % b);
    let differs = rest.sign() != Sign::NoSign && (rest.sign() == Sign::Minus) != (b.sign() == Sign::Minus);
    Some(if differs { (quotient - 1, rest + b) } else { (quotient, rest) })
}

/// `n.to_bytes(length, order)`, for what isn't negative.
pub(super) fn to_bytes(n: &BigInt, length: usize, is_big: bool) -> Option<Vec<u8>> {
    if n.sign() == Sign::Minus || length as u64 > MAX_BITS / 8 {
        return None;
    }
    let (_, mut bytes) = n.to_bytes_le();
    if n.sign() == Sign::NoSign {
        bytes.clear();
    }
    if bytes.len() > length {
        return None;
    }
    bytes.resize(length, 0);
    if is_big {
        bytes.reverse();
    }
    Some(bytes)
}

/// `int.from_bytes`, unsigned.
pub(super) fn from_bytes(bytes: &[u8], is_big: bool) -> Option<Value> {
    if bytes.len() as u64 > MAX_BITS / 8 {
        return None;
    }
    let magnitude = |bytes| {
        if is_big {
            BigInt::from_bytes_be(Sign::Plus, bytes)
        } else {
            BigInt::from_bytes_le(Sign::Plus, bytes)
        }
    };
    value(magnitude(bytes))
}

/// The number of bits of the magnitude.
pub(super) fn bit_length(n: &BigInt) -> Value {
    Value::int(i64::try_from(n.bits()).unwrap_or(i64::MAX))
}

/// Digits with a prefix, as `hex`, `oct` and `bin` give.
pub(super) fn prefixed(n: &BigInt, prefix: &str, radix: u32) -> String {
    let sign = if n.sign() == Sign::Minus { "-" } else { "" };
    format!("{sign}{prefix}{}", n.magnitude().to_str_radix(radix))
}

/// `str(n)`.
pub(super) fn decimal(n: &BigInt) -> Option<String> {
    (n.bits() <= MAX_DECIMAL as u64 * 3).then(|| n.to_string())
}
