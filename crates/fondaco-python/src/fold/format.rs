//! Texts put together by templates.

use super::{MAX_LENGTH, text};
use crate::Value;

/// `"%s:%d" % values`, for the plain conversions.
pub(super) fn percent(format: &str, values: &Value) -> Option<String> {
    let values = values.as_list().map_or_else(|| vec![values.clone()], <[Value]>::to_vec);
    let mut values = values.iter();
    let mut out = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut spec = String::new();
        while let Some(c) = chars.next_if(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '#')) {
            spec.push(c);
        }
        let done = match chars.next()? {
            '%' => "%".to_owned(),
            's' if spec.is_empty() => text(values.next()?)?,
            kind @ ('d' | 'i' | 'u' | 'x' | 'X' | 'o') => {
                let value = values.next()?.as_int()?;
                let kind = if matches!(kind, 'i' | 'u') { 'd' } else { kind };
                specified(&Value::int(value), &format!("{spec}{kind}"))?
            }
            'c' if spec.is_empty() => match values.next()? {
                v if v.as_int().is_some() => char::from_u32(u32::try_from(v.as_int()?).ok()?)?.to_string(),
                v => v.as_str()?.to_owned(),
            },
            _ => return None,
        };
        out.push_str(&done);
        (out.len() < MAX_LENGTH).then_some(())?;
    }
    values.next().is_none().then_some(out)
}

/// One field of an f-string: the value, its conversion and its format.
pub(crate) fn interpolated(value: &Value, spec: &str) -> Option<String> {
    specified(value, spec)
}

/// `format(value, spec)`, for width, fill, alignment and base.
pub(super) fn specified(value: &Value, spec: &str) -> Option<String> {
    if spec.is_empty() {
        return text(value);
    }
    let chars: Vec<char> = spec.chars().collect();
    let is_align = |c: &char| matches!(c, '<' | '>' | '^');
    let (fill, align, mut rest) = match chars.as_slice() {
        [fill, align, rest @ ..] if is_align(align) => (*fill, Some(*align), rest),
        [align, rest @ ..] if is_align(align) => (' ', Some(*align), rest),
        rest => (' ', None, rest),
    };
    let alternate = rest.first() == Some(&'#');
    if alternate {
        rest = &rest[1..];
    }
    let zero = align.is_none() && rest.first() == Some(&'0');
    let digits = rest.iter().take_while(|c| c.is_ascii_digit()).count();
    let width: usize = rest[..digits].iter().collect::<String>().parse().unwrap_or(0);
    let kind: String = rest[digits..].iter().collect();
    (width < 4096).then_some(())?;
    let (body, is_number) = match (value.as_int(), kind.as_str()) {
        (Some(n), "x" | "X" | "o" | "b") => {
            let m = n.unsigned_abs();
            let digits = match kind.as_str() {
                "x" => format!("{m:x}"),
                "X" => format!("{m:X}"),
                "o" => format!("{m:o}"),
                _ => format!("{m:b}"),
            };
            let prefix = if alternate { format!("0{kind}") } else { String::new() };
            (format!("{}{prefix}{digits}", if n < 0 { "-" } else { "" }), true)
        }
        (Some(n), "c") => (char::from_u32(u32::try_from(n).ok()?)?.to_string(), true),
        (Some(n), "d" | "") if !alternate => (n.to_string(), true),
        (None, "s" | "") if !alternate && !zero => (value.as_str()?.to_owned(), false),
        _ => return None,
    };
    let missing = width.saturating_sub(body.chars().count());
    if zero && is_number {
        let (sign, digits) = body.split_at(usize::from(body.starts_with('-')));
        (!alternate).then_some(())?;
        return Some(format!("{sign}{}{digits}", "0".repeat(missing)));
    }
    let pad = |n: usize| fill.to_string().repeat(n);
    Some(match align.unwrap_or(if is_number { '>' } else { '<' }) {
        '<' => body + &pad(missing),
        '>' => pad(missing) + &body,
        _ => pad(missing / 2) + &body + &pad(missing - missing / 2),
    })
}

/// `"{}{1}{name:x}".format(...)`.
pub(super) fn fields(template: &str, args: &[Value], kwargs: &[(String, Value)]) -> Option<String> {
    let mut out = String::new();
    let mut next = 0;
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(tail) = rest.strip_prefix("{{").or_else(|| rest.strip_prefix("}}")) {
            out.push_str(&rest[..1]);
            rest = tail;
            continue;
        }
        let (field, tail) = rest.strip_prefix('{')?.split_once('}')?;
        let (name, spec) = field.split_once(':').unwrap_or((field, ""));
        let value = if name.is_empty() {
            next += 1;
            args.get(next - 1)?
        } else if let Ok(index) = name.parse::<usize>() {
            args.get(index)?
        } else {
            kwargs.iter().find(|(key, _)| key == name).map(|(_, value)| value)?
        };
        out.push_str(&specified(value, spec)?);
        (out.len() < MAX_LENGTH).then_some(())?;
        rest = tail;
    }
    out.push_str(rest);
    (out.len() < MAX_LENGTH).then_some(out)
}
