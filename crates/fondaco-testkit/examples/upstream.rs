//! A local upstream with the samples, to try things by hand: prints its address and stays.
#![expect(clippy::print_stdout, reason = "an example speaks on standard output")]

use fondaco_testkit::{Upstream, samples};

fn main() {
    let upstream = Upstream::new();
    for sample in samples::all() {
        for dist in sample.dists() {
            upstream.publish(&dist);
        }
    }
    println!("{}", upstream.index_url());
    loop {
        std::thread::park();
    }
}
