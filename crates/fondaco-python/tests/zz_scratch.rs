use fondaco_python::*;
use std::collections::BTreeMap;
#[test]
fn compare() {
    std::thread::Builder::new().stack_size(1<<30).spawn(|| {
    let list = std::fs::read_to_string(std::env::var("LIST").unwrap()).unwrap();
    let (mut src, mut hit, mut extra, mut bad, mut n) = (0usize,0usize,0usize,0usize,0usize);
    let mut missing: BTreeMap<String, usize> = BTreeMap::new();
    let t = std::time::Instant::now();
    let mut slow = 0.0;
    for line in list.lines() {
        let (py, pyc) = line.split_once('\t').unwrap();
        let path: fondaco_pydist::MemberPath = "pkg/m.py".parse().unwrap();
        let run = |file: &str, form| {
            let bytes = std::fs::read(file).unwrap();
            analyse(&[SourceFile { path: &path, bytes: &bytes, form, role: Role::Module, module: "pkg.m" }], &[], &Budget::default())
        };
        if std::env::var("TRACE").is_ok() { eprintln!("{py}"); } let b = std::time::Instant::now();
        let got = run(pyc, Form::Bytecode);
        let e = b.elapsed().as_secs_f64(); if e > slow { slow = e; println!("slow {py} {e}"); }
        n += 1;
        for u in &got.unscanned { bad += 1; println!("UNSCANNED {py}: {}", u.why); }
        for u in &got.units { if let Syntax::TokensOnly{why} = &u.syntax { bad += 1; println!("TOKENS {py}: {why}"); } }
        if std::env::var("FAST").is_ok() { continue; }
        let want = run(py, Form::Source);
        if want.units.iter().any(|u| u.syntax != Syntax::Parsed) || !want.unscanned.is_empty() { continue; }
        let names = |a: &Analysis| { let mut v: Vec<String> = a.units.iter().flat_map(|u| u.calls.iter().map(|c| c.callee.clone())).collect(); v.sort(); v.dedup(); v };
        let (w, g) = (names(&want), names(&got));
        src += w.len();
        for x in &w { if g.contains(x) { hit += 1 } else { *missing.entry(x.clone()).or_default() += 1; if std::env::var("WHO").is_ok() { println!("MISS {x} {py}"); } } }
        for x in &g { if !w.contains(x) { extra += 1; if std::env::var("WHO").is_ok() { println!("EXTRA {x} {py}"); } } }
    }
    println!("{n} files, {bad} bad, calls {hit} of {src}, extra {extra}, {:?}", t.elapsed());
    let mut m: Vec<_> = missing.into_iter().collect(); m.sort_by_key(|x| std::cmp::Reverse(x.1));
    println!("{:?}", &m[..m.len().min(20)]);
    }).unwrap().join().unwrap();
}
#[test]
fn one() {
    let Ok(f) = std::env::var("ONE") else { return };
    std::thread::Builder::new().stack_size(1<<30).spawn(move || {
        let path: fondaco_pydist::MemberPath = "pkg/m.py".parse().unwrap();
        let bytes = std::fs::read(&f).unwrap();
        let t = std::time::Instant::now();
        let a = analyse(&[SourceFile { path: &path, bytes: &bytes, form: Form::Source, role: Role::Module, module: "pkg.m" }], &[], &Budget::default());
        println!("{} {:?}", a.units.len(), t.elapsed());
    }).unwrap().join().unwrap();
}
#[test]
fn both() {
    let Ok(v) = std::env::var("BOTH") else { return };
    let (py, pyc) = v.split_once(',').unwrap();
    let path: fondaco_pydist::MemberPath = "pkg/m.py".parse().unwrap();
    for (f, form) in [(py, Form::Source), (pyc, Form::Bytecode)] {
        let bytes = std::fs::read(f).unwrap();
        let a = analyse(&[SourceFile { path: &path, bytes: &bytes, form, role: Role::Module, module: "pkg.m" }], &[], &Budget::default());
        println!("#### {form:?} head={:02x?} units={} unscanned={:?}", &bytes[..8], a.units.len(), a.unscanned);
        for u in &a.units { println!("  text starts {:?}", u.text.chars().take(60).collect::<String>()); for c in &u.calls { println!("  {}:{} {} {:?} in {:?}", u.layer, c.line, c.callee, c.texts(), c.function); } }
    }
}
