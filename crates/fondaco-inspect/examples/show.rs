//! Shows findings.
use fondaco_archive::Limits;
use fondaco_inspect::{Context, inspect, on_large_stack};
fn main() {
    for path in std::env::args().skip(1) {
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        let file = std::fs::File::open(&path).expect("opens");
        let context = Context { file_name: name, ..Context::default() };
        let report = on_large_stack(move || inspect(file, &context, &Limits::default())).expect("no panic");
        println!("{path} {:?} {}", report.verdict, report.score);
        for f in &report.findings {
            println!(
                "  {} {:?} {:?} {}:{}/{} {} | {} | {:?}",
                f.rule, f.severity, f.trigger, f.member, f.line, f.layer, f.message, f.excerpt, f.reach
            );
        }
    }
}
