/// What a small package shows of who stands for it and of what it could do, weighed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Credibility {
    /// The signs that it shows, by their ids.
    pub signs: Vec<&'static str>,
    /// How much more its signs are those of packages that are made to be thrown away than those of
    /// honest ones: log-odds at even odds before. Above 0 it looks more like the former.
    pub doubt: f32,
}
