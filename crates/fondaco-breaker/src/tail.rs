/// Beyond so many the bound of Chernoff takes the place of the sum.
const SUMMED: u64 = 5_000;

/// The probability of `k` or more where `mean` are expected and the rate itself varies with a squared
/// coefficient of variation of `cv2` (gamma): the upper tail of a negative binomial, of a Poisson
/// distribution where `cv2` is 0. Exact to some digits below 5,000, never too small beyond; at most 1.
pub(crate) fn upper_tail(k: u64, mean: f64, cv2: f64) -> f64 {
    if k == 0 {
        return 1.0;
    }
    if mean <= 0.0 {
        return 0.0;
    }
    if k > SUMMED {
        return bound(k as f64, mean, cv2);
    }
    // p(i) / p(i - 1)
    let ratio = |i: f64| {
        if cv2 > 1e-9 {
            let r = 1.0 / cv2;
            (r + i - 1.0) / i * mean / (r + mean)
        } else {
            mean / i
        }
    };
    let none = if cv2 > 1e-9 { -(1.0 + mean * cv2).ln() / cv2 } else { -mean };
    let first = (1..=k).fold(none, |sum, i| sum + ratio(i as f64).ln());
    // Below the mode the terms grow: there the tail is no small number, and 1 is near enough.
    if ratio(k as f64 + 1.0) >= 1.0 {
        return 1.0;
    }
    let (mut term, mut sum, mut i) = (1.0, 1.0, k as f64 + 1.0);
    while term > 1e-9 * sum && i < k as f64 + 1e5 {
        term *= ratio(i);
        sum += term;
        i += 1.0;
    }
    (first.exp() * sum).min(1.0)
}

/// The probability that `k` or more of `n` are what a share of `p` is: the upper tail of a binomial.
pub(crate) fn share_tail(k: u64, n: u64, p: f64) -> f64 {
    if k == 0 || p >= 1.0 {
        return 1.0;
    }
    if k > n || p <= 0.0 {
        return 0.0;
    }
    if n > SUMMED {
        return upper_tail(k, n as f64 * p, 0.0);
    }
    let odds = p / (1.0 - p);
    let ratio = |i: u64| (n - i + 1) as f64 / i as f64 * odds;
    let first = (1..=k).fold(n as f64 * (1.0 - p).ln(), |sum, i| sum + ratio(i).ln());
    let (mut term, mut sum) = (1.0, 1.0);
    for i in k + 1..=n {
        term *= ratio(i);
        sum += term;
    }
    (first.exp() * sum).min(1.0)
}

/// What the tail is at most.
fn bound(k: f64, mean: f64, cv2: f64) -> f64 {
    if k <= mean {
        return 1.0;
    }
    let exponent = if cv2 > 1e-9 {
        let r = 1.0 / cv2;
        k * (k / mean).ln() - (k + r) * ((k + r) / (mean + r)).ln()
    } else {
        k * (k / mean).ln() - k + mean
    };
    (-exponent).exp().min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_tables() {
        // Poisson: scipy.stats.poisson.sf(k - 1, mean)
        for (k, mean, expected) in
            [(3, 0.5, 0.014_387_677_966_970_7), (5, 0.23, 4.434_9e-6), (20, 10.0, 0.003_454_3)]
        {
            let found = upper_tail(k, mean, 0.0);
            assert!((found / expected - 1.0).abs() < 0.02, "{k} {mean}: {found}");
        }
        // Geometric, the negative binomial with r = 1: (mean / (1 + mean))^k
        let found = upper_tail(3, 0.005, 1.0);
        assert!((found / (0.005f64 / 1.005).powi(3) - 1.0).abs() < 1e-6, "{found}");
        assert!((upper_tail(0, 1.0, 0.1) - 1.0).abs() < 1e-12);
        assert!(upper_tail(1, 0.0, 0.1) <= 0.0);
        // Means for which e^-mean is 0 as a number.
        assert!((upper_tail(1_000, 2_000.0, 0.05) - 1.0).abs() < 1e-12);
        let far = upper_tail(4_000, 2_000.0, 0.0);
        assert!((0.0..1e-300).contains(&far), "{far}");
        for (k, mean, cv2) in [(40, 10.0, 0.0), (40, 10.0, 0.5), (900, 800.0, 0.01)] {
            assert!(bound(k as f64, mean, cv2) >= upper_tail(k, mean, cv2), "{k} {mean} {cv2}");
        }
        assert!(upper_tail(u64::MAX, 3.0, 0.2) < 1e-9);
    }

    #[test]
    fn shares_agree_with_tables() {
        // Summed exactly.
        for (k, n, p, expected) in [
            (2, 2, 0.02, 4e-4),
            (3, 84, 0.015, 0.132_508),
            (1, 10, 0.5, 0.999_023),
            (5, 200, 0.001, 2.156_02e-6),
        ] {
            let found = share_tail(k, n, p);
            assert!((found / expected - 1.0).abs() < 0.01, "{k} of {n}, {p}: {found}");
        }
        assert!(share_tail(0, 5, 0.1) >= 1.0 && share_tail(3, 2, 0.1) <= 0.0 && share_tail(1, 1, 1.0) >= 1.0);
        assert!(share_tail(9_000, 10_000, 0.5) < 1e-9);
    }

    #[test]
    fn more_dispersion_makes_much_more_likely() {
        let tails = [0.0, 0.05, 0.5, 2.0].map(|cv2| upper_tail(40, 10.0, cv2));
        assert!(tails.is_sorted(), "{tails:?}");
    }
}
