//! Functions that no pickled data needs.

/// Functions that run code or commands, or talk to the network. A name matches when it is one of
/// these or ends in one: `shutil.os.system` is `os.system`. One that ends in `*` names all.
const DANGEROUS: [&str; 58] = [
    "os.system",
    "os.popen",
    "os.startfile",
    "os.exec*",
    "os.spawn*",
    "os.posix_spawn*",
    "posix.system",
    "posix.popen",
    "posix.exec*",
    "posix.spawn*",
    "posix.posix_spawn*",
    "nt.system",
    "nt.popen",
    "nt.startfile",
    "nt.exec*",
    "nt.spawn*",
    "subprocess.*",
    "commands.*",
    "popen2.*",
    "pty.spawn",
    "builtins.exec",
    "builtins.eval",
    "builtins.compile",
    "builtins.__import__",
    "__builtin__.eval",
    "__builtin__.exec",
    "__builtin__.execfile",
    "__builtin__.compile",
    "__builtin__.__import__",
    "__builtin__.apply",
    "runpy.*",
    "importlib.import_module",
    "importlib.__import__",
    "imp.load_*",
    "webbrowser.*",
    "socket.socket",
    "socket.create_connection",
    "urllib.request.*",
    "urllib.urlopen",
    "urllib2.urlopen",
    "requests.api.*",
    "requests.get",
    "requests.post",
    "httpx.get",
    "code.interact",
    "code.Interactive*",
    "timeit.*",
    "cProfile.run*",
    "profile.run*",
    "pdb.*",
    "bdb.*",
    "marshal.loads",
    "ctypes.*",
    "shutil.rmtree",
    "pydoc.pipepager",
    "asyncio.create_subprocess*",
    "pip.main",
    "numpy.testing._private.utils.runstring",
];

pub(crate) fn is_dangerous(name: &str) -> bool {
    DANGEROUS.iter().any(|dangerous| match dangerous.strip_suffix('*') {
        Some(start) => name.starts_with(start) || name.contains(&format!(".{start}")),
        None => name.strip_suffix(dangerous).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
    })
}

/// Modules whose functions are looked for where opcodes can't be followed.
const MODULES: [&str; 7] = ["os", "posix", "nt", "subprocess", "builtins", "__builtin__", "runpy"];

/// Dangerous names in the spelling of `GLOBAL` or of two short texts for `STACK_GLOBAL`.
pub(crate) fn named_in(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for (at, byte) in bytes.iter().enumerate() {
        let rest = &bytes[at + 1..];
        let pair = match byte {
            b'c' => lines_of(rest),
            0x8c => short_texts_of(rest),
            _ => None,
        };
        if let Some((module, name)) = pair {
            let (Ok(module), Ok(name)) = (std::str::from_utf8(module), std::str::from_utf8(name)) else {
                continue;
            };
            let dotted = format!("{module}.{name}");
            if is_dangerous(&dotted) && !found.contains(&dotted) {
                found.push(dotted);
            }
        }
    }
    found
}

fn lines_of(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let module = MODULES.iter().find_map(|module| {
        rest.strip_prefix(module.as_bytes())
            .filter(|after| after.first() == Some(&b'\n'))
            .map(|_| module.len())
    })?;
    let name = &rest[module + 1..];
    let end = name.iter().take(40).position(|byte| *byte == b'\n')?;
    is_identifier(&name[..end]).then_some((&rest[..module], &name[..end]))
}

fn short_texts_of(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let module = rest.get(1..=usize::from(*rest.first()?))?;
    if !MODULES.iter().any(|known| known.as_bytes() == module) {
        return None;
    }
    let mut after = rest.get(module.len() + 1..)?;
    // Between the two, the first is memoised.
    after = after.strip_prefix(b"\x94").unwrap_or(after);
    let after = after.strip_prefix(b"\x8c")?;
    let name = after.get(1..=usize::from(*after.first()?))?;
    is_identifier(name).then_some((module, name))
}

fn is_identifier(name: &[u8]) -> bool {
    !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}
