//! Maps of names: hashed fast, and with another seed in each process, because whoever wrote the
//! names may want them to collide.

/// A map; its order means nothing.
pub(crate) type Map<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;
/// A set; its order means nothing.
pub(crate) type Set<K> = std::collections::HashSet<K, foldhash::fast::RandomState>;
