//! What folding gives is what the machine's own interpreter computes, on generated expressions.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::HashMap;
use std::io::Write;
use std::process::{Command, Stdio};

use fondaco_pydist::MemberPath;
use fondaco_python::{Budget, Constant, EntryPoints, Form, Role, SourceFile, Value, analyse};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// Expressions of one batch, and batches of a run: one interpreter each.
const BATCH: usize = 400;
const BATCHES: usize = 3;

const IMPORTS: &str = "import os, base64, binascii, codecs, zlib, bz2, lzma, urllib.parse, html, struct, json, string, functools, operator, itertools";

/// What the interpreter is asked: each line an expression, each answer a line.
const ASK: &str = r#"
import sys
ns = {}
exec(sys.stdin.readline(), ns)
def show(v):
    if isinstance(v, bool): return 'i:%d' % v
    if isinstance(v, int): return 'i:%d' % v
    if isinstance(v, str): return 's:' + ','.join(str(ord(c)) for c in v)
    if isinstance(v, (bytes, bytearray)): return 'b:' + ','.join(str(c) for c in v)
    if isinstance(v, (list, tuple)): return 'l:' + ';'.join(show(i) for i in v)
    return '?'
for line in sys.stdin:
    try:
        print(show(eval(line, ns)))
    except Exception:
        print('error')
"#;

fn shown(value: &Value) -> Option<String> {
    let numbers = |numbers: Vec<u32>| numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    Some(match value.constant.as_ref()? {
        Constant::Bool(value) => format!("i:{}", u8::from(*value)),
        Constant::Int(value) => format!("i:{value}"),
        Constant::Big(value) => format!("i:{value}"),
        Constant::Str(text) => format!("s:{}", numbers(text.chars().map(u32::from).collect())),
        Constant::Bytes(bytes) => format!("b:{}", numbers(bytes.iter().map(|b| u32::from(*b)).collect())),
        Constant::List(items) => {
            format!("l:{}", items.iter().map(shown).collect::<Option<Vec<_>>>()?.join(";"))
        }
        Constant::None | Constant::Dict(_) => return None,
    })
}

/// What folding gives for each expression.
fn folded(expressions: &[String]) -> Vec<Option<String>> {
    let calls: String = expressions.iter().map(|e| format!("os.system({e})\n")).collect();
    let text = format!("{IMPORTS}\n{calls}");
    let path: MemberPath = "a.py".parse().unwrap();
    let file = SourceFile {
        path: &path,
        bytes: text.as_bytes(),
        form: Form::Source,
        role: Role::Script,
        module: "",
    };
    let analysis = analyse(&[file], &EntryPoints::default(), &Budget::default());
    let unit = &analysis.units[0];
    assert_eq!(unit.syntax, fondaco_python::Syntax::Parsed);
    let by_line: HashMap<u32, &Value> =
        unit.calls.iter().filter(|c| c.callee == "os.system").map(|c| (c.line, &c.args[0])).collect();
    (0..expressions.len()).map(|at| by_line.get(&(at as u32 + 2)).and_then(|value| shown(value))).collect()
}

fn computed(expressions: &[String]) -> Vec<String> {
    let mut python = Command::new("python3")
        .args(["-I", "-W", "ignore", "-c", ASK])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = python.stdin.take().unwrap();
    let lines = format!("{IMPORTS}\n{}\n", expressions.join("\n"));
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = python.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// The share that was folded. Panics where a folded value isn't what the interpreter computes.
fn compare(expressions: &[String]) -> f64 {
    let (ours, theirs) = (folded(expressions), computed(expressions));
    assert_eq!(ours.len(), theirs.len());
    let mut valid = 0;
    let mut known = 0;
    for ((expression, ours), theirs) in expressions.iter().zip(ours).zip(theirs) {
        if theirs == "error" {
            continue;
        }
        valid += 1;
        if let Some(ours) = ours {
            known += 1;
            assert_eq!(ours, theirs, "{expression}");
        }
    }
    f64::from(known) / f64::from(valid.max(1))
}

fn text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-zA-Z0-9 ._{}%-]{0,12}".prop_map(|t| format!("{t:?}").replace("\\u{", "\\u")),
        Just("'\\u00e9\\u4e2d'".to_owned()),
        Just("string.ascii_letters".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let two = (inner.clone(), inner.clone());
        let at = (inner.clone(), -9i64..9, -9i64..9, prop_oneof![Just(1i64), Just(2), Just(-1), Just(-3)]);
        prop_oneof![
            two.clone().prop_map(|(a, b)| format!("({a} + {b})")),
            two.clone().prop_map(|(a, b)| format!("{a}.join([{b}, 'x', {b}])")),
            two.clone().prop_map(|(a, b)| format!("('%s-%5d' % ({a}, len({b})))")),
            two.clone().prop_map(|(a, b)| format!("'{{1}}{{0}}'.format({a}, {b})")),
            two.clone().prop_map(|(a, b)| format!("(lambda a, n: f'{{a}}{{n:04x}}')({a}, len({b}))")),
            two.clone().prop_map(|(a, b)| format!("{a}.replace({b}, 'q')")),
            two.prop_map(|(a, b)| format!("{a}.translate(str.maketrans('abc', 'xyz')) + {b}.strip('a ')")),
            at.prop_map(|(a, l, u, s)| format!("{a}[{l}:{u}:{s}]")),
            inner.clone().prop_map(|a| format!("({a})[::-1]")),
            inner.clone().prop_map(|a| format!("''.join(chr(ord(c) ^ 3) for c in {a})")),
            inner.clone().prop_map(|a| format!("''.join(map(lambda c: chr(ord(c) + 1), {a}))")),
            inner.clone().prop_map(|a| format!("''.join([c for c in {a} if c != 'e'])")),
            inner.clone().prop_map(|a| format!("''.join(reversed({a}))")),
            inner.clone().prop_map(|a| format!("codecs.decode({a}, 'rot13')")),
            inner.clone().prop_map(|a| format!("urllib.parse.unquote('%41' + {a})")),
            inner.clone().prop_map(|a| format!("html.unescape('&#105;&lt;' + {a})")),
            inner.clone().prop_map(|a| format!("base64.b64encode({a}.encode()).decode('ascii')")),
            inner.clone().prop_map(|a| format!("{a}.encode('utf-16-le').decode('utf-16-le')")),
            inner.clone().prop_map(|a| format!("({a}.upper() if len({a}) % 2 else {a}.swapcase().title())")),
            inner.clone().prop_map(|a| format!("functools.reduce(lambda x, y: y + x, {a}, '')")),
            inner.prop_map(|a| format!("(eval('chr(99) + \\'b\\'') + {a}.zfill(5))")),
        ]
    })
}

fn bytes() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-z0-9 ]{0,10}".prop_map(|t| format!("b{t:?}")),
        proptest::collection::vec(any::<u8>(), 0..8).prop_map(|v| format!("bytes({v:?})")),
        text().prop_map(|t| format!("{t}.encode()")),
    ];
    leaf.prop_recursive(4, 16, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} + {b})")),
            inner.clone().prop_map(|a| format!("base64.b64decode(base64.b64encode({a}))")),
            inner.clone().prop_map(|a| format!("bytes.fromhex({a}.hex())")),
            inner.clone().prop_map(|a| format!("bytes(b ^ k for b, k in zip({a}, itertools.cycle(b'key')))")),
            inner.clone().prop_map(|a| format!("bytes([b ^ b'ab'[i % 2] for i, b in enumerate({a})])")),
            inner.clone().prop_map(|a| format!("bytes(map(operator.xor, {a}, {a}))")),
            inner.clone().prop_map(|a| format!("{a}[::-1]")),
            inner.clone().prop_map(|a| format!("binascii.unhexlify(binascii.hexlify({a}))")),
            inner.clone().prop_map(|a| format!("{a}.replace(b'a', b'\\xff')")),
            inner.clone().prop_map(|a| format!("struct.pack('>HB', len({a}) % 999, 7)")),
            inner.clone().prop_map(|a| format!("{a}.split(b' ')[0].ljust(4, b'.')")),
            inner.prop_map(|a| format!("(len({a}) * 259).to_bytes(4, 'little')")),
        ]
    })
}

fn number() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (-50i64..300).prop_map(|n| format!("({n})")),
        text().prop_map(|t| format!("len({t})")),
        bytes().prop_map(|b| format!("sum({b})")),
        text().prop_map(|t| format!("{t}.find('e')")),
        Just("int('0x1f', 16)".to_owned()),
        Just("int.from_bytes(b'\\x01\\x02', 'big')".to_owned()),
        Just("ord('a')".to_owned()),
    ];
    leaf.prop_recursive(4, 16, 2, |inner| {
        let two = (inner.clone(), inner.clone());
        let op = prop_oneof![
            Just("+"),
            Just("-"),
            Just("*"),
            Just("//"),
            Just("%"),
            Just("^"),
            Just("&"),
            Just("|"),
            Just("<"),
            Just("=="),
            Just(">=")
        ];
        prop_oneof![
            (two.clone(), op).prop_map(|((a, b), op)| format!("({a} {op} {b})")),
            (inner.clone(), 0..9u8).prop_map(|(a, n)| format!("({a} << {n})")),
            (inner.clone(), 0..9u8).prop_map(|(a, n)| format!("({a} >> {n})")),
            inner.clone().prop_map(|a| format!("(~{a} if not {a} else -{a})")),
            inner.prop_map(|a| format!("int(hex(abs({a}))[2:], 16)")),
            two.prop_map(|(a, b)| format!("max([{a}, {b}, 3])")),
        ]
    })
}

fn batch(runner: &mut TestRunner, strategy: impl Strategy<Value = String>) -> Vec<String> {
    (0..BATCH).map(|_| strategy.new_tree(runner).unwrap().current()).filter(|e| !e.contains('\n')).collect()
}

#[test]
fn folds_as_the_interpreter_computes() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..BATCHES {
        for share in [
            compare(&batch(&mut runner, text())),
            compare(&batch(&mut runner, bytes())),
            compare(&batch(&mut runner, number())),
        ] {
            assert!(share > 0.9, "only {share} of the expressions are folded");
        }
    }
}

/// Data that the interpreter itself has packed.
fn packed(expression: &str) -> String {
    let shown = computed(&[expression.to_owned()]).remove(0);
    let numbers = shown.strip_prefix("b:").unwrap_or_else(|| panic!("{expression}: {shown}"));
    format!("bytes([{numbers}])")
}

#[test]
fn folds_what_the_library_packs() {
    let plain = "b'import os; os.getcwd()' * 9";
    let mut expressions = Vec::new();
    for (pack, unpack) in [
        ("zlib.compress", "zlib.decompress"),
        ("bz2.compress", "bz2.decompress"),
        ("lzma.compress", "lzma.decompress"),
        ("base64.b85encode", "base64.b85decode"),
        ("base64.a85encode", "base64.a85decode"),
        ("base64.b32encode", "base64.b32decode"),
        ("base64.b16encode", "base64.b16decode"),
    ] {
        let data = packed(&format!("{pack}({plain})"));
        expressions.push(format!("{unpack}({data})"));
        let twice = packed(&format!("base64.b64encode({pack}({plain}))"));
        expressions.push(format!("{unpack}(base64.b64decode({twice}))[::-1]"));
    }
    expressions.push(format!("codecs.decode({}, 'zlib')", packed(&format!("zlib.compress({plain})"))));
    expressions.push(format!("{}.decode('cp1026')", packed("'import os'.encode('cp1026')")));
    let dictionary = "''.join({'q': 'i', 'w': 'd'}[c] for c in 'qw')";
    let lookup = "''.join([y[0] for x in [x for x in base64.b64decode('cXc=').decode()] for y in {'i': 'q', 'd': 'w'}.items() if x == y[1]])";
    expressions.extend([dictionary.to_owned(), lookup.to_owned()]);
    let share = compare(&expressions);
    assert!(share > 0.999, "{share}: {:?}", folded(&expressions));
}
