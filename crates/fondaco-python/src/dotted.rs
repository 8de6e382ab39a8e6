//! Dotted names, `requests.Session().get`: they are short, and nothing finds a dot in them faster than
//! to look at each byte.

use std::borrow::Cow;
use std::rc::Rc;

/// What stands before the first dot.
pub(crate) fn root(name: &str) -> &str {
    let end = name.bytes().position(|byte| byte == b'.').unwrap_or(name.len());
    name.get(..end).unwrap_or(name)
}

/// What stands behind the last dot.
pub(crate) fn last(name: &str) -> &str {
    let start = name.bytes().rposition(|byte| byte == b'.').map_or(0, |dot| dot + 1);
    name.get(start..).unwrap_or(name)
}

/// The names that a name begins with, up to each of its dots.
pub(crate) fn outer(name: &str) -> impl Iterator<Item = &str> {
    let dots = name.bytes().enumerate().filter(|(_, byte)| *byte == b'.');
    dots.filter_map(|(dot, _)| name.get(..dot))
}

/// The name of a function as others know it, without the marks of the classes that it stands in.
pub(crate) fn classless(name: &Rc<str>) -> Rc<str> {
    if name.contains("class ") { name.replace("class ", "").into() } else { name.clone() }
}

/// The name without its calls: what `Session().get` is a method of is `Session`.
pub(crate) fn uncalled(name: &str) -> Cow<'_, str> {
    let Some(first) = name.bytes().position(|byte| byte == b'(') else { return name.into() };
    let mut plain = String::with_capacity(name.len());
    plain.push_str(&name[..first]);
    let mut rest = &name[first..];
    while let Some(at) = rest.bytes().position(|byte| byte == b'(') {
        let (before, called) = rest.split_at(at);
        plain.push_str(before);
        rest = called.strip_prefix("()").unwrap_or_else(|| {
            plain.push('(');
            &called[1..]
        });
    }
    plain.push_str(rest);
    plain.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_names() {
        assert_eq!((root("a.b().c"), last("a.b().c")), ("a", "c"));
        assert_eq!((root("a"), last("a")), ("a", "a"));
        assert_eq!((root(""), last("a.")), ("", ""));
        assert_eq!(outer("a.b().c").collect::<Vec<_>>(), ["a", "a.b()"]);
        for name in ["a", "a()", "a.b().c()", "()()", "f(x).y()", "é().b", "(", "a("] {
            assert_eq!(uncalled(name), name.replace("()", ""), "{name}");
        }
    }
}
