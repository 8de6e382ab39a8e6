//! A large wheel from a slow upstream: no client runs into its own time limit.

use fondaco_testkit::{Clients, Installer, Misbehaviour, Wheel};

use crate::house::House;

#[test]
fn three_hundred_megabytes_at_five_a_second_with_the_clients_own_limits() {
    let house = House::new();
    let dist = Wheel::new("huge-lib", "1.0").file("huge_lib/__init__.py", "").filler(300 << 20).build();
    let listing = house.upstream.publish(&dist);
    let at_upstream = listing.path();
    listing.misbehave(Misbehaviour::Throttled(5 << 20));
    let index = house.fondaco.index_url();
    let clients = Clients::new();
    std::thread::scope(|scope| {
        scope.spawn(|| clients.pip(&["install", "--index-url", &index, "huge-lib"]).ok());
        scope.spawn(|| clients.uv(&["pip", "install", "--default-index", &index, "huge-lib"]).ok());
    });
    assert_eq!(clients.installed(Installer::Pip), ["huge_lib-1.0"]);
    assert_eq!(clients.installed(Installer::Uv), ["huge_lib-1.0"]);
    assert_eq!(house.upstream.count(&at_upstream), 1, "one download for both");
}
